"""What failed in a run, told at its end."""

import os
import re

from normative.workflow.errors import AGAIN, disk_is_full, no_space, shorten

STOPPING = "Terminating processes on user request"  # Snakemake's words


def summarize_failures(log, results, animals=(), n_lines=3):
    """List the jobs that failed in a run.

    Parameters
    ----------
    log : str
        Path of Snakemake's log of the run.
    results : list of str
        Paths of all results of the study.
    animals : collection of str
        Of a group: its datasets.
    n_lines : int
        How many of the last lines of each job's own log to show.

    Returns
    -------
    str
        One paragraph a job: its rule, the path of its log, the last lines of that, and which of its
        results are not there. Each job once, also when it was tried again. Empty if it was no job
        that failed; one line if the disk is full.
    """
    if disk_is_full("."):  # and then this log may lack what failed
        return f"Error: {no_space(os.getcwd())}"
    with open(log, encoding="utf-8", errors="replace") as file:
        text = file.read()
    text = text.split(STOPPING)[0]  # what Ctrl-C ended has not failed
    # A job's error ends with the first line that is not indented.
    errors = re.findall(r"^Error in rule (\S+):\n((?:    .*\n)+)", text, re.M)
    jobs = {}
    for rule, details in errors:
        found = dict(re.findall(r"^    (log|output): (.+?)(?: \(check log.*)?$", details, re.M))
        if "log" in found:
            jobs[found["log"]] = rule, found.get("output", "").split(", ")
    if not jobs:
        return ""
    summary = [f"{len(jobs)} jobs failed:" if len(jobs) != 1 else "1 job failed:"]
    for path, (rule, outputs) in jobs.items():
        summary.append(f"  {rule}, log {path}")
        lines = last_lines(path, n_lines) or [f"nothing was written to it; see {log}"]
        summary += [f"    {shorten(line)}" for line in lines]
        missing = [output for output in outputs if output and not os.path.exists(output)]
        if missing:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            summary.append(f"    not there: {missing[0]}{more}")
        found = [name for name in animals if outputs[0].startswith(f"results/{name}/")]
        summary += [
            f"    Where {name} cannot be used, the group goes on without it by `left_out: "
            f"{{{name}: the reason}}` beside its `members`"
            for name in found
        ]
    n_there = sum(os.path.exists(path) for path in results)
    summary.append(
        f"{n_there} of {len(results)} results of this run are there. Remove the cause, {AGAIN}: it "
        "goes on from there. With --keep-going, jobs that do not depend on these run first."
    )
    return "\n".join(summary)


def last_lines(path, n_lines):
    """Read the last lines of a job's log, blank ones left out; none if there is no log."""
    if not os.path.isfile(path):
        return []
    with open(path, encoding="utf-8", errors="replace") as file:
        return [line for line in file.read().splitlines() if line.strip()][-n_lines:]
