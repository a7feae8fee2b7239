"""Figure 2 of the paper, of a group: the RDMs of animals and network, and their similarity."""

import numpy as np

from normative.display_names import COMPARATOR_NAMES, REFERENCE_NAMES
from normative.figures.paper import draw_representations
from normative.figures.source_data import read_animals, tabulate_animals, tabulate_rdms
from normative.figures.style import of_many, population_titles, save
from normative.inference.animals import FEWEST_STIMULI
from normative.reporting.sentences import (
    about_group,
    as_sentence,
    bounds,
    counted,
    describe_group_intervals,
    describe_warnings,
    layer,
    signed,
    species,
    write_caption,
)
from normative.workflow.runner import run
from normative.workflow.stacks import read_seed


def main(input, output, wildcards, params):
    """Draw the mean RDM and those of one seed above; similarities to the animals below."""
    with np.load(input.compared) as file:
        common, rdms = file["orientation"], {"recording": file["mean_rdm"]}
    with np.load(input.stimuli) as stimuli:  # of the first animal, as the networks' RDMs
        index = np.flatnonzero(np.isin(stimuli["orientation"].astype(float).round(3), common))
    for name, rdm in read_seed(input.layers, params.seed).items():
        rdms[name] = rdm[np.ix_(index, index)]
    table, animals = read_animals(input.group, input.animals)
    table = table[table["model"].isin([params.model, "reference"])]
    animals = animals[animals["model"].isin([params.model, "reference"])]
    nouns = species(params.animals)

    titles = population_titles(wildcards.dataset, params.model, params.layers)
    titles["recording"] = f"mean of {counted(len(params.animals), *nouns)}"
    recorded = f"the recordings of {wildcards.dataset}"
    figure = draw_representations(common, rdms, titles, table, animals, recorded)
    save(figure, output, [tabulate_rdms(common, rdms), tabulate_animals(table, animals)])
    write_caption(
        output.caption,
        f"Figure 2. Representations of {nouns[1]} and network.",
        *describe(table, len(common), wildcards.dataset, params),
    )


def describe(table, n_common, dataset, params):
    """Give the sentences of the caption, one panel each."""
    animal, animals = species(params.animals)
    n_animals = counted(len(params.animals), animal, animals)
    yield (
        f"(a) Dissimilarity between every pair of the {n_common} gratings that all {n_animals} "
        f"saw: mean over the {about_group(dataset, animals)}, and in the layers of "
        f"`{params.model}`, seed {params.seed}."
        if n_common >= FEWEST_STIMULI
        else f"(a) Of the {about_group(dataset, animals)}, {n_animals}, there is no common RDM: "
        f"they saw {n_common} gratings in common, and it needs {FEWEST_STIMULI}."
    )
    layers = table[table["model"] != "reference"].dropna(subset="similarity")
    references = table[table["model"] == "reference"].dropna(subset="similarity")
    measure = COMPARATOR_NAMES[table["comparator"].iloc[0]]
    intervals = as_sentence(describe_group_intervals(table, params.confidence, animals))
    estimates = "; ".join(
        f"{layer(row)} {signed(row.similarity)} {bounds(row.ci_low, row.ci_high)}, "
        f"{counted(row.seeds)}"
        for row in layers.itertuples()
    )
    yield (
        f"(b) Similarity of the layers' RDMs to those of the {animals} ({measure}). Large circles: "
        f"mean over seeds and {animals}. {intervals}Faint: each {animal}, mean over seeds"
        f"{of_many(len(params.animals))}. "
        "Diamonds: reference RDMs, which involve no learning. Marks hide narrower intervals. "
        f"{estimates or 'The similarity is undefined for all layers'}."
    )
    if len(references):
        best = references.loc[references["similarity"].idxmax()]
        yield (
            f"The most similar reference is {REFERENCE_NAMES[best.layer]}, "
            f"{signed(best.similarity)} {bounds(best.ci_low, best.ci_high)}."
        )
    low, high = table[["ceiling_low", "ceiling_high"]].iloc[0]
    band = f"There is no noise ceiling: the {animals} have too few orientations in common."
    if not np.isnan(high):
        band = f"Gray band: noise ceiling over {animals}, on the {n_common} common gratings, "
        band += f"{signed(low)} (mean similarity of each "
        band += f"RDM to the mean of the others) to {signed(high)} (to the mean of all)."
    yield band + describe_warnings(table)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
