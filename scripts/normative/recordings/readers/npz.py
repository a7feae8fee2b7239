"""NumPy archives: arrays of the tutorial's names, or of any that the dataset's entry says."""

import zipfile
from contextlib import contextmanager

import numpy as np

from normative.recordings.readers import arrays
from normative.workflow.errors import UserError

# Arrays of the tutorial's files, stimuli × neurons → our names. Halves are means over separate
# trials; noiseless ones only a simulation knows.
FORMS = {
    "resp": "responses",
    "resp_train": "half_1",
    "resp_test": "half_2",
    "resp_noiseless": "noiseless",
}
HALVES = ("resp_train", "resp_test")
ANGLES = "stimuli"

SAVE_SO = "save it with numpy.savez(path, resp=<stimuli × neurons>, stimuli=<degrees>)"


def recognizes(path):
    """Tell whether a file is a zip archive of NumPy's arrays."""
    if not arrays.first_bytes(path, 4).startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith(".npy") for name in archive.namelist())
    except Exception:  # zipfile.BadZipFile and what else damage raises
        return False


@contextmanager
def open_arrays(path):
    """Open an archive and list its arrays.

    Yields
    ------
    stored : dict of Stored
        Read when they are loaded, while the archive is open. Pickled objects never are.

    Raises
    ------
    UserError
        If it is no such archive, damaged, or too large.
    """
    arrays.check_file(path)
    if not zipfile.is_zipfile(path):
        raise UserError(f"{path}: not an .npz archive; {SAVE_SO}")
    with arrays.told_in_one_line(path, SAVE_SO):
        archive = zipfile.ZipFile(path)
    with archive:
        with arrays.told_in_one_line(path, SAVE_SO):
            arrays.check_size(path, sum(member.file_size for member in archive.infolist()))
            stored = {
                member.filename.removesuffix(".npy"): store(path, archive, member)
                for member in archive.infolist()
                if member.filename.endswith(".npy")
            }
        yield stored


def store(path, archive, member):
    """Read the header of an array and check that the array is as long as it says."""
    with archive.open(member) as file:
        shape, _, dtype = read_header(file)
        n_bytes = int(np.prod([1, *shape], dtype=object)) * dtype.itemsize
        if not dtype.hasobject and file.tell() + n_bytes != member.file_size:
            raise ValueError(
                f"{member.filename} takes {member.file_size} bytes, its header says {n_bytes}"
            )

    def load():
        with arrays.told_in_one_line(path, SAVE_SO), archive.open(member) as file:
            return np.lib.format.read_array(file, allow_pickle=False)

    return arrays.Stored(shape, dtype, load)


def read_header(file):
    """Read the header of an `.npy` file up to its data.

    Returns
    -------
    shape : tuple of int
    is_fortran : bool
    dtype : numpy.dtype
    """
    if np.lib.format.read_magic(file) == (1, 0):
        return np.lib.format.read_array_header_1_0(file)
    return np.lib.format.read_array_header_2_0(file)  # 3.0 differs in the names of fields only


def check_halves(path, names):
    """Raise a UserError if one half of the trials is there without the other."""
    if len(set(HALVES) & set(names)) == 1:
        raise UserError(
            f"{path}: found one half of the trials ({', '.join(names)}), expected both "
            "`resp_train` and `resp_test`; add the other, or remove it"
        )


def read(path, entry):
    """Read a recording from an archive.

    Parameters
    ----------
    path : str
    entry : dict
        `responses` and `orientation` name arrays other than the tutorial's `resp` and `stimuli`.

    Returns
    -------
    recording : Recording
        Its parts `half_1` and `half_2` are the tutorial's `resp_train` and `resp_test`; their mean
        is the responses where the file has no others.
    """
    with open_arrays(path) as stored:
        halves = []
        if entry.get("responses", "resp") == "resp":
            check_halves(path, stored)
            halves = [name for name in HALVES if name in stored]
        only_halves = bool(halves) and "resp" not in stored
        recording = arrays.build(
            path,
            {**entry, "responses": halves[0]} if only_halves else entry,
            stored,
            ("resp", ANGLES),
            usual="stimuli_first" if entry.get("responses", "resp") in FORMS else None,
            own=FORMS,
        )
        for name in halves:
            read_half(path, name, stored, entry, recording)
    if only_halves:
        half_1, half_2 = recording.parts.values()
        recording.responses = (half_1 + half_2) / 2
        recording.is_mean_of_parts = True
        recording.notes[0] = (
            "Responses are the mean of `resp_train` and `resp_test`; angles "
            f"`{entry.get('orientation', ANGLES)}`."
        )
    elif halves:
        recording.notes.append("Halves of the trials are `resp_train` and `resp_test`.")
    if "resp_noiseless" in stored:
        recording.notes.append("`resp_noiseless`, which only a simulation knows, is left out.")
    return recording


def read_half(path, name, stored, entry, recording):
    """Read the mean over a half of the trials into the parts of a recording."""
    arrays.choose(path, "responses", {"responses": name}, None, stored)
    axes, _ = arrays.find_axes(
        path, name, stored[name].shape, len(recording.angle), entry, "stimuli_first"
    )
    half = arrays.as_float(stored[name].load())
    half = half.T if axes == "cells_first" else half
    if half.shape != recording.responses.shape:
        raise UserError(
            f"{path}: found `{name}` {half.shape} and responses {recording.responses.shape}; "
            "expected the same neurons in all"
        )
    recording.parts[FORMS[name]] = half


def look(path):
    """List the arrays of an archive, and guess which is which."""
    with open_arrays(path) as stored:
        names = ("resp", ANGLES)
        if "resp" not in stored and set(HALVES) <= set(stored):
            names = (HALVES[0], ANGLES)
        contents = arrays.look_at("npz", stored, names, usual="stimuli_first")
    if contents.entry.get("responses") in HALVES:
        del contents.entry["responses"], contents.comments["responses"]
    return contents
