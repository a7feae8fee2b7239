"""Stimuli that are one image, and patterns that are equal for it."""

import numpy as np

MANY = 100  # patterns, of which one equal pair changes no result that is shown


def find_distinct(patterns):
    """Find patterns that are equal to the last bit, as those of θ and θ + 180° to a network.

    One equal pair of many patterns, such as −90° and 90° of the tutorial's, is left as two.

    Parameters
    ----------
    patterns : array, shape (stimuli, …)

    Returns
    -------
    first : array of int, shape (distinct,)
        Where each is for the first time.
    index : array of int, shape (stimuli,)
        Which of the distinct ones each is.
    """
    numbers = {}
    index = [numbers.setdefault(pattern.tobytes(), len(numbers)) for pattern in patterns]
    if len(patterns) - len(numbers) <= (len(patterns) > MANY):
        index = range(len(patterns))
    index = np.array(index)
    return np.unique(index, return_index=True)[1], index
