"""Figure: dissimilarity of all stimuli from each of four reference orientations."""

import numpy as np
import pandas as pd

from normative.figures.panels import draw_curve
from normative.figures.style import (
    MM,
    PT,
    WIDE,
    count_columns,
    degrees,
    is_full_circle,
    orientation_ticks,
    plt,
    population_colors,
    population_titles,
    save,
)
from normative.recordings.populations import read_rdms
from normative.workflow.runner import run

REFERENCES = [-75, -25, 25, 75]  # degrees
DIRECTIONS = [-45, 45, 135, 225]  # likewise, where both polarities of a grating are kept


def main(input, output, wildcards, params):
    """Draw one row of every RDM a panel, the reference marked."""
    with np.load(input.stimuli) as stimuli:
        orientation = stimuli["orientation"]
    rdms = read_rdms(input.recording, input.layers, params.seed)
    titles = population_titles(wildcards.dataset, wildcards.model, params.layers)
    colors = population_colors(params.layers)
    rows, n_columns = nearest_rows(orientation), count_columns(len(rdms))
    figure, axes = plt.subplots(
        1,
        len(rows),
        figsize=(WIDE, (54 + 4 * -(-len(rdms) // n_columns)) * MM),
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    shown = []
    for axis, row in zip(axes[0], rows, strict=True):
        of_row = {"reference": orientation[row], "orientation": orientation}
        shown.append(pd.DataFrame({**of_row, **{name: rdm[row] for name, rdm in rdms.items()}}))
        axis.axvline(orientation[row], color="0.8", linewidth=0.8 * PT, zorder=0)
        for name, rdm in rdms.items():
            draw_curve(axis, orientation, rdm[row], color=colors[name], label=titles[name])
        axis.set(
            title=f"From the {degrees(orientation[row])} stimulus",
            xlabel="Orientation (°)",
            xticks=orientation_ticks(orientation),
        )
    axes[0, 0].set_ylabel("Dissimilarity (1 − Pearson r)")
    handles = axes[0, 0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=n_columns)
    figure.suptitle(f"Rows of the RDMs, {titles['recording']}, seed {params.seed}")
    save(figure, output, pd.concat(shown))


def nearest_rows(orientation):
    """Find the stimulus nearest to each reference orientation; each stimulus once."""
    references = DIRECTIONS if is_full_circle(orientation) else REFERENCES
    return list(dict.fromkeys(int(np.abs(orientation - angle).argmin()) for angle in references))


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
