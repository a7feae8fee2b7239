"""Representational dissimilarity matrices (RDMs) and their comparison.

Kriegeskorte, Mur & Bandettini (2008), doi:10.3389/neuro.06.004.2008.
"""

import numpy as np


def correlation_distance(patterns):
    """Compute the RDM 1 − ZZᵀ/N, which is one minus the Pearson correlation of the patterns.

    Parameters
    ----------
    patterns : array, shape (stimuli, units)

    Returns
    -------
    array of float64, shape (stimuli, stimuli)
        NaN in the row and column of a stimulus to which all units respond alike: its correlation
        is not defined.
    """
    patterns = np.asarray(patterns, dtype=np.float64)
    # Zeroed here, since rounding in the mean would leave a constant pattern a random direction.
    constant = np.ptp(patterns, axis=1) == 0
    spread = patterns.std(axis=1, keepdims=True)
    spread[constant] = np.nan
    z = (patterns - patterns.mean(axis=1, keepdims=True)) / spread
    return 1 - z @ z.T / z.shape[1]


def upper_triangle(rdm):
    """List the entries above the diagonal, (stimuli · (stimuli − 1) / 2,), row by row."""
    return rdm[np.triu_indices(len(rdm), k=1)]


def rdm_correlation(first, second):
    """Pearson correlation of the entries above the diagonal of two RDMs of the same stimuli.

    Returns
    -------
    float
        NaN where either RDM holds a NaN or is constant.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(np.corrcoef(upper_triangle(first), upper_triangle(second))[0, 1])
