"""A job that fails costs what depends on it, and the end of the run says where to look."""

import contextlib
import re

import pytest

from normative.workflow.failures import summarize_failures


@pytest.fixture
def broken(new_study):
    """Give a new study in which a script fails in a way."""

    def broken(script, statement):
        study = new_study()
        study.overlay |= {"study": ["cnn"], "seeds": [12]}
        path = study.workflow / f"scripts/{script}.py"
        text, found = re.subn(
            r"(^def main\(.*\):\n)",
            rf"\1    {statement}\n",
            path.read_text(),
            count=1,
            flags=re.M,
        )
        assert found
        path.write_text(text)
        return study

    return broken


@pytest.mark.slow
def test_all_that_can_be_had_is_made_and_the_summary_names_the_log(broken):
    study = broken("compute_embeddings", "raise ValueError('two words')")
    done = study.snakemake("--cores", "2", "--keep-going")
    assert done.returncode != 0
    summary = done.stdout[done.stdout.index("1 job failed:") :]
    log = "results/logs/simulated_small/embeddings/cnn.log"
    assert f"  compute_embeddings, log {log}\n" in summary
    assert (study.folder / log).is_file()
    assert "ValueError: two words" in summary
    assert "run the same command again: it goes on from there" in summary
    made = study.results()
    assert f"{len(made)} of {len(made) + 7} results of this run are there" in summary
    assert "not there: results/simulated_small/embeddings/cnn.npz\n" in summary
    assert "simulated_small/answers.md" in made
    assert "simulated_small/paper/figure_3.pdf" in made
    assert "simulated_small/embeddings/cnn.npz" not in made
    assert "simulated_small/figures/cnn/embeddings.png" not in made
    assert "simulated_small/MANIFEST.json" not in made, "not all is there"


def test_users_mistake_stands_in_the_summary_in_one_line(broken):
    mistake = "from normative.workflow.errors import UserError; raise UserError('mine: found A')"
    study = broken("simulate_responses", mistake)
    done = study.snakemake("--cores", "1")
    assert done.returncode != 0
    summary = done.stdout[done.stdout.index("1 job failed:") :]
    assert re.search(r"ERROR mine: found A$", summary, re.M)


def test_job_that_fails_once_is_tried_again_with_more_memory(broken):
    once = (
        "import os, sys; first = not os.path.exists('tried'); open('tried', 'a').write('x'); "
        "first and sys.exit('Error: for a moment')"
    )
    study = broken("simulate_responses", once)
    target = "results/simulated_small/recording.npz"
    done = study.snakemake("--cores", "1", "--retries", "1", "--", target)
    assert done.returncode == 0, done.stdout
    assert (study.folder / "tried").read_text() == "xx"
    assert re.findall(r"mem_mb=(\d+)", study.log()) == ["1000", "2000"]
    assert "Trying to restart" in done.stdout
    assert "failed:" not in done.stdout


def test_killed_job_is_in_the_summary_although_it_wrote_no_log(broken):
    """As the system ends one that takes too much memory."""
    study = broken(
        "simulate_responses",
        "import os; os.remove('results/logs/simulated_small/"
        "simulate_responses.log'); os.kill(os.getpid(), 9)",
    )
    done = study.snakemake("--cores", "1")
    assert done.returncode != 0
    summary = done.stdout[done.stdout.index("1 job failed:") :]
    assert "simulate_responses, log results/logs/simulated_small/simulate_responses.log" in summary
    assert re.search(r"nothing was written to it; see .*\.snakemake/log/.*\.log$", summary, re.M)
    assert "memory" not in summary, "why it ended is not known"
    assert "not there: results/simulated_small/recording.npz" in summary
    assert re.search(r"^\d+ of \d+ results of this run are there\.", summary, re.M)
    assert not list((study.folder / "results").rglob("recording.npz"))


def test_summary_of_a_full_disk_says_so(disk, monkeypatch):
    """Snakemake's log may lack what failed then, since it is on the same disk."""
    folder = disk("size=1m")
    monkeypatch.chdir(folder)
    log = folder / "log"
    log.write_text("")
    assert summarize_failures(log, []) == ""
    with contextlib.suppress(OSError), open(folder / "all", "wb", buffering=0) as file:
        file.write(bytes(1 << 20))
    assert summarize_failures(log, []) == (
        f"Error: {folder}: no space left on the disk; make room, then run the same command again"
    )


LOG = """
Building DAG of jobs...
Error in rule train_networks:
    message: Train networks cnn, seeds 3-4
    jobid: 3
    input: stimuli.npz
    output: weights.pt, training_log.csv
    log: train.log (check log file(s) for error details)
RuleException:
Error in rule train_networks:
    message: Train networks cnn, seeds 3-4
    jobid: 3
    output: weights.pt, training_log.csv
    log: train.log (check log file(s) for error details)
Error in rule plot_rdms:
    jobid: 9
    output: rdms.png
    log: plot.log, /slurm/77.log (check log file(s) for error details)
"""


def test_what_ctrl_c_ended_is_no_failure(tmp_path, monkeypatch):
    """But what failed before it is one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run.log").write_text(f"Terminating processes on user request, …\n{LOG}")
    assert summarize_failures("run.log", []) == ""
    (tmp_path / "run.log").write_text(f"{LOG}Terminating processes on user request, …\n")
    assert summarize_failures("run.log", []).startswith("2 jobs failed:")


def test_summary_says_of_each_job_once_what_is_there_and_what_is_not(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    files = {"run.log": LOG, "train.log": "1\n\n2\n3\n4\n", "weights.pt": "", "other.csv": ""}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    results = ["weights.pt", "training_log.csv", "rdms.png", "other.csv"]
    assert summarize_failures("run.log", results).splitlines() == [
        "2 jobs failed:",
        "  train_networks, log train.log",
        "    2",
        "    3",
        "    4",
        "    not there: training_log.csv",
        "  plot_rdms, log plot.log, /slurm/77.log",
        "    nothing was written to it; see run.log",
        "    not there: rdms.png",
        "2 of 4 results of this run are there. Remove the cause, then run the same command again: "
        "it goes on from there. With --keep-going, jobs that do not depend on these run first.",
    ]


def test_summary_tells_how_a_group_goes_on_without_an_animal(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    log = LOG.replace("output: rdms.png", "output: results/mouse_2/responses.npz")
    (tmp_path / "run.log").write_text(log)
    summary = summarize_failures("run.log", [], ["mouse_1", "mouse_2"]).splitlines()
    place = summary.index("    not there: results/mouse_2/responses.npz")
    assert summary[place + 1] == (
        "    Where mouse_2 cannot be used, the group goes on without it by "
        "`left_out: {mouse_2: the reason}` beside its `members`"
    )
    assert sum("left_out" in line for line in summary) == 1
