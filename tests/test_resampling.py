"""The bootstrap by weights is the bootstrap by copies."""

import doctest
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from normative.inference import resampling
from normative.inference.resampling import (
    Moments,
    balance_differences,
    block_length,
    count_draws,
    pair_weights,
    resample_blocks,
    resample_units,
    resampled_correlation_distances,
    weighted_ranks,
    weighted_similarity,
)
from normative.inference.streams import Stream, generator
from normative.rsa.rdm import correlation_distance, upper_triangle
from normative.workflow.errors import UserError
from resample_recording import main as resample_recording

N_STIMULI, N_REPLICATES = 24, 30


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
    assert block_length(15, 180) == 15
    assert block_length(15, 60) == 5
    assert block_length(0.1, 60) == 1


def test_worked_example_of_ranks_is_right():
    found = doctest.testmod(resampling)
    assert found.attempted == 2
    assert found.failed == 0


def test_one_draw_of_the_recording_is_compared_with_each_replicates_own(rdms):
    """A row for each replicate gives what each row gives alone."""
    entries = np.stack([upper_triangle(rdm) for rdm in rdms])
    weights = pair_weights(resample_blocks(N_STIMULI, 4, 3, np.random.default_rng(5)))
    for comparator in ("pearson", "spearman", "cosine"):
        others = Moments.of(entries[3:])
        together = weighted_similarity(weights, entries[:3], others, comparator)
        for index, row in enumerate(together):
            one = slice(index, index + 1)
            alone = weighted_similarity(weights[one], entries[one], others, comparator)
            np.testing.assert_allclose(row, alone[0], atol=1e-12)


def test_drawing_everything_once_gives_the_sample_back(rdms):
    entries = np.stack([upper_triangle(rdm) for rdm in rdms])
    ones = balance_differences(pair_weights(np.ones((1, N_STIMULI), int)), N_STIMULI)
    np.testing.assert_allclose(ones, 1)
    for comparator in ("pearson", "spearman"):
        np.testing.assert_allclose(
            weighted_similarity(ones, entries[:1], Moments.of(entries), comparator)[0, 0], 1
        )


def test_blocks_are_neighbors_on_the_circle():
    counts = resample_blocks(N_STIMULI, 6, 500, np.random.default_rng(0))
    assert (counts.sum(axis=1) == N_STIMULI).all()
    # A stimulus is drawn as often as its neighbor but where a block starts or ends: 4 of each.
    changes = np.abs(np.diff(counts, axis=1, append=counts[:, :1])).sum(axis=1)
    assert changes.max() <= 2 * 4
    single = resample_blocks(N_STIMULI, 1, 500, np.random.default_rng(0))
    assert np.abs(np.diff(single, axis=1)).sum(axis=1).mean() > 2 * 8
    np.testing.assert_allclose(counts.mean(axis=0), 1, atol=0.25), "none is drawn more than others"


@pytest.mark.parametrize("block", [0, N_STIMULI + 1])
def test_block_longer_than_the_circle_is_refused(block):
    with pytest.raises(ValueError, match="expected 1 to 24"):
        resample_blocks(N_STIMULI, block, 5, np.random.default_rng(0))


def test_last_block_is_cut_to_the_number_of_stimuli():
    assert (resample_blocks(10, 4, 50, np.random.default_rng(0)).sum(axis=1) == 10).all()


def test_balanced_weights_keep_the_share_of_each_difference():
    counts = resample_blocks(N_STIMULI, 6, 20, np.random.default_rng(3))
    weights = pair_weights(counts)
    balanced = balance_differences(weights, N_STIMULI)
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
    weights = balance_differences(pair_weights(counts[:1] + np.arange(N_STIMULI) % 3), N_STIMULI)
    found = weighted_similarity(weights, entries[:1], Moments.of(constant), "pearson")
    assert np.isnan(found).all(), "zero to rounding"


def test_undefined_rdm_does_not_touch_others(rdms):
    entries = np.stack([upper_triangle(rdm) for rdm in rdms])
    weights = pair_weights(resample_blocks(N_STIMULI, 4, 9, np.random.default_rng(5)))
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
    """Resample a small recording; give counts, dissimilarities and the recording's own."""

    def resample(factors, block_deg=30, seed=0):
        responses = np.random.default_rng(0).standard_normal((N_STIMULI, 50))
        np.savez(tmp_path / "responses.npz", responses=responses, orientation=np.arange(N_STIMULI))
        output = SimpleNamespace(
            counts=tmp_path / "counts.npy", dissimilarities=tmp_path / "dissimilarities.npy"
        )
        resample_recording(
            SimpleNamespace(responses=tmp_path / "responses.npz"),
            output,
            SimpleNamespace(resample=factors, block_deg=block_deg, n_replicates=250, seed=seed),
        )
        own = upper_triangle(correlation_distance(responses))
        return np.load(output.counts), np.load(output.dissimilarities), own

    return resample


def test_what_is_not_resampled_stays(resample):
    counts, dissimilarities, own = resample(["neurons", "seeds"])
    assert (counts == 1).all()
    assert dissimilarities.shape == (250, len(own))
    assert 0.05 < dissimilarities.std(axis=0).mean() < 0.2
    np.testing.assert_allclose(dissimilarities.mean(axis=0), own, atol=0.06)
    counts, dissimilarities, own = resample(["stimuli"])
    assert counts.std() > 0.5
    np.testing.assert_allclose(dissimilarities, own[None], atol=1e-6)


def test_seed_decides_the_replicates(resample):
    everything = ["stimuli", "neurons"]
    first, again, other = resample(everything), resample(everything), resample(everything, seed=1)
    for index in range(2):
        np.testing.assert_array_equal(first[index], again[index])
        assert (first[index] != other[index]).any()


def test_stimuli_and_neurons_are_drawn_from_streams_of_their_own(resample):
    counts, dissimilarities, _ = resample(["stimuli", "neurons"], seed=4)
    rng = generator(4, Stream.STIMULI)
    np.testing.assert_array_equal(counts, resample_blocks(N_STIMULI, 4, 250, rng))
    responses = np.random.default_rng(0).standard_normal((N_STIMULI, 50))
    rng = generator(4, Stream.NEURONS)
    draws = np.vstack([resample_units(50, n, rng) for n in (200, 50)])  # as many as fit in memory
    for drawn, row in zip(draws, dissimilarities, strict=True):
        expected = upper_triangle(1 - np.corrcoef(np.repeat(responses, drawn, axis=1)))
        np.testing.assert_allclose(row, expected, atol=1e-5)


def test_block_of_more_than_half_the_circle_is_refused_in_one_line(resample):
    with pytest.raises(UserError, match=r"`inference.block_deg`: 120° are 16 of 24 stimuli"):
        resample(["stimuli"], block_deg=120)


@pytest.mark.parametrize("comparator", ["pearson", "spearman", "cosine"])
def test_networks_beside_it_do_not_change_a_networks_bits(rdms, comparator):
    """So that seeds may be grouped in any way."""
    entries = np.stack([upper_triangle(rdm) for rdm in rdms])
    weights = pair_weights(resample_blocks(N_STIMULI, 4, 40, np.random.default_rng(5)))
    networks = entries[1:9].reshape(4, 2, -1)
    together = weighted_similarity(weights, entries[:1], Moments.of(networks), comparator)
    assert together.shape == (4, 40, 2)
    for network, found in zip(networks, together, strict=True):
        alone = weighted_similarity(weights, entries[:1], Moments.of(network[None]), comparator)
        np.testing.assert_array_equal(alone[0], found)
    flat = weighted_similarity(weights, entries[:1], Moments.of(entries[1:9]), comparator)
    np.testing.assert_allclose(np.moveaxis(together, 0, 1).reshape(40, 8), flat, atol=1e-12)
