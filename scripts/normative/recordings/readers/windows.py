"""Responses within a window of time after each stimulus's onset, from traces or spike times."""

import numpy as np

from normative.workflow.errors import UserError

PIECE = 32 << 20  # bytes of traces that are held at once

# Shares of a frame's duration: onsets and times of frames are rounded differently.
ROUNDING = 1e-3
SAME_TIME = 1e-6  # seconds, by which ends of windows and of intervals may differ by rounding


def stimulus_windows(path, onset, stop, entry):
    """Give each stimulus's window, in seconds of the recording.

    Parameters
    ----------
    path : str
        Of the recording, for messages.
    onset : array, shape (stimuli,)
        Seconds, of all stimuli that were shown: one that is not used ends the window before it.
    stop : array, shape (stimuli,), or None
        Ends of the stimuli, where they are known.
    entry : dict
        `window` and `baseline` of the dataset: [start, stop] in seconds after the onset, or None.

    Returns
    -------
    window, baseline : array, shape (stimuli, 2)
        `baseline` is None if there is none.
    notes : list of str
    """
    window, baseline = (
        _interval(path, name, onset, entry.get(name)) for name in ("window", "baseline")
    )
    notes = []
    if window is not None:
        start, end = entry["window"]
        notes.append(f"Responses are means from {start:g} to {end:g} s after each onset.")
    elif stop is not None:
        window = np.stack([onset, stop], axis=1)
        notes.append("No `window` is given: responses are means from each onset to its stop.")
    else:
        starts = np.unique(onset[np.isfinite(onset)])
        if len(starts) < 2:
            raise UserError(
                f"{path}: neither the stimuli's ends nor a second onset is known, so no window is; "
                "give `window: [start, stop]` in seconds after the onset"
            )
        following = np.append(starts[1:], starts[-1] + np.median(np.diff(starts)))
        index = np.minimum(np.searchsorted(starts, onset), len(starts) - 1)  # of NaN, the last
        window = np.stack([onset, following[index]], axis=1)
        notes.append("No `window` is given: responses are means from each onset to the next.")
    if baseline is None:
        notes.append("No baseline was subtracted.")
    else:
        start, end = entry["baseline"]
        notes.append(f"The mean from {start:g} to {end:g} s after the onset was subtracted.")
    notes += _warn_of_others(onset, stop, window, baseline)
    if not (window[:, 1] > window[:, 0]).any():
        raise UserError(
            f"{path}: no stimulus's window ends after it starts, expected stops after onsets; give "
            "`window: [start, stop]` in seconds after the onset"
        )
    return window, baseline, notes


def _warn_of_others(onset, stop, window, baseline):
    """Warn of windows that go on in the next stimulus, and of baselines within one.

    Where ends are not known, a stimulus is taken to begin at its onset and no more.
    """
    starts = np.unique(onset[np.isfinite(onset)])
    following = np.append(starts, np.inf)[np.searchsorted(starts, onset, side="right")]
    before = np.searchsorted(starts, onset, side="left") - 1
    notes = []
    if n_over := int((window[:, 1] > following + SAME_TIME).sum()):
        notes.append(
            f"Warning: windows of {n_over} of {len(onset)} stimuli go on after the onset of the "
            "next: their means mix responses to both."
        )
    if baseline is None:
        return notes
    end = onset + SAME_TIME if stop is None else stop
    last = np.full(len(starts), -np.inf)  # end of each stimulus, by its onset
    there = np.isfinite(onset) & np.isfinite(end)
    np.maximum.at(last, np.searchsorted(starts, onset[there]), end[there])
    previous = np.append(last, -np.inf)[before]  # the place -1 is of none
    own = baseline[:, 1] > onset + SAME_TIME
    if stop is not None:
        own &= baseline[:, 0] < end
    if n_within := int((own | (baseline[:, 0] < previous - SAME_TIME)).sum()):
        notes.append(
            f"Warning: baselines of {n_within} of {len(onset)} stimuli lie within a stimulus, "
            "their own or the one before: what is subtracted holds responses."
        )
    return notes


def _interval(path, name, onset, interval):
    if interval is None:
        return None
    if len(interval) != 2 or not interval[0] < interval[1]:
        raise UserError(
            f"{path}: `{name}` is {list(interval)}, expected [start, stop] with start before stop"
        )
    return onset[:, None] + np.asarray(interval, dtype=float)


def average_traces(path, traces, time, window, baseline=None):
    """Average traces within each stimulus's window, less the mean of its baseline.

    A frame is in a window if its time is: start ≤ time < stop. Reads the traces in pieces.

    Parameters
    ----------
    path : str
        For messages.
    traces : array or HDF5 dataset, shape (frames, cells)
    time : array, shape (frames,)
        Ascending, seconds.
    window, baseline : array, shape (stimuli, 2)
        Seconds. `baseline` may be None.

    Returns
    -------
    responses : array of float64, shape (kept, cells)
    kept : array of bool, shape (stimuli,)
        False where a window leaves the recording or has no frame.
    notes : list of str

    Raises
    ------
    UserError
        If times do not fit the traces or do not ascend, or no window is within the recording.
    """
    if time.shape != (len(traces),):
        raise UserError(
            f"{path}: found times of {len(time)} frames and traces of {len(traces)}, expected as "
            "many; check the order of axes (`axes`) and the file"
        )
    if len(time) < 2 or not np.isfinite(time).all() or (np.diff(time) <= 0).any():
        raise UserError(
            f"{path}: the times of the frames do not ascend or are not finite, expected at least "
            "2 ascending times in seconds; correct them"
        )
    frame = float(np.median(np.diff(time)))
    windows = [window] if baseline is None else [window, baseline]
    limits = time[0], time[-1] + frame
    outside, empty, frames = np.zeros(len(window), bool), np.zeros(len(window), bool), []
    for each in windows:
        edges = np.searchsorted(time, each - ROUNDING * frame)
        outside |= (each[:, 0] < limits[0] - ROUNDING * frame) | (
            each[:, 1] > limits[1] + ROUNDING * frame
        )
        empty |= edges[:, 1] <= edges[:, 0]
        frames.append(edges)
    kept, empty = ~(outside | empty), empty & ~outside
    notes = _left_out(path, kept, outside, empty, limits, "frame")
    means = [_average_frames(traces, edges[kept]) for edges in frames]
    return (means[0] if baseline is None else means[0] - means[1]), kept, notes


def _left_out(path, kept, outside, empty, limits, sample):
    notes = []
    if outside.any():
        notes.append(
            f"Left out: {outside.sum()} of {len(kept)} stimuli, whose window leaves the recording "
            f"({limits[0]:g} to {limits[1]:g} s)."
        )
    if empty.any():
        notes.append(
            f"Left out: {empty.sum()} of {len(kept)} stimuli, whose window holds no {sample}."
        )
    if not kept.any():
        raise UserError(
            f"{path}: of {len(kept)} stimuli, {outside.sum()} have windows that leave the "
            f"recording ({limits[0]:g} to {limits[1]:g} s) and {empty.sum()} ones without a "
            f"{sample}, expected some within; check the onsets' unit, `window` and `baseline`"
        )
    return notes


def _average_frames(traces, edges):
    """Average rows `edges[i, 0]:edges[i, 1]` of traces for each i, reading each piece once."""
    n_cells = traces.shape[1]
    sums = np.zeros((len(edges), n_cells))
    most = max(1, PIECE // (max(1, n_cells) * traces.dtype.itemsize))
    order = np.argsort(edges[:, 0], kind="stable")
    first = 0
    while first < len(order):
        # As many windows as fit into a piece; one that is longer is read in several.
        begin = edges[order[first], 0]
        last = first + 1
        while last < len(order) and edges[order[last], 1] <= begin + most:
            last += 1
        end = edges[order[first:last], 1].max()
        for start in range(begin, end, most):
            piece = np.asarray(traces[start : min(start + most, end)])
            for index in order[first:last]:
                rows = piece[max(0, edges[index, 0] - start) : max(0, edges[index, 1] - start)]
                sums[index] += rows.sum(axis=0, dtype=float)
        first = last
    return sums / np.diff(edges, axis=1)


def count_spikes(path, spike_times, window, baseline=None, observed=None):
    """Compute each unit's rate within each stimulus's window, less that of its baseline.

    Parameters
    ----------
    path : str
        For messages.
    spike_times : iterable of array, shape (spikes,)
        Seconds, one array a unit.
    window, baseline : array, shape (stimuli, 2)
        Seconds. `baseline` may be None.
    observed : list of array, shape (intervals, 2), optional
        When each unit was observed, in seconds; without it, windows after the last spike of all
        units or before the first are taken to be outside.

    Returns
    -------
    rates : array of float64, shape (kept, units)
        Spikes per second; NaN where a unit was not observed throughout.
    kept : array of bool, shape (stimuli,)
    notes : list of str
    """
    windows = [window] if baseline is None else [window, baseline]
    rates, first, last = [], np.inf, -np.inf
    for times in spike_times:
        times = np.sort(np.asarray(times, dtype=float))
        if not np.isfinite(times).all():
            raise UserError(
                f"{path}: spike times hold NaN or infinite values, expected seconds; remove them"
            )
        if times.size:
            first, last = min(first, times[0]), max(last, times[-1])
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = [
                np.diff(np.searchsorted(times, each), axis=1)[:, 0] / np.diff(each, axis=1)[:, 0]
                for each in windows
            ]
        rates.append(rate[0] if baseline is None else rate[0] - rate[1])
    if not np.isfinite(first):
        raise UserError(f"{path}: no unit has a spike, expected spike times in seconds")
    rates = np.stack(rates, axis=1)
    every = np.concatenate(windows, axis=1)
    limits = float(first), float(last)
    outside = (every[:, ::2].min(axis=1) > last) | (every[:, 1::2].max(axis=1) < first)
    if observed is not None:
        limits = min(each.min() for each in observed), max(each.max() for each in observed)
        is_seen = np.stack(
            [
                np.all([is_within(each, intervals) for each in windows], axis=0)
                for intervals in observed
            ],
            axis=1,
        )  # stimuli × units
        rates[~is_seen] = np.nan
        outside = ~is_seen.any(axis=1)
    empty = ~(np.diff(every, axis=1)[:, ::2] > 0).all(axis=1) & ~outside
    kept = ~(outside | empty)
    notes = _left_out(path, kept, outside, empty, limits, "time")
    rates = rates[kept]
    if n_gaps := int(np.isnan(rates).any(axis=0).sum()):
        notes.append(
            f"{n_gaps} of {rates.shape[1]} units were not observed during some of the "
            f"{len(rates)} stimuli: their rates there are NaN."
        )
    return rates, kept, notes


def is_within(window, intervals):
    """Tell which windows lie in one of some intervals, those that touch taken together.

    Parameters
    ----------
    window : array, shape (stimuli, 2)
    intervals : array, shape (intervals, 2)

    Returns
    -------
    array of bool, shape (stimuli,)
    """
    start, stop = intervals[np.argsort(intervals[:, 0])].T
    stop = np.maximum.accumulate(stop)
    is_first = np.append(True, start[1:] > stop[:-1] + SAME_TIME)
    start, stop = start[is_first], stop[np.append(is_first[1:], True)]
    index = np.searchsorted(start, window[:, 0] + SAME_TIME, side="right") - 1
    return (index >= 0) & (window[:, 1] <= stop[index] + SAME_TIME)
