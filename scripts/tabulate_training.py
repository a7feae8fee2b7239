"""Gather the losses and the performance of all networks."""

import logging

import numpy as np

from normative.tasks import find_task
from normative.workflow.own_code import own_task_name
from normative.workflow.runner import run
from normative.workflow.tables import read_tables, write_table

logger = logging.getLogger(__name__)


def main(input, output, params):
    """Write the loss on the last mini-batch of each epoch, and the score on held-out stimuli."""
    models = list(params.tasks)
    types = {"epoch": int, "batch": int, "loss": float}  # also of an untrained network's no losses
    losses = read_tables(input.logs, models, dtype=types)
    last = losses.drop_duplicates(["model", "seed", "epoch"], keep="last")
    write_table(last.drop(columns="batch"), output.training)

    table = read_tables(input.performances, models)
    table.insert(2, "task", table["model"].map(params.tasks).map(own_task_name))
    table.insert(3, "epochs", table["model"].map(params.epochs))
    tasks = {model: find_task(task) for model, task in params.tasks.items() if task != "none"}
    gates = {
        model: params.gates.get(params.tasks[model], task.gate) for model, task in tasks.items()
    }
    table["gate"] = table["model"].map(gates)
    highest = table["model"].map({model: task.higher_is_better for model, task in tasks.items()})
    has_passed = np.where(
        highest == True,  # noqa: E712, missing without a task
        table["score"] >= table["gate"],
        table["score"] <= table["gate"],
    )
    is_trained = table["epochs"] > 0
    untrained = np.where(table["model"].isin(params.given), "given", "untrained")
    table["status"] = np.where(is_trained, np.where(has_passed, "passed", "failed"), untrained)
    for row in table[table["status"] == "failed"].itertuples():
        logger.warning(
            *("model %s, seed %d failed its task: %s %.3g, gate %.3g", row.model, row.seed),
            *(row.measure, row.score, row.gate),
        )
    write_table(table, output.performance)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
