"""Figure: what networks that are fitted to the recording reach, beside those that never saw it."""

import numpy as np
import pandas as pd

from normative.display_names import REFERENCE_NAMES
from normative.figures.encoding import R2_LABEL
from normative.figures.style import (
    LAYER_COLORS,
    MM,
    PT,
    RECORDING_COLOR,
    WIDE,
    plt,
    save,
    say_alone,
    similarity_label,
)
from normative.workflow.runner import run

COLORS = {"fitted to V1": LAYER_COLORS[1], "normative": LAYER_COLORS[0]}
MARKERS = {"fitted to V1": "s", "normative": "o", "reference": "D", "recording": "*"}
SIZES = {"recording": 7}  # points; others 3.5


def main(input, output, wildcards):
    """Draw similarity to a part of the trials, and R² on held-out orientations, by layer."""
    table = pd.read_csv(input.fitted)
    encoding = pd.read_csv(input.encoding).query("score == 'r2' and folds == 'blocks'")
    title = f"Networks fitted to the {wildcards.dataset} recording, and networks that never saw it"
    if table["similarity"].isna().all():
        save(say_alone(f"{title}:\n{table['note'].iloc[0]}", WIDE), output, table)
        return
    by_seed = table[table["seed"].notna()]
    rows = table[table["seed"].isna()].drop(columns="seed").reset_index(drop=True)
    encoding = encoding[encoding["seed"].isna()][["model", "layer", "median"]]
    rows = rows.merge(encoding, on=["model", "layer"], how="left")
    rows["r2"] = rows["r2"].fillna(rows.pop("median"))
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(WIDE, (34 + 5 * len(rows)) * MM), sharey=True, width_ratios=[3, 2]
    )
    for axis, column in ((left, "similarity"), (right, "r2")):
        for position, row in enumerate(rows.itertuples()):
            color = COLORS.get(row.kind, RECORDING_COLOR)
            is_layer = (by_seed["model"] == row.model) & (by_seed["layer"] == row.layer)
            seeds = by_seed.loc[is_layer, column]
            look = {"color": color, "ms": 2.5 * PT, "alpha": 0.35, "markeredgewidth": 0}
            axis.plot(seeds, np.full(len(seeds), position), MARKERS[row.kind], **look)
            look = {"color": color, "ms": SIZES.get(row.kind, 3.5) * PT, "markeredgewidth": 0}
            axis.plot(getattr(row, column), position, MARKERS[row.kind], **look)
        axis.axvline(0, color="0.7", linewidth=0.6 * PT)
    left.set_yticks(range(len(rows)), [name(row) for row in rows.itertuples()])
    left.set_ylim(len(rows) - 0.5, -0.5)
    left.set_xlabel(similarity_label(table["comparator"].iloc[0]) + "\n(to a part of the trials)")
    right.set_xlabel(R2_LABEL.replace(" (", "\n("))
    figure.suptitle(
        f"{title}\norange: fitted to V1, no normative models, compared with the part of the trials "
        "that they were not fitted to\n(small squares: seeds); blue: normative networks, compared "
        "with each part,\nlike references (gray diamonds); star: the parts with each other"
    )
    save(figure, output, pd.concat([rows, by_seed], ignore_index=True))


def name(row):
    """Name a row for the ticks."""
    if row.kind == "reference":
        return REFERENCE_NAMES[row.layer]
    return f"{row.model}, {row.layer}"


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
