"""Compare the reference RDMs with the recording's: in replicates, and with other labels."""

import numpy as np

from normative.inference.comparison import compare
from normative.rsa.rdm import upper_triangle
from normative.stimuli.coverage import Coverage
from normative.workflow.runner import run


def main(input, output, params):
    """Write the arrays of `compare` and the names of the references."""
    with np.load(input.recording) as file:
        recording = file["responses"]
    with np.load(input.responses) as file:
        coverage = Coverage.of(file["orientation"])
    with np.load(input.references) as file:
        references = dict(file)
    similarities = compare(
        np.array([upper_triangle(rdm) for rdm in references.values()]),  # (references, pairs)
        recording,
        list(references.values()),
        np.load(input.counts),
        np.load(input.dissimilarities, mmap_mode="r"),
        coverage=coverage,
        **params.compare,
    )
    np.savez(output.similarities, names=list(references), **similarities)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
