"""Comparison of RDMs with a recording's: as it is, as other samples would be, and relabeled."""

import logging

import numpy as np

from normative.inference.permutation_tests import relabeled_similarity, shifts_and_reflections
from normative.inference.resampling import (
    Moments,
    balance_differences,
    difference_groups,
    orientation_groups,
    pair_weights,
    resample_blocks,
    weighted_similarity,
)
from normative.inference.smoothness import choose_block, half_width
from normative.inference.streams import Stream, generator
from normative.rsa.rdm import standardize, upper_triangle

logger = logging.getLogger(__name__)

ROWS_AT_ONCE = 50  # of drawn RDMs in memory: few enough for the cache, if they have
ENTRIES_AT_ONCE = 8_000_000  # at most: 64 MB in double precision, in some ten arrays


def compare(
    rdms,
    half_widths_deg,
    recording,
    references,
    neurons,
    trials,
    *,
    coverage,
    closed_circle,
    comparator,
    block_deg,
    n_replicates,
    seed,
):
    """Compare RDMs with a recording's, and with what it would be in other samples.

    Parameters
    ----------
    rdms : array, shape (…, rdms, pairs)
        Entries above the diagonal. What is stacked in the leading axes is computed apart.
    half_widths_deg : sequence of float
        Of each RDM, see `half_width`.
    recording : array, shape (pairs,)
    references : array, shape (references, pairs)
    neurons, trials : array, shape (draws, pairs)
        The recording's with neurons drawn again, and with the noise of its trials turned around;
        no rows where they are not drawn.
    coverage : Coverage
        Of the circle by the stimuli.
    closed_circle : tuple of array, or None
        An RDM of the recording, (stimuli there, stimuli there), whose stimuli go evenly around a
        closed circle, and which stimuli they are, ascending.
    comparator : {"pearson", "spearman", "cosine"}
    block_deg : float, "auto" or None
        Of the blocks of stimuli that are drawn together, see `choose_block`. None: none are.
    n_replicates : int
        Of the draws of stimuli.
    seed : int

    Returns
    -------
    dict of array
        A row is the recording as it is, then one for each draw of neurons, then of trials.

        `similarity`, shape (…, rows, rdms): with the recording.
        `given_difference`, likewise: when the mean of each difference of orientation is subtracted.
        `with_references`, shape (…, rdms, references).
        `replicates`, shape (…, n_replicates, rdms): similarity with stimuli drawn anew as well; no
        rows where they are not.
        `projections`, shape (…, stimuli, rdms): what each stimulus adds, see `project`.
        `shifts`, shape (…, orders, rdms): on the closed circle, the first the real order; one row
        of NaN where there is none.
        `half_width_deg`, `block_deg`, shape (…, rdms).
    """
    entries = recording[None]
    samples = [entries, neurons, trials]
    groups = orientation_groups(coverage)
    result = {
        "similarity": similarity_of_rows(samples, rdms, comparator),
        "given_difference": similarity_of_rows(samples, rdms, comparator, groups),
        "with_references": np.swapaxes(similarity_of_rows([references], rdms, comparator), -1, -2),
        "projections": project(recording, rdms, coverage.n_stimuli, comparator),
        "shifts": shift_labels(rdms, closed_circle, coverage.n_stimuli, comparator),
    }
    n_rdms = rdms.shape[-2]
    replicates = np.empty((*rdms.shape[:-2], 0, n_rdms))
    blocks = np.full(n_rdms, np.nan)
    if block_deg is not None:
        replicates = np.empty((*rdms.shape[:-2], n_replicates, n_rdms))
        of_recording = half_width(recording, coverage)
        chosen = [choose_block(block_deg, [of_recording, w], coverage) for w in half_widths_deg]
        blocks, folded = np.array(chosen), difference_groups(coverage)
        drawn = neurons if len(neurons) else entries
        for block in np.unique(blocks):
            is_meant = blocks == block
            counts = resample_blocks(coverage, block, n_replicates, generator(seed, Stream.STIMULI))
            replicates[..., is_meant] = resample_stimuli(
                rdms[..., is_meant, :], drawn, counts, folded, comparator
            )
            logger.info("blocks of %g°: %d replicates", block, n_replicates)
    of_rdms = {"half_width_deg": np.asarray(half_widths_deg, float), "block_deg": blocks}
    of_rdms = {name: np.broadcast_to(values, rdms.shape[:-1]) for name, values in of_rdms.items()}
    return {**result, "replicates": replicates, **of_rdms}


def similarity_of_rows(samples, rdms, comparator, groups=None):
    """Compare each of some RDMs with each of others.

    Parameters
    ----------
    samples : list of array, each of shape (rows, pairs)
        One below the other.
    rdms : array, shape (…, rdms, pairs)
    comparator : {"pearson", "spearman", "cosine"}
    groups : array of int, shape (pairs,), optional
        The mean of each group of pairs is subtracted before (from ranks, of Spearman's).

    Returns
    -------
    array, shape (…, rows, rdms)
        NaN where it is not defined, as for an RDM that is constant (within the groups).
    """
    others = np.swapaxes(standardize(rdms, comparator, groups), -1, -2)  # (…, pairs, rdms)
    n_at_once = max(1, min(ROWS_AT_ONCE, ENTRIES_AT_ONCE // rdms.shape[-1]))
    chunks = [
        standardize(rows[start : start + n_at_once].astype(float), comparator, groups) @ others
        for rows in samples
        for start in range(0, len(rows), n_at_once)
    ]
    return np.concatenate(chunks, axis=-2)


def left_by_difference(entries, coverage, comparator):
    """Give the share of the variance of an RDM's entries that their differences do not explain.

    Parameters
    ----------
    entries : array, shape (pairs,)
    coverage : Coverage
    comparator : {"pearson", "spearman", "cosine"}

    Returns
    -------
    float
    """
    groups = orientation_groups(coverage)
    return (standardize(entries, comparator) @ standardize(entries, comparator, groups)) ** 2


def project(recording, rdms, n_stimuli, comparator):
    """Give what each stimulus adds to the similarity of RDMs: its Hájek projection.

    With x and y the standardized entries, the pair of stimuli i and j adds x y − r (x² + y²) / 2 to
    the correlation r, and a stimulus twice the mean of its pairs.

    Parameters
    ----------
    recording : array, shape (pairs,)
    rdms : array, shape (…, rdms, pairs)
    n_stimuli : int
    comparator : {"pearson", "spearman", "cosine"}

    Returns
    -------
    array, shape (…, stimuli, rdms)
        Of mean zero: the similarity of other stimuli differs by the mean of theirs.
    """
    x, y = (standardize(entries, comparator) for entries in (recording, rdms))
    r = (y @ x)[..., None]
    added = (x * y - r * (x**2 + y**2) / 2) * x.size  # (…, rdms, pairs)
    projections = np.empty((*rdms.shape[:-1], n_stimuli))
    first, second = np.triu_indices(n_stimuli, k=1)
    for out, of_pairs in zip(
        projections.reshape(-1, n_stimuli), added.reshape(-1, x.size), strict=True
    ):
        total = np.bincount(first, of_pairs, n_stimuli) + np.bincount(second, of_pairs, n_stimuli)
        out[:] = 2 * total / (n_stimuli - 1)
    return np.swapaxes(projections, -1, -2)


def resample_stimuli(rdms, drawn, counts, groups, comparator):
    """Compare RDMs with the recording's with stimuli, and its neurons, drawn anew.

    Parameters
    ----------
    rdms : array, shape (…, rdms, pairs)
    drawn : array, shape (replicates, pairs) or (1, pairs)
        The recording's RDM in each replicate, or in all.
    counts : array of int, shape (replicates, stimuli)
        How often each stimulus was drawn.
    groups : array of int, shape (pairs,)
        Of differences, see `balance_differences`.
    comparator : {"pearson", "spearman", "cosine"}

    Returns
    -------
    array, shape (…, replicates, rdms)
    """
    prepared = Moments.of(rdms)
    n_at_once = max(1, min(ROWS_AT_ONCE, ENTRIES_AT_ONCE // rdms.shape[-1]))
    chunks = []
    for start in range(0, len(counts), n_at_once):
        few = slice(start, start + n_at_once)
        weights = balance_differences(pair_weights(counts[few]), groups)
        rows = drawn if len(drawn) == 1 else drawn[few]
        chunks.append(weighted_similarity(weights, rows, prepared, comparator))
    return np.concatenate(chunks, axis=-2)


def shift_labels(rdms, closed_circle, n_stimuli, comparator):
    """Compare RDMs with the recording's, its labels shifted and reflected around a closed circle.

    Where orientations are uneven or leave out a part of the circle, or where its ends do not meet,
    a shift changes more than labels, and a test would find far more than it should.
    """
    if closed_circle is None:
        return np.full((*rdms.shape[:-2], 1, rdms.shape[-2]), np.nan)
    circle, index = closed_circle
    is_meant = upper_triangle(np.logical_and.outer(*[np.isin(np.arange(n_stimuli), index)] * 2))
    orders = shifts_and_reflections(len(circle))
    return relabeled_similarity(circle, rdms[..., is_meant], orders, comparator)
