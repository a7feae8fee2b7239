"""Representational dissimilarity matrices (RDMs) and their comparison.

Kriegeskorte, Mur & Bandettini (2008), doi:10.3389/neuro.06.004.2008.
"""

import numpy as np

UNITS_AT_ONCE = 4096  # that are centered: few beside a recording's, many to a processor
FEW_UNITS = 20_000  # of fewer than these, products in double precision take an instant


def correlation_distance(patterns):
    """Compute the RDM 1 − ZZᵀ/N, which is one minus the Pearson correlation of the patterns.

    Products of float32 patterns of many units are summed in single precision: for a recording, to
    some 1e-7 of the RDM in double precision. Patterns of few different values would be off by some
    5e-6, since their rounding errors do not cancel; those of layers and images have fewer units.

    Parameters
    ----------
    patterns : array, shape (stimuli, units)

    Returns
    -------
    array of float64, shape (stimuli, stimuli)
        NaN in the row and column of a stimulus to which all units respond by the same value: its
        correlation is not defined.
    """
    patterns = np.asarray(patterns)
    n_stimuli, n_units = patterns.shape
    is_large = patterns.dtype == np.float32 and n_units >= FEW_UNITS
    precision = np.float32 if is_large else np.float64
    # Found by its values, since rounding in the mean would leave it a random direction. First in
    # eight units: most patterns that vary do so there.
    is_constant = np.ptp(patterns[:, :: -(-n_units // 8)], axis=1) == 0
    is_constant[is_constant] = np.ptp(patterns[is_constant], axis=1) == 0

    mean = patterns.mean(axis=1, keepdims=True, dtype=precision)
    products = np.zeros((n_stimuli, n_stimuli), precision)
    for start in range(0, n_units, UNITS_AT_ONCE):
        centered = patterns[:, start : start + UNITS_AT_ONCE] - mean
        products += centered @ centered.T  # (stimuli, units) × (units, stimuli)
        del centered  # before there is another
    norm = np.sqrt(np.diag(products).astype(np.float64))
    norm[is_constant] = np.nan
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
