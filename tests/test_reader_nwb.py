"""NWB files: responses after onsets equal plain loops over frames and spikes."""

import datetime
import shutil

import h5py
import numpy as np
import pynwb
import pytest

from normative.recordings.readers import nwb, windows
from normative.workflow.errors import UserError

ANGLES = np.arange(0, 360, 45.0)
RATE = 10.0  # frames per second
N_TRIALS, N_CELLS = 24, 4
ONSET = 2 + 3.0 * np.arange(N_TRIALS)
ORIENTATION = np.tile(ANGLES, 3)
ROI_IDS = [11, 5, 7, 30]


def traces():
    rng = np.random.default_rng(0)
    return rng.normal(size=(800, N_CELLS)).astype(np.float32)


def new_file():
    return pynwb.NWBFile(
        session_description="gratings",
        identifier="1",
        session_start_time=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
    )


def add_series(file, data=None, name="RoiResponseSeries", **times):
    """Add dF/F of ROIs as suite2p's and Caiman's converters do."""
    if "ophys" not in file.processing:
        device = file.create_device(name="scope")
        channel = pynwb.ophys.OpticalChannel(name="c", description="d", emission_lambda=500.0)
        plane = file.create_imaging_plane(
            name="plane", optical_channel=channel, description="d", device=device,
            excitation_lambda=900.0, indicator="GCaMP", location="V1",
        )  # fmt: skip
        module = file.create_processing_module(name="ophys", description="d")
        segmentation = pynwb.ophys.ImageSegmentation()
        module.add(segmentation)
        rois = segmentation.create_plane_segmentation("rois", plane, name="PlaneSegmentation")
        rois.add_column(name="iscell", description="taken for a cell")
        for index, number in enumerate(ROI_IDS):
            rois.add_roi(image_mask=np.ones((2, 2)), id=number, iscell=float(index != 1))
        module.add(pynwb.ophys.DfOverF())
    module = file.processing["ophys"]
    rois = module["ImageSegmentation"]["PlaneSegmentation"]
    region = rois.create_roi_table_region("all", region=list(range(N_CELLS)))
    series = pynwb.ophys.RoiResponseSeries(
        name=name, data=traces() if data is None else data, rois=region, unit="dF/F",
        **(times or {"rate": RATE, "starting_time": 0.0}),
    )  # fmt: skip
    module["DfOverF"].add_roi_response_series(series)


def add_intervals(file, orientation=ORIENTATION, name="gratings", column="orientation", **columns):
    table = pynwb.epoch.TimeIntervals(name=name, description="stimuli")
    for each in (column, *columns):
        table.add_column(name=each, description="d")
    for row, start in enumerate(ONSET[: len(orientation)]):
        table.add_row(
            start_time=start, stop_time=start + 1.5, **{column: orientation[row]},
            **{key: values[row] for key, values in columns.items()},
        )  # fmt: skip
    file.add_time_intervals(table)


def save(file, path):
    with nwb.uncollected(), pynwb.NWBHDF5IO(path, "w") as opened:
        opened.write(file)
    return str(path)


@pytest.fixture
def series_file(tmp_path):
    file = new_file()
    add_series(file)
    add_intervals(file)
    return save(file, tmp_path / "recording.nwb")


def loop(data, time, onset, start, stop):
    """Average frames from onset + start to onset + stop, without the last edge."""
    return np.array(
        [
            [
                np.mean([v for t, v in zip(time, cell, strict=True)
                         if start - 1e-6 <= t - on < stop - 1e-6])
                for cell in data.T
            ]
            for on in onset
        ]
    )  # fmt: skip


TIME = np.arange(800) / RATE


def test_traces_are_averaged_from_onset_to_stop(series_file):
    assert nwb.recognizes(series_file)
    recording = nwb.read(series_file, {})
    np.testing.assert_allclose(recording.responses, loop(traces(), TIME, ONSET, 0, 1.5), atol=1e-6)
    np.testing.assert_array_equal(recording.angle, ORIENTATION)
    assert list(recording.cells) == ROI_IDS
    assert recording.is_trials
    assert recording.values == "dF/F"
    assert any("No `window` is given" in note for note in recording.notes)


def test_window_and_baseline(series_file):
    recording = nwb.read(series_file, {"window": [0.5, 2], "baseline": [-1, 0]})
    expected = loop(traces(), TIME, ONSET, 0.5, 2) - loop(traces(), TIME, ONSET, -1, 0)
    np.testing.assert_allclose(recording.responses, expected, atol=1e-6)


def test_starting_time_and_timestamps_say_when_frames_are(tmp_path):
    late = new_file()
    add_series(late, rate=RATE, starting_time=1.0)
    add_intervals(late)
    path = save(late, tmp_path / "late.nwb")
    expected = loop(traces(), TIME + 1, ONSET, 0, 1)
    np.testing.assert_allclose(nwb.read(path, {"window": [0, 1]}).responses, expected, atol=1e-6)

    uneven = new_file()
    time = np.cumsum(np.random.default_rng(1).uniform(0.05, 0.15, 800))
    add_series(uneven, timestamps=time)
    add_intervals(uneven)
    path = save(uneven, tmp_path / "uneven.nwb")
    expected = loop(traces(), time, ONSET, 0, 1)
    np.testing.assert_allclose(nwb.read(path, {"window": [0, 1]}).responses, expected, atol=1e-6)


def test_small_pieces_give_the_same_means(series_file, monkeypatch):
    """A long recording is read in pieces: here of a few frames, shorter than a window."""
    whole = nwb.read(series_file, {"window": [-1, 2.3]})
    for n_frames in (1, 7, 50):
        monkeypatch.setattr(windows, "PIECE", n_frames * N_CELLS * 4)
        pieces = nwb.read(series_file, {"window": [-1, 2.3]})
        np.testing.assert_allclose(pieces.responses, whole.responses, atol=1e-9)


def test_each_piece_is_no_larger_than_asked(monkeypatch):
    class Watched:
        dtype, shape, most = np.dtype("f4"), (800, N_CELLS), 0

        def __len__(self):
            return 800

        def __getitem__(self, frames):
            piece = traces()[frames]
            self.most = max(self.most, len(piece))
            return piece

    monkeypatch.setattr(windows, "PIECE", 20 * N_CELLS * 4)
    watched = Watched()
    window = ONSET[:, None] + np.array([0, 3])
    means, _, _ = windows.average_traces("file", watched, TIME, window)
    np.testing.assert_allclose(means, loop(traces(), TIME, ONSET, 0, 3), atol=1e-6)
    assert watched.most == 20


def test_stimuli_whose_window_leaves_the_recording_are_left_out(series_file):
    recording = nwb.read(series_file, {"window": [0, 1], "baseline": [-6, 0]})
    np.testing.assert_array_equal(recording.angle, ORIENTATION[2:])
    assert any("2 of 24 stimuli, whose window leaves" in note for note in recording.notes)
    recording = nwb.read(series_file, {"window": [0, 9.5]})
    np.testing.assert_array_equal(recording.angle, ORIENTATION[ONSET + 9.5 <= 80])


def test_file_turned_over_is_said_to_be(tmp_path):
    file = new_file()
    add_series(file, timestamps=TIME)
    add_intervals(file)
    path = save(file, tmp_path / "turned.nwb")
    edit(path, replace(f"{SERIES}/data", traces().T))  # pynwb refuses to write it
    with pytest.raises(UserError, match="axes: cells_first"):
        nwb.read(path, {})
    recording = nwb.read(path, {"axes": "cells_first", "window": [0, 1]})
    np.testing.assert_allclose(recording.responses, loop(traces(), TIME, ONSET, 0, 1), atol=1e-6)


def test_cells_are_chosen_by_number_or_iscell(series_file):
    whole = nwb.read(series_file, {}).responses
    recording = nwb.read(series_file, {"cells": [7, 11]})
    np.testing.assert_array_equal(recording.responses, whole[:, [2, 0]])
    recording = nwb.read(series_file, {"cells": "iscell"})
    assert list(recording.cells) == [11, 7, 30]
    np.testing.assert_array_equal(recording.responses, whole[:, [0, 2, 3]])
    assert "ROIs that `iscell` takes for cells: 3 of 4." in recording.notes
    assert any("All 4 ROIs are used" in note for note in nwb.read(series_file, {}).notes)


def test_rows_and_blanks_are_left_out_and_other_columns_are_conditions(tmp_path):
    file = new_file()
    add_series(file)
    orientation = ORIENTATION.copy()
    orientation[[3, 9]] = np.nan
    name = np.array(["static", "drifting"])[(np.arange(N_TRIALS) >= 4).astype(int)]
    contrast = np.tile([0.2, 0.8, 0.8], 8)
    add_intervals(file, orientation, stimulus_name=name, contrast=contrast, trial=np.arange(24))
    path = save(file, tmp_path / "recording.nwb")
    recording = nwb.read(path, {"rows": {"stimulus_name": "drifting"}, "window": [0, 1]})
    kept = (name == "drifting") & ~np.isnan(orientation)
    np.testing.assert_array_equal(recording.angle, orientation[kept])
    np.testing.assert_allclose(
        recording.responses, loop(traces(), TIME, ONSET[kept], 0, 1), atol=1e-6
    )
    assert [*recording.conditions] == ["contrast"]
    np.testing.assert_array_equal(recording.conditions["contrast"], contrast[kept])
    assert "Left out: 1 rows without an orientation (blanks)." in recording.notes
    assert nwb.look(path).entry["rows"] == {"stimulus_name": "drifting"}


def test_orientations_as_words_with_null(tmp_path):
    file = new_file()
    add_series(file)
    words = np.array([f"{angle:g}" for angle in ORIENTATION], object)
    words[5] = "null"
    add_intervals(file, words)
    recording = nwb.read(save(file, tmp_path / "recording.nwb"), {})
    np.testing.assert_array_equal(recording.angle, np.delete(ORIENTATION, 5))


def add_units(file, obs_intervals=None):
    spikes = spike_times()
    for index, times in enumerate(spikes):
        more = {} if obs_intervals is None else {"obs_intervals": obs_intervals}
        file.add_unit(spike_times=times, id=100 - index, **more)
    return spikes


def spike_times():
    rng = np.random.default_rng(2)
    return [np.sort(rng.uniform(0, 80, n)) for n in (900, 0, 40, 333)]


@pytest.mark.parametrize("column", ["ori", "Ori", "direction", "stimulus_orientation"])
def test_spikes_are_counted_in_trials(tmp_path, column):
    file = new_file()
    spikes = add_units(file)
    file.add_trial_column(name=column, description="d")
    for start, angle in zip(ONSET, ORIENTATION, strict=True):
        file.add_trial(start_time=start, stop_time=start + 2, **{column: angle})
    path = save(file, tmp_path / "recording.nwb")
    for entry in ({}, {"responses": "units", "orientation": f"trials/{column}"}):
        recording = nwb.read(path, {**entry, "window": [0, 2], "baseline": [-1, 0]})
        expected = [
            [
                sum(start <= t < start + 2 for t in times) / 2
                - sum(start - 1 <= t < start for t in times)
                for times in spikes
            ]
            for start in ONSET
        ]
        np.testing.assert_allclose(recording.responses, expected)
        np.testing.assert_array_equal(recording.angle, ORIENTATION)
        assert list(recording.cells) == [100, 99, 98, 97]
        assert recording.values == "spikes/s"


def test_trials_after_the_observed_time_are_left_out(tmp_path):
    file = new_file()
    add_units(file, obs_intervals=[[0.0, 50.0]])
    add_intervals(file)
    recording = nwb.read(save(file, tmp_path / "recording.nwb"), {"window": [0, 1]})
    np.testing.assert_array_equal(recording.angle, ORIENTATION[ONSET + 1 <= 50])


def test_unit_that_was_not_observed_has_no_rate_rather_than_none(tmp_path):
    """Unit 100 was lost from 20 to 40 s, unit 97 found at 30 s; intervals of unit 98 touch."""
    file = new_file()
    observed = [[[0.0, 20], [40, 80]], [[0.0, 80]], [[0.0, 33], [33, 80]], [[30.0, 80]]]
    for index, times in enumerate(spike_times()):
        file.add_unit(spike_times=times, id=100 - index, obs_intervals=observed[index])
    add_intervals(file)
    recording = nwb.read(save(file, tmp_path / "recording.nwb"), {"window": [0, 1]})
    start = ONSET[ONSET < 80]
    is_lost = np.isnan(recording.responses)
    np.testing.assert_array_equal(is_lost[:, 0], (start + 1 > 20) & (start < 40))
    np.testing.assert_array_equal(is_lost[:, 3], start < 30)
    assert not is_lost[:, [1, 2]].any()
    plain = [[sum((t >= on) & (t < on + 1)) for t in spike_times()] for on in start]
    np.testing.assert_allclose(recording.responses[~is_lost], np.array(plain)[~is_lost])
    assert any(note.startswith("2 of 4 units were not observed") for note in recording.notes)


def test_quality_of_units_is_asked_about(tmp_path):
    file = new_file()
    file.add_unit_column(name="quality", description="d")
    for index, times in enumerate(spike_times()):
        file.add_unit(spike_times=times, id=index, quality=["good", "noise"][index % 2])
    add_intervals(file)
    contents = nwb.look(save(file, tmp_path / "recording.nwb"))
    assert any("has `quality` (good, noise)" in each for each in contents.open_questions)


def test_cells_by_frames_are_seen_by_the_number_of_rois(tmp_path):
    """With a rate instead of times, pynwb writes them with no more than a warning."""
    file = new_file()
    with pytest.warns(UserWarning, match="dimension"):
        add_series(file, data=traces().T)
    add_intervals(file)
    path = save(file, tmp_path / "turned.nwb")
    with pytest.raises(UserError, match=r"seems to be cells × frames.*axes: cells_first"):
        nwb.read(path, {})
    contents = nwb.look(path)
    assert contents.entry["axes"] == "cells_first"
    assert any(each.startswith("axes: cells_first") for each in contents.open_questions)
    expected = loop(traces()[:, [0, 2, 3]], TIME, ONSET, 0, 1.5)
    np.testing.assert_allclose(nwb.read(path, contents.entry).responses, expected, atol=1e-6)


def test_stimuli_of_no_duration_are_left_out_of_counts():
    window = np.array([[1.0, 2], [3, 3], [5, 7]])
    rates, kept, notes = windows.count_spikes("file", spike_times(), window)
    np.testing.assert_array_equal(kept, [True, False, True])
    assert np.isfinite(rates).all()
    assert notes == ["Left out: 1 of 3 stimuli, whose window holds no time."]


def test_what_is_ambiguous_is_listed(tmp_path):
    file = new_file()
    add_series(file)
    add_series(file, data=traces() * 2, name="Deconvolved")
    add_intervals(file)
    add_intervals(file, name="static", column="ori")
    path = save(file, tmp_path / "recording.nwb")
    first = "processing/ophys/DfOverF/RoiResponseSeries"
    second = "processing/ophys/DfOverF/Deconvolved"
    with pytest.raises(UserError, match=r"found .*RoiResponseSeries.* that may"):
        nwb.read(path, {})
    with pytest.raises(UserError, match=r"intervals/gratings/orientation.*intervals/static/ori"):
        nwb.read(path, {"responses": first})
    entry = {"responses": first, "orientation": "intervals/gratings/orientation"}
    single = nwb.read(path, entry).responses
    double = nwb.read(path, {**entry, "responses": f"/{second}/data"}).responses
    np.testing.assert_allclose(double, 2 * single)
    contents = nwb.look(path)
    assert sum("Which" in question for question in contents.open_questions) == 2
    np.testing.assert_allclose(nwb.read(path, contents.entry).responses.shape, (24, 3))


def test_guessed_entry_reads_the_file(series_file):
    contents = nwb.look(series_file)
    assert contents.entry == {
        "format": "nwb", "responses": "processing/ophys/DfOverF/RoiResponseSeries",
        "orientation": "intervals/gratings/orientation", "unit": "degrees", "window": [0, 1.5],
        "baseline": None, "cells": "iscell",
    }  # fmt: skip
    assert set(contents.comments) == set(contents.entry)
    assert contents.arrays[0].shape == (800, 4)
    expected = loop(traces()[:, [0, 2, 3]], TIME, ONSET, 0, 1.5)
    np.testing.assert_allclose(nwb.read(series_file, contents.entry).responses, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"responses": "processing/ophys/F"}, "found processing/ophys/DfOverF/RoiResponseSeries"),
        ({"orientation": "ori"}, "no column `ori`, found intervals/gratings/start_time"),
        ({"orientation": "intervals/x/ori"}, "no `intervals/x`, found intervals/gratings"),
        ({"rows": {"contrast": 1}}, "no column `contrast`"),
        ({"window": [1, 0]}, r"`window` is \[1, 0\]"),
        ({"window": [0, 0.01], "onset": "stop_time"}, None),
        ({"window": [0.05, 0.06]}, "24 ones without a frame"),
        ({"window": [500, 600]}, "24 have windows that leave"),
        ({"cells": [1]}, "no cell 1, found 11, 5, 7, 30"),
    ],
)
def test_entry_that_does_not_fit_is_told_with_what_is_there(series_file, entry, message):
    if message is None:
        recording = nwb.read(series_file, entry)
        first = traces()[np.round((ONSET + 1.5) * RATE).astype(int)]
        np.testing.assert_allclose(recording.responses, first)
        return
    with pytest.raises(UserError, match=message):
        nwb.read(series_file, entry)


def cut(path, share):
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])


def edit(path, change):
    with h5py.File(path, "r+") as file:
        change(file)


SERIES = "processing/ophys/DfOverF/RoiResponseSeries"


def replace(name, values):
    def change(file):
        attributes = dict(file[name].attrs)
        del file[name]
        file[name] = values
        file[name].attrs.update(attributes)

    return change


def remove(name):
    def change(file):
        del file[name]

    return change


DAMAGED = {
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: cut(path, 0.5),
    "its start only": lambda path: cut(path, 0.001),
    "no HDF5": lambda path: path.write_bytes(b"a,b\n1,2\n"),
    "NWB 1": lambda path: edit(path, lambda file: file.attrs.modify("nwb_version", "NWB-1.0.6")),
    "no version": lambda path: edit(path, lambda file: file.attrs.pop("nwb_version")),
    "no traces": lambda path: edit(path, remove(f"{SERIES}/data")),
    "no times": lambda path: edit(path, remove(f"{SERIES}/starting_time")),
    "traces of one axis": lambda path: edit(path, replace(f"{SERIES}/data", np.ones(800))),
    "traces are words": lambda path: edit(
        path, replace(f"{SERIES}/data", np.full((800, 4), b"x"))
    ),
    "no intervals": lambda path: edit(path, remove("intervals/gratings")),
    "no onsets": lambda path: edit(path, remove("intervals/gratings/start_time")),
    "fewer onsets": lambda path: edit(
        path, replace("intervals/gratings/start_time", ONSET[:5])
    ),
    "onsets NaN": lambda path: edit(
        path, replace("intervals/gratings/start_time", np.full(24, np.nan))
    ),
    "no orientations": lambda path: edit(path, remove("intervals/gratings/orientation")),
    "orientations are words": lambda path: edit(
        path, replace("intervals/gratings/orientation", [b"left"] * 24)
    ),
    "orientations are blanks": lambda path: edit(
        path, replace("intervals/gratings/orientation", np.full(24, np.nan))
    ),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGED)
def test_damaged_file_ends_in_one_line(series_file, tmp_path, damage):
    path = tmp_path / "damaged.nwb"
    shutil.copy(series_file, path)
    DAMAGED[damage](path)
    with pytest.raises(UserError, match=r"damaged\.nwb: .*[;,] ") as raised:
        nwb.read(str(path), {})
    assert "\n" not in str(raised.value)
    nwb.recognizes(str(path))  # and this ends


def test_other_files_are_no_nwb(tmp_path):
    assert not nwb.recognizes(str(tmp_path))
    with h5py.File(tmp_path / "other.nwb", "w") as file:
        file["resp"] = np.ones(3)
    assert not nwb.recognizes(str(tmp_path / "other.nwb"))


def test_reading_leaves_the_file_as_it_was(series_file):
    with open(series_file, "rb") as file:
        before = file.read()
    nwb.read(series_file, {})
    nwb.look(series_file)
    with open(series_file, "rb") as file:
        assert file.read() == before


def test_value_that_stands_for_no_angle_is_refused(tmp_path):
    file = new_file()
    add_series(file)
    add_intervals(file, np.where(ONSET < 9, -1.0, ORIENTATION))
    path = save(file, tmp_path / "r.nwb")
    with pytest.raises(UserError, match=r"orientation` holds -1, .*`rows`, or write NaN"):
        nwb.read(path, {})


def test_window_ends_at_the_onset_of_a_blank_where_no_stop_is_known(tmp_path, monkeypatch):
    file = new_file()
    add_series(file)
    blank = np.arange(N_TRIALS) % 3 == 1
    add_intervals(file, np.where(blank, np.nan, ORIENTATION))
    path = save(file, tmp_path / "r.nwb")
    read_table = nwb.read_table

    def without_stops(*given):
        return {name: each for name, each in read_table(*given).items() if name != "stop_time"}

    monkeypatch.setattr(nwb, "read_table", without_stops)
    expected = nwb.read(path, {"window": [0, 3]}).responses
    np.testing.assert_allclose(nwb.read(path, {}).responses, expected)
