"""Figure: partial correlation of each layer's RDM with the recording's, given the references."""

import pandas as pd

from normative.figures.panels import draw_partial
from normative.figures.source_data import read_partial
from normative.figures.style import MM, WIDE, correlation_label, plt, save
from normative.workflow.runner import run


def main(input, output, wildcards):
    """Draw a matrix of partial correlations, layers × references; the raw ones first."""
    partial = read_partial(input.partial, input.inference)
    comparator = pd.read_csv(input.inference)["comparator"].iloc[0]
    n_layers = (partial["given"] == "nothing").sum()
    figure, axis = plt.subplots(figsize=(WIDE, (45 + 6 * n_layers) * MM))
    image = draw_partial(axis, partial)
    axis.set_ylabel("Model and layer\n(mean over seeds)")
    figure.colorbar(image, ax=axis, label=correlation_label(comparator), shrink=0.8)
    axis.set_title(
        f"Correlation with the {wildcards.dataset} recording, controlling for simpler models\n"
        "left column: raw correlation; bold: the CI for these gratings excludes zero"
    )
    save(figure, output, partial)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
