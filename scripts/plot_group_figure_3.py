"""Figure 3 of the paper, of a group: all models, the effect of training, controls by references."""

import pandas as pd

from normative.figures.panels import excludes_zero
from normative.figures.paper import draw_controls
from normative.figures.source_data import read_animals, read_partial, tabulate_animals
from normative.figures.style import of_many, save
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


def main(input, output, wildcards, params):
    """Draw the similarity of all models' layers, the effects of training, partial correlations."""
    table, animals = read_animals(input.group, input.animals)
    table = table[table["model"] != "reference"]
    animals = animals[animals["model"] != "reference"]
    effects = pd.read_csv(input.training_effect)
    partial = read_partial(input.partial, input.group)

    recorded = f"the recordings of {wildcards.dataset}"
    figure = draw_controls(table, animals, effects, partial, recorded, params.comparator)
    save(figure, output, [tabulate_animals(table, animals), effects, partial])
    write_caption(
        output.caption,
        "Figure 3. Controls.",
        *describe(table, effects, partial, wildcards.dataset, params),
    )


def describe(table, effects, partial, dataset, params):
    """Give the sentences of the caption, one panel each."""
    animal, animals = species(params.animals)
    defined = table.dropna(subset="similarity")
    highest = ""
    if len(defined):
        row = defined.loc[defined["similarity"].idxmax()]
        highest = (
            f" The highest similarity is that of {layer(row)}, {signed(row.similarity)} "
            f"{bounds(row.ci_low, row.ci_high)}."
        )
    band = ""
    if table["ceiling_high"].notna().any():
        n_common = table["stimuli"].iloc[0]
        band = f" Gray band: noise ceiling over {animals}, on {n_common} common gratings."
    intervals = as_sentence(describe_group_intervals(table, params.confidence, animals))
    yield (
        f"(a) Similarity of each layer's RDM to those of the {about_group(dataset, animals)}, "
        f"{counted(len(params.animals), animal, animals)}. Large circles: mean over seeds and "
        f"{animals}. {intervals}Faint: each {animal}, mean over seeds"
        f"{of_many(len(params.animals))}.{band}{highest}"
        f"{describe_warnings(table)}"
    )
    changes = "; ".join(
        f"{layer(row)} {signed(row.effect)} {bounds(row.ci_low, row.ci_high)}"
        for row in effects.dropna(subset="effect").itertuples()
    )
    none = (
        "no network passed its task" if len(effects) else "no model is both trained and untrained"
    )
    yield (
        "(b) Change in similarity with training, relative to the same network before training "
        f"(paired by {animal} and seed; CIs for these gratings as in a): {changes or none}."
    )
    partial = partial.dropna(subset="partial")
    given_all = partial[partial["given"] == "all references"]
    given_difference = partial[partial["given"] == "any function of the difference"]
    n_beyond = int(excludes_zero(given_difference).sum())
    n_sure = int(excludes_zero(given_all).sum())
    yield (
        f"(c) Partial correlation of each layer's RDM with those of the {animals}, mean over "
        f"{animals} and seeds, controlling for each reference, for any function of the difference "
        "of orientation, and for all references (left column: raw correlation). Bold: the CI for "
        "these gratings excludes zero. Controlling for all references together, it does so for "
        f"{n_sure} of {len(given_all)} layers; for any function of the difference, for {n_beyond}."
    )


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
