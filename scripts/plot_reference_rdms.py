"""Figure: the reference RDMs and their correlation with the recording's."""

import numpy as np
import pandas as pd

from normative.display_names import REFERENCE_NAMES, real_minus
from normative.figures.panels import draw_matrix
from normative.figures.source_data import tabulate_rdms
from normative.figures.style import MM, WIDE, plt, save
from normative.workflow.runner import run

ROWS = [
    (["pixels", "gabor_energy", "fourier_amplitude"], 2, "Dissimilarity (1 − Pearson r)"),
    (["orientation", "angle", "tilt"], 1, "Distance (fraction of the largest)"),
]


def main(input, output, wildcards):
    """Draw correlation distances above, distances of the stimuli's angles below."""
    with np.load(input.stimuli) as stimuli:
        orientation = stimuli["orientation"]
    correlations = pd.read_csv(input.correlations).set_index("reference")["correlation"]
    figure, axes = plt.subplots(2, 3, figsize=(WIDE, 125 * MM), sharex=True, sharey=True)
    with np.load(input.references) as file:
        rdms = dict(file)
    for row, (names, largest, label) in zip(axes, ROWS, strict=True):
        for axis, name in zip(row, names, strict=True):
            mesh = draw_matrix(axis, orientation, rdms[name], largest)
            axis.set_title(real_minus(f"{REFERENCE_NAMES[name]}: r = {correlations[name]:.2f}"))
        row[0].set_ylabel("Orientation (°)")
        figure.colorbar(mesh, ax=row, label=label, shrink=0.8)
    for axis in axes[1]:
        axis.set_xlabel("Orientation (°)")
    axes[0, 0].invert_yaxis()
    figure.suptitle(f"Reference RDMs and their correlation with the {wildcards.dataset} recording")
    save(figure, output, tabulate_rdms(orientation, rdms))


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
