"""Dictionaries pickled into an `.npy`, read without running what a pickle may ask for.

`numpy.load(allow_pickle=True)` calls whatever function a file names. Here, only NumPy's own arrays
and scalars and Python's plain containers come out.
"""

import pickle

import numpy as np

from normative.workflow.errors import UserError, shorten

# What a pickle of arrays, scalars and containers names. `numpy.core` is NumPy 1's name of
# `numpy._core`; `_codecs.encode` turns text into bytes in pickles of Python 2 protocol.
ALLOWED = {
    *(
        (f"numpy.{core}.multiarray", name)
        for core in ("core", "_core")
        for name in ("_reconstruct", "scalar")
    ),
    *((f"numpy.{core}.numeric", "_frombuffer") for core in ("core", "_core")),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("_codecs", "encode"),
    *((module, "set") for module in ("builtins", "__builtin__")),
    *((module, "frozenset") for module in ("builtins", "__builtin__")),
    *((module, "complex") for module in ("builtins", "__builtin__")),
    ("collections", "OrderedDict"),
}


class PlainUnpickler(pickle.Unpickler):
    """Unpickle arrays, scalars and plain containers, and refuse everything else."""

    def find_class(self, module, name):
        """Find what a pickle names, if it is allowed."""
        if (module, name) not in ALLOWED and not self._is_dtype(module, name):
            raise pickle.UnpicklingError(
                f"it asks for `{module}.{name}`, which is neither an array nor a plain container "
                "and was not run"
            )
        return super().find_class(module, name)

    @staticmethod
    def _is_dtype(module, name):
        return module == "numpy.dtypes" and name.endswith("DType") and name.isidentifier()


def load_dictionary(path):
    """Read the dictionary that `numpy.save(path, dictionary)` has written.

    Parameters
    ----------
    path : str

    Returns
    -------
    dict

    Raises
    ------
    UserError
        If the file is not one, is damaged or holds anything but arrays, scalars and containers.
    """
    try:
        with open(path, "rb") as file:
            version = np.lib.format.read_magic(file)
            read = {(1, 0): np.lib.format.read_array_header_1_0}.get(
                version, np.lib.format.read_array_header_2_0
            )
            shape, _, dtype = read(file)
            if dtype.kind != "O" or np.prod(shape) != 1:
                raise UserError(
                    f"{path}: found an array of shape {shape} and type {dtype}, expected a "
                    "dictionary saved by numpy.save"
                )
            array = PlainUnpickler(file, encoding="latin1").load()
    except UserError:
        raise
    except (Exception, RecursionError) as error:  # damage shows as any of a dozen
        raise UserError(
            f"{path}: not readable ({shorten(str(error))}); expected a dictionary of arrays saved "
            "by numpy.save; save it again with arrays, numbers and text only"
        ) from error
    content = array.item() if isinstance(array, np.ndarray) and array.size == 1 else array
    if not isinstance(content, dict):
        raise UserError(
            f"{path}: found {type(content).__name__}, expected a dictionary saved by numpy.save"
        )
    return content
