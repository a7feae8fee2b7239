"""Train a network on each seed's stimuli and test it on fresh ones."""

import logging
import time

import pandas as pd
import torch

from normative.stimuli.gratings import grating, held_out_orientations
from normative.tasks import TASKS
from normative.training.config import TrainingConfig
from normative.training.device import choose_device
from normative.training.scoring import task_score
from normative.workflow.runner import run
from normative.workflow.stacks import read_in_order
from normative.workflow.tables import write_table

logger = logging.getLogger(__name__)


def main(input, output, params, threads):
    """Write the weights by seed, the loss of every mini-batch, and the score on held-out gratings.

    One network is trained after the other on a CPU, all at once on a GPU.
    """
    torch.set_num_threads(threads)
    device = choose_device(params.device)
    n_seeds = len(params.seeds)
    logger.info("training %d networks on %s", n_seeds, device)
    start = time.monotonic()
    config = TrainingConfig(**params.training)
    stacked = read_in_order([input.stimuli], params.seeds)
    stimuli = ((arrays["images"], arrays["orientation"]) for arrays in stacked)
    if device == "cpu":
        from normative.training.sgd import train_networks

        trained = train_networks(stimuli, params.seeds, config)
    else:
        from normative.training.batched import train_networks

        trained = train_networks(stimuli, params.seeds, config, device)

    weights, logs, scores = {}, [], []
    measure = TASKS[config.task].measure
    for n_done, (seed, (net, losses)) in enumerate(zip(params.seeds, trained, strict=True), 1):
        weights[seed] = net.state_dict()
        logs.append(tabulate_losses(seed, losses))
        orientation = held_out_orientations(seed, params.n_held_out)
        score = task_score(net, config.task, grating(orientation, **params.stimulus), orientation)
        scores.append((seed, device, params.n_held_out, measure, score))
        logger.info(
            "seed %d, %d of %d: %s %.3f on held-out gratings; about %.0f s to go",
            *(seed, n_done, n_seeds, measure, score),
            (time.monotonic() - start) / n_done * (n_seeds - n_done),
        )
    torch.save(weights, output.weights)
    write_table(pd.concat(logs), output.training_log)
    columns = ["seed", "device", "stimuli", "measure", "score"]
    write_table(pd.DataFrame(scores, columns=columns), output.performance)


def tabulate_losses(seed, losses):
    """Give one row a mini-batch, from losses of (epochs, batches), both counted from 1."""
    n_epochs, n_batches = losses.shape
    axes = {"seed": [seed], "epoch": range(1, n_epochs + 1), "batch": range(1, n_batches + 1)}
    index = pd.MultiIndex.from_product(axes.values(), names=axes.keys())
    return pd.DataFrame({"loss": losses.ravel()}, index).reset_index()


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
