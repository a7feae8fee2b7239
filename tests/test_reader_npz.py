"""NumPy archives of any names are read in the right order, and nothing in them is run."""

import re
import zipfile

import numpy as np
import pytest
from damaged_files import NOT_FILES_OF_ARRAYS, assert_refused, damage, refusal

from normative.recordings.readers.arrays import ORDERS, ROW_AXES
from normative.recordings.readers.npz import look, read, recognizes

RESP = np.random.default_rng(0).standard_normal((12, 7))  # stimuli × cells
ANGLES = np.arange(12) * 30.0


@pytest.fixture
def save(tmp_path):
    def save_arrays(**arrays):
        np.savez(tmp_path / "r.npz", **arrays)
        return tmp_path / "r.npz"

    return save_arrays


def test_tutorials_names_need_no_entry(save):
    path = save(resp=RESP, stimuli=ANGLES)
    assert recognizes(path)
    recording = read(path, {})
    np.testing.assert_array_equal(recording.responses, RESP)
    np.testing.assert_array_equal(recording.angle, ANGLES)
    np.testing.assert_array_equal(recording.cells, np.arange(7))
    assert not recording.is_trials
    assert recording.n_trials is None
    assert not recording.parts


def test_any_names_and_both_orders_give_the_same_recording(save):
    path = save(dff=RESP.T, theta=ANGLES[:, None], other=np.ones(3))
    entry = {"responses": "dff", "orientation": "theta"}
    for said in ({}, {"axes": "cells_first"}):
        recording = read(path, entry | said)
        np.testing.assert_array_equal(recording.responses, RESP)
        np.testing.assert_array_equal(recording.angle, ANGLES)
    notes = " ".join(read(path, entry).notes)
    assert "`dff` is cells × stimuli, known from the 12 angles" in notes
    assert "Not used: `other`" in notes
    assert_refused(read, path, entry | {"axes": "stimuli_first"}, match="`axes: cells_first`")


@pytest.mark.parametrize("order", ORDERS)
def test_three_axes_in_any_order_give_the_same_trials(save, order):
    trials = np.random.default_rng(0).standard_normal((12, 3, 7))  # stimuli × trials × cells
    resp = trials.transpose([ROW_AXES.index(axis) for axis in order.split("_")])
    path = save(resp=resp, stimuli=ANGLES, n_trials=np.full(12, 3), sf=np.tile([0.1, 0.2], 6))
    recording = read(path, {"axes": order, "rows": {"sf": 0.1}})
    np.testing.assert_array_equal(recording.responses, trials.reshape(36, 7))
    np.testing.assert_array_equal(recording.angle, np.repeat(ANGLES, 3))
    np.testing.assert_array_equal(recording.conditions["sf"], np.repeat(np.tile([0.1, 0.2], 6), 3))
    assert recording.is_trials
    assert recording.n_trials is None
    assert "3 of each stimulus" in " ".join(recording.notes)
    contents = look(path)
    assert contents.entry["axes"] == order, "more cells than trials"
    assert any(each.startswith("axes: ") for each in contents.open_questions)
    fits = [o for o in ORDERS if o.split("_").index("stimuli") == order.split("_").index("stimuli")]
    assert_refused(read, path, {}, match=f"set `axes` to {fits[0]} or {fits[1]}")
    assert_refused(read, path, {"axes": "cells_first"}, match=f"set `axes: {fits[0]} or {fits[1]}`")


def test_order_of_three_axes_is_refused_where_there_are_two(save):
    path = save(resp=RESP, stimuli=ANGLES)
    assert_refused(read, path, {"axes": ORDERS[0]}, match="set `axes: stimuli_first`")


@pytest.mark.parametrize("is_transposed", [False, True])
def test_column_of_an_array_of_parameters_is_the_angle_and_another_a_condition(save, is_transposed):
    twice, angles = np.vstack([RESP, RESP + 1]), np.tile(ANGLES, 2)
    contrast = np.repeat([0.5, 1], 12)
    stim = np.column_stack([contrast, angles, np.zeros(24)])
    path = save(resp=twice, stim=stim.T if is_transposed else stim)
    recording = read(path, {"orientation": "stim[1]"})
    np.testing.assert_array_equal(recording.angle, angles)
    assert list(recording.conditions) == ["stim[0]"]
    np.testing.assert_array_equal(recording.conditions["stim[0]"], contrast)
    assert not any("Not used" in note for note in recording.notes)
    stim = np.column_stack([np.repeat([4, 15], 12), np.deg2rad(angles)])
    contents = look(save(resp=twice, stim=stim.T if is_transposed else stim))
    assert contents.entry["responses"] == "resp"
    assert contents.entry["orientation"] == "stim[1]"
    assert any("`stim[1]` is the column" in each for each in contents.open_questions)
    assert_refused(
        read, path, {"orientation": "stim"}, match=r"one of its columns, such as `stim\[0"
    )
    assert_refused(read, path, {"orientation": "stim[3]"}, match=r"no array `stim\[3\]`")


def test_columns_of_few_cells_are_no_angles_and_no_conditions(save):
    path = save(resp=RESP[:, :5].round(), stimuli=ANGLES, xyz=RESP[:5, :3])
    assert not read(path, {}).conditions
    assert "Not used: `xyz`." in read(path, {}).notes
    contents = look(save(ori=RESP[:, :5], stimuli=ANGLES))
    assert (contents.entry["responses"], contents.entry["orientation"]) == ("ori", "stimuli")


def test_square_array_is_read_as_the_tutorials_or_as_said(save):
    square = np.random.default_rng(1).standard_normal((12, 12))
    path = save(resp=square, stimuli=ANGLES)
    np.testing.assert_array_equal(read(path, {}).responses, square)
    assert "as is usual" in " ".join(read(path, {}).notes)
    np.testing.assert_array_equal(read(path, {"axes": "cells_first"}).responses, square.T)
    assert "which axis is which" in " ".join(look(path).open_questions)


def test_square_array_of_another_name_has_no_usual_order(save):
    path = save(dff=RESP[:, :7][:7], angle=ANGLES[:7])
    entry = {"responses": "dff", "orientation": "angle"}
    assert_refused(read, path, entry, match="as many stimuli as cells")
    assert read(path, entry | {"axes": "cells_first"}).responses.shape == (7, 7)
    assert any(question.startswith("axes: ") for question in look(path).open_questions)


def test_third_axis_beside_repeated_angles_may_be_time(save):
    resp = np.random.default_rng(2).standard_normal((24, 5, 9))
    path = save(resp=resp, stimuli=np.tile(ANGLES, 2))
    entry = {"axes": "stimuli_trials_cells"}
    assert "if they are points in time, average" in " ".join(read(path, entry).notes)
    path = save(resp=resp[:12], stimuli=ANGLES)
    assert "points in time" not in " ".join(read(path, entry).notes)


def test_halves_are_parts_and_their_mean_stands_for_missing_responses(save):
    halves = {"resp_train": RESP + 1, "resp_test": RESP - 2}
    recording = read(save(stimuli=ANGLES, **halves, resp_noiseless=RESP), {})
    np.testing.assert_array_equal(recording.parts["half_1"], halves["resp_train"])
    np.testing.assert_array_equal(recording.parts["half_2"], halves["resp_test"])
    np.testing.assert_allclose(recording.responses, RESP - 0.5)
    assert recording.is_mean_of_parts
    assert "`resp_noiseless`" in " ".join(recording.notes)
    recording = read(save(stimuli=ANGLES, resp=RESP, **halves), {})
    np.testing.assert_array_equal(recording.responses, RESP)
    assert not recording.is_mean_of_parts
    assert list(recording.parts) == ["half_1", "half_2"]
    mine = {"responses": "mine"}
    assert not read(save(stimuli=ANGLES, mine=RESP, **halves), mine).parts


@pytest.mark.parametrize(
    ("before", "angle"),
    [
        ({"stim_contrast": np.tile([0.1, 1.0], 6)}, "stim_dir"),
        ({"stim_time": np.arange(12) * 5.0}, "direction"),
        ({"ori_pref": np.arange(7) * 20.0}, "stim"),
        ({"stim": np.arange(12) * 1.0}, "direction"),
    ],
)
def test_angles_are_chosen_by_what_their_name_says_and_rivals_are_asked_about(save, before, angle):
    contents = look(save(**before, **{angle: ANGLES}, dff=RESP))
    assert contents.entry["orientation"] == angle
    asked = any(each.startswith("orientation: ") for each in contents.open_questions)
    assert asked == ("stim" in before)


def test_angles_with_a_marker_of_blanks_are_still_the_angles(save):
    direction = np.where(ANGLES == 0, 999, ANGLES)
    contents = look(save(stim_contrast=np.tile([0.1, 1.0], 6), direction=direction, dff=RESP))
    assert contents.entry["orientation"] == "direction"


def test_arrays_as_large_as_the_responses_are_asked_about(save):
    contents = look(save(SD=RESP, mean_resp=RESP, angle=ANGLES))
    assert contents.entry["responses"] == "mean_resp"
    assert "`SD` of the same shape: which are the responses?" in " ".join(contents.open_questions)
    contents = look(save(resp=RESP, other=RESP, stimuli=ANGLES))
    assert not contents.open_questions, "the format's own names"


def test_both_0_and_360_are_asked_about(save):
    angles = np.append(ANGLES[:-1], 360.0)
    assert "which are one image" in " ".join(look(save(resp=RESP, stimuli=angles)).open_questions)
    assert not look(save(resp=RESP, stimuli=ANGLES)).open_questions


def test_axes_as_long_as_the_angles_and_axes_of_time_are_asked_about(save):
    asked = " ".join(look(save(Z=np.ones((12, 12, 24)), angle=ANGLES)).open_questions)
    assert "several axes are as long as the 12 angles" in asked
    trials = np.tile(ANGLES, 3)
    asked = " ".join(look(save(dff=np.ones((36, 24, 20)), direction=trials)).open_questions)
    assert "an axis of `dff` may be time" in asked


def test_half_alone_and_halves_of_other_cells_are_refused(save):
    path = save(resp=RESP, stimuli=ANGLES, resp_train=RESP)
    assert_refused(read, path, {}, match="found one half")
    path = save(stimuli=ANGLES, resp_train=RESP, resp_test=RESP[:, :4])
    assert_refused(read, path, {}, match="the same neurons")


def test_repeated_angles_are_trials_unless_another_condition_tells_them_apart(save):
    twice = np.vstack([RESP, RESP])
    angles = np.concatenate([ANGLES, ANGLES + 1e-5])  # differ by rounding
    assert read(save(resp=twice, stimuli=angles), {}).is_trials
    assert not read(save(resp=twice, stimuli=np.arange(24) * 15.0), {}).is_trials
    contrast = np.repeat([0.5, 1.0], 12)
    path = save(resp=twice, stimuli=angles, contrast=contrast, time=np.arange(24) * 2.0)
    recording = read(path, {})
    assert not recording.is_trials
    assert list(recording.conditions) == ["contrast"]
    np.testing.assert_array_equal(recording.conditions["contrast"], contrast)
    assert "Not used: `time`" in " ".join(recording.notes)
    assert "time" in read(path, {"rows": {"time": [0, 2]}}).conditions
    repeat = np.repeat([1, 2], 12)
    recording = read(save(resp=twice, stimuli=angles, repeat=repeat), {})
    assert recording.is_trials
    assert not recording.conditions


def test_vector_beside_a_square_array_may_be_of_the_cells_and_is_read_when_named(save):
    path = save(resp=np.eye(12), stimuli=ANGLES, depth=np.repeat([1, 2], 6))
    assert not read(path, {}).conditions
    assert "depth" in read(path, {"average_over": ["depth"]}).conditions


def test_number_of_trials_and_names_of_cells_are_read(save):
    names = np.array(list("abcdefg"))
    path = save(resp=RESP, stimuli=ANGLES, n_trials=np.full(12, 5), ids=names)
    recording = read(path, {"cell": "ids"})
    np.testing.assert_array_equal(recording.n_trials, np.full(12, 5))
    np.testing.assert_array_equal(recording.cells, names)
    assert_refused(read, path, {"cell": "n_trials"}, match="no array `n_trials` of 7 cells")


def test_radians_must_be_said(save):
    path = save(resp=RESP, stimuli=np.deg2rad(ANGLES))
    assert_refused(read, path, {}, match="looks like radians; set `unit: radians`")
    np.testing.assert_allclose(read(path, {"unit": "radians"}).angle, np.deg2rad(ANGLES))
    path = save(resp=RESP, stimuli=ANGLES)
    assert_refused(read, path, {"unit": "radians"}, match="too far for radians")
    path = save(resp=RESP, stimuli=np.append(np.deg2rad(ANGLES[:-1]), 999))
    for entry in ({}, {"unit": "radians"}):
        assert_refused(read, path, entry, match="holds 999, more than .* write NaN")
    path = save(resp=RESP, stimuli=ANGLES / 2 - 90)
    assert read(path, {}).angle[0] == -90


def test_blanks_and_missing_responses_are_left_to_preparation(save):
    angles, resp = ANGLES.copy(), RESP.copy()
    angles[3] = resp[2, 2] = np.nan
    recording = read(save(resp=resp, stimuli=angles), {})
    np.testing.assert_array_equal(recording.angle, angles)
    np.testing.assert_array_equal(recording.responses, resp)


@pytest.mark.parametrize(
    ("changes", "entry", "message"),
    [
        ({}, {"responses": "dff"}, r"no array `dff`, found numbers in `resp` \(12, 7\), `stimuli`"),
        ({}, {"orientation": "theta"}, r"no array `theta`.*set `orientation`"),
        ({"resp": RESP.astype(complex)}, {}, "complex128"),
        ({"resp": np.full((12, 7), "a")}, {}, "<U1"),
        ({"resp": np.full((12, 7), None)}, {}, "object"),
        ({"resp": RESP[:, 0]}, {}, "two axes"),
        ({"resp": np.ones((12, 7, 2, 2))}, {}, "two axes"),
        ({"resp": RESP[:-1]}, {}, "12 angles"),
        ({"stimuli": np.ones((12, 2))}, {}, "one angle for each"),
        ({"stimuli": np.full(12, "up")}, {}, "<U2"),
        ({"stimuli": np.zeros(12, "datetime64[s]")}, {}, "datetime64"),
        ({"resp": np.zeros(12, [("a", float)])}, {}, "type"),
    ],
)
def test_wrong_arrays_are_refused_with_what_was_found(save, changes, entry, message):
    path = save(**({"resp": RESP, "stimuli": ANGLES} | changes))
    assert_refused(read, path, entry, match=message)
    look(path)


@pytest.mark.parametrize("content", NOT_FILES_OF_ARRAYS)
def test_other_files_are_not_recognized_and_refused(tmp_path, content):
    path = tmp_path / "r.npz"
    path.write_bytes(content)
    assert not recognizes(path)
    assert_refused(read, path, {})
    assert_refused(read, tmp_path / "none.npz", {}, match="no such file")


def test_plain_array_workbook_and_folder_are_not_recognized(tmp_path):
    np.save(tmp_path / "r.npy", RESP)
    with zipfile.ZipFile(tmp_path / "r.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    for name in ("r.npy", "r.xlsx", ".", "none"):
        assert not recognizes(tmp_path / name)


@pytest.mark.parametrize("savez", [np.savez, np.savez_compressed])
def test_damaged_archives_are_refused_or_read_right(tmp_path, savez):
    savez(tmp_path / "r.npz", resp=RESP, stimuli=ANGLES)
    content = (tmp_path / "r.npz").read_bytes()
    n_refused = 0
    for damaged in damage(content):
        (tmp_path / "r.npz").write_bytes(damaged)
        message = refusal(read, tmp_path / "r.npz", {})
        refusal(look, tmp_path / "r.npz")
        n_refused += message is not None
        if message is None:
            np.testing.assert_array_equal(read(tmp_path / "r.npz", {}).responses, RESP)
    assert n_refused > 60


def test_pickle_in_an_archive_is_never_run(tmp_path, save):
    class Trap:
        def __reduce__(self):
            return (tmp_path.joinpath("sprung").touch, ())

    path = save(resp=np.array([[Trap()]], object), stimuli=ANGLES)
    assert_refused(read, path, {})
    look(path)
    assert not (tmp_path / "sprung").exists()


def test_archive_or_header_that_claims_100_gb_is_refused(tmp_path, save):
    path = save(**{f"a{i}": np.zeros(1) for i in range(25)}, resp=RESP, stimuli=ANGLES)
    content = path.read_bytes()
    listed = re.sub(rb"(PK\x01\x02.{20}).{4}", rb"\g<1>" + b"\xf0\xff\xff\xff", content, flags=re.S)
    path.write_bytes(listed)
    assert_refused(read, path, {}, match="its arrays take 108 GiB, expected at most 8")
    header = {"descr": "<f8", "fortran_order": False, "shape": (100_000, 134_000)}
    with zipfile.ZipFile(path, "w") as archive, archive.open("resp.npy", "w") as file:
        np.lib.format.write_array_header_1_0(file, header)
    assert_refused(read, path, {}, match="its header says 107200000000")


def test_integers_and_half_floats_become_single_precision(save):
    for dtype in (np.uint8, np.int16, np.float16):
        path = save(resp=np.ones((12, 7), dtype), stimuli=ANGLES)
        assert read(path, {}).responses.dtype == np.float32
    assert read(save(resp=RESP, stimuli=ANGLES), {}).responses.dtype == np.float64


def test_look_guesses_an_entry_that_reads(save):
    path = save(
        big=np.ones((50, 60)),
        dff=RESP.T,
        depth=np.arange(7.0),
        time=np.arange(12) * 20.0,
        theta=np.deg2rad(ANGLES / 2),
    )
    contents = look(path)
    assert contents.format == "npz"
    assert contents.entry == {
        "responses": "dff",
        "orientation": "theta",
        "axes": "cells_first",
        "unit": "radians",
    }
    assert contents.comments.keys() == contents.entry.keys()
    np.testing.assert_array_equal(read(path, contents.entry).responses, RESP)
    described = {array.name: array for array in contents.arrays}
    assert described["dff"].shape == (7, 12)
    assert described["dff"].minimum == RESP.min()
    assert described["dff"].maximum == RESP.max()


def test_look_counts_missing_values_in_pieces(save, monkeypatch):
    monkeypatch.setattr("normative.recordings.readers.arrays.PIECE", 20)
    for order in "CF":
        resp = np.asarray(RESP, order=order).copy(order)
        resp[[1, 5], [2, 3]] = np.nan
        resp[0, 0] = np.inf
        (described, *_) = look(save(resp=resp, stimuli=ANGLES)).arrays
        finite = resp[np.isfinite(resp)]
        assert (described.minimum, described.maximum) == (finite.min(), finite.max())
        assert described.n_missing == 2


def test_look_takes_the_tutorials_halves_without_naming_responses(save):
    contents = look(save(stimuli=ANGLES, resp_train=RESP, resp_test=RESP))
    assert "responses" not in contents.entry
    assert contents.entry["orientation"] == "stimuli"


def test_look_says_what_is_missing(save):
    assert "which are responses" in look(save(a=np.ones(3))).open_questions[0]
    assert "which angles" in look(save(a=np.ones((3, 4)))).open_questions[0]
    contents = look(save(resp=RESP, stimuli=np.arange(1, 7).repeat(2)))
    assert "numbers of stimuli" in " ".join(contents.open_questions)


def test_halves_are_cells_first_as_the_responses_are(tmp_path):
    rng = np.random.default_rng(0)
    halves = rng.normal(size=(2, 6, 12))
    path = tmp_path / "cells_first.npz"
    np.savez(
        path, resp_train=halves[0], resp_test=halves[1], stimuli=np.arange(12) * 15.0
    )  # fmt: skip
    recording = read(str(path), {"axes": "cells_first"})
    np.testing.assert_allclose(recording.parts["half_1"], halves[0].T)
    np.testing.assert_allclose(recording.parts["half_2"], halves[1].T)
    np.testing.assert_allclose(recording.responses, halves.mean(axis=0).T)


def test_vectors_that_vary_within_angles_are_conditions_in_square_arrays_too(save):
    angle = np.tile(ANGLES, 4)
    kind, repeat = np.tile(np.repeat([1, 2], 12), 2), np.repeat([1, 2], 24)
    for n_cells in (7, 48):
        resp = np.random.default_rng(0).normal(size=(48, n_cells))
        arrays = {"trials.sf_index": kind, "trials.trial_type": kind, "trials.repeat": repeat}
        path = save(resp=resp, stimuli=angle, layer=np.tile(np.arange(12), 4), **arrays)
        recording = read(path, {})
        found = {"trials.sf_index", "trials.trial_type"}
        assert set(recording.conditions) == found
        assert recording.is_trials


def test_value_that_stands_for_no_angle_is_refused_until_it_is_left_out(save):
    angle = np.tile(ANGLES, 2)
    kind = np.where(np.arange(24) < 20, 1, 0)
    for sentinel in (-1, 999):
        path = save(resp=np.tile(RESP, (2, 1)), stimuli=np.where(kind, angle, sentinel), kind=kind)
        assert_refused(read, path, {}, match=f"`stimuli` holds {sentinel}, ")
        assert read(path, {"rows": {"kind": 1}}).responses.shape == (24, 7)


def test_whole_numbers_that_count_stimuli_are_asked_about(save):
    for angles, is_asked in ((np.arange(12) + 1, True), (ANGLES, False)):
        asked = look(save(resp=RESP, stimuli=angles)).open_questions
        assert any("numbers of stimuli" in each for each in asked) == is_asked


def test_angles_that_are_text_are_read(save):
    """Names of cells that are numbers stay text."""
    text = np.array([f"{angle:g} deg" for angle in ANGLES])
    text[3] = "blank"
    path = save(resp=RESP, stim=text, names=np.array(list("1234567")))
    assert look(path).entry["orientation"] == "stim"
    recording = read(path, {"orientation": "stim", "cell": "names"})
    expected = np.array(ANGLES, float)
    expected[3] = np.nan
    np.testing.assert_array_equal(recording.angle, expected)
    assert list(recording.cells) == list("1234567")


def test_trials_beside_stimuli_are_to_be_one_axis_where_angles_are(save):
    path = save(resp=np.ones((4, 5, 7)), stimuli=np.repeat(np.arange(4.0), 5))
    assert_refused(read, path, {}, match="reshape 4 × 5 to 20 rows, in the order of the angles")
