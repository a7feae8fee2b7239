"""Noise ceilings: how similar to a noisy recording's RDM a model's could be at all.

Two RDMs of independent halves of the data have a correlation r. By classical test theory (Spearman
1910, Brown 1910) the whole's with another whole is 2 r / (1 + r), and with what is behind both,
free of noise, the root of that. Each is a ceiling of another claim, and named by what it estimates.
"""

import numpy as np

from normative.rsa.comparators import COMPARATORS
from normative.rsa.rdm import correlation_distance, upper_triangle

# What is estimated → how it follows from the correlation r of two halves.
ESTIMANDS = {
    "between halves": lambda r: r,
    "with another recording": lambda r: 2 * r / (1 + r),
    "of a noiseless model": lambda r: np.sqrt(2 * r / (1 + r)) if r >= 0 else np.nan,
}


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
