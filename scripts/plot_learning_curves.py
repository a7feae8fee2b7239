"""Figure: loss by epoch of every network."""

import pandas as pd

from normative.figures import LAYER_COLORS, MM, MOST_SEEDS, plt, save
from normative.published import LOSSES, MODEL, SEED
from normative.runner import run

COLUMNS = 3
LEAST_LOSS = 1e-6  # lower ones, of single batches that a network knows by heart, are off the scale


def main(input, output):
    """Draw one panel a model: its seeds, their median, and the published values where they are."""
    table = pd.read_csv(input.training)
    models = list(table.groupby("model", sort=False))
    rows, columns = max(1, -(-len(models) // COLUMNS)), min(COLUMNS, max(1, len(models)))
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(min(183, 89 * columns) * MM, (20 + 50 * rows) * MM),
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    for axis in axes.flat[len(models) :]:
        axis.set_axis_off()
    for axis, (model, runs) in zip(axes.flat, models, strict=False):
        losses = runs.pivot(index="epoch", columns="seed", values="loss")
        if losses.shape[1] > MOST_SEEDS:
            low, high = losses.quantile(0.05, axis=1), losses.quantile(0.95, axis=1)
            axis.fill_between(
                losses.index, low, high, color="0.85", linewidth=0, label="90 % of seeds"
            )
        else:
            labels = ["each seed"] + [None] * (losses.shape[1] - 1)
            axis.plot(losses, color="0.75", linewidth=0.6, label=labels)
        axis.plot(losses.median(axis=1), color=LAYER_COLORS[0], label="median of seeds")
        if model == MODEL and SEED in losses:
            axis.plot(losses[SEED], color=LAYER_COLORS[1], label=f"seed {SEED}")
            published = {epoch: loss for epoch, (loss, _) in LOSSES.items()}
            axis.plot(
                published.keys(),
                published.values(),
                "x",
                color="black",
                markersize=4,
                label=f"published, seed {SEED}",
            )
        axis.set(yscale="log", title=f"{model}, {losses.shape[1]} seeds", xlabel="Epoch")
        axis.xaxis.set_tick_params(labelbottom=True)
    if models:
        axes[0, 0].set_ylim(bottom=max(LEAST_LOSS, axes[0, 0].get_ylim()[0]))
        axes[0, 0].legend()
        for axis in axes[:, 0]:
            axis.set_ylabel("Loss on the last mini-batch\n(nats; orientation: mean square)")
    else:
        figure.suptitle("No model of this study is trained")
    save(figure, output)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
