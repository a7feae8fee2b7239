"""RDMs as points: the matrix of their correlations, and a map of them."""

import numpy as np
import pandas as pd
from sklearn.manifold import MDS

from normative.display_names import REFERENCE_NAMES
from normative.figures.panels import label_points
from normative.figures.style import MM, PT, RECORDING_COLOR, WIDE, layer_colors, plt


def draw_space(matrix, recordings, names_of_recordings, kind, title):
    """Draw a matrix of RDM correlations, and a map by metric multidimensional scaling.

    Parameters
    ----------
    matrix : pandas.DataFrame
        Correlation of each two RDMs; rows and columns are the recordings, layers ("model layer")
        and references ("reference name").
    recordings, names_of_recordings : list of str
        Those of the rows that are recordings, and how the figure names them.
    kind : str
        What a recording is, for the legend.
    title : str

    Returns
    -------
    figure : matplotlib.figure.Figure
    data : pandas.DataFrame
        Points, centered at the mean of the recordings, and the matrix.
    """
    named = dict(zip(recordings, names_of_recordings, strict=True))
    defined = matrix.notna().any()
    names = [name for name in matrix if defined[name]]  # a constant RDM has no correlations
    matrix = matrix.loc[names, names]
    figure, (left, right) = plt.subplots(1, 2, figsize=(WIDE, 95 * MM))
    mesh = left.imshow(matrix, cmap="RdBu_r", vmin=-1, vmax=1)
    numbers = range(1, len(names) + 1)
    labels = [named.get(name) or _label(name) for name in names]
    turned = 90 if len(names) > 15 else 0  # numbers of two digits would touch
    left.set_xticks(range(len(names)), numbers, fontsize=5 * PT, rotation=turned)
    left.set_yticks(
        range(len(names)),
        [f"{text}  {number}" for number, text in zip(numbers, labels, strict=True)],
        fontsize=5 * PT,
    )
    left.tick_params(length=0)
    figure.colorbar(mesh, ax=left, label="Correlation of RDMs (Pearson r)", location="bottom")

    distance = np.sqrt(np.clip(1 - matrix.to_numpy(), 0, None))
    scaling = MDS(
        metric="precomputed", n_init=8, init="random", random_state=0, normalized_stress="auto"
    )
    points = scaling.fit_transform((distance + distance.T) / 2)
    points = points - points[[names.index(name) for name in recordings]].mean(axis=0)
    layers = [name for name in names if name not in named and not name.startswith("reference")]
    kinds = list(dict.fromkeys(name.split()[-1] for name in layers))
    colors = dict(zip(kinds, layer_colors(len(kinds)), strict=True))
    for (x, y), name in zip(points, names, strict=True):
        color, marker, size = RECORDING_COLOR, "D", 4 * PT
        if name in named:
            marker, size = "*", 10 * PT
        elif name in layers:
            color, marker = colors[name.split()[-1]], "o"
        right.plot(x, y, marker, color=color, markersize=size, alpha=0.8)
    right.set(aspect="equal", xlabel="Dimension 1 (√(1 − r))", ylabel="Dimension 2 (√(1 − r))")
    right.margins(0.1)
    handles = [
        plt.Line2D([], [], linestyle="", color=color, marker=marker, markersize=4 * PT, label=text)
        for color, marker, text in [
            (RECORDING_COLOR, "*", kind),
            (RECORDING_COLOR, "D", "reference"),
            *((color, "o", kind) for kind, color in colors.items()),
        ]
    ]
    right.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=min(6, len(handles))
    )
    right.set_title("Map by multidimensional scaling")
    figure.suptitle(title)
    label_points(right, points, map(str, numbers))
    shown = pd.DataFrame(points, columns=["dimension_1", "dimension_2"])
    shown.insert(0, "name", names)
    return figure, pd.concat([shown, matrix.reset_index(drop=True)], axis=1)


def _label(name):
    """Name the RDM of a layer or of a reference for a reader."""
    return REFERENCE_NAMES.get(name.removeprefix("reference "), name)
