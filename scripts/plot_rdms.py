"""Figure: the RDMs of the recording and of each layer, on one color scale."""

import numpy as np

from normative.figures import MM, ORIENTATION_TICKS, plt, population_titles, save
from normative.populations import read_rdms
from normative.runner import run


def main(input, output, wildcards, params):
    """Draw dissimilarity by the orientations of both stimuli."""
    with np.load(input.stimuli) as stimuli:
        orientation = stimuli["orientation"]
    rdms = read_rdms(input.recording, input.layers)
    titles = population_titles(wildcards.dataset, wildcards.model, params.layers)
    figure, axes = plt.subplots(
        1, len(rdms), figsize=((33 + 50 * len(rdms)) * MM, 62 * MM), sharey=True
    )
    for axis, (name, rdm) in zip(axes, rdms.items(), strict=True):
        mesh = axis.pcolormesh(orientation, orientation, rdm, vmin=0, vmax=2, rasterized=True)
        axis.set(
            title=titles[name],
            xlabel="Orientation (°)",
            xticks=ORIENTATION_TICKS,
            yticks=ORIENTATION_TICKS,
            aspect="equal",
        )
    axes[0].invert_yaxis()  # of all, since they share it
    axes[0].set_ylabel("Orientation (°)")
    figure.colorbar(mesh, ax=axes, label="Dissimilarity (1 − Pearson r)", shrink=0.8)
    figure.suptitle(f"Representational dissimilarity, seed {params.seed}")
    save(figure, output)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
