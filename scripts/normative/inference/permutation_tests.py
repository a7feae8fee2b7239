"""Tests of the similarity of two RDMs by giving the stimuli of one other labels.

Under the hypothesis that nothing but chance lines up the stimuli of one RDM with those of the
other, another labeling is as good as the real one. Which other? Neighboring orientations are
similar in every smooth representation, and a free permutation, the Mantel test (1967), destroys
that, so that all smooth RDMs seem related. Shifts and reflections of the circle keep it: together
they are a group, and the test is exact.
"""

import numpy as np

from normative.rsa.rdm import standardize

ORDERS_AT_ONCE = 100  # whose reordered RDMs are in memory, if they have
ENTRIES_AT_ONCE = 8_000_000  # at most: 64 MB in double precision


def shifts_and_reflections(n_stimuli):
    """List all shifts and reflections of a circle, the identity first: (2 · stimuli, stimuli)."""
    shifts = (np.arange(n_stimuli)[:, None] + np.arange(n_stimuli)) % n_stimuli
    return np.concatenate([shifts, shifts[:, ::-1]])


def permutations(n_stimuli, n_permutations, rng):
    """Draw permutations, the identity first: (1 + n_permutations, stimuli)."""
    identity = np.arange(n_stimuli)
    return np.vstack([identity, rng.permuted(np.tile(identity, (n_permutations, 1)), axis=1)])


def relabeled_similarity(rdm, others, orders, comparator):
    """Compare an RDM, its stimuli in other orders, with several others.

    Parameters
    ----------
    rdm : array, shape (stimuli, stimuli)
    others : array, shape (…, rdms, pairs)
        Entries above the diagonal. What is stacked in the leading axes is computed apart, so that
        the last bits of one network do not depend on how many others there are.
    orders : array of int, shape (orders, stimuli)
    comparator : {"pearson", "spearman", "cosine"}

    Returns
    -------
    array, shape (…, orders, rdms)
    """
    # A new order changes neither mean nor spread, nor the ranks' set: standardize once.
    first, second = np.triu_indices(len(rdm), k=1)
    standard = np.zeros(rdm.shape)
    standard[first, second] = standardize(rdm[first, second][None], comparator)
    standard += standard.T
    others = np.swapaxes(standardize(others, comparator), -1, -2)  # (…, pairs, rdms)
    n_at_once = max(1, min(ORDERS_AT_ONCE, ENTRIES_AT_ONCE // len(first)))
    chunks = np.array_split(orders, -(-len(orders) // n_at_once))
    # (orders of a chunk, pairs) × (…, pairs, rdms) -> (…, orders of a chunk, rdms)
    similarities = [standard[chunk[:, first], chunk[:, second]] @ others for chunk in chunks]
    return np.concatenate(similarities, axis=-2)


def label_p(similarities):
    """Give the fraction of orders at least as similar as the real one, which is among them.

    Parameters
    ----------
    similarities : array, shape (orders, …)
        The first is that of the real order.

    Returns
    -------
    array, shape (…)
        NaN where the similarity in the real order is not defined.
    """
    similarities = np.asarray(similarities)
    # Orders that give the same RDM give the same similarity only up to rounding.
    p = np.mean(similarities >= similarities[0] - 1e-12, axis=0)
    return np.where(np.isnan(similarities[0]), np.nan, p)


def least_p(similarities):
    """Give the smallest value that `label_p` can have: the share of orders that change nothing.

    A symmetric RDM is the same in some orders, and as similar there as in the real one, whatever
    the other RDM is.

    Parameters
    ----------
    similarities : array, shape (orders, rdms)
        In all `shifts_and_reflections`.

    Returns
    -------
    array, shape (rdms,)
        NaN where the similarity in the real order is not defined.
    """
    n_stimuli = len(similarities) // 2
    orders = shifts_and_reflections(n_stimuli)
    n_alike = np.zeros(similarities.shape[1])
    for order in orders:
        first, second = orders[:, order[:2]].T  # of each order after this one
        is_shift = (second - first) % n_stimuli == 1
        after = np.where(is_shift, first, n_stimuli + (first + 1) % n_stimuli)
        n_alike += (np.abs(similarities[after] - similarities) <= 1e-12).all(axis=0)
    return np.where(np.isnan(similarities[0]), np.nan, n_alike / max(1, len(orders)))


def step_down_max(similarities):
    """Correct `label_p` of several RDMs for their number, by the largest of them in each order.

    Westfall & Young (1993): each RDM's similarities are standardized over all orders, and the most
    extreme one is compared with the largest of all in each order, the next with the largest of the
    others, and so on. Dependent tests cost less than by Holm's correction, and the smallest p-value
    stays that of one test.

    Parameters
    ----------
    similarities : array, shape (orders, rdms)
        The first is that of the real order.

    Returns
    -------
    array, shape (rdms,)
        NaN where `label_p` is.
    """
    corrected = np.full(similarities.shape[1], np.nan)
    is_test = ~np.isnan(similarities[0])
    values = similarities[:, is_test]
    spread = values.std(axis=0)
    # The same in all orders, to rounding: as far from extreme as can be.
    is_alike = spread <= 1e-12
    scores = np.where(is_alike, 0, (values - values.mean(axis=0)) / np.where(is_alike, 1, spread))
    order = np.argsort(scores[0])  # the least extreme first
    largest = np.maximum.accumulate(scores[:, order], axis=1)  # of each and the less extreme ones
    # None is below that of a more extreme one.
    p = np.maximum.accumulate(label_p(largest)[::-1])[::-1]
    corrected[np.flatnonzero(is_test)[order]] = p
    return corrected


def sign_flip_p(differences, seed):
    """Two-sided p-value of a zero mean of paired differences, by flipping their signs.

    Parameters
    ----------
    differences : array, shape (pairs,)
    seed : int
        Of the random flips.

    Returns
    -------
    float
        Exact up to 13 pairs, by 9,999 random flips for more. NaN for fewer than two pairs, and
        where both of each pair are identical.
    """
    if len(differences) < 2 or not np.any(differences):
        return np.nan
    from scipy import stats  # half a second, which other tests need not wait

    test = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=9999, rng=seed
    )
    return float(test.pvalue)
