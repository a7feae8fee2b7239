"""Figure: the RDMs of the recording and of each layer, on one color scale."""

import numpy as np

from normative.figures.panels import draw_rdms
from normative.figures.source_data import tabulate_rdms
from normative.figures.style import MEDIUM, MM, WIDE, population_panels, population_titles, save
from normative.recordings.populations import read_rdms
from normative.workflow.runner import run


def main(input, output, wildcards, params):
    """Draw dissimilarity by the orientations of both stimuli."""
    with np.load(input.stimuli) as stimuli:
        orientation = stimuli["orientation"]
    rdms = read_rdms(input.recording, input.layers, params.seed)
    titles = population_titles(wildcards.dataset, wildcards.model, params.layers)
    width = MEDIUM if len(rdms) == 2 else WIDE
    figure, axes = population_panels(len(rdms), 62 * MM, width, sharey=True)
    mesh = draw_rdms(axes, orientation, rdms, titles)
    figure.colorbar(mesh, ax=axes, label="Dissimilarity (1 − Pearson r)", shrink=0.8)
    figure.suptitle(f"Representational dissimilarity, seed {params.seed}")
    save(figure, output, tabulate_rdms(orientation, rdms))


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
