"""Tabulate partial correlations with the recording, controlling for simpler models."""

import numpy as np
import pandas as pd

from normative.inference.uncertainty import Sampling, sources_of_variance, t_interval
from normative.workflow.runner import run
from normative.workflow.tables import write_table


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
            sources = {}
            if not np.isnan(of_layer[0]):
                sources = sources_of_variance(of_layer, by_seed, sampling)
            low, high, _ = t_interval(of_layer[0], sources, sampling.confidence)
            row = {"dataset": wildcards.dataset, "model": layer.model, "layer": layer.layer}
            row |= {"given": name, "partial": of_layer[0], "ci_low": low, "ci_high": high}
            row["ci_over"] = "+".join(sources) or "nothing"
            row["unique_variance"] = means["unique"][0, layer.Index, column]
            rows.append(row)
    write_table(pd.DataFrame(rows), output.partial)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
