"""Compute the representational dissimilarity matrix of every layer of every seed's network."""

import logging

import numpy as np

from normative.rsa.rdm import correlation_distance, distance_of_distinct
from normative.workflow.runner import run
from normative.workflow.stacks import read_stack

logger = logging.getLogger(__name__)


def main(input, output):
    """Write one array of RDMs a layer, seeds × stimuli × stimuli."""
    seeds, rdms = [], {}
    for seed, layers in read_stack(input.activations):
        seeds.append(seed)
        for layer, activations in layers.items():
            rdm = distance_of_distinct(correlation_distance, activations)
            rdms.setdefault(layer, []).append(rdm)
            if n_undefined := int(np.isnan(rdm).all(axis=1).sum()):
                is_finite = np.isfinite(activations).all()
                why = "all units respond alike" if is_finite else "responses are not finite numbers"
                logger.warning(
                    "seed %d, %s: %s to %d of %d stimuli, so that their dissimilarities are not "
                    "defined (NaN)",
                    *(seed, layer, why, n_undefined, len(rdm)),
                )
    np.savez(output.rdms, seeds=seeds, **rdms)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
