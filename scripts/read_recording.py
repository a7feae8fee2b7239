"""Read a recording of the user's own, of any format, into the tutorial's layout."""

import logging

import numpy as np

from normative.recordings.download import verify_md5
from normative.recordings.preparation import prepare
from normative.recordings.readers import read_recording
from normative.workflow.runner import run

logger = logging.getLogger(__name__)


def main(input, output, params):
    """Write the arrays of `prepare`; every choice is told in the log and in `notes`."""
    path = str(input.recording)
    if "md5" in params.entry:
        verify_md5(path, params.entry["md5"])
    arrays = prepare(read_recording(path, params.entry), params.entry, path)
    for note in arrays["notes"]:
        logger.info("%s", note)
    np.savez(output.recording, **arrays)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
