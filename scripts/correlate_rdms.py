"""Correlate the RDM of every layer of every network with the recording's."""

import numpy as np
import pandas as pd

from normative.rdm import rdm_correlation
from normative.runner import run
from normative.tables import write_table


def main(input, output, params, wildcards):
    """Write one row a model, seed and layer, with how the network did at its task."""
    performance = pd.read_csv(input.performance).set_index(["model", "seed"])
    with np.load(input.recording) as rdms:
        recording = rdms["responses"]
    rows = []
    for path, network in zip(input.networks, params.networks, strict=True):
        with np.load(path) as rdms:
            rows += [
                {
                    "dataset": wildcards.dataset,
                    **network,
                    "layer": layer,
                    "correlation": rdm_correlation(recording, rdm),
                    "status": performance.loc[tuple(network.values()), "status"],
                }
                for layer, rdm in rdms.items()
            ]
    write_table(pd.DataFrame(rows), output.correlations)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
