"""Tables: text with any delimiter, Parquet or Excel; long or wide.

Long: one line for the response of one cell to one stimulus. Wide: one line a stimulus or trial, one
column a cell; or, with `axes: cells_first`, one line a cell and one column an orientation.
"""

import csv
import io
import os
import re
import warnings
import zipfile
from collections import Counter

import numpy as np

from normative.recordings.readers import stimuli
from normative.recordings.readers.contents import Contents, describe_array
from normative.recordings.recording import Recording
from normative.stimuli.gratings import SAME_DEG
from normative.workflow.errors import UserError, shorten

DELIMITERS = "\t;|,"  # a comma may be a decimal sign: last
NO_NAME = re.compile(r"Unnamed: \d+")  # what pandas calls the index that it has saved
TURN_SO = (
    "a table with one line a cell holds means; of trials, save one with a line for each, a column "
    "`orientation` and one column a cell"
)
SAVE_SO = "save it again as CSV with one line of column names"
MOST_CELLS = 30  # so many are not listed in an entry
N_SAMPLE = 1 << 16  # bytes of a text that tell how it is written; more if its lines are long,
MOST_SAMPLE = 1 << 26  # and so many at most


def recognizes(path):
    """Tell whether a file is Parquet, an Excel workbook or text in columns with numbers."""
    if not os.path.isfile(path):
        return False
    if _kind(path) != "text":
        return True
    try:
        names, rows, _, decimal = _parse_start(path)
    except UserError:
        return False
    return len(names) > 1 and any(
        _number(field, decimal) is not None for row in rows for field in row
    )


def _kind(path):
    with open(path, "rb") as file:
        start = file.read(4)
    if start == b"PAR1":
        return "parquet"
    if start == b"PK\x03\x04":
        try:
            with zipfile.ZipFile(path) as archive:
                if any(name.startswith("xl/") for name in archive.namelist()):
                    return "xlsx"
        except (zipfile.BadZipFile, OSError, ValueError):
            pass
    return "text"


def _number(field, decimal):
    try:
        return float(field.strip().replace(",", ".") if decimal == "," else field)
    except ValueError:
        return None


def _parse_start(path):
    """Find how a text is written: column names, first rows, delimiter and decimal sign."""
    start = _read_start(path)
    if not start.strip():
        raise UserError(f"{path}: the file is empty, expected a table; {SAVE_SO}")
    text = _decode(path, start)
    lines = text.splitlines(keepends=True)
    if len(start) < os.path.getsize(path) and len(lines) > 1:
        lines.pop()  # cut off
    above = _comments(lines)
    lines = [line for line in lines[above:] if line.strip()][:200]
    for delimiter in DELIMITERS:
        try:
            rows = list(csv.reader(io.StringIO("".join(lines)), delimiter=delimiter, strict=True))
        except csv.Error:
            continue
        widths = [len(row) for row in rows]
        # The last line may be cut off; that is told with its number.
        if widths[0] > 1 and len(set(widths[:-1])) == 1 and widths[-1] <= widths[0]:
            break
    else:
        raise UserError(
            f"{path}: its lines have different numbers of fields by tab, semicolon, bar and comma, "
            "or only one; expected a table; remove lines above the names of columns (those that "
            f"begin with # may stay), or {SAVE_SO}"
        )
    comma = re.compile(r"[+-]?\d+,\d+([eE][+-]?\d+)?")
    fields = [field.strip() for row in rows[1:] for field in row]
    decimal = "," if delimiter != "," and any(map(comma.fullmatch, fields)) else "."
    names = [name.strip() for name in rows[0]]
    if above and all(_number(name, decimal) is not None for name in names):
        raise UserError(
            f"{path}: its first line without # holds numbers only, expected names of columns; "
            "remove the # before the names"
        )
    return names, rows[1:], delimiter, decimal


def _read_start(path):
    """Read so much of a text that two lines are whole, if there are two, and not comments."""
    with open(path, "rb") as file:
        start = file.read(N_SAMPLE)
        while (
            sum(not line.startswith((b"#", b"%")) for line in start.splitlines()) < 3
            and len(start) < MOST_SAMPLE
            and (more := file.read(len(start)))
        ):
            start += more
    return start


def _read_last_line(path):
    """Read the last line of a text, without its end."""
    size, n_bytes = os.path.getsize(path), N_SAMPLE
    with open(path, "rb") as file:
        while True:
            file.seek(max(0, size - n_bytes))
            lines = file.read().rstrip(b"\r\n").splitlines()
            if len(lines) > 1 or n_bytes >= size:
                return lines[-1]
            n_bytes *= 2


def _comments(lines):
    """Count the lines at the start that are comments or empty."""
    is_comment = [not line.strip() or line.startswith(("#", "%")) for line in lines]
    return is_comment.index(False) if False in is_comment else 0


def _decode(path, data):
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="ignore")
    if b"\0" in data:
        raise UserError(f"{path}: holds bytes that are no text, expected a table; {SAVE_SO}")
    return data.decode(_encoding(data), errors="ignore")


def _encoding(data):
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start < len(data) - 4:  # else a sign is cut off
            return "latin-1"
    return "utf-8-sig"


def read_columns(path):
    """Read a table's columns.

    Parameters
    ----------
    path : str
        Text, Parquet or Excel (its first sheet), told by content.

    Returns
    -------
    columns : dict of array, shape (lines,)
        Numbers, or objects.
    notes : list of str

    Raises
    ------
    UserError
        If it is not there, not readable, damaged, or has no lines.
    """
    if not os.path.isfile(path):
        raise UserError(f"{path}: no such file, expected a table; correct the path in the config")
    kind = _kind(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame, note = {"parquet": _parquet, "xlsx": _xlsx, "text": _text}[kind](path)
    except UserError:
        raise
    except Exception as error:  # damage shows as any of a dozen
        raise UserError(f"{path}: not readable ({shorten(str(error))}); {SAVE_SO}") from error
    names = [str(name).strip() for name in frame.columns]
    _refuse_twice(path, names)
    if not len(frame) or len(names) < 2:
        raise UserError(
            f"{path}: found {len(frame)} lines of {len(names)} columns, expected at least 1 line "
            f"of 2 columns; {SAVE_SO}"
        )
    columns = {name: _to_array(frame.iloc[:, index]) for index, name in enumerate(names)}
    return columns, [f"Read {len(frame)} lines of {len(names)} columns ({note})."]


def _refuse_twice(path, names):
    """Refuse names of columns that come again; those of numbers may be angles of trials."""
    twice = [name for name, n in Counter(names).items() if n > 1]
    if not twice:
        return
    is_angle = all(_number(name, ".") is not None for name in twice)
    cure = f"if they are angles, {TURN_SO}" if is_angle else "rename them"
    raise UserError(
        f"{path}: columns {stimuli.list_names(twice, 5)} are there more than once; {cure}"
    )


def _to_array(column):
    """Convert a column of pandas to numbers, or to objects."""
    if column.dtype.kind in "fiub" and column.isna().any():  # nullable integers too
        return column.to_numpy(dtype=float, na_value=np.nan)
    if column.dtype.kind == "b":  # of pandas' `boolean`, of which NumPy knows no type, too
        return column.to_numpy(dtype=bool)
    if column.dtype.kind in "fiu":
        return column.to_numpy(dtype=np.dtype(column.dtype.name.lower().split("[")[0]))
    return column.astype(object).where(column.notna(), "").to_numpy(dtype=object)


def _parquet(path):
    import pandas

    frame = pandas.read_parquet(path, engine="pyarrow")
    if any(name is not None for name in frame.index.names):  # it was a column
        frame = frame.reset_index()
    return frame, "Parquet"


def _xlsx(path):
    import openpyxl
    import pandas

    with open(path, "rb") as file:  # openpyxl judges a path by its suffix
        sheets = openpyxl.load_workbook(file, read_only=True).sheetnames
        frames = {}
        for sheet in sheets:
            frames[sheet] = pandas.read_excel(file, sheet, engine="openpyxl").dropna(how="all")
            # pandas numbers the names that come again: 15, 15.1.
            first = pandas.read_excel(
                file, sheet, engine="openpyxl", header=None, nrows=1, dtype=object
            )
            if len(first):
                frames[sheet].columns = [
                    name if pandas.isna(here) else here
                    for name, here in zip(frames[sheet].columns, first.iloc[0], strict=True)
                ]
            if stimuli.guess_orientation({str(n): c for n, c in frames[sheet].items()}):
                break
        else:
            sheet = sheets[0]
    others = ", ".join(name for name in sheets if name != sheet)
    return frames[sheet], f"Excel, sheet `{sheet}`" + f"; not read: {others}" * bool(others)


def _text(path):
    import pandas

    names, _, delimiter, decimal = _parse_start(path)
    if all(_number(name, decimal) is not None for name in names):
        raise UserError(
            f"{path}: its first line holds numbers only, expected names of columns; add them"
        )
    _refuse_twice(path, names)  # pandas would rename them
    start, last = _read_start(path), _read_last_line(path)
    last = _decode(path, last) if b"\0" not in last else ""
    n_fields = len(next(csv.reader([last], delimiter=delimiter), []))
    if 0 < n_fields < len(names):
        raise UserError(
            f"{path}: its last line has {n_fields} fields, expected {len(names)}; was it cut off? "
            "get the file again"
        )
    above = _comments(_decode(path, start).splitlines())
    frame = pandas.read_csv(
        path, skiprows=above, sep=delimiter, decimal=decimal, encoding=_encoding(start),
        index_col=False,
        skipinitialspace=True, low_memory=False,
    )  # fmt: skip
    sign = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma"}[delimiter]
    comma = ", decimal comma" if decimal == "," else ""
    return frame, f"text, delimiter {sign}{comma}"


def read(path, entry):
    """Read a table as a recording.

    Parameters
    ----------
    path : str
    entry : dict
        Of the dataset: `layout`, `orientation`, `responses`, `cell`, `cells`, `rows`, `unit`,
        `axes`. What is not given is guessed from the names of columns, and told in the notes.

    Returns
    -------
    Recording
        Conditions beside the orientation are kept apart.
    """
    columns, notes = read_columns(path)
    layout = entry.get("layout") or guess_layout(columns, entry)
    if layout is None:
        raise UserError(
            f"{path}: a column is named as responses, and none as cells, found "
            f"{stimuli.list_names(columns)}; give `cell: <column>`, or `layout: wide` if each "
            "column of numbers is a cell"
        )
    notes.append(f"The table is {layout}.")
    if layout == "long":
        recording = _read_long(path, columns, entry)
    elif entry.get("axes") == "cells_first":
        recording = _read_cells_first(path, columns, entry)
    else:
        recording = _read_wide(path, columns, entry)
    recording.notes = notes + recording.notes
    return recording


def guess_layout(columns, entry):
    """Name the layout: long if a column tells the cell of each line, None if it is not clear."""
    if entry.get("cell") or guess_cell(columns):
        return "long"
    if not entry.get("cells") and any(
        "".join(stimuli.words(n)) in stimuli.RESPONSE for n in columns
    ):
        return None
    return "wide"


def guess_cell(columns):
    """Name the column whose values repeat and whose name is of cells, the most different values.

    Columns whose names differ by a number alone (`cell_0`, `cell_1`) are cells of a wide table.
    """
    forms = Counter(re.sub(r"\d+", "0", name) for name in columns)
    n_values = {
        name: len(stimuli.distinct(values))
        for name, values in columns.items()
        if set(stimuli.words(name)) & set(stimuli.CELL) and forms[re.sub(r"\d+", "0", name)] == 1
    }
    found = {name: n for name, n in n_values.items() if 1 < n <= len(columns[name]) / 2}
    return max(found, key=found.get) if found else None


def _name_column(path, columns, entry, key, guess):
    """Name the column that an entry's key asks for, or the guessed one with a note."""
    name = entry.get(key)
    if name is not None:
        stimuli.find_column(path, columns, str(name), key)
        return str(name), []
    if guess is None:
        raise UserError(
            f"{path}: which column holds the {key} is not known, found "
            f"{stimuli.list_names(columns)}; give `{key}: <column>`"
        )
    return guess, [f"Column `{guess}` was taken for `{key}`, by its name."]


def _used_rows(path, columns, entry, name):
    """Keep rows that `rows` selects and that show an orientation.

    Returns
    -------
    columns, angle, lines, notes
        Lines are the numbers of those kept.
    """
    stimuli.check_averaged(path, columns, entry)
    selected, notes = stimuli.select_rows(path, columns, entry.get("rows"))
    columns = {key: values[selected] for key, values in columns.items()}
    angle = stimuli.read_angles(path, name, columns.pop(name))
    shown, more = stimuli.drop_blanks(path, name, angle)
    columns = {key: values[shown] for key, values in columns.items()}
    lines = np.flatnonzero(selected)[shown]
    stimuli.check_angles(path, name, angle, entry.get("unit"))
    angle = stimuli.merge_angles(angle[shown], entry.get("unit"))
    return columns, angle, lines, notes + more


def is_of_numbers(values):
    """Tell whether a column is of numbers, a few slips (`ERR`, `#DIV/0!`) beside them."""
    if values.dtype.kind != "O":
        return values.dtype.kind in "fiu"
    there = values[~stimuli.missing(values)]
    # 1,5 is one in another country, and told where it is read.
    is_number = [stimuli.is_number(str(value).replace(",", "")) for value in there]
    return bool(len(there)) and np.mean(is_number) > 0.5


def read_numbers(path, name, values, lines=None):
    """Read a column of responses; missing ones are NaN.

    Parameters
    ----------
    lines : array of int, shape (lines,), optional
        Their numbers in the table, without the line of names, for messages.
    """
    values = np.asarray(values)
    if values.dtype.kind in "fiub":
        return values.astype(float)
    numbers = np.full(len(values), np.nan)
    there = ~stimuli.missing(values)
    try:
        numbers[there] = values[there].astype(float)
    except (TypeError, ValueError):
        wrong = np.flatnonzero(there)[[not stimuli.is_number(value) for value in values[there]]]
        line = wrong[0] if lines is None else lines[wrong[0]]
        raise UserError(
            f"{path}: {len(wrong)} entries of `{name}` are no numbers, the first is "
            f"{shorten(str(values[wrong[0]]))!r} in line {line + 1} below the names, expected "
            "responses; correct them or leave them empty (see `nan`), or list other columns as "
            "`cells` or `responses`"
        ) from None
    return numbers


def _guess_responses(columns, leave_out):
    """List the columns that may be the responses, the likeliest first."""
    counts = _trials_column(columns)
    numbers = [
        name for name, values in columns.items()
        if name not in leave_out and is_of_numbers(values)
        and name != counts
        and not set(stimuli.words(name)) & stimuli.NO_RESPONSE
    ]  # fmt: skip
    decimals = [name for name in numbers if columns[name].dtype.kind in "fO"]
    return stimuli.guess_columns(numbers, stimuli.RESPONSE) or decimals[: len(decimals) == 1]


def _read_long(path, columns, entry):
    cell, notes = _name_cell_columns(path, columns, entry)
    orientation, more = _name_column(
        path, columns, entry, "orientation", _guess_shown(columns, cell)
    )
    notes += more
    guesses = _guess_responses(columns, {orientation, *cell})
    response, more = _name_column(path, columns, entry, "responses", next(iter(guesses), None))
    if more and len(guesses) > 1:
        more.append(f"The responses may also be {stimuli.list_names(guesses[1:])}.")
    notes += more
    if len({orientation, *cell, response}) < 2 + len(cell):
        raise UserError(
            f"{path}: `orientation`, `cell` and `responses` are `{orientation}`, "
            f"`{', '.join(cell)}` and `{response}`, expected different columns; correct them"
        )
    columns, angle, lines, more = _used_rows(path, columns, entry, orientation)
    notes += more
    values = read_numbers(path, response, columns.pop(response), lines)
    parts = [columns.pop(name) for name in cell]
    n_nameless = int(np.any([stimuli.missing(part) for part in parts], axis=0).sum())
    if n_nameless:
        raise UserError(
            f"{path}: {n_nameless} lines have no `{', '.join(cell)}`, expected the name of a cell; "
            "fill them in or remove the lines"
        )
    codes, cells = _as_first_seen(_join_names(parts))
    chosen = stimuli.select_cells(path, cells, entry.get("cells"))

    # What is the same in all lines of a cell belongs to the cell.
    own = {name: column for name, column in columns.items() if _is_shared(column, codes)}
    columns = {name: column for name, column in columns.items() if name not in own}
    for name in own:
        if (
            set(stimuli.words(name)) & stimuli.SESSION
            and (n := len(stimuli.distinct(own[name]))) > 1
        ):
            notes.append(f"Cells are of {n} values of `{name}`, whose trials are put side by side.")
    lines_per_cell = np.bincount(codes)
    counts = _trials_column(columns)
    varied = {name: column for name, column in columns.items() if name != counts}
    conditions, more = stimuli.find_conditions(varied, angle, np.median(lines_per_cell), codes)
    notes += more

    keys = list(zip(angle, *(stimuli.comparable(c) for c in conditions.values()), strict=True))
    stimulus, first = _number_keys(keys)
    n_stimuli, n_cells = len(first), len(cells)
    if n_stimuli * n_cells > max(1e7, 20 * len(values)):
        raise UserError(
            f"{path}: its {len(values)} lines have {n_cells} cells and {n_stimuli} "
            "stimuli, most combinations missing; expected each cell's response to each stimulus: "
            "is `cell` the right column?"
        )
    n_lines = np.zeros((n_stimuli, n_cells), int)
    np.add.at(n_lines, (stimulus, codes), 1)
    n_missing = int((n_lines == 0).sum())
    if n_missing:
        notes.append(
            f"Of {n_stimuli * n_cells} combinations of stimulus and cell, {n_missing} are missing: "
            "they are NaN."
        )
    conditions = {name: column[first] for name, column in conditions.items()}
    n_most = n_lines.max(axis=1)
    is_equal = ((n_lines == n_most[:, None]) | (n_lines == 0)).all()
    n_trials = None
    number = _trial_column(columns, conditions, stimulus, codes)
    if (n_most == 1).all():
        responses = np.full((n_stimuli, n_cells), np.nan)
        responses[stimulus, codes] = values
        is_trials = False
        if counts:
            n_trials = np.zeros(n_stimuli)
            n_trials[stimulus] = read_numbers(path, counts, columns[counts])
            notes.append(f"Column `{counts}` tells the number of trials.")
    elif is_equal or number:
        if is_equal:
            pair = stimulus * n_cells + codes
            order = np.arange(len(values))
            if number:
                order = np.argsort(stimuli.comparable(columns[number]), kind="stable")
            repeat = np.empty(len(values), int)
            repeat[order] = _count_earlier(pair[order])
            row = np.append(0, np.cumsum(n_most))[stimulus] + repeat
        else:  # rows are the trials of all cells, of which some lack lines
            numbers = np.unique(stimuli.comparable(columns[number]), return_inverse=True)[1]
            key = stimulus * (numbers.max() + 1) + numbers
            different, row = np.unique(key, return_inverse=True)
            n_most = np.bincount(different // (numbers.max() + 1), minlength=n_stimuli)
            n_empty = n_most.sum() * n_cells - len(values)
            notes.append(
                f"Of {n_most.sum() * n_cells} combinations of trial, by `{number}`, and cell, "
                f"{n_empty} are missing: they are NaN."
            )
        responses = np.full((n_most.sum(), n_cells), np.nan)
        responses[row, codes] = values
        repeated = np.repeat(np.arange(n_stimuli), n_most)
        first = first[repeated]
        conditions = {name: column[repeated] for name, column in conditions.items()}
        is_trials = True
        how = (
            f"as `{number}` numbers them"
            if number
            else ("numbered by the order of the lines, as no column numbers them")
        )
        notes.append(
            f"A cell has {_range(n_most)} lines for one stimulus: they are its trials, {how}."
        )
        if number and not _is_shared(columns[number], row):
            notes.append(
                f"Cells do not share all values of `{number}`, as those of different sessions: "
                "trials in one row were not simultaneous."
            )
    else:
        sums = np.zeros((n_stimuli, n_cells))
        np.add.at(sums, (stimulus, codes), values)
        responses = np.divide(sums, n_lines, out=np.full(sums.shape, np.nan), where=n_lines > 0)
        n_trials = np.where(n_lines > 0, n_lines, n_lines.max()).min(axis=1)
        is_trials = False
        notes.append(
            "Cells have different numbers of lines for one stimulus: the lines were averaged, and "
            "the fewest count as the number of trials."
        )
    return Recording(
        responses[:, chosen],
        angle[first],
        conditions,
        cells[chosen],
        n_trials=n_trials,
        is_trials=is_trials,
        is_selected=True,
        notes=[f"Responses are column `{response}`, cells `{', '.join(cell)}`.", *notes],
    )


def _is_shared(values, of):
    """Tell whether all lines of a row, or of a cell, have one value."""
    return stimuli.is_function(np.unique(stimuli.comparable(values), return_inverse=True)[1], of)


def _trial_column(columns, conditions, stimulus, codes):
    """Name the column that numbers trials, the same in all cells; None if there is none.

    It differs among the lines of one cell and stimulus, and most cells share its values.

    Parameters
    ----------
    columns, conditions : dict of array, shape (lines,) and (stimuli,)
    stimulus, codes : array of int, shape (lines,)
        Of each line's stimulus and cell.
    """
    n_cells, found = codes.max() + 1, {}
    for name, values in columns.items():
        if name in conditions:
            continue
        numbers = np.unique(stimuli.comparable(values), return_inverse=True)[1]
        if np.unique(np.stack([stimulus, codes, numbers]), axis=1).shape[1] < len(codes):
            continue
        n_rows = np.unique(np.stack([stimulus, numbers]), axis=1).shape[1]
        if len(codes) > n_rows * n_cells / 2:
            found[name] = not stimuli.may_number_repeats(name), n_rows
    return min(found, key=found.get) if found else None


def _name_cell_columns(path, columns, entry):
    """Name the columns that tell cells: more than one where cells of two kinds have one number.

    Returns
    -------
    names : list of str
    notes : list of str
    """
    if isinstance(entry.get("cell"), list):
        for name in entry["cell"]:
            stimuli.find_column(path, columns, name, "cell")
        return entry["cell"], []
    cell, notes = _name_column(path, columns, entry, "cell", guess_cell(columns))
    others = find_shared_names(columns, cell)
    if others:
        n_cells = len(stimuli.distinct(_join_names([columns[name] for name in [*others, cell]])))
        notes.append(
            f"Some cells of different {stimuli.list_names(others)} have the same `{cell}`: each "
            f"combination is a cell, {n_cells} in all."
        )
    return [*others, cell], notes


def find_shared_names(columns, cell):
    """List columns that most cells have one value of, but not all, and those of animals.

    What is varied has several values in most cells; what is a cell's own, one. A column between is
    the cell's own, and some names stand for two cells: unit 7 of two animals or kinds.
    """
    _, codes = np.unique(stimuli.comparable(columns[cell]), return_inverse=True)
    found = []
    for name, values in columns.items():
        if name == cell or values.dtype.kind == "f":
            continue
        _, values = np.unique(stimuli.comparable(values), return_inverse=True)
        pairs = np.unique(np.stack([codes, values]), axis=1)[0]
        n_values = np.bincount(pairs)
        is_animal = set(stimuli.words(name)) & stimuli.ANIMAL  # whose cells are all its own
        if n_values.max() > 1 and (is_animal or np.mean(n_values == 1) > 0.5):
            found.append(name)
    return found


def _join_names(parts):
    """Join columns to names of cells; one column stays as it is."""
    if len(parts) == 1:
        return parts[0]
    return np.array([" ".join(map(str, names)) for names in zip(*parts, strict=True)], object)


def _guess_shown(columns, cell):
    """Name the column of the angles that were shown, of a table with cells in some columns.

    Angles of which each cell has one are its own, such as its preferred orientation.
    """
    _, codes = np.unique(
        _join_names([columns[name] for name in cell]).astype(str), return_inverse=True
    )
    varied = {name: values for name, values in columns.items() if not _is_shared(values, codes)}
    return stimuli.guess_orientation(varied) or stimuli.guess_orientation(columns)


def _trials_column(columns):
    """Name the column that counts trials."""
    for name in columns:
        if "".join(stimuli.words(name)) in stimuli.COUNTS:
            return name
    return None


def _range(counts):
    low, high = counts.min(), counts.max()
    return f"{low}" if low == high else f"{low} to {high}"


def _as_first_seen(values):
    """Assign numbers to values in the order of their first line.

    Returns
    -------
    codes : array of int, shape (lines,)
    values : array, shape (different values,)
    """
    values = stimuli.comparable(values)
    different, first, codes = np.unique(values, return_index=True, return_inverse=True)
    order = np.argsort(first)
    return np.argsort(order)[codes], different[order]


def _number_keys(keys):
    """Assign numbers to keys in the order of their first line, and give that line of each."""
    numbers, first = {}, []
    codes = np.empty(len(keys), int)
    for line, key in enumerate(keys):
        key = tuple("nan" if value != value else value for value in key)
        if key not in numbers:
            numbers[key] = len(first)
            first.append(line)
        codes[line] = numbers[key]
    return codes, np.array(first)


def _count_earlier(codes):
    """Tell for each line how many earlier ones have its code."""
    order = np.argsort(codes, kind="stable")
    ranked = codes[order]
    starts = np.flatnonzero(np.append(True, np.diff(ranked) != 0))
    lengths = np.diff(np.append(starts, len(codes)))
    earlier = np.empty(len(codes), int)
    earlier[order] = np.arange(len(codes)) - np.repeat(starts, lengths)
    return earlier


def find_cell_columns(columns, entry):
    """List the columns of a wide table that hold cells.

    Those of the entry's `cells`; else columns of numbers, truth values excepted, that are named
    neither as orientation, trial, time nor as what gratings are varied in.
    """
    if isinstance(entry.get("cells"), list):
        return [str(name) for name in entry["cells"]]
    others = {
        *stimuli.ORIENTATION, *stimuli.TIME, "trial", "trials", "repeat", "rep", "block", "index",
        "contrast", "sf", "tf", "spatial", "temporal", "frequency", "phase", "size", "speed",
        "running", "pupil", "lick", "licks", "wheel", "velocity", "reward", "session",
        "stimulus", "stim", "ntrials", "temp", "spat", "half",
    }  # fmt: skip
    named = {str(name) for name in [*(entry.get("rows") or {}), *(entry.get("average_over") or [])]}
    counts = _trials_column(columns)
    return [
        name
        for name, values in columns.items()
        if is_of_numbers(values)
        and name not in named
        and name != counts
        and not set(stimuli.words(name)) & others
        and not NO_NAME.fullmatch(name)
    ]


def find_unlike(names):
    """List names that differ from most others by more than a number: depth beside c1, c2 and c3."""
    forms = [re.sub(r"\d+", "0", name) for name in names]
    usual, n_usual = Counter(forms).most_common(1)[0]
    if "0" not in usual or n_usual < len(names) / 2:
        return names
    return [name for name, form in zip(names, forms, strict=True) if form != usual]


def _refuse_named_angles(path, columns):
    """Refuse columns such as `ori_0` and `ori_15`: angles, of which none is the orientation."""
    form = re.compile(rf"({'|'.join(stimuli.ORIENTATION)})[ _-]*\d+([.]\d+)?[ _]*(°|deg)?", re.I)
    named = [name for name in columns if form.fullmatch(name)]
    if len(named) > 2:
        raise UserError(
            f"{path}: columns {stimuli.list_names(named, 4)} are named by angles; if each line is "
            "a cell, name them by the numbers alone (0, 15, …) and give `axes: cells_first`"
        )


def _read_wide(path, columns, entry):
    if not entry.get("orientation"):
        _refuse_named_angles(path, columns)
    guess = stimuli.guess_orientation(columns)
    if guess is None and sum(_number(name, ".") is not None for name in columns) >= 5:
        raise UserError(
            f"{path}: no column is named as an orientation, and names of columns are numbers; if "
            "they are angles, give `axes: cells_first`, otherwise `orientation: <column>`"
        )
    orientation, notes = _name_column(path, columns, entry, "orientation", guess)
    names = [name for name in find_cell_columns(columns, entry) if name != orientation]
    for name in names:
        stimuli.find_column(path, columns, name, "cells")
    if not names:
        raise UserError(
            f"{path}: no column holds a cell's responses, found {stimuli.list_names(columns)}; "
            "give `cells: [<columns>]`, or `layout: long`"
        )
    columns, angle, lines, more = _used_rows(path, columns, entry, orientation)
    notes += more
    cells = {name: read_numbers(path, name, columns.pop(name), lines) for name in names}
    counts, n_trials = _trials_column(columns), None
    if counts:
        n_trials = read_numbers(path, counts, columns[counts])
    conditions, more = stimuli.find_conditions(
        {name: values for name, values in columns.items() if name != counts}, angle
    )
    notes += more
    is_trials = counts is None and stimuli.has_repeats([angle, *conditions.values()])
    if not isinstance(entry.get("cells"), list):
        unlike = find_unlike(names)
        others = (
            f"; among them {stimuli.list_names(unlike)}" if 0 < len(unlike) < len(names) else ""
        )
        notes.append(
            f"Columns taken for cells: {stimuli.list_names(names, 8)}{others}. If some are none, "
            "list those that are as `cells`."
        )
    unused = [name for name in columns if name not in conditions and name != counts]
    if unused:
        notes.append(f"Columns not used: {stimuli.list_names(unused)}.")
    return Recording(
        np.stack(list(cells.values()), axis=1),
        angle,
        conditions,
        np.array(names),
        n_trials=n_trials,
        is_trials=is_trials,
        is_selected=True,
        notes=notes,
    )


def _read_cells_first(path, columns, entry):
    angles = {name: float(name) for name in columns if _number(name, ".") is not None}
    if not angles:
        raise UserError(
            f"{path}: with `axes: cells_first` names of columns are angles, found "
            f"{stimuli.list_names(columns)}; rename them, or remove `axes`"
        )
    numbered = _numbered_by_pandas(angles)
    if numbered:
        raise UserError(
            f"{path}: columns {stimuli.list_names(numbered, 5)} look like angles that came again "
            f"and were numbered by pandas; {TURN_SO}"
        )
    stimuli.check_averaged(path, columns, entry)
    selected, notes = stimuli.select_rows(path, columns, entry.get("rows"))
    columns = {name: values[selected] for name, values in columns.items()}
    responses = np.stack([read_numbers(path, name, columns[name]) for name in angles])
    cell = entry.get("cell") or stimuli.guess_column(set(columns) - set(angles), stimuli.CELL)
    names = (
        np.arange(responses.shape[1])
        if cell is None
        else stimuli.comparable(stimuli.find_column(path, columns, cell, "cell"))
    )
    chosen = stimuli.select_cells(path, names, entry.get("cells"))
    notes.append(f"{len(angles)} columns whose names are numbers were taken for orientations.")
    unused = [name for name in columns if name not in angles and name != cell]
    if unused:
        notes.append(f"Columns not used: {stimuli.list_names(unused)}.")
    angle = np.array(list(angles.values()))
    stimuli.check_angles(path, "the first line", angle, entry.get("unit"))
    if stimuli.has_repeats([stimuli.merge_angles(angle, entry.get("unit"))]):
        raise UserError(f"{path}: several columns are of one angle; {TURN_SO}")
    return Recording(
        responses[:, chosen],
        angle,
        {},
        names[chosen],
        is_selected=True,
        notes=notes,
    )


def _numbered_by_pandas(angles):
    """List names such as 15.1 and 15.2 beside 15, unless all angles are an even grid."""
    values = np.unique(list(angles.values()))
    if len(values) > 2 and np.ptp(np.diff(values)) < SAME_DEG:
        return []
    parts = [name.partition(".") for name in angles]
    return [
        f"{whole}.{number}"
        for whole, _, number in parts
        if number and not number.startswith("0") and {whole, f"{whole}.1"} <= set(angles)
    ]


def _could_hold_angles(columns):
    """List columns whose values come again and may be angles, whatever their names."""
    counts = _trials_column(columns)
    return [
        name
        for name, values in columns.items()
        if _number(name, ".") is None
        and name != counts
        and not set(stimuli.words(name)) & {*stimuli.UNLIKELY, *stimuli.TIME, *stimuli.REPEAT}
        and stimuli.may_be_angles(values)
        and len(stimuli.distinct(values)) <= len(values) / 2
    ]


def _is_circle(angle):
    """Tell whether angles are even steps around half a turn or a whole one."""
    steps = np.diff(np.sort(angle))
    covered = [len(steps) * steps[0], len(angle) * steps[0]]
    is_even = np.ptp(steps) < SAME_DEG
    return bool(is_even and np.isclose(np.array(covered)[:, None], [180, 360], atol=0.1).any())


def look(path):
    """List a table's columns, and guess the entry by which it is read."""
    columns, notes = read_columns(path)
    arrays = [describe_array(name, stimuli.comparable(values)) for name, values in columns.items()]
    entry, questions = {"format": "table"}, []
    comments = {"format": notes[0]}
    layout = guess_layout(columns, {})
    if layout is None:
        questions.append("Which column tells the cell of each line (`cell`), or `layout: wide`?")
        return Contents("table", arrays, entry, comments, questions)
    entry["layout"] = layout
    if layout == "wide":
        _refuse_named_angles(path, columns)
    cell = guess_cell(columns)
    orientation = (
        _guess_shown(columns, [*find_shared_names(columns, cell), cell])
        if layout == "long"
        else stimuli.guess_orientation(columns)
    )
    n_angles = sum(_number(name, ".") is not None for name in columns)
    if orientation is None and layout == "wide" and n_angles >= 2:
        angle = np.array([float(name) for name in columns if _number(name, ".") is not None])
        maybe = [] if _is_circle(angle) else _could_hold_angles(columns)
        if maybe:
            questions.append(
                f"Which column holds the angles (`orientation`): {stimuli.list_names(maybe, 5)}? "
                f"Or are the numbers that {n_angles} columns have for names angles (`axes: "
                "cells_first`)?"
            )
            return Contents("table", arrays, entry, comments, questions)
        entry["axes"] = "cells_first"
        comments["axes"] = f"{n_angles} columns have numbers for names, as of angles"
        questions.append(
            f"axes: cells_first: {comments['axes']}, and each line is a cell. If they are numbers "
            "of cells, remove `axes` and give `orientation: <column>`"
        )
        stimuli.look_at_angles("the first line", angle, entry, comments, questions)
        return Contents("table", arrays, entry, comments, questions)
    if layout == "long":
        entry["cell"] = cell
        comments["layout"] = f"`{cell}` tells the cell of each line"
        comments["cell"] = f"{len(stimuli.distinct(columns[cell]))} different ones"
        others = find_shared_names(columns, cell)
        if others:
            entry["cell"] = [*others, cell]
            n_cells = len(stimuli.distinct(_join_names([columns[c] for c in entry["cell"]])))
            comments["cell"] += f", but {n_cells} with {stimuli.list_names(others)}"
        guesses = _guess_responses(columns, {orientation, cell})
        if not guesses:
            questions.append("Which column holds the responses (`responses`)?")
        else:
            entry["responses"], *rivals = guesses
            comments["responses"] = "by its name"
        if len(guesses) > 1:
            questions.append(
                f"responses: `{guesses[0]}` is taken; {stimuli.list_names(rivals, 8)} may be them, "
                "too: which are the mean responses or those of single trials?"
            )
    else:
        comments["layout"] = (
            "no column tells cells: one line a stimulus or trial, one column a cell"
        )
    if orientation is None:
        questions.append("Which column holds the angles (`orientation`)?")
        return Contents("table", arrays, entry, comments, questions)
    entry["orientation"] = orientation
    comments["orientation"] = "by its name and values"
    stimuli.ask_of_name(orientation, questions)
    if layout == "wide":
        cells = [name for name in find_cell_columns(columns, {}) if name != orientation]
        comments["orientation"] += f"; taken for cells: {stimuli.list_names(cells, 6)}"
        unlike = find_unlike(cells) if cells else []
        if unlike or len(cells) < MOST_CELLS:
            entry["cells"] = cells
            comments["cells"] = "columns of numbers that no name tells to be something else"
        if unlike:
            questions.append(
                f"cells: are {stimuli.list_names(unlike, MOST_CELLS)} cells? Take out of `cells` "
                "what is none"
            )
    angle = stimuli.read_angles(path, orientation, columns[orientation])
    stimuli.look_at_angles(orientation, angle, entry, comments, questions)
    return Contents("table", arrays, entry, comments, questions)
