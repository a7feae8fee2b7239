"""Map the recording and the layers of one network to two dimensions."""

import numpy as np

from normative.recordings.populations import read_populations
from normative.rsa.embedding import embed
from normative.workflow.runner import run


def main(input, output, params):
    """Write `orientation` (degrees) and an array of stimuli × 2 for each population."""
    orientation, populations = read_populations(input.responses, input.activations, params.seed)
    maps = {name: embed(responses) for name, responses in populations.items()}
    np.savez(output.embeddings, orientation=orientation, **maps)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
