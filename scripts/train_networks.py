"""Train a network on each seed's gratings and test it on fresh ones."""

import logging
import time

import numpy as np
import pandas as pd
import torch

from normative.gratings import grating, held_out_orientations
from normative.runner import run
from normative.tables import write_table
from normative.tasks import TASKS
from normative.training import choose_device, task_score, train_networks

logger = logging.getLogger(__name__)


def main(input, output, params, threads):
    """Write each seed's weights, loss of every mini-batch and performance on held-out gratings."""
    torch.set_num_threads(threads)
    device = choose_device(params.device)
    logger.info("training %d networks on %s", len(params.seeds), device)
    start = time.monotonic()
    trained = train_networks(
        (read_stimuli(path) for path in input.stimuli),
        params.seeds,
        device,
        network=params.network,
        filters=params.filters,
        task=params.task,
        epochs=params.epochs,
        **params.training,
    )
    for index, (seed, (net, losses)) in enumerate(zip(params.seeds, trained, strict=True)):
        torch.save(net.state_dict(), output.weights[index])

        epochs, batches = losses.shape
        axes = {"epoch": range(1, epochs + 1), "batch": range(1, batches + 1)}
        log = pd.MultiIndex.from_product(axes.values(), names=axes.keys())
        log = pd.DataFrame({"loss": losses.ravel()}, log).reset_index()
        write_table(log, output.training_log[index])

        orientation = held_out_orientations(seed, params.held_out)
        score = task_score(net, params.task, grating(orientation, **params.stimulus), orientation)
        measure = TASKS[params.task].measure
        row = {"device": device, "stimuli": params.held_out, "measure": measure, "score": score}
        write_table(pd.DataFrame([row]), output.performance[index])
        done, jobs = index + 1, len(params.seeds)
        logger.info(
            "seed %d, %d of %d: %s %.3f on held-out gratings; about %.0f s to go",
            *(seed, done, jobs, measure, score),
            (time.monotonic() - start) / done * (jobs - done),
        )


def read_stimuli(path):
    """Read the images and orientations of one seed."""
    with np.load(path) as stimuli:
        return stimuli["images"], stimuli["orientation"]


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
