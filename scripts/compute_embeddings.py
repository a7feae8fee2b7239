"""Map the recording and the layers of one network to two dimensions."""

import numpy as np

from normative.recordings.populations import read_populations
from normative.rsa.embedding import LEAST_STIMULI, embed
from normative.workflow.runner import run


def main(input, output, params):
    """Write `orientation` (degrees) and an array of stimuli × 2 for each population.

    Of too few stimuli there are no maps, but `reason`, a sentence.
    """
    orientation, populations = read_populations(input.responses, input.activations, params.seed)
    if len(orientation) < LEAST_STIMULI:
        reason = (
            f"No map: t-SNE of {len(orientation)} stimuli shows noise; at least {LEAST_STIMULI} "
            "are needed"
        )
        np.savez(output.embeddings, orientation=orientation, reason=np.array(reason))
        return
    maps = {name: embed(responses) for name, responses in populations.items()}
    np.savez(output.embeddings, orientation=orientation, **maps)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
