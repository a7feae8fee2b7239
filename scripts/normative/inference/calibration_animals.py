"""Simulated groups of animals with a known answer, as `calibration` has single recordings.

The animals of a population have features in common, which models share, and each has some of its
own. They differ in their number of neurons and in the noise of their trials, as real ones do.

Truths for these gratings are means over many other animals and seeds.
"""

import numpy as np
from scipy.optimize import brentq

from normative.inference.animals import (
    ceilings_over_animals,
    ceilings_without_one,
    flip_p,
    flipped,
    flips,
    reaches_p,
    resample_similarities,
    sources_below_ceiling,
    sources_over_animals,
    sources_over_stimuli,
    two_factor_variance,
)
from normative.inference.calibration import MODELS, N_FEATURES, N_TRIALS, Study, smoother
from normative.inference.permutation_tests import step_down_max
from normative.inference.smoothness import choose_block, half_width
from normative.inference.uncertainty import t_interval, t_p
from normative.rsa.rdm import correlation_distance, standardize, upper_triangle

OWN_FEATURES = 0.5  # amplitude of what an animal does not share
NEURONS, NOISE = (50, 300), (0.5, 2)  # of an animal: from, to
N_OTHERS, N_OTHER_SEEDS = 300, 60  # animals and seeds that truths are means of


def record_animals(study, n_animals, rng):
    """Draw animals of a study's population: RDMs, (animals, pairs)."""
    smooth = smoother(study.orientation_deg, study.world.recording_deg)
    rdms = []
    for _ in range(n_animals):
        n_neurons = int(np.exp(rng.uniform(*np.log(NEURONS))))
        noise = np.exp(rng.uniform(*np.log(NOISE))) / N_TRIALS**0.5
        own = smooth @ rng.standard_normal((len(smooth), N_FEATURES))
        features = np.hstack([study.shared, OWN_FEATURES * own])
        responses = features @ rng.standard_normal((features.shape[1], n_neurons))
        responses += noise * rng.standard_normal(responses.shape)
        rdms.append(upper_triangle(correlation_distance(responses)))
    return np.stack(rdms)


def compare(rdms, networks, comparator):
    """Compare animals with networks, (seeds, models, pairs) -> (animals, seeds, models)."""
    standard = standardize(networks, comparator)
    return np.einsum("ap,smp->asm", standardize(rdms, comparator), standard)


def reach_ceiling(others, below, n_animals, comparator):
    """Make a model that is exactly as similar to the population as the lower ceiling of a group is.

    Between the population's mean RDM, which is more similar, and one that is less.

    Parameters
    ----------
    others : array, shape (animals, pairs)
        Of the population, a multiple of a group's.
    below : array, shape (pairs,)
    n_animals : int
        Of a group.
    comparator : {"pearson", "spearman", "cosine"}

    Returns
    -------
    array, shape (pairs,)
    """
    groups = np.split(others, len(others) // n_animals)
    ceiling = np.mean([ceilings_over_animals(group, comparator)[0] for group in groups])
    standard = standardize(others, comparator)
    best, below = standardize(standard.mean(axis=0), comparator), standardize(below, comparator)

    def mix(share):
        return (1 - share) * best + share * below

    def excess(share):
        return np.mean(standard @ standardize(mix(share), comparator)) - ceiling

    return mix(brentq(excess, 0, 1))


def analyze_group(world, rng, inference):
    """Simulate a group of animals and analyze it as the workflow does.

    Parameters
    ----------
    world : World
        With `n_animals`.
    rng : numpy.random.Generator
    inference : dict
        The section of the configuration.

    Returns
    -------
    dict of float
        As `calibration.analyze_study`. Tests by flips are for these networks: differences are
        taken from their means over the population, which makes null hypotheses true.
    """
    comparator, confidence = inference["comparator"], inference["confidence"]
    study = Study(world, rng)
    rdms, networks = record_animals(study, world.n_animals, rng), study.train(rng)
    others = record_animals(study, N_OTHERS, rng)
    similarity = compare(rdms, networks, comparator)
    of_population = compare(others, networks, comparator).mean(axis=(0, 1))  # of these networks
    model = {name: position for position, name in enumerate(MODELS)}
    close, again, far = (similarity[..., model[name]] for name in ("close", "again", "far"))

    result = {"group_p": t_p(np.mean(close - again), sources_over_animals(close - again))}
    signs = flips(world.n_animals, rng)
    names = ["again", "as close", "far"]
    pairs = [similarity[..., model["close"]] - similarity[..., model[name]] for name in names]
    means = [of_population[model["close"]] - of_population[model[name]] for name in names]
    of_animals = np.transpose([pair.mean(axis=1) for pair in pairs])
    centered = of_animals - means
    result["group_p_flips"] = flip_p(centered, signs)[2]
    result["group_p_flips_max_t"] = step_down_max(flipped(centered, signs)).min()
    result["power_group_p"] = t_p(np.mean(pairs[2]), sources_over_animals(pairs[2]))
    result["power_group_p_flips"] = flip_p(of_animals, signs)[2]

    low, _ = ceilings_over_animals(rdms, comparator)
    without = ceilings_without_one(rdms, comparator)
    at_ceiling = reach_ceiling(others, networks[0, model["close"]], world.n_animals, comparator)
    for name, values in {
        "group_p_ceiling": compare(rdms, at_ceiling[None, None], comparator)[..., 0],
        "power_group_p_ceiling": close,
    }.items():
        sources = sources_below_ceiling(values, without)
        result[name] = reaches_p(low.mean() - values.mean(), sources)

    world_of_seeds = [
        study.train(rng, ("close", "far")) for _ in range(N_OTHER_SEEDS // world.n_seeds)
    ]
    truth = compare(others, np.concatenate(world_of_seeds), comparator).mean(axis=(0, 1))
    for name, values, true in (
        ("group_similarity", close, truth[0]),
        ("group_difference", close - far, truth[0] - truth[1]),
    ):
        low_end, high_end, _ = t_interval(values.mean(), sources_over_animals(values), confidence)
        result |= {name: values.mean(), f"{name}_truth": true}
        result |= {f"{name}_low": low_end, f"{name}_high": high_end}

    of_close, coverage = networks[:, model["close"]], study.coverage
    widths = [np.mean([half_width(rdm, coverage) for rdm in of]) for of in (rdms, of_close)]
    block_deg = choose_block(inference["block_deg"], widths, coverage)
    options = coverage, block_deg, comparator, inference["replicates"], rng
    replicates = resample_similarities(rdms, of_close, *options).mean(axis=2, keepdims=True)
    n_blocks = coverage.n_blocks(block_deg)
    of_each = close.mean(axis=1, keepdims=True)
    (variance,) = two_factor_variance(of_each, replicates, n_blocks, rng)
    sources = sources_over_stimuli(variance, n_blocks, sources_over_animals(close))
    low_end, high_end, _ = t_interval(close.mean(), sources, confidence)
    result |= {"stimuli_group_similarity_low": low_end, "stimuli_group_similarity_high": high_end}
    return {name: float(value) for name, value in result.items()}
