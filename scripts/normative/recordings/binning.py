"""Rows of a recording that show the same orientation: found, averaged, counted from vertical."""

import numpy as np

from normative.recordings.convention import group_angles
from normative.stimuli.gratings import SAME_DEG

MINIMUM_STIMULI = 5  # fewer have less than ten pairs, and their correlation says nothing
MOST_ORIENTATIONS = 400  # more are binned by a degree: the cost of intervals grows as their cube

GAP = 1.8  # steps this many times wider than a narrow one, of the narrowest quarter, are gaps


def treat_above_180(angle_deg, above_180):
    """Give gratings that are treated as one the same angle.

    Parameters
    ----------
    angle_deg : array, shape (rows,)
        0–360, in the tutorial's convention.
    above_180 : str
        "drop": angles stay as they are, and those above 180° are left out later.
        "fold": θ and θ + 180° are one orientation. "keep": all are kept, and 360° is 0°.

    Returns
    -------
    array, shape (rows,)
    """
    if above_180 == "drop":
        return angle_deg
    circle = 180 if above_180 == "fold" else 360
    angle = angle_deg % circle
    return np.where(circle - angle < SAME_DEG, np.zeros_like(angle), angle)


def is_kept(angle_deg, above_180):
    """Tell which angles stay: with "drop", those up to 180°."""
    return angle_deg < 180 + SAME_DEG if above_180 == "drop" else np.full(len(angle_deg), True)


def choose_bin_width(angle_deg, above_180, bin_width):
    """Give the width of bins in degrees, or None where none are needed.

    A width of one degree or less leaves the recording as it is, as in the tutorial, unless the
    angles are so many that they are continuous.

    Parameters
    ----------
    angle_deg : array, shape (rows,)
        As `treat_above_180` gives them.
    above_180 : str
    bin_width : float
        Of the configuration, in degrees.
    """
    if bin_width > 1:
        return bin_width
    different, _ = group_angles(angle_deg[is_kept(angle_deg, above_180)])
    return 1 if len(different) > MOST_ORIENTATIONS else None


def group_rows(angle_deg, bin_width):
    """List the rows of each orientation, or of each bin of orientation.

    Bins are [0, w), [w, 2w) … up to 360°, and their edges `arange(0, 360 + w, w)`, the tutorial's.

    Parameters
    ----------
    angle_deg : array, shape (rows,)
    bin_width : float or None
        Degrees. None: rows are grouped by `group_angles`.

    Returns
    -------
    list of array of int
        By ascending angle; rows in their order.
    """
    if bin_width is None:
        _, bins = group_angles(angle_deg)
    else:
        bins = np.digitize(angle_deg, np.arange(0, 360 + bin_width, bin_width))
    order = np.argsort(bins, kind="stable")
    starts = np.flatnonzero(np.diff(bins[order], prepend=-1))
    return np.split(order, starts[1:]) if len(order) else []


def average_angles(angle_deg, groups, n_trials=None):
    """Average the angles of each group of rows, weighted by trials: array, shape (groups,)."""
    means = [
        angle_deg[rows[0]]
        if np.ptp(angle_deg[rows]) == 0  # a mean of equal numbers may be off by rounding
        else average_rows(angle_deg, rows, n_trials)
        for rows in groups
    ]
    return np.array(means)


def average_rows(values, rows, n_trials=None, dtype=None):
    """Average some rows; each stands for as many trials as it is a mean of.

    Parameters
    ----------
    values : array, shape (rows,) or (rows, neurons)
    rows : array of int
    n_trials : array of int, shape (rows,), optional
        None: of all the same.
    dtype : type, optional
        In which rows of the same number of trials are summed; None: their own.

    Returns
    -------
    scalar or array, shape (neurons,)
    """
    if n_trials is None or np.ptp(n_trials[rows]) == 0:
        return values[rows].mean(axis=0, dtype=dtype)
    weights = n_trials[rows] / n_trials[rows].sum()
    return np.tensordot(weights, values[rows], axes=1)  # (rows,) × (rows, neurons) -> (neurons,)


def average_orientations(resp, groups, n_trials=None, dtype=None):
    """Average the responses of each group of rows: array of float32, shape (groups, neurons)."""
    averages = np.empty((len(groups), resp.shape[1]), np.float32)
    for average, rows in zip(averages, groups, strict=True):
        is_single = len(rows) == 1
        average[:] = resp[rows[0]] if is_single else average_rows(resp, rows, n_trials, dtype)
    return averages


def from_vertical(angle_deg):
    """Count orientations from vertical: 0 is vertical, negative tilts left; degrees, float32.

    −90…90 for angles up to 180°. Above 90, to 270, are the gratings of `keep` above 180°.
    """
    return (angle_deg - 90.0).astype(np.float32)


def find_gaps(orientation_deg):
    """Tell after which stimuli the next is far: array of bool, shape (stimuli − 1,).

    Parameters
    ----------
    orientation_deg : array, shape (stimuli,)
        Ascending.
    """
    steps = np.diff(orientation_deg)
    return steps > GAP * np.quantile(steps, 0.25) if len(steps) else steps > 0
