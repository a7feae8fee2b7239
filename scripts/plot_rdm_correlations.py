"""Figure: correlation of each layer's RDM with the recording's, every seed and the mean."""

import numpy as np
import pandas as pd

from normative.figures.style import MM, MOST_SEEDS, NARROW, PT, layer_colors, plt, save
from normative.reporting.sentences import counted
from normative.workflow.runner import run

MOST_UPRIGHT = 6  # layers; the names of more are turned
JITTER = 0.22  # half the width over which the seeds of a layer are spread


def main(input, output, wildcards):
    """Draw one bar a layer (mean over seeds), and its seeds."""
    table = pd.read_csv(input.correlations).query(f"model == '{wildcards.model}'")
    layers = list(table["layer"].unique())
    colors, is_crowded = layer_colors(len(layers)), len(layers) > MOST_UPRIGHT
    figure, axis = plt.subplots(figsize=(NARROW, (75 + 20 * is_crowded) * MM))
    for position, layer in enumerate(layers):
        of_layer = table[table["layer"] == layer].dropna(subset="correlation")
        failed = of_layer.loc[of_layer["status"] == "failed", "correlation"]
        valid = of_layer.loc[of_layer["status"] != "failed", "correlation"]
        color = colors[position]
        axis.bar(position, valid.mean(), width=0.6, color=color, alpha=0.35)
        if len(valid) > MOST_SEEDS:
            violin = axis.violinplot(valid, [position], widths=2 * JITTER, showextrema=False)
            violin["bodies"][0].set(facecolor=color, alpha=0.8)
        else:
            axis.plot(position + spread(valid), valid, "o", markersize=3 * PT, color=color)
        axis.plot(position + spread(failed), failed, "x", markersize=4 * PT, color="black")
    axis.axhline(0, color="0.3", linewidth=0.6 * PT)
    axis.set_xticks(range(len(layers)), layers, rotation=90 * is_crowded)
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
    status = table.drop_duplicates("seed")["status"]
    n_failed = (status == "failed").sum()
    n_valid = len(status) - n_failed
    shape = "points" if n_valid <= MOST_SEEDS else "shapes"
    lines = [f"bars: mean over seeds; {shape}: {counted(n_valid)}"]
    if n_failed:
        lines.append(f"crosses: {counted(n_failed)} failed the task, not in the mean")
    for layer in layers:
        n_undefined = table.loc[table["layer"] == layer, "correlation"].isna().sum()
        if n_undefined:
            lines.append(f"{layer}: undefined for {counted(n_undefined)} (no response)")
    return "\n".join(lines)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
