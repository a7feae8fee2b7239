"""Dictionaries that NumPy has pickled into an `.npy`, read without running what a pickle asks for.

`numpy.load(allow_pickle=True)` calls whatever function a file names, and even NumPy's own types can
be given a state that makes them take bytes of the file for addresses. Here, nothing of NumPy is
called by the file: arrays and types are noted down as they are described, checked, and made
afterwards.
"""

import os
import pickle

import numpy as np

from normative.recordings.readers import arrays
from normative.recordings.readers.npz import read_header
from normative.workflow.errors import UserError

SAVE_SO = (
    "expected a dictionary of arrays saved by numpy.save; save its arrays with numpy.savez instead"
)
KINDS = "biufcSU"  # of arrays that are made; what else there is stays undone


class PickledType:
    """A type of arrays, as a pickle describes it."""

    def __init__(self, code, *_):
        self.dtype = None
        self.is_object = isinstance(code, str) and code.startswith("O")
        if isinstance(code, str) and code[:1] in KINDS and code[1:].isdecimal():
            self.dtype = np.dtype(code)

    def __setstate__(self, state):
        """Take the byte order, and nothing else that a state may set."""
        if self.dtype is not None and state[1] in ("<", ">"):
            self.dtype = self.dtype.newbyteorder(state[1])

    def __str__(self):
        """Name it for messages."""
        return "object" if self.is_object else str(self.dtype or "mixed")


class PickledArray:
    """An array, as a pickle describes it, not made yet."""

    def __init__(self):
        self.shape, self.type, self.is_fortran, self.content = (), None, False, None

    def __setstate__(self, state):
        """Note down shape, type and content, and check that they fit."""
        _, shape, dtype, is_fortran, content = state
        if not isinstance(dtype, PickledType):
            raise pickle.UnpicklingError("an array has no type")
        if not all(isinstance(n, int) and n >= 0 for n in shape):
            raise pickle.UnpicklingError("an array has no shape")
        if isinstance(content, str):  # of Python 2
            content = content.encode("latin1")
        if dtype.dtype is not None:
            n_bytes = int(np.prod([1, *shape], dtype=object)) * dtype.dtype.itemsize
            if not isinstance(content, (bytes, bytearray)) or len(content) != n_bytes:
                raise pickle.UnpicklingError("an array is shorter or longer than its shape")
        self.shape, self.type = tuple(shape), dtype
        self.is_fortran, self.content = bool(is_fortran), content

    def make(self):
        """Make the array, of numbers or text, on the bytes that were read: no copy."""
        if not self.content:
            return np.empty(self.shape, self.type.dtype)
        array = np.frombuffer(self.content, self.type.dtype)
        return array.reshape(self.shape, order="F" if self.is_fortran else "C")


class Allowed:
    """A function or type that a file may call, and not otherwise touch."""

    __slots__ = ("_function",)

    def __init__(self, function):
        self._function = function

    def __call__(self, *arguments):
        """Call it."""
        return self._function(*arguments)

    def __setstate__(self, state):
        """Refuse to be changed by a file."""
        raise pickle.UnpicklingError("it changes a function")


def start_array(*_):
    """Stand for `_reconstruct`, whatever subtype the file asks for."""
    return PickledArray()


def make_scalar(dtype, content=None):
    """Make one of NumPy's scalars."""
    if not isinstance(dtype, PickledType) or dtype.dtype is None:
        raise pickle.UnpicklingError("a scalar is no number")
    content = content.encode("latin1") if isinstance(content, str) else content
    (scalar,) = np.frombuffer(content, dtype.dtype)
    return scalar


def take_buffer(content, dtype, shape, order):
    """Stand for `_frombuffer`."""
    array = PickledArray()
    array.__setstate__((1, shape, dtype, order == "F", content))
    return array


# By module and name. `numpy.core` is what NumPy 1 calls `numpy._core`.
ALLOWED = {
    ("numpy", "ndarray"): Allowed(start_array),
    ("numpy", "dtype"): Allowed(PickledType),
    **{
        (f"numpy.{core}.{module}", name): Allowed(function)
        for core in ("core", "_core")
        for module, name, function in (
            ("multiarray", "_reconstruct", start_array),
            ("multiarray", "scalar", make_scalar),
            ("numeric", "_frombuffer", take_buffer),
        )
    },
    **{
        (module, container.__name__): Allowed(container)
        for module in ("builtins", "__builtin__")
        for container in (set, frozenset, complex)  # others have opcodes of their own
    },
}

# Opcodes of instances, of registered extensions and of objects that are kept elsewhere.
REFUSED = (
    pickle.INST,
    pickle.OBJ,
    pickle.NEWOBJ,
    pickle.NEWOBJ_EX,
    pickle.EXT1,
    pickle.EXT2,
    pickle.EXT4,
    pickle.PERSID,
    pickle.BINPERSID,
    pickle.NEXT_BUFFER,
    pickle.READONLY_BUFFER,
)


# The one written in Python: for a memo's number of some billions, as one changed bit makes it, the
# one written in C fills all memory.
class PlainUnpickler(pickle._Unpickler):
    """Unpickle descriptions of arrays, scalars and plain containers, and refuse everything else."""

    dispatch = {  # noqa: RUF012, as in its base
        code: function
        for code, function in pickle._Unpickler.dispatch.items()
        if code not in {opcode[0] for opcode in REFUSED}
    }

    def load_bytearray8(self):
        """Read a byte array as bytes: memory is taken for what is there only."""
        self.append(self.read(int.from_bytes(self.read(8), "little")))

    dispatch[pickle.BYTEARRAY8[0]] = load_bytearray8

    def find_class(self, module, name):
        """Find what stands for a name, if it is allowed."""
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(
                f"it asks for `{module}.{name}`, which is no array and no plain container, and "
                "was not run"
            )
        return ALLOWED[module, name]


class Bounded:
    """A file that does not take memory for more than it holds."""

    def __init__(self, file):
        self.file, self.size = file, os.fstat(file.fileno()).st_size

    def read(self, n):
        """Read some bytes."""
        if n > self.size:
            raise pickle.UnpicklingError("it is longer than the file")
        return self.file.read(n)

    def readline(self):
        """Read a line."""
        return self.file.readline()


def is_pickled(path):
    """Tell whether a file is an `.npy` of one pickled object."""
    if arrays.first_bytes(path, 6) != b"\x93NUMPY":
        return False
    try:
        with open(path, "rb") as file:
            shape, _, dtype = read_header(file)
    except Exception:  # whatever damage raises
        return False
    return dtype.kind == "O" and shape in ((), (1,))


def load_dictionary(path):
    """Read the dictionary that `numpy.save(path, dictionary)` has written.

    Parameters
    ----------
    path : str

    Returns
    -------
    content : dict
        Its arrays of numbers and text are arrays, read-only, on the bytes read. What is deeper
        inside, and arrays of objects, are left as `PickledArray`.

    Raises
    ------
    UserError
        If the file is not one, is damaged or holds anything but arrays, scalars and containers.
    """
    arrays.check_file(path)
    with arrays.told_in_one_line(path, SAVE_SO):
        arrays.check_size(path, os.path.getsize(path))
        with open(path, "rb") as file:
            shape, _, dtype = read_header(file)
            if dtype.kind != "O" or shape not in ((), (1,)):
                raise UserError(f"{path}: found an array {shape} of {dtype}; {SAVE_SO}")
            content = PlainUnpickler(Bounded(file), encoding="latin1").load()
        if isinstance(content, PickledArray) and isinstance(content.content, list):
            (content,) = content.content
        if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
            raise UserError(f"{path}: found a pickled {type(content).__name__}; {SAVE_SO}")
        return {name: make_plain(value) for name, value in content.items()}


def make_plain(value):
    """Make an array of numbers or text; leave anything else."""
    if isinstance(value, PickledArray) and value.type is not None and value.type.dtype is not None:
        return value.make()
    return value
