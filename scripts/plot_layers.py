"""Figure: similarity to the recording layer by layer, from the image to the answer."""

import json

import pandas as pd

from normative.figures.style import (
    LAYER_COLORS,
    MM,
    PT,
    WIDE,
    plt,
    save,
    similarity_label,
)
from normative.reporting.sentences import percent
from normative.workflow.runner import run

FEW_LAYERS, COLUMNS = 8, 4  # of models with more layers each has a row of its own
LETTER = 1.15 * MM  # width of a letter at a tick
SOURCE = ["panel", "model", "layer", "similarity", "ci_low", "ci_high"]
GRAY, STYLES = "0.55", ("o-", "o--")  # gray and dashed: the untrained twin


def main(input, output, wildcards, params):
    """Draw a panel a model, its layers in the order of use, and its untrained twin, if any."""
    table = pd.read_csv(input.inference)
    order = {
        model: read_order(path) for model, path in zip(params.models, input.networks, strict=True)
    }
    models = [model for model in params.models if model not in params.twins.values()]
    lines = {model: sort_layers(table, model, order[model]) for model in params.models}
    most = max(len(lines[model]) for model in models)
    n_columns = min(COLUMNS, len(models)) if most <= FEW_LAYERS else 1
    n_rows = -(-len(models) // n_columns)
    longest = max(len(name) for model in models for name in lines[model]["layer"])
    figure, axes = plt.subplots(
        n_rows,
        n_columns,
        figsize=(WIDE, n_rows * (48 * MM + longest * LETTER) + 16 * MM),
        sharey=True,
        squeeze=False,
    )
    for axis in axes.flat[len(models) :]:
        axis.set_axis_off()
    shown = []
    for axis, model in zip(axes.flat, models, strict=False):
        drawn = {model: lines[model]}
        if model in params.twins:
            drawn[params.twins[model]] = lines[params.twins[model]]
        for (line, rows), *look in zip(
            drawn.items(), (LAYER_COLORS[0], GRAY), STYLES, strict=False
        ):
            draw_line(axis, rows, *look)
            shown.append(rows.assign(panel=model, model=line)[SOURCE])
        is_defined = lines[model]["similarity"].notna().any()
        axis.set_title(model + "\nno similarity is defined" * (not is_defined))
        axis.set_xticks(range(len(lines[model])), lines[model]["layer"], rotation=90)
        axis.set_xlim(-0.5, len(lines[model]) - 0.5)
    for axis in axes[:, 0]:
        axis.set_ylabel(similarity_label(table["comparator"].iloc[0]))
    figure.suptitle(
        f"Similarity to the {wildcards.dataset} recording layer by layer, in the order of use\n"
        f"means over seeds with {percent(params.confidence)} CIs for these gratings"
        + ("; gray and dashed: the untrained twin" if params.twins else "")
    )
    save(figure, output, pd.concat(shown))


def read_order(path):
    """List the names of a network's parts in the order of use."""
    with open(path, encoding="utf-8") as file:
        return [layer["name"] for layer in json.load(file)["layers"]]


def sort_layers(table, model, order):
    """Select the rows of a model's layers, the first that is used first."""
    rows = table[table["model"] == model]
    return rows.sort_values("layer", key=lambda names: names.map(order.index))


def draw_line(axis, rows, color, style):
    """Draw the means of a model's layers, joined, and their CIs."""
    x = range(len(rows))
    look = {"color": color, "zorder": 2 if color == GRAY else 3}  # the twin below
    axis.plot(x, rows["similarity"], style, linewidth=PT, markersize=3 * PT, **look)
    axis.vlines(x, rows["ci_low"], rows["ci_high"], linewidth=1.8 * PT, **look)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
