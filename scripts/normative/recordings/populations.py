"""The recording and the layers of one network, side by side."""

import numpy as np

from normative.workflow.stacks import read_seed


def read_populations(responses, activations, seed):
    """Read the responses of the recording and of one network's layers to the same stimuli.

    Parameters
    ----------
    responses, activations : str
        Archives written by `bin_responses` and `extract_activations`.
    seed : int
        Of the network.

    Returns
    -------
    orientation_deg : array, shape (stimuli,)
    populations : dict of array
        "recording" and then each layer → (stimuli, units).
    """
    with np.load(responses) as recording:
        shown = {"recording": recording["responses"]}
        return recording["orientation"], {**shown, **read_seed(activations, seed)}


def read_rdms(recording, layers, seed):
    """Read the RDMs of the recording and of layers, as `read_populations` does responses."""
    with np.load(recording) as rdms:
        return {"recording": rdms["responses"], **read_seed(layers, seed)}


def read_values(responses):
    """Read what the responses of a recording are, such as "dF/F".

    The tutorial's files and the simulated ones, which hold z-scores, do not say.

    Parameters
    ----------
    responses : str
        Archive written by `bin_responses`.
    """
    with np.load(responses) as recording:
        return str(recording["values"]) if "values" in recording else "z-score"
