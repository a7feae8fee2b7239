"""Averages over seeds equal plain loops over rows, layers and seeds."""

import numpy as np
import pytest

from normative.inference.averaging import average_model
from normative.rsa.partial import partial_correlation

N_SEEDS, N_ROWS, N_LAYERS, N_REFERENCES, N_ORDERS, N_REPLICATES = 4, 6, 3, 2, 5, 7
HAS_PASSED = [True, False, True, True]


@pytest.fixture(scope="module")
def references():
    """Correlations of two references with the recording in every row, and each other; all small."""
    rng = np.random.default_rng(0)
    return {
        "similarity": rng.uniform(-0.3, 0.3, (N_ROWS, N_REFERENCES)),
        "with_references": np.array([[1, 0.2], [0.2, 1]]),
        "left_by_difference": 0.25,
    }


@pytest.fixture(scope="module")
def networks():
    """The last seed's first layer has no similarity, as one whose units have all died.

    Nor has the last layer of the network that failed, which is counted as failed already.
    """
    rng = np.random.default_rng(1)
    networks = [network(rng) for _ in range(N_SEEDS)]
    for seed, layer in ((3, 0), (1, 2)):
        for name, array in networks[seed].items():
            array[layer if name == "with_references" else (..., layer)] = np.nan
    return networks


@pytest.fixture(scope="module")
def n_draws():
    """Of (seeds, replicates): in the last one, no seed that is valid."""
    rng = np.random.default_rng(3)
    draws = rng.multinomial(N_SEEDS, [1 / N_SEEDS] * N_SEEDS, N_REPLICATES).T
    draws[:, -1] = [0, N_SEEDS, 0, 0]
    return draws


def network(rng):
    return {
        "similarity": rng.uniform(-0.3, 0.3, (N_ROWS, N_LAYERS)),
        "given_difference": rng.uniform(-0.3, 0.3, (N_ROWS, N_LAYERS)),
        "with_references": rng.uniform(-0.3, 0.3, (N_LAYERS, N_REFERENCES)),
        "replicates": rng.uniform(-0.3, 0.3, (N_REPLICATES, N_LAYERS)),
        "projections": rng.uniform(-1, 1, (9, N_LAYERS)),
        "shifts": rng.uniform(-1, 1, (N_ORDERS, N_LAYERS)),
    }


def mean_of_copies(values, n_copies):
    """Average values that are there several times; those that are NaN not at all."""
    copies = [
        value
        for value, n in zip(values, n_copies, strict=True)
        for _ in range(n)
        if not np.isnan(value)
    ]
    return sum(copies) / len(copies) if copies else np.nan


def passed_only(values):
    return [value if passed else np.nan for value, passed in zip(values, HAS_PASSED, strict=True)]


@pytest.mark.parametrize("name", ["similarity", "projections", "shifts"])
def test_means_are_of_the_seeds_that_count(networks, references, n_draws, name):
    """Without networks that failed, and layers without a similarity; each seed once."""
    averages, n_undefined = average_model(iter(networks), HAS_PASSED, n_draws, references)
    assert averages[name].shape == networks[0][name].shape
    for row, layer in np.ndindex(averages[name].shape):
        values = passed_only([each[name][row, layer] for each in networks])
        expected = mean_of_copies(values, [1] * N_SEEDS)
        assert averages[name][row, layer] == pytest.approx(expected)
        if row == 0:
            np.testing.assert_array_equal(averages[f"{name}_by_seed"][:, layer], values)
    assert n_undefined.tolist() == [1, 0, 0]


def test_replicates_of_the_stimuli_are_means_of_the_seeds_drawn(networks, references, n_draws):
    averages, _ = average_model(networks, HAS_PASSED, n_draws, references)
    assert averages["replicates"].shape == (N_REPLICATES, N_LAYERS)
    for row, layer in np.ndindex(N_REPLICATES, N_LAYERS):
        values = passed_only([each["replicates"][row, layer] for each in networks])
        expected = mean_of_copies(values, n_draws[:, row])
        assert averages["replicates"][row, layer] == pytest.approx(expected, nan_ok=True)
    assert np.isnan(averages["replicates"][-1]).all(), "no seed that counts was drawn"
    none = [{**each, "replicates": each["replicates"][:0]} for each in networks]
    averages, _ = average_model(none, HAS_PASSED, n_draws[:, :0], references)
    assert averages["replicates"].shape == (0, N_LAYERS)


def test_all_seeds_have_the_sample_of_failed_networks_too(networks, references, n_draws):
    averages, _ = average_model(networks, HAS_PASSED, n_draws, references)
    expected = [each["similarity"][0] for each in networks]
    np.testing.assert_array_equal(averages["all_seeds"], expected)


@pytest.mark.parametrize("noise", [0, 1e-7, 1e-6])
def test_partial_correlation_is_at_most_1_where_references_depend_on_each_other(noise):
    """Few pairs of stimuli: six references, of which five tell all, to rounding."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(200):
        z = rng.standard_normal((5, 7))
        z = np.vstack([z, z[0] + z[1] + noise * rng.standard_normal(7)])
        r = np.corrcoef(np.vstack([rng.standard_normal((2, 7)), z]))
        partial, unique = partial_correlation(r[0, 1], r[0, 2:], r[1, 2:], r[2:, 2:])
        found.append([partial, unique])
        full = np.corrcoef(np.vstack([rng.standard_normal((2, 7)), z, rng.standard_normal((2, 7))]))
        partial, unique = partial_correlation(full[0, 1], full[0, 2:], full[1, 2:], full[2:, 2:])
        assert np.isnan([partial, unique]).all(), "the references tell all of both"
    partial, unique = np.transpose(found)
    assert np.isfinite(partial).sum() > 190
    np.testing.assert_allclose(np.abs(partial[np.isfinite(partial)]), 1, rtol=1e-4)
    assert np.nanmin(unique) >= 0, "of 7 pairs one is left: only the sign"
    assert np.nanmax(unique) <= 1


def test_partial_correlations_are_means_given_each_reference_and_all(networks, references, n_draws):
    """From the inverse of the matrix of correlations, which is another way to partial out."""
    averages, _ = average_model(networks, HAS_PASSED, n_draws, references)
    assert averages["partial"].shape == (N_ROWS, N_LAYERS, N_REFERENCES + 2)
    assert averages["partial_by_seed"].shape == (N_SEEDS, N_LAYERS, N_REFERENCES + 2)
    for row, layer in np.ndindex(N_ROWS, N_LAYERS):
        for index, given in enumerate([[0], [1], None, [0, 1]]):
            values = {"partial": [], "unique": []}
            for each in networks:
                if given is None:  # any function of the difference, which compare computes
                    partial = each["given_difference"][row, layer]
                    values["partial"].append(partial)
                    values["unique"].append(0.25 * partial**2)
                    continue
                r = np.eye(2 + N_REFERENCES)  # the recording, the layer, the references
                r[0, 1] = r[1, 0] = each["similarity"][row, layer]
                r[1, 2:] = r[2:, 1] = each["with_references"][layer]
                r[0, 2:] = r[2:, 0] = references["similarity"][row]
                r[2:, 2:] = references["with_references"]
                kept = [0, 1, *(2 + reference for reference in given)]
                inverse = np.linalg.inv(r[np.ix_(kept, kept)])
                partial = -inverse[0, 1] / np.sqrt(inverse[0, 0] * inverse[1, 1])
                without = np.linalg.inv(r[np.ix_([0, *kept[2:]], [0, *kept[2:]])])
                # R² is 1 − 1 / (the diagonal of the inverse).
                values["partial"].append(partial)
                values["unique"].append(1 / without[0, 0] - 1 / inverse[0, 0])
            for name, of_seeds in values.items():
                of_seeds = passed_only(of_seeds)
                found = averages[name][row, layer, index]
                assert found == pytest.approx(mean_of_copies(of_seeds, [1] * N_SEEDS), abs=1e-10)
                if row == 0:
                    by_seed = averages[f"{name}_by_seed"][:, layer, index]
                    np.testing.assert_allclose(by_seed, of_seeds, atol=1e-10)
