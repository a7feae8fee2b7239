"""Correction of p-values for the number of tests."""

import numpy as np


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
