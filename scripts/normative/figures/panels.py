"""Panels shared by the figures of a study and the figures of the paper."""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.transforms import Bbox

from normative.display_names import REFERENCE_NAMES, real_minus
from normative.figures.style import (
    LAYER_COLORS,
    MOST_SEEDS,
    PT,
    RECORDING_COLOR,
    degrees,
    orientation_ticks,
    population_colors,
    similarity_label,
)
from normative.published import LOSSES, MODEL, SEED
from normative.recordings.binning import find_gaps

ALPHA = 0.05  # layers are told apart where a corrected p-value is not above
FEW_STIMULI = 40  # of fewer, each is marked on a curve
LABEL_WIDTH = 10  # of the columns of a matrix, letters
THIN, THICK = 0.7 * PT, 2.2 * PT  # widths of the lines of both intervals, points
LEAST_LOSS = 1e-6  # lower ones, of single batches learned by heart, are off the scale


def draw_gratings(axes, orientations, images):
    """Draw one image an axis, its orientation above.

    Parameters
    ----------
    axes : sequence of matplotlib.axes.Axes
    orientations : array, shape (n_images,), degrees
    images : array, shape (n_images, height, width), 0 (white) to 1 (black)
    """
    for axis, orientation, image in zip(axes, orientations, images, strict=True):
        axis.imshow(image, cmap="binary", vmin=0, vmax=1)
        axis.set(xticks=[], yticks=[], title=degrees(orientation))
        axis.spines[:].set_visible(True)


def label_points(axis, points, texts):
    """Write a text beside each point, on no other text and on no point if there is room.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
        All else is drawn, since the room depends on where points lie on the page.
    points : array, shape (n_points, 2)
    texts : iterable of str
    """
    figure = axis.figure
    for _ in range(2):  # axes of equal aspect settle in the second
        figure.draw_without_rendering()
    point = figure.dpi / 72  # pixels
    places = axis.transData.transform(points)
    taken = [Bbox.from_bounds(*place, 0, 0).padded(3 * PT * point) for place in places]
    turns = np.deg2rad(np.arange(45, 405, 30))  # first to the top right
    offsets = [
        PT * distance * np.array([np.cos(turn), np.sin(turn)])
        for distance in (7, 9, 12, 15)
        for turn in turns
    ]
    for place, text in zip(points, texts, strict=True):
        label = axis.annotate(
            text, place, (0, 0), textcoords="offset points", ha="center", va="center"
        )
        label.set(fontsize=6 * PT, in_layout=False)
        box = label.get_window_extent()
        overlaps = [box.translated(*(point * offset)).count_overlaps(taken) for offset in offsets]
        best = offsets[np.argmin(overlaps)]
        label.set_position(best)
        taken.append(box.translated(*(point * best)))


def draw_rdms(axes, orientation, rdms, titles):
    """Draw one RDM an axis on one color scale, the first stimulus at the top left.

    Parameters
    ----------
    axes : sequence of matplotlib.axes.Axes
        They share their vertical axis.
    orientation : array, shape (n_stimuli,), degrees
    rdms : dict of array, shape (n_stimuli, n_stimuli)
    titles : dict of str
        For each of the RDMs.

    Returns
    -------
    matplotlib.collections.QuadMesh
        For the color bar.
    """
    for axis, (name, rdm) in zip(axes, rdms.items(), strict=True):
        mesh = draw_matrix(axis, orientation, rdm, largest=2)
        axis.set(title=titles[name], xlabel="Orientation (°)")
    axes[0].invert_yaxis()  # of all, since they share it
    axes[0].set_ylabel("Orientation (°)")
    return mesh


def draw_matrix(axis, orientation, matrix, largest):
    """Draw a matrix by the orientations of both stimuli; what lies between them is left white.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
    orientation : array, shape (n_stimuli,), degrees, ascending
    matrix : array, shape (n_stimuli, n_stimuli)
    largest : float
        The end of the color scale; it begins at 0.

    Returns
    -------
    matplotlib.collections.QuadMesh
        For the color bar. Rows and columns of gaps are masked.
    """
    edges, is_stimulus = cell_edges(orientation)
    shown = np.full((len(is_stimulus), len(is_stimulus)), np.nan)
    shown[np.ix_(is_stimulus, is_stimulus)] = matrix
    mesh = axis.pcolormesh(edges, edges, shown, vmin=0, vmax=largest, rasterized=True)
    ticks = orientation_ticks(orientation)
    axis.set(xticks=ticks, yticks=ticks, aspect="equal")
    return mesh


def cell_edges(orientation):
    """Find where the cells of stimuli begin and end, and the empty ones of gaps between them.

    A cell meets that of its neighbor half-way. On the side of a gap, and at an end, it is as wide
    as on its other side; one alone between gaps is as wide as a narrow step.

    Parameters
    ----------
    orientation : array, shape (n_stimuli,), degrees, ascending

    Returns
    -------
    edges : array, shape (n_cells + 1,), degrees
    is_stimulus : array of bool, shape (n_cells,)
        False for a gap.
    """
    orientation = np.asarray(orientation, float)
    steps, is_gap = np.diff(orientation), find_gaps(orientation)
    narrow = np.quantile(steps, 0.25)
    half = np.where(is_gap, np.nan, steps / 2)
    before, after = np.append(np.nan, half), np.append(half, np.nan)
    # Without a neighbor on a side: as on the other side; without any: half a narrow step.
    before, after = (
        np.where(np.isnan(side), np.where(np.isnan(other), narrow / 2, other), side)
        for side, other in ((before, after), (after, before))
    )
    edges, is_stimulus = [orientation[0] - before[0]], []
    for index, angle in enumerate(orientation):
        if index and is_gap[index - 1]:
            edges.append(angle - before[index])
            is_stimulus.append(False)
        edges.append(angle + after[index])
        is_stimulus.append(True)
    return np.array(edges), np.array(is_stimulus)


def draw_curve(axis, orientation, values, **look):
    """Draw values by orientation, not connected over gaps; few stimuli are marked.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
    orientation, values : array, shape (n_stimuli,)
        Orientations in degrees, ascending.
    **look
        Of the line.
    """
    is_gap = find_gaps(orientation)
    after = np.flatnonzero(is_gap) + 1
    is_alone = np.append(True, is_gap) & np.append(is_gap, True)
    is_marked = len(orientation) < FEW_STIMULI or is_alone.any()
    axis.plot(
        np.insert(np.asarray(orientation, float), after, np.nan),
        np.insert(np.asarray(values, float), after, np.nan),
        marker="." if is_marked else None,
        markersize=3 * PT,
        **look,
    )


def draw_losses(axis, losses, model):
    """Draw the loss by epoch: each seed (or the range of many), the median, published values.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
    losses : pandas.DataFrame
        Epochs × seeds: rows × columns.
    model : str
    """
    if losses.shape[1] > MOST_SEEDS:
        low, high = losses.quantile(0.05, axis=1), losses.quantile(0.95, axis=1)
        axis.fill_between(losses.index, low, high, color="0.85", linewidth=0, label="90 % of seeds")
    else:
        labels = ["each seed"] + [None] * (losses.shape[1] - 1)
        axis.plot(losses, color="0.75", linewidth=0.6 * PT, label=labels)
    axis.plot(losses.median(axis=1), color=LAYER_COLORS[0], label="median of seeds")
    if model == MODEL and SEED in losses:
        axis.plot(losses[SEED], color=LAYER_COLORS[1], label=f"seed {SEED}")
        published = {epoch: loss for epoch, (loss, _) in LOSSES.items()}
        axis.plot(
            published.keys(),
            published.values(),
            "x",
            color="black",
            markersize=4 * PT,
            label=f"published, seed {SEED}",
        )
    axis.set(yscale="log", xlabel="Epoch")


def cut_off_least_losses(axis):
    """End the scale of an axis, drawn by `draw_losses`, at the least loss of interest."""
    axis.set_ylim(bottom=max(LEAST_LOSS, axis.get_ylim()[0]))


def draw_similarity(axis, table, by_seed):
    """Draw one row a layer: seeds, mean and CIs; references below; the noise ceiling as a band.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
    table, by_seed : pandas.DataFrame
        As `read_similarities` gives them, or `read_animals`, or some of their rows.
    """
    layers = table[table["model"] != "reference"]
    references = table[table["model"] == "reference"]
    colors = population_colors(layers["layer"].unique())
    low, high = table[["ceiling_low", "ceiling_high"]].iloc[0]
    axis.axvspan(low, high, color="0.9", zorder=0)
    for position, row in enumerate(layers.itertuples()):
        color = colors[row.layer]
        seeds = by_seed[(by_seed["model"] == row.model) & (by_seed["layer"] == row.layer)]
        has_failed = (seeds["status"] == "failed").to_numpy()
        _draw_seeds(axis, position, seeds["similarity"].to_numpy(), has_failed, color)
        _draw_estimate(axis, position, row, row.similarity, color, "o")
    n_layers = len(layers)
    for position, row in enumerate(references.itertuples(), start=n_layers):
        is_row = by_seed["model"].eq(row.model) & by_seed["layer"].eq(row.layer)
        values = by_seed.loc[is_row, "similarity"].to_numpy()  # of animals, not of seeds
        _draw_seeds(axis, position, values, np.zeros(len(values), bool), RECORDING_COLOR)
        _draw_estimate(axis, position, row, row.similarity, RECORDING_COLOR, "D")
    if n_layers and len(references):
        axis.axhline(n_layers - 0.5, color="0.7", linewidth=0.6 * PT)
    axis.axvline(0, color="0.7", linewidth=0.6 * PT)
    names = [f"{row.model}, {row.layer}" for row in layers.itertuples()]
    names += [REFERENCE_NAMES[name] for name in references["layer"]]
    axis.set_yticks(range(len(table)), names)
    axis.set(ylim=(len(table) - 0.5, -0.5), xlabel=similarity_label(table["comparator"].iloc[0]))


def _draw_seeds(axis, position, values, has_failed, color):
    """Draw each seed faintly, or the distribution of many; crosses for those that failed."""
    valid = values[~has_failed & ~np.isnan(values)]
    if len(valid) > MOST_SEEDS:
        violin = axis.violinplot(
            valid, [position], orientation="horizontal", widths=0.7, showextrema=False
        )
        violin["bodies"][0].set(facecolor=color, alpha=0.3)
    else:
        n = len(valid)
        # Of an odd number the middle one, too, beside the mean, which would hide it.
        heights = position + np.linspace(-0.25, 0.25, n + 2 + n % 2)[1 : n + 1]
        axis.plot(valid, heights, "o", color=color, alpha=0.35, markersize=2.5 * PT, linewidth=0)
    failed = values[has_failed]
    axis.plot(failed, np.full(len(failed), position), "x", color="black", markersize=3.5 * PT)


def _draw_estimate(axis, position, row, value, color, marker):
    """Draw an estimate and its CIs: thick for these gratings, thin over other stimuli."""
    for name, width in (("stimuli_ci", THIN), ("ci", THICK)):
        # A group has no interval of an effect over stimuli.
        ends = [getattr(row, f"{name}_{end}", np.nan) for end in ("low", "high")]
        axis.plot(ends, [position, position], color=color, linewidth=width)
    axis.plot(value, position, marker, color=color, markersize=4 * PT, markeredgecolor="white")


def draw_effects(axis, table, colors, comparator):
    """Draw the change in similarity with training and its CIs, one row a layer.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
    table : pandas.DataFrame
        The rows of `training_effect.csv` or `group_training_effect.csv`.
    colors : dict of str
        By layer.
    comparator : str
    """
    for position, row in enumerate(table.itertuples()):
        _draw_estimate(axis, position, row, row.effect, colors[row.layer], "o")
    axis.axvline(0, color="0.7", linewidth=0.6 * PT)
    axis.set_yticks(range(len(table)), [f"{row.model}, {row.layer}" for row in table.itertuples()])
    axis.set_ylim(max(1, len(table)) - 0.5, -0.5)
    axis.set_xlabel(similarity_label(comparator).replace("Similarity", "Change in similarity"))


def excludes_zero(partial):
    """Tell for each row of `partial.csv` whether the CI of its correlation excludes zero."""
    return partial["ci_low"] * partial["ci_high"] > 0


def draw_partial(axis, partial):
    """Draw a matrix of correlations, layers × references controlled for.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
    partial : pandas.DataFrame
        As `read_partial` gives it.

    Returns
    -------
    matplotlib.image.AxesImage
        For the color bar.
    """
    layers = partial[["model", "layer"]].drop_duplicates().apply(tuple, axis=1).tolist()
    given = partial["given"].unique().tolist()
    index = ["model", "layer", "given"]
    matrix = partial.set_index(index)["partial"].unstack().loc[layers, given]
    bold = set(partial.loc[excludes_zero(partial), index].apply(tuple, axis=1))
    image = axis.imshow(matrix, cmap="RdBu_r", vmin=-1, vmax=1, aspect="auto")
    for i, (model, layer) in enumerate(layers):
        for j, name in enumerate(given):
            value = matrix.iloc[i, j]
            text = real_minus(f"{round(value, 2) + 0.0:.2f}") if pd.notna(value) else "undefined"
            weight = "bold" if (model, layer, name) in bold else "normal"
            shade = "white" if abs(value) > 0.6 else "black"
            look = {"color": shade, "fontsize": 6 * PT, "weight": weight}
            axis.text(j, i, text, ha="center", va="center", **look)
    axis.set_yticks(range(len(layers)), [f"{model}, {layer}" for model, layer in layers])
    words = [REFERENCE_NAMES.get(name, name) for name in given]
    labels = [textwrap.fill(name, LABEL_WIDTH, break_long_words=False) for name in words]
    axis.set_xticks(range(len(given)), labels)
    axis.tick_params(length=0)
    axis.set_xlabel("Controlling for (RDM of a simpler model)")
    axis.axvline(0.5, color="white", linewidth=3 * PT)
    return image


def draw_differences(axis, layers, table):
    """Draw a matrix of differences of similarity, the layer of the row less that of the column.

    A filled mark stands where layers can be told apart for these gratings, and a ring around it
    where they can over other representations as well.

    Parameters
    ----------
    axis : matplotlib.axes.Axes
    layers : list of tuple of str
        Model and layer, the most similar one first.
    table : pandas.DataFrame
        The rows of `pairwise.csv`.

    Returns
    -------
    matplotlib.image.AxesImage
        For the color bar.
    """
    index = {layer: position for position, layer in enumerate(layers)}
    matrix = np.full((len(layers), len(layers)), np.nan)
    largest = np.nanmax(np.abs(table["difference"]), initial=0) or 1
    for row in table.itertuples():
        i, j = index[row.model_a, row.layer_a], index[row.model_b, row.layer_b]
        matrix[i, j], matrix[j, i] = row.difference, -row.difference
        color = "white" if abs(row.difference) > 0.6 * largest else "black"
        for place in ((j, i), (i, j)):
            if row.p_holm <= ALPHA:
                axis.plot(*place, "o", color=color, markersize=2 * PT)
            if row.stimuli_p_holm <= ALPHA:
                axis.plot(*place, "o", color=color, markersize=5 * PT, fillstyle="none")
    axis.set_facecolor("0.9")  # of what is not compared
    image = axis.imshow(matrix, cmap="RdBu_r", vmin=-largest, vmax=largest)
    names = [f"{model}, {layer}" for model, layer in layers]
    axis.set_xticks(range(len(layers)), names, rotation=90)
    axis.set_yticks(range(len(layers)), names)
    axis.tick_params(length=0)
    return image
