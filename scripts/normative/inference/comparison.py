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
    difference_groups,
    pair_weights,
    weighted_similarity,
)
from normative.inference.streams import Stream, generator
from normative.rsa.rdm import upper_triangle

logger = logging.getLogger(__name__)

REPLICATES_AT_ONCE = 50  # whose weights are in memory: few enough for the cache, if they have
ENTRIES_AT_ONCE = 8_000_000  # at most: 64 MB in double precision, in some ten arrays


def compare(
    rdms,
    recording,
    references,
    counts,
    dissimilarities,
    *,
    coverage,
    comparator,
    n_permutations,
    seed,
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
    coverage : Coverage
        Of the circle by the stimuli.
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
        first row is the real order. `shifts` is one row of NaN where orientations are not even all
        around the circle.
    """
    groups = difference_groups(coverage)
    of_recording = recording, references, counts, dissimilarities
    return {
        "bootstrap": bootstrap(rdms, *of_recording, groups, comparator),
        "shifts": shift_labels(rdms, recording, coverage, comparator),
        "permutations": permute_labels(rdms, recording, comparator, n_permutations, seed),
    }


def bootstrap(rdms, recording, references, counts, dissimilarities, groups, comparator):
    """Compare RDMs with the recording's and the references' in the sample and each replicate.

    Parameters and result are those of `compare`; `groups` are those of `difference_groups`.
    """
    fixed = [upper_triangle(reference)[None] for reference in references]  # each (1, pairs)
    prepared = Moments.of(rdms)
    chunks = []
    for weights, drawn in samples(recording, counts, dissimilarities, groups):
        similarities = [
            weighted_similarity(weights, rdm, prepared, comparator) for rdm in (drawn, *fixed)
        ]
        # of each (…, replicates, rdms) -> (…, replicates, rdms, 1 + references)
        chunks.append(np.stack(similarities, axis=-1))
        logger.info("%d replicates", sum(chunk.shape[-3] for chunk in chunks) - 1)
    return np.concatenate(chunks, axis=-3)


def samples(recording, counts, dissimilarities, groups):
    """Yield weights of pairs and the recording's entries: of the sample, then of replicates.

    Yields
    ------
    weights : array, shape (replicates, pairs)
    drawn : array, shape (replicates, pairs) or (1, pairs)
    """
    entries = upper_triangle(recording)[None]
    yield np.ones(entries.shape), entries
    n_at_once = max(1, min(REPLICATES_AT_ONCE, ENTRIES_AT_ONCE // entries.size))
    for start in range(0, len(counts), n_at_once):
        few = slice(start, start + n_at_once)
        weights = balance_differences(pair_weights(counts[few]), groups)
        yield weights, dissimilarities if len(dissimilarities) == 1 else dissimilarities[few]


def shift_labels(rdms, recording, coverage, comparator):
    """Compare RDMs with the recording's, its labels shifted and reflected around the circle.

    Where orientations are uneven or leave out a part of the circle, a shift changes more than
    labels, and a test would find far more than it should.
    """
    if not coverage.is_circle:
        return np.full((*rdms.shape[:-2], 1, rdms.shape[-2]), np.nan)
    orders = shifts_and_reflections(len(recording))
    return relabeled_similarity(recording, rdms, orders, comparator)


def permute_labels(rdms, recording, comparator, n_permutations, seed):
    """Compare RDMs with the recording's, its labels permuted at random."""
    orders = permutations(len(recording), n_permutations, generator(seed, Stream.PERMUTATIONS))
    return relabeled_similarity(recording, rdms, orders, comparator)
