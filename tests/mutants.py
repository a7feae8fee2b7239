"""Make careless edits, one at a time: and see whether the tests notice.

    make mutants                 all of them: an hour on two cores
    make mutants ONLY=rules      those whose group or file has these words
    make mutants SAMPLE=20       some of each group, chosen by the date

Each edit of the lists `mutants_*.py` is made in a copy of the repository, the tests that should
notice it are run there, and the edit is taken back. The tests start from a small study that was run
without the edit; those of rules run it anew, with the edit. Prints each edit that nothing noticed,
and the share of each group. Exit status 1 if it is below 90 % in any group; of a sample, if chance
does not explain that so few were noticed where 90 % would be.
"""

import argparse
import datetime
import importlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from scipy import stats
from small_study import Study

REPOSITORY = Path(__file__).resolve().parents[1]
LEAST = 0.9  # share that must be noticed
MINUTES = 15  # for the tests of one edit: one that hangs is noticed


def read_lists():
    """Gather the edits of all lists: (group, path, old, new, tests)."""
    names = sorted(path.stem for path in REPOSITORY.glob("tests/mutants_*.py"))
    return [edit for name in names for edit in importlib.import_module(name).MUTANTS]


def copy_repository(folder):
    """Copy what git knows of, and what is new and not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (REPOSITORY / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, folder / name)
    return folder


def run_tests(copy, tests, finished, *options, minutes=None):
    """Run tests in a copy of the repository, on a finished small study if there is one."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    if finished is not None:
        environment["FINISHED_STUDY"] = str(finished)
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-m",
            "",
            *options,
            *tests,
        ],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        timeout=minutes and 60 * minutes,
    )


def is_noticed(copy, finished, edit):
    """Make an edit in a copy, run its tests, take it back; tell whether any test failed."""
    group, name, old, new, tests = edit
    path = copy / name
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise ValueError(f"{name}: found {text.count(old)} times, expected once: {old!r}")
    path.write_text(text.replace(old, new), encoding="utf-8")
    try:
        start = None if group == "rules" else finished
        return run_tests(copy, tests, start, "-x", minutes=MINUTES).returncode != 0
    except subprocess.TimeoutExpired:
        return True
    finally:
        path.write_text(text, encoding="utf-8")


def choose(edits, words, sample):
    """Take the edits whose group or file has some words; of each group at most a few."""
    edits = [edit for edit in edits if words in edit[0] or words in edit[1]]
    if sample is None:
        return edits
    groups = sorted({edit[0] for edit in edits})
    random.Random(datetime.date.today().toordinal()).shuffle(edits)
    few = max(1, sample // max(1, len(groups)))
    return [edit for group in groups for edit in [e for e in edits if e[0] == group][:few]]


def main():
    """Try the edits; print what was not noticed and the share by group."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", default="", help="words of a group or of a file")
    parser.add_argument("--sample", type=int, help="how many to try")
    arguments = parser.parse_args()
    edits = choose(read_lists(), arguments.only, arguments.sample)
    if not edits:
        sys.exit(f"Error: no edit is about {arguments.only!r}")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        n_workers = os.cpu_count() or 1
        copies = Queue()
        for number in range(n_workers):
            copies.put(copy_repository(folder / f"copy{number}"))
        study = Study(copies.queue[0], folder / "study")
        study.run()
        tests = sorted({test for edit in edits for test in edit[4]})
        done = run_tests(copies.queue[0], tests, study.folder)
        if done.returncode:
            sys.exit(f"Error: without any edit the tests fail\n{done.stdout[-3000:]}")

        def attempt(edit):
            copy = copies.get()
            try:
                return is_noticed(copy, study.folder, edit)
            finally:
                copies.put(copy)

        tried, noticed = Counter(), Counter()
        with ThreadPoolExecutor(n_workers) as pool:
            for edit, found in zip(edits, pool.map(attempt, edits), strict=True):
                group, name, old, new, _ = edit
                tried[group] += 1
                noticed[group] += found
                if not found:
                    print(f"not noticed ({group}) {name}:\n  - {old}\n  + {new}", flush=True)
    for group, n_tried in tried.items():
        share = noticed[group] / n_tried
        print(f"{group}: {noticed[group]} of {n_tried} noticed ({100 * share:.0f} %)")
    if arguments.sample is None:
        is_enough = all(noticed[group] >= LEAST * n_tried for group, n_tried in tried.items())
    else:  # too few of a group to tell its share
        is_enough = stats.binom.cdf(noticed.total(), tried.total(), LEAST) >= 0.05
    if not is_enough:
        sys.exit(f"Error: fewer than {100 * LEAST:.0f} % were noticed")


if __name__ == "__main__":
    main()
