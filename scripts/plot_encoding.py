"""Figure: how well neurons are predicted from every layer and reference."""

import pandas as pd

from normative.figures.encoding import R2_LABEL, draw_encoding, select_encoding, select_seeds
from normative.figures.style import MM, WIDE, plt, save
from normative.reporting.sentences import percent
from normative.workflow.runner import run


def main(input, output, wildcards, params):
    """Draw R² on held-out orientations, and beside it how much it is above that of orientation."""
    table = pd.read_csv(input.encoding)
    rows, at_random = select_encoding(table)
    beyond, _ = select_encoding(table, "r2_beyond_orientation")
    shown = pd.concat([rows, at_random, beyond])
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(WIDE, (46 + 5 * len(rows)) * MM), sharey=True, width_ratios=[3, 2]
    )
    draw_encoding(left, rows, at_random, select_seeds(table))
    draw_encoding(right, beyond, at_random[:0], select_seeds(table, "r2_beyond_orientation"))
    left.set(xlabel=R2_LABEL)
    right.set(xlabel="R² beyond orientation (median)")
    figure.suptitle(
        f"Neurons of the {wildcards.dataset} recording predicted on held-out orientations\n"
        f"tick: median over neurons; line: quartiles; bar: {percent(params.confidence)} CI of the "
        "median; dots below: seeds that did not fail\n"
        "open squares: folds at random, in which neighboring gratings give the answer away"
    )
    save(figure, output, shown)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
