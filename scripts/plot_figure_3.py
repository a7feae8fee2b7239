"""Figure 3 of the paper: controls, what training adds, and what references explain."""

import pandas as pd

from normative.figures.panels import (
    describe_intervals,
    draw_effects,
    draw_partial,
    draw_similarity,
    leaves_zero_out,
)
from normative.figures.source_data import read_similarities, tabulate_similarities
from normative.figures.style import MM, WIDE, letter, plt, save
from normative.reporting.sentences import about, bounds, counted, layer, signed, write_caption
from normative.workflow.runner import run


def main(input, output, wildcards, params):
    """Draw the similarity of all models' layers, the effects of training, partial correlations."""
    table, seeds = read_similarities(input.inference, input.means, input.performance, params.seeds)
    table = table[table["model"] != "reference"]
    effects = pd.read_csv(input.training_effect)
    partial = pd.read_csv(input.partial)

    heights = [(24 + 5 * len(table)) * MM, (20 + 5 * len(effects)) * MM, (34 + 5 * len(table)) * MM]
    figure = plt.figure(figsize=(WIDE, sum(heights)))
    parts = figure.subfigures(3, 1, height_ratios=heights)
    axis = parts[0].subplots()
    draw_similarity(axis, table, seeds)
    axis.set_title(f"Similarity to the {wildcards.dataset} recording")
    axis = parts[1].subplots()
    draw_effects(axis, effects, params.comparator)
    title = "What training adds" if len(effects) else "No trained model has an untrained twin"
    axis.set_title(title)
    axis = parts[2].subplots()
    mesh = draw_partial(axis, partial, table)
    parts[2].colorbar(mesh, ax=axis, label="Partial correlation (r)", shrink=0.8)
    axis.set_title("Similarity given what references tell")
    for part, name in zip(parts, "abc", strict=True):
        letter(part, name)
    save(figure, output, [tabulate_similarities(table, seeds), effects, partial])
    write_caption(
        output.caption,
        "Figure 3. Controls.",
        *describe(table, effects, partial, wildcards.dataset, params),
    )


def describe(table, effects, partial, dataset, params):
    """Give the sentences of the caption, one panel each."""
    interval = describe_intervals(table, params.confidence)
    defined = table.dropna(subset="estimate")
    best = ""
    if len(defined):
        row = defined.loc[defined["estimate"].idxmax()]
        best = (
            f" The most similar is {layer(row)}, {row.estimate:.3f} "
            f"{bounds(row.ci_low, row.ci_high)}."
        )
    yield (
        f"(a) Similarity of each layer's RDM to that of the {about(dataset)}: mean of seeds and "
        f"{interval}; faint, each seed; crosses, networks that failed their task; gray band, noise "
        f"ceiling.{best}"
    )
    changes = "; ".join(
        f"{layer(row)} {signed(row.effect)} {bounds(row.ci_low, row.ci_high)}, {counted(row.seeds)}"
        for row in effects.itertuples()
        if row.seeds
    )
    yield (
        "(b) What training adds to the similarity, against the same network before its training, "
        f"paired by seed: {changes or 'no model of this study is there with and without training'}."
    )
    every = partial[partial["given"] == "all references"]
    sure = int(leaves_zero_out(every).sum())
    yield (
        "(c) Partial correlation of each layer's RDM with the recording's given a reference; left, "
        "given nothing. Bold: the interval leaves zero out. Given all references together, that is "
        f"so for {sure} of {len(every)} layers."
    )


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
