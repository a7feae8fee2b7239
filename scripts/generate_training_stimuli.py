"""Draw the stimuli that each seed's networks learn from."""

import zipfile

from normative.tasks import find_task
from normative.workflow.runner import run
from normative.workflow.stacks import write_stack


def main(output, params):
    """Write what is true of the stimuli (seeds × stimuli, …) and `images` (… × height × width)."""
    task = find_task(params.task)
    n_stimuli = task.n_stimuli or params.n_stimuli

    def draw(part):
        for seed in params.seeds:
            yield task.stimuli(seed, n_stimuli, False, params.stimulus)[part]

    # Each part is drawn anew: images of all seeds may be more than memory holds.
    arrays = {task.truth: draw(1), "images": draw(0)}
    write_stack(output.stimuli, params.seeds, arrays, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
