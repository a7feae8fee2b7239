"""Correlate the RDM of every layer of every network with the recording's."""

import numpy as np
import pandas as pd

from normative.rsa.rdm import rdm_correlation
from normative.workflow.runner import run
from normative.workflow.stacks import read_stacks
from normative.workflow.tables import files_by_model, read_status, write_table

COLUMNS = ["model", "seed", "layer", "correlation", "status"]


def main(input, output, params, wildcards):
    """Write one row a model, seed and layer, with how the network did at its task."""
    status = read_status(input.performance)
    with np.load(input.recording) as rdms:
        recording = rdms["responses"]
    rows = [
        (model, seed, layer, rdm_correlation(recording, rdm), status[model, seed])
        for model, paths in files_by_model(input.networks, params.models).items()
        for seed, rdms in read_stacks(paths)
        for layer, rdm in rdms.items()
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    table.insert(0, "dataset", wildcards.dataset)
    write_table(table, output.correlations)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
