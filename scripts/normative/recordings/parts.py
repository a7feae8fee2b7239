"""Two parts of the trials of one recording: how noisy each is, and what both together are."""

import numpy as np


def noise_variances(part_1, part_2):
    """Estimate the noise variance of two parts of the trials, averaged over neurons.

    What both parts share, their covariance over stimuli, is signal; the rest of each is noise.

    Parameters
    ----------
    part_1, part_2 : array, shape (stimuli, neurons)

    Returns
    -------
    float, float
        Equal where each neuron was z-scored in each part; not above zero where a part has no noise
        to be found.
    """
    centered = [part - part.mean(axis=0) for part in (part_1, part_2)]
    signal = np.mean(centered[0] * centered[1], dtype=np.float64)
    return tuple(float(np.mean(part**2, dtype=np.float64) - signal) for part in centered)


def part_weights(part_1, part_2):
    """Weigh two parts of the trials by the inverse of their noise, to three digits; sum 1.

    Equally where a part has no noise to be found.
    """
    v_1, v_2 = noise_variances(part_1, part_2)
    if min(v_1, v_2) <= 0:
        return 0.5, 0.5
    first = round(v_2 / (v_1 + v_2), 3)
    return first, 1 - first
