"""A run says little while it goes on, all that went wrong, and at its end where to look."""

import logging
import os
import re
import signal
import time

import pytest
from snakemake_interface_logger_plugins.common import LogEvent

from normative.workflow import terminal
from normative.workflow.terminal import Terminal, duration, first_answer, where_to_look


def record(message, level=logging.INFO, **extra):
    found = logging.LogRecord("snakemake", level, "", 0, message, (), None)
    vars(found).update(extra)
    return found


@pytest.fixture
def shown(monkeypatch):
    """Give a function that shows the lines of a run: the seconds at which each comes, and it."""

    def shown(records, shows_all=False, at_end=None):
        clock = [0]
        monkeypatch.setattr(terminal.time, "monotonic", lambda: clock[0])
        shows = Terminal(logging.Formatter(), shows_all, at_end or {})
        lines = []
        for clock[0], found in records:
            if shows.filter(found):
                lines.append(shows.format(found))
        return lines

    return shown


START = [
    (0, record("Building DAG of jobs...")),
    (0, record("", event=LogEvent.WORKFLOW_STARTED)),
    (0, record("Job stats", event=LogEvent.RUN_INFO, stats={"total": 200})),
]


def job(number, seconds=2):
    at = number * seconds
    return [
        (at, record("Select jobs to execute...")),
        (at, record("rule x:", event=LogEvent.JOB_INFO)),
        (at, record("Finished jobid", event=LogEvent.JOB_FINISHED)),
        (at, record(None, event=LogEvent.PROGRESS, done=number, total=200)),
    ]


def test_a_few_lines_a_minute_say_how_far_it_is_and_how_long_it_takes(shown):
    lines = shown([*START, *(line for number in range(1, 91) for line in job(number))])
    assert lines[:2] == ["Building DAG of jobs...", "200 steps to do"]
    assert lines[2] == "8 of 200 steps done"
    assert lines[7:9] == ["48 of 200 steps done", "56 of 200 steps done, about 5 min left"]
    assert lines[-1] == "88 of 200 steps done, about 4 min left"
    assert len(lines) == 2 + 11, "180 seconds, one line in 16"


def test_warnings_and_errors_are_shown(shown):
    wrong = [
        (9, record("careful", logging.WARNING)),
        (9, record("Error in rule x", logging.ERROR, event=LogEvent.JOB_ERROR)),
        (9, record("Trying to restart job 3.")),
        (9, record("At least one job did not complete successfully.", logging.ERROR)),
    ]
    assert shown([*START, *wrong])[2:] == [found.msg for _, found in wrong]


def test_dry_run_shows_all_and_more_at_its_end(shown):
    run = [*START, *job(1), (9, record("This was a dry-run (flag -n)."))]
    lines = shown(run, shows_all=True, at_end={"This was a dry-run": lambda: "replaces"})
    assert len(lines) == len(run)
    assert lines[-1] == "This was a dry-run (flag -n).\nreplaces"


def test_what_was_stopped_is_no_error(shown):
    """Jobs that Ctrl-C ended are not told as failed, and the last line says how to go on."""
    run = [
        (5, record("Terminating processes on user request, this might take some time.")),
        (6, record("Error in rule x", logging.ERROR, event=LogEvent.JOB_ERROR)),
        (7, record("WorkflowError:\nAt least one job did not complete successfully.", 40)),
    ]
    assert shown([*START, *run])[2:] == [run[0][1].msg, terminal.STOPPED]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min"), (3500, "58 min"), (7500, "2 h 5 min")],
)
def test_duration_is_in_words(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("page", "answer"),
    [
        ("# A\n\nTraining **matters**:\n`pool` wins.\n\nMore.\n", "Training matters: pool wins."),
        ("# Answers\n\n## Which?\n\n- The first\n  point.\n- The second.\n", "The first point."),
        (
            "# Answers\n\nThe recording is **simulated**: no mice.\n\n## Which\n\n- `pool`.\n- b",
            "The recording is simulated: no mice. pool.",
        ),
        ("# A\nAt 3 * 4 and snake_case.", "At 3 * 4 and snake_case."),
        ("", ""),
    ],
)  # fmt: skip
def test_answer_is_the_first_thing_that_the_page_says(page, answer):
    assert first_answer(page) == answer


def test_end_of_a_run_tells_the_answer_the_report_and_the_time(tmp_path):
    results = [str(tmp_path / name) for name in ("a.csv", "answers.md", "report.html")]
    assert where_to_look(results, results[:1], 61) == f"Made: {results[0]}\nIt took 1 min."
    assert where_to_look(results, results, 3).startswith(f"Made: {results[0]} and 2 more\n")
    (tmp_path / "answers.md").write_text("# Answers\n\nYes.\n")
    (tmp_path / "report.html").touch()
    assert where_to_look(results, results, 61) == (
        f"\nYes.\n\nReport: {results[2]} (open it in a browser)\nIt took 1 min."
    )


def test_figures_of_the_format_of_an_earlier_run_are_told(tmp_path):
    for name in ("a.pdf", "a.svg", "b.pdf", "b.svg", "c.svg", "d.pdf"):
        (tmp_path / name).touch()
    results = [str(tmp_path / name) for name in ("b.svg", "a.svg", "c.svg")]
    said = where_to_look(results, results[2:])
    assert said.splitlines()[1:] == [
        f"Not made by this run, of another format: {tmp_path / 'a.pdf'} and 1 more; delete them if "
        "you no longer need them."
    ]
    both = [*results, str(tmp_path / "a.pdf"), str(tmp_path / "b.pdf")]
    assert "another format" not in where_to_look(both, both)


def test_paths_at_the_end_are_seen_from_where_the_command_was_given():
    said = where_to_look(["results/a.csv"], ["results/a.csv"], folder="studies/bin6")
    assert said == "Made: studies/bin6/results/a.csv"


def test_run_says_little_and_its_log_everything(new_study):
    study = new_study()
    target = "results/simulated_small/responses.npz"
    lines = study.run("--", target).stdout.splitlines()
    assert "2 steps to do" in lines
    assert f"Made: {study.folder / target}" in lines
    assert re.match(r"It took \d+ s\.", lines[-2])
    assert lines[-1].startswith("Complete log(s): ")
    assert len(lines) < 8, lines
    log = study.log()
    for said in ("rule simulate_responses", "rule bin_responses", "2 of 2 steps (100%) done"):
        assert said in log, said
    assert f"Made: {study.folder / target}" in log
    again = study.run("--", target).stdout.splitlines()
    assert again[-1] == f"Made: {study.folder / target}"
    assert again[-2].startswith("Nothing to be done")


def test_ctrl_c_ends_in_a_line_that_says_how_to_go_on(new_study):
    study = new_study()
    script = study.workflow / "scripts/simulate_responses.py"
    waits = 'if __name__ == "__main__":\n    open("started", "w"); import time; time.sleep(60)\n'
    script.write_text(waits + script.read_text())
    target = "results/simulated_small/responses.npz"
    run = study.start("--cores", "2", "--", target, within=["setsid"])
    while not (study.folder / "started").exists():
        assert run.poll() is None, run.stdout.read()
        time.sleep(0.1)
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does, to all that belong to the run
    said, _ = run.communicate(timeout=30)
    assert run.returncode != 0
    assert said.splitlines()[-1] == terminal.STOPPED
    assert "Traceback" not in said
    assert "failed" not in said
    script.write_text(script.read_text().replace(waits, ""))
    study.run("--", target)
