"""Figure: similarity of every layer and reference to the recording, its CI and the ceiling."""

from normative.figures.panels import draw_similarity
from normative.figures.source_data import read_similarities, tabulate_similarities
from normative.figures.style import MM, WIDE, of_many, plt, save
from normative.reporting.sentences import describe_intervals
from normative.workflow.runner import run


def main(input, output, wildcards, params):
    """Draw one row a layer: seeds, mean and CIs; references below; the noise ceiling as a band."""
    table, by_seed = read_similarities(
        input.inference, input.means, input.performance, params.seeds
    )
    n_layers = (table["model"] != "reference").sum()
    figure, axis = plt.subplots(figsize=(WIDE, (36 + 6 * len(table)) * MM))
    draw_similarity(axis, table, by_seed)
    for center, name in (
        (n_layers / 2, "Model and layer"),
        ((n_layers + len(table)) / 2, "Reference"),
    ):
        axis.text(
            1.01,
            1 - center / len(table),
            name,
            transform=axis.transAxes,
            rotation=270,
            va="center",
        )
    has_ceiling = table["ceiling_high"].notna().any()
    band = f"\ngray band: noise ceiling from {table['ceiling_from'].iloc[0]}" if has_ceiling else ""
    axis.set_title(
        f"Similarity to the {wildcards.dataset} recording: mean over seeds\n"
        + "\n".join(describe_intervals(table, params.confidence))
        + f"\nfaint: individual seeds{of_many(len(params.seeds))}; "
        + f"crosses: networks that failed their task{band}"
    )
    save(figure, output, tabulate_similarities(table, by_seed))


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
