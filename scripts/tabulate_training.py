"""Gather the losses and the performance of all networks."""

import logging

import numpy as np

from normative.workflow.runner import run
from normative.workflow.tables import read_tables, write_table

logger = logging.getLogger(__name__)


def main(input, output, params):
    """Write the loss on the last mini-batch of each epoch, and the score on held-out gratings."""
    models = list(params.tasks)
    types = {"epoch": int, "batch": int, "loss": float}  # also of an untrained network's no losses
    losses = read_tables(input.logs, models, dtype=types)
    last = losses.drop_duplicates(["model", "seed", "epoch"], keep="last")
    write_table(last.drop(columns="batch"), output.training)

    table = read_tables(input.performances, models)
    table.insert(2, "task", table["model"].map(params.tasks))
    table.insert(3, "epochs", table["model"].map(params.epochs))
    table["gate"] = table["measure"].map(params.gates)
    is_error = table["measure"] == "error_deg"  # the less the better
    has_passed = np.where(
        is_error, table["score"] <= table["gate"], table["score"] >= table["gate"]
    )
    is_trained = table["epochs"] > 0
    table["status"] = np.where(is_trained, np.where(has_passed, "passed", "failed"), "untrained")
    for row in table[table["status"] == "failed"].itertuples():
        logger.warning(
            *("model %s, seed %d failed its task: %s %.3g, gate %.3g", row.model, row.seed),
            *(row.measure, row.score, row.gate),
        )
    write_table(table, output.performance)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
