"""The random streams of an analysis: one for each thing that is drawn, all from one seed.

Jobs that draw the same thing must draw it the same way, and different things independently.
"""

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What is drawn."""

    STIMULI = 0  # blocks of stimuli in each replicate of the bootstrap
    NEURONS = 1  # neurons in each replicate
    SEEDS = 2  # seeds in each replicate
    TRIALS = 3  # signs of the noise of each stimulus
    NEURON_HALVES = 4  # for noise ceilings
    CALIBRATION = 5  # simulated studies, one stream each
    FIRST = 6  # samples in which layers are first
    ANIMALS = 7  # animals in each replicate, and random flips of their signs
    ENCODING = 20  # neurons that are predicted, and folds at random


def generator(seed, stream, *indices):
    """Start the generator of a stream.

    Parameters
    ----------
    seed : int
        `inference: seed` of the configuration.
    stream : Stream
    *indices : int
        Of the stream's parts, such as the number of a simulated study.

    Returns
    -------
    numpy.random.Generator
    """
    return np.random.default_rng([seed, stream, *indices])
