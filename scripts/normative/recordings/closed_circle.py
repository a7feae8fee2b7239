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
from normative.stimuli.gratings import SAME_DEG

# Resultant length of the trials' angles, of more of which shifted labels would not be alike: at
# 0.1, 6 % of recordings that are nearly all noise are found related to pixels, at 0.15 15 %.
MOST_UNEQUAL = 0.1
CHANCE = 0.001  # at least, of trials at random angles to be as unequal: these harm nothing


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
    is_above = angle_deg >= 180 - SAME_DEG
    if any(is_above[rows].all() or not is_above[rows].any() for rows in groups):
        return {"no_shifts": "not all orientations were shown with both polarities"}
    means = average_angles(angle, groups, n_trials)
    coverage = Coverage.of(from_vertical(means))
    if coverage.why_no_shifts():
        return {"no_shifts": coverage.why_no_shifts()}
    if n_trials is not None:
        counts = [n_trials[rows].sum() for rows in groups]
        if why_not := why_unequal(means, counts, coverage.circle_deg):
            return {"no_shifts": why_not}
    distance = np.abs(np.subtract.outer(means, kept_deg))  # (stimuli there, stimuli)
    index = distance.argmin(axis=1)
    if distance.min(axis=1).max() > coverage.step_deg / 4:
        return {"no_shifts": "angles above 180° are not 180° from those below"}
    return {"folded": average_orientations(responses, groups, n_trials), "folded_index": index}


def why_unequal(angle_deg, n_trials, circle_deg):
    """Say whether some part of the circle has more trials than others; nothing if none does.

    There, responses are less noisy, and that alone makes labels differ from shifted ones. The
    angles of the trials, once and twice around the circle, are tested by Rayleigh's approximation:
    Mardia & Jupp (2000), Directional Statistics, section 6.3.1.

    Parameters
    ----------
    angle_deg, n_trials : array, shape (stimuli,)
    circle_deg : float
    """
    n_all = np.sum(n_trials)
    for turns in (1, 2):
        phase = np.exp(2j * np.pi * turns * np.asarray(angle_deg) / circle_deg)
        resultant = np.abs(np.dot(n_trials, phase)) / n_all
        if resultant > MOST_UNEQUAL and np.exp(-n_all * resultant**2) < CHANCE:
            return (
                f"{np.min(n_trials):g} to {np.max(n_trials):g} trials a grating, more in one part "
                "of the circle than in others"
            )
    return ""


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
    if "n_trials" in responses and not why_not:
        why_not = why_unequal(coverage.angle_deg, responses["n_trials"], coverage.circle_deg)
    if why_not:
        return None, None, why_not
    return responses["responses"], np.arange(coverage.n_stimuli), ""
