"""Train a network on each seed's stimuli and test it on fresh ones."""

import logging
import time

import numpy as np
import pandas as pd
import torch

from normative.tasks import find_task
from normative.training.config import TrainingConfig
from normative.training.device import choose_device
from normative.training.scoring import task_score
from normative.workflow.own_code import is_own
from normative.workflow.runner import run
from normative.workflow.stacks import read_in_order
from normative.workflow.tables import write_table

logger = logging.getLogger(__name__)


def main(input, output, params, threads):
    """Write the weights by seed, the loss of every mini-batch, and the score on held-out stimuli.

    One network is trained after the other on a CPU, all at once on a GPU; but one after the other
    there, too, where the network or the task is the user's own: some cannot be stacked.
    """
    torch.set_num_threads(threads)
    device = choose_device(params.device)
    n_seeds = len(params.seeds)
    logger.info("training %d networks on %s", n_seeds, device)
    start = time.monotonic()
    config = TrainingConfig(**params.training)
    if config.task == "none":
        trained = take_networks(params.image_shape, params.seeds, config)
    else:
        task = find_task(config.task)
        stacked = read_in_order([input.stimuli], params.seeds)
        stimuli = ((arrays["images"], arrays[task.truth]) for arrays in stacked)
        if device == "cpu" or isinstance(config.network, dict) or is_own(config.task):
            from normative.training.sgd import train_networks

            trained = train_networks(stimuli, params.seeds, config, device)
        else:
            from normative.training.batched import train_networks

            trained = train_networks(stimuli, params.seeds, config, device)

    weights, logs, scores = {}, [], []
    for n_done, (seed, (net, losses)) in enumerate(zip(params.seeds, trained, strict=True), 1):
        weights[seed] = net.state_dict()
        logs.append(tabulate_losses(seed, losses))
        if config.task == "none":
            scores.append((seed, device, 0, "none", np.nan))
            continue
        images, truth = task.stimuli(seed, params.n_held_out, True, params.stimulus)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)  # of a network of the user's own that draws whenever it answers
            score = task_score(net, config.task, images, truth)
        scores.append((seed, device, params.n_held_out, task.measure, score))
        logger.info(
            "seed %d, %d of %d: %s %.3f on held-out stimuli; about %.0f s to go",
            *(seed, n_done, n_seeds, task.measure, score),
            (time.monotonic() - start) / n_done * (n_seeds - n_done),
        )
    torch.save(weights, output.weights)
    write_table(pd.concat(logs), output.training_log)
    columns = ["seed", "device", "stimuli", "measure", "score"]
    write_table(pd.DataFrame(scores, columns=columns), output.performance)


def take_networks(image_shape, seeds, config):
    """Yield networks of the user's own as they are, with initial weights of each seed's, if any."""
    from normative.training.sgd import draw

    for seed in seeds:
        with torch.random.fork_rng(devices=[]):
            net, _ = draw(seed, (0, *image_shape), config)
        yield net, np.empty((0, 1))


def tabulate_losses(seed, losses):
    """Give one row a mini-batch, from losses of (epochs, batches), both counted from 1."""
    n_epochs, n_batches = losses.shape
    axes = {"seed": [seed], "epoch": range(1, n_epochs + 1), "batch": range(1, n_batches + 1)}
    index = pd.MultiIndex.from_product(axes.values(), names=axes.keys())
    return pd.DataFrame({"loss": losses.ravel()}, index).reset_index()


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
