"""Bootstrap of the similarity of RDMs over stimuli and neurons.

A replicate is not built: it is a weight for every pair of stimuli, the product of how often each of
the two was drawn, so that all replicates are matrix products. Pairs of a stimulus with its own copy
have a dissimilarity of zero that nobody measured, and are left out.
"""

import numpy as np


def count_draws(draws, items):
    """Count how often each item was drawn: (replicates, draws) of indices → (replicates, items)."""
    replicates = len(draws)
    offsets = items * np.arange(replicates)[:, None]
    return np.bincount((draws + offsets).ravel(), minlength=replicates * items).reshape(-1, items)


def block_length(block_deg, stimuli):
    """Count the stimuli of a block, at least one, where `stimuli` lie on a half circle."""
    return max(1, round(block_deg / 180 * stimuli))


def resample_blocks(stimuli, block, replicates, rng):
    """Draw blocks of neighboring stimuli on the circle until there are as many as before.

    Neighbors are too alike to be drawn one by one: the circular block bootstrap of Politis & Romano
    (1992).

    Parameters
    ----------
    stimuli, block, replicates : int
    rng : numpy.random.Generator

    Returns
    -------
    array of int, shape (replicates, stimuli)
        How often each stimulus was drawn.

    Raises
    ------
    ValueError
        If a block is longer than the circle, or has no stimulus.
    """
    if not 1 <= block <= stimuli:
        raise ValueError(f"a block of {block} stimuli, expected 1 to {stimuli}")
    starts = rng.integers(stimuli, size=(replicates, -(-stimuli // block), 1))
    draws = (starts + np.arange(block)) % stimuli
    return count_draws(draws.reshape(replicates, -1)[:, :stimuli], stimuli)


def resample_units(units, replicates, rng):
    """Draw units one by one, with replacement: how often each was drawn, (replicates, units)."""
    return count_draws(rng.integers(units, size=(replicates, units)), units)


def resampled_correlation_distances(responses, counts):
    """Compute the correlation distances of each bootstrap replicate of the neurons.

    Parameters
    ----------
    responses : array, shape (stimuli, neurons)
    counts : array of int, shape (replicates, neurons)
        How often each neuron was drawn.

    Returns
    -------
    array of float32, shape (replicates, pairs of stimuli)
    """
    # Single precision: its error, of 1e-6, is far below the spread of replicates.
    weights = (counts / counts.sum(axis=1, keepdims=True)).astype(np.float32)
    responses = np.asarray(responses, dtype=np.float32)
    responses = responses - responses.mean(axis=1, keepdims=True)
    mean = weights @ responses.T
    sd = np.sqrt(weights @ (responses**2).T - mean**2)
    rows = []
    for i in range(len(responses) - 1):
        products = weights @ (responses[i] * responses[i + 1 :]).T
        covariance = products - mean[:, i : i + 1] * mean[:, i + 1 :]
        rows.append(1 - covariance / (sd[:, i : i + 1] * sd[:, i + 1 :]))
    return np.concatenate(rows, axis=1)


def pair_weights(counts):
    """Weigh each pair of stimuli by how often both were drawn: (replicates, pairs), float64."""
    replicates, stimuli = counts.shape
    counts = counts.astype(np.float64)
    weights = np.empty((replicates, stimuli * (stimuli - 1) // 2))
    end = 0
    for i in range(stimuli):  # row by row of the matrix: ten times faster than by indices
        start, end = end, end + stimuli - 1 - i
        np.multiply(counts[:, i : i + 1], counts[:, i + 1 :], out=weights[:, start:end])
    return weights


def balance_differences(weights, stimuli):
    """Give pairs of each difference of orientation the total weight that they have in the sample.

    Blocks drawn twice make too many pairs of near neighbors, which every smooth RDM holds alike, so
    that the similarity of replicates is too high. The share of each difference is not random: it
    is the experiment's.

    Parameters
    ----------
    weights : array, shape (replicates, pairs)
    stimuli : int
        In the order of their orientation, at even steps.

    Returns
    -------
    array, shape (replicates, pairs)
    """
    first, second = np.triu_indices(stimuli, k=1)
    steps = np.minimum(second - first, stimuli - second + first) - 1  # around the circle
    member = np.eye(steps.max() + 1)[steps]
    totals = weights @ member
    with np.errstate(divide="ignore"):
        scale = np.where(totals > 0, member.sum(axis=0) / totals, 0)
    return weights * scale[:, steps]


def weighted_ranks(values, weights):
    """Rank values that stand in a sample as often as their weights say, ties at their mean rank.

    Parameters
    ----------
    values, weights : array, shape (replicates, pairs)

    Returns
    -------
    array, shape (replicates, pairs)
    """
    order = np.argsort(values, axis=1)
    ordered = np.take_along_axis(values, order, axis=1)
    weights = np.take_along_axis(weights, order, axis=1)
    up_to = np.cumsum(weights, axis=1)
    new = np.ones(values.shape, dtype=bool)  # starts a group of ties
    new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    ends = np.ones(values.shape, dtype=bool)
    ends[:, :-1] = new[:, 1:]
    below = np.maximum.accumulate(np.where(new, up_to - weights, 0), axis=1)
    through = np.where(ends, up_to, np.inf)[:, ::-1]
    through = np.minimum.accumulate(through, axis=1)[:, ::-1]
    ranks = np.empty(values.shape)
    np.put_along_axis(ranks, order, (below + through + 1) / 2, axis=1)
    return ranks


def moments(rdms):
    """Prepare RDMs for `weighted_similarity`, once for all replicates.

    Parameters
    ----------
    rdms : array, shape (…, rdms, pairs)

    Returns
    -------
    array, shape (…, 1 + 2 · rdms, pairs)
        Ones, the entries, their squares.
    """
    return np.concatenate([np.ones_like(rdms[..., :1, :]), rdms, rdms**2], axis=-2)


def weighted_similarity(weights, first, second, comparator):
    """Compare one RDM with several in every replicate.

    Parameters
    ----------
    weights : array, shape (replicates, pairs)
    first : array, shape (replicates, pairs) or (1, pairs)
        Dissimilarities, of each replicate or the same for all.
    second : array, shape (…, 1 + 2 · rdms, pairs)
        From `moments`. What is stacked in the leading axes is computed apart, so that the last
        bits of one network do not depend on how many others there are.
    comparator : {"pearson", "spearman", "cosine"}

    Returns
    -------
    array, shape (…, replicates, rdms)
        NaN where it is not defined, as for an RDM that is constant in a replicate.
    """
    rdms = second.shape[-2] // 2
    if comparator == "spearman":
        ranks = weighted_ranks(np.broadcast_to(first, weights.shape), weights)
        entries = second[..., 1 : 1 + rdms, :]
        found = [
            _similarity(
                weights, ranks, weighted_ranks(np.broadcast_to(rdm, weights.shape), weights)
            )
            for rdm in entries.reshape(-1, weights.shape[1])
        ]
        return np.moveaxis(np.reshape(found, (*entries.shape[:-1], -1)), -1, -2)
    # All sums are few products of large matrices, so that weights are read as seldom as can be.
    total, means, squares = np.split(weights @ np.swapaxes(second, -1, -2), [1, 1 + rdms], axis=-1)
    weighted = weights * first
    sums = weighted @ np.swapaxes(second[..., : 1 + rdms, :], -1, -2) / total
    mean, products = np.split(sums, [1], axis=-1)
    if len(first) == 1:
        square = (weighted @ first[0])[:, None] / total
    else:
        square = np.einsum("rp,rp->r", weighted, first)[:, None] / total
    means, squares = means / total, squares / total
    if comparator == "pearson":
        products = products - mean * means
        square, squares = square - mean**2, squares - means**2
    return _ratio(products, square, squares)


def _similarity(weights, first, second):
    """Weighted Pearson correlation of each row of two arrays, (replicates,)."""
    total = weights.sum(axis=1, keepdims=True)
    first = first - (weights * first).sum(axis=1, keepdims=True) / total
    second = second - (weights * second).sum(axis=1, keepdims=True) / total
    weighted = weights * first
    return _ratio(
        (weighted * second).sum(axis=1),
        (weighted * first).sum(axis=1),
        (weights * second**2).sum(axis=1),
    )


def _ratio(products, *squares):
    """Divide by the root of both squares; NaN where one of them is zero to rounding."""
    smallest = np.minimum(*np.broadcast_arrays(*squares))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(smallest > 1e-14, products / np.sqrt(squares[0] * squares[1]), np.nan)
