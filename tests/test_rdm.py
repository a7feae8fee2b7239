"""RDMs and their correlation agree with independent computations."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import pdist, squareform
from scipy.stats import pearsonr

from normative.rsa.dissimilarities import DISSIMILARITIES, crossnobis_distance, squared_distance
from normative.rsa.rdm import (
    correlation_distance,
    distance_of_distinct,
    rdm_correlation,
    upper_triangle,
)
from normative.stimuli.distinct import find_distinct

WHOLE = st.integers(-3, 3)
PATTERNS = np.random.default_rng(0).standard_normal((30, 200)).astype(np.float32)


def test_rdm_equals_one_minus_corrcoef():
    np.testing.assert_allclose(
        correlation_distance(PATTERNS), 1 - np.corrcoef(PATTERNS.astype(float)), atol=1e-6
    )
    np.testing.assert_allclose(
        correlation_distance(PATTERNS), squareform(pdist(PATTERNS, "correlation")), atol=1e-6
    )


@pytest.mark.parametrize("distance", DISSIMILARITIES.values())
def test_equal_patterns_have_equal_dissimilarities_to_the_last_bit(distance):
    patterns = PATTERNS[np.array([*range(30), *range(20), 3, 3])]
    found = distance_of_distinct(distance, patterns)
    np.testing.assert_allclose(found, distance(patterns), atol=1e-6)
    np.testing.assert_array_equal(found[:20], found[30:50])
    np.testing.assert_array_equal(found[:, :20], found[:, 30:50])
    assert (found[[3, 3, 5], [33, 50, 35]] == 0).all(), "ties among those of one image"
    np.testing.assert_array_equal(distance_of_distinct(distance, PATTERNS), distance(PATTERNS))


def test_one_equal_pair_of_many_patterns_is_left_as_two():
    """As −90° and 90° of the tutorial's."""
    many = np.random.default_rng(0).standard_normal((120, 5))
    many[119] = many[0]
    assert len(find_distinct(many)[0]) == 120
    assert len(find_distinct(many[20:])[0]) == 100
    few = np.append(many[:50], many[:1], axis=0)
    first, index = find_distinct(few)
    assert first.tolist() == list(range(50))
    assert index.tolist() == [*range(50), 0]
    many[118] = many[0]
    assert len(find_distinct(many)[0]) == 118


def test_rdm_of_many_units_is_summed_in_blocks(monkeypatch):
    """Also of patterns far from zero, and those that are constant but for one unit."""
    monkeypatch.setattr("normative.rsa.rdm.VALUES_AT_ONCE", 30 * 700)
    rng = np.random.default_rng(4)
    patterns = rng.standard_normal((30, 5000), dtype=np.float32) + 30
    patterns[:2] = 0.1
    patterns[1, 1234] = 0.2
    found = correlation_distance(patterns)
    assert np.isnan(found[0]).all()
    expected = 1 - np.corrcoef(patterns[1:].astype(float))
    np.testing.assert_allclose(found[1:, 1:], expected, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(found, found.T)


@pytest.mark.parametrize("n_units", [300, 21_000])
def test_rdm_is_summed_in_double_precision(n_units):
    """Layers have patterns of few different values, whose rounding errors do not cancel."""
    patterns = np.random.default_rng(6).integers(0, 2, (20, n_units)).astype(np.float32)
    expected = 1 - np.corrcoef(patterns.astype(float))
    np.testing.assert_allclose(correlation_distance(patterns), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("modulation", [1e-2, 1e-3, 1e-4])
def test_similarity_of_raw_fluorescence_is_that_of_more_than_double_precision(modulation):
    """Neurons' baselines differ far more than they are tuned: correlations are all near one."""
    rng = np.random.default_rng(8)
    angle = np.arange(12)[:, None] * np.pi / 6
    tuning = np.hstack([np.cos(angle), np.sin(angle)]) @ rng.standard_normal((2, 20_500))
    tuning += 0.3 * rng.standard_normal(tuning.shape)
    patterns = 1000 * rng.uniform(0.2, 3, 20_500) * (1 + modulation * tuning)
    patterns = patterns.astype(np.float32)
    z = patterns.astype(np.longdouble)
    z -= z.mean(axis=1, keepdims=True)
    z /= np.sqrt((z**2).mean(axis=1, keepdims=True))
    i, j = np.triu_indices(12, 1)
    expected = (np.mean((z[i] - z[j]) ** 2, axis=1) / 2).astype(float)
    found = correlation_distance(patterns)
    np.testing.assert_allclose(found[i, j], expected, rtol=1e-4)
    model = correlation_distance(rng.standard_normal((12, 40)) + np.cos(angle))
    square = np.zeros((12, 12))
    square[i, j] = expected
    assert rdm_correlation(found, model) == pytest.approx(rdm_correlation(square, model), abs=1e-4)


def test_rdm_that_is_constant_to_rounding_has_no_correlation():
    """Beside one that differs as little as those of raw fluorescence, which has."""
    other = correlation_distance(PATTERNS)
    rng = np.random.default_rng(9)
    assert np.isnan(rdm_correlation(other, np.full((30, 30), 0.1)))
    assert np.isnan(rdm_correlation(1 + 1e-9 * other, other))
    expected = rdm_correlation(other, other + rng.random((30, 30)))
    assert np.isfinite(expected)
    assert rdm_correlation(1e-12 * other, other) == pytest.approx(1)


@pytest.mark.parametrize("n_stimuli", [181, 2500])
def test_rdm_needs_little_more_memory_than_its_patterns_and_itself(n_stimuli):
    """At most a fifth."""
    patterns = np.random.default_rng(5).standard_normal((n_stimuli, 23_589), dtype=np.float32)
    tracemalloc.start()
    found = correlation_distance(patterns)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak + patterns.nbytes <= 1.2 * (patterns.nbytes + found.nbytes)


def test_rdm_equals_a_plain_loop():
    patterns = PATTERNS[:4, :9].astype(float)
    rdm = np.empty((4, 4))
    for i, first in enumerate(patterns):
        for j, second in enumerate(patterns):
            a = (first - sum(first) / 9) / np.sqrt(sum((first - sum(first) / 9) ** 2) / 9)
            b = (second - sum(second) / 9) / np.sqrt(sum((second - sum(second) / 9) ** 2) / 9)
            rdm[i, j] = 1 - sum(a * b) / 9
    np.testing.assert_allclose(correlation_distance(patterns), rdm, atol=1e-6)


@settings(max_examples=50)
@given(
    arrays(np.float64, (5, 8), elements=st.integers(-100, 100), unique=True),
    st.floats(0.1, 10),
    st.floats(-10, 10),
)
def test_rdm_ignores_gain_and_offset_of_a_population(patterns, gain, offset):
    rdm = correlation_distance(patterns)
    np.testing.assert_allclose(correlation_distance(gain * patterns + offset), rdm, atol=1e-9)
    np.testing.assert_allclose(rdm, rdm.T)
    np.testing.assert_allclose(np.diag(rdm), 0, atol=1e-12)
    assert rdm.max() <= 2 + 1e-12


@settings(max_examples=100)
@given(
    arrays(np.float64, st.tuples(st.integers(2, 8), st.integers(2, 8)), elements=WHOLE),
    st.randoms(use_true_random=False),
)
def test_any_rdm_is_defined_where_its_patterns_vary_and_follows_their_order(patterns, random):
    """Few units and few values, so that constant and equal patterns are common."""
    patterns /= 10  # not whole, so that means round
    rdm = correlation_distance(patterns)
    varies = np.array([len(set(pattern)) > 1 for pattern in patterns.tolist()])
    np.testing.assert_array_equal(np.isfinite(rdm), np.outer(varies, varies))
    for i, j in np.argwhere(np.outer(varies, varies)):
        expected = 1 - pearsonr(patterns[i].astype(float), patterns[j].astype(float)).statistic
        assert rdm[i, j] == pytest.approx(expected, abs=1e-9)
    order, units = list(range(len(patterns))), list(range(patterns.shape[1]))
    random.shuffle(order)
    random.shuffle(units)
    shuffled = correlation_distance(patterns[order][:, units])
    np.testing.assert_allclose(shuffled, rdm[np.ix_(order, order)], atol=1e-12)


def test_rdm_of_a_constant_pattern_is_nan_and_of_the_others_is_not():
    patterns = PATTERNS.copy()
    patterns[3] = 0.1
    rdm = correlation_distance(patterns)
    assert np.isnan(rdm[3]).all()
    assert np.isnan(rdm[:, 3]).all()
    others = np.delete(np.delete(rdm, 3, 0), 3, 1)
    np.testing.assert_allclose(others, correlation_distance(np.delete(PATTERNS, 3, 0)))


def test_upper_triangle_leaves_the_diagonal_out():
    assert upper_triangle(np.arange(9).reshape(3, 3)).tolist() == [1, 2, 5]


def test_rdm_correlation_is_pearson_of_pairs_of_different_stimuli():
    first, second = correlation_distance(PATTERNS[:, :50]), correlation_distance(PATTERNS[:, 30:])
    pairs = [(i, j) for i in range(30) for j in range(i + 1, 30)]
    expected = pearsonr([first[p] for p in pairs], [second[p] for p in pairs]).statistic
    assert rdm_correlation(first, second) == pytest.approx(expected, abs=1e-12)
    with_diagonal = np.corrcoef(first.ravel(), second.ravel())[0, 1]
    assert abs(with_diagonal - expected) > 0.05


@settings(max_examples=100)
@given(st.data())
def test_any_rdm_correlation_is_that_of_a_plain_loop_and_bounded(data):
    stimuli = data.draw(st.integers(3, 7))
    first, second = (
        data.draw(arrays(np.float64, (stimuli, stimuli), elements=WHOLE)) for _ in range(2)
    )
    pairs = [(i, j) for i in range(stimuli) for j in range(i + 1, stimuli)]
    a, b = ([rdm[pair] for pair in pairs] for rdm in (first, second))
    found = rdm_correlation(first, second)
    if len(set(a)) == 1 or len(set(b)) == 1:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(pearsonr(a, b).statistic, abs=1e-9)
        assert abs(found) <= 1 + 1e-12
        assert found == pytest.approx(rdm_correlation(second, 3 * first + 1), abs=1e-9)


def test_rdm_correlation_with_an_undefined_rdm_is_nan():
    rdm = correlation_distance(PATTERNS)
    assert np.isnan(rdm_correlation(rdm, np.ones_like(rdm)))
    assert np.isnan(rdm_correlation(rdm, np.where(np.eye(30), np.nan, np.nan)))


@pytest.mark.parametrize("name", DISSIMILARITIES)
def test_dissimilarities_are_scipys(name):
    np.testing.assert_allclose(
        DISSIMILARITIES[name](PATTERNS), squareform(pdist(PATTERNS, name)), atol=1e-6
    )


def halves(noise, rng, patterns=PATTERNS):
    return [patterns + noise * rng.standard_normal(patterns.shape) for _ in range(2)]


def test_crossnobis_equals_rsatoolbox():
    toolbox = pytest.importorskip("rsatoolbox")
    half_1, half_2 = halves(0.5, np.random.default_rng(1))
    variance = np.mean((half_1 - half_2) ** 2, axis=0) / 2
    dataset = toolbox.data.Dataset(
        np.vstack([half_1, half_2]),
        obs_descriptors={
            "stimulus": np.tile(np.arange(len(half_1)), 2),
            "half": np.repeat([0, 1], len(half_1)),
        },
    )
    expected = toolbox.rdm.calc_rdm(
        dataset,
        method="crossnobis",
        descriptor="stimulus",
        cv_descriptor="half",
        noise=np.diag(1 / variance),
    )
    found = crossnobis_distance(half_1, half_2)
    np.testing.assert_allclose(upper_triangle(found), expected.dissimilarities[0], rtol=1e-10)
    np.testing.assert_allclose(found, found.T, atol=1e-12)


def test_crossnobis_distance_of_equal_patterns_is_zero_on_average():
    """To 2/stimuli of the noise; a distance within one half grows with all of it."""
    rng = np.random.default_rng(2)
    same = np.zeros((40, 200))
    half_1, half_2 = halves(1, rng, same)
    assert abs(upper_triangle(crossnobis_distance(half_1, half_2)).mean()) < 2.5 / 40
    assert upper_triangle(squared_distance(half_1)).mean() > 1.8


def test_crossnobis_without_noise_is_the_squared_distance():
    rng = np.random.default_rng(3)
    half_1, half_2 = halves(1e-3, rng)
    found = upper_triangle(crossnobis_distance(half_1, half_2))
    expected = upper_triangle(squared_distance(PATTERNS))
    assert np.corrcoef(found, expected)[0, 1] > 0.9
    silent = np.hstack([half_1, np.ones((30, 5))]), np.hstack([half_2, np.ones((30, 5))])
    np.testing.assert_allclose(
        upper_triangle(crossnobis_distance(*silent)), found * 200 / 205, rtol=1e-10
    )


def test_pattern_of_zeros_has_no_angle():
    """As of a layer whose units have all died."""
    patterns = PATTERNS.copy()
    patterns[4] = 0
    for name in ("correlation", "cosine"):
        rdm = DISSIMILARITIES[name](patterns)
        assert np.isnan(rdm[4]).all()
        assert np.isnan(rdm[:, 4]).all()
        assert np.isfinite(np.delete(np.delete(rdm, 4, 0), 4, 1)).all()
    assert np.isfinite(DISSIMILARITIES["euclidean"](patterns)).all()
