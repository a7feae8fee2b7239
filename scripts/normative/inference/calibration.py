"""Simulated studies with a known answer, to count how often tests and intervals are right.

A representation is a population of units that mix features, and a feature is a smooth random
function of the orientation, a Gaussian process on the circle of 180° whose correlation falls to one
half within a known width. The recording and a model have some features in common, or none. The
recording's trials have noise of their own and noise that neurons share. In the world `shipped` the
recording is the one that ships with the workflow, and what it shares with models are functions of
orientation. All is analyzed by the functions that the workflow uses.

Two truths are known. For these gratings: the mean over other neurons, trials and seeds, of as many,
with the features as they are. Over other representations: the mean over other features, too.
"""

from dataclasses import dataclass

import numpy as np

from normative.inference.averaging import average_model
from normative.inference.comparison import compare, left_by_difference, similarity_of_rows
from normative.inference.corrections import holm
from normative.inference.intervals import interval
from normative.inference.permutation_tests import (
    label_p,
    permutations,
    relabeled_similarity,
    sign_flip_p,
    step_down_max,
)
from normative.inference.resampling import (
    orientation_groups,
    resample_units,
    resampled_correlation_distances,
)
from normative.inference.smoothness import half_width
from normative.inference.trials import turned_distances
from normative.inference.uncertainty import (
    Sampling,
    compare_layers,
    sources_of_variance,
    t_interval,
)
from normative.recordings.closed_circle import find_closed_circle, fold_half_circle
from normative.recordings.parts import part_weights
from normative.recordings.simulation import simulate_recording
from normative.rsa.ceilings import ceilings_of_parts, rdm_similarity, spearman_brown
from normative.rsa.partial import partial_correlation
from normative.rsa.rdm import correlation_distance, upper_triangle
from normative.rsa.references import category_distance, circular_distance
from normative.stimuli.coverage import Coverage

N_FEATURES = 10  # of each source
N_UNITS = 100  # of a network's layer
N_TRIALS = 4
OWN_NOISE, SHARED_NOISE, N_STATES = 1.0, 0.3, 3  # of a trial: SD a neuron, and of shared states
N_TRUTH = 40  # other samples of neurons, trials and seeds that a truth is the mean of
N_TRIAL_DRAWS, N_PERMUTATIONS = 100, 200

# Amplitude of the features shared with the recording, of the model's own, of each seed's own.
# `again` and `once more` have the features of `close`.
MODELS = {
    "close": (0.7, 0.5, 0.5),
    "again": (0.7, 0.5, 0.5),
    "once more": (0.7, 0.5, 0.5),
    "as close": (0.7, 0.5, 0.5),
    "far": (0.4, 0.8, 0.5),
    "unrelated": (0, 1, 0.5),
    "unrelated, too": (0, 1, 0.5),
}
SAME_FEATURES = {"again": "close", "once more": "close"}


@dataclass(frozen=True)
class World:
    """What simulated studies are like.

    Attributes
    ----------
    role : str
        "chosen by": a method was chosen by what it did in this world. "judges": none was.
    recording_deg, models_deg : float
        Half-widths of the correlation of features.
    n_stimuli, n_neurons, n_seeds : int
    varies : float
        By how much the amplitude of responses varies with orientation, as a share.
    is_even, is_shipped : bool
        Whether orientations are evenly spaced; whether the recording is the shipped simulation.
    n_animals : int
        Of a group, see `calibration_animals`, instead of one recording; 0 of one.
    """

    role: str
    recording_deg: float = 15
    models_deg: float = 15
    n_stimuli: int = 60
    n_neurons: int = 300
    n_seeds: int = 10
    varies: float = 0
    is_even: bool = True
    is_shipped: bool = False
    n_animals: int = 0


WORLDS = {
    "width_8": World("chosen by", 8, 8),
    "width_15": World("chosen by"),
    "width_25": World("chosen by", 25, 25),
    "width_40": World("chosen by", 40, 40),
    "widths_15_35": World("chosen by", 15, 35),
    "varying": World("judges", varies=0.7),
    "neurons_30": World("judges", n_neurons=30),
    "stimuli_20": World("judges", n_stimuli=20),
    "stimuli_36": World("judges", n_stimuli=36),
    "seeds_3": World("judges", n_seeds=3),
    "uneven": World("judges", is_even=False),
    "shipped": World("judges", n_stimuli=61, is_shipped=True),
    "animals_3": World("judges", n_stimuli=36, n_animals=3),
    "animals_6": World("judges", n_stimuli=36, n_animals=6),
    "animals_12": World("judges", n_stimuli=36, n_animals=12),
}


def smoother(orientation_deg, half_width_deg):
    """Give the matrix, (stimuli, stimuli), that makes white noise a process on the circle of 180°.

    The process has variance 1, and a correlation that is one half at the half-width.
    """
    difference = np.abs(np.subtract.outer(orientation_deg, orientation_deg)) % 180
    difference = np.minimum(difference, 180 - difference)
    kernel = 0.5 ** ((difference / half_width_deg) ** 2)
    values, vectors = np.linalg.eigh(kernel)
    # The symmetric root: eigenvectors of equal values may turn from processor to processor.
    return vectors * np.sqrt(np.clip(values, 0, None)) @ vectors.T


class Study:
    """The features of one recording and its models, of which samples are drawn.

    Attributes
    ----------
    world : World
    orientation_deg : array, shape (stimuli,)
    shared : array, shape (stimuli, features)
        Of the recording; models have them, too.
    own : dict of array
        Of each model, (stimuli, features).
    smooth : array, shape (stimuli, stimuli)
        What makes features of models, see `smoother`.
    references : array, shape (references, pairs)
        RDMs that learn nothing; the first one shares features with the recording.
    """

    def __init__(self, world, rng):
        self.world, n = world, world.n_stimuli
        if world.is_shipped:
            self.orientation_deg = np.linspace(-90, 90, n)
        elif world.is_even:
            self.orientation_deg = np.arange(n) * 180 / n - 90
        else:
            self.orientation_deg = np.sort(rng.choice(1800, n, replace=False)) / 10 - 90
        self.coverage = Coverage.of(self.orientation_deg)
        smooth = smoother(self.orientation_deg, world.recording_deg)
        self.smooth = smoother(self.orientation_deg, world.models_deg)
        self.shared = smooth @ rng.standard_normal((n, N_FEATURES))
        if world.is_shipped:
            theta = np.deg2rad(self.orientation_deg)[:, None] * np.arange(2, 12, 2)
            self.shared = np.hstack([np.cos(theta), np.sin(theta)])
        elif world.varies:
            self.shared *= 1 + world.varies * np.cos(2 * np.deg2rad(self.orientation_deg))[:, None]
        self.own = {name: self.smooth @ rng.standard_normal((n, N_FEATURES)) for name in MODELS}
        mixed = self.shared[:, ::2] @ rng.standard_normal((N_FEATURES // 2, N_UNITS))
        rdms = [correlation_distance(mixed), circular_distance(self.orientation_deg, 360)]
        rdms.append(category_distance(self.orientation_deg > 0))
        self.references = np.array([upper_triangle(rdm) for rdm in rdms])

    def record(self, rng):
        """Draw a recording: neurons and their trials.

        Returns
        -------
        recorded : dict of array, shape (stimuli, neurons)
            `responses`, the mean of all trials; `half_1`, `half_2`; `first_3`, `last`, parts of
            unequal size; `truth`, without noise. And the closed circle, see `fold_half_circle`.
        """
        n_neurons = self.world.n_neurons
        if self.world.is_shipped:
            simulated = simulate_recording(
                n_neurons, 2 * (self.world.n_stimuli - 1), N_TRIALS, int(rng.integers(2**32))
            )
            is_kept = simulated["stimuli"] <= 180
            names = {"resp": "responses", "resp_train": "half_1", "resp_test": "half_2"}
            names["resp_noiseless"] = "truth"
            recorded = {ours: simulated[name][is_kept] for name, ours in names.items()}
            angle = simulated["stimuli"]
            return recorded | fold_half_circle(angle, simulated["resp"], angle[is_kept], 1)
        truth = self.shared @ rng.standard_normal((N_FEATURES, n_neurons))
        loadings = rng.standard_normal((N_STATES, n_neurons))
        states = SHARED_NOISE * rng.standard_normal((N_TRIALS, len(truth), N_STATES))
        trials = truth + OWN_NOISE * rng.standard_normal((N_TRIALS, *truth.shape))
        trials += states @ loadings
        return {
            "responses": trials.mean(axis=0),
            "half_1": trials[::2].mean(axis=0),
            "half_2": trials[1::2].mean(axis=0),
            "first_3": trials[:3].mean(axis=0),
            "last": trials[3],
            "truth": truth,
        }

    def train(self, rng, models=tuple(MODELS)):
        """Draw the networks of models, by name: RDMs, (seeds, models, pairs)."""
        rdms = []
        for _ in range(self.world.n_seeds):
            for name in models:
                amplitudes = MODELS[name]
                own = self.own[SAME_FEATURES.get(name, name)]
                of_seed = self.smooth @ rng.standard_normal((len(self.smooth), N_FEATURES))
                parts = self.shared, own, of_seed
                features = np.hstack([a * part for a, part in zip(amplitudes, parts, strict=True)])
                units = features @ rng.standard_normal((features.shape[1], N_UNITS))
                rdms.append(upper_triangle(correlation_distance(units)))
        return np.reshape(rdms, (self.world.n_seeds, len(models), -1))

    def true_values(self, rng, comparator):
        """Give the quantities of `close` and `far` for these gratings, the mean of many samples."""
        groups = orientation_groups(self.coverage)
        found = []
        for _ in range(N_TRUTH):
            recording = upper_triangle(correlation_distance(self.record(rng)["responses"]))[None]
            rdms = self.train(rng, ("close", "far"))
            close, far = similarity_of_rows([recording], rdms, comparator)[:, 0].mean(axis=0)
            of_close = rdms[:, 0]
            given = similarity_of_rows([recording], of_close, comparator, groups).mean()
            xz = similarity_of_rows([recording], self.references[:1], comparator)[0]
            yz = similarity_of_rows([of_close], self.references[:1], comparator)
            each = similarity_of_rows([recording], of_close, comparator)[0]
            partial, _ = partial_correlation(each, xz, yz, np.ones((1, 1)))
            found.append((close, close - far, partial.mean(), given))
        return dict(
            zip(
                ("similarity", "difference", "partial", "given_difference"),
                np.mean(found, axis=0),
                strict=True,
            )
        )


def analyze_study(world, rng, inference):
    """Simulate a study and analyze it as the workflow does.

    Parameters
    ----------
    world : World
    rng : numpy.random.Generator
    inference : dict
        The section of the configuration.

    Returns
    -------
    dict of float
        `p_…` of true null hypotheses, `power_…` of false ones; of quantities q the estimate `q`,
        the bounds `q_low`, `q_high` for these gratings with the truth `q_truth`, and
        `stimuli_q_low`, `stimuli_q_high`; errors of ceilings, `ceiling…`.
    """
    comparator, n_replicates = inference["comparator"], inference["replicates"]
    study = Study(world, rng)
    recorded, rdms = study.record(rng), study.train(rng)
    responses, coverage = recorded["responses"], study.coverage
    entries = upper_triangle(correlation_distance(responses))
    patterns, index, why_not = find_closed_circle(
        {"orientation": study.orientation_deg, **recorded}
    )
    drawn = resample_units(world.n_neurons, n_replicates, rng)
    options = {
        "recording": entries,
        "references": study.references,
        "neurons": resampled_correlation_distances(responses, drawn),
        "trials": turned_distances(
            responses, recorded["half_1"], recorded["half_2"], N_TRIAL_DRAWS, rng
        ),
        "coverage": coverage,
        "closed_circle": None if why_not else (correlation_distance(patterns), index),
        "comparator": comparator,
        "n_replicates": n_replicates,
        "seed": int(rng.integers(2**32)),
    }
    widths = [
        np.mean([half_width(network, coverage) for network in of_model])
        for of_model in rdms.swapaxes(0, 1)
    ]
    model = {name: position for position, name in enumerate(MODELS)}
    close = model["close"]
    networks = compare(rdms, widths, block_deg=None, **options)
    of_close = compare(
        rdms[:, [close]], [widths[close]], block_deg=inference["block_deg"], **options
    )
    no_width = [np.nan] * len(study.references)
    of_references = compare(study.references, no_width, block_deg=None, **options)
    of_references["left_by_difference"] = left_by_difference(entries, coverage, comparator)
    seeds = [{name: array[seed] for name, array in networks.items()} for seed in range(len(rdms))]
    none = np.empty((len(seeds), 0))
    means, _ = average_model(seeds, [True] * len(seeds), none, of_references)
    resample = ["stimuli", "neurons", "trials", "seeds"]
    sampling = Sampling(coverage, world.n_neurons, n_replicates, resample, inference["confidence"])

    result = {}
    orders = permutations(world.n_stimuli, N_PERMUTATIONS, rng)
    mantel = relabeled_similarity(
        correlation_distance(responses), rdms[:, [model["unrelated"]]], orders, comparator
    )
    result["p_mantel"] = label_p(mantel.mean(axis=0))[0]
    unrelated = [model["unrelated"], model["unrelated, too"]]
    shifts = means["shifts"][:, unrelated]
    result["p_shift"] = label_p(shifts)[0]
    result["p_shift_max_t"] = np.min(step_down_max(shifts))
    if world.is_shipped:  # which has no special orientation: all are unrelated by alignment
        shifted = label_p(of_references["shifts"])
        result |= {"p_shift_angle": shifted[1], "p_shift_tilt": shifted[2]}

    def pair(first, second):
        return compare_layers(model[first], model[second], means, sampling)

    alike = [pair("close", "again"), pair("close", "once more"), pair("again", "once more")]
    result["p"] = alike[0]["p"]
    result["p_holm"] = holm([each["p"] for each in alike]).min()
    of_seeds = means["similarity_by_seed"]
    paired = of_seeds[:, model["close"]] - of_seeds[:, model["again"]]
    result["p_seeds"] = sign_flip_p(paired, inference["seed"])
    result["stimuli_p"] = pair("close", "as close")["stimuli_p"]
    far = pair("close", "far")
    result |= {"power_p": far["p"], "power_stimuli_p": far["stimuli_p"]}
    result |= {"difference": far["difference"], "difference_low": far["ci_low"]}
    result |= {"difference_high": far["ci_high"], "stimuli_difference_low": far["stimuli_ci_low"]}
    result["stimuli_difference_high"] = far["stimuli_ci_high"]

    quantities = {
        "similarity": (means["similarity"][:, close], of_seeds[:, close]),
        "partial": (means["partial"][:, close, 0], means["partial_by_seed"][:, close, 0]),
        "given_difference": (
            means["partial"][:, close, len(study.references)],
            means["partial_by_seed"][:, close, len(study.references)],
        ),
    }
    for name, (rows, by_seed) in quantities.items():
        sources = sources_of_variance(rows, by_seed, sampling)
        low, high, _ = t_interval(rows[0], sources, sampling.confidence)
        result |= {name: rows[0], f"{name}_low": low, f"{name}_high": high}
    n_blocks = coverage.n_blocks(of_close["block_deg"][0, 0])
    n_draws = resample_units(world.n_seeds, n_replicates, rng)  # (replicates, seeds)
    replicates = of_close["replicates"][..., 0].T  # (replicates, seeds)
    low, high = interval(
        np.sum(n_draws * replicates, axis=1) / world.n_seeds,
        of_seeds[:, close],
        ["stimuli", "neurons", "seeds"],
        n_blocks,
        sampling.confidence,
    )
    result |= {"stimuli_similarity_low": low, "stimuli_similarity_high": high}
    truths = study.true_values(rng, comparator)
    result |= {f"{name}_truth": value for name, value in truths.items()}
    return {name: float(value) for name, value in (result | ceiling_errors(recorded)).items()}


def ceiling_errors(recorded):
    """Give the error of ceilings of a noiseless model, by the parts' variance and the old way."""
    truth = rdm_similarity(recorded["responses"], recorded["truth"], "pearson")
    errors = {}
    for name, parts in {"": ("half_1", "half_2"), "_unequal": ("first_3", "last")}.items():
        if parts[0] in recorded:
            first, second = (recorded[part] for part in parts)
            _, ceiling = ceilings_of_parts(first, second, part_weights(first, second))
            _, old = spearman_brown(rdm_similarity(first, second, "pearson"))
            errors |= {f"ceiling{name}": ceiling - truth, f"ceiling{name}_old": old - truth}
    return errors
