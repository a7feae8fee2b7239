"""Bin a recording by orientation, keep half the circle and count from vertical."""

import logging

import numpy as np

from normative.recordings.download import verify_md5
from normative.recordings.responses import (
    MINIMUM_STIMULI,
    average_bins,
    average_repeats,
    half_circle,
    load_recording,
)
from normative.workflow.errors import UserError
from normative.workflow.runner import run

logger = logging.getLogger(__name__)


def main(input, output, params):
    """Write each form of the responses (stimuli × neurons) and `orientation` (degrees, −90…90)."""
    if params.md5:
        verify_md5(input.recording, params.md5)
    recorded, stimuli = load_recording(input.recording)
    forms = {}
    for name, resp in recorded.items():
        binned = average_bins(resp, stimuli, params.bin_width)
        forms[name], orientation = half_circle(*average_repeats(*binned))
    if len(orientation) < MINIMUM_STIMULI:
        raise UserError(
            f"{input.recording}: {len(orientation)} stimuli between 0 and 180° after binning by "
            f"{params.bin_width:g}°, expected at least {MINIMUM_STIMULI}; use a recording with "
            "more, or a smaller `bin_width`"
        )
    logger.info("%d of %d stimuli kept, %d neurons", len(orientation), *resp.shape)
    if repeats := len(stimuli) - len(np.unique(stimuli)):
        logger.info("%d stimuli repeat an orientation and are averaged with it", repeats)
    logger.info("found: %s", ", ".join(forms))
    np.savez(output.responses, orientation=orientation, **forms)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
