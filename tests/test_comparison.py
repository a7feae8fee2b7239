"""Comparison with the recording equals plain loops over replicates, orders, networks and RDMs."""

import tracemalloc

import numpy as np
import pytest

from normative.inference import comparison
from normative.inference.comparison import (
    compare,
    left_by_difference,
    resample_stimuli,
    similarity_of_rows,
)
from normative.inference.resampling import difference_groups, orientation_groups, resample_blocks
from normative.inference.streams import Stream, generator
from normative.rsa.comparators import COMPARATORS
from normative.stimuli.coverage import Coverage

N_STIMULI, SEED = 8, 3
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
def drawn():
    """The recording's entries in five draws of neurons, and three of the noise of trials."""
    rng = np.random.default_rng(3)
    return rng.random((5, len(PAIRS[0]))), rng.random((3, len(PAIRS[0])))


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


@pytest.fixture
def compared(recording, references, networks, drawn):
    """Compare the networks, one thing changed."""

    def compared(**changed):
        neurons, trials = drawn
        options = {
            "rdms": networks,
            "half_widths_deg": [10, 40],
            "recording": recording[PAIRS],
            "references": np.array([reference[PAIRS] for reference in references]),
            "neurons": neurons,
            "trials": trials,
            "coverage": CIRCLE,
            "closed_circle": (recording, np.arange(N_STIMULI)),
            "comparator": "pearson",
            "block_deg": 45,
            "n_replicates": 5,
            "seed": SEED,
        }
        return compare(**{**options, **changed})

    return compared


@pytest.mark.parametrize("comparator", ["pearson", "spearman", "cosine"])
@pytest.mark.parametrize(("name", "value"), [("ROWS_AT_ONCE", 2), ("ENTRIES_AT_ONCE", 2 * 28 + 27)])
def test_similarity_of_the_sample_and_each_draw(
    compared, recording, references, networks, drawn, comparator, name, value, monkeypatch
):
    """The recording as it is, then each draw of neurons, then of trials; two rows at once."""
    monkeypatch.setattr(comparison, name, value)
    found = compared(comparator=comparator)
    rows = [recording[PAIRS], *drawn[0], *drawn[1]]
    assert found["similarity"].shape == (3, 9, 2)
    for network, row, layer in np.ndindex(3, 9, 2):
        expected = COMPARATORS[comparator](rows[row], networks[network, layer])
        assert found["similarity"][network, row, layer] == pytest.approx(expected, abs=1e-10)
    assert found["with_references"].shape == (3, 2, 2)
    for network, layer, reference in np.ndindex(3, 2, 2):
        expected = COMPARATORS[comparator](networks[network, layer], references[reference][PAIRS])
        similarity = found["with_references"][network, layer, reference]
        assert similarity == pytest.approx(expected, abs=1e-10)


def residual(entries):
    """Leave of each entry what the mean of its difference, the shorter way, does not explain."""
    steps = PAIRS[1] - PAIRS[0]
    differences = np.minimum(steps, N_STIMULI - steps).tolist()
    of_difference = {d: [] for d in differences}
    for difference, entry in zip(differences, entries, strict=True):
        of_difference[difference].append(entry)
    means = {d: sum(values) / len(values) for d, values in of_difference.items()}
    return np.array([e - means[d] for e, d in zip(entries, differences, strict=True)])


def test_given_any_function_of_the_difference_is_the_correlation_of_residuals(
    compared, recording, networks, drawn
):
    """The difference is the shorter way around the circle."""
    found = compared()["given_difference"]
    rows = [recording[PAIRS], *drawn[0], *drawn[1]]
    for network, row, layer in np.ndindex(3, 9, 2):
        residuals = residual(rows[row]), residual(networks[network, layer])
        assert found[network, row, layer] == pytest.approx(np.corrcoef(*residuals)[0, 1])
    left = residual(recording[PAIRS]).var() / recording[PAIRS].var()
    assert left_by_difference(recording[PAIRS], CIRCLE, "pearson") == pytest.approx(left)


def test_on_a_half_circle_with_both_ends_differences_are_those_of_the_angles():
    """−90° and 90°, opposite polarities of a grating, may differ, and are the farthest apart."""
    groups = orientation_groups(Coverage.of(np.linspace(-90, 90, 13)))
    first, second = np.triu_indices(13, 1)
    assert groups[(first == 0) & (second == 12)] == groups.max()
    assert groups[(first == 0) & (second == 1)] == 0


def test_nothing_is_left_of_an_rdm_of_differences():
    first, second = PAIRS
    steps = second - first
    entries = np.sqrt(np.minimum(steps, N_STIMULI - steps))[None]
    groups = orientation_groups(CIRCLE)
    others = np.random.default_rng(0).random((2, len(first)))
    assert np.isnan(similarity_of_rows([entries], others, "pearson", groups)).all()


@pytest.mark.parametrize("comparator", ["pearson", "cosine"])
def test_projections_are_what_a_similarity_changes_by_with_a_stimulus(
    compared, recording, networks, comparator
):
    """Numerically: with each stimulus weighing a little more in the weighted correlation."""
    found = compared(comparator=comparator)["projections"]
    assert found.shape == (3, N_STIMULI, 2)
    np.testing.assert_allclose(found.mean(axis=1), 0, atol=1e-12)
    step = 1e-6
    for network, stimulus, layer in np.ndindex(found.shape):
        similarities = []
        for more in (step, -step):
            weights = np.ones(N_STIMULI)
            weights[stimulus] += more
            of_pairs = weights[PAIRS[0]] * weights[PAIRS[1]]
            pair = recording[PAIRS], networks[network, layer]
            similarities.append(weighted(*pair, of_pairs, comparator))
        slope = (similarities[0] - similarities[1]) / (2 * step)
        # A share of one in N more of the stimulus changes the similarity by its projection / N.
        expected = slope * N_STIMULI
        assert found[network, stimulus, layer] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("comparator", ["pearson", "cosine"])
@pytest.mark.parametrize("neurons_are_drawn", [True, False])
@pytest.mark.parametrize(("name", "value"), [("ROWS_AT_ONCE", 3), ("ENTRIES_AT_ONCE", 3 * 28 + 27)])
def test_similarity_in_each_replicate_of_the_stimuli(
    recording, networks, comparator, neurons_are_drawn, name, value, monkeypatch
):
    """Every stimulus is drawn, so that no difference is lost."""
    monkeypatch.setattr(comparison, name, value)
    rng = np.random.default_rng(4)
    counts = 1 + rng.integers(3, size=(7, N_STIMULI))
    drawn = recording[PAIRS] + rng.random((7 if neurons_are_drawn else 1, len(PAIRS[0])))
    found = resample_stimuli(networks, drawn, counts, difference_groups(CIRCLE), comparator)
    assert found.shape == (3, 7, 2)
    for network, row, layer in np.ndindex(3, 7, 2):
        weights = weights_of(counts[row].tolist())
        pair = networks[network, layer], drawn[row if neurons_are_drawn else 0]
        expected = weighted(*pair, weights, comparator)
        assert found[network, row, layer] == pytest.approx(expected, abs=1e-10)


def test_each_layer_has_blocks_of_its_own_length(compared, networks, recording, drawn):
    """Of the recording's half-width or the layer's, rounded up to 5°; draws of one stream."""
    found = compared(block_deg="auto", half_widths_deg=[np.nan, 61], n_replicates=5)
    assert (found["half_width_deg"][:, 1] == 61).all()
    first, second = found["block_deg"][0]
    assert second == 65
    assert 22.5 <= first < 65
    assert (found["block_deg"] == [first, second]).all()
    groups = difference_groups(CIRCLE)
    for layer, block in enumerate([first, second]):
        counts = resample_blocks(CIRCLE, block, 5, generator(SEED, Stream.STIMULI))
        expected = resample_stimuli(
            networks[:, layer : layer + 1], drawn[0], counts, groups, "pearson"
        )
        np.testing.assert_array_equal(found["replicates"][..., layer], expected[..., 0])


def test_what_is_not_drawn_has_no_rows(compared):
    nothing = np.empty((0, len(PAIRS[0])))
    found = compared(neurons=nothing, trials=nothing, block_deg=None)
    assert found["similarity"].shape == found["given_difference"].shape == (3, 1, 2)
    assert found["replicates"].shape == (3, 0, 2)
    assert np.isnan(found["block_deg"]).all()
    found = compared(neurons=nothing)
    assert found["similarity"].shape == (3, 4, 2)
    assert np.isfinite(found["replicates"]).all(), "the recording as it is, in all"


@pytest.mark.parametrize("comparator", ["pearson", "spearman", "cosine"])
@pytest.mark.parametrize("index", [np.arange(N_STIMULI), np.arange(N_STIMULI - 1)])
def test_labels_are_shifted_on_the_closed_circle(compared, networks, comparator, index):
    """All shifts and reflections of its RDM, against those stimuli of the others."""
    circle = made_up_rdm(np.random.default_rng(9))[: len(index), : len(index)]
    found = compared(closed_circle=(circle, index), comparator=comparator)["shifts"]
    n = len(index)
    shifts = [np.roll(np.arange(n), -shift) for shift in range(n)]
    orders = [*shifts, *(order[::-1] for order in shifts)]
    assert found.shape == (3, 2 * n, 2)
    of_circle = np.triu_indices(n, 1)
    for network, row, layer in np.ndindex(found.shape):
        relabeled = circle[np.ix_(orders[row], orders[row])][of_circle]
        full = np.zeros((N_STIMULI, N_STIMULI))
        full[PAIRS] = networks[network, layer]
        other = full[np.ix_(index, index)][of_circle]
        expected = COMPARATORS[comparator](relabeled, other)
        assert found[network, row, layer] == pytest.approx(expected, abs=1e-10)


def test_labels_are_not_shifted_where_there_is_no_closed_circle(compared):
    """One row says that there is no such similarity; all else is there."""
    for orientation in (np.linspace(-90, 45, N_STIMULI), np.arange(N_STIMULI) ** 2.0):
        found = compared(coverage=Coverage.of(orientation), closed_circle=None, block_deg=15)
        assert found["shifts"].shape == (3, 1, 2)
        assert np.isnan(found["shifts"]).all()
        assert np.isfinite(found["similarity"]).all()
        assert np.isfinite(found["given_difference"]).all()
        assert np.isfinite(found["replicates"]).all()


@pytest.mark.parametrize("comparator", ["pearson", "spearman"])
def test_replicates_of_2267_orientations_take_less_than_a_gibibyte(comparator):
    rng = np.random.default_rng(0)
    coverage = Coverage.of(np.sort(rng.choice(180_000, 2267, replace=False)) / 1000 - 90)
    counts = resample_blocks(coverage, 15, 2, rng)
    drawn = rng.random((1, 2267 * 2266 // 2), dtype=np.float32)
    layer = drawn[:1].astype(float)
    tracemalloc.start()
    groups = difference_groups(coverage)
    resample_stimuli(layer, drawn, counts, groups, comparator)
    similarity_of_rows([drawn, np.repeat(drawn, 3, axis=0)], layer, comparator, groups)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**30
