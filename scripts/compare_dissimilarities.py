"""Compare each layer with the recording by every dissimilarity and comparator."""

import numpy as np
import pandas as pd

from normative.comparators import COMPARATORS
from normative.dissimilarities import DISSIMILARITIES, crossnobis_distance, squared_distance
from normative.rdm import upper_triangle
from normative.runner import run
from normative.tables import write_table


def main(input, output):
    """Write for each network one row a layer, dissimilarity and comparator.

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
    for activations, path in zip(input.activations, output.similarities, strict=True):
        rows = []
        with np.load(activations) as layers:
            for layer, units in layers.items():
                for dissimilarity, distance in of_network.items():
                    rdm = upper_triangle(distance(units))
                    rows += [
                        (layer, dissimilarity, comparator, compare(recording[dissimilarity], rdm))
                        for comparator, compare in COMPARATORS.items()
                    ]
        columns = ["layer", "dissimilarity", "comparator", "similarity"]
        write_table(pd.DataFrame(rows, columns=columns), path)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
