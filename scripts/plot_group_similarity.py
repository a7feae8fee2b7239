"""Figure: similarity of layers and references to a group of animals, CIs and the ceiling."""

from normative.figures.panels import draw_similarity
from normative.figures.source_data import read_animals, tabulate_animals
from normative.figures.style import MM, WIDE, of_many, plt, save
from normative.reporting.sentences import counted, describe_group_intervals, species
from normative.workflow.runner import run


def main(input, output, wildcards, params):
    """Draw one row a layer: animals, mean and CIs; references below; the ceiling as a band."""
    table, animals = read_animals(input.group, input.animals)
    nouns = species(params.animals)
    figure, axis = plt.subplots(figsize=(WIDE, (36 + 6 * len(table)) * MM))
    draw_similarity(axis, table, animals)
    lines = [
        f"Similarity to the recordings of {wildcards.dataset}: "
        f"mean over {counted(len(params.animals), *nouns)}",
        *describe_group_intervals(table, params.confidence, nouns[1]),
        f"faint: each {nouns[0]}{of_many(len(params.animals))}",
    ]
    if table["ceiling_low"].notna().all():
        lines.append(
            f"gray band, on {table['stimuli'].iloc[0]} common gratings: the similarity of one "
            f"{nouns[0]} to the mean of the others, and of all"
        )
    axis.set_title("\n".join(lines))
    save(figure, output, tabulate_animals(table, animals))


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
