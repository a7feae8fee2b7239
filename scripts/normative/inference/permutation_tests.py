"""Tests of the similarity of two RDMs by giving the stimuli of one other labels.

Under the hypothesis that nothing but chance lines up the stimuli of one RDM with those of the
other, another labeling is as good as the real one. Which other? Neighboring orientations are alike
in every smooth representation, and a free permutation, the Mantel test (1967), destroys that, so
that all smooth RDMs seem related. Shifts and reflections of the circle keep it: together they are a
group, and the test is exact.
"""

import numpy as np


def shifts_and_reflections(stimuli):
    """List all shifts and reflections of a circle, the identity first: (2 · stimuli, stimuli)."""
    shifts = (np.arange(stimuli)[:, None] + np.arange(stimuli)) % stimuli
    return np.concatenate([shifts, shifts[:, ::-1]])


def permutations(stimuli, count, rng):
    """Draw permutations, the identity first: (1 + count, stimuli)."""
    identity = np.arange(stimuli)
    return np.vstack([identity, rng.permuted(np.tile(identity, (count, 1)), axis=1)])


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
    standard[first, second] = _standardize(rdm[first, second][None], comparator)
    standard += standard.T
    others = np.swapaxes(_standardize(others, comparator), -1, -2)
    chunks = np.array_split(orders, -(-len(orders) // 100))
    similar = [standard[order[:, first], order[:, second]] @ others for order in chunks]
    return np.concatenate(similar, axis=-2)


def label_p(similarities):
    """Give the fraction of orders at least as similar as the real one, which is the first row."""
    similarities = np.asarray(similarities)
    p = np.mean(similarities >= similarities[0] - 1e-12, axis=0)
    return np.where(np.isnan(similarities[0]), np.nan, p)


def sign_flip_p(differences, seed):
    """Two-sided p-value of a zero mean of paired differences, (pairs,), by flipping their signs.

    Exact up to 13 pairs, 9,999 random flips for more. NaN without two pairs.
    """
    if len(differences) < 2:
        return np.nan
    from scipy import stats  # half a second, which other tests need not wait

    test = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=9999, rng=seed
    )
    return float(test.pvalue)


def _standardize(values, comparator):
    """Scale rows so that their products are the comparator."""
    if comparator == "spearman":
        from scipy import stats  # half a second, which jobs with other comparators need not wait

        values = stats.rankdata(values, axis=-1, nan_policy="propagate")
    if comparator != "cosine":
        values = values - values.mean(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return values / np.linalg.norm(values, axis=-1, keepdims=True)
