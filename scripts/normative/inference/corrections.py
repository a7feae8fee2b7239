"""Corrections of p-values for the number of tests."""

import numpy as np
from scipy import stats


def holm(p):
    """Adjust p-values for the family-wise error rate: Holm (1979).

    Parameters
    ----------
    p : array, shape (tests,)
        NaN is no test, and stays NaN.

    Returns
    -------
    array, shape (tests,)
    """
    p = np.asarray(p, dtype=float)
    adjusted = np.full(p.shape, np.nan)
    order = np.argsort(p)[: (~np.isnan(p)).sum()]  # NaN is sorted to the end
    n_remaining = np.arange(len(order), 0, -1)
    stepped = p[order] * n_remaining
    adjusted[order] = np.minimum(1, np.maximum.accumulate(stepped))
    return adjusted


def benjamini_hochberg(p):
    """Adjust p-values for the false discovery rate: Benjamini & Hochberg (1995).

    Parameters and results are those of `holm`.
    """
    p = np.asarray(p, dtype=float)
    adjusted, is_test = np.full(p.shape, np.nan), ~np.isnan(p)
    if is_test.any():
        adjusted[is_test] = stats.false_discovery_control(p[is_test])
    return adjusted
