"""Simulate a recording in the layout of the tutorial's files."""

import logging

import numpy as np

from normative.recordings.simulation import simulate_recording
from normative.workflow.runner import run

logger = logging.getLogger(__name__)


def main(output, params):
    """Write the arrays of the tutorial's files, and the responses without noise."""
    recording = simulate_recording(**params.simulate)
    logger.info("%s: %s", params.simulate, {name: array.shape for name, array in recording.items()})
    np.savez(output.recording, **recording)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
