"""The recording and the layers of one network, side by side."""

import numpy as np


def read_populations(responses, activations):
    """Read the responses of the recording and of each layer to the same stimuli.

    Parameters
    ----------
    responses, activations : str
        Archives written by `bin_responses` and `extract_activations`.

    Returns
    -------
    orientation_deg : array, shape (stimuli,)
    populations : dict of array
        "recording" and then each layer → (stimuli, units).
    """
    with np.load(responses) as recording, np.load(activations) as layers:
        return recording["orientation"], {"recording": recording["responses"], **layers}


def read_rdms(recording, layers):
    """Read the RDMs of the recording and of each layer, as `read_populations` does responses."""
    with np.load(recording) as first, np.load(layers) as others:
        return {"recording": first["responses"], **others}
