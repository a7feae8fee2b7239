"""Draw the gratings that the recorded animal saw."""

import numpy as np

from normative.recordings.convention import group_angles
from normative.stimuli.gratings import fold_polarity, grating
from normative.workflow.runner import run


def main(input, output, params):
    """Write `orientation` (degrees) and `images` (stimuli × height × width).

    Those of θ and θ + 180° are one image to the last pixel, which rounding may turn over.
    """
    with np.load(input.responses) as recording:
        orientation = recording["orientation"]
    different, index = group_angles(fold_polarity(orientation))
    images = grating(different, **params.stimulus)[index]
    np.savez_compressed(output.stimuli, orientation=orientation, images=images)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
