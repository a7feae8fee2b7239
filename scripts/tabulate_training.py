"""Gather the losses and the performance of all networks."""

import logging

import numpy as np
import pandas as pd

from normative.runner import run
from normative.tables import write_table

logger = logging.getLogger(__name__)


def main(input, output, params):
    """Write the loss on the last mini-batch of each epoch, and the score on held-out gratings."""
    types = {"epoch": int, "batch": int, "loss": float}  # also of an untrained network's no losses
    losses = gather(input.logs, params.networks, dtype=types)
    last = losses.drop_duplicates(["model", "seed", "epoch"], keep="last")
    write_table(last.drop(columns="batch"), output.training)

    table = gather(input.performances, params.networks)
    table.insert(2, "task", table["model"].map(params.tasks))
    table.insert(3, "epochs", table["model"].map(params.epochs))
    table["gate"] = table["measure"].map(params.gates)
    error = table["measure"] == "error_deg"  # the less the better
    passed = np.where(error, table["score"] <= table["gate"], table["score"] >= table["gate"])
    trained = table["epochs"] > 0
    table["status"] = np.where(trained, np.where(passed, "passed", "failed"), "untrained")
    for row in table[table["status"] == "failed"].itertuples():
        logger.warning(
            *("model %s, seed %d failed its task: %s %.3g, gate %.3g", row.model, row.seed),
            *(row.measure, row.score, row.gate),
        )
    write_table(table, output.performance)


def gather(paths, networks, **options):
    """Read one table a network into one with the columns `model` and `seed` before."""
    keys = [tuple(network.values()) for network in networks]
    tables = [pd.read_csv(path, **options) for path in paths]
    return pd.concat(tables, keys=keys, names=["model", "seed"]).reset_index(["model", "seed"])


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
