"""Files that are damaged in many ways, for tests of every reader."""

import numpy as np
import pytest

from normative.workflow.errors import UserError

NOT_FILES_OF_ARRAYS = [
    b"",
    b"\0" * 600,
    b"<html><body>log in</body></html>",
    b"PK\x05\x06" + b"\0" * 18,  # a zip of nothing
    b"PK\x03\x04 broken",
    b"\x93NUMPY",
    b"\x93NUMPY\x01\x00\xff\xff{",
    b"\x89HDF\r\n\x1a\n" + b"\0" * 100,
    b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM",
    b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM" + b"\xff" * 64,
    b"MATLAB 7.3 MAT-file".ljust(512) + b"\x89HDF\r\n\x1a\n" + b"\xff" * 64,
    b"\x80\x04cos\nsystem\n.",
    b"orientation,response\n0,1\n",
    "å∂".encode("utf-16"),
]


def damage(content, n=40, seed=0):
    """Cut a file at many places, and change bits of it."""
    rng = np.random.default_rng(seed)
    for at in np.linspace(0, len(content) - 1, n).astype(int):
        yield content[:at]
    for _ in range(n):
        changed = bytearray(content)
        for at in rng.integers(0, len(content), rng.integers(1, 20)):
            changed[at] ^= 1 << rng.integers(8)
        yield bytes(changed)
    for _ in range(n // 2):
        start, stop = np.sort(rng.integers(0, len(content), 2))
        yield content[:start] + b"\0" * (stop - start) + content[stop:]
        yield content[:start] + content[stop:]


def refusal(read, *arguments):
    """Give the message of a reader's refusal; None if it read."""
    try:
        read(*arguments)
    except UserError as error:
        assert "\n" not in str(error)
        return str(error)
    return None


def assert_refused(read, path, *arguments, match=None):
    """Assert that a reader refuses a file in one line with its name."""
    with pytest.raises(UserError, match=match) as error:
        read(path, *arguments)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)
