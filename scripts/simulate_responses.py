"""Simulate a recording in the layout of the tutorial's file."""

import logging

import numpy as np

from normative.runner import run
from normative.simulation import simulate_recording

logger = logging.getLogger(__name__)


def main(output, params):
    """Write `resp` (stimuli × neurons) and `stimuli` (degrees, 0–360)."""
    resp, stimuli = simulate_recording(**params.simulate)
    logger.info("simulated %d stimuli × %d neurons: %s", *resp.shape, params.simulate)
    np.savez(output.recording, resp=resp, stimuli=stimuli)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
