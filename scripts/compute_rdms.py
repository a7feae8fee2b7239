"""Compute the representational dissimilarity matrix of every population in each file."""

import logging

import numpy as np

from normative.rdm import correlation_distance
from normative.runner import run

logger = logging.getLogger(__name__)


def main(input, output):
    """Read responses (stimuli × units) by population; write their RDMs (stimuli × stimuli)."""
    for source, path in zip(input.responses, output.rdms, strict=True):
        with np.load(source) as arrays:
            rdms = {
                name: correlation_distance(responses)
                for name, responses in arrays.items()
                if responses.ndim == 2
            }
        for name, rdm in rdms.items():
            undefined = int(np.isnan(rdm).all(axis=1).sum())
            if undefined:
                logger.warning(
                    "%s, %s: all units respond alike to %d of %d stimuli, so that their "
                    "dissimilarities are not defined (NaN)",
                    source,
                    name,
                    undefined,
                    len(rdm),
                )
        np.savez(path, **rdms)
    logger.info("%d files of RDMs of %s", len(output.rdms), " and ".join(rdms))


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
