"""Measures of patterns are the textbook's, and those of scipy and rsatoolbox."""

import itertools

import numpy as np
import pytest
from scipy.linalg import orthogonal_procrustes
from scipy.spatial import procrustes as scipy_procrustes
from scipy.spatial.distance import pdist
from scipy.stats import special_ortho_group

from normative.rsa.patterns import PATTERN_MEASURES, debiased_cka, principal_coordinates, procrustes


@pytest.fixture(scope="module")
def populations():
    """Two with a part in common; the second has few units, as a layer has."""
    rng = np.random.default_rng(0)
    common = rng.normal(size=(24, 5))
    first = np.hstack([common @ rng.normal(size=(5, 70)), rng.normal(size=(24, 30))]) + 3
    return first.astype(np.float32), common @ rng.normal(size=(5, 9)) + rng.normal(size=(24, 9)) - 1


def compare(measure, first, second):
    return PATTERN_MEASURES[measure](principal_coordinates(first), principal_coordinates(second))


def unbiased_hsic(first, second):
    """Equation 5 of Song et al. (2012), on kernels with a diagonal of zeros."""
    n, one = len(first), np.ones(len(first))
    a, b = (np.where(np.eye(n), 0, x @ x.T) for x in (first, second))
    products = np.trace(a @ b) + (one @ a @ one) * (one @ b @ one) / ((n - 1) * (n - 2))
    return (products - 2 / (n - 2) * one @ a @ b @ one) / (n * (n - 3))


def test_debiased_cka_is_that_of_unbiased_products(populations):
    first, second = (x.astype(float) for x in populations)
    lengths = unbiased_hsic(first, first) * unbiased_hsic(second, second)
    expected = unbiased_hsic(first, second) / np.sqrt(lengths)
    assert 0.1 < expected < 0.9
    assert compare("debiased_cka", *populations) == pytest.approx(expected, abs=1e-9)


def test_its_products_are_means_over_four_different_stimuli():
    """The definition of a U-statistic, by plain counting."""
    first, second = np.random.default_rng(1).normal(size=(2, 6, 3))

    def product(first, second):
        first, second = first @ first.T, second @ second.T
        return np.mean(
            [
                first[a, b] * (second[a, b] + second[c, d] - 2 * second[a, c])
                for a, b, c, d in itertools.permutations(range(6), 4)
            ]
        )

    expected = product(first, second) / np.sqrt(product(first, first) * product(second, second))
    assert compare("debiased_cka", first, second) == pytest.approx(expected, abs=1e-12)


def test_debiased_cka_of_independent_populations_is_zero_where_the_usual_one_is_near_one():
    rng = np.random.default_rng(2)
    found, usual = [], []
    for _ in range(40):
        first, second = (principal_coordinates(rng.normal(size=(60, 2000))) for _ in range(2))
        found.append(debiased_cka(first, second))
        first, second = first @ first.T, second @ second.T
        usual.append(np.sum(first * second) / np.linalg.norm(first) / np.linalg.norm(second))
    assert abs(np.mean(found)) < 0.02 / np.sqrt(40) * 3
    assert np.std(found) == pytest.approx(0.02, abs=0.007)
    assert np.mean(usual) == pytest.approx(0.97, abs=0.01)


def test_procrustes_is_scipys(populations):
    first, second = populations
    wide = np.pad(second, ((0, 0), (0, first.shape[1] - second.shape[1])))
    left_over = scipy_procrustes(first, wide)[2]  # with the best scale, one less the square
    assert compare("procrustes", first, second) == pytest.approx(np.sqrt(1 - left_over), abs=1e-6)


def test_procrustes_is_one_less_half_the_squared_distance_of_turned_shapes(populations):
    first, second = (x - x.mean(axis=0) for x in populations)
    second = np.pad(second, ((0, 0), (0, first.shape[1] - second.shape[1])))
    first, second = first / np.linalg.norm(first), second / np.linalg.norm(second)
    turn, _ = orthogonal_procrustes(second, first)
    distance = np.linalg.norm(first - second @ turn)
    assert compare("procrustes", *populations) == pytest.approx(1 - distance**2 / 2, abs=1e-6)


def test_procrustes_is_rsatoolboxs_bures_similarity(populations):
    rdm = pytest.importorskip("rsatoolbox").rdm
    first, second = (rdm.RDMs(pdist(x.astype(float), "sqeuclidean")[None]) for x in populations)
    expected = rdm.compare(first, second, "bures").item()
    assert compare("procrustes", *populations) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("measure", PATTERN_MEASURES)
def test_turned_moved_and_scaled_population_is_the_same(measure, populations):
    first, second = populations
    turn = special_ortho_group.rvs(9, random_state=0)
    assert compare(measure, second, 7 * second @ turn + 2) == pytest.approx(1, abs=1e-9)
    expected = compare(measure, second, first)
    assert compare(measure, first, 7 * second @ turn + 2) == pytest.approx(expected, abs=1e-9)
    assert expected < 0.95


@pytest.mark.parametrize("measure", PATTERN_MEASURES)
def test_layer_that_is_the_same_for_all_stimuli_has_no_similarity(measure, populations):
    constant = np.full((24, 10), 0.1, np.float32)
    assert np.isnan(compare(measure, populations[0], constant))


def test_procrustes_is_symmetric_and_between_zero_and_one():
    rng = np.random.default_rng(3)
    first, second = (principal_coordinates(rng.normal(size=(10, n))) for n in (3, 40))
    assert procrustes(first, second) == pytest.approx(procrustes(second, first), abs=1e-12)
    assert 0 < procrustes(first, second) < 1
