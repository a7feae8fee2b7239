"""The closed circle of orientations on which a recording's labels can be shifted."""

import numpy as np

from normative.recordings.binning import (
    average_angles,
    average_orientations,
    choose_bin_width,
    from_vertical,
    group_rows,
    treat_above_180,
)
from normative.stimuli.coverage import Coverage


def fold_half_circle(angle_deg, responses, kept_deg, bin_width, n_trials=None):
    """Average θ and θ + 180°: the half circle that is kept of a full one, closed.

    From 0° to 180°, responses to both polarities go on into each other, but the responses at 180°
    do not go on to those at 0°. With both polarities averaged they do.

    Parameters
    ----------
    angle_deg : array, shape (rows,)
        Of the whole recording, 0–360.
    responses : array, shape (rows, neurons)
    kept_deg : array, shape (stimuli,)
        The orientations that are kept, 0–180, ascending.
    bin_width : float
        Of the configuration, in degrees.
    n_trials : array of int, shape (rows,), optional

    Returns
    -------
    dict of array
        `folded`, (stimuli there, neurons), and `folded_index`, (stimuli there,): which of the kept
        orientations they are. Or `no_shifts`, a text that says why there is no such circle.
    """
    angle = treat_above_180(angle_deg, "fold")
    groups = group_rows(angle, choose_bin_width(angle, "fold", bin_width))
    is_above = angle_deg >= 180
    if any(is_above[rows].all() or not is_above[rows].any() for rows in groups):
        return {"no_shifts": "not all orientations were shown with both polarities"}
    means = average_angles(angle, groups, n_trials)
    coverage = Coverage.of(from_vertical(means))
    if coverage.why_no_shifts():
        return {"no_shifts": coverage.why_no_shifts()}
    distance = np.abs(np.subtract.outer(means, kept_deg))  # (stimuli there, stimuli)
    index = distance.argmin(axis=1)
    if distance.min(axis=1).max() > coverage.step_deg / 4:
        return {"no_shifts": "angles above 180° are not 180° from those below"}
    return {"folded": average_orientations(responses, groups, n_trials), "folded_index": index}


def find_closed_circle(responses):
    """Give the closed circle of a recording's stimuli, or say why there is none.

    Parameters
    ----------
    responses : mapping
        The archive that `bin_responses` writes.

    Returns
    -------
    patterns : array, shape (stimuli there, neurons), or None
    index : array of int, shape (stimuli there,), or None
        Which of the stimuli they are.
    why_not : str
        Nothing where there is a circle.
    """
    if "folded" in responses:
        return responses["folded"], responses["folded_index"], ""
    coverage = Coverage.of(responses["orientation"])
    why_not = str(responses["no_shifts"]) if "no_shifts" in responses else coverage.why_no_shifts()
    if why_not:
        return None, None, why_not
    return responses["responses"], np.arange(coverage.n_stimuli), ""
