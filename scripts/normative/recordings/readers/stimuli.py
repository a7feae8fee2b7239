"""What was shown, from the columns of a table: orientations, rows that are used, conditions."""

import re
from collections import Counter
from difflib import get_close_matches

import numpy as np

from normative.recordings.convention import group_angles
from normative.stimuli.gratings import SAME_DEG
from normative.workflow.errors import UserError

FEWEST = 5  # different angles, of a recording that can be used
FULL_TURN = 2 * np.pi + 0.01  # in radians; some files hold 6.29
BLANKS = {"", "nan", "null", "none", "blank", "gray", "grey", "na", "n/a"}

DEGREES = re.compile(r"\s*(°|deg|degs|degree|degrees)\s*$", re.IGNORECASE)

# Words in names of columns, the likeliest first.
ORIENTATION = ("orientation", "ori", "orient", "orientations", "direction", "dir", "angle", "theta")
# Beginnings of words of columns that may be angles, where none of the names above is there.
MAY_BE_ORIENTATION = ("stim", "grating", "deg")
# Words of columns about stimuli or cells that are not what was shown.
UNLIKELY = {
    "sd", "std", "sem", "se", "err", "error", "var", "variance", "baseline", "pref", "preferred",
    "preference", "best", "peak", "optimal", "tuned", "tuning", "fit", "fitted", "contrast",
    "time", "times", "index", "idx", "id", "frame", "frames",
}  # fmt: skip
# Of columns of numbers that belong to responses and are none: spreads, and times before stimuli.
# A peak may be what is meant by the response.
NO_RESPONSE = {
    *(UNLIKELY - {"peak"}), "stderr", "stdev", "ste", "mad", "cv", "ci", "iqr", "lower", "upper",
    "snr", "pval", "pvalue", "n", "pre", "before", "prestim", "base", "blank", "spont",
    "spontaneous", "background",
}  # fmt: skip
# Of lines of one of them, cells of one number are others in another, or may be.
ANIMAL = {"animal", "mouse", "subject"}
SESSION = {*ANIMAL, "session", "recording", "experiment", "date", "day"}
# Cells of one number may be others in another of these, too.
PART = {"plane", "depth", "layer", "probe", "shank", "channel", "tetrode", "fov", "field", "area"}
ONSET = ("onset", "onsets", "start", "begin", "time", "frame", "frames")
STOP = ("stop", "offset", "end")
CELL = ("cell", "cells", "unit", "units", "neuron", "neurons", "roi", "u", "cluster")
RESPONSE = ("response", "responses", "resp", "rate", "dff", "activity", "spikes", "count", "mean")
# Words of columns that may number the repeats of a stimulus; their values must do so, too.
REPEAT = {
    "trial", "trials", "repeat", "repeats", "repetition", "repetitions", "rep", "reps", "block",
    "blocks", "presentation", "presentations", "iteration", "sweep",
}  # fmt: skip
NUMBERS = {"index", "idx", "id", "number", "num", "no", "nr"}
NUMBER = {*NUMBERS, "stim", "stimulus"}
COUNTS = {"ntrials", "ntrial", "numtrials", "nrepeats", "nreps"}  # of a stimulus's trials
TIME = ("time", "onset", "onsets", "start", "stop", "offset", "end", "duration", "frame", "frames")


def words(name):
    """Split the name of a column into words: `stimOri_deg` → stim, ori, deg."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(name))
    return re.sub(r"[^a-z0-9]+", " ", spaced.lower()).split()


def guess_column(names, likely):
    """Name the column whose words hold the likeliest word, the shortest name where several do."""
    return next(iter(guess_columns(names, likely)), None)


def guess_columns(names, likely):
    """List the columns that have a likely word, those of the likeliest and shortest names first."""
    ranks = {}
    for name in names:
        of_name = [likely.index(word) for word in words(name) if word in likely]
        if of_name:
            ranks[name] = min(of_name), len(name)
    return sorted(ranks, key=ranks.get)


def guess_orientation(columns):
    """Name the column of the angles that were shown; None if there is none.

    Of orientations beside directions it is that of the directions, from which the former follow.
    Without either it is one named after stimuli, if it holds angles.

    Parameters
    ----------
    columns : dict of array, shape (rows,)
    """
    likely = [
        name
        for name in columns
        if set(words(name)) & set(ORIENTATION) and not set(words(name)) & UNLIKELY
    ]
    guess = guess_column(likely, ORIENTATION)
    for name in likely:
        angles = np.unique(comparable(columns[guess]), return_inverse=True)[1]
        finer = np.unique(comparable(columns[name]), return_inverse=True)[1]
        n_angles, n_finer = angles.max(initial=0) + 1, finer.max(initial=0) + 1
        if n_angles < n_finer <= 2 * n_angles and is_function(angles, finer):
            guess = name
    if guess is None:
        of_stimuli = [
            name
            for name in columns
            if any(word.startswith(MAY_BE_ORIENTATION) for word in words(name))
            and not set(words(name)) & {*UNLIKELY, *TIME, *REPEAT, *NUMBERS}
            and may_be_angles(columns[name])
        ]
        guess = min(of_stimuli, key=len, default=None)
    return guess


def may_be_angles(values):
    """Tell whether values are numbers within a full turn, few enough to be what was shown."""
    try:
        values = np.unique(np.asarray(values).astype(float))
    except (TypeError, ValueError):
        return False
    values = values[~np.isnan(values)]
    return bool(len(values) >= FEWEST and np.abs(values).max() <= 360.01)


def ask_of_name(name, questions):
    """Ask whether a column holds angles that is not named as an orientation."""
    if not set(words(name)) & set(ORIENTATION):
        questions.append(f"orientation: `{name}` is taken, by its values: are these the angles?")


def find_column(path, columns, name, key):
    """Give a column, or raise a UserError that lists those that are there."""
    if name not in columns:
        raise UserError(f"{path}: no column `{name}`, found {list_names(columns)}; correct `{key}`")
    return columns[name]


def list_names(names, most=20):
    """List names in a message, the first of very many."""
    names = [str(name) for name in names]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return (", ".join(names[:most]) or "none") + more


def missing(values):
    """Tell which entries of a column are NaN, empty or a word such as `null` or `blank`."""
    values = np.asarray(values)
    if values.dtype.kind == "f":
        return np.isnan(values)
    if values.dtype.kind in "iub":
        return np.zeros(len(values), bool)
    return np.array([str(value).strip().lower() in BLANKS for value in values], bool)


def read_angles(path, name, values):
    """Read a column of angles, in its own unit.

    Returns
    -------
    array of float64
        NaN for blanks.
    """
    values = np.asarray(values)
    if values.dtype.kind in "OSU":  # 45°, 45 deg
        values = np.array([DEGREES.sub("", str(value)) for value in values], object)
    blank = missing(values)
    angles = np.full(len(values), np.nan)
    try:
        angles[~blank] = values[~blank].astype(float)
    except (TypeError, ValueError):
        wrong = next(value for value in values[~blank] if not is_number(value))
        raise UserError(
            f"{path}: `{name}` holds {str(wrong)[:40]!r}, expected angles as numbers; correct it "
            "or give another column as `orientation`"
        ) from None
    if np.isinf(angles).any():
        raise UserError(f"{path}: `{name}` holds infinite values, expected angles; remove them")
    return angles


def check_angles(path, name, angle, unit=None):
    """Raise a UserError if angles are in another unit, or one stands for something else.

    The latter are values beyond a full turn, and −1 where no other angle is negative and none is 1.

    Parameters
    ----------
    angle : array
        Of the rows that are used, in the unit of the file.
    unit : {"degrees", "radians"}, optional
        None where the entry does not say.
    """
    values = np.unique(angle[np.isfinite(angle)])
    limit, turn = (FULL_TURN, "2π radians") if unit == "radians" else (360.01, "360 degrees")
    beyond = values[np.abs(values) > limit]
    negative = values[values < 0]
    if unit is None and guess_unit(values) == "radians":
        raise UserError(
            f"{path}: `{name}` {describe_range(values)}, which looks like radians; set `unit: "
            "radians` in the dataset's entry, or `unit: degrees`"
        )
    if unit == "radians" and len(beyond) > len(values) / 2:
        raise UserError(
            f"{path}: `{name}` {describe_range(values)}, too far for radians; set `unit: degrees`"
        )
    if beyond.size:
        found = f"{beyond[np.abs(beyond).argmax()]:g}, more than {turn}"
    elif len(negative) == 1 and negative[0] == -1 and len(values) > 1 and 1 not in values:
        found = "-1, and no other negative angle"
    else:
        return
    raise UserError(
        f"{path}: `{name}` holds {found}, expected angles; leave out rows without an orientation "
        "with `rows`, or write NaN as their angle"
    )


def describe_range(angle):
    """Say from where to where angles run."""
    return f"runs from {np.nanmin(angle):g} to {np.nanmax(angle):g}"


def guess_unit(angle):
    """Tell degrees from radians: the latter span at most 2π, and are no steps of 0.1 or 0.25."""
    finite = angle[np.isfinite(angle)]
    if not is_small(finite) or np.ptp(finite) > FULL_TURN:
        return "degrees"
    steps = [np.abs(finite / step - np.round(finite / step)).max() for step in (0.1, 0.25)]
    return "degrees" if min(steps) < SAME_DEG else "radians"


def is_small(angle):
    """Tell whether angles are so small that they may be in radians."""
    finite = angle[np.isfinite(angle)]
    return bool(finite.size) and np.abs(finite).max() <= FULL_TURN


def look_at_angles(name, angle, entry, comments, questions):
    """Guess the unit of angles for an entry, and ask whether they are angles."""
    if not np.isfinite(angle).any():
        questions.append(f"`{name}` holds no number: which angles were shown?")
        return
    entry["unit"], comments["unit"] = guess_unit(angle), f"`{name}` {describe_range(angle)}"
    if {0.0, 360.0} <= set(angle.tolist()):
        questions.append(
            f"orientation: `{name}` holds 0 and 360, which are one image: does one of them mark "
            "blanks? leave them out with `rows`, or write NaN"
        )
    ask_of_numbers(name, angle, questions)


def ask_of_numbers(name, angle, questions):
    """Ask whether consecutive whole numbers are angles, unless they cover half a turn."""
    values = np.unique(angle[np.isfinite(angle)])
    if 2 < len(values) < 180 and values[0] in (0, 1) and (np.diff(values) == 1).all():
        questions.append(
            f"orientation: `{name}` holds all whole numbers from {values[0]:g} to "
            f"{values[-1]:g}: are these angles, or numbers of stimuli?"
        )


def is_number(value):
    """Tell whether a value of a column is a number or text of one."""
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def merge_angles(angle, unit="degrees"):
    """Give angles that differ by rounding the value of the lowest of them."""
    different, index = group_angles(angle, unit)
    return different[index]


def select_rows(path, columns, rows):
    """Tell which rows have the values that `rows` asks for.

    Parameters
    ----------
    path : str
        For messages.
    columns : dict of array, shape (rows,)
    rows : dict
        Column → value or list of values.

    Returns
    -------
    selected : array of bool, shape (rows,)
    notes : list of str
    """
    n_rows = len(next(iter(columns.values()), ()))
    selected, notes = np.ones(n_rows, bool), []
    for name, wanted in (rows or {}).items():
        values = find_column(path, columns, name, f"rows: {name}")
        wanted = wanted if isinstance(wanted, list) else [wanted]
        matches = np.zeros(n_rows, bool)
        for value in wanted:
            match = is_one_of(values, [value])
            if not match.any():
                raise UserError(
                    f"{path}: `{name}` is nowhere {value!r}, found "
                    f"{list_names(distinct(values), 12)}; correct `rows: {name}`"
                )
            matches |= match
        selected &= matches
        notes.append(
            f"Rows with `{name}` {list_names(wanted)}: {matches.sum()} of {n_rows} were used."
        )
    if not selected.any():
        raise UserError(f"{path}: no row has all that `rows` asks for; ask for less")
    return selected, notes


def check_averaged(path, columns, entry):
    """Refuse names in `average_over` that are not there: nothing would be averaged over them.

    Parameters
    ----------
    columns : collection of str
        Names of those that may be conditions.
    """
    for name in entry.get("average_over") or []:
        if name not in columns:
            alike = get_close_matches(name, columns, 3, 0.7)
            found = list_names([*alike, *(other for other in columns if other not in alike)])
            raise UserError(f"{path}: no condition `{name}`, found {found}; correct `average_over`")


def is_one_of(values, wanted):
    """Tell which values of a condition are wanted: as numbers where both are, else as text.

    Whole numbers and truth values are not rounded (1.9 is not 1), fractions to single precision.
    """
    values = np.asarray(values)
    numbers = [number for number in map(as_number, wanted) if number is not None]
    if values.dtype.kind not in "biuf":
        words = set(map(str, wanted))
        return np.array([str(v) in words or as_number(v) in numbers for v in values], dtype=bool)
    if values.dtype.kind == "f":
        return np.isclose(values[:, None], numbers, rtol=1e-6, atol=1e-9).any(axis=1)
    return np.isin(values, [int(number) for number in numbers if number % 1 == 0])


def as_number(value):
    """Read a number, also one that is written as text; None where it is none."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if np.isfinite(number) else None


def distinct(values):
    """List the different values of a condition, of whatever type, ascending."""
    values = np.asarray(values)
    if values.dtype.kind == "O":
        values = [value.item() if isinstance(value, np.generic) else value for value in values]
        return sorted({str(value): value for value in values}.values(), key=sort_key)
    return np.unique(values).tolist()


def sort_key(value):
    """Sort numbers by size and before words."""
    is_number = isinstance(value, (int, float, np.number))
    return (0, float(value), "") if is_number else (1, 0.0, str(value))


def find_conditions(columns, angle, n_stimuli=None, cell=None):
    """Find what was varied beside the orientation.

    A column is a condition if it has several values, and they vary within orientations. Columns
    that differ in most rows are none, nor those that number the repeats of a stimulus.

    Parameters
    ----------
    columns : dict of array, shape (rows,)
        Without those of orientation, cell and response.
    angle : array, shape (rows,)
    n_stimuli : int, optional
        Rows of one cell, in long tables.
    cell : array, shape (rows,), optional
        In long tables.

    Returns
    -------
    conditions : dict of array, shape (rows,)
    notes : list of str
    """
    n_stimuli = n_stimuli or len(angle)
    conditions, numbers, with_angle = {}, [], []
    for name, values in columns.items():
        values = merge_numbers(values)
        _, codes = np.unique(comparable(values), return_inverse=True)
        n_values = codes.max() + 1
        if n_values < 2 or is_jitter(name, values):
            continue
        if n_values > n_stimuli / 2:
            numbers.append(name)
        elif is_function(codes, angle):
            with_angle.append(name)
        else:
            conditions[name] = values
    by_cell = [] if cell is None else [cell]
    repeats = find_repeat_numbers(conditions, [angle, *by_cell])
    conditions = {name: conditions[name] for name in conditions if name not in repeats}
    notes = []
    if numbers:
        notes.append(
            "Columns that differ in most rows were not taken for conditions: "
            f"{list_names(numbers)}."
        )
    if with_angle:
        notes.append(f"Columns that go with the orientation: {list_names(with_angle)}.")
    return conditions, notes


def find_repeat_numbers(conditions, groups):
    """List columns that number the repeats of a stimulus.

    Their names say so as a whole, not in a part of another name (`trial_type`), and so do their
    values: none comes twice among rows of one stimulus, other conditions included. A number of
    trials is one even where it begins again, as in each session.

    Parameters
    ----------
    conditions : dict of array, shape (rows,)
    groups : list of array, shape (rows,)
        Angles, and in long tables cells.
    """
    likely = [name for name in conditions if may_number_repeats(name)]
    others = [values for name, values in conditions.items() if name not in likely]
    sure = [name for name in likely if {"trial", "trials"} & set(last_words(name))]
    likely = [name for name in likely if name not in sure]
    while True:  # what proves to be no number of repeats is one of the other conditions
        keys = [*groups, *others]
        found = [name for name in likely if not has_repeats([*keys, conditions[name]])]
        if found == likely:
            return [*sure, *found]
        others += [conditions[name] for name in likely if name not in found]
        likely = found


def has_repeats(columns):
    """Tell whether two rows are the same in all columns."""
    codes = [np.unique(comparable(each), return_inverse=True)[1] for each in columns]
    return np.unique(np.stack(codes), axis=1).shape[1] < len(codes[0])


def may_number_repeats(name):
    """Tell whether the last part of a name says that it numbers repeats."""
    parts = set(last_words(name))
    return bool(parts & REPEAT) and parts <= REPEAT | NUMBER


def last_words(name):
    """Split the last part of a name of a field or of a dataset in a group into words."""
    return words(re.split(r"[./]", str(name))[-1])


def is_jitter(name, values):
    """Tell whether times are the same within 5 %, as durations in frames of a screen are."""
    values = np.asarray(values)
    if values.dtype.kind not in "fiu" or not set(words(name)) & set(TIME):
        return False
    known = values[np.isfinite(values)]
    return not known.size or np.ptp(known) <= 0.05 * np.abs(np.median(known))


def merge_numbers(values):
    """Give numbers that differ by rounding one value: 0.1 + 0.2 is 0.3, of single precision too."""
    values = np.asarray(values)
    if values.dtype.kind != "f":
        return values
    digits = 12 if values.dtype.itemsize > 4 else 6
    different, index = np.unique(values, return_inverse=True)
    return np.array([float(f"{value:.{digits}g}") for value in different])[index.ravel()]


def comparable(values):
    """Give a column as an array that can be sorted: numbers, or text."""
    values = np.asarray(values)
    return values if values.dtype.kind in "fiub" else np.array([str(value) for value in values])


def is_function(codes, of):
    """Tell whether each value of `of` goes with one code."""
    _, of = np.unique(of, return_inverse=True)
    return len(np.unique(np.stack([of, codes]), axis=1)[0]) == of.max() + 1


def drop_blanks(path, name, angle):
    """Tell which rows show an orientation, and count the others.

    Returns
    -------
    shown : array of bool
    notes : list of str
    """
    shown = ~np.isnan(angle)
    if not shown.any():
        raise UserError(
            f"{path}: `{name}` holds no number in the rows that are used, expected angles; give "
            "another column as `orientation`, or other `rows`"
        )
    n_blanks = int((~shown).sum())
    notes = [f"Left out: {n_blanks} rows without an orientation (blanks)."] if n_blanks else []
    return shown, notes


def select_cells(path, cells, wanted):
    """Give the positions of the cells that `cells` of the entry lists, in its order, or of all.

    Parameters
    ----------
    cells : array, shape (cells,)
        Names or numbers in the file.
    wanted : list, "all" or None

    Returns
    -------
    array of int
    """
    if wanted in (None, "all"):
        return np.arange(len(cells))
    if not isinstance(wanted, list):
        raise UserError(f"{path}: `cells` is {wanted!r}, expected a list of cells, or `all`")
    names = [_cell_name(cell) for cell in cells]
    position = {name: index for index, name in enumerate(names)}
    n_found, n_wanted = Counter(names), Counter(map(_cell_name, wanted))
    if twice := [name for name, n in n_wanted.items() if n > 1 or n_found[name] > 1]:
        raise UserError(
            f"{path}: cells {list_names(twice, 5)} are more than once in the file or in `cells`, "
            "expected names of one cell each; make them different by another `cell`, or list each "
            "once"
        )
    absent = [cell for cell in wanted if _cell_name(cell) not in position]
    if absent or not wanted:
        raise UserError(
            f"{path}: no cell {list_names(absent, 5)}, found {list_names(cells, 10)}; correct "
            "`cells`"
        )
    return np.array([position[_cell_name(cell)] for cell in wanted])


def _cell_name(cell):
    """Write the name of a cell, or its number as a whole one where it is."""
    is_whole = isinstance(cell, float | np.floating) and float(cell).is_integer()
    return str(int(cell)) if is_whole else str(cell)
