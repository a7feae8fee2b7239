"""Panels that stand alone in a figure of their own and together in the figures of a paper."""

import numpy as np
import pandas as pd

from normative.display_names import REFERENCE_NAMES, real_minus
from normative.figures.style import (
    LAYER_COLORS,
    MOST_SEEDS,
    ORIENTATION_TICKS,
    RECORDING_COLOR,
    degrees,
    similarity_label,
)
from normative.published import LOSSES, MODEL, SEED

LEAST_LOSS = 1e-6  # lower ones, of single batches that a network knows by heart, are off the scale


def draw_gratings(axes, orientations, images):
    """Draw one image an axis, its orientation (degrees) above."""
    for axis, orientation, image in zip(axes, orientations, images, strict=True):
        axis.imshow(image, cmap="binary", vmin=0, vmax=1)
        axis.set(xticks=[], yticks=[], title=degrees(orientation))
        axis.spines[:].set_visible(True)


def draw_rdms(axes, orientation, rdms, titles):
    """Draw one RDM an axis on one color scale, the first stimulus at the top left.

    Parameters
    ----------
    axes : sequence of matplotlib.axes.Axes
        They share their vertical axis.
    orientation : array, shape (stimuli,), degrees
    rdms : dict of array, shape (stimuli, stimuli)
    titles : dict of str

    Returns
    -------
    matplotlib.collections.QuadMesh
        For the color bar.
    """
    for axis, (name, rdm) in zip(axes, rdms.items(), strict=True):
        mesh = axis.pcolormesh(orientation, orientation, rdm, vmin=0, vmax=2, rasterized=True)
        axis.set(
            title=titles[name],
            xlabel="Orientation (°)",
            xticks=ORIENTATION_TICKS,
            yticks=ORIENTATION_TICKS,
            aspect="equal",
        )
    axes[0].invert_yaxis()  # of all, since they share it
    axes[0].set_ylabel("Orientation (°)")
    return mesh


def draw_losses(axis, losses, model):
    """Draw the loss by epoch of each seed, or the range of many; their median; published values.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
    losses : pandas.DataFrame
        Epochs × seeds.
    model : str
    """
    if losses.shape[1] > MOST_SEEDS:
        low, high = losses.quantile(0.05, axis=1), losses.quantile(0.95, axis=1)
        axis.fill_between(losses.index, low, high, color="0.85", linewidth=0, label="90 % of seeds")
    else:
        labels = ["each seed"] + [None] * (losses.shape[1] - 1)
        axis.plot(losses, color="0.75", linewidth=0.6, label=labels)
    axis.plot(losses.median(axis=1), color=LAYER_COLORS[0], label="median of seeds")
    if model == MODEL and SEED in losses:
        axis.plot(losses[SEED], color=LAYER_COLORS[1], label=f"seed {SEED}")
        published = {epoch: loss for epoch, (loss, _) in LOSSES.items()}
        axis.plot(
            published.keys(),
            published.values(),
            "x",
            color="black",
            markersize=4,
            label=f"published, seed {SEED}",
        )
    axis.set(yscale="log", xlabel="Epoch")


def leave_out_least_losses(axis):
    """End the scale of an axis, drawn by `draw_losses`, at the least loss of interest."""
    axis.set_ylim(bottom=max(LEAST_LOSS, axis.get_ylim()[0]))


def draw_similarity(axis, table, seeds):
    """Draw one row a layer: seeds, mean and interval; references below; the ceiling as a band.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
    table, seeds : pandas.DataFrame
        As `read_similarities` gives them, or some of their rows.
    """
    networks = table[table["model"] != "reference"]
    references = table[table["model"] == "reference"]
    colors = dict(zip(networks["layer"].unique(), LAYER_COLORS, strict=False))
    low, high = table[["ceiling_low", "ceiling_high"]].iloc[0]
    axis.axvspan(low, high, color="0.9", zorder=0)
    for position, row in enumerate(networks.itertuples()):
        color = colors[row.layer]
        mine = seeds[(seeds["model"] == row.model) & (seeds["layer"] == row.layer)]
        failed = (mine["status"] == "failed").to_numpy()
        _draw_seeds(axis, position, mine["similarity"].to_numpy(), failed, color)
        _draw_interval(axis, position, row, color, "o")
    start = len(networks)
    for position, row in enumerate(references.itertuples(), start=start):
        _draw_interval(axis, position, row, RECORDING_COLOR, "D")
    if start and len(references):
        axis.axhline(start - 0.5, color="0.7", linewidth=0.6)
    axis.axvline(0, color="0.7", linewidth=0.6)
    names = [f"{row.model}, {row.layer}" for row in networks.itertuples()]
    names += [REFERENCE_NAMES[name] for name in references["layer"]]
    axis.set_yticks(range(len(table)), names)
    axis.set(ylim=(len(table) - 0.5, -0.5), xlabel=similarity_label(table["comparator"].iloc[0]))


def _draw_seeds(axis, position, values, failed, color):
    """Draw each seed faintly, or the distribution of many; crosses for those that failed."""
    counted = values[~failed & ~np.isnan(values)]
    if len(counted) > MOST_SEEDS:
        violin = axis.violinplot(
            counted, [position], orientation="horizontal", widths=0.7, showextrema=False
        )
        violin["bodies"][0].set(facecolor=color, alpha=0.3)
    else:
        heights = position + np.linspace(-0.25, 0.25, len(counted) + 2)[1:-1]
        axis.plot(counted, heights, "o", color=color, alpha=0.35, markersize=2.5, linewidth=0)
    axis.plot(values[failed], np.full(failed.sum(), position), "x", color="black", markersize=3.5)


def _draw_interval(axis, position, row, color, marker):
    """Draw an estimate and its interval."""
    axis.plot([row.ci_low, row.ci_high], [position, position], color=color, linewidth=1.5)
    axis.plot(row.estimate, position, marker, color=color, markersize=5, markeredgecolor="white")


def describe_intervals(table, confidence):
    """Say what the intervals are over, for a title or a caption."""
    # A model of one seed has fewer.
    over = max(table.loc[table["model"] != "reference", "ci_over"], key=len).replace("+", ", ")
    if over == "nothing":
        return "no interval, as nothing is resampled"
    return f"{100 * confidence:g} % interval over {over}"


def draw_effects(axis, table, comparator):
    """Draw what training adds to each layer, with its interval, one row a layer.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
    table : pandas.DataFrame
        The rows of `training_effect.csv`.
    comparator : str
    """
    for position, row in enumerate(table.rename(columns={"effect": "estimate"}).itertuples()):
        _draw_interval(axis, position, row, LAYER_COLORS[0], "o")
    axis.axvline(0, color="0.7", linewidth=0.6)
    axis.set_yticks(range(len(table)), [f"{row.model}, {row.layer}" for row in table.itertuples()])
    axis.set_ylim(len(table) - 0.5, -0.5)
    axis.set_xlabel(similarity_label(comparator).replace("Similarity", "Change of similarity"))


def leaves_zero_out(partial):
    """Tell for each row of `partial.csv` whether its correlation's interval leaves zero out."""
    return partial["partial_ci_low"] * partial["partial_ci_high"] > 0


def draw_partial(axis, partial, raw):
    """Draw a matrix of partial correlations, layers by references given; the raw ones first.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
    partial : pandas.DataFrame
        The rows of `partial.csv`.
    raw : pandas.DataFrame
        The rows of `inference.csv` of the same layers, in the same order.

    Returns
    -------
    matplotlib.image.AxesImage
        For the color bar.
    """
    layers = partial[["model", "layer"]].drop_duplicates().apply(tuple, axis=1).tolist()
    given = partial["given"].unique().tolist()
    matrix = partial.set_index(["model", "layer", "given"])["partial"].unstack()
    matrix = matrix.loc[layers, given]
    sure = partial[leaves_zero_out(partial)]
    sure = set(sure[["model", "layer", "given"]].apply(tuple, axis=1))
    matrix.insert(0, "nothing", raw["estimate"].to_numpy())
    mesh = axis.imshow(matrix, cmap="RdBu_r", vmin=-1, vmax=1, aspect="auto")
    for i, (model, layer) in enumerate(layers):
        for j, name in enumerate(matrix):
            value = matrix.iloc[i, j]
            text = real_minus(f"{value:.2f}") if pd.notna(value) else "not defined"
            bold = "bold" if (model, layer, name) in sure else "normal"
            shade = "white" if abs(value) > 0.6 else "black"
            axis.text(j, i, text, ha="center", va="center", color=shade, fontsize=6, weight=bold)
    axis.set_yticks(range(len(layers)), [f"{model}, {layer}" for model, layer in layers])
    labels = [REFERENCE_NAMES.get(name, name).replace(", ", ",\n") for name in matrix]
    axis.set_xticks(range(len(labels)), [label.replace(" ", "\n", 1) for label in labels])
    axis.tick_params(length=0)
    axis.set_xlabel("Given (reference RDM)")
    axis.axvline(0.5, color="white", linewidth=3)
    return mesh
