"""Figure: differences of similarity between all layers, and which can be told apart."""

import pandas as pd

from normative.figures.panels import draw_differences
from normative.figures.style import MM, PT, WIDE, plt, save, say_alone, similarity_label
from normative.workflow.runner import run

MOST_AT_FULL_SIZE = 20  # layers; of more, names are in a smaller type


def main(input, output, wildcards, params):
    """Draw a matrix, the most similar layer first; a line says so where there is no pair."""
    table = pd.read_csv(input.pairwise)
    if table.empty:
        reason = "this study has one layer, and no pair to compare"
        save(say_alone(f"{wildcards.dataset} recording: {reason}"), output, table)
        return
    layers = pd.read_csv(input.inference).query("model != 'reference'")
    layers = layers.sort_values("similarity", ascending=False, kind="stable")
    names = layers[["model", "layer"]].apply(tuple, axis=1).tolist()
    height = min(0.92 * WIDE, (70 + 7 * len(names)) * MM)
    figure, axis = plt.subplots(figsize=(WIDE, height))
    image = draw_differences(axis, names, table)
    if len(names) > MOST_AT_FULL_SIZE:
        axis.tick_params(labelsize=5 * PT)
    label = similarity_label(params.comparator).replace("Similarity", "Difference of similarity")
    figure.colorbar(image, ax=axis, label=label, shrink=0.6)
    axis.set_title(
        f"Similarity to the {wildcards.dataset} recording, row less column\n"
        "dot: told apart for these gratings; ring: over other representations, too\n"
        "(p at most 0.05, Holm's correction within a family of pairs); gray: not compared"
    )
    save(figure, output, table)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
