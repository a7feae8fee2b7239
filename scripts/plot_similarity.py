"""Figure: similarity of every layer and reference to the recording, its interval and ceiling."""

import numpy as np
import pandas as pd

from normative.figures import (
    LAYER_COLORS,
    MM,
    MOST_SEEDS,
    RECORDING_COLOR,
    plt,
    save,
    similarity_label,
)
from normative.names import REFERENCE_NAMES
from normative.runner import run


def main(input, output, wildcards, params):
    """Draw one row a layer: seeds, mean and interval; references below; the ceiling as a band."""
    table = pd.read_csv(input.inference)
    networks = table[table["model"] != "reference"]
    references = table[table["model"] == "reference"]
    colors = dict(zip(networks["layer"].unique(), LAYER_COLORS, strict=False))
    with np.load(input.means) as means:
        by_seed = means["all_seeds"]
    failed = pd.read_csv(input.performance).pivot(index="seed", columns="model", values="status")
    failed = failed.loc[params.seeds] == "failed"

    figure, axis = plt.subplots(figsize=(183 * MM, (30 + 6 * len(table)) * MM))
    low, high = table.loc[0, ["ceiling_low", "ceiling_high"]]
    axis.axvspan(low, high, color="0.9", zorder=0)
    for position, row in enumerate(networks.itertuples()):
        color = colors[row.layer]
        draw_seeds(axis, position, by_seed[:, position], failed[row.model].to_numpy(), color)
        draw_interval(axis, position, row, color, "o")
    start = len(networks)
    for position, row in enumerate(references.itertuples(), start=start):
        draw_interval(axis, position, row, RECORDING_COLOR, "D")
    axis.axhline(start - 0.5, color="0.7", linewidth=0.6)
    axis.axvline(0, color="0.7", linewidth=0.6)
    names = [f"{row.model}, {row.layer}" for row in networks.itertuples()]
    names += [REFERENCE_NAMES[name] for name in references["layer"]]
    axis.set_yticks(range(len(table)), names)
    axis.set(ylim=(len(table) - 0.5, -0.5), xlabel=similarity_label(table.loc[0, "comparator"]))
    for height, name in (
        (start / 2, "Model and layer"),
        (start + len(references) / 2, "Reference"),
    ):
        axis.text(
            1.01,
            1 - height / len(table),
            name,
            transform=axis.transAxes,
            rotation=270,
            va="center",
        )
    over = max(networks["ci_over"], key=len)  # a model of one seed has fewer
    confidence = f"{100 * params.confidence:g} % interval over {over}"
    if over == "nothing":
        confidence = "no interval, as nothing is resampled"
    axis.set_title(
        f"Similarity to the {wildcards.dataset} recording: mean of seeds, {confidence}\n"
        f"faint: each seed (cross: failed its task); gray band: noise ceiling from "
        f"{table.loc[0, 'ceiling_from']}"
    )
    save(figure, output)


def draw_seeds(axis, position, values, failed, color):
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


def draw_interval(axis, position, row, color, marker):
    """Draw an estimate and its interval."""
    axis.plot([row.ci_low, row.ci_high], [position, position], color=color, linewidth=1.5)
    axis.plot(row.estimate, position, marker, color=color, markersize=5, markeredgecolor="white")


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
