"""Structure of MATLAB's version 5, checked before scipy reads it, which damage can crash.

The format is described in MathWorks' "MAT-File Format": a file is a list of elements, each a tag
(type, number of bytes) and data padded to 8 bytes; an array is an element that holds elements.
"""

import mmap
import os
import struct
import zlib

from normative.recordings.readers import arrays

MATRIX, COMPRESSED = 14, 15  # types of elements
# Numbers and names, each of two types, as some programs write them.
NAME, INTEGERS, FLAGS = {1: "b", 16: "b"}, {5: "i", 6: "I"}, {6: "I"}
CELL, STRUCT, OBJECT, CHAR, SPARSE, FUNCTION, OPAQUE = 1, 2, 3, 4, 5, 16, 17  # classes of arrays
IS_COMPLEX = 0x800
# Bytes of a number or letter, by the type of the element; 16 to 18 are UTF.
SIZES = {1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8, 12: 8, 13: 8, 16: 1, 17: 2, 18: 4}
LONGEST_NAME = 64  # of a field, with the zero at its end
MOST_DEPTH = 100  # of arrays in arrays
MOST_RATIO = 1032  # that zlib reaches


class Damage(Exception):
    """A file is not as the format says."""


def check_structure(path):
    """Check all elements of a file.

    Raises
    ------
    Damage
        If lengths, types or numbers of elements do not fit.
    UserError
        If its arrays take too much memory.
    """
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        order = "<" if data[126:128] == b"IM" else ">"
        is_small = os.path.getsize(path) * MOST_RATIO <= arrays.MOST_BYTES
        at, n_bytes = 128, 0
        while at + 8 <= len(data):
            kind, length = struct.unpack_from(f"{order}II", data, at)
            end = at + 8 + length
            if end > len(data):
                raise Damage("it ends within an array; is it cut?")
            if kind == COMPRESSED:
                content = inflate(path, data[at + 8 : end], is_small, n_bytes)
                n_bytes += len(content)
                Elements(content, order).check()
            elif kind == MATRIX:
                Elements(data, order).check(at, end)
            else:
                raise Damage(f"element of type {kind}")
            at = end


def inflate(path, content, is_small, n_before):
    """Unpack a variable, as long as all of a file's fit into memory."""
    if is_small:
        return zlib.decompress(content)
    unpack = zlib.decompressobj()
    unpacked = unpack.decompress(content, max(1, arrays.MOST_BYTES - n_before))
    arrays.check_size(path, n_before + len(unpacked) + (arrays.MOST_BYTES if not unpack.eof else 0))
    return unpacked


class Elements:
    """Elements in a buffer, checked one after another."""

    def __init__(self, data, order):
        self.data, self.order = data, order

    def check(self, at=0, end=None):
        """Check an array with its tag."""
        self.check_array(at, len(self.data) if end is None else end, 0)

    def read_tag(self, at, end):
        """Read a tag.

        Returns
        -------
        kind, start, length, after : int
            Type, place and number of bytes of the data, and where the next element is.
        """
        if at + 8 > end:
            raise Damage("it ends within a tag")
        kind, length = struct.unpack_from(f"{self.order}II", self.data, at)
        if kind >> 16:  # up to four bytes, in the tag itself
            start, length, kind = at + 4, kind >> 16, kind & 0xFFFF
            after = at + 8
            if length > 4:
                raise Damage("a short element is long")
        else:
            start = at + 8
            after = start + length + (-length % 8)
        if start + length > end:
            raise Damage("an element is longer than what it is in")
        return kind, start, length, after

    def read_values(self, at, end, codes):
        """Read an element of one of some types."""
        found, start, length, after = self.read_tag(at, end)
        code = codes.get(found, "I")
        size = struct.calcsize(f"={code}")
        if found not in codes or length % size:
            raise Damage(f"element of type {found}, expected {min(codes)}")
        return struct.unpack_from(f"{self.order}{length // size}{code}", self.data, start), after

    def check_array(self, at, end, depth):
        """Check an array, and give where the next element is."""
        kind, at, length, after = self.read_tag(at, end)
        if kind != MATRIX or depth > MOST_DEPTH:
            raise Damage(f"element of type {kind}, expected an array")
        end = at + length
        if not length:
            return after  # of an empty cell
        flags, at = self.read_values(at, end, FLAGS)
        if len(flags) != 2:
            raise Damage("an array has no class")
        kind = flags[0] & 0xFF
        if kind == OPAQUE:
            return after
        if not (CELL <= kind <= FUNCTION):
            raise Damage(f"array of class {kind}")
        shape, at = self.read_values(at, end, INTEGERS)
        if not 2 <= len(shape) <= 32 or min(shape) < 0:
            raise Damage(f"array of shape {shape}")
        _, at = self.read_values(at, end, NAME)  # its name
        n_elements = 1
        for n in shape:
            n_elements *= n
        n_arrays = n_data = 0
        if kind == CELL:
            n_arrays = n_elements
        elif kind in (STRUCT, OBJECT):
            if kind == OBJECT:
                _, at = self.read_values(at, end, NAME)
            (longest, *_), at = self.read_values(at, end, INTEGERS)
            names, at = self.read_values(at, end, NAME)
            if not 1 <= longest <= LONGEST_NAME or len(names) % longest:
                raise Damage("a struct has no names of fields")
            n_arrays = n_elements * (len(names) // longest)
        elif kind == FUNCTION:
            n_arrays = 1
        else:
            n_data = 1 + bool(flags[0] & IS_COMPLEX) + 2 * (kind == SPARSE)
        if n_arrays * 8 > end - at:
            raise Damage("a struct or cell array has fewer elements than its shape")
        for _ in range(n_arrays):
            at = self.check_array(at, end, depth + 1)
        for _ in range(n_data):
            if kind == CHAR and not n_elements and at >= end:
                break
            found, _, length, at = self.read_tag(at, end)
            if found not in SIZES or (kind != SPARSE and length % SIZES[found]):
                raise Damage(f"element of type {found}, expected numbers")
            if kind not in (CHAR, SPARSE) and length != n_elements * SIZES[found]:
                raise Damage(f"{length // SIZES[found]} numbers for an array of {n_elements}")
        return after
