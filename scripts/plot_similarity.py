"""Figure: similarity of every layer and reference to the recording, its interval and ceiling."""

from normative.figures.panels import describe_intervals, draw_similarity
from normative.figures.source_data import read_similarities, tabulate_similarities
from normative.figures.style import MM, WIDE, plt, save
from normative.workflow.runner import run


def main(input, output, wildcards, params):
    """Draw one row a layer: seeds, mean and interval; references below; the ceiling as a band."""
    table, seeds = read_similarities(input.inference, input.means, input.performance, params.seeds)
    networks = (table["model"] != "reference").sum()
    figure, axis = plt.subplots(figsize=(WIDE, (30 + 6 * len(table)) * MM))
    draw_similarity(axis, table, seeds)
    for center, name in (
        (networks / 2, "Model and layer"),
        ((networks + len(table)) / 2, "Reference"),
    ):
        axis.text(
            1.01,
            1 - center / len(table),
            name,
            transform=axis.transAxes,
            rotation=270,
            va="center",
        )
    axis.set_title(
        f"Similarity to the {wildcards.dataset} recording: mean of seeds, "
        f"{describe_intervals(table, params.confidence)}\n"
        f"faint: each seed (cross: failed its task); gray band: noise ceiling from "
        f"{table['ceiling_from'].iloc[0]}"
    )
    save(figure, output, tabulate_similarities(table, seeds))


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
