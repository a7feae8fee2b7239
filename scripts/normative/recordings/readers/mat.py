"""MATLAB files: version 5 by scipy, version 7.3, which is HDF5 with its axes reversed, by h5py."""

import warnings
from contextlib import contextmanager, nullcontext

import numpy as np

from normative.recordings.readers import arrays, mat5
from normative.workflow.errors import UserError

SAVE_SO = "save it again in MATLAB with save(file, 'resp', 'stim', '-v7.3')"
SIGNATURE = b"\x89HDF\r\n\x1a\n"
HEADER = 512  # bytes of MATLAB's own before HDF5's
MOST_ELEMENTS = 1 << 20  # of a cell array that is opened
MOST_DEPTH = 8  # of structs
BYTES = {"double": 8, "single": 4, "logical": 1, "char": 2} | {
    f"{sign}int{bits}": bits // 8 for sign in ("", "u") for bits in (8, 16, 32, 64)
}
TYPES = {"double": "f8", "single": "f4", "logical": "?"} | {
    name: name for name in BYTES if "int" in name
}


def recognizes(path):
    """Tell whether a file begins as MATLAB's of version 5 or 7.3 do."""
    header = arrays.first_bytes(path, HEADER + 8)
    is_5 = header[124:128] in (b"\x00\x01IM", b"\x01\x00MI")
    return is_5 or (header.startswith(b"MATLAB") and header[HEADER:] == SIGNATURE)


def open_arrays(path):
    """Open a file and list its variables, fields of structs as `struct.field`.

    Returns
    -------
    context : context manager
        Gives a dict of Stored, which can be loaded while it is open.
    """
    arrays.check_file(path)
    header = arrays.first_bytes(path, HEADER + 8)
    if header[HEADER:] == SIGNATURE and header.startswith(b"MATLAB"):
        return open_hdf5(path, store_73, ".", SAVE_SO)
    if recognizes(path):
        return nullcontext(open_5(path))
    raise UserError(f"{path}: not a MATLAB file of version 5 or 7.3; {SAVE_SO}")


def gather(elements):
    """Make one array of the elements of a cell array or of a field of a struct array.

    Parameters
    ----------
    elements : list of Stored

    Returns
    -------
    stored : Stored
        Of shape (elements,) for single numbers or text, (elements, n) for vectors of one length;
        otherwise in words. An empty one among single numbers, as `ori` of a blank is, is NaN.
    """
    n = len(elements)
    blank = arrays.Stored((1,), np.dtype(float), lambda: np.array([np.nan]))
    if any(element.length == 1 and element.is_numeric for element in elements):
        elements = [blank if 0 in element.shape else element for element in elements]
    different = arrays.Stored((n,), "cell array")
    types = [element.dtype for element in elements]
    if not n or not all(isinstance(dtype, np.dtype) for dtype in types):
        return different
    lengths = {element.length for element in elements}
    if len(lengths) > 1 or None in lengths or len({dtype.kind == "U" for dtype in types}) > 1:
        return different
    (length,) = lengths
    shape = (n,) if length == 1 else (n, length)
    dtype = np.result_type(*types)

    def load():
        gathered = np.empty(shape, dtype)
        for row, element in zip(gathered.reshape(n, length), elements, strict=True):
            row[:] = np.ravel(element.load())
        return gathered

    return arrays.Stored(shape, dtype, load)


def open_5(path):
    """List the variables of a file of version 5; numbers are read when they are loaded."""
    from scipy.io import loadmat, whosmat

    def load(name):
        with arrays.told_in_one_line(path, SAVE_SO), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of variables of one name, of objects
            return loadmat(path, variable_names=[name])[name]

    stored = {}
    with arrays.told_in_one_line(path, SAVE_SO):
        mat5.check_structure(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            variables = whosmat(path)
        sizes = [np.prod(shape, dtype=object) * BYTES.get(kind, 0) for _, shape, kind in variables]
        arrays.check_size(path, sum(sizes))
        for name, shape, kind in variables:
            if kind in TYPES:
                stored[name] = arrays.Stored(
                    shape, np.dtype(TYPES[kind]), lambda name=name: load(name)
                )
            elif kind in ("struct", "cell", "char"):
                flatten_5(path, name, load(name), stored)
            elif kind == "sparse":
                stored[name] = arrays.Stored(shape, "sparse")
    return stored


def flatten_5(path, name, value, stored, depth=0):
    """List a variable that scipy has read, and what is inside it."""
    if not isinstance(value, np.ndarray) or depth > MOST_DEPTH:
        return  # functions and objects too
    if type(value).__name__ in ("MatlabFunction", "MatlabObject", "MatlabOpaque"):
        return
    if value.dtype.names:
        for field in value.dtype.names:
            values = value[field].ravel(order="F")
            if len(values) == 1:
                flatten_5(path, f"{name}.{field}", values[0], stored, depth + 1)
            else:
                stored[f"{name}.{field}"] = gather([element_5(path, name, v) for v in values])
    elif value.dtype == object:
        values = value.ravel(order="F")
        stored[name] = gather([element_5(path, name, v) for v in values])
    elif value.dtype.kind == "U":
        stored[name] = arrays.Stored(value.shape, value.dtype, lambda: value)
    else:
        stored[name] = element_5(path, name, value)


def element_5(path, name, value):
    """List a plain array; in words what is none."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiubcU":
        return arrays.Stored((), type(value).__name__)
    return arrays.Stored(value.shape, value.dtype, lambda: value)


@contextmanager
def open_hdf5(path, store, separator, save_so):
    """Open a file of HDF5 and list its datasets.

    Parameters
    ----------
    path : str
    store : callable
        Lists a dataset, of (path, name, dataset).
    separator : str
        Between the names of a group and of what is in it.
    save_so : str
        What to do about a damaged file.

    Yields
    ------
    stored : dict of Stored
    """
    import h5py

    with arrays.told_in_one_line(path, save_so):
        file = h5py.File(path, "r")
    with file:
        stored = {}
        with arrays.told_in_one_line(path, save_so):
            flatten_hdf5(path, file, stored, store, separator)
        yield stored


def flatten_hdf5(path, group, stored, store, separator, prefix="", depth=0):
    """List what is in a group: variables of the file, or fields of a struct."""
    import h5py

    if depth > MOST_DEPTH:
        return
    for key in group:
        if key.startswith("#") or not isinstance(group.get(key, getlink=True), h5py.HardLink):
            continue  # MATLAB's own; other files
        name = f"{prefix}{key}"
        value = group[key]
        if "MATLAB_sparse" in value.attrs:
            stored[name] = arrays.Stored((), "sparse")
        elif isinstance(value, h5py.Group):
            place = f"{name}{separator}"
            flatten_hdf5(path, value, stored, store, separator, place, depth + 1)
        elif isinstance(value, h5py.Dataset):
            stored[name] = store(path, name, value)


def class_of(dataset):
    """Name MATLAB's class of a dataset."""
    kind = dataset.attrs.get("MATLAB_class", b"")
    return kind.decode() if isinstance(kind, bytes) else str(kind)


def store_73(path, name, dataset):
    """List a dataset: numbers with their axes restored, text, or what a cell array refers to."""
    import h5py

    kind = class_of(dataset)
    if dataset.external or dataset.is_virtual:
        return arrays.Stored(dataset.shape[::-1], "in another file")
    if "MATLAB_empty" in dataset.attrs:
        return arrays.Stored((0, 0), kind or "empty")
    if h5py.check_ref_dtype(dataset.dtype) is h5py.Reference and kind in ("", "cell"):
        return store_cells(path, name, dataset)
    if "MATLAB_object_decode" in dataset.attrs or kind in ("function_handle", "cell"):
        return arrays.Stored(dataset.shape[::-1], kind or "object")
    if kind == "char" and dataset.dtype.kind == "u" and dataset.size <= MOST_ELEMENTS:
        rows = np.atleast_2d(dataset[()].T)
        text = np.array(["".join(map(chr, row)) for row in rows])
        return arrays.Stored(text.shape, text.dtype, lambda: text)
    if dataset.dtype.kind not in "fiub":
        in_words = "complex" if dataset.dtype.names == ("real", "imag") else str(dataset.dtype)
        return arrays.Stored(dataset.shape[::-1], in_words)
    dtype = np.dtype(bool) if kind == "logical" else np.dtype(dataset.dtype.str)

    def load():
        arrays.check_size(path, dataset.size * dataset.dtype.itemsize)
        with arrays.told_in_one_line(path, SAVE_SO):
            return dataset[()].T.astype(dtype, copy=False)

    return arrays.Stored(dataset.shape[::-1], dtype, load)


def store_cells(path, name, dataset):
    """List the elements of a cell array, or of a field of a struct array, as one array."""
    import h5py

    if dataset.size > MOST_ELEMENTS:
        return arrays.Stored(dataset.shape[::-1], "cell array")
    elements = []
    for reference in np.ravel(dataset[()].T, order="F"):
        element = dataset.file[reference] if reference else None
        is_plain = isinstance(element, h5py.Dataset) and (
            h5py.check_ref_dtype(element.dtype) is None
        )
        elements.append(
            store_73(path, name, element) if is_plain else arrays.Stored((), "cell array")
        )
    return gather(elements)


def read(path, entry):
    """Read a recording from a MATLAB file.

    Parameters
    ----------
    path : str
    entry : dict
        `responses` and `orientation` name variables, fields of structs as `struct.field`.

    Returns
    -------
    recording : Recording
    """
    with open_arrays(path) as stored:
        return arrays.build(path, entry, stored)


def look(path):
    """List the variables of a file, and guess which is which."""
    with open_arrays(path) as stored:
        return arrays.look_at("mat", stored, usual="cells_first")
