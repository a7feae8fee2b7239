"""A plane's folder of suite2p, with a table of the stimuli: suite2p knows none."""

import os

import numpy as np

from normative.recordings.readers import stimuli, table, windows
from normative.recordings.readers.contents import Contents, describe_array
from normative.recordings.readers.pickles import load_dictionary
from normative.recordings.recording import Recording
from normative.workflow.errors import UserError, shorten

# `responses` of the entry → files that it is made of.
SIGNALS = {"F": ("F",), "spks": ("spks",), "dff": ("F", "Fneu")}
# Words in names of columns that say their unit.
FRAMES, MILLISECONDS = {"frame", "frames"}, {"ms", "msec", "milliseconds"}
SECONDS = {"s", "sec", "secs", "second", "seconds"}
NEUROPIL = 0.7  # share of the neuropil's signal that is subtracted, suite2p's default
MOST_BYTES = 64 << 20  # of traces that are held at once
SAVE_SO = "run suite2p again, or copy the whole folder"


def recognizes(path):
    """Tell whether a folder holds suite2p's traces, or one plane's folder that does."""
    return os.path.isdir(path) and bool(_planes(path))


def _planes(path):
    """List folders with traces: this one, or the planes' in it."""
    if any(os.path.isfile(os.path.join(path, f"{name}.npy")) for name in ("F", "spks")):
        return [path]
    return [
        os.path.join(path, name)
        for name in sorted(os.listdir(path))
        if name.startswith("plane") and recognizes(os.path.join(path, name))
    ]


def find_plane(path):
    """Give the folder of the one plane."""
    if not os.path.isdir(path):
        raise UserError(f"{path}: no such folder, expected one that suite2p has made")
    planes = _planes(path)
    if len(planes) != 1:
        found = stimuli.list_names([os.path.basename(plane) for plane in planes])
        raise UserError(
            f"{path}: found planes {found}, expected one folder with F.npy or spks.npy; give the "
            "folder of one plane, or `combined`"
        )
    return planes[0]


def load_traces(folder, name):
    """Map an array of suite2p, ROIs × frames, without reading it."""
    path = os.path.join(folder, f"{name}.npy")
    if not os.path.isfile(path):
        found = [each for each in ("F", "Fneu", "spks") if _there(folder, each)]
        raise UserError(
            f"{path}: no such file, found {stimuli.list_names(found)}; change `responses`, or "
            f"{SAVE_SO}"
        )
    try:
        traces = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as error:
        raise UserError(f"{path}: not readable ({shorten(str(error))}); {SAVE_SO}") from error
    if not isinstance(traces, np.ndarray) or traces.ndim != 2 or traces.dtype.kind not in "fiu":
        raise UserError(
            f"{path}: found {getattr(traces, 'shape', 'an archive')} of "
            f"{getattr(traces, 'dtype', 'arrays')}, expected numbers, ROIs × frames; {SAVE_SO}"
        )
    if not traces.size:
        raise UserError(f"{path}: found shape {traces.shape}, expected ROIs × frames; {SAVE_SO}")
    return traces


def _there(folder, name):
    return os.path.isfile(os.path.join(folder, f"{name}.npy"))


def find_frame_rate(folder, entry):
    """Give frames per second, and who says so."""
    rate = entry.get("frame_rate")
    if rate is not None:
        return float(rate), "`frame_rate`"
    for name in ("ops", "settings", "db"):  # ops.npy until suite2p 0.x, the others since 1.0
        if _there(folder, name):
            path = os.path.join(folder, f"{name}.npy")
            rate = load_dictionary(path).get("fs")
            if rate is None:
                continue
            rate = np.asarray(rate)
            if rate.size != 1 or rate.dtype.kind not in "fiu" or not 0 < float(rate) < 1e5:
                raise UserError(
                    f"{path}: `fs` is {shorten(str(rate))}, expected frames per second; give "
                    "`frame_rate`"
                )
            return float(rate), f"{name}.npy"
    raise UserError(
        f"{folder}: no `fs` in ops.npy, settings.npy or db.npy, expected the frame rate; give "
        "`frame_rate: <frames per second>`"
    )


def read_stimuli(path):
    """Read a table of stimuli, of text, Parquet, Excel or an `.npz` of arrays of one length."""
    if os.path.isfile(path):
        with open(path, "rb") as file:
            start = file.read(4)
        if (start == b"PK\x03\x04" and not table.recognizes(path)) or path.endswith(".npz"):
            return _read_npz(path)
    return table.read_columns(path)[0]


def _read_npz(path):
    try:
        with np.load(path, allow_pickle=False) as archive:
            columns = {name: archive[name].squeeze() for name in archive}
    except Exception as error:
        raise UserError(
            f"{path}: not readable ({shorten(str(error))}); expected arrays of onsets and "
            "orientations, saved by numpy.savez"
        ) from error
    lengths = {name: values.shape for name, values in columns.items() if values.ndim == 1}
    if len(lengths) < 2 or len(set(lengths.values())) > 1 or (0,) in lengths.values():
        found = ", ".join(f"`{name}` {values.shape}" for name, values in columns.items())
        raise UserError(
            f"{path}: found {found or 'no array'}, expected arrays of one length, of onsets and of "
            "orientations"
        )
    return {name: columns[name] for name in lengths}


def _in_seconds(path, name, values, used, unit, rate, n_frames):
    """Convert a column of times to seconds of the recording.

    Parameters
    ----------
    used : array of int
        Rows whose times must be known.
    unit : {"seconds", "milliseconds", "frames"} or None
        `onset_unit` of the entry; None: by the column's name or its size.

    Returns
    -------
    seconds : array of float64
    per_second : float
        How many of the column's unit a second has.
    note : str
    """
    values = np.asarray(values)
    if values.dtype.kind not in "fiu" or not np.isfinite(values[used]).all():
        raise UserError(
            f"{path}: `{name}` holds entries that are no finite numbers, expected onsets in "
            "seconds or frames; correct it or give another column as `onset`"
        )
    values = values.astype(float)
    source = "`onset_unit`"
    if unit is None:
        unit, source, _ = _guess_unit(name, values, rate, n_frames)
    per_second = {"seconds": 1, "milliseconds": 1000, "frames": rate}[unit]
    counted = ", counted from 0" if unit == "frames" else ""
    return values / per_second, per_second, f"Onsets `{name}` are {unit}{counted} ({source})."


def _guess_unit(name, values, rate, n_frames):
    """Guess the unit of onsets by the name of their column, or else by their size.

    Returns
    -------
    unit : {"seconds", "milliseconds", "frames"}
    reason : str
    is_open : bool
        Whether they may well be in another.
    """
    of_units = {"frames": FRAMES, "milliseconds": MILLISECONDS, "seconds": SECONDS}
    for unit, said in of_units.items():
        if said & set(stimuli.words(name)):
            return unit, "by the column's name", False
    known = values[np.isfinite(values)]
    duration = n_frames / rate
    last, most = known.max(initial=0), np.median(known) if known.size else 0
    if (known == np.round(known)).all() and last <= n_frames:
        if last > duration:
            reason = f"the last, {last:g}, is after the end of the recording in seconds"
            return "frames", f"{reason}, {duration:g}", most <= duration
        return "seconds", "whole numbers, which may be frames as well", True
    if duration < most <= 1000 * duration:
        reason = f"as seconds, most are after the end of the recording, {duration:g}"
        return "milliseconds", reason, True
    return "seconds", "within the recording", False


def _find_columns(path, columns, entry):
    """Name the columns of orientations and onsets."""
    names = []
    guesses = {
        "orientation": stimuli.guess_orientation(columns),
        "onset": stimuli.guess_column(columns, stimuli.ONSET),
    }
    for key, guess in guesses.items():
        name = entry.get(key) or guess
        if name is None:
            raise UserError(
                f"{path}: no column is named as an {key}, found {stimuli.list_names(columns)}; "
                f"give `{key}: <column>`"
            )
        stimuli.find_column(path, columns, name, key)
        names.append(name)
    return names


def read(path, entry):
    """Read responses to each stimulus of a table.

    Parameters
    ----------
    path : str
        Folder of a plane, or one with a single plane.
    entry : dict
        Of the dataset: `stimuli`, path of the table; `responses`: F, spks or dff; `cells`: iscell
        or a list of ROIs; `orientation`, `onset`: columns; `onset_unit`, `frame_rate`, `rows`,
        `window`, `baseline`, `unit`.

    Returns
    -------
    Recording
        One row a stimulus.
    """
    folder = find_plane(path)
    signal = str(entry.get("responses") or "dff").removesuffix(".npy")
    if signal not in SIGNALS:
        raise UserError(
            f"{path}: `responses` is {signal!r}, expected one of {', '.join(SIGNALS)}; correct it"
        )
    if not entry.get("stimuli"):
        raise UserError(
            f"{path}: suite2p knows no stimuli, expected a table of onsets and orientations; give "
            "`stimuli: <path>`"
        )
    traces = [load_traces(folder, name) for name in SIGNALS[signal]]
    if len({each.shape for each in traces}) > 1:
        raise UserError(
            f"{folder}: F.npy has shape {traces[0].shape} and Fneu.npy {traces[1].shape}, expected "
            f"the same; {SAVE_SO}"
        )
    n_rois, n_frames = traces[0].shape
    rate, source = find_frame_rate(folder, entry)
    rois, notes = _choose_rois(folder, entry, n_rois)
    notes.insert(0, f"Responses are `{signal}` of {len(rois)} of {n_rois} ROIs, {n_frames} frames.")
    notes.append(f"{rate:g} frames/s, from {source}.")

    place = str(entry["stimuli"])
    columns = read_stimuli(place)
    orientation, onset_name = _find_columns(place, columns, entry)
    notes.append(f"Orientations are column `{orientation}` of {place}.")
    stimuli.check_averaged(place, columns, entry)
    selected, more = stimuli.select_rows(place, columns, entry.get("rows"))
    notes += more
    angle = stimuli.read_angles(place, orientation, columns[orientation][selected])
    shown, more = stimuli.drop_blanks(place, orientation, angle)
    notes += more
    stimuli.check_angles(place, orientation, angle, entry.get("unit"))
    used = np.flatnonzero(selected)[shown]
    angle = stimuli.merge_angles(angle[shown], entry.get("unit"))
    onset, per_second, note = _in_seconds(
        place, onset_name, columns[onset_name], used, entry.get("onset_unit"), rate, n_frames
    )
    notes.append(note)
    stop = _stops(columns, onset_name, onset, per_second, rate)
    # Of all rows: a window to the next onset ends where a stimulus that is left out begins.
    window, baseline, more = windows.stimulus_windows(place, onset, stop, entry)
    notes += more
    window, baseline = window[used], None if baseline is None else baseline[used]
    columns = {name: values[used] for name, values in columns.items()}

    responses, kept, more = _average_rois(path, traces, signal, rois, rate, window, baseline)
    notes += more
    angle = angle[kept]
    conditions, more = stimuli.find_conditions(
        {
            name: values[kept]
            for name, values in columns.items()
            if name not in (orientation, onset_name)
        },
        angle,
    )
    return Recording(
        responses, angle, conditions, rois, is_trials=True, is_selected=True, notes=[*notes, *more]
    )


def _stops(columns, onset_name, onset, per_second, rate):
    """Give the ends of stimuli in seconds, if a column tells them, or None.

    In the unit that the column's name says, or else in that of the onsets.
    """
    numbers = {
        name: values
        for name, values in columns.items()
        if name != onset_name and values.dtype.kind in "fiu" and "phase" not in stimuli.words(name)
    }

    def seconds(name):
        said = set(stimuli.words(name))
        known = ((FRAMES, rate), (MILLISECONDS, 1000), (SECONDS, 1))
        return numbers[name] / next((unit for words, unit in known if said & words), per_second)

    duration = stimuli.guess_column(numbers, ("duration",))
    if duration is not None:
        return onset + seconds(duration)
    stop = stimuli.guess_column(numbers, stimuli.STOP)
    return None if stop is None else seconds(stop)


def _choose_rois(folder, entry, n_rois):
    """Give the numbers of the ROIs that are used, by default those that are cells.

    Returns
    -------
    rois : array of int
    notes : list of str
    """
    wanted = entry.get("cells")
    if wanted is not None and wanted != "iscell":
        return stimuli.select_cells(folder, np.arange(n_rois), wanted), []
    if wanted is None and not _there(folder, "iscell"):
        return np.arange(n_rois), ["There is no iscell.npy: all ROIs were taken for cells."]
    is_cell = load_traces(folder, "iscell")[:, 0] > 0
    if len(is_cell) != n_rois or not is_cell.any():
        raise UserError(
            f"{folder}: iscell.npy tells {int(is_cell.sum())} cells of {len(is_cell)} ROIs, "
            f"expected some of {n_rois}; give `cells` as a list of ROIs"
        )
    return np.flatnonzero(is_cell), [f"iscell.npy takes {is_cell.sum()} of {n_rois} for cells."]


def _average_rois(path, traces, signal, rois, rate, window, baseline):
    """Average traces in windows, some ROIs at a time: each one's trace lies in one piece."""
    n_frames = traces[0].shape[1]
    time = np.arange(n_frames) / rate
    step = max(1, MOST_BYTES // (8 * n_frames))
    responses, n_undefined = [], 0
    for start in range(0, len(rois), step):
        part = rois[start : start + step]
        piece = np.asarray(traces[0][part], dtype=float)
        if signal == "dff":
            piece -= NEUROPIL * traces[1][part]
            rest = np.median(piece, axis=1, keepdims=True)
            n_undefined += int((rest <= 0).sum())
            rest[rest <= 0] = np.nan
            piece = (piece - rest) / rest
        means, kept, notes = windows.average_traces(path, piece.T, time, window, baseline)
        responses.append(means)
    if signal == "dff":
        notes = [
            f"dff = (Fc − F0) / F0, with Fc = F − {NEUROPIL} Fneu and F0 the median of Fc over the "
            "recording.",
            *notes,
        ]
    if n_undefined:
        notes.append(
            f"dff is NaN for {n_undefined} ROIs, whose F0 is not above 0; `responses: F` or "
            "`nan: drop_cells` are ways out."
        )
    return np.concatenate(responses, axis=1), kept, notes


def look(path):
    """List arrays of a folder, and guess the entry by which it is read."""
    folder = find_plane(path)
    arrays, comments, questions = [], {"format": f"suite2p, {folder}"}, []
    for name in ("F", "Fneu", "spks", "iscell"):
        if _there(folder, name):
            traces = load_traces(folder, name)
            array = describe_array(f"{name}.npy", np.asarray(traces[:20]))
            array.shape = traces.shape
            arrays.append(array)
    signals = [name for name, files in SIGNALS.items() if all(_there(folder, f) for f in files)]
    signal = "dff" if "dff" in signals else signals[0]
    entry = {"format": "suite2p", "responses": signal}
    comments["responses"] = f"possible: {', '.join(signals)}"
    if _there(folder, "iscell"):
        entry["cells"] = "iscell"
        comments["cells"] = "ROIs that suite2p or a person took for cells"
    try:
        entry["frame_rate"], source = find_frame_rate(folder, {})
        comments["frame_rate"] = f"frames per second, from {source}"
    except UserError as error:
        questions.append(f"Frame rate (`frame_rate`)? {error}")
    found = _find_stimuli(path, folder)
    if len(found) != 1:
        questions.append(
            "Which table tells onsets and orientations (`stimuli`)? Found "
            f"{stimuli.list_names(found)}."
        )
        return Contents("suite2p", arrays, entry, comments, questions)
    entry["stimuli"] = next(iter(found))
    comments["stimuli"] = "the only table with a column of orientations beside the traces"
    columns = found[entry["stimuli"]]
    arrays += [
        describe_array(f"{entry['stimuli']}: {name}", stimuli.comparable(values))
        for name, values in columns.items()
    ]
    entry["orientation"], entry["onset"] = _find_columns(path, columns, {})
    comments["orientation"] = comments["onset"] = "by its name"
    stimuli.ask_of_name(entry["orientation"], questions)
    onset = columns[entry["onset"]]
    if "frame_rate" in entry and onset.dtype.kind in "fiu":
        unit, reason, is_open = _guess_unit(
            entry["onset"], onset.astype(float), entry["frame_rate"], arrays[0].shape[1]
        )
        entry["onset_unit"], comments["onset_unit"] = unit, reason
        if is_open:
            questions.append(f"onset_unit: {unit} ({reason})")
    entry["baseline"] = None
    comments["baseline"] = "none; [-0.5, 0] subtracts the mean of half a second before"
    questions.append("Window after the onset, and baseline (calcium lags by 0.2 to 0.5 s)?")
    angle = stimuli.read_angles(path, entry["orientation"], columns[entry["orientation"]])
    stimuli.look_at_angles(entry["orientation"], angle, entry, comments, questions)
    return Contents("suite2p", arrays, entry, comments, questions)


def _find_stimuli(path, folder):
    """Find tables with orientations and onsets in a folder, in the plane's and beside."""
    found = {}
    places = dict.fromkeys([folder, path, os.path.normpath(os.path.join(path, os.pardir))])
    for place in places:
        for name in sorted(os.listdir(place)):
            file = os.path.normpath(os.path.join(place, name))
            suffixes = (".csv", ".tsv", ".txt", ".npz", ".parquet", ".xlsx")
            if not name.lower().endswith(suffixes) or not os.path.isfile(file):
                continue
            if os.path.getsize(file) > MOST_BYTES:  # too large for a table of stimuli
                continue
            try:
                columns = read_stimuli(file)
                _find_columns(file, columns, {})
            except UserError:
                continue
            if not any(os.path.samefile(file, other) for other in found):
                found[file] = columns
    return found
