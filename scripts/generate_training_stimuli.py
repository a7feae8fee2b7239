"""Draw the gratings that each seed's networks learn from."""

import numpy as np

from normative.gratings import grating, training_orientations
from normative.runner import run


def main(output, params):
    """Write `orientation` (degrees) and `images` (stimuli × height × width) for each seed."""
    for seed, path in zip(params.seeds, output.stimuli, strict=True):
        orientation = training_orientations(seed, params.n_stimuli)
        images = grating(orientation, **params.stimulus)
        np.savez_compressed(path, orientation=orientation, images=images)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
