"""Representational dissimilarity matrices (RDMs) and their comparison.

Kriegeskorte, Mur & Bandettini (2008), doi:10.3389/neuro.06.004.2008.
"""

import numpy as np

UNITS = 4096  # that are centered at once: few beside a recording's, many to a processor
FEW = 20_000  # units; of fewer than these, double precision takes an instant


def correlation_distance(patterns):
    """Compute the RDM 1 − ZZᵀ/N, which is one minus the Pearson correlation of the patterns.

    Products of float32 patterns of many units are summed in single precision: for a recording, to
    some 1e-7 of the RDM in double precision. Patterns of few different values would be off by some
    5e-6, since their rounding errors are alike; those of layers and images have fewer units.

    Parameters
    ----------
    patterns : array, shape (stimuli, units)

    Returns
    -------
    array of float64, shape (stimuli, stimuli)
        NaN in the row and column of a stimulus to which all units respond alike: its correlation
        is not defined.
    """
    patterns = np.asarray(patterns)
    stimuli, units = patterns.shape
    precision = np.float32 if patterns.dtype == np.float32 and units >= FEW else np.float64
    # Told by its values, since rounding in the mean would leave it a random direction. Most that
    # vary do so in a few values.
    constant = np.ptp(patterns[:, :: -(-units // 8)], axis=1) == 0
    constant[constant] = np.ptp(patterns[constant], axis=1) == 0

    mean = patterns.mean(axis=1, keepdims=True, dtype=precision)
    products = np.zeros((stimuli, stimuli), precision)
    for start in range(0, units, UNITS):
        centered = patterns[:, start : start + UNITS] - mean
        products += centered @ centered.T
        del centered  # before there is another
    norm = np.sqrt(np.diag(products).astype(np.float64))
    norm[constant] = np.nan
    rdm = np.outer(norm, norm)
    np.divide(products, rdm, out=rdm)
    return np.subtract(1, rdm, out=rdm)


def upper_triangle(rdm):
    """List the entries above the diagonal, (stimuli · (stimuli − 1) / 2,), row by row."""
    return rdm[~np.tri(len(rdm), dtype=bool)]


def rdm_correlation(first, second):
    """Pearson correlation of the entries above the diagonal of two RDMs of the same stimuli.

    Returns
    -------
    float
        NaN where either RDM holds a NaN or is constant.
    """
    return pearson(upper_triangle(first), upper_triangle(second))


def pearson(first, second):
    """Pearson correlation of two RDMs' entries, (pairs,): the tutorial's comparator."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(np.corrcoef(first, second)[0, 1])
