"""Draw bootstrap replicates of the stimuli and of the recording's neurons."""

import logging

import numpy as np

from normative.inference.resampling import (
    block_length,
    resample_blocks,
    resample_units,
    resampled_correlation_distances,
)
from normative.inference.streams import Stream, generator
from normative.rsa.rdm import correlation_distance, upper_triangle
from normative.workflow.errors import UserError
from normative.workflow.runner import run

logger = logging.getLogger(__name__)

AT_ONCE = 200  # replicates whose weights and dissimilarities are in memory


def main(input, output, params):
    """Write how often each stimulus was drawn, and the recording's RDM of each draw of neurons.

    `counts` has replicates × stimuli, `dissimilarities` replicates × pairs of stimuli, or one row
    if neurons are not resampled.
    """
    with np.load(input.responses) as recording:
        responses = recording["responses"]
    stimuli, neurons = responses.shape
    replicates = params.n_replicates

    counts = np.ones((replicates, stimuli), dtype=np.int16)
    if "stimuli" in params.resample:
        block = block_length(params.block_deg, stimuli)
        if block > stimuli // 2:
            raise UserError(
                f"config key `inference.block_deg`: {params.block_deg:g}° are {block} of {stimuli} "
                "stimuli, expected at most half the circle"
            )
        rng = generator(params.seed, Stream.STIMULI)
        counts[:] = resample_blocks(stimuli, block, replicates, rng)
        logger.info("blocks of %d of %d stimuli", block, stimuli)
    np.save(output.counts, counts)

    shape = (replicates if "neurons" in params.resample else 1, stimuli * (stimuli - 1) // 2)
    file = np.lib.format.open_memmap(output.dissimilarities, "w+", np.float32, shape)
    if "neurons" not in params.resample:
        file[0] = upper_triangle(correlation_distance(responses))
        return
    rng = generator(params.seed, Stream.NEURONS)
    for start in range(0, replicates, AT_ONCE):
        drawn = resample_units(neurons, min(AT_ONCE, replicates - start), rng)
        file[start : start + len(drawn)] = resampled_correlation_distances(responses, drawn)
        logger.info("%d of %d replicates of %d neurons", start + len(drawn), replicates, neurons)
    file.flush()


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
