"""Figure: loss by epoch of every network."""

import pandas as pd

from normative.figures.panels import cut_off_least_losses, draw_losses
from normative.figures.style import MM, NARROW, WIDE, plt, save
from normative.reporting.sentences import counted
from normative.workflow.runner import run

COLUMNS = 3


def main(input, output):
    """Draw one panel a model: its seeds, their median, and the published values where they are."""
    table = pd.read_csv(input.training)
    models = list(table.groupby("model", sort=False))
    n_rows, n_columns = max(1, -(-len(models) // COLUMNS)), min(COLUMNS, max(1, len(models)))
    figure, axes = plt.subplots(
        n_rows,
        n_columns,
        figsize=(NARROW if n_columns == 1 else WIDE, (20 + 50 * n_rows) * MM),
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    for axis in axes.flat[len(models) :]:
        axis.set_axis_off()
    for axis, (model, runs) in zip(axes.flat, models, strict=False):
        losses = runs.pivot(index="epoch", columns="seed", values="loss")
        draw_losses(axis, losses, model)
        axis.set_title(f"{model}, {counted(losses.shape[1])}")
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.xaxis.set_tick_params(labelbottom=True)
    if models:
        cut_off_least_losses(axes[0, 0])  # and all others, since they share it
        axes[0, 0].legend()
        for axis in axes[:, 0]:
            axis.set_ylabel("Loss on the last mini-batch\n(unit of the task, see caption)")
    else:
        figure.suptitle("No model of this study is trained")
    save(figure, output, table)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
