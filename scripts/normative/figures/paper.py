"""Layouts of the paper's figures 2 and 3, for one recording and for a group of animals."""

import numpy as np

from normative.figures.panels import draw_effects, draw_partial, draw_rdms, draw_similarity
from normative.figures.style import (
    MM,
    WIDE,
    correlation_label,
    count_columns,
    letter,
    plt,
    population_colors,
    say,
    subfigures,
)


def draw_representations(orientation, rdms, titles, table, points, recorded):
    """Draw the RDMs of the recorded and of a network above, similarities below.

    Parameters
    ----------
    orientation : array, shape (n_stimuli,), degrees
    rdms : dict of array, shape (n_stimuli, n_stimuli)
        All NaN, if `recording` is: there is no RDM of the animals' common orientations.
    titles : dict of str
        Of the RDMs.
    table, points : pandas.DataFrame
        Of `draw_similarity`: rows of `inference.csv` or `group.csv`; seeds or animals.
    recorded : str
        What the network is compared with, for a title.

    Returns
    -------
    matplotlib.figure.Figure
    """
    n_columns = count_columns(len(rdms))
    n_rows = -(-len(rdms) // n_columns)
    heights = [60 * n_rows * MM, (26 + 6 * len(table)) * MM]
    figure = plt.figure(figsize=(WIDE, sum(heights)))
    top, bottom = subfigures(figure, 2, 1, height_ratios=heights)
    if np.isnan(rdms["recording"]).all():
        say(top.subplots(), "The animals have too few orientations in common")
    else:
        panels = top.subplots(n_rows, n_columns, sharey=True, squeeze=False)
        axes = list(panels.flat[: len(rdms)])
        for axis in panels.flat[len(rdms) :]:
            axis.set_axis_off()
        mesh = draw_rdms(axes, orientation, rdms, titles)
        top.colorbar(mesh, ax=axes, label="Dissimilarity (1 − Pearson r)", shrink=0.8)
    axis = bottom.subplots()
    draw_similarity(axis, table, points)
    axis.set_title(f"Similarity to {recorded}")
    letter(top, "a")
    letter(bottom, "b")
    return figure


def draw_controls(table, points, effects, partial, recorded, comparator):
    """Draw the similarity of all layers, the effects of training, and partial correlations.

    Parameters
    ----------
    table, points : pandas.DataFrame
        As for `draw_representations`, of layers alone.
    effects : pandas.DataFrame
        The rows of `training_effect.csv` or `group_training_effect.csv`.
    partial : pandas.DataFrame
        As `read_partial` gives it.
    recorded, comparator : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    # Without a twin there is no effect to draw: a line says so.
    effects_height = (20 + 5 * len(effects)) * MM if len(effects) else 12 * MM
    heights = [(24 + 5 * len(table)) * MM, effects_height, (38 + 5 * len(table)) * MM]
    figure = plt.figure(figsize=(WIDE, sum(heights)))
    parts = subfigures(figure, 3, 1, height_ratios=heights)
    axis = parts[0].subplots()
    draw_similarity(axis, table, points)
    axis.set_title(f"Similarity to {recorded}")
    axis = parts[1].subplots()
    if len(effects):
        draw_effects(axis, effects, population_colors(table["layer"].unique()), comparator)
        axis.set_title("Change in similarity with training")
    else:
        say(axis, "No trained model has an untrained twin")
    axis = parts[2].subplots()
    image = draw_partial(axis, partial)
    parts[2].colorbar(image, ax=axis, label=correlation_label(comparator), shrink=0.8)
    axis.set_title(f"Correlation with {recorded}, controlling for simpler models")
    for part, name in zip(parts, "abc", strict=True):
        letter(part, name)
    return figure
