"""Bootstrap of the similarity of RDMs over stimuli and neurons.

A replicate is not built: it is a weight for every pair of stimuli, the product of how often each of
the two was drawn, so that all replicates are matrix products. Pairs of a stimulus with its own copy
have a dissimilarity of zero that nobody measured, and are left out.
"""

from dataclasses import dataclass

import numpy as np

from normative.rsa.rdm import variance_or_nan

SINGLE_ROUNDING = 1e-5  # share of a square that a sum in single precision may be off by


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


def block_length(block_deg, coverage):
    """Count the stimuli of a block, at least one, where all gaps of the circle are one step."""
    return max(1, round(block_deg / coverage.circle_deg * coverage.n_stimuli))


def blocks(coverage, block_deg):
    """List the blocks of neighboring stimuli on the circle, and how probable each is.

    With even orientations all around, a block begins at each stimulus and has `block_length`
    stimuli. Elsewhere it is what an arc of `block_deg`, at a random angle, has in it: were blocks
    to begin at stimuli, those behind a gap would hardly be drawn. So all are drawn alike.

    Parameters
    ----------
    coverage : Coverage
    block_deg : float

    Returns
    -------
    first : array of int, shape (blocks,)
        The stimulus that a block begins with.
    length : array of int, shape (blocks,)
        How many stimuli it has, on across the end of the circle.
    probability : array, shape (blocks,), or None
        None where all are alike.

    Raises
    ------
    ValueError
        If a block is longer than the circle, or has no stimulus.
    """
    if not 0 < block_deg <= coverage.circle_deg:
        raise ValueError(f"a block of {block_deg:g}°, expected up to {coverage.circle_deg:g}°")
    n_stimuli = coverage.n_stimuli
    if coverage.is_circle:
        length = block_length(block_deg, coverage)
        return np.arange(n_stimuli), np.full(n_stimuli, length), None
    angle = coverage.angle_deg - coverage.angle_deg[0]
    twice = np.concatenate([angle, angle + coverage.circle_deg])  # the circle, and on
    # What an arc has in it changes where it begins at a stimulus, and where it ends at one.
    starts = np.unique(np.concatenate([angle, (angle - block_deg) % coverage.circle_deg]))
    widths = np.diff(starts, append=starts[0] + coverage.circle_deg)
    middles = starts + widths / 2
    first = np.searchsorted(twice, middles)
    length = np.searchsorted(twice, middles + block_deg) - first
    widths[length == 0] = 0
    return first % n_stimuli, length, widths / widths.sum()


def resample_blocks(coverage, block_deg, n_replicates, rng):
    """Draw blocks of neighboring stimuli on the circle until there are as many as before.

    Neighbors are too similar to be drawn one by one: the circular block bootstrap of Politis &
    Romano (1992).

    Parameters
    ----------
    coverage : Coverage
    block_deg : float
        Of a block, see `blocks`.
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
    first, length, probability = blocks(coverage, block_deg)
    n_stimuli = coverage.n_stimuli
    n_blocks = -(-n_stimuli // length[length > 0].min())  # enough, however short they are
    size = n_replicates, n_blocks
    if probability is None:
        drawn = rng.integers(len(first), size=(*size, 1))[..., 0]
    else:
        drawn = rng.choice(len(first), size=size, p=probability)
    length = length[drawn]  # (replicates, blocks)
    before = np.cumsum(length, axis=1) - length
    length = np.clip(n_stimuli - before, 0, length)  # the last block is cut, others are not used
    # One more from the start of a block on, one fewer from its end on, once around and back.
    row = (2 * n_stimuli + 1) * np.arange(n_replicates)[:, None]
    starts, ends = row + first[drawn], row + first[drawn] + length
    total = n_replicates * (2 * n_stimuli + 1)
    changes = np.bincount(starts.ravel(), minlength=total)
    changes -= np.bincount(ends.ravel(), minlength=total)
    counts = np.cumsum(changes.reshape(n_replicates, -1), axis=1)[:, :-1]
    return counts.reshape(n_replicates, 2, n_stimuli).sum(axis=1)


def resample_units(n_units, n_replicates, rng):
    """Draw units one by one, with replacement: how often each was drawn, (replicates, units)."""
    return count_draws(rng.integers(n_units, size=(n_replicates, n_units)), n_units)


def resampled_correlation_distances(responses, counts, out=None):
    """Compute the correlation distances of each bootstrap replicate of the neurons.

    Products are summed in single precision, whose error, of some 1e-6 of a distance, is far below
    the spread of replicates. Neurons whose baselines differ far more than they are tuned have
    patterns of nearly the same stimulus after stimulus, and distances far below one. No digit of
    them would be left in 1 − r. So patterns are standardized, which changes no correlation, and
    their mean over stimuli split off in double precision: xᵢ = m + dᵢ. With sᵢ the SD of xᵢ in a
    replicate,

        1 − rᵢⱼ = (var(dᵢ − dⱼ) − (sᵢ − sⱼ)²) / (2 sᵢ sⱼ)
        sᵢ²     = var(m) + qᵢ,   qᵢ = 2 cov(m, dᵢ) + var(dᵢ)
        sᵢ − sⱼ = (qᵢ − qⱼ) / (sᵢ + sⱼ)

    have no difference of large numbers.

    Parameters
    ----------
    responses : array, shape (stimuli, neurons)
    counts : array of int, shape (replicates, neurons)
        How often each neuron was drawn.
    out : array, shape (replicates, pairs of stimuli), optional
        Where to write, such as a part of a file.

    Returns
    -------
    array of float32, shape (replicates, pairs of stimuli)
    """
    n_stimuli = len(responses)
    if out is None:
        out = np.empty((len(counts), n_stimuli * (n_stimuli - 1) // 2), np.float32)
    weights = (counts / counts.sum(axis=1, keepdims=True)).astype(np.float32)
    common, deviations = split_patterns(responses)  # (neurons,), (stimuli, neurons)

    # (replicates, neurons) × (neurons, stimuli) -> (replicates, stimuli)
    mean = (weights @ deviations.T).astype(np.float64)
    mean_of_common = (weights @ common).astype(np.float64)[:, None]
    var_of_common = (weights @ common**2)[:, None] - mean_of_common**2
    q = np.empty_like(mean)
    for i, deviation in enumerate(deviations):
        q[:, i] = weights @ (deviation * (2 * common + deviation))
    q -= mean * (2 * mean_of_common + mean)
    variance = var_of_common + q
    # Of neurons drawn so that all respond alike, what is left is a rounding error.
    variance[variance <= SINGLE_ROUNDING * (mean_of_common + mean) ** 2] = np.nan
    sd = np.sqrt(variance)

    end = 0
    for i in range(n_stimuli - 1):
        start, end = end, end + n_stimuli - 1 - i
        differences = deviations[i + 1 :] - deviations[i]
        squares = weights @ np.square(differences, out=differences).T  # (replicates, after i)
        of_i, after = np.s_[:, i : i + 1], np.s_[:, i + 1 :]
        variance = squares - (mean[of_i] - mean[after]) ** 2
        variance -= ((q[of_i] - q[after]) / (sd[of_i] + sd[after])) ** 2
        out[:, start:end] = variance / (2 * sd[of_i] * sd[after])
    return out


def split_patterns(responses):
    """Standardize patterns and split off their mean over stimuli, in double precision.

    Parameters
    ----------
    responses : array, shape (stimuli, neurons)

    Returns
    -------
    common : array of float32, shape (neurons,)
        Mean over stimuli of the patterns, each at mean zero and variance one.
    deviations : array of float32, shape (stimuli, neurons)
        What each differs by.
    """

    def standardized():
        """Yield patterns one by one: all of them would take twice the recording's memory."""
        for pattern in responses:
            centered = pattern.astype(np.float64)
            centered -= centered.mean()
            yield centered / np.sqrt(np.mean(centered**2))

    # Each deviates from the rounded mean, so that their sum is exact.
    common = (sum(standardized()) / len(responses)).astype(np.float32)
    deviations = np.empty(responses.shape, np.float32)
    for row, pattern in zip(deviations, standardized(), strict=True):
        np.subtract(pattern, common, out=row, casting="same_kind")
    return common, deviations


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


def orientation_groups(coverage):
    """Group the pairs of stimuli by any difference of orientation that a recording can tell.

    The shorter way along the circle, but not where the first and the last stimulus are one point of
    it and two stimuli, as 0° and 180° of the tutorial: there, by the angles.
    """
    return difference_groups(coverage, folded=not coverage.has_both_ends)


def difference_groups(coverage, folded=True):
    """Group the pairs of stimuli by their difference of orientation.

    With even orientations all around, a group is a number of steps. Elsewhere, differences are
    rounded to whole smallest steps, and a group goes on until it has half as many pairs as there
    are stimuli, as the smallest one of a circle has: a difference of one pair alone would have all
    its weight whenever the pair is drawn at all.

    Parameters
    ----------
    coverage : Coverage
    folded : bool
        Whether differences are along the circle, the shorter way, or as the angles are.

    Returns
    -------
    array of int32, shape (pairs,)
    """
    n_stimuli = coverage.n_stimuli
    if coverage.is_circle:
        rows = [np.arange(1, n_stimuli - i) for i in range(n_stimuli - 1)]
        steps = np.concatenate(rows).astype(np.int32)
        return (np.minimum(steps, n_stimuli - steps) if folded else steps) - 1
    difference = coverage.differences_deg(folded)
    steps = np.rint(np.maximum(difference, 0) / coverage.step_deg).astype(np.int32)
    group_of_step, group, n_pairs = [], 0, 0
    n_left = len(steps)
    for n_of_step in np.bincount(steps).tolist():
        group_of_step.append(group)
        n_pairs += n_of_step
        n_left -= n_of_step
        if 2 * n_pairs >= n_stimuli and 2 * n_left >= n_stimuli:
            group, n_pairs = group + 1, 0
    return np.array(group_of_step, np.int32)[steps]


def balance_differences(weights, groups):
    """Give pairs of each difference of orientation the total weight that they have in the sample.

    Blocks drawn twice make too many pairs of near neighbors, which are similar in every smooth RDM,
    so that the similarity of replicates is too high. The share of each difference is not random: it
    is the experiment's.

    Parameters
    ----------
    weights : array, shape (replicates, pairs)
    groups : array of int, shape (pairs,)
        Of differences of orientation, see `difference_groups`.

    Returns
    -------
    array, shape (replicates, pairs)
    """
    n_pairs = np.bincount(groups)  # (groups,)
    balanced = np.empty(weights.shape)
    for row, out in zip(weights, balanced, strict=True):
        totals = np.bincount(groups, weights=row)
        scale = np.divide(n_pairs, totals, out=np.zeros(len(totals)), where=totals > 0)
        np.multiply(row, scale[groups], out=out)
    return balanced


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
    return _ratio(
        mean_products - mean * means,
        variance_or_nan(mean_square - mean**2, mean_square),
        variance_or_nan(mean_squares - means**2, mean_squares),
    )


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
    variances, centered = [], []
    for values in (first, second):
        square = (weights * values**2).sum(axis=1)
        values = values - (weights * values).sum(axis=1, keepdims=True) / total
        variances.append(variance_or_nan((weights * values**2).sum(axis=1), square))
        centered.append(values)
    return _ratio((weights * centered[0] * centered[1]).sum(axis=1), *variances)


def _ratio(products, *squares):
    """Divide by the root of both squares; NaN where one of them is zero."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = products / np.sqrt(squares[0] * squares[1])
        return np.where(np.minimum(*np.broadcast_arrays(*squares)) > 0, ratio, np.nan)
