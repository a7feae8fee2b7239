"""Folders of suite2p and their tables of stimuli equal plain loops; pickles run nothing."""

import os
import pickle

import numpy as np
import pandas as pd
import pytest

from normative.recordings.readers import suite2p
from normative.recordings.readers.pickles import load_dictionary
from normative.workflow.errors import UserError

ANGLES = np.arange(0, 360, 45)
N_ROIS, N_FRAMES, RATE = 5, 1000, 20.0
ONSET = 1 + 1.5 * np.arange(24)
ORIENTATION = np.tile(ANGLES, 3)
IS_CELL = np.array([1, 0, 1, 1, 0])
CELLS = [0, 2, 3]


def traces(seed, base):
    return (base + np.random.default_rng(seed).normal(size=(N_ROIS, N_FRAMES))).astype("f4")


F, FNEU, SPKS = traces(0, 30), traces(1, 10), np.abs(traces(2, 0))


@pytest.fixture
def folder(tmp_path):
    """What suite2p 0.x leaves, with a table of stimuli beside it."""
    plane = tmp_path / "suite2p" / "plane0"
    plane.mkdir(parents=True)
    for name, values in (("F", F), ("Fneu", FNEU), ("spks", SPKS)):
        np.save(plane / f"{name}.npy", values)
    np.save(plane / "iscell.npy", np.stack([IS_CELL, np.linspace(0, 1, N_ROIS)], axis=1))
    np.save(plane / "ops.npy", {"fs": RATE, "Lx": 512, "meanImg": np.ones((4, 4))})
    save_stimuli(tmp_path)
    return plane


def save_stimuli(folder, name="stimuli.csv", sep=",", **columns):
    frame = pd.DataFrame({"onset": ONSET, "orientation": ORIENTATION, **columns})
    frame.to_csv(folder / name, index=False, sep=sep)
    return str(folder / name)


def entry(folder, **more):
    return {"stimuli": str(folder.parent.parent / "stimuli.csv"), "window": [0, 1], **more}


def loop(data, start, stop, onset=ONSET):
    """Average frames whose time is from onset + start to onset + stop, one at a time."""
    means = []
    for on in onset:
        frames = [k for k in range(N_FRAMES) if start - 1e-6 <= k / RATE - on < stop - 1e-6]
        means.append(np.mean(data[:, frames], axis=1, dtype=float))
    return np.array(means)


def dff():
    corrected = F.astype(float) - 0.7 * FNEU
    rest = np.median(corrected, axis=1)[:, None]
    return (corrected - rest) / rest


@pytest.mark.parametrize(("signal", "data"), [("F", F), ("spks", SPKS), ("dff", dff())])
def test_each_signal_equals_a_loop_over_frames(folder, signal, data):
    assert suite2p.recognizes(str(folder))
    recording = suite2p.read(str(folder), entry(folder, responses=signal, baseline=[-0.5, 0]))
    expected = loop(data, 0, 1) - loop(data, -0.5, 0)
    np.testing.assert_allclose(recording.responses, expected[:, CELLS], atol=1e-6)
    np.testing.assert_array_equal(recording.angle, ORIENTATION)
    np.testing.assert_array_equal(recording.cells, CELLS)
    assert recording.is_trials


def test_formula_of_dff_is_told(folder):
    notes = suite2p.read(str(folder), entry(folder)).notes
    assert any("Fc = F − 0.7 Fneu" in note and "median" in note for note in notes)


def test_few_rois_at_a_time_give_the_same(folder, monkeypatch):
    whole = suite2p.read(str(folder), entry(folder)).responses
    monkeypatch.setattr(suite2p, "MOST_BYTES", 1)
    np.testing.assert_array_equal(suite2p.read(str(folder), entry(folder)).responses, whole)


def test_dff_of_roi_without_signal_is_nan_and_told(folder):
    faint = F.copy()
    faint[2] -= 30
    np.save(folder / "F.npy", faint)
    recording = suite2p.read(str(folder), entry(folder))
    np.testing.assert_array_equal(np.isnan(recording.responses).all(axis=0), [False, True, False])
    assert any("NaN for 1 ROIs" in note for note in recording.notes)


def test_cells_are_chosen(folder):
    recording = suite2p.read(str(folder), entry(folder, cells=[4, 1], responses="F"))
    np.testing.assert_allclose(recording.responses, loop(F, 0, 1)[:, [4, 1]])
    os.remove(folder / "iscell.npy")
    recording = suite2p.read(str(folder), entry(folder, responses="F"))
    np.testing.assert_array_equal(recording.cells, np.arange(5))
    assert any("no iscell.npy" in note for note in recording.notes)


def test_frame_rate_is_that_of_version_1_or_given(folder):
    expected = suite2p.read(str(folder), entry(folder)).responses
    os.remove(folder / "ops.npy")
    np.save(folder / "db.npy", {"data_path": ["x"]})
    with pytest.raises(UserError, match="give `frame_rate"):
        suite2p.read(str(folder), entry(folder))
    given = suite2p.read(str(folder), entry(folder, frame_rate=RATE))
    np.testing.assert_array_equal(given.responses, expected)
    np.save(folder / "settings.npy", {"fs": np.float32(RATE)})
    recording = suite2p.read(str(folder), entry(folder))
    np.testing.assert_array_equal(recording.responses, expected)
    assert "20 frames/s, from settings.npy." in recording.notes


def test_onsets_in_frames_are_told_by_name_or_size(folder):
    expected = suite2p.read(str(folder), entry(folder)).responses
    frames = np.round(ONSET * RATE).astype(int)
    for name in ("onset_frame", "onset"):
        table = pd.DataFrame({name: frames, "ori": ORIENTATION})
        table.to_csv(folder.parent.parent / "stimuli.csv", index=False)
        recording = suite2p.read(str(folder), entry(folder))
        np.testing.assert_allclose(recording.responses, expected)
        assert any("frames, counted from 0" in note for note in recording.notes)


def test_unit_of_onsets_is_as_the_entry_says(folder):
    """Frames 20 to 710 of 1,000: as seconds, all but the first are after the end."""
    frames = np.round(ONSET * RATE).astype(int)
    expected = suite2p.read(str(folder), entry(folder)).responses
    save_stimuli(folder.parent.parent, onset=frames)
    said = suite2p.read(str(folder), entry(folder, onset_unit="frames"))
    np.testing.assert_allclose(said.responses, expected, rtol=1e-6)
    assert "Onsets `onset` are frames, counted from 0 (`onset_unit`)." in said.notes
    as_seconds = suite2p.read(str(folder), entry(folder, onset_unit="seconds"))
    assert len(as_seconds.angle) == (frames + 1 <= N_FRAMES / RATE).sum() < len(expected)


@pytest.mark.parametrize(
    ("onset", "unit", "is_open"),
    [
        (1 + 2 * np.arange(24), "seconds", True),  # frames as well: a rest goes on after them
        (ONSET, "seconds", False),
        (np.append(ONSET[:-1], 51.5), "seconds", False),  # one is after the end
        (20 + 30 * np.arange(24), "frames", False),
        (np.append(1 + np.arange(23), 51), "frames", True),
        (ONSET * 1000 + 0.5, "milliseconds", True),
    ],
)
def test_unit_of_onsets_stands_in_the_overlay_and_is_asked_where_two_fit(
    folder, onset, unit, is_open
):
    """Of 1,000 frames, 50 s."""
    save_stimuli(folder.parent.parent, onset=onset)
    contents = suite2p.look(str(folder.parent))
    assert contents.entry["onset_unit"] == unit
    assert any(each.startswith("onset_unit: ") for each in contents.open_questions) == is_open
    guessed = suite2p.read(str(folder), entry(folder))
    said = suite2p.read(str(folder), entry(folder, onset_unit=unit))
    np.testing.assert_array_equal(guessed.responses, said.responses)


def test_onsets_in_milliseconds_are_told_by_name(folder):
    expected = suite2p.read(str(folder), entry(folder)).responses
    table = pd.DataFrame({"onset_ms": ONSET * 1000, "ori": ORIENTATION})
    table.to_csv(folder.parent.parent / "stimuli.csv", index=False)
    np.testing.assert_allclose(suite2p.read(str(folder), entry(folder)).responses, expected)
    table.assign(stop=(ONSET + 0.7) * 1000).to_csv(
        folder.parent.parent / "stimuli.csv", index=False
    )
    recording = suite2p.read(str(folder), entry(folder, window=None, responses="F"))
    np.testing.assert_allclose(recording.responses, loop(F, 0, 0.7)[:, CELLS])


@pytest.mark.parametrize(
    ("columns", "stop", "note"),
    [
        ({"duration": np.full(24, 0.5)}, 0.5, "from each onset to its stop"),
        ({"stop_time": ONSET + 0.7}, 0.7, "from each onset to its stop"),
        ({}, 1.5, "from each onset to the next"),
        ({"duration_frames": np.full(24, 0.5 * RATE)}, 0.5, "from each onset to its stop"),
        ({"duration_ms": np.full(24, 500)}, 0.5, "from each onset to its stop"),
        ({"phase_offset": np.zeros(24)}, 1.5, "from each onset to the next"),
    ],
)
def test_without_a_window_it_is_told_what_was_taken(folder, columns, stop, note):
    save_stimuli(folder.parent.parent, **columns)
    recording = suite2p.read(str(folder), entry(folder, window=None, responses="F"))
    np.testing.assert_allclose(recording.responses, loop(F, 0, stop)[:, CELLS])
    assert any(note in each for each in recording.notes)


def test_stimuli_of_an_archive_or_another_table_are_the_same(folder, tmp_path):
    expected = suite2p.read(str(folder), entry(folder)).responses
    np.savez(tmp_path / "s.npz", onset=ONSET[:, None], direction=ORIENTATION, note="x")
    tab = save_stimuli(tmp_path, "s.tsv", sep="\t")
    for path in (str(tmp_path / "s.npz"), tab):
        recording = suite2p.read(str(folder), entry(folder, stimuli=path))
        np.testing.assert_array_equal(recording.responses, expected)


def test_rows_blanks_and_conditions(folder):
    orientation = ORIENTATION.astype(float)
    orientation[4] = np.nan
    contrast = np.tile([0.2, 0.2, 1], 8)
    save_stimuli(folder.parent.parent, orientation=orientation, contrast=contrast)
    recording = suite2p.read(str(folder), entry(folder))
    np.testing.assert_array_equal(recording.angle, np.delete(ORIENTATION, 4))
    np.testing.assert_array_equal(recording.conditions["contrast"], np.delete(contrast, 4))
    recording = suite2p.read(str(folder), entry(folder, rows={"contrast": 1}))
    np.testing.assert_array_equal(recording.angle, ORIENTATION[2::3])
    assert recording.conditions == {}


def test_stimuli_after_the_end_are_left_out(folder):
    recording = suite2p.read(str(folder), entry(folder, window=[0, 20]))
    np.testing.assert_array_equal(recording.angle, ORIENTATION[ONSET + 20 <= 50])
    assert any("whose window leaves the recording (0 to 50 s)" in note for note in recording.notes)


def test_folder_of_one_plane_is_found_and_several_are_listed(folder):
    expected = suite2p.read(str(folder), entry(folder)).responses
    parent = str(folder.parent)
    assert suite2p.recognizes(parent)
    np.testing.assert_array_equal(suite2p.read(parent, entry(folder)).responses, expected)
    (folder.parent / "plane1").mkdir()
    np.save(folder.parent / "plane1" / "F.npy", F)
    with pytest.raises(UserError, match="found planes plane0, plane1"):
        suite2p.read(parent, entry(folder))


def test_guessed_entry_reads_the_folder(folder):
    contents = suite2p.look(str(folder.parent))
    assert contents.entry == {
        "format": "suite2p", "responses": "dff", "cells": "iscell", "frame_rate": RATE,
        "stimuli": str(folder.parent.parent / "stimuli.csv"), "orientation": "orientation",
        "onset": "onset", "onset_unit": "seconds", "baseline": None, "unit": "degrees",
    }  # fmt: skip
    assert set(contents.comments) == set(contents.entry)
    recording = suite2p.read(str(folder.parent), contents.entry)
    np.testing.assert_allclose(recording.responses, loop(dff(), 0, 1.5)[:, CELLS], atol=1e-6)
    os.remove(folder.parent.parent / "stimuli.csv")
    contents = suite2p.look(str(folder))
    assert "stimuli" not in contents.entry
    assert any("`stimuli`" in question for question in contents.open_questions)


def test_other_folders_are_no_suite2p(tmp_path):
    assert not suite2p.recognizes(str(tmp_path))
    (tmp_path / "F.txt").write_text("x")
    assert not suite2p.recognizes(str(tmp_path))
    assert not suite2p.recognizes(str(tmp_path / "F.txt"))


class Runs:
    """Unpickled by calling a function."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        """Ask for the call."""
        return self.call


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_hostile_pickle_runs_nothing(tmp_path, protocol):
    target = tmp_path / "ran"
    for hostile in (
        Runs(os.mkdir, str(target)),
        Runs(eval, f"__import__('os').mkdir({str(target)!r})"),
        Runs(getattr, "text", "upper"),
        Runs(np.load, str(target)),
    ):
        path = str(tmp_path / "ops.npy")
        with open(path, "wb") as file:
            header = {"descr": "|O", "fortran_order": False, "shape": ()}
            np.lib.format.write_array_header_1_0(file, header)
            array = np.empty((), object)
            array[()] = {"fs": hostile}
            pickle.dump(array, file, protocol=protocol)
        with pytest.raises(UserError, match="no array and no plain container, and was not run"):
            load_dictionary(path)
        assert not target.exists()


def test_plain_dictionaries_come_out_whole(tmp_path):
    content = {
        "fs": np.float32(30), "n": np.int64(3), "image": np.eye(3), "names": ["a", "é"],
        "nested": {"t": (1, None, True, 2.5, b"x")}, "words": np.array(["a", "b"]),
    }  # fmt: skip
    np.save(tmp_path / "d.npy", content)
    np.testing.assert_equal(load_dictionary(str(tmp_path / "d.npy")), content)


def write(name, content):
    return lambda folder: (folder / name).write_bytes(content)


def save(name, array):
    return lambda folder: np.save(folder / f"{name}.npy", array)


def cut(name, share):
    def damage(folder):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: int(len(content) * share)])

    return damage


def stimuli(**columns):
    return lambda folder: pd.DataFrame(columns).to_csv(
        folder.parent.parent / "stimuli.csv", index=False
    )


DAMAGED = {
    "no F": lambda folder: os.remove(folder / "F.npy"),
    "no Fneu": lambda folder: os.remove(folder / "Fneu.npy"),
    "F empty": write("F.npy", b""),
    "F cut off": cut("F.npy", 0.9),
    "F's start only": cut("F.npy", 0.001),
    "F of one axis": save("F", F[0]),
    "F without frames": save("F", F[:, :0]),
    "F of words": save("F", F.astype(str)),
    "F pickled": save("F", np.array([[None]])),
    "Fneu of fewer frames": save("Fneu", FNEU[:, :-1]),
    "iscell of fewer ROIs": save("iscell", np.ones((3, 2))),
    "iscell of none": save("iscell", np.zeros((5, 2))),
    "iscell of one axis": save("iscell", IS_CELL),
    "ops cut off": cut("ops.npy", 0.7),
    "ops no dictionary": save("ops", np.arange(3)),
    "ops a list": save("ops", np.array([[1, 2], None], object)),
    "ops without rate": save("ops", {"Lx": 3}),
    "ops of rate 0": save("ops", {"fs": 0.0}),
    "ops of rate in words": save("ops", {"fs": "fast"}),
    "no stimuli": lambda folder: os.remove(folder.parent.parent / "stimuli.csv"),
    "stimuli empty": write("../../stimuli.csv", b""),
    "stimuli without onsets": stimuli(orientation=ORIENTATION, x=ORIENTATION),
    "stimuli without orientations": stimuli(onset=ONSET, x=ONSET),
    "onsets in words": stimuli(onset=["a"] * 24, orientation=ORIENTATION),
    "onsets NaN": stimuli(onset=[np.nan] * 24, orientation=ORIENTATION),
    "onsets far off": stimuli(onset=ONSET + 1e6, orientation=ORIENTATION),
    "orientations in words": stimuli(onset=ONSET, orientation=["left"] * 24),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_damaged_folder_ends_in_one_line(folder, damage):
    DAMAGED[damage](folder)
    with pytest.raises(UserError, match=r"(plane0|\.npy|\.csv): .*[;,] ") as raised:
        suite2p.read(str(folder), entry(folder))
    assert "\n" not in str(raised.value)
    suite2p.recognizes(str(folder))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"responses": "Fneu"}, "expected one of F, spks, dff"),
        ({"stimuli": None}, "give `stimuli"),
        ({"onset": "start"}, "no column `start`, found onset, orientation"),
        ({"orientation": "ori"}, "no column `ori`, found onset, orientation"),
        ({"cells": [9]}, "no cell 9, found 0, 1, 2"),
        ({"cells": "some"}, "expected a list of cells"),
        ({"baseline": [0, 0]}, r"`baseline` is \[0, 0\]"),
    ],
)
def test_entry_that_does_not_fit_is_told(folder, more, message):
    with pytest.raises(UserError, match=message):
        suite2p.read(str(folder), entry(folder, **more))


def test_window_ends_at_the_onset_of_a_stimulus_that_is_left_out(folder):
    """Every third stimulus is blank or of another kind: its 1.5 s belong to no other."""
    left_out = np.arange(24) % 3 == 1
    expected = loop(F, 0, 1.5, ONSET[~left_out])[:, CELLS]
    without_window = {"stimuli": entry(folder)["stimuli"], "responses": "F"}
    save_stimuli(folder.parent.parent, orientation=np.where(left_out, np.nan, ORIENTATION))
    recording = suite2p.read(str(folder), without_window)
    np.testing.assert_allclose(recording.responses, expected, rtol=1e-6)
    save_stimuli(folder.parent.parent, kind=np.where(left_out, "movie", "grating"))
    recording = suite2p.read(str(folder), without_window | {"rows": {"kind": "grating"}})
    np.testing.assert_allclose(recording.responses, expected, rtol=1e-6)


def test_value_that_stands_for_no_angle_is_refused(folder):
    save_stimuli(folder.parent.parent, orientation=np.where(ONSET < 5, -1, ORIENTATION))
    with pytest.raises(UserError, match=r"`orientation` holds -1, .*`rows`, or write NaN"):
        suite2p.read(str(folder), entry(folder))


@pytest.mark.parametrize(
    ("columns", "more", "over", "within"),
    [
        ({}, {"window": [0, 1.5]}, 0, 0),
        ({}, {"window": [0, 2]}, 23, 0),
        ({"stop": ONSET + 1}, {"window": [0, 1], "baseline": [-0.5, 0]}, 0, 0),
        ({"stop": ONSET + 1}, {"window": [0, 1], "baseline": [-0.6, 0]}, 0, 23),
        ({"stop": ONSET + 1}, {"window": [0, 1], "baseline": [0.2, 0.4]}, 0, 24),
        ({"stop": ONSET + 1}, {"window": [0, 1], "baseline": [1.0, 1.4]}, 0, 0),
        ({}, {"window": [0, 1], "baseline": [0, 0.2]}, 0, 24),
        ({}, {"window": [0, 1], "baseline": [-1.6, 0]}, 0, 23),
        ({"stop": ONSET + 2}, {"window": None}, 23, 0),
    ],
)
def test_window_in_the_next_stimulus_and_baseline_in_one_are_warned_of(
    folder, columns, more, over, within
):
    save_stimuli(folder.parent.parent, **columns)
    warned = [
        note
        for note in suite2p.read(str(folder), entry(folder, **more)).notes
        if note.startswith("Warning: ")
    ]
    expected = [f"windows of {over} of 24 stimuli go on"] * (over > 0)
    expected += [f"baselines of {within} of 24 stimuli lie within"] * (within > 0)
    assert len(warned) == len(expected)
    assert all(text in note for text, note in zip(expected, warned, strict=True))
