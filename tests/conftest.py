"""What several tests share: the repository, and a small study run by Snakemake."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock
from small_study import Study


@pytest.fixture(scope="session")
def repository():
    """Folder of the workflow."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def new_study(repository, tmp_path_factory):
    """Make a fresh study."""
    return lambda: Study(repository, tmp_path_factory.mktemp("study with a space"))


@pytest.fixture(scope="session")
def study(new_study, tmp_path_factory):
    """Give the small study, run to its end. Tests leave its results as they found them.

    It is run once for all processes of pytest. FINISHED_STUDY in the environment names a folder
    where it was run before.
    """
    study = new_study()
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # of all processes
    finished = Path(os.environ.get("FINISHED_STUDY", folder / "finished study"))
    with FileLock(folder / "finished study.lock"):
        if not finished.exists():
            study.run()
            shutil.copytree(study.folder, finished)
            return study
    shutil.copytree(finished, study.folder, dirs_exist_ok=True)
    return study


@pytest.fixture
def at_another_time(tmp_path):
    """Give a function of a shift, such as +2d: options of a run in which clocks are shifted.

    Slurm's commands are out of reach there: its plugin waits for one with a time-out, and faketime
    at times makes such a wait fail.
    """

    def at_another_time(shift):
        commands = tmp_path / "commands"
        commands.mkdir()
        for name in ("bash", "sh", "which"):
            (commands / name).symlink_to(shutil.which(name))
        return {
            "within": [shutil.which("faketime"), "-f", shift],
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "PATH": str(commands),
        }

    return at_another_time


@pytest.fixture
def disk(tmp_path):
    """Give a function that makes a small file system of its own, or changes one; needs root."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(options):
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder]
        if subprocess.run(command, capture_output=True).returncode:
            pytest.skip("needs the right to mount a file system")
        return folder

    yield mount
    subprocess.run(["umount", "--lazy", folder], check=False)


@pytest.fixture(scope="module")
def one_thread():
    """Use one thread of torch, as jobs do."""
    import torch  # which other tests need not load

    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(n_threads)
