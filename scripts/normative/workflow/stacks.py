"""Archives that hold the arrays of a block of seeds, written and read one seed at a time.

They are `.npz` files as `numpy.savez` writes them: an array `seeds`, and others whose first axis is
that of the seeds. NumPy itself would hold all seeds in memory.
"""

import zipfile
from contextlib import ExitStack

import numpy as np
from numpy.lib import format as npy


def write_stack(path, seeds, arrays, compression=zipfile.ZIP_STORED):
    """Write an archive of arrays, one seed after the other.

    Parameters
    ----------
    path : str
    seeds : list of int
    arrays : dict of iterable of array
        Name → one array a seed, all of one shape and dtype. They are asked for name by name.
    compression : int
        `zipfile.ZIP_STORED` or `zipfile.ZIP_DEFLATED`.
    """
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, of_seeds in {"seeds": np.array(seeds), **arrays}.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                for index, array in enumerate(of_seeds):
                    array = np.asarray(array, order="C")
                    if index == 0:
                        header = npy.header_data_from_array_1_0(array)
                        header["shape"] = (len(seeds), *array.shape)
                        npy.write_array_header_1_0(file, header)
                    file.write(array.tobytes())


def read_stack(path):
    """Yield each seed of an archive with its arrays.

    Yields
    ------
    seed : int
    arrays : dict of array
        Without the axis of seeds.

    Raises
    ------
    ValueError
        If an array is not in C order, in which one seed follows the other.
    """
    with zipfile.ZipFile(path) as archive, ExitStack() as stack:
        with archive.open("seeds.npy") as file:
            seeds = npy.read_array(file)
        members = {}
        for entry in archive.namelist():
            if entry != "seeds.npy":
                file = stack.enter_context(archive.open(entry))
                npy.read_magic(file)
                (_, *shape), is_fortran, dtype = npy.read_array_header_1_0(file)
                if is_fortran and shape:
                    raise ValueError(f"{path}: `{entry}` is in Fortran order, expected C order")
                members[entry.removesuffix(".npy")] = file, shape, dtype
        for seed in seeds:
            arrays = {}
            for name, (file, shape, dtype) in members.items():
                n_bytes = int(np.prod(shape, dtype=int)) * dtype.itemsize
                content = bytearray(file.read(n_bytes))  # of which an array may be written to
                arrays[name] = np.frombuffer(content, dtype).reshape(shape)
            yield int(seed), arrays


def read_seed(path, seed):
    """Read the arrays of one seed of an archive, (name → array).

    Raises
    ------
    KeyError
        If the archive does not hold the seed.
    """
    for found, arrays in read_stack(path):
        if found == seed:
            return arrays
    raise KeyError(f"{path}: no seed {seed}")


def read_stacks(paths):
    """Yield each seed of several archives with its arrays, as `read_stack` does."""
    for path in paths:
        yield from read_stack(path)


def read_in_order(paths, seeds):
    """Yield the arrays of each of some seeds, which archives must hold in this order and no others.

    Raises
    ------
    ValueError
        If they hold other seeds.
    """
    for seed, (found, arrays) in zip(seeds, read_stacks(paths), strict=True):
        if found != seed:
            raise ValueError(f"{paths[0]} …: found seed {found}, expected {seed}")
        yield arrays
