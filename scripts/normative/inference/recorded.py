"""What networks and references are compared with."""

import numpy as np

from normative.rsa.rdm import upper_triangle
from normative.stimuli.coverage import Coverage


def read_recorded(responses, rdms):
    """Read what networks are compared with.

    Parameters
    ----------
    responses, rdms : str
        Archives written by `bin_responses` and `compute_recording_rdm`.

    Returns
    -------
    entries : array, shape (pairs,)
        Of the recording's RDM, above the diagonal.
    coverage : Coverage
    closed_circle : tuple of array, or None
        The RDM on a closed circle, and which stimuli it has.
    """
    with np.load(responses) as file:
        coverage = Coverage.of(file["orientation"])
    with np.load(rdms) as file:
        closed_circle = None
        if "closed_circle" in file:
            closed_circle = file["closed_circle"], file["closed_circle_index"]
        return upper_triangle(file["responses"]), coverage, closed_circle
