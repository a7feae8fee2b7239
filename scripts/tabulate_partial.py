"""Tabulate partial correlations with the recording, controlling for reference RDMs."""

import numpy as np
import pandas as pd

from normative.inference.intervals import interval
from normative.workflow.runner import run
from normative.workflow.tables import write_table


def main(input, output, params, wildcards):
    """Write one row a model, layer and reference, and one given all references.

    `unique_variance` is the share of the variance of the recording's dissimilarities that the layer
    explains beyond the references.
    """
    layers = pd.read_csv(input.layers)
    with np.load(input.references) as file:
        given = [*file["names"], "all references"]
    with np.load(input.means) as means:
        quantities = {
            "partial": (means["partial"], means["partial_by_seed"]),
            "unique_variance": (means["unique"], means["unique_by_seed"]),
        }
    rows = []
    for layer in layers.itertuples():
        for column, name in enumerate(given):
            row = {"dataset": wildcards.dataset, "model": layer.model, "layer": layer.layer}
            row["given"] = name
            for quantity, (values, of_seeds) in quantities.items():
                of_layer = values[:, layer.Index, column]
                row[quantity] = of_layer[0]
                by_seed = of_seeds[:, layer.Index, column]
                low, high = interval(of_layer[1:], by_seed, params.inference)
                row |= {f"{quantity}_ci_low": low, f"{quantity}_ci_high": high}
            rows.append(row)
    write_table(pd.DataFrame(rows), output.partial)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
