"""Label tests are exact for shifts and reflections."""

import numpy as np
import pytest

from normative.inference.permutation_tests import (
    label_p,
    permutations,
    relabeled_similarity,
    shifts_and_reflections,
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
