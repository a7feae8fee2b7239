"""What failed in a run, told at its end."""

import os
import re

from normative.workflow.errors import disk_is_full, no_space, shorten


def summarize_failures(log, lines=3):
    """List the jobs that failed in a run.

    Parameters
    ----------
    log : str
        Path of Snakemake's log of the run.
    lines : int
        How many of the last lines of each job's own log to show.

    Returns
    -------
    str
        One paragraph a job: its rule, the path of its log, the last lines of that. Each job once,
        also when it was tried again. Empty if it was no job that failed; one line if the disk is
        full.
    """
    if disk_is_full("."):  # and then this log may lack what failed
        return f"Error: {no_space(os.getcwd())}"
    with open(log, encoding="utf-8", errors="replace") as file:
        text = file.read()
    pattern = r"^Error in rule (\S+):\n(?:    .*\n)*?    log: (.+?) \(check log"
    jobs = {path: rule for rule, path in re.findall(pattern, text, re.M)}
    if not jobs:
        return ""
    shown = [f"{len(jobs)} jobs failed:" if len(jobs) != 1 else "1 job failed:"]
    for path, rule in jobs.items():
        shown.append(f"  {rule}, log {path}")
        written = []
        if os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                written = [line for line in file.read().splitlines() if line.strip()]
        written = written or ["nothing in it: ended from outside, perhaps for lack of memory"]
        shown += [f"    {shorten(line)}" for line in written[-lines:]]
    shown.append(
        "What is done stays, and the same command goes on from there; with --keep-going, jobs that "
        "do not depend on these run first."
    )
    return "\n".join(shown)
