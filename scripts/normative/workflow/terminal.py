"""What a run says on the terminal: how far it is, what went wrong, and at its end where to look."""

import contextlib
import logging
import re
import signal
import time
from pathlib import Path

import psutil
from snakemake_interface_logger_plugins.common import LogEvent

from normative.workflow.errors import AGAIN
from normative.workflow.failures import STOPPING

SECONDS = 15  # between two lines that say how far the run is
KNOWN = 0.25  # of the steps, before which the time left is not told: first steps are the longest
# Lines of Snakemake, below a warning, that are shown beside those.
SHOWN = ("Nothing to be done", "Trying to restart", "Shutting down", "Complete log")
ENDING = (STOPPING, "Will exit after finishing")  # at Ctrl-C and at SIGTERM
FAILED = "At least one job did not complete successfully"
STOPPED = f"Stopped as you asked. All is well: what is finished is kept. To go on, {AGAIN[5:]}."


class Terminal(logging.Formatter):
    """Filter and format what Snakemake shows on the terminal; its log file holds everything.

    Parameters
    ----------
    formatter : logging.Formatter
        Snakemake's.
    shows_all : bool
        Whether nothing is left out, as in a dry run.
    at_end : dict of function
        How the last line of a dry run, or of one where nothing is to be done, starts → what gives
        more to tell then.
    """

    def __init__(self, formatter, shows_all, at_end):
        super().__init__()
        self.formatter, self.shows_all, self.at_end = formatter, shows_all, at_end
        self.started = self.told = time.monotonic()
        self.is_running = self.is_stopped = False

    def filter(self, record):
        """Tell whether to show a line."""
        event, text, now = getattr(record, "event", None), str(record.msg), time.monotonic()
        self.is_running |= event is LogEvent.WORKFLOW_STARTED
        self.is_stopped |= text.startswith(ENDING)
        if self.is_stopped and record.levelno > logging.INFO:
            return FAILED in text  # and not that jobs were ended
        if self.shows_all or not self.is_running or record.levelno > logging.INFO:
            return True
        if event is LogEvent.RUN_INFO:
            self.started = self.told = now
            return True
        if event is LogEvent.PROGRESS and now - self.told >= SECONDS:
            self.told = now
            return True
        return event is None and (hasattr(record, "is_shown") or text.startswith(SHOWN + ENDING))

    def format(self, record):
        """Give the text of a line."""
        event, text = getattr(record, "event", None), str(record.msg)
        if self.is_stopped and FAILED in text:
            return STOPPED
        if event is LogEvent.RUN_INFO and not self.shows_all:
            return f"{record.stats['total']} steps to do"
        if event is LogEvent.PROGRESS:
            said = f"{record.done} of {record.total} steps done"
            if record.done < KNOWN * record.total:
                return said
            left = (time.monotonic() - self.started) / record.done * (record.total - record.done)
            return f"{said}, about {duration(left)} left"
        more = [tell() for start, tell in self.at_end.items() if text.startswith(start)]
        return "\n".join([self.formatter.format(record), *filter(None, more)])


def stop_quietly(shell):
    """Let Ctrl-C end jobs without the tracebacks of what they were at.

    A terminal sends it to them as well; they are to ignore it, and Snakemake ends them by another
    signal, at which they clear up.

    Parameters
    ----------
    shell : class
        Snakemake's, by which jobs are started.
    """

    def stop(number, frame):
        for child in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                child.terminate()
        raise KeyboardInterrupt

    shell.prefix("trap '' INT; set -euo pipefail; ")
    signal.signal(signal.SIGINT, stop)


def duration(seconds):
    """Write a duration in words, to two digits."""
    minutes = round(seconds / 60)
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def where_to_look(results, asked_for, seconds=None, folder=""):
    """Tell what a successful run found, where its report is, and how long it took.

    Parameters
    ----------
    results : list of str
        Paths of all results of the run.
    asked_for : list of str
        Paths of those that it was asked for, told where there is no report.
    seconds : float, optional
    folder : str
        Where the paths are, seen from where the command was given.

    Returns
    -------
    str
        A few lines.
    """
    lines = []
    for path in map(Path, results):
        if path.name == "answers.md" and path.is_file():
            lines.append(f"\n{first_answer(path.read_text(encoding='utf-8'))}")
    reports = [path for path in results if path.endswith("/report.html") and Path(path).is_file()]
    lines += [f"\nReport: {Path(folder, path)} (open it in a browser)" for path in reports]
    if asked_for and not reports:
        lines.append(f"Made: {counted(folder, asked_for)}")
    if stale := of_another_format(results):
        lines.append(
            f"Not made by this run, of another format: {counted(folder, stale)}; delete them if "
            "you no longer need them."
        )
    if seconds is not None:
        lines.append(f"It took {duration(seconds)}.")
    return "\n".join(lines)


def counted(folder, paths):
    """Name the first of some paths, and count the others."""
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return f"{Path(folder, paths[0])}{more}"


def of_another_format(results):
    """List the figures that an earlier run left beside those of this one, PDF beside SVG."""
    other = {".pdf": ".svg", ".svg": ".pdf"}
    vectors = [path for path in map(Path, results) if path.suffix in other]
    beside = [path.with_suffix(other[path.suffix]) for path in vectors]
    return sorted(str(path) for path in beside if path.is_file() and str(path) not in results)


def first_answer(page):
    """Take the first paragraph or point of a page, and the notice of a simulation before it."""
    text = re.sub(r"^#.*$|[*`]{1,2}(?=\w)|(?<=[\w.])[*`]{1,2}", "", page, flags=re.M)
    blocks = [" ".join(block.split()) for block in re.split(r"\n\s*\n|\n(?=- )", text)]
    blocks = [block.removeprefix("- ") for block in blocks if block]
    notices = ("The recording is simulated", "The recordings are simulated")
    is_notice = blocks[:1] and blocks[0].startswith(notices)
    return " ".join(blocks[: 2 if is_notice else 1])
