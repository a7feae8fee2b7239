"""Tables are read whatever their delimiter, layout and kind, and damage is told in one line."""

import io
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from normative.recordings.preparation import prepare
from normative.recordings.readers import stimuli, table
from normative.workflow.errors import UserError

ANGLES = np.arange(0, 360, 45)
CELLS = ["c7", "c2", "c9"]
RESPONSES = np.random.default_rng(0).uniform(0, 2, (len(ANGLES), len(CELLS))).round(6)


def long(responses=RESPONSES, **columns):
    """One line a stimulus and cell, cells slowest, not in alphabetical order."""
    frame = pd.DataFrame(
        {
            "unit": np.repeat(CELLS, len(ANGLES)),
            "orientation": np.tile(ANGLES, len(CELLS)),
            "response": responses.T.ravel(),
        }
    )
    return frame.assign(**columns)


def wide(responses=RESPONSES, angles=ANGLES):
    return pd.DataFrame({"orientation": angles, **dict(zip(CELLS, responses.T, strict=True))})


def save(frame, path, kind):
    writers = {
        "comma": lambda: frame.to_csv(path, index=False),
        "tab": lambda: frame.to_csv(path, index=False, sep="\t"),
        "semicolon": lambda: frame.to_csv(path, index=False, sep=";"),
        "decimal comma": lambda: frame.to_csv(path, index=False, sep=";", decimal=","),
        "tab, decimal comma": lambda: frame.to_csv(path, index=False, sep="\t", decimal=","),
        "utf-16": lambda: frame.to_csv(path, index=False, encoding="utf-16"),
        "byte order mark": lambda: frame.to_csv(path, index=False, encoding="utf-8-sig"),
        "parquet": lambda: frame.to_parquet(path, index=False),
        "xlsx": lambda: save_xlsx(frame, path),
    }
    writers[kind]()
    return str(path)


def save_xlsx(frame, path):
    data = io.BytesIO()
    frame.to_excel(data, index=False)
    Path(path).write_bytes(data.getvalue())


KINDS = [
    "comma", "tab", "semicolon", "decimal comma", "tab, decimal comma", "utf-16",
    "byte order mark", "parquet", "xlsx",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make", [long, wide])
def test_tables_of_all_kinds_come_out_stimuli_by_cells(tmp_path, kind, make):
    path = save(make(), tmp_path / "of no known suffix", kind)
    assert table.recognizes(path)
    recording = table.read(path, {})
    np.testing.assert_allclose(recording.responses, RESPONSES)
    np.testing.assert_array_equal(recording.angle, ANGLES)
    assert list(recording.cells) == CELLS
    assert recording.conditions == {}
    assert not recording.is_trials


def test_order_of_lines_does_not_matter_beyond_order_of_cells(tmp_path):
    shuffled = long().sample(frac=1, random_state=3)
    recording = table.read(save(shuffled, tmp_path / "t", "comma"), {})
    rows = [list(ANGLES).index(angle) for angle in recording.angle]
    columns = [CELLS.index(cell) for cell in recording.cells]
    np.testing.assert_allclose(recording.responses, RESPONSES[np.ix_(rows, columns)])
    assert list(recording.cells) == list(shuffled["unit"].unique())


def crossed():
    frames = [long(RESPONSES * contrast, contrast=contrast) for contrast in (0.25, 0.5, 1.0)]
    return pd.concat(frames)


def test_crossed_condition_is_kept_apart(tmp_path):
    recording = table.read(save(crossed(), tmp_path / "t", "comma"), {})
    assert recording.responses.shape == (24, 3)
    assert not recording.is_trials
    for contrast in (0.25, 0.5, 1.0):
        rows = recording.conditions["contrast"] == contrast
        np.testing.assert_allclose(recording.responses[rows], RESPONSES * contrast)


def test_rows_choose_a_condition(tmp_path):
    path = save(crossed(), tmp_path / "t", "comma")
    recording = table.read(path, {"rows": {"contrast": 0.5}})
    np.testing.assert_allclose(recording.responses, RESPONSES * 0.5)
    assert recording.conditions == {}
    assert "Rows with `contrast` 0.5: 24 of 72 were used." in recording.notes
    two = table.read(path, {"rows": {"contrast": [0.5, 1]}})
    assert set(two.conditions["contrast"]) == {0.5, 1}


def test_column_that_belongs_to_a_cell_is_no_condition(tmp_path):
    frame = long(kind=np.repeat(["pv", "pyr", "pv"], len(ANGLES)))
    path = save(frame, tmp_path / "t", "comma")
    assert table.read(path, {}).conditions == {}
    some = table.read(path, {"rows": {"kind": "pv"}})
    assert list(some.cells) == ["c7", "c9"]


def test_cells_of_two_kinds_may_have_the_same_number(tmp_path):
    names = pd.DataFrame({"animal": ["a", "a", "b", "b", "b"], "unit": [1, 2, 2, 3, 4]})
    frame = names.merge(pd.DataFrame({"orientation": ANGLES}), how="cross")
    frame["response"] = np.arange(len(frame)) / 7
    path = save(frame, tmp_path / "t", "comma")
    recording = table.read(path, {})
    assert list(recording.cells) == ["a 1", "a 2", "b 2", "b 3", "b 4"]
    np.testing.assert_allclose(recording.responses, frame["response"].values.reshape(5, 8).T)
    assert any("5 in all" in note for note in recording.notes)
    assert table.look(path).entry["cell"] == ["animal", "unit"]


def test_cells_of_two_mice_with_the_same_numbers_are_not_one(tmp_path):
    names = pd.DataFrame({"mouse": [1, 1, 2, 2], "cell": [1, 2, 1, 2]})
    frame = names.merge(pd.DataFrame({"orientation": ANGLES}), how="cross")
    frame["response"] = np.arange(len(frame)) / 7
    path = save(frame, tmp_path / "t", "comma")
    assert table.look(path).entry["cell"] == ["mouse", "cell"]
    recording = table.read(path, {})
    assert list(recording.cells) == ["1 1", "1 2", "2 1", "2 2"]
    np.testing.assert_allclose(recording.responses, frame["response"].values.reshape(4, 8).T)
    apart = frame.assign(cell=frame["cell"] + 10 * frame["mouse"])
    assert table.look(save(apart, path, "comma")).entry["cell"] == "cell", "no need of both"


@pytest.mark.parametrize("other", ["pref_ori", "orientation"])
def test_direction_is_what_was_shown_and_not_what_follows_from_it_or_the_cell(tmp_path, other):
    frame = long().rename(columns={"orientation": "direction"})
    frame[other] = np.repeat([45, 90, 45], 8) if other == "pref_ori" else frame["direction"] % 180
    path = save(frame, tmp_path / "t", "comma")
    recording = table.read(path, {})
    assert recording.conditions == {}
    np.testing.assert_array_equal(recording.angle, ANGLES)
    assert table.look(path).entry["orientation"] == "direction"
    theta = frame.drop(columns=other).assign(ori=np.repeat([45, 90, 45], 8))  # no word tells
    np.testing.assert_array_equal(table.read(save(theta, path, "comma"), {}).angle, ANGLES)


def test_numbers_of_a_condition_that_differ_by_rounding_are_one(tmp_path):
    contrast = np.where(np.arange(24) % 8 < 4, 0.3, 0.1 + 0.2)
    both = pd.concat([long(contrast=contrast), long(RESPONSES + 1, contrast=0.6)])
    for frame in (both, both.astype({"contrast": np.float32})):
        path = save(frame, tmp_path / "t", "parquet")
        recording = table.read(path, {})
        assert stimuli.distinct(recording.conditions["contrast"]) == [0.3, 0.6]
        some = table.read(path, {"rows": {"contrast": 0.1 + 0.2}})
        np.testing.assert_allclose(some.responses, RESPONSES)


def test_repeated_lines_are_trials(tmp_path):
    second = RESPONSES + 1
    path = save(pd.concat([long(), long(second)]), tmp_path / "t", "comma")
    recording = table.read(path, {})
    assert recording.is_trials
    assert any("numbered by the order of the lines" in note for note in recording.notes)
    for index, angle in enumerate(ANGLES):
        rows = recording.responses[recording.angle == angle]
        np.testing.assert_allclose(rows, [RESPONSES[index], second[index]])


def test_unequal_numbers_of_lines_are_averaged_and_told(tmp_path):
    frame = pd.concat([long(), long(RESPONSES + 1).iloc[[0]]])
    recording = table.read(save(frame, tmp_path / "t", "comma"), {})
    assert not recording.is_trials
    assert recording.responses[0, 0] == pytest.approx(RESPONSES[0, 0] + 0.5)
    np.testing.assert_array_equal(recording.n_trials, 1)
    assert any("averaged" in note for note in recording.notes)


def test_missing_combinations_are_nan_and_told(tmp_path):
    path = save(long().drop(index=[3, 12]), tmp_path / "t", "comma")
    recording = table.read(path, {})
    expected = RESPONSES.copy()
    expected[3, 0] = expected[4, 1] = np.nan
    rows = np.argsort(recording.angle)
    np.testing.assert_allclose(recording.responses[rows], expected)
    assert any("2 are missing" in note for note in recording.notes)


@pytest.mark.parametrize("index", ["orientation", "unit"])
def test_index_of_a_parquet_file_is_a_column(tmp_path, index):
    path = tmp_path / "t.parquet"
    long().set_index(index).to_parquet(path)
    np.testing.assert_allclose(table.read(path, {}).responses, RESPONSES)


def test_booleans_that_may_be_missing_are_read(tmp_path):
    path = tmp_path / "t.parquet"
    frame = long()
    moving = pd.array([True, False] * (len(frame) // 2), dtype="boolean")
    frame.assign(moving=moving).to_parquet(path)
    columns, _ = table.read_columns(path)
    assert columns["moving"].dtype == bool


def test_angles_that_differ_by_rounding_are_one(tmp_path):
    frame = long()
    frame["orientation"] += np.repeat([0, 1e-6, -1e-6], len(ANGLES))
    frame["orientation"] += 10
    recording = table.read(save(frame, tmp_path / "t", "parquet"), {})
    np.testing.assert_allclose(recording.responses, RESPONSES)
    frame["orientation"] = np.deg2rad(frame["orientation"])
    recording = table.read(save(frame, tmp_path / "t", "parquet"), {"unit": "radians"})
    np.testing.assert_allclose(recording.responses, RESPONSES)


def test_blanks_are_left_out_and_counted(tmp_path):
    for blank in ("", "NaN", "null", "blank"):
        frame = wide().astype({"orientation": object})
        frame.loc[2, "orientation"] = blank
        recording = table.read(save(frame, tmp_path / "t", "comma"), {})
        np.testing.assert_allclose(recording.responses, np.delete(RESPONSES, 2, axis=0))
        assert "Left out: 1 rows without an orientation (blanks)." in recording.notes


def test_wide_table_of_trials_keeps_its_order_and_conditions(tmp_path):
    frame = pd.concat([wide(), wide(RESPONSES + 1)]).assign(
        trial=np.arange(16), spatial_frequency=np.repeat([0.02, 0.08], 8)
    )
    path = save(frame, tmp_path / "t", "comma")
    recording = table.read(path, {})
    assert list(recording.cells) == CELLS
    assert [*recording.conditions] == ["spatial_frequency"]
    assert not recording.is_trials  # each once at each spatial frequency
    again = table.read(save(frame.assign(spatial_frequency=0.02), path, "comma"), {})
    assert again.is_trials
    np.testing.assert_allclose(again.responses, np.concatenate([RESPONSES, RESPONSES + 1]))


@pytest.mark.parametrize("slip", ["ERR", "n.d.", "1,5"])
def test_slip_in_a_column_of_numbers_is_told_with_its_place(tmp_path, slip):
    """The cell is not left out: a table of 50 cells that lost one looks right."""
    frame = wide().astype({"c2": object})
    frame.loc[[5, 6], "c2"] = slip
    frame.loc[1, "orientation"] = np.nan
    message = rf"2 entries of `c2` are no numbers, the first is '{slip}' in line 6 below"
    for kind in ("comma", "xlsx"):
        with pytest.raises(UserError, match=message):
            table.read(save(frame, tmp_path / "t", kind), {})
    frame = long().astype({"response": object})
    frame.loc[5, "response"] = slip
    path = save(frame, tmp_path / "t", "tab")
    with pytest.raises(UserError, match=r"1 entries of `response` are no numbers.* line 6 below"):
        table.read(path, {})
    assert table.look(path).entry["responses"] == "response"


def test_counts_of_cells_in_columns_are_no_long_table(tmp_path):
    """They repeat as names of cells do."""
    counts = np.tile(np.random.default_rng(0).poisson(2, (8, 4)), (3, 1))
    frame = pd.DataFrame(counts, columns=[f"cell_{n}" for n in range(4)])
    frame = frame.assign(orientation=np.tile(ANGLES, 3))
    path = save(frame, tmp_path / "t", "comma")
    recording = table.read(path, {})
    np.testing.assert_array_equal(recording.responses, counts)
    assert table.look(path).entry["layout"] == "wide"


@pytest.mark.parametrize("form", ["{}deg", "{} °", "{}.0 Degrees"])
def test_angles_with_their_unit_are_read(tmp_path, form):
    frame = wide().assign(orientation=[form.format(angle) for angle in ANGLES])
    recording = table.read(save(frame, tmp_path / "t", "comma"), {})
    np.testing.assert_array_equal(recording.angle, ANGLES)


def test_comments_above_the_names_are_passed_over(tmp_path):
    for above in ("# mouse 3\n", "\n# mouse 3\n# made, by hand\n"):
        path = tmp_path / "t"
        path.write_text(above + wide().to_csv(index=False))
        assert table.recognizes(str(path))
        np.testing.assert_allclose(table.read(str(path), {}).responses, RESPONSES)
    path.write_text("# " + wide().to_csv(index=False))  # as numpy.savetxt writes names
    with pytest.raises(UserError, match="remove the # before the names"):
        table.read(str(path), {})
    path.write_text("Mouse 3, by hand\n" + wide().to_csv(index=False))
    with pytest.raises(UserError, match="remove lines above the names of columns"):
        table.read(str(path), {})


def test_sheet_with_orientations_is_read_and_the_others_are_told(tmp_path):
    data = io.BytesIO()
    with pd.ExcelWriter(data) as book:
        pd.DataFrame({"about": ["mouse 3"], "by": ["me"]}).to_excel(book, sheet_name="notes")
        wide().to_excel(book, sheet_name="data", index=False)
        pd.DataFrame({"x": [1]}).to_excel(book, sheet_name="more")
    (tmp_path / "t").write_bytes(data.getvalue())
    recording = table.read(str(tmp_path / "t"), {})
    np.testing.assert_allclose(recording.responses, RESPONSES)
    assert "Excel, sheet `data`; not read: notes, more" in recording.notes[0]


def test_cells_are_chosen_in_the_order_asked(tmp_path):
    for make in (long, wide):
        path = save(make(), tmp_path / "t", "comma")
        recording = table.read(path, {"cells": ["c9", "c7"]})
        np.testing.assert_allclose(recording.responses, RESPONSES[:, [2, 0]])


def test_one_line_a_cell(tmp_path):
    frame = pd.DataFrame(RESPONSES.T, columns=[f"{angle}.0" for angle in ANGLES])
    frame.insert(0, "neuron", CELLS)
    path = save(frame, tmp_path / "t", "comma")
    contents = table.look(path)
    assert contents.entry["axes"] == "cells_first"
    recording = table.read(path, contents.entry)
    np.testing.assert_allclose(recording.responses, RESPONSES)
    np.testing.assert_array_equal(recording.angle, ANGLES)
    assert list(recording.cells) == CELLS


def test_numbers_of_trials_are_read(tmp_path):
    path = save(wide().assign(n_trials=np.arange(8) + 3), tmp_path / "t", "comma")
    recording = table.read(path, {})
    np.testing.assert_array_equal(recording.n_trials, np.arange(8) + 3)
    assert list(recording.cells) == CELLS
    frame = wide().assign(n_trials=np.r_[np.nan, np.arange(7) + 3])
    with pytest.raises(UserError, match="found nan as the number of trials at the angle"):
        prepare(table.read(save(frame, tmp_path / "n", "comma"), {}), {"above_180": "keep"}, "n")
    twice = pd.concat([wide(), wide(RESPONSES + 1)]).assign(n_trials=5)
    assert not table.read(save(twice, path, "comma"), {}).is_trials  # means of two sessions


def test_angles_closer_than_a_thousandth_of_a_degree_are_one():
    angle = np.array([45, 45.0009, 45.002, 0, 45.0005])
    expected = [45, 45, 45.002, 0, 45]
    np.testing.assert_array_equal(stimuli.merge_angles(angle), expected)
    radians = stimuli.merge_angles(np.deg2rad(angle), "radians")
    np.testing.assert_array_equal(radians, np.deg2rad(expected))


def test_guessed_entry_reads_the_table(tmp_path):
    path = save(crossed().assign(phase=0), tmp_path / "t", "tab")
    contents = table.look(path)
    assert contents.entry == {
        "format": "table", "layout": "long", "cell": "unit", "responses": "response",
        "orientation": "orientation", "unit": "degrees",
    }  # fmt: skip
    assert set(contents.comments) == set(contents.entry)
    chosen = contents.entry | {"rows": {"contrast": 1.0}}
    np.testing.assert_allclose(table.read(path, chosen).responses, RESPONSES)
    radians = long(orientation=np.deg2rad(long()["orientation"]))
    assert table.look(save(radians, path, "comma")).entry["unit"] == "radians"
    with pytest.raises(UserError, match=r"`orientation` runs from 0 to .*set `unit: radians`"):
        table.read(path, {})


def test_public_table_equals_its_own_excerpt(repository):
    shared = repository.parent / "shared" / "recordings"
    if not (shared / "mouse_v1_85.csv").is_file():
        pytest.skip("needs shared/recordings")
    path = str(shared / "mouse_v1_85.csv")
    entry = {**table.look(path).entry, "rows": {"grat_contrast": 1}}
    recording = table.read(path, entry)
    with np.load(shared / "mouse_v1_85.npz") as excerpt:
        order = np.argsort(recording.angle)
        np.testing.assert_array_equal(recording.responses[order], excerpt["resp"])


def text(content):
    return lambda path: path.write_bytes(content)


def cut(kind, share):
    def damage(path):
        save(long(), path, kind)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])

    return damage


def other_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/nothing", "")


DAMAGED = {
    "empty": text(b""),
    "no columns": text(b"orientation\n1\n2\n"),
    "no lines": text(b"orientation,c1\n"),
    "no names": text(b"0,1\n45,2\n90,3\n"),
    "names twice": text(b"orientation,c1,c1\n0,1,2\n45,3,4\n"),
    "ragged": text(b"orientation,c1\n0,1\n45,2,3\n90\n"),
    "last line cut off": text(b"orientation,c1,c2\n0,1,2\n45,3,4\n90,5"),
    "bytes": text(bytes(range(256)) * 10),
    "words for angles": text(b"orientation,c1\nleft,1\nright,2\n"),
    "words for responses": text(b"unit,orientation,response\na,0,x\na,45,2\nb,0,3\nb,45,4\n"),
    "no orientation": text(b"x,y\n0,1\n45,2\n"),
    "only blanks": text(b"orientation,c1\nnan,1\nnan,2\n"),
    "cells of no name": text(b"id,orientation,response\n1,0,.1\n1,45,.2\n2,0,.3\n2,45,.4\n"),
    "lines without a cell": text(b"unit,orientation,response\na,0,1\na,45,2\nb,0,3\n,45,4\n"),
    "no responses": text(b"orientation,name\n0,a\n45,b\n"),
    "Parquet cut off": cut("parquet", 0.7),
    "Parquet's start only": text(b"PAR1"),
    "Excel cut off": cut("xlsx", 0.6),
    "Excel without sheets": other_zip,
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_damaged_table_ends_in_one_line(tmp_path, damage):
    path = tmp_path / "table.csv"
    DAMAGED[damage](path)
    with pytest.raises(UserError, match=r"table\.csv: .*[;,] ") as raised:
        table.read(str(path), {})
    assert "\n" not in str(raised.value)
    table.recognizes(str(path))  # and this ends


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"orientation": "ori"}, "no column `ori`, found unit, orientation, response"),
        ({"responses": "rate"}, "no column `rate`"),
        ({"cell": "neuron"}, "no column `neuron`"),
        ({"cell": "orientation"}, "expected different columns"),
        ({"rows": {"contrast": 1}}, "no column `contrast`"),
        ({"rows": {"orientation": 7}}, "`orientation` is nowhere 7, found 0, 45"),
        ({"cells": ["c8"]}, "no cell c8, found c7, c2, c9"),
        ({"rows": {"orientation": 45, "unit": "c8"}}, "`unit` is nowhere 'c8'"),
        ({"axes": "cells_first", "layout": "wide"}, "names of columns are angles"),
    ],
)
def test_entry_that_does_not_fit_is_told_with_what_is_there(tmp_path, entry, message):
    path = save(long(), tmp_path / "t", "comma")
    with pytest.raises(UserError, match=message):
        table.read(path, entry)


def test_text_without_columns_is_no_table(tmp_path):
    for content in (b"", b"hello\nworld\n", b"a,b\nc,d\n", b"\x93NUMPY\x01\0"):
        (tmp_path / "t").write_bytes(content)
        assert not table.recognizes(str(tmp_path / "t"))
    assert not table.recognizes(str(tmp_path))


def test_columns_that_go_with_the_orientation_or_number_trials_are_no_conditions():
    angle = np.tile(ANGLES, 4)
    columns = {
        "orientation_index": np.tile(np.arange(8), 4),
        "trial": np.repeat(np.arange(4), 8),
        "phase": np.random.default_rng(0).uniform(size=32),
        "contrast": np.tile(np.repeat([0.5, 1], 8), 2),
        "constant": np.ones(32),
    }
    conditions, notes = stimuli.find_conditions(columns, angle)
    assert [*conditions] == ["contrast"]
    assert notes == [
        "Columns that differ in most rows were not taken for conditions: phase.",
        "Columns that go with the orientation: orientation_index.",
    ]
    _, notes = stimuli.find_conditions({"name": np.tile(np.arange(8), 4)}, angle)
    assert notes == ["Columns that go with the orientation: name."]


@pytest.mark.parametrize("name", ["sf_index", "duration", "trial_type", "block", "start_phase"])
def test_what_varies_within_angles_is_a_condition_whatever_its_name(name):
    angle = np.tile(ANGLES, 4)
    columns = {name: np.tile(np.repeat([1, 2], 8), 2), "repeat": np.repeat([1, 2, 3, 4], 8)}
    conditions, _ = stimuli.find_conditions(columns, angle)
    assert [*conditions] == [name]


def test_durations_that_jitter_are_no_condition():
    duration = np.tile([2.0, 2.017], 16)
    assert not stimuli.find_conditions({"duration": duration}, np.repeat(ANGLES, 4))[0]


def test_truth_values_and_words_of_a_wide_table_are_conditions(tmp_path):
    frame = pd.concat([wide(), wide(RESPONSES + 1)])
    for kind in ("comma", "parquet"):
        for values in ([True, False], ["on", "off"]):
            path = save(frame.assign(laser=np.repeat(values, 8)), tmp_path / "t", kind)
            recording = table.read(path, {})
            assert list(recording.cells) == CELLS
            assert [*recording.conditions] == ["laser"]
            some = table.read(path, {"rows": {"laser": values[1]}})
            np.testing.assert_allclose(some.responses, RESPONSES + 1)


def test_columns_taken_for_cells_are_listed_and_asked_about_unless_numbered(tmp_path):
    responses = np.random.default_rng(0).uniform(size=(8, 40))
    for form, is_asked in (("c{}", False), ("roi_{}", False), ("{}", False), ("c{}", True)):
        names = [form.format(number) for number in range(40 if is_asked else 29)]
        if is_asked:
            names[4] = "depth"
        frame = pd.DataFrame(responses[:, : len(names)], columns=names)
        frame = frame.assign(orientation=ANGLES, lick=0.5, wheel_velocity=1.5)
        contents = table.look(save(frame, tmp_path / "t", "comma"))
        if form != "{}":
            assert contents.entry["cells"] == names
        asked = [each for each in contents.open_questions if each.startswith("cells: ")]
        assert asked == ["cells: are depth cells? Take out of `cells` what is none"] * is_asked
        if is_asked:
            notes = " ".join(table.read(tmp_path / "t", {}).notes)
            assert "and 32 more; among them depth. If some are none, list" in notes


def test_all_columns_are_asked_about_where_no_name_is_like_the_others(tmp_path):
    frame = pd.DataFrame(RESPONSES, columns=["c1", "left", "right"]).assign(orientation=ANGLES)
    contents = table.look(save(frame, tmp_path / "t", "comma"))
    assert any("cells: are c1, left, right cells?" in each for each in contents.open_questions)


@pytest.mark.parametrize("name", ["trial", "presentation_time"])
def test_cells_of_one_trial_are_lined_up_by_its_number(tmp_path, name):
    """Whatever the order of the lines."""
    trials = [long(RESPONSES + number).assign(**{name: number}) for number in range(3)]
    if name == "presentation_time":  # one count over all stimuli
        trials = [
            frame.assign(**{name: 8 * n + np.arange(24) % 8}) for n, frame in enumerate(trials)
        ]
    frame = pd.concat(trials).sample(frac=1, random_state=1)
    recording = table.read(save(frame, tmp_path / "t", "comma"), {})
    assert recording.is_trials
    order = [list(recording.cells).index(cell) for cell in CELLS]
    for angle, row in zip(recording.angle, recording.responses[:, order], strict=True):
        difference = row - RESPONSES[list(ANGLES).index(angle)]
        np.testing.assert_allclose(difference, difference.round()[0], atol=1e-6)


def session(cells, seed, name, n_trials=4):
    """Trials of some cells in random order, numbered from 1 in this session."""
    rng = np.random.default_rng(seed)
    shown = rng.permutation(np.repeat(ANGLES, n_trials))
    lines = [
        (name, cell, trial + 1, angle, angle + 1000 * trial)
        for trial, angle in enumerate(shown)
        for cell in cells
    ]
    return pd.DataFrame(lines, columns=["session", "cell", "trial", "orientation", "response"])


@pytest.mark.parametrize("seeds", [(1, 2), (1, 1)])
def test_cells_of_different_sessions_are_put_side_by_side(tmp_path, seeds):
    """Their trials have the same numbers, and were of other stimuli."""
    frame = pd.concat([session(["a", "b"], seeds[0], "s1"), session(["c", "d"], seeds[1], "s2")])
    recording = table.read(save(frame, tmp_path / "t", "comma"), {})
    assert recording.responses.shape == (32, 4)
    assert recording.is_trials
    assert not recording.conditions
    np.testing.assert_array_equal(
        recording.responses % 1000, recording.angle[:, None] + np.zeros(4)
    )
    np.testing.assert_array_equal(recording.responses[:, 0], recording.responses[:, 1])
    assert (np.diff(recording.responses[:4, 2]) > 0).all(), "in the order of their numbers"
    notes = " ".join(recording.notes)
    assert "Cells are of 2 values of `session`, whose trials are put side by side." in notes
    assert ("do not share all values of `trial`" in notes) == (seeds == (1, 2))


def test_trial_numbers_that_begin_again_are_no_condition(tmp_path):
    frame = pd.concat([session(["a", "b"], 1, "s1"), session(["a", "b"], 2, "s2")])
    path = save(frame.drop(columns="session"), tmp_path / "t", "comma")
    recording = table.read(path, {})
    assert recording.responses.shape == (64, 2)
    assert not recording.conditions
    assert any("numbered by the order of the lines" in note for note in recording.notes)
    recording = table.read(save(frame, path, "comma"), {})
    assert list(recording.conditions) == ["session"]


@pytest.mark.parametrize("sentinel", [-1, 999, -999])
def test_value_that_stands_for_no_angle_is_refused_until_it_is_left_out(tmp_path, sentinel):
    angles = np.where(ANGLES == 90, sentinel, ANGLES)
    frame = wide(angles=angles).assign(kind=np.where(ANGLES == 90, "gray", "grating"))
    path = save(frame, tmp_path / "t", "comma")
    with pytest.raises(UserError, match=f"`orientation` holds {sentinel}, .*`rows`, or write NaN"):
        table.read(path, {})
    assert table.read(path, {"rows": {"kind": "grating"}}).responses.shape == (7, 3)


def test_angles_of_both_signs_and_of_radians_are_no_sentinels():
    for angles in ([-1, 0, 1], [-90, -1, 0, 45], [0, 45, 360], [np.nan, 0, 90]):
        stimuli.check_angles("t", "angle", np.array(angles, float))
    stimuli.check_angles("t", "angle", np.array([0, 6.29]), "radians")
    with pytest.raises(UserError, match="holds 9, more than 2π radians"):
        stimuli.check_angles("t", "angle", np.array([0, 1.5, 9]), "radians")


def test_whole_numbers_that_count_stimuli_are_asked_about(tmp_path):
    for angles, is_asked in ((np.arange(8) + 1, True), (ANGLES, False)):
        path = save(wide(angles=angles), tmp_path / "t", "comma")
        asked = [each for each in table.look(path).open_questions if "numbers of stimuli" in each]
        assert bool(asked) == is_asked


@pytest.mark.parametrize(
    ("mean", "other"),
    [
        ("mean_rate", "sem_rate"),
        ("response_mean", "response_sem"),
        ("mean_dff", "std_dff"),
        ("mean_response", "sd_response"),
        ("rate_stim", "rate_pre"),
        ("evokedRate", "baselineRate"),
        ("peak_dff", "dff_se"),
    ],
)
def test_spread_or_baseline_beside_the_means_is_not_the_responses(tmp_path, mean, other):
    """Whichever has the shorter name, or comes first."""
    frame = long().rename(columns={"response": mean})
    frame.insert(0, other, np.random.default_rng(1).uniform(size=len(frame)))
    path = save(frame.assign(n_trials=6), tmp_path / "t", "comma")
    contents = table.look(path)
    assert contents.entry["responses"] == mean
    assert not any(each.startswith("responses: ") for each in contents.open_questions)
    np.testing.assert_allclose(table.read(path, {}).responses, RESPONSES)
    # Alone it is no response either.
    contents = table.look(save(frame.drop(columns=mean), path, "comma"))
    assert "responses" not in contents.entry
    assert "Which column holds the responses (`responses`)?" in contents.open_questions


def test_two_columns_that_may_be_the_responses_are_asked_about(tmp_path):
    frame = long().assign(response_corrected=np.arange(24) / 7)
    path = save(frame, tmp_path / "t", "comma")
    asked = [each for each in table.look(path).open_questions if each.startswith("responses: ")]
    assert len(asked) == 1
    assert "`response` is taken; response_corrected may be" in asked[0]
    assert "The responses may also be response_corrected." in table.read(path, {}).notes


def test_numbers_of_rois_are_no_angles_beside_a_column_of_stimuli(tmp_path):
    """`stim` holds them: one line a trial, one column a cell."""
    names = [str(number) for number in (3, 17, 42, 58, 61, 77, 105, 119, 130, 163)]
    responses = np.random.default_rng(0).uniform(size=(16, 10))
    frame = pd.DataFrame(responses, columns=names)
    shown = np.repeat(ANGLES, 2)
    path = tmp_path / "t"
    for name in ("stim", "stimulus_deg", "Stimuli"):
        contents = table.look(save(frame.assign(trial=range(16), **{name: shown}), path, "comma"))
        assert "axes" not in contents.entry
        assert contents.entry["orientation"] == name
        assert f"orientation: `{name}` is taken, by its values: are these the angles?" in (
            contents.open_questions
        )
        recording = table.read(path, contents.entry)
        np.testing.assert_array_equal(recording.angle, shown)
        np.testing.assert_allclose(recording.responses, responses)
        assert list(recording.cells) == names
    # Of no name that tells anything: it is asked, and neither is chosen.
    contents = table.look(save(frame.assign(x=shown), path, "comma"))
    assert not {"axes", "orientation"} & set(contents.entry)
    assert any("(`orientation`): x?" in each for each in contents.open_questions)
    # A flag, a time or a number of stimuli is none.
    for name, values in (("stim", shown > 100), ("stim_onset", shown), ("stim_id", shown)):
        assert stimuli.guess_orientation({name: np.asarray(values)}) is None


def test_columns_named_by_angles_are_always_looked_at_and_unused_ones_told(tmp_path):
    frame = pd.DataFrame(RESPONSES.T, columns=map(str, ANGLES)).assign(
        neuron=CELLS, depth=[100, 100, 200]
    )
    path = save(frame, tmp_path / "t", "comma")
    contents = table.look(path)
    assert contents.entry["axes"] == "cells_first"
    assert any(each.startswith("axes: cells_first: ") for each in contents.open_questions)
    assert "Columns not used: depth." in table.read(path, contents.entry).notes


@pytest.mark.parametrize("form", [int, str])
def test_names_that_come_again_in_excel_are_told_as_in_text(tmp_path, form):
    """Pandas makes 15, 15.1 and 15.2 of three trials at 15°, which would be three orientations."""
    trials = np.repeat(ANGLES, 3)
    rows = [["cell", *map(form, trials)]]
    rows += [[cell, *map(float, trials / 7 + n)] for n, cell in enumerate(CELLS)]
    save_rows(rows, tmp_path / "t")
    pd.DataFrame(rows).to_csv(tmp_path / "text", index=False, header=False)
    for name in ("t", "text"):
        with pytest.raises(
            UserError, match=r"columns 0(\.0)?, 45.* more than once; .*line for each"
        ):
            table.look(tmp_path / name)
    # as pandas saves what it has read
    pd.read_excel((tmp_path / "t").open("rb"), engine="openpyxl").to_csv(tmp_path / "again")
    with pytest.raises(UserError, match=r"0\.1, .*numbered by pandas; .*a line for each"):
        table.read(str(tmp_path / "again"), {"axes": "cells_first"})
    grid = pd.DataFrame(RESPONSES.T, columns=[f"{n / 10:g}" for n in range(8)]).assign(cell=CELLS)
    assert len(table.read(save(grid, tmp_path / "t", "comma"), {"axes": "cells_first"}).angle) == 8

    rows = [["ori", "ori", "c1", "c1"], *[[int(angle), 0, 1.5, 2.5] for angle in ANGLES]]
    save_rows(rows, tmp_path / "t")
    with pytest.raises(UserError, match="columns ori, c1 are there more than once; rename them"):
        table.read(str(tmp_path / "t"), {})


def save_rows(rows, path):
    """As they are, in an Excel workbook."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    path.write_bytes(data.getvalue())


def test_index_that_pandas_has_saved_is_no_cell(tmp_path):
    frame = wide()
    for kind in ("text", "Excel"):
        data = io.BytesIO()
        (frame.to_csv if kind == "text" else frame.to_excel)(data)
        (tmp_path / "t").write_bytes(data.getvalue())
        recording = table.read(str(tmp_path / "t"), {})
        assert list(recording.cells) == CELLS
        assert "Columns not used: Unnamed: 0." in recording.notes
        assert table.look(tmp_path / "t").entry["cells"] == CELLS


@pytest.mark.parametrize("name", ["trial", "presentation_time"])
def test_missing_lines_of_numbered_trials_are_nan_and_the_trials_are_kept(tmp_path, name):
    """One line of 72, or a third of a cell's, costs no other trial."""
    per_angle = name == "trial"
    frame = pd.concat(
        [
            long(RESPONSES + n).assign(**{name: n if per_angle else 8 * n + np.arange(24) % 8})
            for n in range(3)
        ]
    ).reset_index(drop=True)
    for lost in ([5], list(range(8)), [3, 30]):
        path = save(frame.drop(index=lost).sample(frac=1, random_state=1), tmp_path / "t", "comma")
        recording = table.read(path, {})
        assert recording.is_trials
        assert recording.responses.shape == (24, 3)
        assert np.isnan(recording.responses).sum() == len(lost)
        order = [list(recording.cells).index(cell) for cell in CELLS]
        for angle, row in zip(recording.angle, recording.responses[:, order], strict=True):
            trial = row - RESPONSES[list(ANGLES).index(angle)]
            np.testing.assert_allclose(trial[~np.isnan(trial)], np.nanmean(trial).round())
        notes = " ".join(recording.notes)
        assert f"by `{name}`, and cell, {len(lost)} are missing: they are NaN" in notes


@pytest.mark.parametrize("form", ["ori_{}", "dir{}", "Orientation {}deg"])
def test_columns_named_by_angles_and_a_word_are_told_how_to_be_read(tmp_path, form):
    frame = pd.DataFrame(RESPONSES.T, columns=[form.format(angle) for angle in ANGLES])
    path = save(frame.assign(neuron=CELLS), tmp_path / "t", "comma")
    for reads in (table.look, lambda path: table.read(path, {})):
        with pytest.raises(UserError, match=r"named by angles; .*numbers alone .*cells_first"):
            reads(path)


def test_lines_of_thousands_of_cells_are_read_and_one_that_is_cut_off_is_told(tmp_path):
    """A line is longer than what is first read of a file."""
    responses = np.random.default_rng(0).standard_normal((6, 9000)).astype(np.float32)
    names = [f"cell_{index}" for index in range(9000)]
    frame = pd.DataFrame(responses, columns=names)
    frame.insert(0, "orientation", np.arange(6) * 30)
    path = tmp_path / "wide.csv"
    path.write_text("# one line above\n" + frame.to_csv(index=False))
    assert table.recognizes(str(path))
    found = table.read(str(path), {})
    np.testing.assert_allclose(found.responses, responses, rtol=1e-6)
    assert list(found.cells) == names
    path.write_bytes(path.read_bytes()[:-50_000])
    with pytest.raises(UserError, match=r"its last line has \d+ fields, expected 9001; was it cut"):
        table.read(str(path), {})
