"""Plain HDF5 files: arrays of any names, `group/name` in groups, with the axes that h5py shows."""

import numpy as np

from normative.recordings.readers import arrays, mat, nwb

SAVE_SO = "save it again with h5py, each array as a dataset of its own"


def recognizes(path):
    """Tell whether a file is HDF5 from its first byte and none of NWB."""
    return arrays.first_bytes(path, 8) == mat.SIGNATURE and not nwb.recognizes(path)


def open_arrays(path):
    """Open a file and list its datasets: a context that gives a dict of Stored."""
    arrays.check_file(path)
    return mat.open_hdf5(path, store, "/", SAVE_SO)


def store(path, name, dataset):
    """List a dataset: numbers as they are, or text."""
    import h5py

    if dataset.external or dataset.is_virtual:
        return arrays.Stored(dataset.shape, "in another file")
    is_text = h5py.check_string_dtype(dataset.dtype) is not None and dataset.shape is not None
    if is_text and dataset.size <= mat.MOST_ELEMENTS:
        text = np.array(dataset.asstr(errors="replace")[()], dtype=str)
        return arrays.Stored(text.shape, text.dtype, lambda: text)
    if dataset.shape is None or dataset.dtype.kind not in "fiub":
        return arrays.Stored(dataset.shape or (), str(dataset.dtype))

    def load():
        arrays.check_size(path, dataset.size * dataset.dtype.itemsize)
        with arrays.told_in_one_line(path, SAVE_SO):
            return dataset[()]

    return arrays.Stored(dataset.shape, np.dtype(dataset.dtype.str), load)


def read(path, entry):
    """Read a recording; `responses` and `orientation` of the entry name datasets.

    Returns
    -------
    recording : Recording
    """
    with open_arrays(path) as stored:
        return arrays.build(path, entry, stored)


def look(path):
    """List the datasets of a file, and guess which is which."""
    with open_arrays(path) as stored:
        return arrays.look_at("hdf5", stored)
