"""Readers of recordings, one module a format, chosen by what a file holds and not by its name.

Each module has

`recognizes(path)`
    Tell whether the file or folder is of the format, by its first bytes or its contents.
`read(path, entry)`
    Read it as a `Recording`; `entry` is the dataset's entry of the configuration.
`look(path)`
    List what is in it: a `Contents` of arrays or columns, for `inspect_recording.py`.
"""

import contextlib
import zipfile

from normative.workflow.errors import UserError

# Keys of an entry that only some formats use → these formats, and what others have instead.
TRACES = ("nwb", "suite2p")
KEYS_OF_FORMATS = {
    "stimuli": (("suite2p",), "add the angles to the file, one for each stimulus or trial"),
    "onset": (TRACES, "remove it"),
    "onset_unit": (("suite2p",), "remove it"),
    "frame_rate": (("suite2p",), "remove it"),
    "window": (TRACES, "remove it"),
    "baseline": (TRACES, "remove it"),
    "layout": (("table",), "remove it"),
}

# Name of a format, as `format` of a dataset's entry → what it is. The modules have these names, and
# are loaded only when they are needed.
READERS = {
    "npz": "NumPy archive (.npz)",
    "stringer": "dictionary of Stringer et al., pickled by NumPy (.npy)",
    "mat": "MATLAB file (.mat), version 5 or 7.3",
    "nwb": "Neurodata Without Borders file (.nwb), version 2",
    "hdf5": "plain HDF5 file (.h5), arrays of any names",
    "suite2p": "folder of suite2p, with a table of the stimuli",
    "table": "table (.csv, .tsv, .parquet, .xlsx), long or wide",
}


def load_reader(name):
    """Load the module of a format.

    Each is imported by a line of its own, so that the digest of a rule's code follows it.
    """
    if name == "npz":
        from normative.recordings.readers import npz as reader
    elif name == "stringer":
        from normative.recordings.readers import stringer as reader
    elif name == "mat":
        from normative.recordings.readers import mat as reader
    elif name == "nwb":
        from normative.recordings.readers import nwb as reader
    elif name == "hdf5":
        from normative.recordings.readers import hdf5 as reader
    elif name == "suite2p":
        from normative.recordings.readers import suite2p as reader
    elif name == "table":
        from normative.recordings.readers import table as reader
    return reader


def find_format(path):
    """Name the format of a file or folder.

    Raises
    ------
    UserError
        If it is of none that can be read.
    """
    for name in READERS:
        if load_reader(name).recognizes(path):
            return name
    with contextlib.suppress(OSError), open(path, "rb") as file:
        start = file.read(4)
        if start.startswith(b"\x1f\x8b"):
            raise UserError(f"{path}: compressed by gzip, expected the file itself; unpack it")
        if start == b"PK\x03\x04" and not zipfile.is_zipfile(path):
            raise UserError(
                f"{path}: begins as a zip archive (.npz, .xlsx) and has no end of one, so it is "
                "cut off or damaged; get the file again"
            )
        if start.startswith(b"\x93NUM"):
            raise UserError(
                f"{path}: one array, expected responses and their angles; save both by "
                "numpy.savez(path, resp=<stimuli × neurons>, stimuli=<degrees>)"
            )
        if start and b"\0" not in start + file.read(1000):
            load_reader("table").read_columns(path)  # tells what is wrong with the text
    raise UserError(
        f"{path}: found none of the formats that can be read, which are {', '.join(READERS)}; "
        "save it as one of them"
    )


def read_recording(path, entry):
    """Read a recording by the reader of its format.

    Raises
    ------
    UserError
        If it cannot be read, or the entry has a key of other formats, which would have no effect.
    """
    form = entry.get("format") or find_format(path)
    for key, (formats, cure) in KEYS_OF_FORMATS.items():
        if entry.get(key) is not None and form not in formats:
            raise UserError(
                f"{path}: the dataset's entry has `{key}`, which is for {' and '.join(formats)} "
                f"alone, and this is {form}; {cure}"
            )
    return load_reader(form).read(path, entry)
