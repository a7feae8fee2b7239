"""Tabulate partial correlations with the recording, controlling for simpler models."""

import numpy as np
import pandas as pd

from normative.inference.uncertainty import Sampling, describe_interval, sources_of_variance
from normative.workflow.runner import run
from normative.workflow.tables import write_table

COLUMNS = ["dataset", "model", "layer", "given", "partial", "ci_low", "ci_high", "ci_over"]
COLUMNS += ["ci_warning", "unique_variance"]


def main(input, output, params, wildcards):
    """Write one row a model, layer and control.

    `unique_variance` is the share of the variance of the recording's dissimilarities that the layer
    explains beyond the control. It cannot be negative, and has no interval.
    """
    sampling = Sampling.of(input.responses, input.means, params.resample, params.confidence)
    layers = pd.read_csv(input.layers)
    with np.load(input.references) as file:
        given = [*file["names"], "any function of the difference", "all references"]
    with np.load(input.means) as file:
        means = dict(file)
    rows = []
    for layer in layers.itertuples():
        for column, name in enumerate(given):
            of_layer = means["partial"][:, layer.Index, column]
            by_seed = means["partial_by_seed"][:, layer.Index, column]
            sources = sources_of_variance(of_layer, by_seed, sampling)
            row = {"model": layer.model, "layer": layer.layer, "given": name}
            row |= {"partial": of_layer[0]}
            n_seeds = np.isfinite(by_seed).sum()
            row |= describe_interval(of_layer[0], sources, sampling.confidence, n_seeds=n_seeds)
            row["unique_variance"] = means["unique"][0, layer.Index, column]
            rows.append(row)
    table = pd.DataFrame(rows, columns=COLUMNS).assign(dataset=wildcards.dataset)
    write_table(table, output.partial)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
