"""Figure: correlation of each layer's RDM with the recording's, every seed and the mean."""

import numpy as np
import pandas as pd

from normative.figures.style import LAYER_COLORS, MM, MOST_SEEDS, NARROW, plt, save
from normative.workflow.runner import run

JITTER = 0.22  # half the width over which the seeds of a layer are spread


def main(input, output, wildcards):
    """Draw one bar a layer (mean over seeds), and its seeds."""
    table = pd.read_csv(input.correlations).query(f"model == '{wildcards.model}'")
    layers = list(table["layer"].unique())
    figure, axis = plt.subplots(figsize=(NARROW, 75 * MM))
    for position, layer in enumerate(layers):
        of_layer = table[table["layer"] == layer].dropna(subset="correlation")
        failed = of_layer.loc[of_layer["status"] == "failed", "correlation"]
        counted = of_layer.loc[of_layer["status"] != "failed", "correlation"]
        color = LAYER_COLORS[position]
        axis.bar(position, counted.mean(), width=0.6, color=color, alpha=0.35)
        if len(counted) > MOST_SEEDS:
            violin = axis.violinplot(counted, [position], widths=2 * JITTER, showextrema=False)
            violin["bodies"][0].set(facecolor=color, alpha=0.8)
        else:
            axis.plot(position + spread(counted), counted, "o", markersize=3, color=color)
        axis.plot(position + spread(failed), failed, "x", markersize=4, color="black")
    axis.axhline(0, color="0.3", linewidth=0.6)
    axis.set_xticks(range(len(layers)), layers)
    axis.set(
        xlim=(-0.6, len(layers) - 0.4),
        xlabel=f"Layer of {wildcards.model}",
        ylabel=f"Correlation of RDMs with the\n{wildcards.dataset} recording's (Pearson r)",
    )
    axis.set_title(f"{wildcards.dataset} recording\n{caption(table, layers)}")
    save(figure, output, table)


def spread(values):
    """Give as many positions around 0 as there are values."""
    return np.linspace(-JITTER, JITTER, len(values)) if len(values) > 1 else np.zeros(len(values))


def caption(table, layers):
    """Say what is drawn, of how many seeds, and what is left out of the means."""
    seeds = table.drop_duplicates("seed")["status"]
    failed = (seeds == "failed").sum()
    shape = "points: each" if len(seeds) - failed <= MOST_SEEDS else "shapes: distribution"
    lines = [f"bars: mean, {shape} of {len(seeds) - failed} seeds"]
    if failed:
        lines.append(f"crosses: {failed} more that failed their task, not in the mean")
    for layer in layers:
        undefined = table.loc[table["layer"] == layer, "correlation"].isna().sum()
        if undefined:
            lines.append(f"{layer}: not defined for {undefined} seeds (units that do not respond)")
    return "\n".join(lines)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
