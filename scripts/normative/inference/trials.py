"""What other trials would change: the recording's RDM with the noise of its trials turned around.

Two parts of the trials differ by their noise alone. In the mean of all trials, in which the parts
have the weights w₁ and w₂, the inverse of their noise, each stimulus has noise of the spread of

    e = √(w₁ w₂) · (part 1 − part 2)

A quantity q of the responses x then varies, from trials to trials, by the delta method, as q of
x + η s e does, divided by η: s is a random sign a stimulus, the same for all neurons, which share
noise.
"""

import numpy as np

from normative.recordings.parts import part_weights
from normative.rsa.rdm import upper_triangle

ETA = 0.2  # share of the noise that is added: little, for the delta method


def turned_distances(responses, part_1, part_2, n_draws, rng):
    """Compute correlation distances of the responses, a share of their noise added by random signs.

    Each draw needs three matrices of products over neurons alone, which are computed once.

    Parameters
    ----------
    responses : array, shape (stimuli, neurons)
    part_1, part_2 : array, likewise
        Means over separate trials.
    n_draws : int
    rng : numpy.random.Generator

    Returns
    -------
    array of float32, shape (draws, pairs)
        To be compared with the distances of the responses as they are; the spread of what follows
        from them is `ETA` times that of other trials.
    """
    n_stimuli, n_neurons = responses.shape
    scale = np.sqrt(np.prod(part_weights(part_1, part_2)))
    r, a, c = (np.zeros((n_stimuli, n_stimuli)) for _ in range(3))
    mean = responses.mean(axis=1, keepdims=True, dtype=np.float64)
    difference_mean = (part_1 - part_2).mean(axis=1, keepdims=True, dtype=np.float64)
    at_once = max(1, 1_000_000 // n_stimuli)
    for start in range(0, n_neurons, at_once):
        few = slice(start, start + at_once)
        x = responses[:, few] - mean
        e = scale * (part_1[:, few].astype(np.float64) - part_2[:, few] - difference_mean)
        r += x @ x.T
        a += e @ x.T  # of the noise of the first stimulus and the pattern of the second
        c += e @ e.T
    norm = np.sqrt(np.diag(r))
    r, a, c = (products / np.outer(norm, norm) for products in (r, a, c))
    draws = np.empty((n_draws, n_stimuli * (n_stimuli - 1) // 2), np.float32)
    for draw in draws:
        sign = ETA * rng.choice([-1.0, 1.0], n_stimuli)
        products = r + sign[:, None] * a + (sign[:, None] * a).T + np.outer(sign, sign) * c
        norm = np.sqrt(np.diag(products))
        draw[:] = upper_triangle(1 - products / np.outer(norm, norm))
    return draws
