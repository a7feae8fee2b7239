"""Neurodata Without Borders, version 2: traces of ROIs or spike times, and intervals of stimuli."""

import contextlib
import gc
import os
import warnings

import numpy as np

from normative.recordings.readers import stimuli, windows
from normative.recordings.readers.contents import Array, Contents, describe_array
from normative.recordings.recording import UNKNOWN, Recording
from normative.workflow.errors import UserError, shorten

HDF5 = b"\x89HDF\r\n\x1a\n"
# Words of columns of ROIs that say which are cells, as suite2p's, CaImAn's and EXTRACT's.
IS_CELL = ("iscell", "accepted")
NO_UNITS = {"", "n.a.", "na", "n/a", "none", "unknown", "a.u.", "au"}  # what converters write


def recognizes(path):
    """Tell whether a file is HDF5 with an NWB version."""
    import h5py

    if not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        if file.read(8) != HDF5:
            return False
    try:
        with uncollected(), h5py.File(path, "r") as file:
            return "nwb_version" in file.attrs or "nwb_version" in file
    except (OSError, RuntimeError, KeyError):
        return False


@contextlib.contextmanager
def uncollected():
    """Keep Python's garbage collector out of a file of HDF5 that is open and being closed.

    Objects of a file, which pynwb keeps in cycles, may otherwise be freed while HDF5 closes them:
    then, rarely, the process dies.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextlib.contextmanager
def open_nwb(path):
    """Open a file for reading, and turn what its damage raises into a UserError."""
    if not os.path.isfile(path):
        raise UserError(f"{path}: no such file, expected an NWB file; correct the path")
    if not recognizes(path):
        raise UserError(
            f"{path}: not an NWB file, or cut off: expected HDF5 with `nwb_version`; get it again"
        )
    import pynwb

    try:
        with warnings.catch_warnings(), uncollected():
            warnings.simplefilter("ignore")  # of old schemas, which are read all the same
            with pynwb.NWBHDF5IO(path, mode="r", load_namespaces=True) as opened:
                yield opened.read()
    except UserError:
        raise
    except Exception as error:  # damage shows as any of a dozen
        raise UserError(
            f"{path}: not readable by pynwb ({shorten(str(error))}), expected NWB 2; check it with "
            "`python -m pynwb.validate`, or get it again"
        ) from error


def list_series(nwb):
    """List the series of ROIs' responses by their paths in the file."""
    import pynwb

    return {
        _place(nwb, each): each
        for each in nwb.objects.values()
        if isinstance(each, pynwb.ophys.RoiResponseSeries)
    }


def _place(nwb, each):
    """Give the path of an object: processing/<module>/<container>/<series>."""
    names = []
    while each.parent is not None:
        names.insert(0, each.name)
        each = each.parent
    rooms = {"processing": nwb.processing, "acquisition": nwb.acquisition, "analysis": nwb.analysis}
    room = [room for room, objects in rooms.items() if names[0] in objects]
    return "/".join([*room[:1], *names])


def list_tables(nwb):
    """List tables of intervals by their paths in the file."""
    tables = {f"intervals/{name}": table for name, table in (nwb.intervals or {}).items()}
    for name in ("trials", "epochs"):
        table = getattr(nwb, name)
        if table is not None:
            tables[f"intervals/{name}"] = table
    return tables


def read_table(path, name, table):
    """Read the columns of a table of intervals that have one value a row."""
    columns = {}
    for column in table.columns:
        data = column.data
        if type(column).__name__ not in ("VectorData", "EnumData") or len(np.shape(data)) != 1:
            continue
        if column.name in columns or f"{column.name}_index" in table:
            continue  # several values a row
        values = np.asarray(column[:])
        if values.dtype.kind in "SO":
            values = np.array(
                [each.decode() if isinstance(each, bytes) else str(each) for each in values], object
            )
        columns[column.name] = values
    lengths = {len(values) for values in columns.values()}
    if len(lengths) != 1 or 0 in lengths:
        raise UserError(
            f"{path}: columns of `{name}` have lengths {sorted(lengths)}, expected one length "
            "above 0; correct the table"
        )
    return columns


def _find_table(path, nwb, entry):
    """Find the table of stimuli and its column of angles.

    Returns
    -------
    name : str
        Path of the table.
    columns : dict of array, shape (intervals,)
    orientation : str
    notes : list of str
    """
    tables = list_tables(nwb)
    if not tables:
        raise UserError(f"{path}: no table of intervals, expected one that tells the stimuli")
    asked = str(entry.get("orientation") or "").strip("/")
    table, _, orientation = asked.rpartition("/")
    if table and not table.startswith("intervals/"):
        table = f"intervals/{table}"
    if table and table not in tables:
        raise UserError(
            f"{path}: no `{table}`, found {stimuli.list_names(tables)}; correct `orientation`"
        )
    found = {}
    for name in [table] if table else tables:
        columns = read_table(path, name, tables[name])
        guess = orientation or stimuli.guess_orientation(columns)
        if guess in columns:
            found[name] = columns, guess
    if not found:
        listed = [
            f"{name}/{column}"
            for name in ([table] if table else tables)
            for column in tables[name].colnames
        ]
        raise UserError(
            f"{path}: no column {f'`{orientation}`' if orientation else 'named as an orientation'}"
            f", found {stimuli.list_names(listed)}; give `orientation: intervals/<table>/<column>`"
        )
    if len(found) > 1:
        listed = [f"{name}/{column}" for name, (_, column) in found.items()]
        raise UserError(
            f"{path}: several columns may hold the orientation: {stimuli.list_names(listed)}; give "
            "one of them as `orientation`"
        )
    name, (columns, guess) = next(iter(found.items()))
    notes = [f"Orientations are column `{guess}` of `{name}`, {len(columns[guess])} rows."]
    return name, columns, guess, notes


def _find_responses(path, nwb, entry):
    """Find what holds the responses: a series, or None for spike times.

    Returns
    -------
    name : str
    series : pynwb.TimeSeries or None
    """
    import pynwb

    series = list_series(nwb)
    found = [*series]
    if nwb.units is not None and "spike_times" in nwb.units.colnames:
        found.append("units")
    asked = entry.get("responses")
    if asked is None:
        if len(found) != 1:
            raise UserError(
                f"{path}: found {stimuli.list_names(found)} that may be the responses, expected "
                "one; give `responses`"
            )
        asked = found[0]
    asked = str(asked).strip("/").removesuffix("/data").removesuffix("/spike_times")
    if asked == "units" and "units" in found:
        return "units", None
    if asked in series:
        return asked, series[asked]
    for each in nwb.objects.values():
        if isinstance(each, pynwb.TimeSeries) and _place(nwb, each) == asked:
            return asked, each
    raise UserError(f"{path}: no `{asked}`, found {stimuli.list_names(found)}; correct `responses`")


def read(path, entry):
    """Read responses to each stimulus of a table of intervals.

    Parameters
    ----------
    path : str
    entry : dict
        Of the dataset: `responses`, path of a RoiResponseSeries or `units`; `orientation`,
        intervals/<table>/<column>; `onset`, another column than start_time; `rows`, `window`,
        `baseline`, `cells`, `axes`, `unit`.

    Returns
    -------
    Recording
        One row a stimulus: the mean of the traces, or the rate of spikes per second.
    """
    with open_nwb(path) as nwb:
        source, series = _find_responses(path, nwb, entry)
        table, columns, orientation, notes = _find_table(path, nwb, entry)
        onset_name = entry.get("onset") or "start_time"
        stimuli.check_averaged(path, columns, entry)
        selected, more = stimuli.select_rows(path, columns, entry.get("rows"))
        notes += more
        angle = stimuli.read_angles(path, f"{table}/{orientation}", columns[orientation][selected])
        onset = _seconds(path, columns, onset_name, "onset")
        shown, more = stimuli.drop_blanks(path, f"{table}/{orientation}", angle)
        notes += more
        stimuli.check_angles(path, f"{table}/{orientation}", angle, entry.get("unit"))
        used = np.flatnonzero(selected)[shown]
        angle = stimuli.merge_angles(angle[shown], entry.get("unit"))
        stop = None
        if "stop_time" in columns:
            stop = _seconds(path, columns, "stop_time", "window")
        if not np.isfinite(onset[used]).all():
            raise UserError(
                f"{path}: `{table}/{onset_name}` holds NaN, expected seconds; leave those rows out"
            )
        # Of all rows: a window to the next onset ends where a stimulus that is left out begins.
        window, baseline, more = windows.stimulus_windows(path, onset, stop, entry)
        notes += more
        window, baseline = window[used], None if baseline is None else baseline[used]
        average = _average_units if series is None else _average_series
        responses, cells, kept, more = average(path, nwb, source, series, window, baseline, entry)
        notes += more
    angle = angle[kept]
    columns = {
        name: values[used][kept]
        for name, values in columns.items()
        if name not in (orientation, onset_name, "start_time", "stop_time")
    }
    conditions, more = stimuli.find_conditions(columns, angle)
    return Recording(
        responses,
        angle,
        conditions,
        cells,
        is_trials=True,
        is_selected=True,
        values=_values(series),
        notes=[*notes, *more],
    )


def _values(series):
    """Name the unit of a series, or that of spike times' rates."""
    if series is None:
        return "spikes/s"
    unit = str(series.unit or "").strip()
    return UNKNOWN if unit.lower() in NO_UNITS else unit


def _seconds(path, columns, name, key):
    values = stimuli.find_column(path, columns, name, key)
    if values.dtype.kind not in "fiu":
        raise UserError(f"{path}: `{name}` has type {values.dtype}, expected seconds")
    return values.astype(float)


class _CellsFirst:
    """Traces of shape (cells, frames), read as (frames, cells)."""

    def __init__(self, data):
        self.data, self.dtype, self.shape = data, data.dtype, data.shape[::-1]

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, frames):
        return self.data[:, frames].T


def _average_series(path, nwb, source, series, window, baseline, entry):
    data = series.data
    if len(data.shape) != 2 or data.dtype.kind not in "fiu":
        raise UserError(
            f"{path}: `{source}` has shape {data.shape} and type {data.dtype}, expected numbers of "
            "frames × cells"
        )
    if entry.get("axes") == "cells_first":
        data = _CellsFirst(data)
    elif "axes" not in entry and _has_cells_first(series):
        raise UserError(
            f"{path}: `{source}` has shape {data.shape}, which seems to be cells × frames, "
            "expected frames × cells; give `axes: cells_first` (or `stimuli_first` for frames "
            "first)"
        )
    if series.timestamps is not None:
        time = np.asarray(series.timestamps[:], dtype=float)
    elif series.rate and series.rate > 0:
        time = (series.starting_time or 0) + np.arange(len(data)) / series.rate
    else:
        raise UserError(f"{path}: `{source}` has neither `timestamps` nor a `rate`, expected one")
    cells, notes = _roi_names(series, data.shape[1])
    column = _cell_column(series)
    if entry.get("cells") == "iscell":
        chosen = _is_cell(path, series, column, data.shape[1])
        notes.append(f"ROIs that `{column}` takes for cells: {len(chosen)} of {len(cells)}.")
    else:
        chosen = stimuli.select_cells(path, cells, entry.get("cells"))
        if column and "cells" not in entry:
            notes.append(f"All {len(cells)} ROIs are used, whatever their column `{column}` says.")
    responses, kept, more = windows.average_traces(path, data, time, window, baseline)
    responses = responses[:, chosen] * (series.conversion or 1)
    if baseline is None:
        responses += series.offset or 0
    unit = f" ({series.unit})" if series.unit else ""
    notes.insert(0, f"Responses are means of `{source}`{unit}, {len(data)} frames.")
    return responses, cells[chosen], kept, notes + more


def _roi_names(series, n_cells):
    """Give ROIs' numbers in their table, or count them."""
    rois = getattr(series, "rois", None)
    try:
        names = np.asarray(rois.table.id[:])[np.asarray(rois.data[:])]
    except (AttributeError, IndexError, TypeError):
        names = np.arange(0)
    if len(names) == n_cells:
        return names, []
    return np.arange(n_cells), ["ROIs have no numbers that fit the traces: they were counted."]


def _cell_column(series):
    """Name the column of the ROIs' table that says which are cells; None if there is none."""
    rois = getattr(series, "rois", None)
    names = () if rois is None else rois.table.colnames
    return next((name for name in names if "".join(stimuli.words(name)) in IS_CELL), None)


def _is_cell(path, series, column, n_cells):
    """Give the positions of ROIs of which that column is above 0."""
    if column is None:
        raise UserError(
            f"{path}: the ROIs' table has no column {' or '.join(f'`{n}`' for n in IS_CELL)}; "
            "remove `cells`, or list cells"
        )
    rois = series.rois
    is_cell = np.asarray(rois.table[column][:])[np.asarray(rois.data[:])]
    is_cell = is_cell.reshape(len(is_cell), -1)[:, 0] > 0
    if len(is_cell) != n_cells or not is_cell.any():
        raise UserError(
            f"{path}: `{column}` tells {int(is_cell.sum())} cells of {len(is_cell)} ROIs, expected "
            f"some of {n_cells}; remove `cells`"
        )
    return np.flatnonzero(is_cell)


def _has_cells_first(series):
    """Tell whether traces have as many rows as there are ROIs, or as many columns as times."""
    rows, columns = series.data.shape
    if series.timestamps is not None:
        return len(series.timestamps) == columns != rows
    rois = getattr(series, "rois", None)
    return rois is not None and len(rois.data) == rows != columns


def _average_units(path, nwb, source, series, window, baseline, entry):
    units = nwb.units
    cells = np.asarray(units.id[:])
    chosen = stimuli.select_cells(path, cells, entry.get("cells"))
    observed, notes = None, []
    if "obs_intervals" in units.colnames:
        observed = [np.asarray(units.get_unit_obs_intervals(unit), float) for unit in chosen]
        if not all(each.size for each in observed):  # of a unit that has none, nothing is known
            observed = None
            notes = ["Not all units have `obs_intervals`: they are taken as observed throughout."]
    rates, kept, more = windows.count_spikes(
        path, (units.get_unit_spike_times(unit) for unit in chosen), window, baseline, observed
    )
    notes += more
    notes.insert(0, f"Responses are rates of `units` (spikes/s), {len(chosen)} units.")
    return rates, cells[chosen], kept, notes


def look(path):
    """List series and tables of a file, and guess the entry by which it is read."""
    entry, comments, questions, arrays = {"format": "nwb"}, {"format": "NWB"}, [], []
    with open_nwb(path) as nwb:
        series = list_series(nwb)
        for name, each in series.items():
            arrays.append(_describe_series(name, each))
        sources = [*series]
        if nwb.units is not None and "spike_times" in nwb.units.colnames:
            sources.append("units")
            arrays.append(Array("units", (len(nwb.units),), "spike times"))
        if sources:
            likely = [name for name in sources if "dff" in name.lower() or "df" in name.lower()]
            entry["responses"] = (likely or sources)[0]
            comments["responses"] = f"found {stimuli.list_names(sources)}"
            if len(sources) > 1:
                questions.append(f"Which responses: {stimuli.list_names(sources)}?")
            if entry["responses"] in series:
                _guess_of_rois(series[entry["responses"]], entry, comments, questions)
            else:
                _ask_of_quality(nwb.units, questions)
        else:
            questions.append("No series of ROIs and no spike times were found: `responses`?")
        candidates = {}
        for name, table in list_tables(nwb).items():
            columns = read_table(path, name, table)
            arrays += [
                describe_array(f"{name}/{column}", stimuli.comparable(values))
                for column, values in columns.items()
            ]
            guess = stimuli.guess_orientation(columns)
            if guess:
                candidates[f"{name}/{guess}"] = columns, guess
        if not candidates:
            questions.append("No column is named as an orientation: which is it (`orientation`)?")
            return Contents("nwb", arrays, entry, comments, questions)
        name = max(candidates, key=lambda each: len(candidates[each][0][candidates[each][1]]))
        columns, guess = candidates[name]
        entry["orientation"] = name
        comments["orientation"] = f"found {stimuli.list_names(candidates)}"
        stimuli.ask_of_name(guess, questions)
        if len(candidates) > 1:
            questions.append(f"Which stimuli: {stimuli.list_names(candidates)}?")
        _guess_rows(columns, columns[guess], entry, comments)
        try:
            angle = stimuli.read_angles(path, name, columns[guess])
        except UserError as error:
            questions.append(str(error))
            return Contents("nwb", arrays, entry, comments, questions)
        stimuli.look_at_angles(name, angle, entry, comments, questions)
        if {"start_time", "stop_time"} <= columns.keys():
            duration = float(np.nanmedian(columns["stop_time"] - columns["start_time"]))
            entry["window"] = [0, round(duration, 3)]
            comments["window"] = "seconds: the median duration of the stimuli"
        entry["baseline"] = None
        comments["baseline"] = "none; [-0.5, 0] subtracts the mean of half a second before"
        questions.append("Window after the onset, and baseline (calcium lags by 0.2 to 0.5 s)?")
    return Contents("nwb", arrays, entry, comments, questions)


def _guess_of_rois(series, entry, comments, questions):
    """Choose axes and cells of a series where the file tells them."""
    if len(series.data.shape) == 2 and _has_cells_first(series):
        entry["axes"] = "cells_first"
        comments["axes"] = "as many rows as ROIs, or as many columns as times: cells × frames"
        questions.append(f"axes: cells_first ({comments['axes']})")
    if column := _cell_column(series):
        entry["cells"] = "iscell"
        comments["cells"] = f"ROIs whose column `{column}` is above 0"


def _ask_of_quality(units, questions):
    """Ask about a column of the units' quality, such as good and noise."""
    for name in units.colnames:
        if {"quality", "label"} & set(stimuli.words(name)):
            values = stimuli.list_names(stimuli.distinct(units[name][:]), 5)
            questions.append(
                f"cells: all units are used; the file has `{name}` ({values}): list those to use"
            )


def _guess_rows(columns, angle, entry, comments):
    """Choose the stimulus of most rows with an angle, where rows of several are in one table."""
    name = "stimulus_name"
    if name not in columns:
        return
    values, counts = np.unique(
        [str(value) for value in columns[name][~stimuli.missing(angle)]], return_counts=True
    )
    if len(values) > 1:
        entry["rows"] = {name: str(values[counts.argmax()])}
        comments["rows"] = f"the most rows with an angle; found {stimuli.list_names(values)}"


def _describe_series(name, series):
    """Describe a series by its first frames: it may be large."""
    start = np.asarray(series.data[:1000])
    array = describe_array(name, start)
    array.shape = tuple(series.data.shape)
    return array
