"""Gather the losses and accuracies of all networks."""

import pandas as pd

from normative.runner import run
from normative.tables import write_table


def main(input, output, params):
    """Write the loss on the last mini-batch of each epoch, and the held-out accuracy."""
    losses, accuracies = [], []
    for log, accuracy, network in zip(input.logs, input.accuracies, params.networks, strict=True):
        last = pd.read_csv(log).groupby("epoch", as_index=False)["loss"].last()
        losses.append(last.assign(**network)[[*network, "epoch", "loss"]])
        tested = pd.read_csv(accuracy)
        accuracies.append(tested.assign(**network)[[*network, *tested]])
    write_table(pd.concat(losses), output.training)
    write_table(pd.concat(accuracies), output.accuracy)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
