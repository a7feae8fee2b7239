"""Representational dissimilarity matrices (RDMs) and their comparison.

Kriegeskorte, Mur & Bandettini (2008), doi:10.3389/neuro.06.004.2008.
"""

import numpy as np

from normative.stimuli.distinct import find_distinct

VALUES_AT_ONCE = 350_000  # that are centered: few beside a recording's, many to a processor
FEWEST_UNITS_AT_ONCE = 256  # fewer would cost more to add than to multiply

# Share of its mean square below which the variance of an RDM's entries is a rounding error. Sums of
# millions of entries have some 1e-14 of it.
ROUNDING = 1e-13


def correlation_distance(patterns):
    """Compute the RDM 1 − ZZᵀ/N, which is one minus the Pearson correlation of the patterns.

    Products are summed in double precision whatever the patterns have: of single precision, 1 − r
    would keep no digit where all patterns are much the same, as those of neurons whose baselines
    differ far more than they are tuned.

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
    # Found by its values, since rounding in the mean would leave it a random direction. First in
    # eight units: most patterns that vary do so there.
    is_constant = np.ptp(patterns[:, :: -(-n_units // 8)], axis=1) == 0
    is_constant[is_constant] = np.ptp(patterns[is_constant], axis=1) == 0

    mean = patterns.mean(axis=1, keepdims=True, dtype=np.float64)
    products = np.zeros((n_stimuli, n_stimuli))
    units_at_once = max(FEWEST_UNITS_AT_ONCE, VALUES_AT_ONCE // n_stimuli)
    for start in range(0, n_units, units_at_once):
        centered = patterns[:, start : start + units_at_once] - mean
        products += centered @ centered.T  # (stimuli, units) × (units, stimuli)
        del centered  # before there is another
    norm = np.sqrt(np.diag(products))
    norm[is_constant] = np.nan
    rdm = np.outer(norm, norm)
    np.divide(products, rdm, out=rdm)
    return np.subtract(1, rdm, out=rdm)


def distance_of_distinct(distance, patterns):
    """Compute an RDM in which equal patterns have equal entries, to the last bit.

    A sum of products depends by rounding on the place of its row, and ranks of the entries would
    break their ties by it.

    Parameters
    ----------
    distance : callable
        Such as `correlation_distance`.
    patterns : array, shape (stimuli, units)

    Returns
    -------
    array of float64, shape (stimuli, stimuli)
    """
    first, index = find_distinct(patterns)
    if len(first) == len(patterns):
        return distance(patterns)
    rdm = distance(patterns[first])
    np.fill_diagonal(rdm, np.where(np.isnan(np.diag(rdm)), np.nan, 0))
    return rdm[np.ix_(index, index)]


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
    for entries in (first, second):
        entries = np.asarray(entries, dtype=np.float64)
        if np.isnan(variance_or_nan(np.var(entries), np.mean(entries**2))):
            return np.nan
    return float(np.corrcoef(first, second)[0, 1])


def standardize(entries, comparator, groups=None):
    """Scale the entries of RDMs so that the products of two are their comparator.

    Parameters
    ----------
    entries : array, shape (…, pairs)
    comparator : {"pearson", "spearman", "cosine"}
    groups : array of int, shape (pairs,), optional
        Of pairs, whose mean is subtracted first: of ranks, of Spearman's.

    Returns
    -------
    array of float64, shape (…, pairs)
        NaN where no entry differs from the others (of its group, if there are groups).
    """
    if comparator == "spearman":
        from scipy import stats  # half a second, which jobs with other comparators need not wait

        entries = stats.rankdata(entries, axis=-1, nan_policy="propagate")
    square = np.mean(entries**2, axis=-1, keepdims=True)
    if groups is not None:
        n_pairs = np.bincount(groups)
        means = [np.bincount(groups, row) / n_pairs for row in entries.reshape(-1, len(groups))]
        entries = entries - np.reshape(means, (*entries.shape[:-1], -1))[..., groups]
    if comparator != "cosine":
        entries = entries - entries.mean(axis=-1, keepdims=True)
    norm = np.linalg.norm(entries, axis=-1, keepdims=True)
    is_defined = norm**2 > ROUNDING * square * entries.shape[-1]
    return entries / np.where(is_defined, norm, np.nan)


def variance_or_nan(variance, mean_square):
    """Give variances of entries; NaN for what is a rounding error beside their mean squares."""
    return np.where(variance > ROUNDING * mean_square, variance, np.nan)
