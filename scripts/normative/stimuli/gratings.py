"""Oriented gratings, as the Neuromatch tutorial draws them."""

import numpy as np

FULL_HEIGHT, FULL_WIDTH = 480, 640  # pixels of an image at resolution 1
SAME_DEG = 1e-3  # orientations closer than this are one: they differ by rounding
EXAMPLES_DEG = [-75, -45, -15, 15, 45, 75]  # orientations that show what a task asks for
PATCH_PHASE = 0.1  # radians added to the orientation, so that stripes fit the patch


def grating(orientation_deg, spatial_frequency=1 / 28, resolution=0.1, patch=False):
    """Draw one grating, or one for each of an array of orientations.

    Parameters
    ----------
    orientation_deg : float or array, any shape
        Orientation from vertical, in degrees: negative tilts left, positive tilts right.
    spatial_frequency : float
        Radians per pixel at full resolution.
    resolution : float
        Size of the image as a fraction of 480 × 640 pixels.
    patch : bool
        Show the grating through a disc at the right of the image only; gray (0.5) elsewhere.

    Returns
    -------
    array of float32, shape ``orientation_deg.shape + (height, width)``
        0 is where the cosine is at most zero, 1 where it is above. θ and θ + 180° give the same
        image to rounding, since the cosine is even.
    """
    x = spatial_frequency * np.arange(0, FULL_WIDTH * resolution) / resolution
    y = spatial_frequency * np.arange(0, FULL_HEIGHT * resolution)[:, None] / resolution
    theta = np.deg2rad(np.asarray(orientation_deg, dtype=float))[..., None, None]
    if patch:
        theta = theta + PATCH_PHASE
    images = (np.cos(x * np.cos(theta) + y * np.sin(theta)) > 0).astype(np.float32)
    if patch:
        images[..., ~_disc(y.size, x.size, resolution)] = 0.5
    return images


def in_radians(stimulus):
    """Give the settings of gratings with their spatial frequency in radians per pixel.

    Parameters
    ----------
    stimulus : dict
        With `spatial_frequency`, which stays as it is, or `cycles_per_image`.

    Returns
    -------
    dict
        With `spatial_frequency`.
    """
    if "cycles_per_image" not in stimulus:
        return stimulus
    others = {key: value for key, value in stimulus.items() if key != "cycles_per_image"}
    cycles = stimulus["cycles_per_image"]
    return {"spatial_frequency": 2 * np.pi * cycles / FULL_WIDTH, **others}


def period_pixels(spatial_frequency, resolution, **_):
    """Give the period of a grating in pixels of its image, from settings of `grating`."""
    return 2 * np.pi / spatial_frequency * resolution


def _disc(height, width, resolution):
    """Mask of the patch: centered at 3/4 of the width and half the height."""
    rows, columns = np.ogrid[:height, :width]
    distance = ((columns - width * 0.75) ** 2 + (rows - height / 2) ** 2) ** 0.5
    return distance < FULL_WIDTH / 3 / 2 * resolution


def fold_polarity(orientation_deg):
    """Turn gratings above 90° by 180°, which leaves their image as it is: −90…90°.

    Where both polarities are kept, −90° becomes 90°, the same image. In a half circle from −90° to
    90° it stays, as in the tutorial.
    """
    orientation = np.asarray(orientation_deg)
    folded = np.where(orientation > 90 + SAME_DEG, orientation - 180, orientation)
    are_both = orientation.max() > 90 + SAME_DEG
    return np.where(are_both & (folded < SAME_DEG - 90), folded + 180, folded)


def tilt_label(orientation_deg):
    """Label the tilt of gratings: 1 for right (orientation > 0), 0 for left; float32."""
    return (np.asarray(orientation_deg) > 0).astype(np.float32)


def training_orientations(seed, count):
    """Draw the tutorial's training orientations, uniform in −90…90°.

    NumPy's legacy generator is part of the tutorial's definition: with seed 12 it gives the
    orientations behind the published losses.

    Parameters
    ----------
    seed : int
    count : int

    Returns
    -------
    array of float64, shape (count,), in degrees
    """
    return (np.random.RandomState(seed).rand(count) - 0.5) * 180


def held_out_orientations(seed, count):
    """Draw fresh orientations, uniform in −90…90°, from a stream of their own.

    Returns
    -------
    array of float64, shape (count,), in degrees
    """
    return np.random.default_rng([seed, 1]).uniform(-90, 90, count)


def draw_gratings(seed, n_images, held_out, gratings):
    """Draw gratings of random orientations, to learn from or to test on.

    Parameters
    ----------
    seed, n_images : int
    held_out : bool
    gratings : dict
        Settings of `grating`.

    Returns
    -------
    images : array of float32, shape (n_images, height, width)
    orientation_deg : array of float64, shape (n_images,)
    """
    draw = held_out_orientations if held_out else training_orientations
    orientation = draw(seed, n_images)
    return grating(orientation, **gratings), orientation
