"""The simulated recording deserves the name."""

import numpy as np
import pytest
from scipy.stats import skew

from normative.recordings.simulation import simulate_recording
from normative.rsa.rdm import correlation_distance

# Difference of orientation (°, from, to) and the mean and SD over pairs of the real recording's
# dissimilarity, read off the tutorial's published RDM. At 1° the figure is too smooth to read.
PROFILE = [
    (2, 2, 0.37, 0.07),
    (3, 5, 0.39, 0.07),
    (6, 10, 0.48, 0.06),
    (11, 20, 0.67, 0.09),
    (21, 30, 0.89, 0.07),
    (31, 45, 1.03, 0.05),
    (46, 60, 1.11, 0.02),
    (61, 90, 1.14, 0.02),
    (91, 120, 1.14, 0.02),
    (121, 140, 1.09, 0.02),
    (141, 150, 1.03, 0.03),
    (151, 160, 0.96, 0.04),
    (161, 170, 0.89, 0.04),
    (171, 179, 0.85, 0.03),
]


@pytest.fixture(scope="module")
def recording():
    return simulate_recording(neurons=20000, stimuli=360, trials=12, seed=0)


def test_recording_has_the_layout_of_the_tutorials_files(recording):
    np.testing.assert_array_equal(recording["stimuli"], np.arange(360))
    assert recording["stimuli"].dtype == np.float32
    for name in ("resp", "resp_train", "resp_test", "resp_noiseless"):
        resp = recording[name]
        assert resp.shape == (360, 20000)
        assert resp.dtype == np.float32
        np.testing.assert_allclose(resp.mean(axis=0), 0, atol=1e-4)
        np.testing.assert_allclose(resp.std(axis=0), 1, atol=1e-4)


def test_halves_are_separate_trials_of_the_same_neurons():
    """Without a signal nothing would be shared; with endless trials both would be the tuning."""
    few = simulate_recording(neurons=300, stimuli=40, trials=2, seed=0)
    many = simulate_recording(neurons=300, stimuli=40, trials=2000, seed=0)

    def similarity(recording, first, second):
        return np.mean(recording[first] * recording[second])

    assert similarity(few, "resp_train", "resp_test") < 0.4
    assert similarity(many, "resp_train", "resp_test") > 0.98
    for name in ("resp", "resp_train", "resp_test"):
        assert similarity(many, name, "resp_noiseless") > 0.99
    both = few["resp_train"] + few["resp_test"]
    correlation = [np.corrcoef(a, b)[0, 1] for a, b in zip(both.T, few["resp"].T, strict=True)]
    assert np.median(correlation) > 0.95, "the recording is the mean of its halves"


def test_one_trial_has_no_halves():
    recording = simulate_recording(neurons=50, stimuli=40, trials=1, seed=0)
    assert list(recording) == ["resp", "stimuli", "resp_noiseless"]


@pytest.mark.parametrize(("start", "stop", "mean", "sd"), PROFILE)
def test_dissimilarity_falls_off_with_orientation_as_the_mouses(recording, start, stop, mean, sd):
    rdm = correlation_distance(recording["resp"][:181])
    i, j = np.triu_indices(181, k=1)
    dissimilarity = rdm[i, j][(j - i >= start) & (j - i <= stop)]
    assert dissimilarity.mean() == pytest.approx(mean, abs=0.10)
    assert dissimilarity.std() == pytest.approx(sd, abs=0.02)


@pytest.mark.parametrize("n_trials", [1, 5])
def test_recording_is_that_of_the_model_trial_by_trial(n_trials):
    """Neuron by neuron and stimulus by stimulus, its constants written out, from the same draws."""
    n_neurons, n_stimuli = 7, 24
    found = simulate_recording(neurons=n_neurons, stimuli=n_stimuli, trials=n_trials, seed=3)
    rng = np.random.default_rng(3)
    preferred = rng.uniform(0, 2 * np.pi, n_neurons)
    kappa = np.exp(3.22 + 0.69 * rng.standard_normal(n_neurons))
    opposite = 0.53 * rng.uniform(size=n_neurons)
    loadings = 0.63 * rng.standard_normal((10, n_neurons), dtype=np.float32) / np.sqrt(10)
    tuning = np.empty((n_stimuli, n_neurons))
    for n in range(n_neurons):
        for s in range(n_stimuli):
            theta = 2 * np.pi * s / n_stimuli - preferred[n]
            peak = np.exp(kappa[n] * (np.cos(theta) - 1))
            tuning[s, n] = peak + opposite[n] * np.exp(kappa[n] * (np.cos(theta - np.pi) - 1))
    tuning = (tuning - tuning.mean(axis=0)) / tuning.std(axis=0)
    trials = np.empty((n_trials, n_stimuli, n_neurons))
    for trial in trials:
        log_gain = 0.75 * rng.standard_normal(n_stimuli) - 0.75**2 / 2
        states = rng.standard_normal((n_stimuli, 10), dtype=np.float32)
        exponential = rng.standard_exponential((n_stimuli, n_neurons), dtype=np.float32)
        for s in range(n_stimuli):
            for n in range(n_neurons):
                # The square of an exponential variate has the mean 2 and the variance 24 − 2².
                noise = 2.45 * (exponential[s, n] ** 2 - 2) / np.sqrt(20)
                shared = sum(states[s] * loadings[:, n])
                trial[s, n] = np.exp(log_gain[s]) * tuning[s, n] + shared + noise
    expected = {"resp": trials, "resp_noiseless": tuning[None]}
    if n_trials > 1:
        expected |= {"resp_train": trials[::2], "resp_test": trials[1::2]}
    for name, parts in expected.items():
        mean = parts.mean(axis=0)
        z_scored = (mean - mean.mean(axis=0)) / mean.std(axis=0)
        np.testing.assert_allclose(found[name], z_scored, atol=1e-4)


def test_responses_are_sparse_and_skewed(recording):
    """A few large peaks a neuron over a floor near −0.2."""
    resp = recording["resp"]
    assert -0.35 < np.median(resp) < -0.15
    assert skew(resp, axis=0).mean() > 1.5
    assert np.median(resp.max(axis=0)) > 4


def test_population_is_tuned_to_polarity(recording):
    """Half a turn on, a grating is more alike than a quarter turn on, yet not the same."""
    rdm = correlation_distance(recording["resp"])
    half_turn = np.diag(rdm, 180).mean()
    assert half_turn < np.diag(rdm, 90).mean() - 0.2
    assert half_turn > 0.5


def test_seed_decides():
    small = dict(neurons=50, stimuli=40, trials=3)
    first, again, other = (simulate_recording(**small, seed=seed) for seed in (1, 1, 2))
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name])
    assert np.abs(first["resp"] - other["resp"]).max() > 0.1
    np.testing.assert_array_equal(first["stimuli"], np.arange(40) * 9)
