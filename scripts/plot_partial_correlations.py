"""Figure: what is left of each layer's similarity to the recording, given the references."""

import pandas as pd

from normative.figures.panels import draw_partial
from normative.figures.style import MM, WIDE, plt, save
from normative.workflow.runner import run


def main(input, output, wildcards):
    """Draw a matrix of partial correlations, layers by references given; the raw ones first."""
    partial = pd.read_csv(input.partial)
    raw = pd.read_csv(input.inference).query("model != 'reference'")
    figure, axis = plt.subplots(figsize=(WIDE, (45 + 6 * len(raw)) * MM))
    mesh = draw_partial(axis, partial, raw)
    axis.set_ylabel("Model and layer (mean of seeds)")
    figure.colorbar(mesh, ax=axis, label="Partial correlation (r)", shrink=0.8)
    axis.set_title(
        f"Similarity to the {wildcards.dataset} recording, given what references tell\n"
        "bold: the interval leaves zero out"
    )
    save(figure, output, partial)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
