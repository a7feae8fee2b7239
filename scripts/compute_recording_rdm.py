"""Compute the representational dissimilarity matrix of the recording."""

import numpy as np

from normative.recordings.responses import FORMS
from normative.rsa.rdm import correlation_distance
from normative.workflow.runner import run


def main(input, output):
    """Write one RDM (stimuli × stimuli) for each form of the responses (stimuli × neurons)."""
    with np.load(input.responses) as forms:
        rdms = {
            name: correlation_distance(responses)
            for name, responses in forms.items()
            if name in FORMS.values()
        }
    np.savez(output.rdms, **rdms)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
