"""Compare the reference RDMs with the recording's: as it is, in other samples, relabeled."""

import numpy as np

from normative.inference.comparison import compare, left_by_difference
from normative.inference.recorded import read_recorded
from normative.inference.smoothness import half_width
from normative.rsa.rdm import upper_triangle
from normative.workflow.runner import run


def main(input, output, params):
    """Write the arrays of `compare`, the names of the references, and what is of the recording."""
    recording, coverage, closed_circle = read_recorded(input.responses, input.recording)
    with np.load(input.references) as file:
        names = list(file)
        references = np.array([upper_triangle(rdm) for rdm in file.values()])
    similarities = compare(
        references,
        [half_width(entries, coverage) for entries in references],
        recording,
        references,
        np.load(input.neurons, mmap_mode="r"),
        np.load(input.trials, mmap_mode="r"),
        coverage=coverage,
        closed_circle=closed_circle,
        **params.compare,
    )
    np.savez(
        output.similarities,
        names=names,
        n_neuron_draws=len(np.load(input.neurons, mmap_mode="r")),
        left_by_difference=left_by_difference(recording, coverage, params.compare["comparator"]),
        **similarities,
    )


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
