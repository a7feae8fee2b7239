"""Feature spaces that learn nothing: simple models of the gratings, and their angle alone."""

import numpy as np

from normative.rsa.references import image_patterns
from normative.stimuli.coverage import Coverage

N_HARMONICS = 30  # of a smooth function of an angle, at most; half as many as there are stimuli


def reference_features(orientation_deg, images, period):
    """Compute the features of each reference.

    Parameters
    ----------
    orientation_deg : array, shape (stimuli,)
        Ascending.
    images : array, shape (stimuli, height, width)
    period : float
        Of the gratings, in pixels of the images.

    Returns
    -------
    dict of array, name → (stimuli, features)
        `orientation`: a smooth function of the orientation, of which θ and θ + 180° are the same.
        `angle`: a smooth function on the circle of 360°, on which they differ; only where stimuli
        tell them apart. `pixels`, `gabor_energy`, `fourier_amplitude`: those of the RSA.
    """
    coverage = Coverage.of(orientation_deg)
    features = {"orientation": smooth_functions(orientation_deg, 180)}
    if coverage.circle_deg == 360 or coverage.has_both_ends:
        features["angle"] = smooth_functions(orientation_deg, 360)
    return features | image_patterns(images, period)


def smooth_functions(angle_deg, circle_deg):
    """Give sines and cosines of an angle, those of k cycles divided by k².

    A ridge on them is a periodic cubic smoothing spline: its penalty is the mean squared second
    derivative (Wahba 1990, doi:10.1137/1.9781611970128, §2.1).

    Parameters
    ----------
    angle_deg : array, shape (stimuli,)
    circle_deg : float
        Period.

    Returns
    -------
    array, shape (stimuli, 2 · harmonics)
    """
    k = np.arange(1, min(N_HARMONICS, len(angle_deg) // 2) + 1)
    phase = 2 * np.pi / circle_deg * np.multiply.outer(np.asarray(angle_deg, np.float64), k)
    return np.concatenate([np.cos(phase) / k**2, np.sin(phase) / k**2], axis=1)
