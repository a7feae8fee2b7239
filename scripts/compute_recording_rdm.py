"""Compute the representational dissimilarity matrix of the recording."""

import numpy as np

from normative.recordings.closed_circle import find_closed_circle
from normative.recordings.responses import FORMS
from normative.rsa.rdm import correlation_distance
from normative.workflow.runner import run


def main(input, output):
    """Write one RDM (stimuli × stimuli) for each form of the responses (stimuli × neurons).

    `closed_circle` is that of the circle on which labels can be shifted, and `closed_circle_index`
    says which stimuli it has; a recording without such a circle has neither.
    """
    with np.load(input.responses) as forms:
        rdms = {
            name: correlation_distance(responses)
            for name, responses in forms.items()
            if name in FORMS.values()
        }
        patterns, index, why_not = find_closed_circle(forms)
    if not why_not:
        rdms |= {"closed_circle": correlation_distance(patterns), "closed_circle_index": index}
    np.savez(output.rdms, **rdms)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
