"""Figure 3 of the paper: all models, the effect of training, and controls by references."""

import pandas as pd

from normative.figures.panels import excludes_zero
from normative.figures.paper import draw_controls
from normative.figures.source_data import read_partial, read_similarities, tabulate_similarities
from normative.figures.style import of_many, save
from normative.inference.smoothness import SMOOTH_DEG
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
    """Draw the similarity of all models' layers, the effects of training, partial correlations."""
    table, by_seed = read_similarities(
        input.inference, input.means, input.performance, params.seeds
    )
    table = table[table["model"] != "reference"]
    effects = pd.read_csv(input.training_effect)
    partial = read_partial(input.partial, input.inference)

    recorded = f"the {wildcards.dataset} recording"
    figure = draw_controls(table, by_seed, effects, partial, recorded, params.comparator)
    save(figure, output, [tabulate_similarities(table, by_seed), effects, partial])
    write_caption(
        output.caption,
        "Figure 3. Controls.",
        *describe(table, effects, partial, wildcards.dataset, params),
    )


def describe(table, effects, partial, dataset, params):
    """Give the sentences of the caption, one panel each."""
    defined = table.dropna(subset="similarity")
    highest = ""
    if len(defined):
        row = defined.loc[defined["similarity"].idxmax()]
        highest = (
            f" The highest similarity is that of {layer(row)}, {row.similarity:.3f} "
            f"{bounds(row.ci_low, row.ci_high)}."
        )
    band = " Gray band: noise ceiling." if table["ceiling_high"].notna().any() else ""
    intervals = as_sentence(describe_intervals(table, params.confidence))
    yield (
        f"(a) Similarity of each layer's RDM to that of the {about(dataset)}. Large circles: mean "
        f"over seeds. {intervals}Faint: individual seeds{of_many(len(params.seeds))}. "
        f"Crosses: networks that failed their task, excluded from the mean.{band}{highest}"
        f"{describe_warnings(table)}"
    )
    changes = "; ".join(
        f"{layer(row)} {signed(row.effect)} {bounds(row.ci_low, row.ci_high)}, {counted(row.seeds)}"
        for row in effects.itertuples()
        if row.seeds
    )
    lacks_thin = effects["ci_low"].notna() & effects["stimuli_ci_low"].isna()
    lacking = ""
    if table["stimuli_ci_low"].notna().any() and lacks_thin.any():
        lacking = f", no thin one where blocks are longer than {SMOOTH_DEG}°"
    none = (
        "no network passed its task" if len(effects) else "no model is both trained and untrained"
    )
    yield (
        "(b) Change in similarity with training, relative to the same network before training "
        f"(paired by seed; CIs as in a{lacking}): {changes or none}."
    )
    given_all = partial[partial["given"] == "all references"]
    given_difference = partial[partial["given"] == "any function of the difference"]
    n_beyond = int(excludes_zero(given_difference).sum())
    n_sure = int(excludes_zero(given_all).sum())
    yield (
        "(c) Partial correlation of each layer's RDM with the recording's, controlling for each "
        "reference, for any function of the difference of orientation, and for all references "
        "(left column: raw correlation). Bold: the CI for these gratings excludes zero. "
        f"Controlling for all references together, it does so for {n_sure} of {len(given_all)} "
        f"layers; for any function of the difference, for {n_beyond}."
    )


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
