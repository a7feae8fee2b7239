"""What readers of named arrays share: which array is which, their axes, and what is beside them."""

import itertools
import os
import re
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial

import numpy as np

from normative.recordings.readers import stimuli
from normative.recordings.readers.contents import Array, Contents
from normative.recordings.recording import Recording
from normative.workflow.errors import UserError, shorten

MOST_BYTES = 8 << 30  # that the arrays of a file may take: 5,000 trials of 200,000 neurons
MOST_NAMES = 12  # that an error lists
PIECE = 1 << 20  # numbers that are described at a time
MOST_COLUMNS = 6  # of a table of stimuli
ROW_AXES = ("stimuli", "trials", "cells")  # those that a row is of, and that of the cells
ORDERS = ["_".join(order) for order in itertools.permutations(sorted(ROW_AXES))]

ANGLE_NAME = re.compile(
    r"stim|ori|angle|theta|direction|grating|deg|(^|[._])dir(s|[._]|$)", re.IGNORECASE
)


@dataclass
class Stored:
    """An array of a file that is not yet read.

    Attributes
    ----------
    shape : tuple of int
    dtype : numpy.dtype or str
        In words where the array is none of numbers or text.
    load : callable
        Reads it.
    """

    shape: tuple
    dtype: object
    load: Callable = None

    @property
    def is_numeric(self):
        """Whether it holds real numbers."""
        return isinstance(self.dtype, np.dtype) and self.dtype.kind in "fiu"

    @property
    def length(self):
        """Length of a vector, MATLAB's rows and columns included; None of what is none."""
        longer = [n for n in self.shape if n != 1]
        if not self.shape or len(longer) > 1:
            return None
        return longer[0] if longer else 1


@contextmanager
def told_in_one_line(path, cure):
    """Turn whatever a damaged file raises into a UserError."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:  # damage shows as any of a dozen, zlib.error and RuntimeError too
        reason = shorten(str(error) or type(error).__name__)
        raise UserError(f"{path}: not readable ({reason}); {cure}") from error


def check_file(path):
    """Raise a UserError unless there is a file."""
    if not os.path.isfile(path):
        raise UserError(f"{path}: no such file; was it moved? correct the path in the config")


def check_size(path, n_bytes):
    """Raise a UserError if the arrays of a file would fill the memory."""
    if n_bytes > MOST_BYTES:
        raise UserError(
            f"{path}: its arrays take {n_bytes / 2**30:.0f} GiB, expected at most "
            f"{MOST_BYTES >> 30}; save fewer neurons, or float32, or average trials"
        )


def first_bytes(path, n):
    """Read the start of a file; nothing of a folder or of what cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(n)
    except OSError:
        return b""


def list_numeric(stored):
    """List the arrays of numbers with their shapes, as an error shows them."""
    names = [f"`{name}` {array.shape}" for name, array in stored.items() if array.is_numeric]
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return (", ".join(names[:MOST_NAMES]) or "none") + more


def choose(path, key, entry, default, stored):
    """Name the array that a key of the entry, or the format, says.

    Raises
    ------
    UserError
        If nothing says it, or there is no such array, or it holds no real numbers.
    """
    name = entry.get(key, default)
    if name is None:
        raise UserError(
            f"{path}: the dataset's entry does not say which array is `{key}`; found numbers in "
            f"{list_numeric(stored)}; set `{key}` to one of them"
        )
    if name not in stored:
        raise UserError(
            f"{path}: no array `{name}`, found numbers in {list_numeric(stored)}; set `{key}` in "
            "the dataset's entry to one of them"
        )
    if not stored[name].is_numeric:
        n_axes = (1,) if key == "orientation" else (2, 3)
        others = {n: array for n, array in stored.items() if len(array.shape) in n_axes}
        is_any = any(array.is_numeric for array in others.values())
        cure = f"set `{key}` to one of {list_numeric(others)}" if is_any else "save it as numbers"
        raise UserError(
            f"{path}: `{name}` has type {stored[name].dtype}, expected real numbers; {cure}"
        )
    return name


def load_real(path, name, stored):
    """Read an array and check its type, which some formats tell only then."""
    array = stored[name].load()
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiu":
        raise UserError(f"{path}: `{name}` has type {in_words(array)}, expected real numbers")
    return array


def in_words(array):
    """Name the type of an array."""
    return str(array.dtype) if isinstance(array, np.ndarray) else type(array).__name__


def as_float(array):
    """Give numbers as floats of at least single precision: sums of others may overflow."""
    if array.dtype.kind != "f" or array.dtype.itemsize < 4:
        return array.astype(np.float32)
    return array


def add_columns(stored):
    """List the columns of tables of stimuli beside the arrays, counted from 0: `stim[0]`."""
    columns = {}
    stored = {name: as_angles(name, array) for name, array in stored.items()}
    for name, array in stored.items():
        if array.is_numeric and len(array.shape) == 2 and 1 < min(array.shape) <= MOST_COLUMNS:
            for number in range(min(array.shape)):
                load = partial(load_column, array, number)
                columns[f"{name}[{number}]"] = Stored((max(array.shape),), array.dtype, load)
    return {**stored, **columns}


def as_angles(name, array):
    """Take text that is numbers, as `45` and `45 deg`, for numbers, if its name is of angles."""
    is_text = isinstance(array.dtype, np.dtype) and array.dtype.kind == "U" and array.length
    if not is_text or not ANGLE_NAME.search(name) or is_unlikely(name):
        return array
    try:
        angles = stimuli.read_angles("", name, np.ravel(array.load()))
    except UserError:
        return array
    return Stored(angles.shape, angles.dtype, lambda: angles)


def load_column(array, number):
    """Read a column of a table of stimuli, whose shorter axis is that of the columns."""
    return np.take(array.load(), number, axis=int(np.argmin(array.shape)))


def find_axes(path, name, shape, n_angles, entry, usual=None):
    """Tell the order of an array's axes, as the entry says or as the number of angles does.

    Parameters
    ----------
    shape : tuple of int
        Of the responses.
    n_angles : int
    usual : {"stimuli_first", "cells_first"}, optional
        What the format has, for as many stimuli as cells.

    Returns
    -------
    axes : {"stimuli_first", "cells_first"} or of `ORDERS`
    note : str
        How it is known.
    """
    if len(shape) not in (2, 3):
        raise UserError(
            f"{path}: `{name}` has shape {shape}, expected two axes, stimuli and cells, or three, "
            "with trials; save it with a row for each stimulus or trial"
        )
    said = entry.get("axes")
    if len(shape) == 3:
        fits = [order for order in ORDERS if shape[order.split("_").index("stimuli")] == n_angles]
    else:
        fits = [
            axes
            for axes, length in zip(("stimuli_first", "cells_first"), shape, strict=True)
            if length == n_angles
        ]
    if not fits or (said and said not in fits):
        hint = f"; set `axes: {' or '.join(fits)}`" if fits else "; they must be of the same trials"
        pairs = [pair for pair in itertools.combinations(shape, 2) if np.prod(pair) == n_angles]
        if not fits and len(shape) == 3 and pairs:
            first, second = pairs[0]
            hint = f": reshape {first} × {second} to {n_angles} rows, in the order of the angles"
        raise UserError(
            f"{path}: `{name}` has shape {shape}{f' ({said})' if said else ''}, and there are "
            f"{n_angles} angles{hint}"
        )
    order = {"stimuli_first": "stimuli × cells", "cells_first": "cells × stimuli"}
    order |= {axes: axes.replace("_", " × ") for axes in ORDERS}
    if said:
        return said, f"`{name}` is {order[said]}, as the entry says."
    if len(shape) == 3:
        raise UserError(
            f"{path}: `{name}` has shape {shape} and there are {n_angles} angles: which axis is of "
            f"cells, which of trials, cannot be known; set `axes` to {' or '.join(fits)}"
        )
    if len(fits) == 1:
        return fits[0], f"`{name}` is {order[fits[0]]}, known from the {n_angles} angles."
    if usual:
        return usual, f"`{name}` is taken as {order[usual]}, as is usual in this format."
    raise UserError(
        f"{path}: `{name}` has shape {shape}, as many stimuli as cells, so that their order is "
        "unknown; set `axes` to stimuli_first or cells_first"
    )


def in_degrees(angle, entry):
    """Convert angles from the unit of the entry."""
    return np.rad2deg(angle) if entry.get("unit") == "radians" else angle


def read_rows(stored, name, n_rows):
    """Read a vector of one value a row; None if it is none."""
    array = stored[name]
    if array.load is None or array.length != n_rows or not isinstance(array.dtype, np.dtype):
        return None
    values = array.load()
    if not isinstance(values, np.ndarray):
        return None
    values = np.ravel(values)
    return values if values.dtype.kind in "fiubUS" else None


def read_conditions(stored, entry, used, angle_deg, n_cells):
    """Read what else was varied: vectors of one value a row, with values that come again.

    What differs from row to row (times, running speed) and what numbers repeats is no condition,
    unless the entry names it in `rows` or `average_over`. Where there are as many rows as cells, a
    vector may be of the cells, and those count that vary within an angle.

    Parameters
    ----------
    angle_deg : array, shape (rows,)
        NaN for blanks.

    Returns
    -------
    conditions : dict of array, shape (rows,)
    """
    named = {*entry.get("rows", {}), *entry.get("average_over", [])}
    n_rows = len(angle_deg)
    shown = np.isfinite(angle_deg)
    angle = stimuli.merge_angles(angle_deg[shown])
    conditions = {}
    for name in stored:
        if name in used:
            continue
        values = read_rows(stored, name, n_rows)
        if values is None:
            continue
        values = stimuli.merge_numbers(values)
        codes = np.unique(values, return_inverse=True)[1].ravel()
        is_varied = 1 < codes.max() + 1 <= n_rows / 2 and not stimuli.is_jitter(name, values)
        if "".join(stimuli.words(name)) in stimuli.COUNTS:
            is_varied = False
        can_be_told = n_rows == n_cells or len(np.unique(angle)) < len(angle)
        if can_be_told and stimuli.is_function(codes[shown], angle):
            is_varied = False
        if name in named or is_varied:
            conditions[name] = values
    repeats = stimuli.find_repeat_numbers(
        {name: values[shown] for name, values in conditions.items()}, [angle]
    )
    return {
        name: values for name, values in conditions.items() if name in named or name not in repeats
    }


def build(path, entry, stored, defaults=(None, None), usual=None, own=(), is_trials=None):
    """Build a recording of the named arrays of a file.

    Parameters
    ----------
    entry : dict
        The dataset's.
    stored : dict of Stored
    defaults : tuple of str
        Names of the responses and of the angles where the entry says none.
    usual : str, optional
        See `find_axes`.
    own : sequence of str
        Arrays that the format knows, which are no conditions.
    is_trials : bool, optional
        Found from repeats where it is not given.

    Returns
    -------
    recording : Recording
        Its responses are a view where the file has cells first. Of three axes, a row is a trial.
    """
    stored = add_columns(stored)
    responses_name = choose(path, "responses", entry, defaults[0], stored)
    angle_name = choose(path, "orientation", entry, defaults[1], stored)
    if stored[angle_name].length is None:
        column = f"{angle_name}[0]"
        cure = f"one of its columns, such as `{column}`" if column in stored else "another array"
        raise UserError(
            f"{path}: `{angle_name}` has shape {stored[angle_name].shape}, expected one angle for "
            f"each stimulus or trial; set `orientation` to {cure}"
        )
    for name in (responses_name, angle_name):
        if 0 in stored[name].shape:
            raise UserError(f"{path}: `{name}` has shape {stored[name].shape}, it holds nothing")
    angle = np.ravel(load_real(path, angle_name, stored)).astype(np.float64)
    axes, note = find_axes(
        path, responses_name, stored[responses_name].shape, len(angle), entry, usual
    )
    responses = as_float(load_real(path, responses_name, stored))
    n_repeats = None
    if axes in ORDERS:
        responses = responses.transpose([axes.split("_").index(axis) for axis in ROW_AXES])
        n_repeats = responses.shape[1]
        responses = responses.reshape(-1, responses.shape[2])  # stimuli × trials × cells -> rows
    elif axes == "cells_first":
        responses = responses.T
    n_rows, n_cells = len(angle), responses.shape[1]
    notes = [f"Responses are `{responses_name}`, angles `{angle_name}`.", note]

    used = {responses_name, angle_name, *own}
    stored = {
        name: array for name, array in stored.items()
        if name.partition("[")[0] not in used
    }  # fmt: skip
    n_trials = None
    if n_repeats is None and "n_trials" in stored and stored["n_trials"].is_numeric:
        n_trials = read_rows(stored, "n_trials", n_rows)
        used.add("n_trials")
    cells = np.arange(n_cells)
    if "cell" in entry:
        used.add(entry["cell"])
        cells = read_cells(path, entry["cell"], stored, n_cells)
    conditions = read_conditions(stored, entry, used, in_degrees(angle, entry), n_cells)
    averaged = set(entry.get("average_over") or [])
    stimuli.check_averaged(
        path, [*conditions, *sorted(set(stored) - averaged - {*conditions})], entry
    )
    if angle_name in (entry.get("rows") or {}):
        conditions[angle_name] = angle
    is_used = np.ones(n_rows, bool)
    if entry.get("rows") and conditions:
        with suppress(UserError):  # `rows` that do not fit are told when rows are selected
            is_used, _ = stimuli.select_rows(path, conditions, entry["rows"])
    stimuli.check_angles(path, angle_name, angle[is_used], entry.get("unit"))
    shown = np.isfinite(angle)
    merged = stimuli.merge_angles(angle[shown], entry.get("unit"))
    has_repeats = stimuli.has_repeats([merged, *(each[shown] for each in conditions.values())])
    if is_trials is None:
        is_trials = n_trials is None and has_repeats
        if is_trials:
            notes.append("Angles are repeated: rows are single trials.")
    if n_repeats is not None:
        if has_repeats:
            notes.append(
                f"Warning: angles come again, and each row has {n_repeats} numbers a cell, which "
                "are taken for trials: if they are points in time, average over them first."
            )
        is_trials = True
        angle = np.repeat(angle, n_repeats)
        conditions = {name: np.repeat(values, n_repeats) for name, values in conditions.items()}
        notes.append(f"Rows are single trials, {n_repeats} of each stimulus.")
    used |= {name.partition("[")[0] for name in (angle_name, *conditions)}
    left = [f"`{name}`" for name in stored if "[" not in name and name not in used]
    if left:
        more = f" and {len(left) - MOST_NAMES} more" if len(left) > MOST_NAMES else ""
        notes.append(f"Not used: {', '.join(left[:MOST_NAMES])}{more}.")
    return Recording(
        responses, angle, conditions, cells, n_trials, is_trials=is_trials, notes=notes
    )


def read_cells(path, name, stored, n_cells):
    """Read the names or numbers of the cells."""
    values = read_rows(stored, name, n_cells) if name in stored else None
    if values is None:
        raise UserError(
            f"{path}: no array `{name}` of {n_cells} cells; set `cell` to an array with their "
            "names or numbers, or remove it"
        )
    return values


def describe(name, array):
    """Describe an array in pieces.

    Parameters
    ----------
    array : Stored

    Returns
    -------
    described : Array
    """
    described = Array(name, tuple(array.shape), str(array.dtype))
    if array.load is None or not isinstance(array.dtype, np.dtype):
        return described
    if array.dtype.kind not in "fiubUS":
        return described
    values = array.load()
    if not isinstance(values, np.ndarray) or values.dtype.kind == "c":
        array.dtype = described.dtype = in_words(values)  # MATLAB's version 5 tells only now
        return described
    first = values.flat[:1000]
    described.examples = [value.item() for value in np.unique(first)[:5]]
    if values.dtype.kind in "US" or not values.size:
        return described
    values = np.atleast_1d(values)
    if values.flags.f_contiguous:
        values = values.T  # pieces that lie together
    values = values.reshape(-1, values.shape[-1])
    step = max(1, PIECE // values.shape[1])
    minima, maxima = [], []
    for start in range(0, len(values), step):
        piece = values[start : start + step]
        if piece.dtype.kind == "f":
            described.n_missing += int(np.isnan(piece).sum())
            piece = piece[np.isfinite(piece)]
        if piece.size:
            minima.append(float(piece.min()))
            maxima.append(float(piece.max()))
    if minima:
        described.minimum, described.maximum = min(minima), max(maxima)
    return described


def look_at(form, stored, names=(None, None), usual=None):
    """Describe the arrays of a file and guess which is which.

    Parameters
    ----------
    form : str
        Name of the format.
    stored : dict of Stored
    names : tuple of str
        Names that the format has for responses and angles, preferred where they are there.
    usual : str, optional
        Order of axes that is usual in the format.

    Returns
    -------
    contents : Contents
    """
    stored = add_columns(stored)
    contents = Contents(form, [describe(name, array) for name, array in stored.items()])
    described = {array.name: array for array in contents.arrays}
    responses, angle = guess_pair(stored, described, names)
    if responses is None:
        contents.open_questions.append(
            "No array of numbers with two or three axes: which are responses?"
        )
        return contents
    contents.entry["responses"] = responses
    contents.comments["responses"] = (
        "the name that the format has" if responses == names[0] else "the largest array of numbers"
    )
    shape = stored[responses].shape
    rivals = find_rivals(stored, responses, lambda _, array: array.shape == shape)
    if rivals and responses != names[0]:
        contents.comments["responses"] = "a guess among arrays as large"
        contents.open_questions.append(
            f"responses: `{responses}` is taken; {stimuli.list_names(rivals, MOST_NAMES)} of the "
            "same shape: which are the responses?"
        )
    if angle is None:
        contents.open_questions.append(
            f"No array of numbers is as long as an axis of `{responses}`: which angles were shown?"
        )
        return contents
    contents.entry["orientation"] = angle
    contents.comments["orientation"] = (
        "the name that the format has"
        if angle == names[1]
        else f"as long as an axis of `{responses}`"
    )
    length = stored[angle].length
    rivals = find_rivals(
        stored,
        angle,
        lambda name, array: (
            array.length == length and ANGLE_NAME.search(name) and rank_angle(name) < 2
        ),
    )
    if rivals and angle != names[1]:
        contents.open_questions.append(
            f"orientation: `{angle}` is taken; {stimuli.list_names(rivals, MOST_NAMES)} as long: "
            "which are the angles that were shown?"
        )
    if angle.endswith("]"):
        contents.open_questions.append(
            f"orientation: `{angle}` is the column of the most values: are these the angles?"
        )
    guess_axes(contents, stored[responses].shape, stored[angle].length, usual)
    with suppress(UserError):  # what cannot be read is told when it is read
        angles = np.ravel(load_real("", angle, stored)).astype(float)
        stimuli.look_at_angles(
            angle, angles, contents.entry, contents.comments, contents.open_questions
        )
        if len(shape) == 3 and stimuli.has_repeats([stimuli.merge_angles(angles)]):
            contents.open_questions.append(
                f"axes: angles come again in `{angle}`, so that its rows may be trials already, "
                f"and an axis of `{responses}` may be time: average over time first"
            )
    return contents


def is_unlikely(name):
    """Tell by its name whether an array is about responses or stimuli, but neither of them."""
    return bool(stimuli.UNLIKELY & set(stimuli.last_words(name.partition("[")[0])))


def rank_angle(name):
    """Rank the name of an array: 0 where it says an angle, 2 where it says something else."""
    if is_unlikely(name):
        return 2
    return 0 if set(stimuli.ORIENTATION) & set(stimuli.last_words(name.partition("[")[0])) else 1


def find_rivals(stored, chosen, is_rival):
    """List arrays of the shape of the chosen one that may be meant instead."""
    base = chosen.partition("[")[0]
    return [
        f"`{name}`"
        for name, array in stored.items()
        if array.is_numeric and name.partition("[")[0] != base and is_rival(name, array)
    ]


def guess_pair(stored, described, names):
    """Guess the names of the responses and of the angles; None for what cannot be guessed."""
    tables = [
        name
        for name, array in stored.items()
        if array.is_numeric and len(array.shape) in (2, 3) and sorted(array.shape)[-2] > 1
    ]
    tables.sort(
        key=lambda name: (
            name != names[0], -np.prod(stored[name].shape, dtype=float), is_unlikely(name)
        )
    )  # fmt: skip
    pairs = {}
    for rank, table in enumerate(tables):
        for place, (name, array) in enumerate(stored.items()):
            if not array.is_numeric or array.length not in stored[table].shape:
                continue
            if name.startswith(f"{table}["):
                continue
            low, high = described[name].minimum, described[name].maximum
            is_angle = low is not None and low < high and max(abs(low), abs(high)) <= 360.01
            is_named = name == names[1] or (ANGLE_NAME.search(name) and rank_angle(name) < 2)
            n_values = len(np.unique(array.load())) if is_angle and name.endswith("]") else 0
            # the first that differs decides, and False is before True
            order = (
                not (is_angle and is_named), rank, name != names[1], rank_angle(name),
                not is_angle, -n_values, place
            )  # fmt: skip
            pairs[order] = table, name
    if pairs:
        return pairs[min(pairs)]
    return (tables[0] if tables else None), None


def guess_axes(contents, shape, n_angles, usual):
    """Tell the order of axes, or ask for it."""
    if len(shape) == 3:
        stimuli_axis = shape.index(n_angles)
        others = sorted({0, 1, 2} - {stimuli_axis}, key=lambda axis: shape[axis])
        axes = {stimuli_axis: "stimuli", others[0]: "trials", others[1]: "cells"}
        contents.entry["axes"] = "_".join(axes[axis] for axis in range(3))
        contents.comments["axes"] = "stimuli known from the angles, more cells than trials"
        guess = "there are usually more cells than trials"
        if shape.count(n_angles) > 1:
            contents.comments["axes"] = "a guess: several axes are as long as the angles"
            guess = f"several axes are as long as the {n_angles} angles"
        contents.open_questions.append(
            f"axes: {' × '.join(f'{shape[axis]} {axes[axis]}' for axis in range(3))}, a guess: "
            f"{guess}"
        )
        return
    rows, columns = shape
    if rows != columns:
        contents.entry["axes"] = "stimuli_first" if rows == n_angles else "cells_first"
        contents.comments["axes"] = f"known from the {n_angles} angles"
        return
    contents.entry["axes"] = usual or "stimuli_first"
    contents.comments["axes"] = "a guess: there are as many stimuli as cells"
    contents.open_questions.append(
        f"axes: {contents.entry['axes']}, a guess: there are as many stimuli as cells ({rows}), so "
        "that which axis is which cannot be known"
    )
