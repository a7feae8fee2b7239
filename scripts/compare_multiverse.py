"""Compare each layer with the recording by every dissimilarity and comparator."""

import numpy as np
import pandas as pd

from normative.rsa.comparators import COMPARATORS
from normative.rsa.dissimilarities import DISSIMILARITIES, crossnobis_distance, squared_distance
from normative.rsa.rdm import upper_triangle
from normative.workflow.runner import run
from normative.workflow.stacks import read_stack
from normative.workflow.tables import write_table

COLUMNS = ["seed", "layer", "dissimilarity", "comparator", "similarity"]


def main(input, output):
    """Write one row a seed, layer, dissimilarity and comparator.

    Crossnobis needs halves of the trials; a network has no noise, where it is the squared distance.
    """
    with np.load(input.responses) as file:
        recorded = dict(file)
    recording = {
        name: upper_triangle(distance(recorded["responses"]))
        for name, distance in DISSIMILARITIES.items()
    }
    of_network = dict(DISSIMILARITIES)
    if "half_1" in recorded:
        recording["crossnobis"] = upper_triangle(
            crossnobis_distance(recorded["half_1"], recorded["half_2"])
        )
        of_network["crossnobis"] = squared_distance
    rows = []
    for seed, layers in read_stack(input.activations):
        for layer, units in layers.items():
            for name, distance in of_network.items():
                rdm = upper_triangle(distance(units))
                rows += [
                    (seed, layer, name, comparator, compare(recording[name], rdm))
                    for comparator, compare in COMPARATORS.items()
                ]
    write_table(pd.DataFrame(rows, columns=COLUMNS), output.similarities)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
