"""Figure 2 of the paper: the RDMs of recording and network, and how alike they are."""

import numpy as np

from normative.display_names import COMPARATOR_NAMES, REFERENCE_NAMES
from normative.figures.panels import describe_intervals, draw_rdms, draw_similarity
from normative.figures.source_data import read_similarities, tabulate_rdms, tabulate_similarities
from normative.figures.style import MM, WIDE, letter, plt, population_titles, save
from normative.recordings.populations import read_rdms
from normative.reporting.sentences import about, bounds, counted, layer, signed, write_caption
from normative.workflow.runner import run


def main(input, output, wildcards, params):
    """Draw the RDMs of one seed above; the layers' and references' similarities below."""
    with np.load(input.stimuli) as stimuli:
        orientation = stimuli["orientation"]
    rdms = read_rdms(input.recording, input.layers, params.seed)
    table, seeds = read_similarities(input.inference, input.means, input.performance, params.seeds)
    table = table[table["model"].isin([params.model, "reference"])]
    seeds = seeds[seeds["model"] == params.model]

    rows = (26 + 6 * len(table)) * MM
    figure = plt.figure(figsize=(WIDE, 60 * MM + rows))
    top, bottom = figure.subfigures(2, 1, height_ratios=[60 * MM, rows])
    axes = top.subplots(1, len(rdms), sharey=True)
    titles = population_titles(wildcards.dataset, params.model, params.layers)
    mesh = draw_rdms(axes, orientation, rdms, titles)
    top.colorbar(mesh, ax=axes, label="Dissimilarity (1 − Pearson r)", shrink=0.8)
    axis = bottom.subplots()
    draw_similarity(axis, table, seeds)
    axis.set_title(f"Similarity to the {wildcards.dataset} recording")
    letter(top, "a")
    letter(bottom, "b")
    save(figure, output, [tabulate_rdms(orientation, rdms), tabulate_similarities(table, seeds)])
    write_caption(
        output.caption,
        "Figure 2. Representations of recording and network.",
        *describe(table, len(orientation), wildcards.dataset, params),
    )


def describe(table, stimuli, dataset, params):
    """Give the sentences of the caption, one panel each."""
    yield (
        f"(a) Dissimilarity of each two of {stimuli} gratings in the {about(dataset)}, and in the "
        f"layers of `{params.model}`, seed {params.seed}."
    )
    networks = table[table["model"] != "reference"].dropna(subset="estimate")
    references = table[table["model"] == "reference"].dropna(subset="estimate")
    measure = COMPARATOR_NAMES[table["comparator"].iloc[0]]
    low, high = table[["ceiling_low", "ceiling_high"]].iloc[0]
    layers = "; ".join(
        f"{layer(row)} {row.estimate:.3f} {bounds(row.ci_low, row.ci_high)}, {counted(row.seeds)}"
        for row in networks.itertuples()
    )
    yield (
        f"(b) Similarity of their RDMs to the recording's ({measure}): mean of seeds and "
        f"{describe_intervals(table, params.confidence)}; faint, each seed; crosses, networks that "
        f"failed their task, which are not in the mean; diamonds, references that learn nothing. "
        f"{layers or 'No layer has a similarity that is defined'}."
    )
    if len(references):
        best = references.loc[references["estimate"].idxmax()]
        yield (
            f"The best reference is {REFERENCE_NAMES[best.layer]}, {best.estimate:.3f} "
            f"{bounds(best.ci_low, best.ci_high)}."
        )
    yield (
        f"Gray band: noise ceiling, {signed(low)} to {signed(high)}, from "
        f"{table['ceiling_from'].iloc[0]}."
    )


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
