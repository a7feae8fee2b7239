"""Label tests are exact for shifts and reflections."""

import numpy as np
import pytest

from normative.inference.permutation_tests import (
    label_p,
    least_p,
    permutations,
    relabeled_similarity,
    shifts_and_reflections,
    step_down_max,
)
from normative.rsa.comparators import COMPARATORS
from normative.rsa.rdm import correlation_distance, upper_triangle

N_STIMULI = 9


@pytest.fixture(scope="module")
def rdms():
    rng = np.random.default_rng(0)
    return np.stack([correlation_distance(rng.standard_normal((N_STIMULI, 20))) for _ in range(3)])


def test_shifts_and_reflections_are_the_symmetries_of_the_circle():
    orders = shifts_and_reflections(N_STIMULI)
    assert orders.shape == (2 * N_STIMULI, N_STIMULI)
    np.testing.assert_array_equal(orders[0], np.arange(N_STIMULI))
    assert len({tuple(order) for order in orders}) == 2 * N_STIMULI
    steps = np.diff(orders, axis=1, append=orders[:, :1]) % N_STIMULI
    assert {tuple(set(row)) for row in steps} == {(1,), (N_STIMULI - 1,)}, (
        "neighbors stay neighbors"
    )


@pytest.mark.parametrize("comparator", ["pearson", "spearman", "cosine"])
def test_relabeled_similarity_is_that_of_the_reordered_matrix(rdms, comparator):
    orders = permutations(N_STIMULI, 130, np.random.default_rng(1))
    others = np.stack([upper_triangle(rdm) for rdm in rdms[1:]])
    found = relabeled_similarity(rdms[0], others, orders, comparator)
    for order, row in zip(orders, found, strict=True):
        reordered = upper_triangle(rdms[0][np.ix_(order, order)])
        expected = [COMPARATORS[comparator](reordered, other) for other in others]
        np.testing.assert_allclose(row, expected, atol=1e-12)


def test_networks_beside_it_do_not_change_a_networks_bits(rdms):
    orders = permutations(N_STIMULI, 130, np.random.default_rng(1))
    others = np.stack([upper_triangle(rdm) for rdm in rdms])[:, None]  # (networks, 1, pairs)
    together = relabeled_similarity(rdms[0], others, orders, "pearson")
    assert together.shape == (3, 131, 1)
    for network, found in zip(others, together, strict=True):
        alone = relabeled_similarity(rdms[0], network[None], orders, "pearson")
        np.testing.assert_array_equal(alone[0], found)


def test_permutations_start_with_the_real_order():
    orders = permutations(N_STIMULI, 50, np.random.default_rng(1))
    np.testing.assert_array_equal(orders[0], np.arange(N_STIMULI))
    np.testing.assert_array_equal(np.sort(orders, axis=1), np.tile(np.arange(N_STIMULI), (51, 1)))
    assert len({tuple(order) for order in orders}) > 45


def test_p_counts_the_real_order_among_those_at_least_as_similar():
    similarities = np.array([[0.5, 0.1], [0.5, 0.2], [0.4, 0.3], [0.6, 0.0]])
    np.testing.assert_array_equal(label_p(similarities), [3 / 4, 3 / 4])
    assert label_p(np.array([[0.9], [0.1], [0.2], [0.3]])) == 1 / 4
    assert np.isnan(label_p(np.array([[np.nan], [np.nan]])))
    np.testing.assert_array_equal(label_p([0.5, 0.5 - 1e-14, 0.4]), 2 / 3), "equal to rounding"


def test_similarity_of_nothing_but_the_circle_is_not_told_from_chance():
    """Two RDMs that depend on the difference alone are as alike under any shift: p is 1."""
    steps = np.abs(np.subtract.outer(np.arange(N_STIMULI), np.arange(N_STIMULI)))
    steps = np.minimum(steps, N_STIMULI - steps)
    orders = shifts_and_reflections(N_STIMULI)
    others = upper_triangle(np.sqrt(steps))[None]
    assert label_p(relabeled_similarity(steps**2.0, others, orders, "pearson")) == 1


@pytest.mark.parametrize("comparator", ["pearson", "spearman", "cosine"])
def test_similarity_is_defined_by_relative_differences(rdms, comparator):
    """Dissimilarities of 1e-12 are as well defined as their multiples; constant ones are not."""
    orders = shifts_and_reflections(N_STIMULI)
    others = np.stack([upper_triangle(rdm) for rdm in rdms[1:]])
    expected = relabeled_similarity(rdms[0], others, orders, comparator)
    found = relabeled_similarity(1e-12 * rdms[0], 1e-12 * others, orders, comparator)
    np.testing.assert_allclose(found, expected, atol=1e-10)
    others[1] = 0.1 if comparator != "cosine" else 0
    found = relabeled_similarity(rdms[0], others, orders, comparator)
    np.testing.assert_allclose(found[:, 0], expected[:, 0], atol=1e-10)
    assert np.isnan(found[:, 1]).all()


def test_orders_of_many_stimuli_are_as_many_at_once_as_fit_in_memory(rdms, monkeypatch):
    orders = permutations(N_STIMULI, 130, np.random.default_rng(1))
    others = np.stack([upper_triangle(rdm) for rdm in rdms[1:]])
    expected = relabeled_similarity(rdms[0], others, orders, "pearson")
    for n_entries in (1, 36, 100):
        monkeypatch.setattr("normative.inference.permutation_tests.ENTRIES_AT_ONCE", n_entries)
        found = relabeled_similarity(rdms[0], others, orders, "pearson")
        np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("n_stimuli", [5, 8, 9])
@pytest.mark.parametrize("comparator", ["pearson", "spearman"])
def test_least_p_is_the_share_of_orders_that_leave_the_rdm_as_it_is(n_stimuli, comparator):
    """By their own count; no p of any recording is below it, and not all are above."""
    rng = np.random.default_rng(0)
    at = np.arange(n_stimuli)
    apart = np.abs(np.subtract.outer(at, at))
    difference = np.minimum(apart, n_stimuli - apart)
    of_one = (np.add.outer(at, at) > n_stimuli) * 1.0 + apart / 100
    rdms = [np.sqrt(difference), apart.astype(float), of_one]
    orders = shifts_and_reflections(n_stimuli)
    expected = [
        np.mean([np.allclose(rdm[np.ix_(order, order)], rdm) for order in orders]) for rdm in rdms
    ]
    assert expected[:2] == [1, 2 / len(orders)]
    others = np.stack([upper_triangle(rdm) for rdm in rdms])
    p = []
    for _ in range(60):
        recording = correlation_distance(rng.standard_normal((n_stimuli, 20)))
        similarities = relabeled_similarity(recording, others, orders, comparator)
        np.testing.assert_allclose(least_p(similarities), expected)
        p.append(label_p(similarities))
    np.testing.assert_allclose(np.min(p, axis=0), expected)
    assert np.isnan(least_p(np.full((1, 2), np.nan))).all()


def test_correction_by_the_largest_is_the_step_down_of_westfall_and_young():
    """Loops: the most extreme against the largest of all in each order, the next of the others."""
    rng = np.random.default_rng(0)
    values = rng.standard_normal((40, 4)) * [1, 10, 0.1, 3] + [0, 5, 0, 0]
    values[0] = [2.5, 5, 0.12, 1]
    z = (values - values.mean(axis=0)) / values.std(axis=0)
    left, expected, least = [0, 1, 2, 3], {}, 0.0
    while left:
        first = max(left, key=lambda layer: z[0, layer])
        n_beyond = sum(max(z[order, layer] for layer in left) >= z[0, first] for order in range(40))
        least = expected[first] = max(least, n_beyond / 40)
        left.remove(first)
    found = step_down_max(values)
    np.testing.assert_allclose(found, [expected[layer] for layer in range(4)])
    single = [np.mean(z.max(axis=1) >= z[0, layer]) for layer in range(4)]
    assert (found <= single).all()
    assert (found < single).any(), "steps down"
    assert (found >= label_p(values)).all()


def test_correction_leaves_out_what_is_no_test_and_what_is_always_alike():
    rng = np.random.default_rng(1)
    values = rng.standard_normal((30, 3))
    values[0, 0] = 9
    alone = step_down_max(values[:, :1])
    assert alone == 1 / 30, "of one test nothing is corrected"
    more = np.column_stack([values[:, 0], np.full(30, np.nan), np.full(30, 0.3), values[:, 1:]])
    more[:, 2] += 1e-15 * rng.standard_normal(30)
    found = step_down_max(more)
    assert found[0] == 1 / 30
    assert np.isnan(found[1])
    assert found[2] == 1
    assert np.isnan(step_down_max(np.full((1, 2), np.nan))).all()


def test_family_of_tests_rejects_a_true_null_in_5_percent():
    """Of a closed circle without special orientations, some model is found in 5 % of recordings."""
    rng = np.random.default_rng(2)
    n, n_recordings = 20, 400
    orders = shifts_and_reflections(n)
    kernel = np.fft.fft(0.5 ** (np.minimum(np.arange(n), n - np.arange(n)) / 2) ** 2).real
    spectrum = np.sqrt(np.clip(kernel, 0, None))[:, None]

    def draw():
        white = np.fft.fft(rng.standard_normal((n, 30)), axis=0)
        return correlation_distance(np.fft.ifft(spectrum * white, axis=0).real)

    models = np.stack([upper_triangle(draw()) for _ in range(5)])
    found = [
        step_down_max(relabeled_similarity(draw(), models, orders, "pearson")).min() <= 0.05
        for _ in range(n_recordings)
    ]
    assert 0.02 < np.mean(found) < 0.08  # 5 % ± 3 SE
