"""Times of one thing done in several ways, interleaved, and what their results differ by."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd


@dataclass
class Row:
    """A task, done by us and by peers.

    Parameters
    ----------
    task : str
    ours : function
        Called without arguments.
    peers : dict
        Name → function.
    difference : function or None
        Largest difference of our result, its first argument, from a peer's, where that is not None.
    of : str
        What that is a difference of.
    threads : int
    share : dict
        Name of a peer that does a part of the task only → that part; its time is divided by it.
    """

    task: str
    ours: Callable
    peers: dict
    difference: Callable | None = None
    of: str = ""
    threads: int = 1
    share: dict = field(default_factory=dict)


def largest_difference(found, expected):
    """Of two arrays."""
    return float(np.nanmax(np.abs(np.asarray(found) - np.asarray(expected))))


def timed(function):
    """Give the seconds and the result."""
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def measure(row, runs):
    """Run all ways one after the other, several times, and compare each time.

    The first round, in which libraries load and caches fill, is not counted where it is short.

    Returns
    -------
    pandas.DataFrame
        One row a peer: median seconds of both, and the ratio peer / ours with its range.
    """
    seconds, _ = timed(row.ours)
    if seconds < 5:
        for peer in row.peers.values():
            peer()
    times = {name: [] for name in ("ours", *row.peers)}
    differences = {}
    for _ in range(runs):
        seconds, result = timed(row.ours)
        times["ours"].append(seconds)
        for name, peer in row.peers.items():
            seconds, expected = timed(peer)
            times[name].append(seconds / row.share.get(name, 1))
            found = np.nan if expected is None else row.difference(result, expected)
            differences[name] = max(found, differences.get(name, found))
    ours = np.array(times["ours"])
    rows = []
    for name in row.peers:
        ratios = np.array(times[name]) / ours
        rows.append(
            {
                "task": row.task,
                "peer": name,
                "threads": row.threads,
                "runs": runs,
                "ours_s": np.median(ours),
                "peer_s": np.median(times[name]),
                "ratio": np.median(ratios),
                "ratio_low": ratios.min(),
                "ratio_high": ratios.max(),
                "difference": differences[name],
                "of": row.of if np.isfinite(differences[name]) else "",
            }
        )
    return pd.DataFrame(rows)
