"""Fit networks to neurons: predict held-out orientations, and give the RDMs of their layers."""

import logging
from collections import defaultdict

import numpy as np
import torch

from normative.encoding.sample import N_INNER
from normative.encoding.scores import determination
from normative.encoding.splits import block_folds
from normative.networks.activations import layer_activations
from normative.training.bonus import LEFT_OUT
from normative.training.v1_fitted import (
    LAYERS,
    average_bins,
    draw_for,
    fit_until_best,
    predict_held_out,
)
from normative.workflow.runner import run

logger = logging.getLogger(__name__)


def main(input, output, wildcards, params, threads):
    """Write what each seed's network predicts and how it represents the gratings.

    `note` (why there is nothing else, or empty); `seeds`; `layers`; `r2` (seeds × neurons), of the
    mean of all trials on held-out orientations; `iterations` (seeds × folds), of these fits;
    `part_iterations` (seeds × parts) and, by the name of each layer, activations (seeds × parts ×
    stimuli × units), of networks that are fitted to one part of the trials at all orientations.
    """
    torch.set_num_threads(threads)
    kind, gratings = wildcards.kind, params.stimulus
    with np.load(input.sample) as file:
        sample = dict(file)
    known = {"seeds": params.seeds, "layers": LAYERS[kind]}
    if "half_1" not in sample:
        np.savez(output.networks, note=LEFT_OUT, **known)
        return
    orientation = sample["orientation"].astype(np.float64)
    responses = sample["responses"].astype(np.float32)
    folds = block_folds(orientation, float(sample["gap_deg"]), params.folds, N_INNER)
    images = draw_for(kind, orientation, gratings)
    parts = [average_bins(orientation, sample[name]) for name in ("half_1", "half_2")]
    parts = [(draw_for(kind, angles, gratings), binned) for angles, binned in parts]
    columns = defaultdict(list)
    for seed in params.seeds:
        predictions, n_iterations = predict_held_out(
            kind, seed, orientation, responses, folds, gratings
        )
        columns["r2"].append(determination(predictions, responses))
        columns["iterations"].append(n_iterations)
        fits = [fit_until_best(kind, seed, *of_both) for of_both in (parts, parts[::-1])]
        activations = [layer_activations(net, images, LAYERS[kind]) for net, _ in fits]
        for layer in LAYERS[kind]:
            columns[layer].append([of_part[layer] for of_part in activations])
        columns["part_iterations"].append([n for _, n in fits])
        logger.info("seed %d: iterations %s and %s", seed, n_iterations, [n for _, n in fits])
    np.savez(output.networks, note="", **known, **columns)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
