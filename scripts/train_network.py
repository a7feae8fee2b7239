"""Train one network on one seed's gratings and test it on fresh ones."""

import logging

import numpy as np
import pandas as pd
import torch

from normative.gratings import grating, held_out_orientations
from normative.runner import run
from normative.tables import write_table
from normative.training import tilt_accuracy, train_tilt_network

logger = logging.getLogger(__name__)


def main(input, output, params, wildcards, threads):
    """Write the weights, the loss of every mini-batch and the accuracy on held-out gratings."""
    torch.set_num_threads(threads)
    with np.load(input.stimuli) as stimuli:
        net, losses = train_tilt_network(
            stimuli["images"],
            stimuli["orientation"],
            int(wildcards.seed),
            network=params.network,
            filters=params.filters,
            **params.training,
        )
    torch.save(net.state_dict(), output.weights)

    epochs, batches = losses.shape
    log = pd.MultiIndex.from_product(
        [range(1, epochs + 1), range(1, batches + 1)], names=["epoch", "batch"]
    )
    write_table(pd.DataFrame({"loss": losses.ravel()}, log).reset_index(), output.training_log)

    orientation = held_out_orientations(int(wildcards.seed), params.held_out)
    accuracy = tilt_accuracy(net, grating(orientation, **params.stimulus), orientation)
    logger.info("accuracy on %d held-out gratings: %.3f", params.held_out, accuracy)
    write_table(
        pd.DataFrame({"stimuli": [params.held_out], "accuracy": [accuracy]}), output.accuracy
    )


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
