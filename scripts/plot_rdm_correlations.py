"""Figure: correlation of each layer's RDM with the recording's, every seed and the mean."""

import numpy as np
import pandas as pd

from normative.figures import LAYER_COLORS, MM, plt, save
from normative.runner import run

MOST_POINTS = 40  # seeds; above, their distribution is drawn instead of a point for each
JITTER = 0.22  # half the width over which the seeds of a layer are spread


def main(input, output, wildcards):
    """Draw one bar a model and layer (mean over seeds), and its seeds."""
    table = pd.read_csv(input.correlations)
    groups = list(table.groupby(["model", "layer"], sort=False)["correlation"])
    figure, axis = plt.subplots(figsize=(max(89, 30 + 20 * len(groups)) * MM, 75 * MM))
    for position, ((model, layer), correlations) in enumerate(groups):
        layers = list(table.loc[table["model"] == model, "layer"].unique())
        color = LAYER_COLORS[layers.index(layer) % len(LAYER_COLORS)]
        axis.bar(position, correlations.mean(), width=0.6, color=color, alpha=0.35)
        if len(correlations) > MOST_POINTS:
            violin = axis.violinplot(correlations, [position], widths=2 * JITTER, showextrema=False)
            violin["bodies"][0].set(facecolor=color, alpha=0.8)
        else:
            spread = np.linspace(-JITTER, JITTER, len(correlations)) if len(correlations) > 1 else 0
            axis.plot(position + spread, correlations, "o", markersize=3, color=color)
    axis.axhline(0, color="0.3", linewidth=0.6)
    axis.set_xticks(range(len(groups)), [f"{model}\n{layer}" for (model, layer), _ in groups])
    axis.set(
        xlabel="Model and layer",
        ylabel=f"Correlation of RDMs with the\n{wildcards.dataset} recording's (Pearson r)",
    )
    seeds = table["seed"].nunique()
    axis.set_title(
        f"{wildcards.dataset} recording\n"
        f"bars: mean, {'points: each' if seeds <= MOST_POINTS else 'shapes: distribution'} "
        f"of {seeds} seeds"
    )
    save(figure, output)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
