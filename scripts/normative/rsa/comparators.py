"""How similar two RDMs are: comparators of their entries above the diagonal.

Each takes two arrays of the same dissimilarities, (pairs,), and gives a number; NaN where it is not
defined, as for a constant RDM. Schütt et al. (2023), doi:10.7554/eLife.82566, compare them.
"""

import numpy as np
from scipy import stats

from normative.rsa.rdm import pearson


def spearman(first, second):
    """Spearman's ρ: the Pearson correlation of ranks."""
    return pearson(_ranks(first), _ranks(second))


def rho_a(first, second):
    """Spearman's ρ that is expected when ties are broken at random.

    Unlike ρ it does not favor an RDM of many ties over one that guesses within them.
    """
    n_pairs = len(first)
    product = float(_ranks(first) @ _ranks(second))
    return 12 * product / (n_pairs**3 - n_pairs) - 3 * (n_pairs + 1) / (n_pairs - 1)


def kendall_tau_a(first, second):
    """Kendall's τ_a: concordant less discordant pairs of entries, over all pairs of entries."""
    if np.isnan(first).any() or np.isnan(second).any():
        return np.nan
    tau_b = stats.kendalltau(first, second).statistic
    # τ_b divides by the pairs that are not tied in either RDM, τ_a by all of them.
    n_all = len(first) * (len(first) - 1) / 2
    share_first, share_second = _n_untied(first) / n_all, _n_untied(second) / n_all
    return float(tau_b * np.sqrt(share_first) * np.sqrt(share_second))


def cosine(first, second):
    """Cosine of the angle between two RDMs, taken as vectors: for dissimilarities with a zero."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(first @ second / np.sqrt((first @ first) * (second @ second)))


def _ranks(values):
    return stats.rankdata(values, nan_policy="propagate")


def _n_untied(values):
    """Count the pairs of different values."""
    n_equal = np.unique(values, return_counts=True)[1].astype(float)  # (different values,)
    return (len(values) * (len(values) - 1) - (n_equal * (n_equal - 1)).sum()) / 2


COMPARATORS = {
    function.__name__: function for function in (pearson, spearman, kendall_tau_a, rho_a, cosine)
}
