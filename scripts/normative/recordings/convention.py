"""Angles of gratings, from the convention of a file to the tutorial's.

The tutorial counts from 0 to 360°: 90° is vertical, above it a grating tilts right, and θ and
θ + 180° differ in polarity alone. Here that is called the canonical angle.
"""

import numpy as np

from normative.stimuli.gratings import SAME_DEG

TURNING = {"clockwise": 1, "counterclockwise": -1}


def canonical_angle(angle, *, unit="degrees", vertical=90, turning="clockwise", period=360):
    """Turn angles of a file into canonical ones.

    Parameters
    ----------
    angle : array
        In `unit`.
    unit : {"degrees", "radians"}
    vertical : float
        Angle of the file, in degrees, at which its gratings are vertical. For directions of motion
        with 0° to the right it is 0, since such gratings move across their stripes.
    turning : {"clockwise", "counterclockwise"}
        How a grating turns on the screen as the angle grows.
    period : {360, 180}
        180 where the file counts orientations alone.

    Returns
    -------
    array of float64
        Degrees, from 0 to below `period`; NaN where the angle is.
    """
    degrees = np.rad2deg(angle) if unit == "radians" else np.asarray(angle, dtype=float)
    canonical = (TURNING[turning] * (degrees - vertical) + 90) % period
    # What rounding has left just below the period is 0.
    return np.where(period - canonical < SAME_DEG, 0.0, canonical)


def group_angles(angle, unit="degrees"):
    """Find the different angles, those that differ by rounding as one.

    Parameters
    ----------
    angle : array, shape (rows,)
        Finite.
    unit : {"degrees", "radians"}

    Returns
    -------
    different : array, shape (angles,)
        Ascending; the lowest of each group. All of a group differ from it by less than `SAME_DEG`.
    index : array of int, shape (rows,)
        Which of them each row has.
    """
    same = np.deg2rad(SAME_DEG) if unit == "radians" else SAME_DEG
    values, index = np.unique(angle, return_inverse=True)
    is_new, lowest = np.empty(len(values), dtype=bool), -np.inf
    for position, value in enumerate(values):
        is_new[position] = value - lowest >= same
        lowest = value if is_new[position] else lowest
    return values[is_new], (np.cumsum(is_new) - 1)[index]
