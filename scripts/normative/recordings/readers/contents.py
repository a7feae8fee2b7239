"""What a file holds, as far as one must know it to say how it is to be read."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Array:
    """An array or a column of a file, described without being held."""

    name: str
    shape: tuple
    dtype: str
    minimum: float = None  # of finite numbers; None for what is no number
    maximum: float = None
    n_missing: int = 0  # NaN
    examples: list = field(default_factory=list)  # the first different values


@dataclass
class Contents:
    """Arrays of a file, and a first guess of the entry by which it is read.

    `entry` holds keys of a dataset's entry (`responses`, `orientation`, `axes`, …); `comments` says
    why, by key; `open_questions` is what the file cannot tell.
    """

    format: str
    arrays: list
    entry: dict = field(default_factory=dict)
    comments: dict = field(default_factory=dict)
    open_questions: list = field(default_factory=list)


def describe_array(name, values):
    """Describe an array that fits into memory."""
    values = np.asarray(values)
    if values.dtype.kind not in "fiub":
        return Array(name, values.shape, str(values.dtype), examples=examples(values))
    numbers = values[np.isfinite(values)] if values.dtype.kind == "f" else values
    return Array(
        name,
        values.shape,
        str(values.dtype),
        float(numbers.min()) if numbers.size else None,
        float(numbers.max()) if numbers.size else None,
        int(np.isnan(values).sum()) if values.dtype.kind == "f" else 0,
        examples(values),
    )


def examples(values, n=5):
    """List the first different values."""
    return [value.item() for value in np.unique(np.ravel(values)[:1000])[:n]]
