"""Figure 2 of the paper: the RDMs of recording and network, and their similarity."""

import numpy as np

from normative.display_names import COMPARATOR_NAMES, REFERENCE_NAMES
from normative.figures.paper import draw_representations
from normative.figures.source_data import read_similarities, tabulate_rdms, tabulate_similarities
from normative.figures.style import of_many, population_titles, save
from normative.recordings.populations import read_rdms
from normative.reporting.sentences import (
    about,
    as_sentence,
    bounds,
    counted,
    describe_intervals,
    describe_warnings,
    layer,
    signed,
    write_caption,
)
from normative.workflow.runner import run


def main(input, output, wildcards, params):
    """Draw the RDMs of one seed above; the layers' and references' similarities below."""
    with np.load(input.stimuli) as stimuli:
        orientation = stimuli["orientation"]
    rdms = read_rdms(input.recording, input.layers, params.seed)
    table, by_seed = read_similarities(
        input.inference, input.means, input.performance, params.seeds
    )
    table = table[table["model"].isin([params.model, "reference"])]
    by_seed = by_seed[by_seed["model"] == params.model]

    titles = population_titles(wildcards.dataset, params.model, params.layers)
    recorded = f"the {wildcards.dataset} recording"
    figure = draw_representations(orientation, rdms, titles, table, by_seed, recorded)
    save(figure, output, [tabulate_rdms(orientation, rdms), tabulate_similarities(table, by_seed)])
    write_caption(
        output.caption,
        "Figure 2. Representations of recording and network.",
        *describe(table, by_seed, len(orientation), wildcards.dataset, params),
    )


def describe(table, by_seed, n_stimuli, dataset, params):
    """Give the sentences of the caption, one panel each."""
    shown = by_seed[by_seed["seed"] == params.seed]
    failed = ", which failed its task" if (shown["status"] == "failed").any() else ""
    yield (
        f"(a) Dissimilarity between every pair of {n_stimuli} gratings in the {about(dataset)} and "
        f"in the layers of `{params.model}`, seed {params.seed}{failed}."
    )
    layers = table[table["model"] != "reference"].dropna(subset="similarity")
    references = table[table["model"] == "reference"].dropna(subset="similarity")
    measure = COMPARATOR_NAMES[table["comparator"].iloc[0]]
    low, high = table[["ceiling_low", "ceiling_high"]].iloc[0]
    intervals = as_sentence(describe_intervals(table, params.confidence))
    estimates = "; ".join(
        f"{layer(row)} {row.similarity:.3f} {bounds(row.ci_low, row.ci_high)}, {counted(row.seeds)}"
        for row in layers.itertuples()
    )
    yield (
        f"(b) Similarity of the layers' RDMs to the recording's ({measure}). Large circles: mean "
        f"over seeds. {intervals}Faint: individual seeds"
        f"{of_many(len(params.seeds))}. "
        f"Crosses: networks that failed their task, excluded from the mean. Diamonds: reference "
        f"RDMs, which involve no learning. Marks hide narrower intervals. "
        f"{estimates or 'The similarity is undefined for all layers'}."
    )
    if len(references):
        best = references.loc[references["similarity"].idxmax()]
        yield (
            f"The most similar reference is {REFERENCE_NAMES[best.layer]}, {best.similarity:.3f} "
            f"{bounds(best.ci_low, best.ci_high)}."
        )
    halves = table["ceiling_from"].iloc[0]
    band = "There is no noise ceiling: "
    band += f"{halves.split(' (')[0]} have too little in common to estimate one."
    if not np.isnan(high):
        band = f"Gray band: noise ceiling, {signed(low)} to {signed(high)}, "
        band += f"estimated from {halves}."
    yield band + describe_warnings(table)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
