"""Figure: similarity between the recording, all layers and all references."""

import numpy as np
import pandas as pd
from sklearn.manifold import MDS

from normative.display_names import REFERENCE_NAMES
from normative.figures.style import LAYER_COLORS, MM, PT, RECORDING_COLOR, WIDE, plt, save
from normative.workflow.runner import run


def main(input, output, wildcards):
    """Draw the matrix of RDM correlations, and a map by metric multidimensional scaling."""
    table = pd.read_csv(input.correlations)
    names = table["first"].drop_duplicates().tolist()
    matrix = table.pivot(index="first", columns="second", values="correlation").loc[names, names]
    defined = matrix.notna().any()
    names = [name for name in names if defined[name]]  # a constant RDM has no correlations
    matrix = matrix.loc[names, names]
    figure, (left, right) = plt.subplots(1, 2, figsize=(WIDE, 95 * MM))
    mesh = left.imshow(matrix, cmap="RdBu_r", vmin=-1, vmax=1)
    numbers = range(1, len(names) + 1)
    labels = [label(name, wildcards.dataset) for name in names]
    left.set_xticks(range(len(names)), numbers, fontsize=5 * PT)
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
    points = points - points[names.index("recording")]
    layers = [name for name in names if name != "recording" and not name.startswith("reference")]
    kinds = list(dict.fromkeys(name.split()[-1] for name in layers))
    for (x, y), name, number in zip(points, names, numbers, strict=True):
        color, marker, size = RECORDING_COLOR, "D", 4 * PT
        if name == "recording":
            marker, size = "*", 10 * PT
        elif name in layers:
            color, marker = LAYER_COLORS[kinds.index(name.split()[-1]) % len(LAYER_COLORS)], "o"
        right.plot(x, y, marker, color=color, markersize=size, alpha=0.8)
        offset = {"xytext": (3 * PT, 2 * PT), "textcoords": "offset points"}
        right.annotate(str(number), (x, y), fontsize=6 * PT, **offset)
    right.set(aspect="equal", xlabel="Dimension 1 (√(1 − r))", ylabel="Dimension 2 (√(1 − r))")
    right.margins(0.1)
    handles = [
        plt.Line2D([], [], linestyle="", color=color, marker=marker, markersize=4 * PT, label=text)
        for color, marker, text in [
            (RECORDING_COLOR, "*", "recording"),
            (RECORDING_COLOR, "D", "reference"),
            *((LAYER_COLORS[i % len(LAYER_COLORS)], "o", kind) for i, kind in enumerate(kinds)),
        ]
    ]
    right.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=len(handles)
    )
    right.set_title("Map by multidimensional scaling")
    figure.suptitle(
        f"RDMs of the {wildcards.dataset} recording, all layers (mean over seeds) and references"
    )
    shown = pd.DataFrame(points, columns=["dimension_1", "dimension_2"])
    shown.insert(0, "name", names)
    save(figure, output, pd.concat([shown, matrix.reset_index(drop=True)], axis=1))


def label(name, dataset):
    """Name an RDM for a reader."""
    if name == "recording":
        return f"{dataset} recording"
    return REFERENCE_NAMES.get(name.removeprefix("reference "), name)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
