"""Figure: the rank of every layer by each measure of similarity."""

import pandas as pd

from normative.display_names import COMPARATOR_NAMES
from normative.figures.style import MM, PT, WIDE, plt, save
from normative.workflow.runner import run


def main(input, output, wildcards):
    """Draw similarity as color and rank as number, layers × measures."""
    table = pd.read_csv(input.multiverse)
    layers = table[["model", "layer"]].drop_duplicates().apply(tuple, axis=1).tolist()
    measures = (
        table[["dissimilarity", "comparator"]].drop_duplicates().apply(tuple, axis=1).tolist()
    )
    wide = table.set_index(["model", "layer", "dissimilarity", "comparator"])
    columns = ["dissimilarity", "comparator"]
    similarity = wide["similarity"].unstack(columns).loc[layers, measures]
    rank = wide["rank"].unstack(columns).loc[layers, measures]
    agreement = table.drop_duplicates(columns).set_index(columns)["agreement"]

    figure, axis = plt.subplots(figsize=(WIDE, (55 + 6 * len(layers)) * MM))
    mesh = axis.imshow(similarity, cmap="viridis", vmin=0, vmax=1, aspect="auto")
    for i in range(len(layers)):
        for j in range(len(measures)):
            if pd.notna(rank.iloc[i, j]):
                shade = "black" if similarity.iloc[i, j] > 0.6 else "white"
                text = f"{rank.iloc[i, j]:.0f}"
                axis.text(j, i, text, ha="center", va="center", color=shade, fontsize=6 * PT)
    axis.set_yticks(range(len(layers)), [f"{model}, {layer}" for model, layer in layers])
    axis.set_xticks(
        range(len(measures)),
        [f"{name_measure(*measure)}: {agreement[measure]:.2f}" for measure in measures],
        rotation=90,
    )
    axis.tick_params(length=0)
    axis.set(
        xlabel="Measure: agreement of ranks with the first column (Kendall τ)",
        ylabel="Model and layer\n(mean over seeds)",
    )
    figure.colorbar(mesh, ax=axis, label="Similarity\n(by each measure)", shrink=0.8, extend="min")
    axis.set_title(
        f"{wildcards.dataset} recording: rank of each layer (1: most similar) by each measure"
    )
    save(figure, output, table)


def name_measure(dissimilarity, comparator):
    """Name a dissimilarity and a comparator of RDMs, or a measure of the patterns themselves."""
    name = COMPARATOR_NAMES[comparator]
    return name if dissimilarity == "none" else f"{dissimilarity}, {name}"


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
