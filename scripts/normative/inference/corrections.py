"""Corrections of p-values for the number of tests."""

import numpy as np
from scipy import stats


def holm(p):
    """Adjust p-values for the family-wise error rate, Holm (1979); NaN ones are not tests."""
    p = np.asarray(p, dtype=float)
    adjusted = np.full(p.shape, np.nan)
    order = np.argsort(p)[: (~np.isnan(p)).sum()]
    stepped = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(stepped))
    return adjusted


def benjamini_hochberg(p):
    """Adjust p-values for the false discovery rate, Benjamini & Hochberg (1995); NaN likewise."""
    p = np.asarray(p, dtype=float)
    adjusted, tests = np.full(p.shape, np.nan), ~np.isnan(p)
    if tests.any():
        adjusted[tests] = stats.false_discovery_control(p[tests])
    return adjusted
