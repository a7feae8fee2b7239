"""Compare the RDMs of networks with the recording's: as it is, in other samples, relabeled."""

import numpy as np

from normative.inference.averaging import mean_of_defined
from normative.inference.comparison import compare
from normative.inference.recorded import read_recorded
from normative.inference.smoothness import half_width
from normative.rsa.rdm import upper_triangle
from normative.workflow.runner import run
from normative.workflow.stacks import read_stack


def main(input, output, params):
    """Write the arrays of `compare`, the first axis of those that have layers the seeds.

    The half-width of a layer is the mean over the seeds of one block, `shown`, the same for all.
    """
    recording, coverage, closed_circle = read_recorded(input.responses, input.recording)
    seeds, of_seeds = zip(*read_stack(input.rdms), strict=True)
    layers = list(of_seeds[0])
    # seeds × layers of (stimuli, stimuli) -> (seeds, layers, pairs)
    rdms = np.array([[upper_triangle(rdms[layer]) for layer in layers] for rdms in of_seeds])
    shown = [rdms for _, rdms in read_stack(input.shown)]
    widths = [[half_width(upper_triangle(of[layer]), coverage) for layer in layers] for of in shown]
    with np.load(input.references) as file:
        references = np.array([upper_triangle(rdm) for rdm in file.values()])
    similarities = compare(
        rdms,
        mean_of_defined(widths),
        recording,
        references,
        np.load(input.neurons, mmap_mode="r"),
        np.load(input.trials, mmap_mode="r"),
        coverage=coverage,
        closed_circle=closed_circle,
        **params.compare,
    )
    # A stack is read seed by seed, in C order.
    stack = {name: np.ascontiguousarray(values) for name, values in similarities.items()}
    np.savez(output.similarities, seeds=seeds, **stack)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
