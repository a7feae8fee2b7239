"""Comparison of RDMs with a recording's: in bootstrap replicates, and with other labels."""

import logging

import numpy as np

from normative.inference.permutation_tests import (
    permutations,
    relabeled_similarity,
    shifts_and_reflections,
)
from normative.inference.resampling import (
    Moments,
    balance_differences,
    pair_weights,
    weighted_similarity,
)
from normative.inference.streams import Stream, generator
from normative.rsa.rdm import upper_triangle

logger = logging.getLogger(__name__)

REPLICATES_AT_ONCE = 50  # whose weights are in memory: few enough for the cache


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
    counts : array of int, shape (replicates, stimuli)
        How often each stimulus was drawn, from `resample_recording`.
    dissimilarities : array, shape (replicates, pairs) or (1, pairs)
        The recording's with neurons drawn again in each replicate, or as they are.
    comparator : {"pearson", "spearman", "cosine"}
    n_permutations : int
        Of the Mantel test.
    seed : int

    Returns
    -------
    dict of array
        `bootstrap`, shape (…, 1 + replicates, rdms, 1 + references): similarity with the recording
        and each reference; the first row is the sample. `shifts`, shape (…, 2 · stimuli, rdms), and
        `permutations`, shape (…, 1 + n_permutations, rdms): similarity with the recording; the
        first row is the real order.
    """
    return {
        "bootstrap": bootstrap(rdms, recording, references, counts, dissimilarities, comparator),
        "shifts": shift_labels(rdms, recording, comparator),
        "permutations": permute_labels(rdms, recording, comparator, n_permutations, seed),
    }


def bootstrap(rdms, recording, references, counts, dissimilarities, comparator):
    """Compare RDMs with the recording's and the references' in the sample and each replicate.

    Parameters and result are those of `compare`.
    """
    fixed = [upper_triangle(reference)[None] for reference in references]  # each (1, pairs)
    prepared = Moments.of(rdms)
    chunks = []
    for weights, drawn in samples(recording, counts, dissimilarities):
        similarities = [
            weighted_similarity(weights, rdm, prepared, comparator) for rdm in (drawn, *fixed)
        ]
        # of each (…, replicates, rdms) -> (…, replicates, rdms, 1 + references)
        chunks.append(np.stack(similarities, axis=-1))
        logger.info("%d replicates", sum(chunk.shape[-3] for chunk in chunks) - 1)
    return np.concatenate(chunks, axis=-3)


def samples(recording, counts, dissimilarities):
    """Yield weights of pairs and the recording's entries: of the sample, then of replicates.

    Yields
    ------
    weights : array, shape (replicates, pairs)
    drawn : array, shape (replicates, pairs) or (1, pairs)
    """
    entries = upper_triangle(recording)[None]
    yield np.ones(entries.shape), entries
    n_replicates, n_stimuli = counts.shape
    for start in range(0, n_replicates, REPLICATES_AT_ONCE):
        few = slice(start, start + REPLICATES_AT_ONCE)
        weights = balance_differences(pair_weights(counts[few]), n_stimuli)
        yield weights, dissimilarities if len(dissimilarities) == 1 else dissimilarities[few]


def shift_labels(rdms, recording, comparator):
    """Compare RDMs with the recording's, its labels shifted and reflected around the circle."""
    orders = shifts_and_reflections(len(recording))
    return relabeled_similarity(recording, rdms, orders, comparator)


def permute_labels(rdms, recording, comparator, n_permutations, seed):
    """Compare RDMs with the recording's, its labels permuted at random."""
    orders = permutations(len(recording), n_permutations, generator(seed, Stream.PERMUTATIONS))
    return relabeled_similarity(recording, rdms, orders, comparator)
