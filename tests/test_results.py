"""The page on results, and the list of columns behind it, say what is in the files of a study."""

import html
import re
import runpy

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from small_study import OF_GROUPS

from normative.reporting.columns import read_columns

PLACES = {"task": "tilt", "dataset": "simulated_small", "model": "cnn"}  # and every block of seeds
# What a small study on a simulated recording has none of.
ABSENT = {"n_trials", "values", "notes", "no_shifts", "reason", "angle", "digit"}  # of some files


@pytest.fixture(scope="module")
def columns(repository):
    """Of a recording's tables. Those of groups: test_animals."""
    columns = read_columns(repository / "rules/report/columns.yaml")
    return {table: lines for table, lines in columns.items() if table not in OF_GROUPS}


def test_every_column_of_every_table_has_its_line_and_no_line_is_without_a_column(study, columns):
    """After a change of a table: a line in rules/report/columns.yaml, then make docs."""
    found = {
        path.stem: [*pd.read_csv(path, nrows=0)]
        for path in (study.folder / "results/simulated_small/tables").glob("*.csv")
    }
    assert {table: [*lines] for table, lines in columns.items()} == found


def test_every_shared_line_stands_for_several_columns(repository):
    source = yaml.safe_load((repository / "rules/report/columns.yaml").read_text())
    without_own = [
        column for lines in source["tables"].values() for column, line in lines.items() if not line
    ]
    assert set(without_own) == source["shared"].keys()


def test_lines_are_plain_sentences_in_markdown_restructured_text_and_html(columns):
    for lines in columns.values():
        for column, line in lines.items():
            assert re.fullmatch(r"[^|*`<>{}\n]{10,200}\.", line), column


def test_page_and_captions_are_made_from_the_list_of_columns(repository):
    """After a change of the list: make docs."""
    pages = runpy.run_path(str(repository / "docs/write_columns.py"))["pages"]()
    assert len(pages) == 1 + len([*(repository / "rules/report").glob("table_*.rst")])
    for path, text in pages.items():
        assert path.read_text() == text, path.name


def test_columns_of_the_report_say_what_they_hold(study, columns):
    """At the head of each column for who hovers, and in a list below the table for who taps."""
    text = html.unescape((study.folder / "results/simulated_small/report.html").read_text())
    for table, lines in columns.items():
        listed, shown = text.split(f'<h3 id="table-{table}">')[1].split("<table ", 1)
        assert re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", listed) == [*lines.items()]
        heads = re.findall('title="(.*?)">(.*?)</button>', shown.partition("</thead>")[0])
        assert {column: line for line, column in heads} == lines


def rows_of_arrays(page):
    """Yield file, key and axes of each row of the table of arrays."""
    file = None
    for line in page.partition("## Arrays")[2].partition("\n## ")[0].splitlines():
        if line.startswith(("| `", "| |")):
            cells = [cell.strip(" `") for cell in line.split("|")[1:-1]]
            file = cells[0] or file
            yield file, cells[1], [axis for axis in cells[2].split(" × ") if axis != "–"]


def test_page_names_every_array_with_its_axes(study, repository):
    """An axis of one name has one length within a file."""
    results = study.folder / "results"
    names = {"<layer>": ["pool", "fc"]}
    with np.load(results / "simulated_small/rdms/references.npz") as file:
        names["<reference>"] = [*file]
    expected = {}
    for file, key, axes in rows_of_arrays((repository / "docs/results.md").read_text()):
        for name in names.get(key, [key]):
            expected.setdefault(file, {})[name] = axes
    described = set()
    for file, arrays in expected.items():
        for path in results.glob(file.format(**PLACES, seeds="*")):
            described.add(path)
            found = np.load(path)
            found = {"": found} if isinstance(found, np.ndarray) else dict(found)
            assert arrays.keys() - found.keys() <= ABSENT, file
            lengths = {}
            for name, array in found.items():
                assert len(arrays[name]) == array.ndim, (file, name)
                for axis, length in zip(arrays[name], array.shape, strict=True):
                    of = name if axis == "units" else ""  # each layer has its own number
                    assert lengths.setdefault((axis, of), length) == length, (file, name, axis)
    others = {"cnn_untrained", "cnn_orientation", "orientation"}
    there = {
        path
        for path in results.rglob("*.np[yz]")
        if not others & {*path.relative_to(results).with_suffix("").parts}
    }
    assert described == there


def test_page_names_the_columns_of_files_of_networks(study, repository):
    page = (repository / "docs/results.md").read_text()
    patterns = re.findall(r"^\| `(\S+\.csv)` \|(.*)", page, re.M)
    tried = 0
    for pattern, text in patterns:
        for path in (study.folder / "results").glob(pattern.format(**PLACES, seeds="*")):
            assert {*pd.read_csv(path, nrows=0)} <= {*re.findall("`(.*?)`", text)}, path
            tried += 1
    assert tried == 7  # two blocks of seeds, and the layers


def test_first_look_in_python_shows_the_mean_rdm_of_the_networks_that_passed(
    study, repository, tmp_path, monkeypatch
):
    page = (repository / "docs/results.md").read_text()
    snippets = re.findall(r"```python\n(.*?)```", page, re.S)
    assert len(snippets) == 1
    script = tmp_path / "look.py"
    results = study.folder / "results/simulated_small"
    script.write_text(snippets[0].replace("results/simulated", str(results)))
    monkeypatch.chdir(tmp_path)
    look = runpy.run_path(str(script))
    assert sorted(look["seeds"]) == [3, 4, 12]
    with np.load(results / "rdms/cnn/seeds-3-4.npz") as passed:  # and seed 12 fails
        np.testing.assert_allclose(look["mean"], passed["pool"].mean(axis=0))
    assert len(look["similarities"]) == 6 + 6
    assert (tmp_path / "pool.png").stat().st_size > 10_000


def test_weights_are_read_as_the_page_says(study, repository):
    page = (repository / "docs/results.md").read_text()
    command = re.search(r"`torch\.load\(\"(.*?)\", weights_only=True\)\[12\]`", page)
    path = command[1].replace("seeds-10-14", "seeds-12")
    weights = torch.load(study.folder / path, weights_only=True)[12]
    shapes = dict(re.findall(r"`((?:conv|fc)\.\w+)` \(([\d ×]+)\)", page))
    assert len(shapes) == 3
    for name, shape in shapes.items():
        assert " × ".join(map(str, weights[name].shape)) == shape


def test_page_names_every_figure(study, repository):
    page = (repository / "docs/results.md").read_text()
    named = {
        *re.findall(r"`(?:[\w{}]+/)*(\w+)`", page.partition("## Figures")[2].partition("\n## ")[0])
    }
    folder = study.folder / "results/simulated_small"
    drawn = {path.stem for path in [*folder.glob("figures/**/*.pdf"), *folder.glob("paper/*.pdf")]}
    assert drawn <= named | {"figure_2", "figure_3"}, "figure_1 to figure_4"
