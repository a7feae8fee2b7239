"""Figure: how well the neurons of a group's animals are predicted from layers and references."""

import numpy as np
import pandas as pd

from normative.figures.encoding import draw_encoding
from normative.figures.style import MM, WIDE, plt, save
from normative.reporting.sentences import counted, percent, species
from normative.workflow.runner import run


def main(input, output, wildcards, params):
    """Draw R² on held-out orientations, and beside it how much it is above that of orientation."""
    table = pd.read_csv(input.encoding)
    # Quartiles are those over neurons, which a group has none of.
    table = table.assign(low_quartile=np.nan, high_quartile=np.nan)
    is_mean = table["animal"].isna() & ((table["layer"] != "trials") | table["median"].notna())
    animal, animals = species(params.animals)
    scores = {"r2": "R² on held-out orientations (mean of medians)"}
    scores["r2_beyond_orientation"] = "R² beyond orientation (mean of medians)"
    n_rows = int((is_mean & (table["score"] == "r2")).sum())
    figure, axes = plt.subplots(1, 2, figsize=(WIDE, (46 + 5 * n_rows) * MM), sharey=True)
    shown = []
    for axis, (score, label) in zip(axes, scores.items(), strict=True):
        rows = table[is_mean & (table["score"] == score)]
        by_animal = table[table["animal"].notna() & (table["score"] == score)]
        draw_encoding(axis, rows, rows[:0], by_animal)
        axis.set(xlabel=label)
        shown += [rows, by_animal]
    figure.suptitle(
        f"Neurons of {counted(len(params.animals), animal, animals)} of {wildcards.dataset} "
        "predicted on held-out orientations\n"
        f"tick: mean over {animals} of the median over their neurons; bar: "
        f"{percent(params.confidence)} CI for other {animals} and seeds; dots below: each {animal}"
    )
    save(figure, output, pd.concat(shown).drop(columns=["low_quartile", "high_quartile"]))


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
