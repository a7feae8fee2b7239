"""Gather the losses and the performance of all networks."""

import logging

import pandas as pd

from normative.runner import run
from normative.tables import write_table

logger = logging.getLogger(__name__)


def main(input, output, params):
    """Write the loss on the last mini-batch of each epoch, and the score on held-out gratings."""
    # Row by row, so that thousands of networks take no more memory than one.
    with open(output.training, "w") as losses, open(output.performance, "w") as performances:
        for index, network in enumerate(params.networks):
            last = pd.read_csv(input.logs[index]).groupby("epoch", as_index=False)["loss"].last()
            write_table(last.assign(**network)[[*network, *last]], losses, header=index == 0)

            task, epochs = params.tasks[network["model"]], params.epochs[network["model"]]
            tested = pd.read_csv(input.performances[index])
            (measure,), (score,) = tested["measure"], tested["score"]
            gate = params.gates[measure]
            passed = score <= gate if measure == "error_deg" else score >= gate
            status = "untrained" if epochs == 0 else "passed" if passed else "failed"
            if status == "failed":
                logger.warning(
                    "%s failed its task: %s %.3g, gate %.3g", network, measure, score, gate
                )
            row = {**network, "task": task, "epochs": epochs}
            row |= tested.iloc[0].to_dict() | {"gate": gate, "status": status}
            write_table(pd.DataFrame([row]), performances, header=index == 0)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
