"""Intervals of a bootstrap, corrections and partial correlations are those of the books."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from normative.inference.corrections import holm
from normative.inference.intervals import effective_sample_size, interval, resampled_factors
from normative.inference.permutation_tests import sign_flip_p
from normative.rsa.partial import partial_correlation, partials_given_references

N_BLOCKS = 18
EVERYTHING = {"resample": ["stimuli", "neurons", "seeds"], "n_blocks": N_BLOCKS}
NEURONS = {**EVERYTHING, "resample": ["neurons"]}
SEEDS = {**EVERYTHING, "resample": ["seeds"]}
NOTHING = {**EVERYTHING, "resample": []}
NO_SEEDS = np.array([])


P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def test_large_sample_has_the_plain_percentile_interval():
    replicates = np.arange(1001.0)
    assert interval(replicates, NO_SEEDS, **NEURONS, confidence=0.95) == pytest.approx((25, 975))
    replicates[500] = np.nan
    assert interval(replicates, NO_SEEDS, **NEURONS, confidence=0.95) == pytest.approx(
        (25, 975), abs=1
    )


def test_few_seeds_have_the_interval_of_student():
    """The mean of n normal numbers: bootstrap replicates spread by the SD with divisor n."""
    rng = np.random.default_rng(0)
    n = 8
    sample = rng.standard_normal(n)
    normal = stats.norm.ppf((np.arange(200000) + 0.5) / 200000)
    replicates = sample.mean() + normal * sample.std() / np.sqrt(n)
    low, high = interval(replicates, sample, **SEEDS, confidence=0.95)
    expected = stats.t.interval(0.95, n - 1, sample.mean(), stats.sem(sample))
    assert (low, high) == pytest.approx(expected, abs=2e-3)


def test_nothing_resampled_or_defined_has_no_interval():
    by_seed = np.arange(5.0)
    assert np.isnan(interval(np.ones(100), by_seed, **NOTHING, confidence=0.95)).all()
    assert np.isnan(interval(np.full(100, np.nan), by_seed, **EVERYTHING, confidence=0.95)).all()
    assert np.isnan(
        interval(np.ones(100), np.array([0.3, np.nan]), **SEEDS, confidence=0.95)
    ).all(), "one seed"


def test_effective_sample_size_counts_what_makes_the_replicates_vary():
    """Blocks of 15° are 12, as good as 18; seeds count by their share of the variance."""
    rng = np.random.default_rng(0)
    replicates = rng.standard_normal(100000)
    assert effective_sample_size(replicates, np.full(5, 0.3), **EVERYTHING) == pytest.approx(18)
    assert effective_sample_size(replicates, np.array([0.3]), **EVERYTHING) == pytest.approx(18)
    assert effective_sample_size(replicates, NO_SEEDS, **NEURONS) == np.inf
    seeds = 30 * np.sqrt(5 / 4) * np.array([-1, -1, 0, 1, 1.0])
    spread = seeds.std() / np.sqrt(5)
    assert effective_sample_size(spread * replicates, seeds, **EVERYTHING) == pytest.approx(
        5, rel=0.01
    )
    # Two sources of variance v with n − 1 and m − 1 degrees of freedom: (2 v)² / (v²/… + v²/…).
    seeds *= 1 / (seeds.std(ddof=1) / np.sqrt(5))
    both = effective_sample_size(np.sqrt(1 + 4 / 5) * replicates, seeds, **EVERYTHING)
    assert both == pytest.approx(4 / (1 / 17 + 1 / 4) + 1, rel=0.02)
    assert resampled_factors(["stimuli", "seeds"], 1) == ["stimuli"]


def test_effective_sample_size_is_that_of_the_formula():
    """v_s = s²/n_s; v_o = var − v_s (n_s − 1)/n_s; n = (v_s + v_o)²/(v_s²/… + v_o²/…) + 1."""
    rng = np.random.default_rng(3)
    replicates, by_seed = rng.standard_normal(500), 2 * rng.standard_normal(6)
    with_gaps = np.insert(replicates, 7, np.nan), np.insert(by_seed, 2, np.nan)
    mean = sum(by_seed) / 6
    v_s = sum((value - mean) ** 2 for value in by_seed) / 5 / 6
    v_o = sum((value - replicates.mean()) ** 2 for value in replicates) / 500 - v_s * 5 / 6
    n = (v_s + v_o) ** 2 / (v_s**2 / 5 + v_o**2 / (N_BLOCKS - 1)) + 1
    assert effective_sample_size(*with_gaps, **EVERYTHING) == pytest.approx(n)


def test_interval_has_the_percentiles_of_its_confidence():
    replicates = np.arange(1001.0)
    for confidence, expected in ((0.9, (50, 950)), (0.5, (250, 750))):
        found = interval(replicates, NO_SEEDS, **NEURONS, confidence=confidence)
        assert found == pytest.approx(expected)


def test_nothing_to_test_gives_nothing():
    assert np.isnan(holm([np.nan, np.nan])).all()
    with_gap = holm([0.01, np.nan, 0.04])
    np.testing.assert_allclose(with_gap, [0.02, np.nan, 0.04])


@given(P_VALUES)
def test_holm_is_the_step_down_procedure(p):
    """Reject from the smallest on while p ≤ α / remaining, at every α."""
    adjusted = holm(p)
    for alpha in (0.01, 0.05, 0.2, 0.5):
        rejected, remaining = set(), len(p)
        for index in np.argsort(p, kind="stable"):
            if p[index] > alpha / remaining:
                break
            rejected.add(int(index))
            remaining -= 1
        close = {i for i, value in enumerate(adjusted) if abs(value - alpha) < 1e-9}
        assert {i for i, value in enumerate(adjusted) if value <= alpha} - close == rejected - close


def test_sign_flips_of_ten_pairs_are_all_of_them():
    differences = np.linspace(0.1, 1, 10)
    assert sign_flip_p(differences, 0) == 2 / 2**10
    signs = np.array(np.meshgrid(*[[-1, 1]] * 6)).reshape(6, -1)
    mixed = np.array([0.3, -0.1, 0.5, 0.2, -0.4, 0.6])
    means = (signs * mixed[:, None]).mean(axis=0)
    expected = np.mean(np.abs(means) >= abs(mixed.mean()) - 1e-12)
    assert sign_flip_p(mixed, 0) == pytest.approx(expected)
    assert np.isnan(sign_flip_p(np.array([0.3]), 0))
    assert np.isnan(sign_flip_p(np.zeros(5), 0)), "identical by construction: nothing to test"


def test_random_sign_flips_follow_their_seed():
    """Of more than 13 pairs, whose flips are too many to do all."""
    differences = np.random.default_rng(0).standard_normal(20) + 0.4
    first, again, *others = (sign_flip_p(differences, seed) for seed in (1, 1, 2, 3, 4))
    assert first == again
    assert len({first, *others}) > 1
    expected = stats.ttest_1samp(differences, 0).pvalue
    assert np.mean([first, *others]) == pytest.approx(expected, rel=0.1)
    flips = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=9999, rng=1
    )
    assert first == flips.pvalue


def test_partial_correlation_is_that_of_residuals():
    rng = np.random.default_rng(0)
    z = rng.standard_normal((3, 500))
    x = z.sum(axis=0) + rng.standard_normal(500)
    y = z[0] - z[1] + 0.5 * x + rng.standard_normal(500)
    r = np.corrcoef(np.vstack([x, y, z]))

    def residual(values, covariates):
        design = np.vstack([np.ones(500), covariates]).T
        return values - design @ np.linalg.lstsq(design, values)[0]

    for of in ([0], [2], [0, 1, 2]):
        rows = [2 + index for index in of]
        partial, unique = partial_correlation(
            r[0, 1], r[0, rows], r[1, rows], r[np.ix_(rows, rows)]
        )
        expected = np.corrcoef(residual(x, z[of]), residual(y, z[of]))[0, 1]
        assert partial == pytest.approx(expected)
        with_y = 1 - residual(x, np.vstack([z[of], y])).var() / x.var()
        without = 1 - residual(x, z[of]).var() / x.var()
        assert unique == pytest.approx(with_y - without)


def test_covariate_that_tells_all_leaves_nothing_defined():
    partial, unique = partial_correlation(0.5, [0.5], [1.0], [[1.0]])
    assert np.isnan(partial)
    assert np.isnan(unique)
    assert np.isnan(partial_correlation(0.5, [0.3], [1.0], [[1.0]])).all(), "of y"
    assert np.isnan(partial_correlation(0.5, [1.0], [0.3], [[1.0]])).all(), "of x"
    assert np.isnan(partial_correlation(0.5, [np.nan], [0.2], [[1.0]])[0])
    assert np.isnan(partial_correlation(np.nan, [0.1], [0.2], [[1.0]])[0])


def test_partial_correlations_of_many_replicates_are_those_of_each():
    rng = np.random.default_rng(0)
    r = np.stack([np.corrcoef(rng.standard_normal((5, 20))) for _ in range(6)])
    r[2, 3, 4] = r[2, 4, 3] = np.nan
    together, _ = partial_correlation(r[:, 0, 1], r[:, 0, 2:], r[:, 1, 2:], r[:, 2:, 2:])
    for index, of_one in enumerate(r):
        alone, _ = partial_correlation(of_one[0, 1], of_one[0, 2:], of_one[1, 2:], of_one[2:, 2:])
        np.testing.assert_allclose(together[index], alone)


def test_partial_correlations_are_given_each_reference_any_difference_and_all():
    """Of residuals of raw RDMs, in a sample and a draw; layers and references are as they are."""
    rng = np.random.default_rng(1)
    recordings = rng.standard_normal((2, 80))
    references, layers = rng.standard_normal((2, 3, 80))
    groups = np.arange(80) % 7
    recordings += references[0] + 0.5 * references[1] + layers[0]
    layers[0] += references[0] - references[2]
    by_group = (groups[:, None] == np.arange(7)).astype(float)

    def correlations(first, second):
        return np.array([[np.corrcoef(a, b)[0, 1] for b in second] for a in first])

    def residual(values, design):
        return values - design @ np.linalg.lstsq(design, values)[0]

    left = [residual(row, by_group) for row in recordings]
    network = {
        "similarity": correlations(recordings, layers),
        "with_references": correlations(layers, references),
        "given_difference": correlations(left, [residual(layer, by_group) for layer in layers]),
    }
    of_references = {
        "similarity": correlations(recordings, references),
        "with_references": correlations(references, references),
        "left_by_difference": left[0].var() / recordings[0].var(),
    }
    partial, unique = partials_given_references(network, of_references)
    assert partial.shape == unique.shape == (2, 3, 5)
    ones = np.ones((80, 1))
    designs = [np.column_stack([ones, reference]) for reference in references]
    designs += [by_group, np.column_stack([ones, *references])]
    for row, layer, given_index in np.ndindex(partial.shape):
        x, y = (
            residual(values, designs[given_index]) for values in (recordings[row], layers[layer])
        )
        expected = np.corrcoef(x, y)[0, 1]
        assert partial[row, layer, given_index] == pytest.approx(expected)
        if row == 0 or given_index != 3:
            share = x.var() / recordings[row].var() * expected**2
            assert unique[row, layer, given_index] == pytest.approx(share)
