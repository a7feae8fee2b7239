"""Comparators are those of the field: scipy's and rsatoolbox's, or a plain count."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from normative.rsa.comparators import COMPARATORS

RSATOOLBOX = {
    "pearson": "corr",
    "spearman": "spearman",
    "kendall_tau_a": "tau-a",
    "rho_a": "rho-a",
    "cosine": "cosine",
}
N_PAIRS = 45  # of 10 stimuli


def draw(ties):
    rng = np.random.default_rng(0)
    first, second = rng.random((2, N_PAIRS))
    second += first
    return (np.round(first, 1), np.round(second, 1)) if ties else (first, second)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("name", COMPARATORS)
def test_comparators_equal_rsatoolbox(name, ties):
    rdm = pytest.importorskip("rsatoolbox").rdm
    first, second = draw(ties)
    expected = rdm.compare(rdm.RDMs(first[None]), rdm.RDMs(second[None]), RSATOOLBOX[name])
    assert COMPARATORS[name](first, second) == pytest.approx(expected.item(), abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=12))
def test_kendall_counts_concordant_less_discordant_pairs(entries):
    first, second = np.array(entries, dtype=float).T
    pairs = list(itertools.combinations(range(len(entries)), 2))
    signs = [np.sign((first[i] - first[j]) * (second[i] - second[j])) for i, j in pairs]
    if np.ptp(first) and np.ptp(second):
        expected = sum(signs) / len(pairs)
        assert COMPARATORS["kendall_tau_a"](first, second) == pytest.approx(expected, abs=1e-12)


def test_rho_a_is_spearman_with_ties_broken_at_random():
    rng = np.random.default_rng(0)
    first, second = np.round(draw(False), 1)

    def break_ties(values):
        return stats.rankdata(values + rng.uniform(-0.01, 0.01, len(values)))

    broken = [np.corrcoef(break_ties(first), break_ties(second))[0, 1] for _ in range(4000)]
    assert COMPARATORS["rho_a"](first, second) == pytest.approx(np.mean(broken), abs=0.002)


@pytest.mark.parametrize("name", COMPARATORS)
def test_undefined_dissimilarity_makes_the_similarity_undefined(name):
    first, second = draw(False)
    first[3] = np.nan
    assert np.isnan(COMPARATORS[name](first, second))


@pytest.mark.parametrize("name", ["pearson", "spearman", "kendall_tau_a"])
def test_constant_rdm_has_no_correlation(name):
    assert np.isnan(COMPARATORS[name](np.ones(N_PAIRS), draw(False)[1]))
