"""Handwritten digits, turned and placed in images of the size of the gratings'."""

from functools import cache

import numpy as np

HELD_OUT_EVERY = 5  # of scikit-learn's 1,797 digits 360 are to test on, 1,437 to learn from


@cache
def _load():
    """Read the images of scikit-learn's digits, 8 × 8 from 0 to 1, and which digits they are."""
    from sklearn.datasets import load_digits  # two seconds, which jobs without digits do not spend

    digits = load_digits()
    return digits.images / 16, digits.target


def choose_digits(rng, n_images, held_out):
    """Draw digits to learn from or to test on: all as often as any other, to one, in any order.

    Parameters
    ----------
    rng : numpy.random.Generator
    n_images : int
    held_out : bool
        Whether they are every fifth one of all digits, or of the others.

    Returns
    -------
    images : array of float64, shape (n_images, 8, 8)
        0 is the background, 1 the ink.
    digit : array of int, shape (n_images,)
        0 to 9.
    """
    images, digits = _load()
    is_held_out = np.arange(len(digits)) % HELD_OUT_EVERY == 0
    index = np.resize(rng.permutation(np.flatnonzero(is_held_out == held_out)), n_images)
    return images[index], digits[index]


def place_square(square, image_shape, size, center, turned_deg=0):
    """Draw a square picture, such as a digit, in an image by bilinear interpolation.

    Parameters
    ----------
    square : array, shape (rows, columns)
        As many rows as columns.
    image_shape : (height, width), pixels
    size : float
        Height and width of the square in pixels.
    center : (row, column)
        Of the square, in pixels from the middle of the first one.
    turned_deg : float
        Clockwise, so that what is upright in the square tilts right, as gratings do.

    Returns
    -------
    array, shape (height, width)
        0 outside the square, whose outermost pixels fade into it.
    """
    from scipy.ndimage import affine_transform

    turned = np.deg2rad(turned_deg)
    cosine, sine = np.cos(turned), np.sin(turned)
    # From rows and columns of the image to those of the square.
    to_square = len(square) / size * np.array([[cosine, -sine], [sine, cosine]])
    offset = (len(square) - 1) / 2 - to_square @ np.asarray(center)
    return affine_transform(
        square, to_square, offset, output_shape=tuple(image_shape), order=1, mode="grid-constant"
    )
