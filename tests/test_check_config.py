"""What Snakemake says of a file that it cannot read is told with its line and column."""

import re
import subprocess
import sys

import pytest

from check_config import syntax_error


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
        (None, ": no such file; .* A target, such as paper, stands before --configfile"),
    ],
)
def test_mistake_is_told_in_one_line_with_its_place(tmp_path, content, expected):
    path = tmp_path / "mine.yaml"
    if content is not None:
        path.write_bytes(content)
    line = syntax_error(path)
    assert re.match(f"{path}{expected}", line), line
    assert "\n" not in line


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
    assert lost.stderr.startswith("Error: paper: no such file; ")
