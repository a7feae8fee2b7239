"""A full disk, a folder that is read-only, two runs at once, a clock that jumps."""

import os
import re
import shutil
import time

import pytest

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("size", ["1m", "3m"])
def test_full_disk_is_told_and_recovered_from(tiny_study, clean, again, disk, size):
    study = tiny_study()
    shutil.rmtree(study.folder)
    study.folder = disk(f"size={size}")
    done = study.snakemake("--cores", "2")
    assert done.returncode != 0
    # Snakemake's own notes on a job may be what there is no room for.
    line = r"^(Error: /.+: no space left on the disk; make room|Error recording .+ No space left)"
    assert re.search(line, done.stdout, re.M), done.stdout
    disk("remount,size=500m")
    again(study)
    assert study.results() == clean.results
    assert not list(study.folder.rglob(".unfinished-*"))


def test_read_only_folder_is_told_and_recovered_from(tiny_study, clean, again, disk):
    study = tiny_study()
    shutil.rmtree(study.folder)
    study.folder = disk("size=500m")
    disk("remount,ro")
    done = study.snakemake("--cores", "2")
    assert done.returncode != 0
    assert "Read-only file system" in done.stdout
    disk("remount,rw")
    again(study)
    assert study.results() == clean.results


def test_second_run_in_the_same_folder_is_refused_and_disturbs_nothing(tiny_study, clean):
    study = tiny_study()
    first = study.start("--cores", "2")
    while not list(study.folder.glob(".snakemake/locks/*")):
        assert first.poll() is None
        time.sleep(0.05)
    other = {"simulate": {"neurons": 9, "stimuli": 36, "trials": 4, "seed": 1}}
    overlay = {"datasets": {**study.overlay["datasets"], "simulated_other": other}}
    study.run("results/simulated_other/recording.npz", overlay=overlay)  # shares no file, and ends
    second = study.snakemake("--cores", "2", overlay={"seeds": [12, 99]})
    assert second.returncode != 0
    assert "cannot be locked" in second.stdout
    assert first.poll() is None
    first.communicate(timeout=300)
    assert not list(study.folder.glob(".snakemake/locks/*"))
    assert first.returncode == 0
    assert study.results() == clean.results


@pytest.mark.skipif(not shutil.which("faketime"), reason="needs Debian's faketime")
@pytest.mark.parametrize("jump", ["-2d", "+2d"])
def test_clock_that_jumps_changes_no_result(tiny_study, clean, again, at_another_time, jump):
    study = tiny_study()
    study.run("results/simulated_small/tables/rdm_correlations.csv")
    path = study.folder / "results/simulated_small/responses.npz"
    path.unlink()
    then = at_another_time(jump)
    if jump == "-2d":  # what is made now is older than what it is made of
        done = study.snakemake("--cores", "2", **then)
        assert done.returncode != 0
        assert "This could indicate a clock skew problem" in done.stdout
        assert "0 jobs failed" not in done.stdout
    else:
        again(study, **then)
    again(study)
    assert study.results() == clean.results


def test_input_touched_or_taken_away_between_two_runs_is_made_again(tiny_study, clean, again):
    study = tiny_study()
    study.run()
    for name in ("recording.npz", "rdms/recording.npz", "similarities/means.npz"):
        path = study.folder / "results/simulated_small" / name
        os.utime(path, (0, 0))
    for name in ("stimuli.npz", "bootstrap/neurons.npy"):
        (study.folder / "results/simulated_small" / name).unlink()
    again(study)
    assert study.results() == clean.results
