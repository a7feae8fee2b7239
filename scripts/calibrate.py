"""Analyze simulated studies whose answer is known."""

import logging

import pandas as pd

from normative.inference.calibration import analyze_study, estimate_ceilings
from normative.inference.streams import Stream, generator
from normative.workflow.runner import run
from normative.workflow.tables import write_table

logger = logging.getLogger(__name__)


def main(output, params):
    """Write one row a simulation: its p-values, its intervals, the errors of its ceilings."""
    rows = []
    for index in range(params.start, params.start + params.n_studies):
        rng = generator(params.inference["seed"], Stream.CALIBRATION, index)
        row = {"simulation": index, **analyze_study(rng, params.inference)}
        rows.append(row | estimate_ceilings(rng, params.inference["comparator"]))
        logger.info("%d of %d simulations", len(rows), params.n_studies)
    write_table(pd.DataFrame(rows), output.simulations)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
