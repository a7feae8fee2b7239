"""Recordings of a population's responses to gratings of many orientations."""

import numpy as np

from normative.recordings.parts import part_weights
from normative.recordings.readers import npz
from normative.recordings.readers.npz import FORMS
from normative.workflow.errors import UserError


def load_recording(path):
    """Read a recording in the layout of one of the tutorial's files and check it.

    Parameters
    ----------
    path : str
        An `.npz` archive with `stimuli` (degrees, 0–360) and `resp` (stimuli × neurons), or
        `resp_train` and `resp_test` (the same from separate trials), or all of these.

    Returns
    -------
    recorded : dict of array, shape (stimuli, neurons)
        `responses`; `half_1`, `half_2` and `noiseless` where the file has them. Where it has
        halves alone, `responses` is their mean, weighted by the inverse of their noise: they may be
        parts of unequal size, as the tutorial's.
    stimuli : array, shape (stimuli,)

    Raises
    ------
    UserError
        If the file is not there or not such an archive, too large, or an array is missing, of the
        wrong shape or type, not finite, or (`stimuli`) out of range or in radians; or if all
        neurons respond alike to a stimulus.
    """
    with npz.open_arrays(path) as stored:
        found = ", ".join(stored) or "none"
        stimuli = stored["stimuli"].load() if "stimuli" in stored else None
        recorded = {FORMS[name]: stored[name].load() for name in FORMS if name in stored}
        if stimuli is None:
            raise UserError(f"{path}: no array `stimuli`, found {found}; {npz.SAVE_SO}")
        npz.check_halves(path, stored)
    if "responses" not in recorded and "half_1" not in recorded:
        raise UserError(f"{path}: no array `resp`, found {found}; {npz.SAVE_SO}")

    arrays = {name: recorded[form] for name, form in FORMS.items() if form in recorded}
    for name, array in [*arrays.items(), ("stimuli", stimuli)]:
        check_numbers(path, name, array)
    for name, array in arrays.items():
        check_shape(path, name, array, stimuli)
        if array.dtype.kind != "f" or array.dtype.itemsize < 4:  # their sums may overflow
            recorded[FORMS[name]] = array.astype(np.float32)
    if len({array.shape for array in arrays.values()}) > 1:
        found = ", ".join(f"`{name}` {array.shape}" for name, array in arrays.items())
        raise UserError(f"{path}: found {found}; expected the same neurons in all")
    for name, array in arrays.items():
        check_patterns(path, name, array)
    stimuli = stimuli.ravel()
    if stimuli.size and (stimuli.min() < 0 or stimuli.max() > 360):
        raise UserError(
            f"{path}: `stimuli` runs from {stimuli.min():g} to {stimuli.max():g}, expected "
            "degrees from 0 to 360"
        )
    if stimuli.size > 1 and stimuli.max() <= 2 * np.pi + 0.01:
        raise UserError(
            f"{path}: `stimuli` runs from {stimuli.min():g} to {stimuli.max():g}, which looks like "
            "radians; expected degrees from 0 to 360: save numpy.rad2deg(stimuli)"
        )
    if "responses" not in recorded:
        first, second = part_weights(recorded["half_1"], recorded["half_2"])
        responses = first * recorded["half_1"] + second * recorded["half_2"]
        recorded = {"responses": responses, **recorded}
    return recorded, stimuli


def check_patterns(path, name, array):
    """Raise a UserError if all neurons respond alike to a stimulus: no correlation is defined."""
    alike = int((np.ptp(array, axis=1) == 0).sum())
    if alike:
        raise UserError(
            f"{path}: in `{name}`, all neurons respond alike to {alike} of {len(array)} stimuli, "
            "whose dissimilarity to others is then not defined; remove those stimuli"
        )


def check_numbers(path, name, array):
    """Raise a UserError unless an array of a recording holds finite real numbers."""
    if array.dtype.kind not in "fiu":
        raise UserError(f"{path}: `{name}` has type {array.dtype}, expected real numbers")
    bad = int((~np.isfinite(array)).sum())
    if bad:
        raise UserError(
            f"{path}: `{name}` holds {bad} NaN or infinite values, expected none; "
            "remove those neurons or stimuli"
        )


def check_shape(path, name, array, stimuli):
    """Raise a UserError unless an array is stimuli × neurons."""
    if array.ndim != 2 or stimuli.shape not in ((len(array),), (len(array), 1)):
        transposed = array.ndim == 2 and stimuli.size == array.shape[1]
        hint = f"; transpose `{name}`?" if transposed else ""
        raise UserError(
            f"{path}: `{name}` has shape {array.shape} and `stimuli` {stimuli.shape}, expected "
            f"(stimuli, neurons) and (stimuli,){hint}"
        )
    if array.shape[1] < 2:
        raise UserError(f"{path}: `{name}` has {array.shape[1]} neurons, expected at least 2")


def read_details(path):
    """Read what a recording tells beside its responses.

    Parameters
    ----------
    path : str
        An archive that `load_recording` has read.

    Returns
    -------
    n_trials : array of int, shape (stimuli,), or None
        How many trials each row is a mean of.
    values : str or None
        What the responses are: "z-score", "dF/F", "spikes/s" …
    notes : list of str
        How the file was read, a sentence each.

    Raises
    ------
    UserError
        If the trials are not one positive whole number a stimulus.
    """
    with np.load(path, allow_pickle=False) as archive:
        n_trials, values = archive.get("n_trials"), archive.get("values")
        notes = archive["notes"].ravel().tolist() if "notes" in archive else []
        n_stimuli = archive["stimuli"].size
    if n_trials is not None:
        is_count = n_trials.dtype.kind in "iu" and n_trials.size == n_stimuli
        if not is_count or n_trials.min(initial=1) < 1:
            raise UserError(
                f"{path}: `n_trials` has type {n_trials.dtype} and shape {n_trials.shape}, "
                f"expected a positive whole number for each of {n_stimuli} stimuli; correct it, "
                "or remove it"
            )
        n_trials = n_trials.ravel()
    return n_trials, None if values is None else str(values.ravel()[0]), list(map(str, notes))
