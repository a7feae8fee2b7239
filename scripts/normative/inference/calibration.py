"""Worlds whose answer is known, to see whether tests and intervals keep their promises.

Stimuli lie on the half circle of orientations. A representation is a population of units that mix
features, and a feature is a smooth random function of the orientation, alike all around the circle:
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
    balance_differences,
    block_length,
    moments,
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

STIMULI = 60  # every 3° of the half circle
HALF_WIDTH_DEG = 15  # where the correlation of responses has fallen to one half
FEATURES = 10  # of each source
NEURONS = 300  # of a recording
UNITS = 100  # of a network's layer
SEEDS = 10

# Amplitude of the recording's features, of the model's own, and of each seed's own.
MODELS = {
    "unrelated": (0, 1, 0.5),
    "close": (0.7, 0.5, 0.5),
    "as close": (0.7, 0.5, 0.5),
    "far": (0.4, 0.8, 0.5),
}


def smooth_features(stimuli, features, rng):
    """Draw stationary Gaussian processes on the circle, (stimuli, features), of variance one."""
    step = np.arange(stimuli) * 180 / stimuli
    distance = np.minimum(step, 180 - step)
    kernel = 0.5 ** ((distance / HALF_WIDTH_DEG) ** 2)
    spectrum = np.sqrt(np.clip(np.fft.fft(kernel).real, 0, None))
    white = np.fft.fft(rng.standard_normal((stimuli, features)), axis=0)
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
    shared = smooth_features(STIMULI, FEATURES, rng)
    noise = 0.5 * rng.standard_normal((STIMULI, NEURONS))
    responses = shared @ rng.standard_normal((FEATURES, NEURONS)) + noise

    def rdm(features, units):
        mixed = features @ rng.standard_normal((features.shape[1], units))
        return upper_triangle(correlation_distance(mixed))

    def seeds(amplitudes, own):
        parts = [shared, own, None]
        rdms = []
        for _ in range(SEEDS):
            parts[2] = smooth_features(STIMULI, FEATURES, rng)
            features = np.hstack([a * part for a, part in zip(amplitudes, parts, strict=True)])
            rdms.append(rdm(features, UNITS))
        return np.array(rdms)

    models = {}
    for name, amplitudes in MODELS.items():
        own = smooth_features(STIMULI, FEATURES, rng)
        models[name] = seeds(amplitudes, own)
        if name == "close":
            models["again"] = seeds(amplitudes, own)
    reference = rdm(shared[:, : FEATURES // 2], UNITS)[None]
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
    comparator = inference["comparator"]
    recording = correlation_distance(responses)
    result = {}

    orders = {
        "shifts": shifts_and_reflections(STIMULI),
        "mantel": permutations(STIMULI, inference["permutations"], rng),
    }
    for name, order in orders.items():
        similar = relabeled_similarity(recording, models["unrelated"], order, comparator)
        result[f"p_{name}"] = float(label_p(similar.mean(axis=1)))

    block = block_length(inference["block_deg"], STIMULI)
    counts = resample_blocks(STIMULI, block, inference["replicates"], rng)
    counts = np.vstack([np.ones((1, STIMULI), int), counts])
    neurons = resample_units(NEURONS, inference["replicates"], rng)
    drawn = np.vstack(
        [upper_triangle(recording), resampled_correlation_distances(responses, neurons)]
    )
    seeds = np.vstack([np.ones(SEEDS), resample_units(SEEDS, inference["replicates"], rng)])
    seeds = seeds / seeds.sum(axis=1, keepdims=True)
    plain = pair_weights(counts)
    weights = balance_differences(plain, STIMULI)
    xz = weighted_similarity(weights, drawn, moments(reference), comparator)
    similarity, partial = {}, {}
    for name, rdms in models.items():
        xy = similarity[name] = weighted_similarity(weights, drawn, moments(rdms), comparator)
        yz = weighted_similarity(weights, reference, moments(rdms), comparator)
        partial[name], _ = partial_correlation(xy, xz[:, None], yz[..., None], np.ones((1, 1)))

    def keep(name, values):
        """Estimate from (1 + replicates) × seeds."""
        means = np.sum(seeds * values, axis=1)
        low, high = interval(means[1:], values[0], inference)
        result.update({name: means[0], f"{name}_low": low, f"{name}_high": high})
        return means[1:]

    keep("similarity", similarity["close"])
    keep("partial", partial["close"])
    keep("difference", similarity["close"] - similarity["far"])
    alike = similarity["close"] - similarity["as close"]
    result["p_pairwise"] = bootstrap_p(np.sum(seeds * alike, axis=1)[1:], alike[0], inference)
    result["p_seeds"] = sign_flip_p(similarity["close"][0] - similarity["again"][0], 0)
    unbalanced = weighted_similarity(plain, drawn, moments(models["close"]), comparator)
    replicates = keep("plain_percentile", unbalanced)
    tail = (1 - inference["confidence"]) / 2
    low, high = np.quantile(replicates, [tail, 1 - tail])
    result.update(plain_percentile_low=low, plain_percentile_high=high)
    return result


def estimate_ceilings(rng, comparator):
    """Simulate a recording like the mouse's and estimate its noise ceilings.

    Returns
    -------
    dict of float
        Estimate less truth, where the truth is known.
    """
    recording = simulate_recording(
        neurons=500, stimuli=120, trials=6, seed=int(rng.integers(2**32))
    )
    truth = rdm_similarity(recording["resp"], recording["resp_noiseless"], comparator)
    halves = {
        "trials": rdm_similarity(recording["resp_train"], recording["resp_test"], comparator),
        "neurons": neuron_halves_similarity(recording["resp"], 5, rng, comparator),
    }
    truths = {"of a noiseless model": truth, "with another recording": truth**2}
    return {
        f"{of}: {estimand}": ESTIMANDS[estimand](similarity) - known
        for of, similarity in halves.items()
        for estimand, known in truths.items()
    }
