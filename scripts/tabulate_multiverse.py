"""Rank the layers by every measure of similarity, to see whether the order holds."""

import pandas as pd
from scipy import stats

from normative.workflow.runner import run
from normative.workflow.tables import read_status, read_tables, write_table

TUTORIAL = ("correlation", "pearson")
COLUMNS = ["dissimilarity", "comparator", "model", "layer", "similarity"]


def main(input, output, params, wildcards):
    """Write one row a dissimilarity, comparator, model and layer: mean over seeds, and its rank.

    Linear predictivity is the median R² of the table of encoding models.
    Networks that failed their task are left out. `agreement` is Kendall's τ_b of the order of all
    layers with that by the tutorial's choice.
    """
    networks = read_tables(input.networks, params.models)
    status = read_status(input.performance).loc[
        list(zip(networks.model, networks.seed, strict=True))
    ]
    networks["similarity"] = networks["similarity"].where(status.to_numpy() != "failed")
    columns = COLUMNS[:-1]
    means = networks.groupby(columns, sort=False)["similarity"].mean().reset_index()
    table = pd.concat([means, read_predictivity(input.encoding)], ignore_index=True)
    universes = table.groupby(columns[:2], sort=False)["similarity"]
    table["rank"] = universes.rank(ascending=False, method="min")
    wide = table.pivot(index=columns[2:], columns=columns[:2], values="similarity")
    order = {name: stats.kendalltau(wide[name], wide[TUTORIAL], nan_policy="omit") for name in wide}
    names = table[columns[:2]].apply(tuple, axis=1)
    table["agreement"] = [order[name].statistic for name in names]
    table.insert(0, "dataset", wildcards.dataset)
    write_table(table, output.multiverse)


def read_predictivity(path):
    """Read how well the neurons are predicted from each layer on held-out orientations."""
    table = pd.read_csv(path)
    is_layer = (table["model"] != "reference") & table["seed"].isna()
    is_shown = (table["folds"] == "blocks") & (table["score"] == "r2")
    table = table[is_layer & is_shown].rename(columns={"median": "similarity"})
    return table.assign(dissimilarity="none", comparator="linear_predictivity")[COLUMNS]


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
