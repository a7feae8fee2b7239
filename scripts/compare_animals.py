"""Gather what the animals of a group have in common, and compare them with each other."""

import logging
from functools import reduce
from itertools import combinations

import numpy as np
import pandas as pd

from normative.inference.animals import (
    FEWEST_BLOCKS,
    FEWEST_STIMULI,
    ceilings_over_animals,
    ceilings_without_one,
    resample_similarities,
    two_factor_variance,
)
from normative.inference.streams import Stream, generator
from normative.rsa.rdm import standardize, upper_triangle
from normative.stimuli.coverage import Coverage
from normative.workflow.errors import UserError
from normative.workflow.runner import run
from normative.workflow.stacks import read_stack
from normative.workflow.tables import files_by_model

logger = logging.getLogger(__name__)


def main(input, output, params):
    """Write similarities by animal and seed; what needs common orientations is NaN without.

    Networks are those of the first animal: all animals have the same, and the common orientations
    are among its own.
    """
    found = read_similarities(input)
    orientations = [np.load(path)["orientation"].astype(float).round(3) for path in input.stimuli]
    common = reduce(np.intersect1d, orientations)
    logger.info("%d orientations are in all %d animals", len(common), len(orientations))
    n_animals, n_all = len(orientations), found["block_deg"].size
    for name in ("ceiling_low", "ceiling_high", "ceiling_low_without"):
        found[name] = np.full(n_animals, np.nan)
    for name in ("variance", "n_blocks"):
        found[name] = np.full(n_all, np.nan)
    for name in ("similarity", "reference_similarity"):
        found[f"common_{name}"] = np.full_like(found[name], np.nan)
    found["mean_rdm"] = np.full((len(common),) * 2, np.nan)
    found["correlations"] = np.full((n_animals + n_all,) * 2, np.nan)
    if len(common) >= FEWEST_STIMULI:
        found |= compare(input, params, orientations, common, found)
    np.savez(output.compared, orientation=common, **found)


def read_similarities(input):
    """Read what each animal found, an animal at a time; block lengths are the longest of all."""
    similarity, of_references, partial, blocks = [], [], [], []
    for means, layers in zip(input.means, input.layers, strict=True):
        with np.load(means) as file:
            similarity.append(file["similarity_by_seed"])
            of_references.append(file["reference_similarity"][0])
            partial.append(file["partial_by_seed"])
            blocks.append(np.r_[pd.read_csv(layers)["block_deg"], file["reference_block_deg"]])
    return {
        "similarity": np.stack(similarity),  # (animals, seeds, layers)
        "reference_similarity": np.stack(of_references),  # (animals, references)
        "partial": np.stack(partial),  # (animals, seeds, layers, controls)
        "block_deg": np.max(blocks, axis=0),
    }


def compare(input, params, orientations, common, found):
    """Compare all RDMs on the common orientations; vary the animals and the stimuli."""
    rdms = []
    mean_rdm = 0
    for path, orientation in zip(input.rdms, orientations, strict=True):
        with np.load(path) as file:
            rdm = restrict(file["responses"], orientation, common)
        rdms.append(upper_triangle(rdm))
        mean_rdm = mean_rdm + rdm / len(orientations)
    rdms = np.stack(rdms)
    refuse_twins(rdms, params.animals)
    low, high = ceilings_over_animals(rdms, params.comparator)
    coverage = Coverage.of(common)
    n_layers = found["similarity"].shape[2]
    files, first = files_by_model(input.networks, params.layers), orientations[0]
    results = []
    for model, layers in params.layers.items():
        for layer in layers:
            index = len(results)
            counts = ~np.isnan(found["similarity"][..., index]).all(axis=0)  # (seeds,)
            blocks = read_layer(files[model], layer, first, common)
            block_deg = found["block_deg"][index]
            results.append(compare_layer(blocks, counts, rdms, coverage, block_deg, params))
    with np.load(input.references) as file:
        for name, block_deg in zip(file.files, found["block_deg"][n_layers:], strict=True):
            entries = upper_triangle(restrict(file[name], first, common))[None]
            blocks, counts = [entries], np.array([True])
            results.append(compare_layer(blocks, counts, rdms, coverage, block_deg, params))
    similarity, means, variances = zip(*results, strict=True)
    return {
        "ceiling_low": low,
        "ceiling_high": high,
        "ceiling_low_without": ceilings_without_one(rdms, params.comparator),
        "common_similarity": np.stack(similarity[:n_layers], axis=-1),
        "common_reference_similarity": np.concatenate(similarity[n_layers:], axis=1),
        "variance": np.array(variances),
        "n_blocks": np.array([coverage.n_blocks(deg) for deg in found["block_deg"]]),
        "mean_rdm": mean_rdm,
        "correlations": correlate(np.vstack([rdms, *means])),
    }


def refuse_twins(rdms, animals):
    """Refuse two animals of one recording, (animals, pairs), which would count twice."""
    for first, second in combinations(range(len(animals)), 2):
        if np.array_equal(rdms[first], rdms[second]):
            raise UserError(
                f"datasets `{animals[first]}` and `{animals[second]}`: found the same RDM, to the "
                "last digit, expected the recordings of two animals; take one out of the group's "
                "`members`"
            )


def restrict(rdm, orientation, common):
    """Take the rows and columns of some of an RDM's orientations, both ascending."""
    index = np.searchsorted(orientation, common)
    return rdm[np.ix_(index, index)]


def read_layer(paths, layer, orientation, common):
    """Yield a layer's RDMs on the common orientations, a block of seeds at a time."""
    for path in paths:
        rdms = (arrays[layer] for _, arrays in read_stack(path))
        yield np.stack([upper_triangle(restrict(rdm, orientation, common)) for rdm in rdms])


def compare_layer(blocks, counts, rdms, coverage, block_deg, params):
    """Compare a layer, or a reference, with all animals.

    Parameters
    ----------
    blocks : iterable of array, shape (seeds of a block, pairs)
    counts : array of bool, shape (seeds,)
        Networks that count.
    rdms : array, shape (animals, pairs)
    coverage : Coverage
    block_deg : float
    params : types.SimpleNamespace

    Returns
    -------
    similarity : array, shape (animals, seeds)
        NaN for networks that do not count.
    mean : array, shape (pairs,)
        RDM, mean over these networks.
    variance : float
        Of the mean over animals and these networks, were animals and stimuli others; NaN where
        stimuli are not resampled, or have too few blocks.
    """
    similarity, total, replicates, start = [], 0, 0, 0
    standard = standardize(rdms, params.comparator)
    for networks in blocks:
        are_counted = counts[start : start + len(networks)]
        start += len(networks)
        found = standard @ standardize(networks, params.comparator).T
        similarity.append(np.where(are_counted, found, np.nan))
        counted = networks[are_counted]
        total = total + counted.sum(axis=0)
        if params.resample_stimuli and len(counted):
            rng = generator(params.seed, Stream.STIMULI)  # the same stimuli in all blocks
            options = coverage, block_deg, params.comparator, params.n_replicates, rng
            replicates = replicates + resample_similarities(rdms, counted, *options).sum(axis=2)
    similarity = np.concatenate(similarity, axis=1)
    mean = total / counts.sum() if counts.any() else np.full(rdms.shape[1], np.nan)
    if np.ndim(replicates) == 0 or coverage.n_blocks(block_deg) < FEWEST_BLOCKS:
        return similarity, mean, np.nan
    of_animals = similarity[:, counts].mean(axis=1)
    variance = two_factor_variance(
        of_animals[:, None],
        replicates[..., None] / counts.sum(),
        coverage.n_blocks(block_deg),
        generator(params.seed, Stream.ANIMALS),
    )
    return similarity, mean, float(variance[0])


def correlate(rdms):
    """Pearson correlations of RDMs, (RDMs, pairs) -> (RDMs, RDMs); NaN for those that are flat."""
    standard = standardize(rdms, "pearson")
    return np.clip(standard @ standard.T, -1, 1)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
