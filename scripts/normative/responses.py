"""Recordings of a population's responses to gratings of many orientations."""

import zipfile

import numpy as np

from normative.errors import UserError

MINIMUM_STIMULI = 10  # below, an RDM's correlation says nothing

SAVE_SO = "save it with numpy.savez(path, resp=<stimuli × neurons>, stimuli=<degrees>)"


def load_recording(path):
    """Read a recording in the layout of the tutorial's file and check it.

    Parameters
    ----------
    path : str
        An `.npz` archive with `resp` (stimuli × neurons) and `stimuli` (degrees, 0–360).

    Returns
    -------
    resp : array, shape (stimuli, neurons)
    stimuli : array, shape (stimuli,)

    Raises
    ------
    UserError
        If the file is not such an archive, or an array is missing, of the wrong shape or type,
        not finite, or (`stimuli`) out of range.
    """
    if not zipfile.is_zipfile(path):
        raise UserError(f"{path}: not an .npz archive; {SAVE_SO}")
    try:
        with np.load(path, allow_pickle=False) as archive:
            for name in ("resp", "stimuli"):
                if name not in archive:
                    found = ", ".join(archive) or "none"
                    raise UserError(f"{path}: no array `{name}`, found {found}; {SAVE_SO}")
            resp, stimuli = archive["resp"], archive["stimuli"]
    except UserError:
        raise
    except Exception as error:  # damage shows as any of a dozen, zlib.error and RuntimeError too
        raise UserError(f"{path}: not readable ({error}); {SAVE_SO}") from error

    for name, array in (("resp", resp), ("stimuli", stimuli)):
        if array.dtype.kind not in "fiu":
            raise UserError(f"{path}: `{name}` has type {array.dtype}, expected real numbers")
        if array.size and not np.isfinite(array).all():
            bad = int((~np.isfinite(array)).sum())
            raise UserError(
                f"{path}: `{name}` holds {bad} NaN or infinite values, expected none; "
                "remove those neurons or stimuli"
            )
    if resp.ndim != 2 or stimuli.shape not in ((len(resp),), (len(resp), 1)):
        hint = "; transpose `resp`?" if resp.ndim == 2 and stimuli.size == resp.shape[1] else ""
        raise UserError(
            f"{path}: `resp` has shape {resp.shape} and `stimuli` {stimuli.shape}, expected "
            f"(stimuli, neurons) and (stimuli,){hint}"
        )
    stimuli = stimuli.ravel()
    if resp.shape[1] < 2:
        raise UserError(f"{path}: `resp` has {resp.shape[1]} neurons, expected at least 2")
    if stimuli.size and (stimuli.min() < 0 or stimuli.max() > 360):
        raise UserError(
            f"{path}: `stimuli` runs from {stimuli.min():g} to {stimuli.max():g}, expected "
            "degrees from 0 to 360"
        )
    return resp, stimuli


def average_bins(resp, stimuli, bin_width):
    """Average responses and orientations within bins of orientation.

    Bins are [0, w), [w, 2w) … up to 360°, and their edges `arange(0, 360 + w, w)`. A width of one
    degree or less leaves the recording as it is, as in the tutorial.

    Parameters
    ----------
    resp : array, shape (stimuli, neurons)
    stimuli : array, shape (stimuli,)
        Degrees.
    bin_width : float
        Degrees.

    Returns
    -------
    resp : array, shape (bins, neurons)
    stimuli : array, shape (bins,)
        Mean orientation of the stimuli in each bin that has any, in ascending order.
    """
    if bin_width <= 1:
        return resp, stimuli
    bins = np.digitize(stimuli, np.arange(0, 360 + bin_width, bin_width))
    occupied = np.unique(bins)
    return (
        np.array([resp[bins == index].mean(axis=0) for index in occupied]),
        np.array([stimuli[bins == index].mean() for index in occupied]),
    )


def half_circle(resp, stimuli):
    """Keep orientations up to 180° and count them from vertical.

    Returns
    -------
    resp : array of float32, shape (kept, neurons)
    orientation_deg : array of float32, shape (kept,)
        −90…90: 0 is vertical, negative tilts left, positive tilts right.
    """
    kept = stimuli <= 180
    return resp[kept].astype(np.float32), (stimuli[kept] - 90.0).astype(np.float32)
