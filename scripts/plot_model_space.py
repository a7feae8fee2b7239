"""Figure: similarity between the recording, all layers and all references."""

import pandas as pd

from normative.figures.space import draw_space
from normative.figures.style import save
from normative.workflow.runner import run


def main(input, output, wildcards):
    """Draw the matrix of RDM correlations, and a map by metric multidimensional scaling."""
    table = pd.read_csv(input.correlations)
    names = table["first"].drop_duplicates().tolist()
    matrix = table.pivot(index="first", columns="second", values="correlation").loc[names, names]
    label = f"{wildcards.dataset} recording"
    title = (
        f"RDMs of the {wildcards.dataset} recording, all layers (mean over seeds) and references"
    )
    figure, data = draw_space(matrix, ["recording"], [label], "recording", title)
    save(figure, output, data)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
