"""Dissimilarities of patterns beside the tutorial's.

Crossnobis: Walther et al. (2016), doi:10.1016/j.neuroimage.2015.12.012.
"""

import numpy as np
from scipy.spatial.distance import pdist, squareform

from normative.rsa.rdm import correlation_distance


def cosine_distance(patterns):
    """Compute the RDM of one minus the cosine of the angle between patterns.

    Parameters and results are those of `correlation_distance`; NaN for a pattern of zeros.
    """
    patterns = np.asarray(patterns, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        unit = patterns / np.linalg.norm(patterns, axis=1, keepdims=True)
    return 1 - unit @ unit.T


def euclidean_distance(patterns):
    """Compute the RDM of Euclidean distances between patterns.

    Parameters and results are those of `correlation_distance`, and without NaN.
    """
    return squareform(pdist(np.asarray(patterns, dtype=np.float64)))


def crossnobis_distance(half_1, half_2):
    """Compute the RDM of cross-validated, noise-normalized squared distances.

    The difference of two patterns in one half of the trials, times that in the other half, a unit's
    over its noise variance, averaged over units. Noise that the halves do not share averages to
    zero instead of adding up, so that the distance of equal patterns is zero on average, and
    single entries may be negative.

    The noise variance of a unit is taken from the difference between the halves, without
    covariances between units, which cannot be estimated from hundreds of stimuli for thousands of
    neurons. As the same difference is in both, distances are too high by some 2/stimuli, all of
    them by as much.

    Parameters
    ----------
    half_1, half_2 : array, shape (stimuli, units)
        Responses averaged over separate trials.

    Returns
    -------
    array of float64, shape (stimuli, stimuli)
    """
    half_1, half_2 = (np.asarray(half, dtype=np.float64) for half in (half_1, half_2))
    variance = np.mean((half_1 - half_2) ** 2, axis=0) / 2
    is_noisy = variance > 0  # a unit that is silent in both halves tells nothing
    # (stimuli, units) × (units, stimuli) -> (stimuli, stimuli)
    products = (half_1[:, is_noisy] / variance[is_noisy]) @ half_2[:, is_noisy].T
    own = np.diag(products)  # (stimuli,)
    return (own[:, None] + own - products - products.T) / half_1.shape[1]


def squared_distance(patterns):
    """Compute the RDM of mean squared differences: crossnobis where there is no noise.

    Parameters and results are those of `correlation_distance`, and without NaN.
    """
    return euclidean_distance(patterns) ** 2 / np.shape(patterns)[1]


# Dissimilarities of patterns, by the names of the multiverse table.
DISSIMILARITIES = {
    "correlation": correlation_distance,
    "cosine": cosine_distance,
    "euclidean": euclidean_distance,
}
