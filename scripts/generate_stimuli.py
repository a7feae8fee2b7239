"""Draw the gratings that the recorded animal saw."""

import numpy as np

from normative.stimuli.gratings import grating
from normative.workflow.runner import run


def main(input, output, params):
    """Write `orientation` (degrees) and `images` (stimuli × height × width)."""
    with np.load(input.responses) as recording:
        orientation = recording["orientation"]
    np.savez_compressed(
        output.stimuli, orientation=orientation, images=grating(orientation, **params.stimulus)
    )


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
