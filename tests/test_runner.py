"""Outputs are whole or absent, and errors are one line."""

import os
import platform
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from normative.workflow.runner import provenance, whole_outputs

SCRIPT = """
import json, sys, time
from pathlib import Path
from types import SimpleNamespace
sys.path.append(sys.argv[1])
from normative.workflow.errors import UserError
from normative.workflow.runner import run

class Named(SimpleNamespace):
    def items(self):
        return vars(self).items()

def main(output, wildcards):
    Path(output.table).write_text("half")
    {body}

run(main, SimpleNamespace(
    rule="demo",
    log=["job.log"],
    input=Named(stimuli="stimuli.npz", networks=["network.npz"]),
    output=Named(table="out/table.csv"),
    wildcards=Named(seed="3"),
))
"""


def start(repository, folder, body):
    (folder / "out").mkdir(exist_ok=True)
    for name in ("stimuli.npz", "network.npz"):
        (folder / name).touch()
    script = folder / "script.py"
    script.write_text(SCRIPT.replace("{body}", body))
    return subprocess.Popen(
        [sys.executable, script, repository / "scripts"],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_outputs_appear_together_with_all_their_bytes(tmp_path):
    paths = {"pdf": str(tmp_path / "f.pdf"), "png": str(tmp_path / "f.png")}
    lists = {"weights": [str(tmp_path / "1.pt"), str(tmp_path / "2.pt")]}
    with whole_outputs({**paths, **lists}) as output:
        assert Path(output.pdf).name == "f.pdf"
        for path in (output.pdf, output.png, *output.weights):
            Path(path).write_text("whole")
        written = Path(output.png).stat().st_ino
        assert not Path(paths["pdf"]).exists()
    assert sorted(os.listdir(tmp_path)) == ["1.pt", "2.pt", "f.pdf", "f.png"]
    assert Path(paths["png"]).read_text() == "whole"
    assert Path(paths["png"]).stat().st_ino == written, "renamed, since a copy can break off"


def test_failure_leaves_the_old_output_and_no_rest(tmp_path):
    (tmp_path / "t.csv").write_text("old")

    def fail():
        with whole_outputs({"table": str(tmp_path / "t.csv")}) as output:
            Path(output.table).write_text("half")
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011, ours
        fail()
    assert os.listdir(tmp_path) == ["t.csv"]
    assert (tmp_path / "t.csv").read_text() == "old"


def test_users_mistake_is_one_line_on_the_terminal_and_in_the_log(repository, tmp_path):
    job = start(repository, tmp_path, "raise UserError('mine.npz: found A, expected B')")
    _, stderr = job.communicate(timeout=60)
    assert job.returncode == 1
    assert stderr == "Error: mine.npz: found A, expected B\n"
    assert (tmp_path / "job.log").read_text().endswith("ERROR mine.npz: found A, expected B\n")
    assert not os.listdir(tmp_path / "out")


def test_defect_is_logged_with_traceback_rule_and_wildcards(repository, tmp_path):
    job = start(repository, tmp_path, "raise KeyError('pool')")
    _, stderr = job.communicate(timeout=60)
    assert job.returncode == 1
    assert "KeyError: 'pool'" in stderr
    log = (tmp_path / "job.log").read_text()
    assert "rule demo, wildcards {'seed': '3'}" in log
    assert "KeyError: 'pool'" in log
    assert not os.listdir(tmp_path / "out")


def test_terminated_job_leaves_nothing(repository, tmp_path):
    job = start(repository, tmp_path, "time.sleep(60)")
    while not any((tmp_path / "out").glob(".unfinished-*/table.csv")):
        assert job.poll() is None, job.stderr.read()
        time.sleep(0.05)
    job.send_signal(signal.SIGTERM)
    job.communicate(timeout=60)
    assert job.returncode == 128 + signal.SIGTERM
    assert not os.listdir(tmp_path / "out")


def test_what_a_killed_try_left_is_removed_by_the_next(repository, tmp_path):
    job = start(repository, tmp_path, "time.sleep(60)")
    while not any((tmp_path / "out").glob(".unfinished-*/table.csv")):
        assert job.poll() is None, job.stderr.read()
        time.sleep(0.05)
    job.kill()
    job.communicate(timeout=60)
    (left,) = (tmp_path / "out").iterdir()
    (tmp_path / "out/.unfinished-other.csv-x").mkdir()  # of another job, that may be running
    job = start(repository, tmp_path, "pass")
    job.communicate(timeout=60)
    assert job.returncode == 0
    assert not left.exists()
    names = sorted(os.listdir(tmp_path / "out"))
    assert names == [".unfinished-other.csv-x", "table.csv"]


def only_line(job):
    """Wait for a job that must fail; give the one line that it says."""
    _, stderr = job.communicate(timeout=60)
    assert job.returncode == 1
    assert stderr.startswith("Error: "), stderr
    assert stderr.count("\n") == 1, stderr
    return stderr


@pytest.mark.parametrize("name", ["stimuli.npz", "network.npz"])
def test_input_that_vanishes_is_named_in_one_line(repository, tmp_path, name):
    job = start(repository, tmp_path, f"Path('{name}').unlink(); Path('{name}').read_bytes()")
    assert f"{name}: vanished while the run was under way" in only_line(job)
    assert not os.listdir(tmp_path / "out")


def test_lack_of_memory_is_one_line(repository, tmp_path):
    job = start(repository, tmp_path, "raise MemoryError('Unable to allocate 90 GiB')")
    assert "rule demo: not enough memory (Unable to allocate 90 GiB)" in only_line(job)


@pytest.mark.parametrize(
    "write",
    [
        "import numpy as np; np.savez(output.table, a=np.random.rand(10**6))",
        "import torch; torch.save(torch.rand(10**6), output.table)",
        "import pandas as pd; pd.DataFrame({'a': range(10**6)}).to_csv(output.table)",
        "import numpy as np; from normative.figures.style import plt, save; "
        "plt.imshow(np.random.rand(2000, 2000)); plt.savefig(output.table, format='pdf')",
    ],
)
def test_full_disk_is_one_line_and_leaves_nothing(repository, disk, write):
    folder = disk("size=2m")
    line = only_line(start(repository, folder, write))
    assert f"{folder}/out: no space left on the disk; make room" in line
    assert not os.listdir(folder / "out")


def test_folder_that_cannot_be_written_to_is_one_line(repository, disk, tmp_path):
    folder = disk("size=2m")
    (folder / "out").mkdir()
    (tmp_path / "out").symlink_to(folder / "out")
    disk("remount,ro")
    job = start(repository, tmp_path, "pass")
    assert "out: cannot be written to (Read-only file system); make it writable" in only_line(job)


def test_note_tells_the_versions_that_the_job_found_and_not_those_handed_over():
    """As in a conda environment, whose versions the process that plans does not see."""
    job = SimpleNamespace(
        rule="plot_rdms",
        wildcards={"dataset": "mine"},
        input={"rdms": "rdms.npz"},
        output={"png": "rdms.png", "provenance": ["rdms.json"]},
        params={"seed": 4, "code": {"digest": "abc", "packages": {"numpy": "0.0"}}},
    )
    note = provenance(test_full_disk_is_one_line_and_leaves_nothing, job)
    assert note == {
        "rule": "plot_rdms",
        "script": "scripts/test_runner.py",
        "wildcards": {"dataset": "mine"},
        "inputs": {"rdms": "rdms.npz"},
        "outputs": {"png": "rdms.png"},
        "parameters": {"seed": 4},
        "code": "abc",
        "packages": {"python": platform.python_version(), "numpy": np.__version__},
    }
