"""Standard errors, t intervals and tests are those of the books, and of plain loops."""

import numpy as np
import pytest
from scipy import stats

from normative.inference.trials import ETA
from normative.inference.uncertainty import (
    Sampling,
    compare_layers,
    describe_interval,
    share_first,
    sources_of_variance,
    standard_error,
    t_interval,
    t_p,
    variance_over_stimuli,
)
from normative.stimuli.coverage import Coverage

CIRCLE = Coverage.of(np.arange(12) * 15 - 90)
ALL = ["stimuli", "neurons", "trials", "seeds"]
N_NEURON_DRAWS, N_TRIAL_DRAWS, N_SEEDS, N_LAYERS = 40, 30, 6, 3


def sampling(resample=ALL, coverage=CIRCLE, n_neurons=50, n_neuron_draws=N_NEURON_DRAWS):
    return Sampling(coverage, n_neurons, n_neuron_draws, resample, 0.9)


@pytest.fixture
def means():
    """Of three layers; one seed of the second does not count."""
    rng = np.random.default_rng(0)
    by_seed = rng.normal([0.3, 0.5, 0.4], 0.05, (N_SEEDS, N_LAYERS))
    by_seed[2, 1] = np.nan
    rows = np.nanmean(by_seed, axis=0) + np.vstack(
        [
            np.zeros((1, N_LAYERS)),
            rng.normal(0, 0.03, (N_NEURON_DRAWS, N_LAYERS)) - 0.1,
            rng.normal(0, 0.01, (N_TRIAL_DRAWS, N_LAYERS)),
        ]
    )
    projections = rng.standard_normal((12, N_LAYERS))
    projections -= projections.mean(axis=0)
    return {"similarity": rows, "similarity_by_seed": by_seed, "projections": projections}


def test_seeds_alone_give_students_interval_and_test():
    rng = np.random.default_rng(1)
    by_seed = rng.normal(0.1, 0.2, 8)
    of_seeds = sources_of_variance(
        np.array([by_seed.mean()]),
        np.append(by_seed, np.nan),
        sampling(["seeds"], n_neuron_draws=0),
    )
    assert list(of_seeds) == ["seeds"]
    low, high, df = t_interval(by_seed.mean(), of_seeds, 0.9)
    expected = stats.ttest_1samp(by_seed, 0)
    assert (low, high) == pytest.approx(tuple(expected.confidence_interval(0.9)))
    assert df == pytest.approx(7)
    assert t_p(by_seed.mean(), of_seeds) == pytest.approx(expected.pvalue)
    assert t_p(-by_seed.mean(), of_seeds) == pytest.approx(expected.pvalue)


def test_two_sources_give_the_interval_of_welch():
    """The difference of two means, their variances added."""
    rng = np.random.default_rng(2)
    a, b = rng.normal(1, 1, 5), rng.normal(0, 3, 9)
    sources = {"a": (a.var(ddof=1) / 5, 4), "b": (b.var(ddof=1) / 9, 8)}
    expected = stats.ttest_ind(a, b, equal_var=False)
    difference = a.mean() - b.mean()
    low, high, df = t_interval(difference, sources, 0.95)
    assert df == pytest.approx(expected.df)
    assert (low, high) == pytest.approx(tuple(expected.confidence_interval(0.95)))
    assert t_p(difference, sources) == pytest.approx(expected.pvalue)


def test_each_source_has_its_variance_and_its_degrees(means):
    """Draws spread about their own mean: those of neurons are shifted. Of trials, ETA is drawn."""
    rows, by_seed = means["similarity"][:, 1], means["similarity_by_seed"][:, 1]
    found = sources_of_variance(rows, by_seed, sampling())
    assert list(found) == ["neurons", "trials", "seeds"]
    neurons = rows[1 : 1 + N_NEURON_DRAWS].tolist()
    mean = sum(neurons) / len(neurons)
    expected = sum((value - mean) ** 2 for value in neurons) / (len(neurons) - 1)
    assert found["neurons"] == pytest.approx((expected, 49))
    trials = rows[1 + N_NEURON_DRAWS :].tolist()
    mean = sum(trials) / len(trials)
    expected = sum((value - mean) ** 2 for value in trials) / len(trials) / ETA**2
    assert found["trials"] == pytest.approx((expected, 12))
    seeds = [value for value in by_seed if value == value]
    mean = sum(seeds) / 5
    expected = sum((value - mean) ** 2 for value in seeds) / 4 / 5
    assert found["seeds"] == pytest.approx((expected, 4))


def test_what_is_not_drawn_is_no_source(means):
    rows, by_seed = means["similarity"][:, 0], means["similarity_by_seed"][:, 0]
    assert list(sources_of_variance(rows, by_seed, sampling(["neurons"]))) == ["neurons", "trials"]
    assert list(sources_of_variance(rows, by_seed[:1], sampling())) == ["neurons", "trials"]
    only = sources_of_variance(rows[:1], np.array([]), sampling(n_neuron_draws=0))
    assert only == {}
    assert np.isnan(standard_error({})).all()
    assert np.isnan(t_interval(0.3, {}, 0.95)).all()
    assert np.isnan(t_p(0.3, {}))
    assert np.isnan(t_p(0.0, {"seeds": (0.0, 4)})), "no variance at all tells nothing"


@pytest.mark.parametrize(
    "angles", [np.arange(12) * 15 - 90, np.arange(36) * 10 - 90, [-80, -60, -55, -20, 10, 15, 70]]
)
def test_variance_over_stimuli_weighs_neighbors_on_the_circle(angles):
    """Up to 30°, as docs/methods.md says."""
    coverage = Coverage.of(np.array(angles, float))
    n = coverage.n_stimuli
    projection = np.random.default_rng(3).standard_normal(n)
    total = 0
    for i in range(n):
        for j in range(n):
            distance = abs(angles[i] - angles[j])
            distance = min(distance, coverage.circle_deg - distance)
            if distance < 30:
                total += (1 - distance / 30) * projection[i] * projection[j]
    variance, df = variance_over_stimuli(projection, coverage)
    assert variance == pytest.approx(max(0, total / n**2))
    assert df == pytest.approx(min(1.5 * coverage.covered_deg / 30, n) - 1)


def test_layers_are_compared_by_the_seeds_that_count_in_both(means):
    found = compare_layers(0, 1, means, sampling())
    by_seed = means["similarity_by_seed"]
    paired = [a - b for a, b in by_seed[:, :2] if a == a and b == b]
    assert found["seeds"] == len(paired) == 5
    assert found["difference"] == pytest.approx(sum(paired) / 5)
    rows = means["similarity"][:, 0] - means["similarity"][:, 1]
    sources = sources_of_variance(rows, np.array(paired), sampling())
    low, high, df = t_interval(found["difference"], sources, 0.9)
    assert (found["ci_low"], found["ci_high"], found["df"]) == pytest.approx((low, high, df))
    assert found["p"] == pytest.approx(t_p(found["difference"], sources))
    assert found["ci_over"] == "neurons+trials+seeds"
    projection = means["projections"][:, 0] - means["projections"][:, 1]
    over_stimuli = {**sources, "stimuli": variance_over_stimuli(projection, CIRCLE)}
    low, high, _ = t_interval(found["difference"], over_stimuli, 0.9)
    assert (found["stimuli_ci_low"], found["stimuli_ci_high"]) == pytest.approx((low, high))
    assert found["stimuli_p"] == pytest.approx(t_p(found["difference"], over_stimuli))
    assert found["stimuli_p"] > found["p"]


def test_differences_turn_their_sign_with_their_layers(means):
    first, second = compare_layers(0, 2, means, sampling()), compare_layers(2, 0, means, sampling())
    assert first["difference"] == pytest.approx(-second["difference"])
    assert first["ci_low"] == pytest.approx(-second["ci_high"])
    assert first["p"] == pytest.approx(second["p"])
    assert first["difference"] == pytest.approx(
        means["similarity"][0, 0] - means["similarity"][0, 2]
    )


def test_intervals_of_differences_may_go_beyond_one(means):
    """From −1 to 1 there are two."""
    means["similarity"][:, 0] += 0.5
    means["similarity_by_seed"][:, 0] += 0.5
    means["similarity"][:, 2] -= 0.9
    means["similarity_by_seed"][:, 2] -= 0.9
    found = compare_layers(0, 2, means, sampling())
    assert 1 < found["ci_low"] < found["difference"] < found["ci_high"] < 2


def test_layers_that_share_no_seed_have_no_difference(means):
    means["similarity_by_seed"][:3, 0] = means["similarity_by_seed"][3:, 1] = np.nan
    found = compare_layers(0, 1, means, sampling())
    assert found["seeds"] == 0
    assert found["ci_over"] == "nothing"
    assert np.isnan([found["difference"], found["p"], found["stimuli_p"], found["ci_low"]]).all()


def test_layers_are_compared_without_stimuli_where_these_are_not_drawn(means):
    found = compare_layers(0, 1, means, sampling(["neurons", "trials", "seeds"]))
    assert np.isfinite(found["p"])
    assert np.isnan([found["stimuli_p"], found["stimuli_ci_low"], found["stimuli_ci_high"]]).all()


def test_what_is_correlated_over_wide_angles_has_no_test_nor_interval_over_stimuli(means):
    """Such intervals hold the truth too seldom."""
    wide, narrow = (compare_layers(0, 1, means, sampling(), degrees) for degrees in (20, 15))
    assert np.isnan([wide["stimuli_ci_low"], wide["stimuli_ci_high"], wide["stimuli_p"]]).all()
    assert np.isfinite([narrow["stimuli_ci_low"], narrow["stimuli_p"], wide["ci_low"]]).all()


def test_intervals_end_where_the_quantity_does_and_warn_of_few_seeds():
    sources = {"seeds": (0.04, 3)}
    found = describe_interval(0.9, sources, 0.95)
    assert (found["ci_low"], found["ci_high"]) == pytest.approx((0.9 - 3.1824 * 0.2, 1), abs=1e-4)
    assert found["ci_warning"] == "rather narrow: fewer than 5 seeds"
    found = describe_interval(-1.8, {"seeds": (0.04, 4)}, 0.95, largest=2)
    assert found["ci_low"] == -2
    assert "ci_warning" not in found
    assert "ci_warning" not in describe_interval(0.9, {"neurons": (0.04, 49)}, 0.95)
    few = describe_interval(0.9, {"neurons": (0.04, 48), **sources}, 0.95)["ci_warning"]
    assert few.endswith("seeds; rather wide: fewer than 50 neurons")
    of_one = describe_interval(0.9, {"neurons": (0.04, 60)}, 0.95, n_seeds=1)["ci_warning"]
    assert of_one == "too narrow for other seeds: there is one alone"
    assert "ci_warning" not in describe_interval(0.9, {}, 0.95, n_seeds=1), "no interval"


def test_difference_of_one_seed_is_warned_of(means):
    means = {**means, "similarity_by_seed": means["similarity_by_seed"].copy()}
    means["similarity_by_seed"][1:] = np.nan
    found = compare_layers(0, 1, means, sampling())
    assert found["seeds"] == 1
    assert found["ci_warning"].startswith("too narrow for other seeds")


def test_share_first_leaves_out_draws_in_which_a_similarity_is_not_defined(means):
    expected = share_first(means, sampling(), False, np.random.default_rng(5))
    means["similarity"][3, 1] = np.nan
    found = share_first(means, sampling(), False, np.random.default_rng(5))
    np.testing.assert_allclose(found, expected, atol=0.02)
    means["similarity"][1 : 1 + N_NEURON_DRAWS] = np.nan
    assert np.isfinite(share_first(means, sampling(), False, np.random.default_rng(5))).all()


def test_share_first_is_the_probability_of_the_larger_of_two_normal_means(means):
    """P(a > b) = Φ(d / SE of the difference), of paired seeds, draws and stimuli."""
    two = {name: array[..., [0, 2]] for name, array in means.items()}
    two["similarity"][0] = two["similarity_by_seed"].mean(axis=0)
    found = compare_layers(0, 1, two, sampling())
    for over_stimuli in (False, True):
        share = share_first(two, sampling(), over_stimuli, np.random.default_rng(4))
        low, high = ("stimuli_ci_low", "stimuli_ci_high") if over_stimuli else ("ci_low", "ci_high")
        rows = two["similarity"][:, 0] - two["similarity"][:, 1]
        by_seed = -np.diff(two["similarity_by_seed"], axis=1)[:, 0]
        sources = sources_of_variance(rows, by_seed, sampling())
        sources["trials"] = sources["trials"][0] * N_TRIAL_DRAWS / (N_TRIAL_DRAWS - 1), 1
        if over_stimuli:
            projection = -np.diff(two["projections"], axis=1)[:, 0]
            sources["stimuli"] = variance_over_stimuli(projection, CIRCLE)
        error, _ = standard_error(sources)
        expected = stats.norm.cdf(found["difference"] / error)
        assert share[0] == pytest.approx(expected, abs=0.015)
        assert share.sum() == pytest.approx(1)
        assert found[low] < found["difference"] < found[high]


def test_share_first_leaves_out_layers_without_a_similarity(means):
    for array in means.values():
        array[:, 1] = np.nan
    share = share_first(means, sampling(), True, np.random.default_rng(5))
    assert np.isnan(share[1])
    assert np.nansum(share) == pytest.approx(1)
    one_row = {**means, "similarity": means["similarity"][:1]}
    nothing = share_first(one_row, sampling([], n_neuron_draws=0), False, np.random.default_rng(5))
    assert np.isnan(nothing).all()


def test_layers_that_are_identical_are_not_tested(means):
    """As a frozen layer and its untrained twin's: there is no p-value, and none to correct."""
    for array in means.values():
        array[:, 1] = array[:, 0]
    found = compare_layers(0, 1, means, sampling())
    assert found["difference"] == 0
    assert np.isnan([found["p"], found["stimuli_p"]]).all()
