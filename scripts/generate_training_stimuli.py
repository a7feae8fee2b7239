"""Draw the gratings that one seed's networks learn from."""

import numpy as np

from normative.gratings import grating, training_orientations
from normative.runner import run


def main(output, params, wildcards):
    """Write `orientation` (degrees) and `images` (stimuli × height × width)."""
    orientation = training_orientations(int(wildcards.seed), params.n_stimuli)
    np.savez_compressed(
        output.stimuli, orientation=orientation, images=grating(orientation, **params.stimulus)
    )


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
