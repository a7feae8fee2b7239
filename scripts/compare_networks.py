"""Compare the RDMs of networks with the recording's: in replicates, and with other labels."""

import numpy as np

from normative.inference.comparison import compare
from normative.rsa.rdm import upper_triangle
from normative.stimuli.coverage import Coverage
from normative.workflow.runner import run
from normative.workflow.stacks import read_stack


def main(input, output, params):
    """Write the arrays of `compare`, their first axis the seeds."""
    seeds, of_seeds = zip(*read_stack(input.rdms), strict=True)
    layers = list(of_seeds[0])
    # seeds × layers of (stimuli, stimuli) -> (seeds, layers, pairs)
    rdms = np.array([[upper_triangle(rdms[layer]) for layer in layers] for rdms in of_seeds])
    with np.load(input.recording) as file:
        recording = file["responses"]
    with np.load(input.responses) as file:
        coverage = Coverage.of(file["orientation"])
    with np.load(input.references) as file:
        references = list(file.values())
    similarities = compare(
        rdms,
        recording,
        references,
        np.load(input.counts),
        np.load(input.dissimilarities, mmap_mode="r"),
        coverage=coverage,
        **params.compare,
    )
    np.savez(output.similarities, seeds=seeds, **similarities)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
