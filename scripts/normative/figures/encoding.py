"""Panels of the encoding models: how well neurons are predicted."""

import numpy as np
import pandas as pd

from normative.display_names import ENCODING_NAMES
from normative.figures.panels import THIN
from normative.figures.style import PT, RECORDING_COLOR, population_colors

R2_LABEL = "R² of held-out stimuli (median over neurons)"  # also of those held out at random
CI_HEIGHT = 0.5  # of its bar, rows


def select_encoding(table, score="r2"):
    """Select the rows that are shown: means over seeds, with blocks and with folds at random.

    Parameters
    ----------
    table : pandas.DataFrame
        `tables/encoding.csv`.
    score : str

    Returns
    -------
    rows, at_random : pandas.DataFrame
        One row a layer, then the references in their order; those at random are of one seed.
        Without the ceiling, `trials`, where no parts of the trials tell it.
    """
    table = table[table["score"] == score]
    is_mean = table["seed"].isna() & (table["folds"] == "blocks")
    rows = table[is_mean & ((table["layer"] != "trials") | table["median"].notna())]
    is_reference = rows["model"] == "reference"
    at_random = table[(table["folds"] == "random") & (table["status"] != "failed")]
    return pd.concat([rows[~is_reference], rows[is_reference]]), at_random


def select_seeds(table, score="r2"):
    """Select the rows of single networks that did not fail their task, with blocks."""
    is_meant = table["seed"].notna() & (table["folds"] == "blocks") & (table["score"] == score)
    return table[is_meant & (table["status"] != "failed")]


def draw_encoding(axis, rows, at_random, by_seed):
    """Draw one row a layer or reference: median, its CI as a bar, quartiles over neurons, seeds.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
    rows, at_random : pandas.DataFrame
        As `select_encoding` gives them.
    by_seed : pandas.DataFrame
        The rows of single networks, of the same score.
    """
    layers = rows.loc[rows["model"] != "reference", "layer"].unique()
    colors = population_colors(layers)
    for position, row in enumerate(rows.itertuples()):
        is_reference = row.model == "reference"
        color = RECORDING_COLOR if is_reference else colors[row.layer]
        place = [position, position]
        axis.plot([row.low_quartile, row.high_quartile], place, color=color, linewidth=THIN)
        width = row.ci_high - row.ci_low
        axis.barh(position, width, CI_HEIGHT, row.ci_low, color=color, alpha=0.4, linewidth=0)
        look = {"color": color, "markersize": 7 * PT, "markeredgewidth": 1.2 * PT}
        axis.plot(row.median, position, "|", **look)
        seeds = of_row(by_seed, row)["median"]
        below = np.full(len(seeds), position + 0.4)
        axis.plot(seeds, below, "o", color=color, alpha=0.35, ms=2 * PT, markeredgewidth=0)
        leaked = of_row(at_random, row)["median"]
        look = {"color": color, "markersize": 4 * PT, "markerfacecolor": "none"}
        axis.plot(leaked, np.full(len(leaked), position), "s", **look)
    axis.use_sticky_edges = False  # a margin beside bars, too
    axis.axvline(0, color="0.7", linewidth=0.6 * PT)
    axis.set_yticks(range(len(rows)), [name_row(row) for row in rows.itertuples()])
    axis.set_ylim(len(rows) - 0.5, -0.5)


def of_row(table, row):
    """Select the rows of a table that are about the model and layer of a row."""
    return table[(table["model"] == row.model) & (table["layer"] == row.layer)]


def name_row(row):
    """Name a layer or a reference, for the ticks of an axis."""
    if row.model == "reference":
        return ENCODING_NAMES.get(row.layer, row.layer)
    return f"{row.model}, {row.layer}"
