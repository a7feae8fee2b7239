"""Draw bootstrap replicates of the stimuli and of the recording's neurons."""

import logging

import numpy as np

from normative.inference.resampling import (
    block_length,
    blocks,
    resample_blocks,
    resample_units,
    resampled_correlation_distances,
)
from normative.inference.streams import Stream, generator
from normative.rsa.rdm import correlation_distance, upper_triangle
from normative.stimuli.coverage import Coverage
from normative.workflow.errors import UserError
from normative.workflow.runner import run

logger = logging.getLogger(__name__)

REPLICATES_AT_ONCE = 200  # whose weights are in memory; their dissimilarities are in the file


def main(input, output, params):
    """Write how often each stimulus was drawn, and the recording's RDM of each draw of neurons.

    `counts` has replicates × stimuli, `dissimilarities` replicates × pairs of stimuli, or one row
    if neurons are not resampled.
    """
    with np.load(input.responses) as recording:
        responses = recording["responses"]
        coverage = Coverage.of(recording["orientation"])
    n_stimuli, n_neurons = responses.shape
    n_replicates = params.n_replicates

    counts = np.ones((n_replicates, n_stimuli), dtype=np.int16)
    if "stimuli" in params.resample:
        check_block(params.block_deg, coverage)
        rng = generator(params.seed, Stream.STIMULI)
        counts[:] = resample_blocks(coverage, params.block_deg, n_replicates, rng)
        _, length, _ = blocks(coverage, params.block_deg)
        logger.info("blocks of %d to %d of %d stimuli", length.min(), length.max(), n_stimuli)
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
        resampled_correlation_distances(responses, drawn, out=file[start:stop])
        logger.info("%d of %d replicates of %d neurons", stop, n_replicates, n_neurons)
    file.flush()


def check_block(block_deg, coverage):
    """Raise a UserError if a block is more than half of what the orientations cover."""
    if coverage.is_circle:
        length, n_stimuli = block_length(block_deg, coverage), coverage.n_stimuli
        if length > n_stimuli // 2:
            raise UserError(
                f"config key `inference.block_deg`: {block_deg:g}° are {length} of "
                f"{n_stimuli} stimuli, expected at most half the circle"
            )
    elif block_deg > coverage.covered_deg / 2:
        raise UserError(
            f"config key `inference.block_deg`: {block_deg:g}°, expected at most half of the "
            f"{coverage.covered_deg:.4g}° that the orientations cover"
        )


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
