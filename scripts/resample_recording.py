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

REPLICATES_AT_ONCE = 200  # whose weights and dissimilarities are in memory


def main(input, output, params):
    """Write how often each stimulus was drawn, and the recording's RDM of each draw of neurons.

    `counts` has replicates × stimuli, `dissimilarities` replicates × pairs of stimuli, or one row
    if neurons are not resampled.
    """
    with np.load(input.responses) as recording:
        responses = recording["responses"]
    n_stimuli, n_neurons = responses.shape
    n_replicates = params.n_replicates

    counts = np.ones((n_replicates, n_stimuli), dtype=np.int16)
    if "stimuli" in params.resample:
        length = block_length(params.block_deg, n_stimuli)
        if length > n_stimuli // 2:
            raise UserError(
                f"config key `inference.block_deg`: {params.block_deg:g}° are {length} of "
                f"{n_stimuli} stimuli, expected at most half the circle"
            )
        rng = generator(params.seed, Stream.STIMULI)
        counts[:] = resample_blocks(n_stimuli, length, n_replicates, rng)
        logger.info("blocks of %d of %d stimuli", length, n_stimuli)
    np.save(output.counts, counts)

    n_rows = n_replicates if "neurons" in params.resample else 1
    shape = n_rows, n_stimuli * (n_stimuli - 1) // 2
    file = np.lib.format.open_memmap(output.dissimilarities, "w+", np.float32, shape)
    if "neurons" not in params.resample:
        file[0] = upper_triangle(correlation_distance(responses))
        return
    rng = generator(params.seed, Stream.NEURONS)
    for start in range(0, n_replicates, REPLICATES_AT_ONCE):
        stop = min(start + REPLICATES_AT_ONCE, n_replicates)
        drawn = resample_units(n_neurons, stop - start, rng)  # (replicates, neurons)
        file[start:stop] = resampled_correlation_distances(responses, drawn)
        logger.info("%d of %d replicates of %d neurons", stop, n_replicates, n_neurons)
    file.flush()


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
