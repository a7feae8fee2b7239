"""Draw the gratings that each seed's networks learn from."""

import zipfile

from normative.stimuli.gratings import grating, training_orientations
from normative.workflow.runner import run
from normative.workflow.stacks import write_stack


def main(output, params):
    """Write `orientation` (seeds × stimuli, degrees) and `images` (… × height × width)."""
    orientations = [training_orientations(seed, params.n_stimuli) for seed in params.seeds]
    images = (grating(orientation, **params.stimulus) for orientation in orientations)
    write_stack(
        output.stimuli,
        params.seeds,
        {"orientation": orientations, "images": images},
        zipfile.ZIP_DEFLATED,
    )


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
