"""Noise ceilings: how similar to a noisy recording's RDM a model's could be at all.

Each ceiling is one of another claim, and named by what it estimates.
"""

import numpy as np

from normative.rsa.comparators import COMPARATORS
from normative.rsa.rdm import correlation_distance, upper_triangle

LEAST_RELIABILITY = 0.25  # of a tenth of the stimuli, as a share of the median


def spearman_brown(r):
    """Ceilings from the similarity r of the RDMs of two halves of the data.

    By classical test theory (Spearman 1910, Brown 1910) the whole's similarity with another whole
    is 2 r / (1 + r), and with what is behind both, free of noise, the root of that.

    Returns
    -------
    another, noiseless : float
        Similarity with another recording, and of a noiseless model; both NaN where r is negative:
        no share of a variance is, and towards r = −1 the formula falls without limit.
    """
    another = 2 * r / (1 + r) if r >= 0 else np.nan
    return another, np.sqrt(another)


def ceilings_of_parts(part_1, part_2, weights):
    """Ceilings of the mean of two parts of the trials, from the parts of an RDM's variance.

    A correlation of the patterns of stimuli i and j, divided by the mean reliabilities of the two
    patterns, is R = T + u_i + u_j + q: what is true, what the noise of each pattern adds, and the
    product of both. Spearman and Brown's formula takes u and q for one noise that halves with twice
    the trials, but q falls by four. With R₁₁ and R₂₂ within the parts, and R₁₂ across them,

        S   = cov(R₁₁, R₂₂)                  variance of T
        a_k = cov(R_kk, R₁₂) − S             of u, in part k
        b_k = var(R_kk) − S − 2 a_k          of q within part k
        b   = var(R₁₂) − S − a₁ − a₂         of q across the parts

    and the RDM of the mean, w₁ and w₂ the weights of the parts, has the variance

        V = S + 2 (w₁² a₁ + w₂² a₂) + w₁⁴ b₁ + w₂⁴ b₂ + 2 w₁² w₂² b.

    Parameters
    ----------
    part_1, part_2 : array, shape (stimuli, neurons)
    weights : tuple of float
        Of the parts in the mean of all trials; their sum is 1.

    Returns
    -------
    another, noiseless : float
        S / V, the Pearson correlation with the RDM of other trials as many, and its root, that with
        what is true. At most 1; NaN where the parts have no variance in common, or `has_signal`
        finds nothing. Too high where reliabilities differ much, see `drives_all`.
    """
    first, second = (
        part - part.mean(axis=1, keepdims=True, dtype=np.float64) for part in (part_1, part_2)
    )
    signal = np.sum(first * second)  # of a reliability, the share of a pattern's variance
    if not (signal > 0 and has_signal(part_1, part_2)):
        return np.nan, np.nan
    first, second = (
        part / np.linalg.norm(part, axis=1, keepdims=True) * np.sqrt(np.sum(part**2) / signal)
        for part in (first, second)
    )
    across = first @ second.T
    products = first @ first.T, second @ second.T, across, across.T
    covariance = np.cov([upper_triangle(r) for r in products])
    of_truth = covariance[0, 1]
    a_1, a_2 = covariance[:2, 2:].mean(axis=1) - of_truth
    b_1, b_2 = covariance[[0, 1], [0, 1]] - of_truth - 2 * np.array([a_1, a_2])
    b = covariance[[2, 3], [2, 3]].mean() - of_truth - a_1 - a_2
    w_1, w_2 = np.square(weights)
    of_mean = (
        of_truth + 2 * (w_1 * a_1 + w_2 * a_2) + w_1**2 * b_1 + w_2**2 * b_2 + 2 * w_1 * w_2 * b
    )
    another = min(1.0, of_truth / of_mean) if of_truth > 0 and of_mean > 0 else np.nan
    return another, np.sqrt(another)


def reliabilities(part_1, part_2):
    """Correlate the pattern of each stimulus in two parts of the trials, (stimuli, neurons)."""
    first, second = (
        part - part.mean(axis=1, keepdims=True, dtype=np.float64) for part in (part_1, part_2)
    )
    norms = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return np.sum(first * second, axis=1) / np.where(norms > 0, norms, np.nan)


def has_signal(part_1, part_2):
    """Tell whether what two parts of the trials tell of stimuli is alike beyond chance.

    Patterns less the mean of all stimuli, which every pair of patterns would have in common:
    whether their mean reliability is more than two standard errors, over stimuli, above zero.
    """
    r = reliabilities(part_1 - part_1.mean(axis=0), part_2 - part_2.mean(axis=0))
    r = r[~np.isnan(r)]
    return len(r) > 1 and r.mean() > 2 * r.std(ddof=1) / np.sqrt(len(r))


def drives_all(part_1, part_2):
    """Tell whether the recording is driven by all stimuli about alike.

    Of simulated recordings with neurons for few orientations, ceilings were too high by .05 to .3
    where a tenth of the stimuli had reliabilities below a quarter of the median. Those of few
    neurons are low by chance: by up to the standard error of a correlation of zero is not counted.
    """
    r = np.nan_to_num(reliabilities(part_1, part_2))
    chance = 1 / np.sqrt(part_1.shape[1])
    return bool(np.quantile(r, 0.1) + chance >= LEAST_RELIABILITY * np.median(r))


def rdm_similarity(first, second, comparator):
    """Compare the correlation-distance RDMs of two sets of responses.

    Parameters
    ----------
    first, second : array, shape (stimuli, units)
        The numbers of units may differ.
    comparator : str
        A name of `COMPARATORS`.

    Returns
    -------
    float
    """
    rdms = (upper_triangle(correlation_distance(responses)) for responses in (first, second))
    return COMPARATORS[comparator](*rdms)


def neuron_halves_similarity(responses, n_splits, rng, comparator):
    """Compare the RDMs of two random halves of the neurons, and average over random splits.

    The halves share their trials, and with them whatever noise the neurons share: this tells how
    well the neurons sample the population on these trials, and is too high for a noise ceiling.

    Parameters
    ----------
    responses : array, shape (stimuli, neurons)
    n_splits : int
    rng : numpy.random.Generator
    comparator : str
        A name of `COMPARATORS`.

    Returns
    -------
    float
    """
    n_neurons = responses.shape[1]
    half = n_neurons // 2
    orders = (rng.permutation(n_neurons) for _ in range(n_splits))
    return np.mean(
        [
            rdm_similarity(responses[:, order[:half]], responses[:, order[half:]], comparator)
            for order in orders
        ]
    )
