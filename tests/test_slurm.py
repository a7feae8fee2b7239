"""The study on a real Slurm: same bytes, and nothing lost when something is killed."""

import importlib.util
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from slurm_cluster import Cluster, missing

from normative.workflow.terminal import STOPPED

pytestmark = pytest.mark.slow

# What the study is asked for where something is killed: nine jobs, two of them training.
TABLE = "simulated_small/tables/rdm_correlations.csv"
SOON = ["--slurm-init-seconds-before-status-checks", "2", "--seconds-between-status-checks", "2"]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Give a Slurm of one node; skip without one, unless REQUIRE_SLURM is set."""
    reason = missing()
    if not reason and importlib.util.find_spec("snakemake_executor_plugin_slurm") is None:
        reason = "no executor plugin: pip install -r requirements-slurm.txt"
    if reason and os.environ.get("REQUIRE_SLURM"):
        pytest.fail(reason)
    elif reason:
        pytest.skip(reason)
    cluster = Cluster(tmp_path_factory.mktemp("slurm"))
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture
def submit(cluster, new_study):
    """Give a new study and a function that starts it through the profile for Slurm."""
    study = new_study()

    def submit(*arguments, **options):
        profile = study.workflow / "profiles/slurm"
        return study.start(
            *("--profile", profile, *SOON, *arguments), **options, **cluster.environment
        )

    yield study, submit
    for job in cluster.queue():
        cluster.command("scancel", job)


def finish(process):
    output, _ = process.communicate(timeout=600)
    assert process.returncode == 0, output
    return output


def training_job(cluster, process):
    """Wait until a training job runs; give its number."""
    while True:
        assert process.poll() is None, process.stdout.read()
        jobs = cluster.command("squeue", "--noheader", "--states", "R", "--format", "%i %k")
        for line in jobs.splitlines():
            if "train_networks" in line:
                return line.split()[0]
        time.sleep(0.2)


def assert_same_table(mine, study):
    """The table, and all that it is made from, has the bytes of a local run."""
    made = mine.results()
    assert TABLE in made
    assert made.items() <= study.results().items()


def test_demo_through_slurm_gives_the_bytes_of_a_local_run(submit, new_study):
    study, start = submit
    local = new_study()
    local.overlay = study.overlay = {"dataset": "simulated", "study": ["cnn"]}
    finish(start())
    submitted = study.log().count("has been submitted with SLURM jobid")
    local.run()
    assert study.results() == local.results()
    assert len(study.results()) > 80
    assert submitted == 32, "ten seeds are two jobs a step"


def test_job_that_exceeds_its_memory_is_sent_again_with_more(submit, study):
    mine, start = submit
    weights = "results/models/cnn/seeds-3-4/weights.pt"
    output = finish(start(weights, "--set-resources", "train_networks:mem_mb=attempt*350"))
    assert "failed, SLURM status is" in output
    (log,) = re.findall(r"log: .*, (/.*\.log) \(check log", output)
    assert "Exceeded job memory limit" in Path(log).read_text()
    assert "Trying to restart job" in output
    assert (
        mine.results()[weights.removeprefix("results/")]
        == study.results()[weights.removeprefix("results/")]
    )


def test_ctrl_c_cancels_all_jobs_and_says_how_to_go_on(cluster, submit):
    _, start = submit
    process = start(within=["setsid"])
    training_job(cluster, process)
    os.killpg(process.pid, signal.SIGINT)
    said, _ = process.communicate(timeout=120)
    assert said.splitlines()[-1] == STOPPED
    assert "Traceback" not in said
    assert not cluster.queue()


def test_job_canceled_from_outside_is_sent_again(cluster, submit, study):
    mine, start = submit
    process = start(f"results/{TABLE}")
    cluster.command("scancel", training_job(cluster, process))
    assert "Trying to restart job" in finish(process)
    assert_same_table(mine, study)


def test_restarted_controller_loses_nothing(cluster, submit, study):
    mine, start = submit
    process = start(f"results/{TABLE}")
    training_job(cluster, process)
    cluster.stop_controller()
    time.sleep(5)
    cluster.start_controller()
    finish(process)
    assert_same_table(mine, study)


def test_way_back_after_snakemake_was_killed(cluster, submit, study):
    """The three lines of the documentation; no job writes any more when the study starts again."""
    mine, start = submit
    process = start(f"results/{TABLE}")
    training_job(cluster, process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert cluster.queue(), "jobs outlive Snakemake"

    subprocess.run(
        [mine.workflow / "profiles/slurm/cancel"],
        cwd=mine.folder,
        env={**os.environ, **cluster.environment},
        check=True,
    )
    assert not cluster.queue()
    unlocked = mine.snakemake("--unlock")
    assert unlocked.returncode == 0, unlocked.stdout
    finish(start(f"results/{TABLE}"))
    assert_same_table(mine, study)
