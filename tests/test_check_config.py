"""What Snakemake says of a file that it cannot read is told with its line and column."""

import os
import re
import subprocess
import sys

import pytest

from check_config import check_command, syntax_error


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"bin_width: 6\n\tseeds: [3]\n", ", line 2, column 1: .*found character '\\\\t'"),
        (b"bin_width: 6\n  seeds: [3]\n", ", line 2, column 8: mapping values are not allowed"),
        (b"training:\n  epochs: 3\n momentum: 0\n", ", line 3, column 2: "),
        (b"seeds: [1, 2\nbin_width: 6\n", ", line 2, column 10: .*expected ',' or ']'"),
        (b"dataset: 'mine\n", ", line 2, column 1: .*found unexpected end of stream"),
        (b"seeds: \xff\n", ": found .*, expected text in UTF-8"),
        (b"", ": found no keys, expected lines such as `bin_width: 6`"),
        (b"- 6\n", ": found no keys"),
        (
            b"training:\n  epochs: 3\nseeds: [1]\ntraining: {stimuli: 5}\n",
            ", line 4: found the key `training` a second time, after line 1; put what belongs",
        ),
        (b"models:\n  a: {x: 1}\n  a: {x: 2}\n", ", line 3: found the key `a` a second time"),
        (None, ": no such configuration file; did you mean .*/mine2.yaml\\?"),
    ],
)
def test_mistake_is_told_in_one_line_with_its_place(tmp_path, content, expected):
    path = tmp_path / "mine.yaml"
    (tmp_path / "mine2.yaml").touch()
    if content is not None:
        path.write_bytes(content)
    line = syntax_error(path)
    assert re.match(f"{path}{expected}", line), line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--configfile good.yaml", None),
        ("paper --cores all", None),
        ("--configfile good.yaml -n lost.yaml", None),
        ("--config lost.yaml", None),
        ("--configfile=good.yaml paper", None),
        ("--configfile folder", "folder: cannot be read .Is a directory.; give the path of a file"),
        ("--configfile lost.yaml", "lost.yaml: no such configuration file; correct its name"),
        ("--configfile godo.yaml", "godo.yaml: no such configuration file; did you mean good.yaml"),
        ("--configfile no/x.yaml -n", "no/x.yaml: no such .*; there is no folder no; correct"),
        ("--configfiles=lost.yaml", "lost.yaml: no such configuration file"),
        ("--configfile good.yaml tab.yaml", "tab.yaml, line 1, column 1: .* found character '.t'"),
        ("--configfile good.yaml paper", "paper: no such .*; a target stands before --configfile"),
    ],
)
def test_run_is_ended_by_a_configuration_file_that_cannot_be_read(
    tmp_path, monkeypatch, words, told
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.yaml").write_text("bin_width: 6\n")
    (tmp_path / "tab.yaml").write_text("\tbin_width: 6\n")
    (tmp_path / "folder").mkdir()
    if told is None:
        check_command(["snakemake", *words.split()])
        return
    with pytest.raises(SystemExit, match=f"^Error: {told}.*$"):
        check_command(["snakemake", *words.split()])


def test_mistake_in_the_workflows_own_configuration_is_told(tmp_path, monkeypatch):
    (tmp_path / "config.yaml").write_text("seeds: [1]\nseeds: [2]\n")
    monkeypatch.setattr("check_config.SNAKEFILE", tmp_path / "Snakefile")
    with pytest.raises(SystemExit, match=r"config\.yaml, line 2: found the key `seeds` a second"):
        check_command(["snakemake", "--cores", "all"])


def test_a_pipe_is_left_for_snakemake_to_read():
    pipe, start = os.pipe()
    os.write(start, b"bin_width: 6")
    os.close(start)
    check_command(["--configfile", f"/dev/fd/{pipe}"])
    assert os.read(pipe, 100) == b"bin_width: 6"


def test_snakemake_tells_it_before_it_ends_in_a_traceback(repository):
    command = [sys.executable, "-m", "snakemake", "-n", "--configfile", "config.yaml", "paper"]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True)
    assert done.returncode == 1
    said = done.stderr.splitlines()
    assert len(said) == 2
    assert said[0].startswith("Using workflow specific profile")
    assert said[1].startswith("Error: paper: no such configuration file; a target stands before ")


def check(repository, folder, *files):
    command = [sys.executable, repository / "scripts/check_config.py", *files]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_check_says_what_a_run_would_say(repository, tmp_path):
    (tmp_path / "good.yaml").write_text("bin_width: 6\n")
    (tmp_path / "bad.yaml").write_text("seeds: 3\n")
    good = check(repository, tmp_path, "good.yaml")
    assert (good.returncode, good.stdout) == (0, "No mistake found in good.yaml\n"), good.stderr
    bad = check(repository, tmp_path, "good.yaml", "bad.yaml")
    assert bad.returncode == 1
    assert bad.stderr == (
        "Error: config key `seeds`: found 3, expected a list, such as [0, 1, 2], or "
        "{start: 0, count: 3}\n"
    )
    lost = check(repository, tmp_path, "good.yaml", "paper")
    assert lost.returncode == 1
    assert lost.stderr.startswith("Error: paper: no such configuration file; ")
