"""Figure: the stimuli in two dimensions, by their responses in each population."""

import numpy as np
import pandas as pd

from normative.figures.style import (
    MM,
    PT,
    WIDE,
    orientation_ticks,
    plt,
    population_panels,
    population_titles,
    save,
    say,
)
from normative.workflow.runner import run


def main(input, output, wildcards, params):
    """Draw one map a population, colored by orientation on a cyclic scale, or say why not."""
    titles = population_titles(wildcards.dataset, wildcards.model, params.layers)
    columns = ["population", "orientation", "tsne_1", "tsne_2"]
    shown = []
    with np.load(input.embeddings) as embeddings:
        if "reason" in embeddings:
            figure, axis = plt.subplots(figsize=(WIDE, 30 * MM))
            axis.set_axis_off()
            figure.suptitle(f"{titles['recording']} and {wildcards.model}, embedded")
            reason = str(embeddings["reason"])
            axis.text(0.5, 0.5, reason, transform=axis.transAxes, ha="center")
            save(figure, output, pd.DataFrame(columns=columns))
            return
        ticks = orientation_ticks(embeddings["orientation"])
        figure, axes = population_panels(len(titles), 62 * MM)
        for axis, (name, title) in zip(axes, titles.items(), strict=True):
            frame = pd.DataFrame(embeddings[name], columns=columns[2:])
            frame.insert(0, "orientation", embeddings["orientation"])
            frame.insert(0, "population", name)
            shown.append(frame)
            points = axis.scatter(
                *embeddings[name].T,
                c=embeddings["orientation"],
                cmap="twilight",
                vmin=ticks[0],
                vmax=ticks[-1],
                s=8 * PT**2,
                linewidths=0,
            )
            if np.isnan(embeddings[name]).any():
                say(axis, "no map: responses\nall alike or too large")
            axis.set(title=title, xlabel="t-SNE 1 (a.u.)", xticks=[], yticks=[], aspect="equal")
            axis.set_adjustable("datalim")
    axes[0].set_ylabel("t-SNE 2 (a.u.)")
    figure.colorbar(points, ax=axes, label="Orientation (°)", ticks=ticks, shrink=0.8)
    figure.suptitle(f"Stimuli embedded by their responses (PCA, then t-SNE), seed {params.seed}")
    save(figure, output, pd.concat(shown))


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
