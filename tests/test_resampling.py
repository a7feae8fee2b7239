"""The bootstrap by weights is the bootstrap by copies."""

import doctest
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from normative.inference import resampling
from normative.inference.resampling import (
    Moments,
    balance_differences,
    block_length,
    blocks,
    count_draws,
    difference_groups,
    pair_weights,
    resample_blocks,
    resample_units,
    resampled_correlation_distances,
    weighted_ranks,
    weighted_similarity,
)
from normative.inference.streams import Stream, generator
from normative.inference.trials import turned_distances
from normative.rsa.rdm import correlation_distance, upper_triangle
from normative.stimuli.coverage import Coverage
from resample_recording import main as resample_recording

N_STIMULI, N_REPLICATES = 24, 30
CIRCLE = Coverage.of(np.arange(N_STIMULI) * 180 / N_STIMULI - 90)  # steps of 7.5°
GROUPS = difference_groups(CIRCLE)


@pytest.fixture(scope="module")
def rdms():
    """Ten smooth RDMs that resemble each other."""
    rng = np.random.default_rng(0)
    curves = np.cumsum(rng.standard_normal((10, N_STIMULI, 30)), axis=1)
    return np.stack([correlation_distance(curve + curves[0]) for curve in curves])


@pytest.fixture(scope="module")
def draws():
    return np.random.default_rng(1).integers(N_STIMULI, size=(N_REPLICATES, N_STIMULI))


@pytest.mark.parametrize("comparator", ["pearson", "spearman", "cosine"])
def test_weights_equal_copies_of_stimuli(rdms, draws, comparator):
    """Drawn as indices, pairs of a stimulus with its own copy left out."""
    entries = np.stack([upper_triangle(rdm) for rdm in rdms])
    weights = pair_weights(count_draws(draws, N_STIMULI))
    found = weighted_similarity(weights, entries[:1], Moments.of(entries[1:]), comparator)
    for draw, row in zip(draws, found, strict=True):
        i, j = np.triu_indices(N_STIMULI, 1)
        different = draw[i] != draw[j]
        i, j = draw[i][different], draw[j][different]
        compare = {
            "pearson": lambda a, b: stats.pearsonr(a, b).statistic,
            "spearman": lambda a, b: stats.spearmanr(a, b).statistic,
            "cosine": lambda a, b: a @ b / np.sqrt(a @ a * (b @ b)),
        }[comparator]
        expected = [compare(rdms[0][i, j], rdm[i, j]) for rdm in rdms[1:]]
        np.testing.assert_allclose(row, expected, rtol=0, atol=1e-12)


def test_bootstrap_equals_rsatoolbox_on_the_same_draws(rdms, draws):
    toolbox = pytest.importorskip("rsatoolbox").rdm
    entries = np.stack([upper_triangle(rdm) for rdm in rdms])
    weights = pair_weights(count_draws(draws, N_STIMULI))
    found = weighted_similarity(weights, entries[:1], Moments.of(entries[1:]), "pearson")
    recording, models = toolbox.RDMs(entries[:1]), toolbox.RDMs(entries[1:])
    for draw, row in zip(draws, found, strict=True):
        sample, model_sample = (
            rdms.subsample_pattern("index", draw) for rdms in (recording, models)
        )
        expected = toolbox.compare(sample, model_sample, "corr").ravel()
        np.testing.assert_allclose(row, expected, rtol=0, atol=1e-10)


def test_neuron_weights_equal_copies_of_neurons():
    rng = np.random.default_rng(2)
    responses = rng.standard_normal((12, 40)) + rng.standard_normal((12, 1))
    draws = rng.integers(40, size=(7, 40))
    found = resampled_correlation_distances(responses, count_draws(draws, 40))
    for draw, row in zip(draws, found, strict=True):
        expected = upper_triangle(1 - np.corrcoef(responses[:, draw]))
        np.testing.assert_allclose(row, expected, rtol=0, atol=1e-5)


def test_neurons_far_from_zero_are_resampled_as_well():
    """In single precision, a mean square less a squared mean of 1000² would leave nothing."""
    rng = np.random.default_rng(2)
    responses = rng.standard_normal((12, 40)) + 1000
    draws = rng.integers(40, size=(7, 40))
    found = resampled_correlation_distances(responses, count_draws(draws, 40))
    for draw, row in zip(draws, found, strict=True):
        expected = upper_triangle(1 - np.corrcoef(responses[:, draw]))
        np.testing.assert_allclose(row, expected, rtol=0, atol=2e-3)


def test_block_has_the_stimuli_of_its_degrees_and_at_least_one():
    assert block_length(15, Coverage.of(np.arange(-90, 90))) == 15
    assert block_length(15, Coverage.of(np.arange(-90, 91))) == 15
    assert block_length(15, Coverage.of(np.arange(-90, 90, 3))) == 5
    assert block_length(15, Coverage.of(np.arange(-90, 270, 3))) == 5, "both polarities"
    assert block_length(0.1, Coverage.of(np.arange(-90, 90, 3))) == 1


def test_worked_example_of_ranks_is_right():
    found = doctest.testmod(resampling)
    assert found.attempted == 2
    assert found.failed == 0


def test_one_draw_of_the_recording_is_compared_with_each_replicates_own(rdms):
    """A row for each replicate gives what each row gives alone."""
    entries = np.stack([upper_triangle(rdm) for rdm in rdms])
    weights = pair_weights(resample_blocks(CIRCLE, 30, 3, np.random.default_rng(5)))
    for comparator in ("pearson", "spearman", "cosine"):
        others = Moments.of(entries[3:])
        together = weighted_similarity(weights, entries[:3], others, comparator)
        for index, row in enumerate(together):
            one = slice(index, index + 1)
            alone = weighted_similarity(weights[one], entries[one], others, comparator)
            np.testing.assert_allclose(row, alone[0], atol=1e-12)


def test_drawing_everything_once_gives_the_sample_back(rdms):
    entries = np.stack([upper_triangle(rdm) for rdm in rdms])
    ones = balance_differences(pair_weights(np.ones((1, N_STIMULI), int)), GROUPS)
    np.testing.assert_allclose(ones, 1)
    for comparator in ("pearson", "spearman"):
        np.testing.assert_allclose(
            weighted_similarity(ones, entries[:1], Moments.of(entries), comparator)[0, 0], 1
        )


def test_blocks_are_neighbors_on_the_circle():
    counts = resample_blocks(CIRCLE, 45, 500, np.random.default_rng(0))
    assert (counts.sum(axis=1) == N_STIMULI).all()
    # A stimulus is drawn as often as its neighbor but where a block starts or ends: 4 of each.
    changes = np.abs(np.diff(counts, axis=1, append=counts[:, :1])).sum(axis=1)
    assert changes.max() <= 2 * 4
    single = resample_blocks(CIRCLE, 1, 500, np.random.default_rng(0))
    assert np.abs(np.diff(single, axis=1)).sum(axis=1).mean() > 2 * 8
    np.testing.assert_allclose(counts.mean(axis=0), 1, atol=0.25), "none is drawn more than others"


@pytest.mark.parametrize("block_deg", [0, 181])
def test_block_longer_than_the_circle_is_refused(block_deg):
    with pytest.raises(ValueError, match="expected up to 180°"):
        resample_blocks(CIRCLE, block_deg, 5, np.random.default_rng(0))


TEN = Coverage.of(np.arange(-90, 90, 18))


def test_last_block_is_cut_to_the_number_of_stimuli():
    assert (resample_blocks(TEN, 72, 50, np.random.default_rng(0)).sum(axis=1) == 10).all()


def test_balanced_weights_keep_the_share_of_each_difference():
    counts = resample_blocks(CIRCLE, 45, 20, np.random.default_rng(3))
    weights = pair_weights(counts)
    balanced = balance_differences(weights, GROUPS)
    i, j = np.triu_indices(N_STIMULI, 1)
    steps = np.minimum(j - i, N_STIMULI - (j - i))
    for step in np.unique(steps):
        of_step = steps == step
        total = balanced[:, of_step].sum(axis=1)
        drawn = weights[:, of_step].any(axis=1)
        np.testing.assert_allclose(total[drawn], of_step.sum())
        share = weights[:, of_step].sum(axis=1) / weights.sum(axis=1)
        if step == 1:
            assert share.mean() > 1.3 * of_step.mean(), "blocks alone have too many neighbors"
    np.testing.assert_array_equal(balanced == 0, weights == 0)


def test_weighted_ranks_are_ranks_among_copies():
    rng = np.random.default_rng(4)
    values = rng.integers(0, 6, size=(3, 20)).astype(float)
    weights = rng.integers(0, 4, size=(3, 20))
    found = weighted_ranks(values, weights.astype(float))
    for row, counts, ranks in zip(values, weights, found, strict=True):
        copies = np.repeat(row, counts)
        expected = dict(zip(copies, stats.rankdata(copies), strict=True))
        for value, count, rank in zip(row, counts, ranks, strict=True):
            if count:
                assert rank == expected[value]


def test_rdm_that_is_constant_in_a_replicate_has_no_similarity(rdms):
    """As left and right are where all drawn stimuli tilt alike."""
    entries = np.stack([upper_triangle(rdm) for rdm in rdms[:2]])
    side = np.arange(N_STIMULI) < N_STIMULI // 2
    tilt = upper_triangle(np.not_equal.outer(side, side).astype(float))
    counts = np.ones((2, N_STIMULI), int)
    counts[1, side] = 0
    found = weighted_similarity(
        pair_weights(counts), entries[:1], Moments.of(tilt[None]), "pearson"
    )
    assert np.isfinite(found[0]).all()
    assert np.isnan(found[1]).all()
    constant = np.linspace(0.1, 2, 20)[:, None] * np.ones(entries.shape[1])
    weights = balance_differences(pair_weights(counts[:1] + np.arange(N_STIMULI) % 3), GROUPS)
    found = weighted_similarity(weights, entries[:1], Moments.of(constant), "pearson")
    assert np.isnan(found).all(), "zero to rounding"


def test_undefined_rdm_does_not_touch_others(rdms):
    entries = np.stack([upper_triangle(rdm) for rdm in rdms])
    weights = pair_weights(resample_blocks(CIRCLE, 30, 9, np.random.default_rng(5)))
    expected = weighted_similarity(weights, entries[:1], Moments.of(entries[1:]), "pearson")
    entries[3] = np.nan
    found = weighted_similarity(weights, entries[:1], Moments.of(entries[1:]), "pearson")
    assert np.isnan(found[:, 2]).all()
    np.testing.assert_allclose(np.delete(found, 2, axis=1), np.delete(expected, 2, axis=1))


def test_units_are_drawn_with_replacement():
    counts = resample_units(50, 2000, np.random.default_rng(0))
    assert (counts.sum(axis=1) == 50).all()
    assert counts.var() == pytest.approx(1 - 1 / 50, rel=0.05), "binomial"


@pytest.fixture
def resample(tmp_path):
    """Draw a small recording anew; give its RDMs of other neurons, of other trials, and its own."""

    def resample(factors, seed=0, **parts):
        responses = np.random.default_rng(0).standard_normal((N_STIMULI, 50))
        np.savez(tmp_path / "responses.npz", responses=responses, **parts)
        output = SimpleNamespace(neurons=tmp_path / "n.npy", trials=tmp_path / "t.npy")
        resample_recording(
            SimpleNamespace(responses=tmp_path / "responses.npz"),
            output,
            SimpleNamespace(resample=factors, n_replicates=250, seed=seed),
        )
        own = upper_triangle(correlation_distance(responses))
        return np.load(output.neurons), np.load(output.trials), own

    return resample


@pytest.fixture
def halves():
    rng = np.random.default_rng(1)
    return {name: rng.standard_normal((N_STIMULI, 50)) for name in ("half_1", "half_2")}


def test_what_is_not_drawn_has_no_rows(resample, halves):
    neurons, trials, own = resample(["neurons", "seeds"], **halves)
    assert neurons.shape == (250, len(own))
    assert trials.shape == (0, len(own))
    assert 0.05 < neurons.std(axis=0).mean() < 0.2
    np.testing.assert_allclose(neurons.mean(axis=0), own, atol=0.06)
    neurons, trials, own = resample(["stimuli", "trials"], **halves)
    assert neurons.shape == (0, len(own))
    assert trials.shape == (200, len(own))
    _, trials, _ = resample(["trials"])
    assert trials.shape == (0, len(own)), "a recording without two parts of the trials"


def test_seed_decides_the_draws(resample, halves):
    everything = ["neurons", "trials"]
    first, again = (resample(everything, **halves) for _ in range(2))
    other = resample(everything, seed=1, **halves)
    for index in range(2):
        np.testing.assert_array_equal(first[index], again[index])
        assert (first[index] != other[index]).any()


def test_neurons_and_trials_are_drawn_from_streams_of_their_own(resample, halves):
    neurons, trials, _ = resample(["neurons", "trials"], seed=4, **halves)
    responses = np.random.default_rng(0).standard_normal((N_STIMULI, 50))
    rng = generator(4, Stream.NEURONS)
    draws = np.vstack([resample_units(50, n, rng) for n in (200, 50)])  # as many as fit in memory
    for drawn, row in zip(draws, neurons, strict=True):
        expected = upper_triangle(1 - np.corrcoef(np.repeat(responses, drawn, axis=1)))
        np.testing.assert_allclose(row, expected, atol=1e-5)
    expected = turned_distances(responses, *halves.values(), 200, generator(4, Stream.TRIALS))
    np.testing.assert_array_equal(trials, expected)


@pytest.mark.parametrize("comparator", ["pearson", "spearman", "cosine"])
def test_networks_beside_it_do_not_change_a_networks_bits(rdms, comparator):
    """So that seeds may be grouped in any way."""
    entries = np.stack([upper_triangle(rdm) for rdm in rdms])
    weights = pair_weights(resample_blocks(CIRCLE, 30, 40, np.random.default_rng(5)))
    networks = entries[1:9].reshape(4, 2, -1)
    together = weighted_similarity(weights, entries[:1], Moments.of(networks), comparator)
    assert together.shape == (4, 40, 2)
    for network, found in zip(networks, together, strict=True):
        alone = weighted_similarity(weights, entries[:1], Moments.of(network[None]), comparator)
        np.testing.assert_array_equal(alone[0], found)
    flat = weighted_similarity(weights, entries[:1], Moments.of(entries[1:9]), comparator)
    np.testing.assert_allclose(np.moveaxis(together, 0, 1).reshape(40, 8), flat, atol=1e-12)


def test_blocks_of_a_circle_are_those_of_its_indices():
    """Draw by draw: of the tutorial's half circle with both ends, of others, and of 360°."""
    for orientation in (
        np.linspace(-90, 90, 181, dtype=np.float32),
        np.arange(-90, 90, 22.5),
        np.arange(-90, 270, 10),
        np.linspace(-90, 90, 5),
    ):
        coverage = Coverage.of(orientation)
        n, length = coverage.n_stimuli, block_length(15, coverage)
        starts = np.random.default_rng(3).integers(n, size=(40, -(-n // length), 1))
        draws = ((starts + np.arange(length)) % n).reshape(40, -1)[:, :n]
        expected = [[list(row).count(stimulus) for stimulus in range(n)] for row in draws]
        found = resample_blocks(coverage, 15, 40, np.random.default_rng(3))
        np.testing.assert_array_equal(found, expected)


UNEVEN = {
    "half of the circle": np.arange(-45, 45, 3),
    "two are missing": np.array([-90, -75, -30, -15, 0, 15, 30, 45, 60, 75]),
    "two ends of the circle": np.array([-90, -80, -70, 60, 65, 72, 80, 90]),
    "random": np.sort(np.random.default_rng(0).uniform(-90, 90, 40)),
    "clusters of both polarities": np.sort(np.random.default_rng(1).normal(90, 40, 30)),
    "five": np.array([-88, -60, 1, 30, 31]),
}


@pytest.mark.parametrize("name", UNEVEN)
def test_block_is_what_an_arc_of_its_degrees_has_in_it(name):
    """Arcs at fine steps all around: the same sets of stimuli, as often."""
    coverage, block_deg = Coverage.of(UNEVEN[name]), 20
    first, length, probability = blocks(coverage, block_deg)
    found = {}
    for begins, n, p in zip(first, length, probability, strict=True):
        members = frozenset((begins + step) % coverage.n_stimuli for step in range(n))
        found[members] = found.get(members, 0) + p
    assert found.pop(frozenset(), 0) == 0, "an empty arc is not drawn"
    expected = {}
    starts = (np.arange(200_000) + 0.5) / 200_000 * coverage.circle_deg
    ahead = (coverage.angle_deg[:, None] - starts) % coverage.circle_deg  # (stimuli, starts)
    patterns, n_arcs = np.unique(ahead < block_deg, axis=1, return_counts=True)
    for pattern, n in zip(patterns.T, n_arcs, strict=True):
        expected[frozenset(np.flatnonzero(pattern).tolist())] = n
    expected.pop(frozenset(), None)
    total = sum(expected.values())
    found = {members: p for members, p in found.items() if p > 1e-4}
    for members in found.keys() | {m for m, n in expected.items() if n > 1e-4 * total}:
        assert found.get(members, 0) == pytest.approx(expected[members] / total, abs=1e-4)


@pytest.mark.parametrize("name", UNEVEN)
def test_uneven_orientations_are_drawn_alike_and_as_many_as_before(name):
    """To begin blocks at stimuli would draw the first of half a circle at 1/7 of its due."""
    coverage = Coverage.of(UNEVEN[name])
    counts = resample_blocks(coverage, 20, 3000, np.random.default_rng(0))
    assert (counts.sum(axis=1) == coverage.n_stimuli).all()
    np.testing.assert_allclose(counts.mean(axis=0), 1, atol=0.3)
    assert counts.std() > 0.5


def test_differences_on_the_circle_are_grouped_by_angle():
    """Whole smallest steps, joined until there are half as many pairs as stimuli."""
    for orientation in UNEVEN.values():
        coverage = Coverage.of(orientation)
        n, circle = coverage.n_stimuli, coverage.circle_deg
        gaps = [b - a for a, b in pairwise(orientation)]
        gaps.append(orientation[0] + circle - orientation[-1])
        step = min(gap for gap in gaps if gap > 0)
        groups = difference_groups(coverage)
        i, j = np.triu_indices(n, 1)
        difference = np.minimum(
            orientation[j] - orientation[i], circle + orientation[i] - orientation[j]
        )
        steps = np.rint(difference / step)
        order = np.argsort(steps, kind="stable")
        assert (np.diff(groups[order]) >= 0).all(), "by difference"
        for one in np.unique(steps):
            assert len(set(groups[steps == one])) == 1, "equal differences are in one group"
        assert (np.bincount(groups) >= n / 2).all()
        for group in range(groups.max()):  # with the last of its steps, not before
            last = steps[groups == group].max()
            assert np.sum((groups == group) & (steps < last)) < n / 2
    many = Coverage.of(UNEVEN["random"])
    assert len(np.unique(difference_groups(many))) > 25


def test_uneven_pairs_are_balanced_within_their_groups():
    coverage = Coverage.of(UNEVEN["random"])
    groups = difference_groups(coverage)
    weights = pair_weights(resample_blocks(coverage, 20, 20, np.random.default_rng(3)))
    balanced = balance_differences(weights, groups)
    for row, found in zip(weights, balanced, strict=True):
        for group in range(groups.max() + 1):
            of_group = groups == group
            total = row[of_group].sum()
            expected = row[of_group] * of_group.sum() / total if total else 0
            np.testing.assert_allclose(found[of_group], expected, rtol=1e-12)


def test_balance_of_a_circle_is_that_of_its_matrix_of_differences():
    """Bit by bit: weights are whole numbers, whose sums are exact."""
    i, j = np.triu_indices(N_STIMULI, 1)
    steps = np.minimum(j - i, N_STIMULI - j + i) - 1
    is_member = np.eye(steps.max() + 1)[steps]
    weights = pair_weights(resample_blocks(CIRCLE, 30, 50, np.random.default_rng(0)))
    totals = weights @ is_member
    with np.errstate(divide="ignore"):
        scale = np.where(totals > 0, is_member.sum(axis=0) / totals, 0)
    np.testing.assert_array_equal(balance_differences(weights, GROUPS), weights * scale[:, steps])


def fluorescence(modulation, n_neurons=300):
    """Simulate neurons whose baselines differ far more than they are tuned, (stimuli, neurons)."""
    rng = np.random.default_rng(6)
    angle = np.arange(N_STIMULI)[:, None] * 2 * np.pi / N_STIMULI
    features = np.hstack([np.cos(angle), np.sin(angle), np.cos(2 * angle)])
    tuning = features @ rng.standard_normal((3, n_neurons))
    tuning += 0.3 * rng.standard_normal(tuning.shape)
    return 1000 * rng.uniform(0.2, 3, n_neurons) * (1 + modulation * tuning)


def plain_distances(responses):
    """Correlation distances in more than double precision, as halved squared differences."""
    responses = responses.astype(np.longdouble)
    responses = responses - responses.mean(axis=1, keepdims=True)
    responses /= np.sqrt((responses**2).mean(axis=1, keepdims=True))
    i, j = np.triu_indices(len(responses), 1)
    return np.mean((responses[i] - responses[j]) ** 2, axis=1).astype(float) / 2


@pytest.mark.parametrize("modulation", [1, 1e-2, 1e-3, 1e-4])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_similarity_of_raw_fluorescence_is_that_of_double_precision(rdms, modulation, dtype):
    """To 1e-4 from a modulation of 0.01 % of the baseline on."""
    responses = fluorescence(modulation).astype(dtype)
    draws = np.random.default_rng(7).integers(300, size=(9, 300))
    found = resampled_correlation_distances(responses, count_draws(draws, 300))
    layer = upper_triangle(rdms[0])
    ones = np.ones((9, len(layer)))
    similar = weighted_similarity(ones, found, Moments.of(layer[None]), "pearson")[:, 0]
    for draw, distances, value in zip(draws, found, similar, strict=True):
        expected = plain_distances(responses[:, draw])
        np.testing.assert_allclose(distances, expected, atol=1e-5 * expected.mean())
        assert value == pytest.approx(np.corrcoef(expected, layer)[0, 1], abs=1e-4)


def test_amplitudes_that_differ_between_stimuli_do_not_change_correlations():
    """As where contrast or the state of the animal scales a whole pattern."""
    rng = np.random.default_rng(8)
    responses = fluorescence(1e-3) * rng.uniform(0.1, 10, (N_STIMULI, 1)) + 5
    draws = rng.integers(300, size=(5, 300))
    found = resampled_correlation_distances(responses, count_draws(draws, 300))
    for draw, distances in zip(draws, found, strict=True):
        expected = plain_distances(responses[:, draw])
        np.testing.assert_allclose(distances, expected, atol=1e-5 * expected.mean())


def test_neurons_drawn_so_that_all_respond_alike_have_no_distance():
    """Of two neurons, one of them twice."""
    responses = np.random.default_rng(0).standard_normal((6, 2)) + 100
    found = resampled_correlation_distances(responses, np.array([[1, 1], [2, 0], [0, 2]]))
    expected = upper_triangle(1 - np.corrcoef(responses))
    np.testing.assert_allclose(found[0], expected, atol=1e-5)
    assert np.isnan(found[1:]).all()


@pytest.mark.parametrize("comparator", ["pearson", "spearman", "cosine"])
def test_similarity_does_not_depend_on_the_unit_of_dissimilarities(rdms, comparator):
    """Those of raw fluorescence are 1e-8 and less, and as well defined."""
    entries = np.stack([upper_triangle(rdm) for rdm in rdms])
    weights = pair_weights(resample_blocks(CIRCLE, 30, 9, np.random.default_rng(5)))
    expected = weighted_similarity(weights, entries[:1], Moments.of(entries[1:]), comparator)
    small = Moments.of(1e-12 * entries[1:])
    found = weighted_similarity(weights, 1e-12 * entries[:1], small, comparator)
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_large_constant_dissimilarities_have_no_similarity(rdms):
    """Zero to rounding, however large the rounding is."""
    entries = np.stack([upper_triangle(rdm) for rdm in rdms])
    weights = balance_differences(
        pair_weights(resample_blocks(CIRCLE, 30, 9, np.random.default_rng(5))), GROUPS
    )
    constant = 1e6 / np.arange(3, 9)[:, None] * np.ones(entries.shape[1])
    for comparator in ("pearson", "spearman"):
        found = weighted_similarity(weights, entries[:1], Moments.of(constant), comparator)
        assert np.isnan(found).all()
        for row in constant:
            found = weighted_similarity(weights, row[None], Moments.of(entries), comparator)
            assert np.isnan(found).all()
