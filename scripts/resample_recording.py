"""Draw other samples of the recording: of its neurons, and of the noise of its trials."""

import logging

import numpy as np

from normative.inference.resampling import resample_units, resampled_correlation_distances
from normative.inference.streams import Stream, generator
from normative.inference.trials import turned_distances
from normative.workflow.runner import run

logger = logging.getLogger(__name__)

REPLICATES_AT_ONCE = 200  # whose weights are in memory; their dissimilarities are in the file
N_TRIAL_DRAWS = 200  # of the signs of the noise


def main(input, output, params):
    """Write the recording's RDM of each draw: an array draws × pairs of stimuli for each.

    There are no rows of what is not drawn: neurons or trials that the configuration leaves out,
    trials of which the recording has no two parts.
    """
    with np.load(input.responses) as file:
        responses = file["responses"]
        parts = [file[name] for name in ("half_1", "half_2") if name in file]
    n_stimuli, n_neurons = responses.shape
    n_pairs = n_stimuli * (n_stimuli - 1) // 2

    trials = np.empty((0, n_pairs), np.float32)
    if "trials" in params.resample and parts:
        rng = generator(params.seed, Stream.TRIALS)
        trials = turned_distances(responses, *parts, N_TRIAL_DRAWS, rng)
        logger.info("%d draws of the noise of trials", len(trials))
    np.save(output.trials, trials)
    del parts

    n_draws = params.n_replicates if "neurons" in params.resample else 0
    if not n_draws:
        np.save(output.neurons, np.empty((0, n_pairs), np.float32))
        return
    file = np.lib.format.open_memmap(output.neurons, "w+", np.float32, (n_draws, n_pairs))
    rng = generator(params.seed, Stream.NEURONS)
    for start in range(0, n_draws, REPLICATES_AT_ONCE):
        stop = min(start + REPLICATES_AT_ONCE, n_draws)
        drawn = resample_units(n_neurons, stop - start, rng)  # (draws, neurons)
        resampled_correlation_distances(responses, drawn, out=file[start:stop])
        logger.info("%d of %d draws of %d neurons", stop, n_draws, n_neurons)
    file.flush()


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
