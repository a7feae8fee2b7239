"""Readers of recordings, one module a format, chosen by what a file holds and not by its name.

Each module has

`recognizes(path)`
    Tell whether the file or folder is of the format, by its first bytes or its contents.
`read(path, entry)`
    Read it as a `Recording`; `entry` is the dataset's entry of the configuration.
`look(path)`
    List what is in it: a `Contents` of arrays or columns, for `inspect_recording.py`.
"""

from normative.workflow.errors import UserError

# Name of a format, as `format` of a dataset's entry → what it is. The modules have these names, and
# are loaded only when they are needed.
READERS = {
    "npz": "NumPy archive (.npz)",
    "stringer": "dictionary of Stringer et al., pickled by NumPy (.npy)",
    "mat": "MATLAB file (.mat), version 5 or 7.3",
    "nwb": "Neurodata Without Borders file (.nwb), version 2",
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
    raise UserError(
        f"{path}: found none of the formats that can be read, which are {', '.join(READERS)}; "
        "save it as one of them"
    )


def read_recording(path, entry):
    """Read a recording by the reader of its format."""
    return load_reader(entry.get("format") or find_format(path)).read(path, entry)
