"""Figure: loss by epoch of every network."""

import pandas as pd

from normative.figures import LAYER_COLORS, MM, plt, save
from normative.published import LOSSES, MODEL, SEED
from normative.runner import run

MOST_LINES = 40  # seeds; above, a band is drawn instead of a line for each


def main(input, output):
    """Draw one panel a model: its seeds, their median, and the published values where they are."""
    table = pd.read_csv(input.training)
    models = list(table.groupby("model", sort=False))
    figure, axes = plt.subplots(
        1,
        len(models),
        figsize=(min(183, 89 * len(models)) * MM, 70 * MM),
        sharey=True,
        squeeze=False,
    )
    for axis, (model, runs) in zip(axes[0], models, strict=True):
        losses = runs.pivot(index="epoch", columns="seed", values="loss")
        if losses.shape[1] > MOST_LINES:
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
        axis.legend()
    axes[0, 0].set_ylabel("Loss on the last mini-batch\n(binary cross-entropy, nats)")
    save(figure, output)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
