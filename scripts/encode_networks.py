"""Predict neurons on held-out orientations from the layers of every seed's network."""

import logging

import numpy as np

from normative.encoding.sample import Sample
from normative.workflow.runner import run
from normative.workflow.stacks import read_stack

logger = logging.getLogger(__name__)


def main(input, output, params):
    """Write the scores of each neuron, seeds × layers × neurons."""
    sample = Sample.read(input.sample, params.folds)
    seeds, columns, known = [], {}, {}
    for seed, layers in read_stack(input.activations):
        seeds.append(seed)
        of_seed = {}
        for layer, features in layers.items():
            # Filters that are not trained give the same layer in all seeds.
            if layer not in known or not np.array_equal(known[layer][0], features):
                known[layer] = features, sample.score(sample.predict(features))
            for name, values in known[layer][1].items():
                of_seed.setdefault(name, []).append(values)
        for name, values in of_seed.items():
            columns.setdefault(name, []).append(values)
        logger.info("seed %d: %d layers, %d neurons", seed, len(layers), len(sample.reliability))
    np.savez(output.scores, seeds=seeds, layers=list(layers), **columns)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
