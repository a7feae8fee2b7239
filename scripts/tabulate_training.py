"""Gather the losses and accuracies of all networks."""

import pandas as pd

from normative.runner import run
from normative.tables import write_table


def main(input, output, params):
    """Write the loss on the last mini-batch of each epoch, and the held-out accuracy."""
    # Row by row, so that thousands of networks take no more memory than one.
    with open(output.training, "w") as losses, open(output.accuracy, "w") as accuracies:
        for index, network in enumerate(params.networks):
            last = pd.read_csv(input.logs[index]).groupby("epoch", as_index=False)["loss"].last()
            write_table(last.assign(**network)[[*network, *last]], losses, header=index == 0)
            tested = pd.read_csv(input.accuracies[index])
            write_table(tested.assign(**network)[[*network, *tested]], accuracies, index == 0)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
