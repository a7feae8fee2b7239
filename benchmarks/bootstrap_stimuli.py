"""Time of a bootstrap over stimuli, by weights and by rsatoolbox's copies of the same draws.

    python benchmarks/bootstrap_stimuli.py --stimuli 180 --models 6 --replicates 1000

Prints one line a pair of runs, ours and theirs one after the other: seconds of both, their ratio
and the largest difference of the similarities. One thread.
"""

import argparse
import os
import sys
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy is imported
sys.path.append(str(Path(__file__).resolve().parents[1] / "scripts"))

import numpy as np
import rsatoolbox

from normative.rdm import correlation_distance, upper_triangle
from normative.resampling import count_draws, moments, pair_weights, weighted_similarity

AT_ONCE = 50  # replicates, as in the workflow


def ours(draws, recording, models):
    """Weigh pairs of stimuli: (replicates, models)."""
    prepared = moments(models)
    chunks = np.array_split(draws, -(-len(draws) // AT_ONCE))
    weights = (pair_weights(count_draws(chunk, draws.shape[1])) for chunk in chunks)
    similar = [weighted_similarity(chunk, recording, prepared, "pearson") for chunk in weights]
    return np.concatenate(similar)


def theirs(draws, recording, models):
    """Copy stimuli, as `rsatoolbox.inference.eval_bootstrap_pattern` does in its loop."""
    recording = rsatoolbox.rdm.RDMs(recording)
    models = [rsatoolbox.model.ModelFixed(str(i), rdm) for i, rdm in enumerate(models)]
    similarities = []
    for draw in draws:
        sample = recording.subsample_pattern("index", draw)
        similarities.append(
            [
                rsatoolbox.rdm.compare(
                    model.predict_rdm().subsample_pattern("index", draw), sample, "corr"
                ).mean()
                for model in models
            ]
        )
    return np.array(similarities)


def timed(function, *arguments):
    """Give the seconds and the result."""
    start = time.perf_counter()
    result = function(*arguments)
    return time.perf_counter() - start, result


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stimuli", type=int, default=180)
    parser.add_argument("--models", type=int, default=6)
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    rng = np.random.default_rng(0)
    curves = rng.standard_normal((arguments.models + 1, arguments.stimuli, 100)).cumsum(axis=1)
    recording, *models = (upper_triangle(correlation_distance(c + curves[0])) for c in curves)
    models = np.array(models)
    print("ours_s,rsatoolbox_s,ratio,largest_difference")
    for _ in range(arguments.runs):
        draws = rng.integers(arguments.stimuli, size=(arguments.replicates, arguments.stimuli))
        fast, found = timed(ours, draws, recording[None], models)
        slow, expected = timed(theirs, draws, recording[None], models)
        difference = np.abs(found - expected).max()
        print(f"{fast:.3f},{slow:.2f},{slow / fast:.0f},{difference:.1e}", flush=True)


if __name__ == "__main__":
    main()
