"""Figure: similarity between the animals of a group, all layers and all references."""

import numpy as np
import pandas as pd

from normative.figures.space import draw_space
from normative.figures.style import MM, WIDE, plt, save, say
from normative.reporting.sentences import counted, species
from normative.workflow.runner import run


def main(input, output, wildcards, params):
    """Draw the matrix of RDM correlations on the common orientations, and a map of them."""
    group = pd.read_csv(input.group)
    with np.load(input.compared) as file:
        correlations, n_common = file["correlations"], len(file["orientation"])
    names = [f"animal {animal}" for animal in params.animals]
    names += [f"{row.model} {row.layer}" for row in group.itertuples()]
    matrix = pd.DataFrame(correlations, names, names)
    n_animals = len(params.animals)
    is_defined = matrix.notna().any()
    recordings = [name for name in names[:n_animals] if is_defined[name]]
    title = (
        f"RDMs of {wildcards.dataset} ({counted(n_animals, *species(params.animals))}), all "
        f"layers (mean over seeds) and references, {counted(n_common, 'common orientation')}"
    )
    if recordings:
        labels = [name.removeprefix("animal ") for name in recordings]
        figure, data = draw_space(matrix, recordings, labels, species(params.animals)[0], title)
    else:
        figure, axis = plt.subplots(figsize=(WIDE, 20 * MM))
        say(axis, "The animals have too few orientations in common")
        figure.suptitle(title)
        data = matrix
    save(figure, output, data)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
