"""Compare the run of the tutorial's own network and seed with the tutorial's published values."""

import logging

import pandas as pd

from normative.published import CORRELATIONS, LOSSES, MODEL, RECORDING_MD5, SEED
from normative.workflow.runner import run
from normative.workflow.tables import write_table

logger = logging.getLogger(__name__)


def main(input, output, params):
    """Write one row a published value; losses always, correlations for the published recording."""
    tutorial = f"model == '{MODEL}' and seed == {SEED}"
    losses = pd.read_csv(input.training).query(tutorial).set_index("epoch")["loss"]
    rows = [
        (f"loss at epoch {epoch}", published, losses.get(epoch), tolerance)
        for epoch, (published, tolerance) in LOSSES.items()
    ]
    if params.md5 and params.md5.lower() == RECORDING_MD5:
        correlations = pd.read_csv(input.correlations).query(tutorial)
        correlations = correlations.set_index("layer")["correlation"]
        rows += [
            (f"RDM correlation of layer {layer}", published, correlations.get(layer), tolerance)
            for layer, (published, tolerance) in CORRELATIONS.items()
        ]
    table = pd.DataFrame(rows, columns=["quantity", "published", "this_run", "tolerance"])
    table["this_run"] = table["this_run"].astype(float)
    table["agrees"] = (table["this_run"] - table["published"]).abs() <= table["tolerance"]
    for quantity in table.loc[~table["agrees"], "quantity"]:
        logger.warning("%s differs from the published value", quantity)
    write_table(table, output.reproduction)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
