"""Correlate the recording's RDM with each reference."""

import numpy as np
import pandas as pd

from normative.rsa.rdm import rdm_correlation
from normative.workflow.runner import run
from normative.workflow.tables import write_table


def main(input, output, wildcards):
    """Write one row a reference."""
    with np.load(input.recording) as rdms:
        recording = rdms["responses"]
    with np.load(input.references) as references:
        rows = [
            {
                "dataset": wildcards.dataset,
                "reference": name,
                "correlation": rdm_correlation(recording, rdm),
            }
            for name, rdm in references.items()
        ]
    write_table(pd.DataFrame(rows), output.correlations)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
