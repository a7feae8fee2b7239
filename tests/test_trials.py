"""Parts of the trials tell how much other trials would change."""

import numpy as np
import pytest

from normative.inference.trials import ETA, turned_distances
from normative.recordings.parts import noise_variances, part_weights
from normative.rsa.rdm import correlation_distance, upper_triangle


def record(tuning, n_trials, noise, rng, shared=0.0):
    """Draw trials, (trials, stimuli, neurons), of noise that neurons share in part."""
    n_stimuli, n_neurons = tuning.shape
    loadings = rng.standard_normal((3, n_neurons))
    states = rng.standard_normal((n_trials, n_stimuli, 3))
    own = rng.standard_normal((n_trials, n_stimuli, n_neurons))
    return tuning + noise * own + shared * states @ loadings


@pytest.fixture
def tuning():
    rng = np.random.default_rng(0)
    angle = np.arange(20) * np.pi / 10
    preferred = rng.uniform(0, 2 * np.pi, 200)
    return np.exp(3 * (np.cos(angle[:, None] - preferred) - 1))


def test_noise_of_parts_is_what_they_do_not_share():
    rng = np.random.default_rng(1)
    tuning = rng.standard_normal((50, 4)) @ rng.standard_normal((4, 2000))
    trials = record(tuning, 4, 2, rng)
    v_1, v_2 = noise_variances(trials[:3].mean(axis=0), trials[3])
    assert (v_1, v_2) == pytest.approx((4 / 3, 4), rel=0.05)
    assert part_weights(trials[:3].mean(axis=0), trials[3]) == pytest.approx((0.75, 0.25), abs=0.01)
    assert part_weights(tuning, tuning) == (0.5, 0.5), "no noise to be found"


def test_parts_that_are_z_scored_weigh_the_same():
    rng = np.random.default_rng(2)
    trials = record(rng.standard_normal((50, 300)), 4, 2, rng)
    parts = [part / part.std(axis=0) for part in (trials[:3].mean(axis=0), trials[3])]
    assert part_weights(*parts) == (0.5, 0.5)


@pytest.mark.parametrize("n_first", [2, 3])
def test_turned_distances_are_those_of_the_responses_with_their_noise_turned(tuning, n_first):
    """A loop over draws, each pattern with its noise times a sign."""
    rng = np.random.default_rng(3)
    trials = record(tuning, 4, 0.5, rng, shared=0.1).astype(np.float32)
    parts = trials[:n_first].mean(axis=0), trials[n_first:].mean(axis=0)
    responses = trials.mean(axis=0)
    found = turned_distances(responses, *parts, 5, np.random.default_rng(4))
    again = np.random.default_rng(4)
    w_1, w_2 = part_weights(*parts)
    for draw in found:
        signs = again.choice([-1.0, 1.0], len(tuning))
        noise = np.sqrt(w_1 * w_2) * (parts[0] - parts[1])
        turned = responses + ETA * signs[:, None] * noise
        np.testing.assert_allclose(draw, upper_triangle(correlation_distance(turned)), atol=1e-5)


@pytest.mark.parametrize(("n_first", "shared"), [(3, 0.0), (3, 0.3), (4, 0.3)])
def test_spread_over_draws_is_that_over_recordings_of_other_trials(tuning, n_first, shared):
    """Of the correlation with a fixed RDM; rather wide where neurons share noise, not narrow."""
    rng = np.random.default_rng(5)
    model = upper_triangle(correlation_distance(tuning[:, :20]))
    similarities, errors = [], []
    for _ in range(60):
        trials = record(tuning, 6, 0.4, rng, shared)
        responses = trials.mean(axis=0)
        entries = upper_triangle(correlation_distance(responses))
        similarities.append(np.corrcoef(entries, model)[0, 1])
        parts = trials[:n_first].mean(axis=0), trials[n_first:].mean(axis=0)
        drawn = turned_distances(responses, *parts, 40, rng)
        errors.append(np.std([np.corrcoef(draw, model)[0, 1] for draw in drawn]) / ETA)
    assert 0.75 < np.mean(errors) / np.std(similarities) < (1.7 if shared else 1.35)
