"""Figure: dissimilarity of all stimuli from each of four reference orientations."""

import numpy as np
import pandas as pd

from normative.figures.style import (
    MM,
    ORIENTATION_TICKS,
    WIDE,
    degrees,
    plt,
    population_colors,
    population_titles,
    save,
)
from normative.recordings.populations import read_rdms
from normative.workflow.runner import run

REFERENCES = [-75, -25, 25, 75]  # degrees


def main(input, output, wildcards, params):
    """Draw one row of every RDM a panel, the reference marked."""
    with np.load(input.stimuli) as stimuli:
        orientation = stimuli["orientation"]
    rdms = read_rdms(input.recording, input.layers, params.seed)
    titles = population_titles(wildcards.dataset, wildcards.model, params.layers)
    colors = population_colors(params.layers)
    figure, axes = plt.subplots(
        1, len(REFERENCES), figsize=(WIDE, 58 * MM), sharex=True, sharey=True
    )
    shown = []
    for axis, reference in zip(axes, REFERENCES, strict=True):
        row = np.abs(orientation - reference).argmin()
        of_row = {"reference": orientation[row], "orientation": orientation}
        shown.append(pd.DataFrame({**of_row, **{name: rdm[row] for name, rdm in rdms.items()}}))
        axis.axvline(orientation[row], color="0.8", linewidth=0.8, zorder=0)
        for name, rdm in rdms.items():
            axis.plot(orientation, rdm[row], color=colors[name], label=titles[name])
        axis.set(
            title=f"From the {degrees(orientation[row])} stimulus",
            xlabel="Orientation (°)",
            xticks=ORIENTATION_TICKS,
        )
    axes[0].set_ylabel("Dissimilarity (1 − Pearson r)")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(rdms))
    figure.suptitle(f"Rows of the RDMs, {titles['recording']}, seed {params.seed}")
    save(figure, output, pd.concat(shown))


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
