"""Comparison of RDMs with a recording's: in bootstrap replicates, and with other labels."""

import logging

import numpy as np

from normative.inference.permutation_tests import (
    permutations,
    relabeled_similarity,
    shifts_and_reflections,
)
from normative.inference.resampling import (
    balance_differences,
    moments,
    pair_weights,
    weighted_similarity,
)
from normative.inference.streams import Stream, generator
from normative.rsa.rdm import upper_triangle

logger = logging.getLogger(__name__)

AT_ONCE = 50  # replicates whose weights are in memory: few enough for the cache


def compare(
    rdms, recording, references, counts, dissimilarities, *, comparator, n_permutations, seed
):
    """Compare RDMs with a recording's as they are, in bootstrap replicates and with other labels.

    Parameters
    ----------
    rdms : array, shape (…, rdms, pairs)
        Entries above the diagonal. What is stacked in the leading axes is computed apart.
    recording : array, shape (stimuli, stimuli)
    references : list of array, each of shape (stimuli, stimuli)
    counts, dissimilarities : array
        From `resample_recording`: replicates × stimuli, and replicates (or 1) × pairs.
    comparator : {"pearson", "spearman", "cosine"}
    n_permutations : int
        Of the Mantel test.
    seed : int

    Returns
    -------
    dict of array
        `bootstrap`, shape (…, 1 + replicates, rdms, 1 + references): similarity with the recording
        and each reference; the first row is the sample. `shifts`, shape (…, orders, rdms), and
        `permutations`, shape (…, 1 + n_permutations, rdms): similarity with the recording, and the
        first row is the real order.
    """
    return {
        "bootstrap": bootstrap(rdms, recording, references, counts, dissimilarities, comparator),
        "shifts": shift_labels(rdms, recording, comparator),
        "permutations": permute_labels(rdms, recording, comparator, n_permutations, seed),
    }


def bootstrap(rdms, recording, references, counts, dissimilarities, comparator):
    """Compare RDMs with the recording's and the references' in the sample and each replicate."""
    fixed = [upper_triangle(reference)[None] for reference in references]
    prepared = moments(rdms)
    rows = []
    for weights, drawn in samples(recording, counts, dissimilarities):
        similarities = [
            weighted_similarity(weights, rdm, prepared, comparator)  # … × replicates × rdms
            for rdm in (drawn, *fixed)
        ]
        rows.append(np.stack(similarities, axis=-1))
        logger.info("%d replicates", sum(row.shape[-3] for row in rows) - 1)
    return np.concatenate(rows, axis=-3)


def samples(recording, counts, dissimilarities):
    """Yield weights of pairs and the recording's dissimilarities: the sample, then replicates."""
    entries = upper_triangle(recording)[None]
    yield np.ones(entries.shape), entries
    for start in range(0, len(counts), AT_ONCE):
        few = slice(start, start + AT_ONCE)
        weights = balance_differences(pair_weights(counts[few]), counts.shape[1])
        yield weights, dissimilarities if len(dissimilarities) == 1 else dissimilarities[few]


def shift_labels(rdms, recording, comparator):
    """Compare RDMs with the recording's, its labels shifted and reflected around the circle."""
    orders = shifts_and_reflections(len(recording))
    return relabeled_similarity(recording, rdms, orders, comparator)


def permute_labels(rdms, recording, comparator, n_permutations, seed):
    """Compare RDMs with the recording's, its labels permuted at random."""
    orders = permutations(len(recording), n_permutations, generator(seed, Stream.PERMUTATIONS))
    return relabeled_similarity(recording, rdms, orders, comparator)
