"""Simulated studies with a known answer, to check the error rates of tests and intervals.

Stimuli lie on the half circle of orientations. A representation is a population of units that mix
features, and a feature is a smooth random function of the orientation, stationary on the circle:
a Gaussian process whose correlation falls to one half within the width that the mouse's responses
have. The recording and a model have some features in common, or none, so that their RDMs resemble
each other by a known amount, or by chance alone.
"""

import numpy as np

from normative.inference.intervals import bootstrap_p, interval
from normative.inference.permutation_tests import (
    label_p,
    permutations,
    relabeled_similarity,
    shifts_and_reflections,
    sign_flip_p,
)
from normative.inference.resampling import (
    Moments,
    balance_differences,
    difference_groups,
    pair_weights,
    resample_blocks,
    resample_units,
    resampled_correlation_distances,
    weighted_similarity,
)
from normative.recordings.simulation import simulate_recording
from normative.rsa.ceilings import ESTIMANDS, neuron_halves_similarity, rdm_similarity
from normative.rsa.partial import partial_correlation
from normative.rsa.rdm import correlation_distance, upper_triangle
from normative.stimuli.coverage import Coverage

N_STIMULI = 60  # every 3° of the half circle
HALF_WIDTH_DEG = 15  # where the correlation of responses has fallen to one half
N_FEATURES = 10  # of each source
N_NEURONS = 300  # of a recording
N_UNITS = 100  # of a network's layer
N_SEEDS = 10

N_NEURON_SPLITS = 5  # into halves, for a ceiling

# Amplitude of the recording's features, of the model's own, and of each seed's own.
MODELS = {
    "unrelated": (0, 1, 0.5),
    "close": (0.7, 0.5, 0.5),
    "as close": (0.7, 0.5, 0.5),
    "far": (0.4, 0.8, 0.5),
}


def smooth_features(n_stimuli, n_features, rng):
    """Draw stationary Gaussian processes on the circle, (stimuli, features), of variance one."""
    step = np.arange(n_stimuli) * 180 / n_stimuli  # degrees from the first stimulus
    distance = np.minimum(step, 180 - step)
    kernel = 0.5 ** ((distance / HALF_WIDTH_DEG) ** 2)
    spectrum = np.sqrt(np.clip(np.fft.fft(kernel).real, 0, None))
    white = np.fft.fft(rng.standard_normal((n_stimuli, n_features)), axis=0)
    return np.fft.ifft(spectrum[:, None] * white, axis=0).real


def simulate_study(rng):
    """Simulate a recording and the layers of networks of several seeds.

    Returns
    -------
    responses : array, shape (stimuli, neurons)
    models : dict of array
        Name → (seeds, pairs) entries of RDMs. `again` has the features of `close` and other seeds.
    reference : array, shape (1, pairs)
        An RDM that shares features with the recording and all models but `unrelated`.
    """
    shared = smooth_features(N_STIMULI, N_FEATURES, rng)
    noise = 0.5 * rng.standard_normal((N_STIMULI, N_NEURONS))
    responses = shared @ rng.standard_normal((N_FEATURES, N_NEURONS)) + noise

    def mixed_rdm(features):
        """Mix features, (stimuli, features), in the units of a layer: its RDM's entries."""
        units = features @ rng.standard_normal((features.shape[1], N_UNITS))
        return upper_triangle(correlation_distance(units))

    def rdms_of_seeds(amplitudes, of_model):
        """Simulate the networks of one model: (seeds, pairs)."""
        rdms = []
        for _ in range(N_SEEDS):
            parts = shared, of_model, smooth_features(N_STIMULI, N_FEATURES, rng)
            scaled = [a * part for a, part in zip(amplitudes, parts, strict=True)]
            rdms.append(mixed_rdm(np.hstack(scaled)))  # (stimuli, 3 · features)
        return np.array(rdms)

    models = {}
    for name, amplitudes in MODELS.items():
        of_model = smooth_features(N_STIMULI, N_FEATURES, rng)
        models[name] = rdms_of_seeds(amplitudes, of_model)
        if name == "close":
            models["again"] = rdms_of_seeds(amplitudes, of_model)
    reference = mixed_rdm(shared[:, : N_FEATURES // 2])[None]
    return responses, models, reference


def analyze_study(rng, inference):
    """Simulate a study and analyze it as the workflow does.

    Parameters
    ----------
    rng : numpy.random.Generator
    inference : dict
        The section of the configuration.

    Returns
    -------
    dict of float
        p-values, and estimates with their intervals.
    """
    responses, models, reference = simulate_study(rng)
    inference = {**inference, "resample": ["stimuli", "neurons", "seeds"]}
    comparator, n_replicates = inference["comparator"], inference["replicates"]
    recording = correlation_distance(responses)
    result = {}

    orders = {
        "shifts": shifts_and_reflections(N_STIMULI),
        "mantel": permutations(N_STIMULI, inference["permutations"], rng),
    }
    for name, order in orders.items():
        similarities = relabeled_similarity(recording, models["unrelated"], order, comparator)
        result[f"p_{name}"] = float(label_p(similarities.mean(axis=1)))  # (orders, seeds) -> orders

    # The first of all rows is the sample.
    coverage = Coverage.of(np.arange(N_STIMULI) * 180 / N_STIMULI - 90)
    counts = resample_blocks(coverage, inference["block_deg"], n_replicates, rng)
    counts = np.vstack([np.ones((1, N_STIMULI), int), counts])  # (1 + replicates, stimuli)
    neuron_counts = resample_units(N_NEURONS, n_replicates, rng)
    drawn = resampled_correlation_distances(responses, neuron_counts)
    drawn = np.vstack([upper_triangle(recording), drawn])  # (1 + replicates, pairs)
    seed_counts = np.vstack([np.ones(N_SEEDS), resample_units(N_SEEDS, n_replicates, rng)])
    seed_weights = seed_counts / seed_counts.sum(axis=1, keepdims=True)  # (1 + replicates, seeds)
    plain = pair_weights(counts)
    weights = balance_differences(plain, difference_groups(coverage))  # (1 + replicates, pairs)
    xz = weighted_similarity(weights, drawn, Moments.of(reference), comparator)
    similarity, partial = {}, {}  # each (1 + replicates, seeds)
    for name, rdms in models.items():
        prepared = Moments.of(rdms)
        xy = similarity[name] = weighted_similarity(weights, drawn, prepared, comparator)
        yz = weighted_similarity(weights, reference, prepared, comparator)
        partial[name], _ = partial_correlation(xy, xz[:, None], yz[..., None], np.ones((1, 1)))

    def average(values):
        """Average over seeds: (1 + replicates, seeds) -> the sample, and (replicates,)."""
        means = np.sum(seed_weights * values, axis=1)
        return means[0], means[1:]

    def estimate(name, values):
        """Add an estimate and its interval to the result."""
        sample, replicates = average(values)
        low, high = interval(replicates, values[0], inference)
        result.update({name: sample, f"{name}_low": low, f"{name}_high": high})

    estimate("similarity", similarity["close"])
    estimate("partial", partial["close"])
    estimate("difference", similarity["close"] - similarity["far"])
    no_difference = similarity["close"] - similarity["as close"]
    _, replicates = average(no_difference)
    result["p_pairwise"] = bootstrap_p(replicates, no_difference[0], inference)
    no_effect = similarity["close"][0] - similarity["again"][0]
    result["p_seeds"] = sign_flip_p(no_effect, inference["seed"])
    unbalanced = weighted_similarity(plain, drawn, Moments.of(models["close"]), comparator)
    result["plain_percentile"], replicates = average(unbalanced)
    tail = (1 - inference["confidence"]) / 2
    low, high = np.quantile(replicates, [tail, 1 - tail])
    result.update(plain_percentile_low=low, plain_percentile_high=high)
    return result


def estimate_ceilings(rng, comparator):
    """Simulate a recording like the mouse's and estimate its noise ceilings.

    Parameters
    ----------
    rng : numpy.random.Generator
    comparator : str

    Returns
    -------
    dict of float
        `{halves}: {estimand}` → estimate less truth, where the truth is known.
    """
    recording = simulate_recording(
        neurons=500, stimuli=120, trials=6, seed=int(rng.integers(2**32))
    )
    truth = rdm_similarity(recording["resp"], recording["resp_noiseless"], comparator)
    halves = {
        "trials": rdm_similarity(recording["resp_train"], recording["resp_test"], comparator),
        "neurons": neuron_halves_similarity(recording["resp"], N_NEURON_SPLITS, rng, comparator),
    }
    truths = {"of a noiseless model": truth, "with another recording": truth**2}
    return {
        f"{of}: {estimand}": ESTIMANDS[estimand](similarity) - known
        for of, similarity in halves.items()
        for estimand, known in truths.items()
    }
