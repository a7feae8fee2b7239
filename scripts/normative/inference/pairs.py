"""Rows of tables about a layer, and about its differences from other layers."""

import pandas as pd


def of_layer(row, table, suffix=""):
    """Select the rows of a table that are about the model and layer of a row."""
    is_model = table[f"model{suffix}"] == row.model
    return table[is_model & (table[f"layer{suffix}"] == row.layer)]


def pairs_of(row, pairwise):
    """Select the pairs of a layer with another, and turn them to be about this layer minus that.

    Returns
    -------
    pandas.DataFrame
        The other layer is `model` and `layer`.
    """
    first = of_layer(row, pairwise, "_a").rename(columns={"model_b": "model", "layer_b": "layer"})
    second = of_layer(row, pairwise, "_b").rename(columns={"model_a": "model", "layer_a": "layer"})
    second = second.assign(difference=-second["difference"])
    for ci in ("ci", "stimuli_ci"):
        low, high = -second[f"{ci}_high"], -second[f"{ci}_low"]
        second = second.assign(**{f"{ci}_low": low, f"{ci}_high": high})
    return pd.concat([first, second])
