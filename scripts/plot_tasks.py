"""Figure: similarity to the recording by the task that a network has learned."""

import numpy as np
import pandas as pd

from normative.display_names import real_minus
from normative.figures.source_data import read_by_seed
from normative.figures.style import (
    MM,
    MOST_SEEDS,
    PT,
    count_columns,
    of_many,
    population_colors,
    population_panels,
    save,
    say_alone,
    similarity_label,
)
from normative.reporting.sentences import percent, probability
from normative.workflow.runner import run

SOURCE = ["design", "layer", "model", "task", "seed", "similarity", "ci_low", "ci_high"]
GRAY = "0.75"  # of seeds


def main(input, output, wildcards, params):
    """Draw a panel a design and layer: a task each, a thin line a seed, and means with CIs."""
    table = pd.read_csv(input.tasks)
    by_seed = read_by_seed(input.means, input.layers)
    panels = list(table.groupby(["design", "layer"], sort=False))
    if not panels:
        reason = f"{wildcards.dataset} recording: no two models differ in their task alone"
        save(say_alone(reason), output, pd.DataFrame(columns=SOURCE))
        return
    figure, axes = population_panels(len(panels), 90 * MM, sharey=True)
    colors, shown = population_colors(table["layer"].unique()), []
    for axis, ((design, layer), rows) in zip(axes, panels, strict=True):
        values = np.array([by_seed[model, layer] for model in rows["model"]])  # (tasks, seeds)
        draw_tasks(axis, rows, values, colors[layer])
        axis.set_title(real_minus("\n".join([f"{design}, {layer}", *describe(rows)])))
        shown.append(rows.assign(seed="mean")[SOURCE])
        of_seeds = rows.loc[rows.index.repeat(len(params.seeds)), SOURCE[:4]]
        of_seeds = of_seeds.assign(seed=np.tile(params.seeds, len(rows)), similarity=values.ravel())
        shown.append(of_seeds.dropna(subset="similarity"))
    for axis in axes[:: count_columns(len(panels))]:
        axis.set_ylabel(similarity_label(params.comparator))
    figure.suptitle(
        f"Similarity to the {wildcards.dataset} recording by task: networks of one architecture "
        "and the same initial weights\n"
        f"thin: seeds{of_many(len(params.seeds), 'the middle 90 %')}; "
        f"points: means with {percent(params.confidence)} CIs for these gratings\n"
        "above: the task with the highest similarity, by how much it exceeds the others, paired by "
        "seed,\nand p-values after Holm's correction"
    )
    save(figure, output, pd.concat(shown))


def draw_tasks(axis, rows, by_seed, color):
    """Draw the similarities of one design and layer, (tasks, seeds), and their means with CIs."""
    x = np.arange(len(rows))
    if by_seed.shape[1] > MOST_SEEDS:
        low, high = np.nanquantile(by_seed, [0.05, 0.95], axis=1)
        axis.fill_between(x, low, high, color=GRAY, alpha=0.5, linewidth=0)
    else:
        axis.plot(x, by_seed, color=GRAY, linewidth=0.6 * PT, zorder=1)
    axis.vlines(x, rows["ci_low"], rows["ci_high"], color=color, linewidth=1.8 * PT)
    axis.plot(x, rows["similarity"], "o", color=color, markersize=4 * PT)
    axis.set_xticks(x, rows["task"], rotation=30, ha="right", rotation_mode="anchor")
    axis.set_xlim(-0.5, len(rows) - 0.5)


def describe(rows):
    """Name the task that comes first, and by how much it does, a line for each other one."""
    if rows["best_task"].isna().all():
        return ["no similarity is defined"]
    best = rows["best_task"].iloc[0]
    lines = [f"highest: {best}"]
    for row in rows[rows["task"] != best].itertuples():
        if pd.isna(row.difference):
            lines.append(f"{row.task}: no seed to compare")
            continue
        p = f", {probability(row.p_holm)}" if pd.notna(row.p_holm) else ""
        lines.append(f"{row.task}: {row.difference:+.3f}{p}")
    return lines


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
