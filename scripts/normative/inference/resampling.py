"""Bootstrap of the similarity of RDMs over stimuli and neurons.

A replicate is not built: it is a weight for every pair of stimuli, the product of how often each of
the two was drawn, so that all replicates are matrix products. Pairs of a stimulus with its own copy
have a dissimilarity of zero that nobody measured, and are left out.
"""

from dataclasses import dataclass

import numpy as np


def count_draws(draws, n_items):
    """Count how often each item was drawn.

    Parameters
    ----------
    draws : array of int, shape (replicates, draws)
        Indices of items.
    n_items : int

    Returns
    -------
    array of int, shape (replicates, items)
    """
    n_replicates = len(draws)
    # One count for all replicates: the items of replicate r are numbered from r · n_items on.
    numbers = draws + n_items * np.arange(n_replicates)[:, None]  # (replicates, draws)
    counts = np.bincount(numbers.ravel(), minlength=n_replicates * n_items)
    return counts.reshape(-1, n_items)  # (replicates · items,) -> (replicates, items)


def block_length(block_deg, n_stimuli):
    """Count the stimuli of a block, at least one, where all stimuli lie on a half circle."""
    return max(1, round(block_deg / 180 * n_stimuli))


def resample_blocks(n_stimuli, length, n_replicates, rng):
    """Draw blocks of neighboring stimuli on the circle until there are as many as before.

    Neighbors are too similar to be drawn one by one: the circular block bootstrap of Politis &
    Romano (1992).

    Parameters
    ----------
    n_stimuli : int
    length : int
        Stimuli of a block, see `block_length`.
    n_replicates : int
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
    if not 1 <= length <= n_stimuli:
        raise ValueError(f"a block of {length} stimuli, expected 1 to {n_stimuli}")
    n_blocks = -(-n_stimuli // length)
    starts = rng.integers(n_stimuli, size=(n_replicates, n_blocks, 1))
    draws = (starts + np.arange(length)) % n_stimuli  # (replicates, blocks, length)
    draws = draws.reshape(n_replicates, -1)[:, :n_stimuli]  # (replicates, stimuli)
    return count_draws(draws, n_stimuli)


def resample_units(n_units, n_replicates, rng):
    """Draw units one by one, with replacement: how often each was drawn, (replicates, units)."""
    return count_draws(rng.integers(n_units, size=(n_replicates, n_units)), n_units)


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
    # A variance taken as a mean square less a squared mean needs a mean near zero.
    responses = responses - responses.mean(axis=1, keepdims=True)
    # (replicates, neurons) × (neurons, stimuli) -> (replicates, stimuli)
    mean = weights @ responses.T
    sd = np.sqrt(weights @ (responses**2).T - mean**2)
    rows = []
    for i in range(len(responses) - 1):
        products = weights @ (responses[i] * responses[i + 1 :]).T  # (replicates, stimuli after i)
        covariance = products - mean[:, i : i + 1] * mean[:, i + 1 :]
        rows.append(1 - covariance / (sd[:, i : i + 1] * sd[:, i + 1 :]))
    return np.concatenate(rows, axis=1)  # (replicates, pairs)


def pair_weights(counts):
    """Weigh each pair of stimuli by how often both were drawn.

    Parameters
    ----------
    counts : array of int, shape (replicates, stimuli)

    Returns
    -------
    array of float64, shape (replicates, pairs)
    """
    n_replicates, n_stimuli = counts.shape
    counts = counts.astype(np.float64)
    weights = np.empty((n_replicates, n_stimuli * (n_stimuli - 1) // 2))
    end = 0
    for i in range(n_stimuli):  # row by row of the matrix: ten times faster than by indices
        start, end = end, end + n_stimuli - 1 - i
        np.multiply(counts[:, i : i + 1], counts[:, i + 1 :], out=weights[:, start:end])
    return weights


def balance_differences(weights, n_stimuli):
    """Give pairs of each difference of orientation the total weight that they have in the sample.

    Blocks drawn twice make too many pairs of near neighbors, which are similar in every smooth RDM,
    so that the similarity of replicates is too high. The share of each difference is not random: it
    is the experiment's.

    Parameters
    ----------
    weights : array, shape (replicates, pairs)
    n_stimuli : int
        Stimuli in the order of their orientation, at even steps.

    Returns
    -------
    array, shape (replicates, pairs)
    """
    first, second = np.triu_indices(n_stimuli, k=1)
    steps = np.minimum(second - first, n_stimuli - second + first) - 1  # (pairs,), on the circle
    is_member = np.eye(steps.max() + 1)[steps]  # (pairs, differences)
    totals = weights @ is_member  # (replicates, differences)
    with np.errstate(divide="ignore"):
        scale = np.where(totals > 0, is_member.sum(axis=0) / totals, 0)
    return weights * scale[:, steps]  # (replicates, differences) -> (replicates, pairs)


def weighted_ranks(values, weights):
    """Rank values that stand in a sample as often as their weights say, ties at their mean rank.

    A value has the ranks from one more than the weight of all smaller values, `weight_below`, to
    the weight of all values up to its own, `weight_through`, and gets their mean.

    Parameters
    ----------
    values, weights : array, shape (replicates, pairs)

    Returns
    -------
    array, shape (replicates, pairs)

    Examples
    --------
    The sample is 10, 10, 20, 20, 20, 30, as the first 20 is drawn once and the second one twice.
    Ranks 1 and 2 belong to 10, ranks 3 to 5 to 20, and rank 6 to 30.

    >>> values, weights = np.array([[30, 20, 10, 20]]), np.array([[1, 1, 2, 2]])
    >>> weighted_ranks(values, weights).tolist()
    [[6.0, 4.0, 1.5, 4.0]]
    """
    order = np.argsort(values, axis=1)
    values_in_order = np.take_along_axis(values, order, axis=1)
    weights_in_order = np.take_along_axis(weights, order, axis=1)
    cumulative = np.cumsum(weights_in_order, axis=1)
    # Whether a value is the first, or the last, of those that are equal to it.
    starts_tie, ends_tie = np.ones((2, *values.shape), dtype=bool)
    starts_tie[:, 1:] = values_in_order[:, 1:] != values_in_order[:, :-1]
    ends_tie[:, :-1] = starts_tie[:, 1:]
    # Carried from the start of a tie forward, and from its end backward, to all its values.
    weight_below = np.where(starts_tie, cumulative - weights_in_order, 0)
    weight_below = np.maximum.accumulate(weight_below, axis=1)
    weight_through = np.where(ends_tie, cumulative, np.inf)
    weight_through = np.minimum.accumulate(weight_through[:, ::-1], axis=1)[:, ::-1]
    ranks = np.empty(values.shape)
    np.put_along_axis(ranks, order, (weight_below + weight_through + 1) / 2, axis=1)
    return ranks


@dataclass(frozen=True)
class Moments:
    """RDMs prepared for `weighted_similarity`, once for all replicates.

    Ones, entries and squares are stacked, so that the sums of all replicates are few products of
    large matrices, and the weights are read as seldom as can be. What is in the leading axes is
    multiplied apart, so that the last bits of one network do not depend on how many others there
    are.

    Attributes
    ----------
    stacked : array, shape (…, 1 + 2 · rdms, pairs)
        A row of ones, the entries of each RDM, and their squares.
    n_rdms : int
    """

    stacked: np.ndarray
    n_rdms: int

    @classmethod
    def of(cls, rdms):
        """Prepare RDMs of entries above the diagonal, shape (…, rdms, pairs)."""
        ones = np.ones_like(rdms[..., :1, :])
        return cls(np.concatenate([ones, rdms, rdms**2], axis=-2), rdms.shape[-2])

    @property
    def entries(self):
        """The RDMs as they were, shape (…, rdms, pairs)."""
        return self.stacked[..., 1 : 1 + self.n_rdms, :]

    def weighted_means(self, weights):
        """Average the entries and their squares in every replicate.

        Parameters
        ----------
        weights : array, shape (replicates, pairs)

        Returns
        -------
        total : array, shape (…, replicates, 1)
            Sum of the weights.
        means, mean_squares : array, shape (…, replicates, rdms)
        """
        # (replicates, pairs) × (…, pairs, 1 + 2 · rdms) -> (…, replicates, 1 + 2 · rdms)
        sums = weights @ np.swapaxes(self.stacked, -1, -2)
        total = sums[..., :1]
        return total, sums[..., 1 : 1 + self.n_rdms] / total, sums[..., 1 + self.n_rdms :] / total

    def weighted_products(self, weighted, total):
        """Average another RDM, and its products with the entries, in every replicate.

        Parameters
        ----------
        weighted : array, shape (replicates, pairs)
            Entries of the other RDM times the weights.
        total : array, shape (…, replicates, 1)

        Returns
        -------
        mean : array, shape (…, replicates, 1)
        mean_products : array, shape (…, replicates, rdms)
        """
        # (replicates, pairs) × (…, pairs, 1 + rdms) -> (…, replicates, 1 + rdms)
        means = weighted @ np.swapaxes(self.stacked[..., : 1 + self.n_rdms, :], -1, -2) / total
        return means[..., :1], means[..., 1:]


def weighted_similarity(weights, rdm, others, comparator):
    """Compare one RDM with several in every replicate.

    Parameters
    ----------
    weights : array, shape (replicates, pairs)
    rdm : array, shape (replicates, pairs) or (1, pairs)
        Its dissimilarities, of each replicate or the same for all.
    others : Moments
        Of RDMs of shape (…, rdms, pairs). What is stacked in the leading axes is computed apart, so
        that the last bits of one network do not depend on how many others there are.
    comparator : {"pearson", "spearman", "cosine"}

    Returns
    -------
    array, shape (…, replicates, rdms)
        NaN where it is not defined, as for an RDM that is constant in a replicate.
    """
    if comparator == "spearman":
        return _weighted_spearman(weights, rdm, others.entries)
    total, means, mean_squares = others.weighted_means(weights)
    weighted = weights * rdm
    mean, mean_products = others.weighted_products(weighted, total)
    # (replicates, pairs) × (pairs,) -> (replicates,), or row by row
    squares = weighted @ rdm[0] if len(rdm) == 1 else np.einsum("rp,rp->r", weighted, rdm)
    mean_square = squares[:, None] / total  # (…, replicates, 1)
    if comparator == "cosine":
        return _ratio(mean_products, mean_square, mean_squares)
    return _ratio(mean_products - mean * means, mean_square - mean**2, mean_squares - means**2)


def _weighted_spearman(weights, rdm, entries):
    """Correlate the ranks that dissimilarities have in each replicate: (…, replicates, rdms)."""
    ranks = weighted_ranks(np.broadcast_to(rdm, weights.shape), weights)
    correlations = [
        _weighted_pearson(
            weights, ranks, weighted_ranks(np.broadcast_to(other, weights.shape), weights)
        )
        for other in entries.reshape(-1, weights.shape[1])  # (… · rdms, pairs)
    ]
    # (… · rdms, replicates) -> (…, rdms, replicates) -> (…, replicates, rdms)
    return np.moveaxis(np.reshape(correlations, (*entries.shape[:-1], -1)), -1, -2)


def _weighted_pearson(weights, first, second):
    """Weighted Pearson correlation of each row of arrays, (replicates, pairs) -> (replicates,)."""
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
