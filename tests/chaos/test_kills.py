"""Killed at any moment, the same command again ends with the results of an undisturbed run.

KILLS in the environment says how often; make chaos: a hundred times.
"""

import contextlib
import os
import random
import shutil
import time

import psutil
import pytest

KILLS = int(os.environ.get("KILLS", "3"))


@pytest.fixture(scope="module")
def victim(tiny_study):
    return tiny_study()


def prepare(study, chance):
    """Take away all results, or some; say whether all."""
    if chance.random() < 0.3 or not study.results():
        shutil.rmtree(study.folder / "results", ignore_errors=True)
        return True
    for name in study.results():
        if chance.random() < 0.3:
            (study.folder / "results" / name).unlink()
    return False


def processes_of(study):
    """All processes that run for a study, also those whose parent is gone."""
    found = []
    for process in psutil.process_iter(["cwd", "cmdline"]):
        words = [process.info["cwd"] or "", *(process.info["cmdline"] or [])]
        if any(str(study.folder) in word for word in words):
            found.append(process)
    return found


def kill(snakemake, kind, chance):
    """Kill -9: Snakemake alone, a random job with all below it, or everything at once."""
    main = psutil.Process(snakemake.pid)
    jobs = main.children()
    if kind == "snakemake":
        victims = [main]
    elif kind == "job":
        job = chance.choice(jobs) if jobs else None
        victims = [job, *job.children(recursive=True)] if job else []
    else:
        victims = [main, *main.children(recursive=True)]
    for process in victims:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


@pytest.mark.parametrize(
    "number", [0, *(pytest.param(number, marks=pytest.mark.slow) for number in range(1, KILLS))]
)
def test_killed_run_ends_as_if_undisturbed(victim, clean, again, number):
    chance = random.Random(number)
    everything = prepare(victim, chance)
    snakemake = victim.start("--cores", "2")
    time.sleep(chance.uniform(0.5, clean.seconds * (1 if everything else 0.6)))
    if snakemake.poll() is None:
        kill(snakemake, ("snakemake", "job", "all")[number % 3], chance)
    snakemake.communicate(timeout=300)
    again(victim)
    deadline = time.monotonic() + 60
    while processes_of(victim) and time.monotonic() < deadline:
        time.sleep(0.1)  # jobs of the killed run, whose results may come late
    assert victim.results() == clean.results
    assert not list(victim.folder.rglob(".unfinished-*"))
