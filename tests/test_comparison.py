"""Comparison with the recording equals plain loops over replicates, orders, networks and RDMs."""

import itertools
import tracemalloc

import numpy as np
import pytest

from normative.inference import comparison
from normative.inference.comparison import compare
from normative.inference.resampling import (
    Moments,
    difference_groups,
    resample_blocks,
    weighted_similarity,
)
from normative.inference.streams import Stream, generator
from normative.rsa.comparators import COMPARATORS
from normative.stimuli.coverage import Coverage

N_STIMULI, N_PERMUTATIONS, SEED = 8, 13, 3
PAIRS = np.triu_indices(N_STIMULI, 1)
CIRCLE = Coverage.of(np.arange(N_STIMULI) * 180 / N_STIMULI - 90)


@pytest.fixture(scope="module")
def recording():
    return made_up_rdm(np.random.default_rng(0))


@pytest.fixture(scope="module")
def references():
    rng = np.random.default_rng(1)
    return [made_up_rdm(rng) for _ in range(2)]


@pytest.fixture(scope="module")
def networks():
    """Entries of the RDMs of three networks of two layers each."""
    rng = np.random.default_rng(2)
    return np.array([[made_up_rdm(rng)[PAIRS] for _ in range(2)] for _ in range(3)])


@pytest.fixture(scope="module")
def counts():
    """Of seven replicates; every stimulus is drawn, so that no difference is lost."""
    rng = np.random.default_rng(3)
    return 1 + rng.integers(3, size=(7, N_STIMULI))


def made_up_rdm(rng):
    rdm = rng.random((N_STIMULI, N_STIMULI))
    return (rdm + rdm.T) * (1 - np.eye(N_STIMULI))


def weighted(first, second, weights, comparator):
    """Correlate as the books do, with weights."""
    if comparator == "cosine":
        product = np.sum(weights * first * second)
        return product / np.sqrt(np.sum(weights * first**2) * np.sum(weights * second**2))
    covariance = np.cov(first, second, aweights=weights)
    return covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])


def weights_of(drawn):
    """Weigh pairs by their copies; those of each difference as much as in the sample, together."""
    steps = [min(j - i, N_STIMULI - (j - i)) for i, j in zip(*PAIRS, strict=True)]
    copies = [drawn[i] * drawn[j] for i, j in zip(*PAIRS, strict=True)]
    weights = []
    for step, n_copies in zip(steps, copies, strict=True):
        total = sum(n for n, other in zip(copies, steps, strict=True) if other == step)
        weights.append(n_copies * steps.count(step) / total)
    return np.array(weights)


@pytest.mark.parametrize("comparator", ["pearson", "cosine"])
@pytest.mark.parametrize("neurons_are_resampled", [True, False])
@pytest.mark.parametrize(
    ("name", "value"), [("REPLICATES_AT_ONCE", 3), ("ENTRIES_AT_ONCE", 3 * 28 + 27)]
)
def test_similarity_in_the_sample_and_each_replicate(
    recording,
    references,
    networks,
    counts,
    comparator,
    neurons_are_resampled,
    name,
    value,
    monkeypatch,
):
    """With the recording and every reference; three replicates at once, and one that is left."""
    monkeypatch.setattr(comparison, name, value)
    rng = np.random.default_rng(4)
    n_drawn = len(counts) if neurons_are_resampled else 1
    dissimilarities = recording[PAIRS] + rng.random((n_drawn, len(PAIRS[0])))
    found = compare(
        networks,
        recording,
        references,
        counts,
        dissimilarities,
        coverage=CIRCLE,
        comparator=comparator,
        n_permutations=N_PERMUTATIONS,
        seed=SEED,
    )["bootstrap"]
    assert found.shape == (3, 1 + len(counts), 2, 3)
    for row in range(1 + len(counts)):
        if row == 0:
            weights, drawn = np.ones(len(PAIRS[0])), recording[PAIRS]
        else:
            weights = weights_of(counts[row - 1].tolist())
            drawn = dissimilarities[row - 1 if neurons_are_resampled else 0]
        others = [drawn, *(reference[PAIRS] for reference in references)]
        for network, layer, other in np.ndindex(3, 2, 3):
            expected = weighted(networks[network, layer], others[other], weights, comparator)
            assert found[network, row, layer, other] == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("comparator", ["pearson", "spearman", "cosine"])
def test_other_labels_of_the_recording(recording, references, networks, counts, comparator):
    """All shifts and reflections, and permutations of the analysis's stream."""
    found = compare(
        networks,
        recording,
        references,
        counts,
        recording[PAIRS][None],
        coverage=CIRCLE,
        comparator=comparator,
        n_permutations=N_PERMUTATIONS,
        seed=SEED,
    )
    shifts = [np.roll(np.arange(N_STIMULI), -shift) for shift in range(N_STIMULI)]
    orders = {"shifts": [*shifts, *(order[::-1] for order in shifts)]}
    rng = generator(SEED, Stream.PERMUTATIONS)
    tiled = np.tile(np.arange(N_STIMULI), (N_PERMUTATIONS, 1))
    orders["permutations"] = [np.arange(N_STIMULI), *rng.permuted(tiled, axis=1)]
    for name, of_name in orders.items():
        assert found[name].shape == (3, len(of_name), 2)
        for row, order in enumerate(of_name):
            relabeled = recording[np.ix_(order, order)][PAIRS]
            for network, layer in np.ndindex(3, 2):
                expected = COMPARATORS[comparator](relabeled, networks[network, layer])
                assert found[name][network, row, layer] == pytest.approx(expected, abs=1e-10)


def test_first_row_is_the_sample_in_the_real_order(recording, references, networks, counts):
    found = compare(
        networks,
        recording,
        references,
        counts,
        recording[PAIRS][None],
        coverage=CIRCLE,
        comparator="spearman",
        n_permutations=N_PERMUTATIONS,
        seed=SEED,
    )
    sample = found["bootstrap"][:, 0, :, 0]
    np.testing.assert_allclose(found["shifts"][:, 0], sample, atol=1e-12)
    np.testing.assert_allclose(found["permutations"][:, 0], sample, atol=1e-12)


def test_labels_are_shifted_only_on_a_circle_of_even_steps(recording, references, networks, counts):
    """Elsewhere one row says that there is no such similarity; all else is as before."""
    for orientation in (np.linspace(-90, 45, N_STIMULI), np.arange(N_STIMULI) ** 2.0):
        found = compare(
            networks,
            recording,
            references,
            counts,
            recording[PAIRS][None],
            coverage=Coverage.of(orientation),
            comparator="pearson",
            n_permutations=N_PERMUTATIONS,
            seed=SEED,
        )
        assert found["shifts"].shape == (3, 1, 2)
        assert np.isnan(found["shifts"]).all()
        assert np.isfinite(found["permutations"]).all()
        assert np.isfinite(found["bootstrap"]).all()


@pytest.mark.parametrize("comparator", ["pearson", "spearman"])
def test_a_batch_of_replicates_of_2267_orientations_takes_less_than_a_gibibyte(comparator):
    rng = np.random.default_rng(0)
    coverage = Coverage.of(np.sort(rng.choice(180_000, 2267, replace=False)) / 1000 - 90)
    counts = resample_blocks(coverage, 15, 50, rng)
    square = np.abs(np.subtract.outer(coverage.angle_deg, coverage.angle_deg))
    drawn = rng.random((1, 2267 * 2266 // 2), dtype=np.float32)
    layer = Moments.of(drawn[:1].astype(float))
    tracemalloc.start()
    groups = difference_groups(coverage)
    samples = comparison.samples(square, counts, drawn, groups)
    for weights, of_recording in itertools.islice(samples, 2):  # the sample, and some replicates
        weighted_similarity(weights, of_recording, layer, comparator)
    assert len(weights) > 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**30
