"""Compare RDMs with the recording's: as they are, in bootstrap replicates, with other labels."""

import logging

import numpy as np

from normative.labels import permutations, relabeled_similarity, shifts_and_reflections
from normative.rdm import upper_triangle
from normative.resampling import (
    balance_differences,
    moments,
    pair_weights,
    weighted_similarity,
)
from normative.runner import run

logger = logging.getLogger(__name__)

AT_ONCE = 50  # replicates whose weights are in memory: few enough for the cache


def main(input, output, params):
    """Write the similarities of each file's RDMs; a file has an array of RDMs by their names.

    `bootstrap`: (1 + replicates) × RDMs × (recording and references); the first row is the sample.
    `shifts`: orders × RDMs; `permutations`: (1 + permutations) × RDMs; with the recording, and the
    first row is the real order.
    """
    with np.load(input.recording) as rdms:
        recording = rdms["responses"]
    with np.load(input.references) as rdms:
        fixed = [upper_triangle(rdm) for rdm in rdms.values()]
    names, rdms = zip(*(read_rdms(path) for path in input.rdms), strict=True)
    rdms = np.stack(rdms)  # files × RDMs × pairs

    prepared, rows = moments(rdms), []
    for weights, drawn in samples(input, recording):
        similarities = [
            weighted_similarity(weights, rdm, prepared, params.comparator)
            for rdm in (drawn, *(reference[None] for reference in fixed))
        ]
        rows.append(np.stack(similarities, axis=-1))
        done = sum(row.shape[1] for row in rows) - 1
        logger.info("%d replicates of %d files of RDMs", done, len(rdms))
    results = {"bootstrap": np.concatenate(rows, axis=1)}

    rng = np.random.default_rng([params.seed, 3])
    orders = {
        "shifts": shifts_and_reflections(len(recording)),
        "permutations": permutations(len(recording), params.permutations, rng),
    }
    for name, order in orders.items():
        results[name] = relabeled_similarity(recording, rdms, order, params.comparator)

    for index, path in enumerate(output.similarities):
        of_file = {name: array[index] for name, array in results.items()}
        np.savez(path, names=names[index], **of_file)


def read_rdms(path):
    """Read the names of a file's RDMs and their entries above the diagonal, (RDMs, pairs)."""
    with np.load(path) as rdms:
        return list(rdms), np.stack([upper_triangle(rdm) for rdm in rdms.values()])


def samples(input, recording):
    """Yield weights of pairs and the recording's dissimilarities: the sample, then replicates."""
    entries = upper_triangle(recording)[None]
    yield np.ones(entries.shape), entries
    counts = np.load(input.counts)
    drawn = np.load(input.dissimilarities, mmap_mode="r")
    for start in range(0, len(counts), AT_ONCE):
        chunk = slice(start, start + AT_ONCE)
        weights = balance_differences(pair_weights(counts[chunk]), counts.shape[1])
        yield weights, drawn if len(drawn) == 1 else drawn[chunk]


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
