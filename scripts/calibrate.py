"""Analyze simulated studies whose answer is known."""

import logging

import pandas as pd

from normative.inference.calibration import WORLDS, analyze_study
from normative.inference.calibration_animals import analyze_group
from normative.inference.streams import Stream, generator
from normative.workflow.runner import run
from normative.workflow.tables import write_table

logger = logging.getLogger(__name__)


def main(output, params, wildcards):
    """Write one row a simulation: its p-values, its intervals and truths, errors of ceilings."""
    rows = []
    world = WORLDS[wildcards.world]
    analyze = analyze_group if world.n_animals else analyze_study
    for index in range(params.start, params.start + params.n_studies):
        stream = list(WORLDS).index(wildcards.world)
        rng = generator(params.inference["seed"], Stream.CALIBRATION, stream, index)
        rows.append({"simulation": index, **analyze(world, rng, params.inference)})
        logger.info("%d of %d simulations", len(rows), params.n_studies)
    write_table(pd.DataFrame(rows), output.simulations)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
