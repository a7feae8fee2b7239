"""The page on recordings: its commands, on files that the formats' own libraries have made.

A line of an overlay on the page is the line that is printed, or that line without its comment.
"""

import datetime
import re
import shlex
import subprocess
import sys
from types import SimpleNamespace

import h5py
import numpy as np
import pandas as pd
import pynwb
import pytest
import scipy.io
import yaml

import bin_responses
import read_recording
from normative.recordings.readers import READERS
from normative.workflow.config import find_mistake

DIRECTIONS = np.arange(0, 360, 15)
N_TRIALS, N_CELLS = 6, 24
INSPECT = "python scripts/inspect_recording.py "


def draw_trials(directions=DIRECTIONS, n_trials=N_TRIALS, offset=0.0):
    """Draw responses of tuned cells to directions in turn: (trials, cells), and the directions."""
    rng = np.random.default_rng(0)
    angle = np.tile(directions, n_trials).astype(float)
    tuning = 2 * rng.uniform(0, 2 * np.pi, N_CELLS)
    responses = np.cos(2 * np.deg2rad(angle)[:, None] - tuning)
    return offset + 0.3 * (responses + rng.normal(0, 0.3, responses.shape)), angle


def make_npz(path):
    trials, angle = draw_trials()
    np.savez(path, dff=trials, direction=angle)
    return trials, angle


def make_stringer(path):
    rng = np.random.default_rng(1)
    angle = rng.uniform(0, 2 * np.pi, 900)
    trials, _ = draw_trials(np.rad2deg(angle), 1, offset=5)
    mean, sd = rng.uniform(0, 1, N_CELLS), rng.uniform(1, 2, N_CELLS)
    session = {"sresp": trials.T, "istim": angle, "mean_spont": mean, "std_spont": sd}
    np.save(path, session, allow_pickle=True)
    return (trials - mean) / sd, np.rad2deg(angle)


def make_mat_5(path):
    trials, angle = draw_trials()
    scipy.io.savemat(path, {"dff": trials.T, "dirs": angle[:, None]})
    return trials, angle


def make_mat_73(path):
    """What MATLAB saves with -v7.3: HDF5 behind its own header, axes reversed."""
    trials, angle = draw_trials()
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, values in (("dff", trials.T), ("dirs", angle[:, None])):
            file.create_dataset(name, data=values.T).attrs["MATLAB_class"] = np.bytes_("double")
    with open(path, "r+b") as file:
        file.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM")
    return trials, angle


def make_hdf5(path):
    trials, angle = draw_trials()
    with h5py.File(path, "w") as file:
        file["session/dff"], file["session/direction"] = trials, angle
    return trials, angle


RATE, DURATION, PAUSE = 10, 2, 1  # frames per second; seconds


def make_traces(offset=0.0):
    """Make traces (frames, cells) that hold a trial's response while its grating is shown."""
    trials, angle = draw_trials(offset=offset)
    onset = 1.0 + (DURATION + PAUSE) * np.arange(len(trials))
    traces = np.full((int((onset[-1] + 4) * RATE), N_CELLS), offset)
    for start, response in zip((onset * RATE).astype(int), trials, strict=True):
        traces[start : start + DURATION * RATE] = response
    return traces, onset, trials, angle


def make_nwb(path):
    traces, onset, trials, angle = make_traces()
    file = pynwb.NWBFile(
        session_description="gratings",
        identifier="1",
        session_start_time=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
    )
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
    for _ in range(N_CELLS):
        rois.add_roi(image_mask=np.ones((2, 2)))
    fluorescence = pynwb.ophys.DfOverF()
    module.add(fluorescence)
    fluorescence.create_roi_response_series(
        name="RoiResponseSeries", data=traces, unit="dF/F", rate=float(RATE), starting_time=0.0,
        rois=rois.create_roi_table_region("all", region=list(range(N_CELLS))),
    )  # fmt: skip
    table = pynwb.epoch.TimeIntervals(name="gratings", description="stimuli")
    table.add_column(name="direction", description="of motion, degrees; NaN is a blank")
    for start, direction in zip(onset, angle, strict=True):
        table.add_row(start_time=start, stop_time=start + DURATION, direction=direction)
    table.add_row(start_time=onset[-1] + 3, stop_time=onset[-1] + 4, direction=np.nan)
    file.add_time_intervals(table)
    with pynwb.NWBHDF5IO(path, "w") as opened:
        opened.write(file)
    return trials, angle


def make_suite2p(path):
    traces, onset, trials, angle = make_traces(offset=50.0)
    plane = path / "suite2p/plane0"
    plane.mkdir(parents=True)
    extra = np.full((len(traces), 1), 50.0)  # of an ROI that is no cell
    fluorescence = np.concatenate([traces, extra], axis=1).T.astype(np.float32)
    np.save(plane / "F.npy", fluorescence)
    np.save(plane / "Fneu.npy", np.full_like(fluorescence, 10))
    np.save(plane / "spks.npy", fluorescence)
    is_cell = np.arange(N_CELLS + 1) < N_CELLS
    np.save(plane / "iscell.npy", np.stack([is_cell, is_cell], axis=1).astype(float))
    np.save(plane / "ops.npy", {"fs": float(RATE)}, allow_pickle=True)
    table = {"onset": onset, "duration": float(DURATION), "direction": angle}
    pd.DataFrame(table).to_csv(path / "stimuli.csv", index=False)
    rest = np.median(traces - 7, axis=0)  # F − 0.7 Fneu
    return (trials - 7 - rest) / rest, angle


def make_long(save):
    def make(path):
        """A line a cell and direction, of means; some cells in another order."""
        trials, angle = draw_trials(offset=3)
        means = np.array([trials[angle == direction].mean(axis=0) for direction in DIRECTIONS])
        directions, cells = np.meshgrid(DIRECTIONS, np.arange(N_CELLS), indexing="ij")
        columns = {"cell": cells.ravel(), "direction": directions.ravel(), "rate": means.ravel()}
        save(pd.DataFrame(columns).sample(frac=1, random_state=0), path)
        return means, DIRECTIONS.astype(float)

    return make


def make_wide(save):
    def make(path):
        """A line a trial, at two contrasts; the higher has the responses."""
        trials, angle = draw_trials(offset=3)
        frame = pd.DataFrame(trials, columns=[f"n{cell}" for cell in range(N_CELLS)])
        frame.insert(0, "direction", angle)
        frame.insert(1, "contrast", 1.0)
        save(pd.concat([frame, frame.assign(contrast=0.2, n0=0.0)]), path)
        return trials, angle

    return make


def to_csv(frame, path):
    frame.to_csv(path, index=False)


def to_excel(frame, path):
    with open(path, "wb") as file:
        frame.to_excel(file, index=False, engine="openpyxl")


def to_parquet(frame, path):
    frame.to_parquet(path, index=False)


# Command of the page → what makes its file, in every kind that the same overlay is for.
EXAMPLES = {
    "my_session.npz": [make_npz],
    "my_session.npy": [make_stringer],
    "my_session.mat": [make_mat_5, make_mat_73],
    "my_session.nwb": [make_nwb],
    "my_session.h5": [make_hdf5],
    "my_session/suite2p --name my_session": [make_suite2p],
    "my_cells.csv": [make_long(to_csv), make_long(to_parquet)],
    "my_trials.xlsx": [make_wide(to_excel), make_wide(to_csv)],
}
CASES = [(words, make) for words, makers in EXAMPLES.items() for make in makers]


def overlays(repository):
    """Overlay that the page shows after each command, by what follows `inspect_recording.py`."""
    page = (repository / "docs/recordings.md").read_text()
    command = rf"```sh\n{re.escape(INSPECT)}([^\n]+) > \w+\.yaml\n```\n"
    return dict(re.findall(rf"{command}.*?```yaml\n(.*?)```", page, re.S))


def expected_rdm(trials, angle, normalize, above_180, is_tutorial):
    """RDM of the means of each orientation, ascending from the tutorial's 0°, in plain numpy."""
    # Whole degrees as they are, or directions: a grating that moves to the right is vertical.
    canonical = np.round(angle) % 360 if is_tutorial else (90 - angle) % 360
    means = np.array([trials[canonical == each].mean(axis=0) for each in np.unique(canonical)])
    if normalize == "zscore":
        means = (means - means.mean(axis=0)) / means.std(axis=0)
    stimuli = np.unique(canonical)
    if above_180 == "fold":
        folded = np.unique(stimuli % 180)
        means = np.array([means[stimuli % 180 == each].mean(axis=0) for each in folded])
        return 1 - np.corrcoef(means), folded
    return 1 - np.corrcoef(means[stimuli <= 180]), stimuli[stimuli <= 180]


def read(folder, overlay):
    """Read and bin the recording of an overlay as the workflow's two scripts do."""
    entry = next(iter(overlay["datasets"].values()))
    names = SimpleNamespace(
        recording=str(folder / "recording.npz"),
        responses=str(folder / "responses.npz"),
        description=str(folder / "recording.md"),
    )
    params = SimpleNamespace(entry=entry, md5=None, bin_width=1, above_180=entry["above_180"])
    read_recording.main(SimpleNamespace(recording=entry["path"]), names, params)
    wildcards = SimpleNamespace(dataset=overlay["dataset"])
    bin_responses.main(names, names, wildcards, params)
    with np.load(names.responses) as arrays:
        return dict(arrays)


@pytest.mark.parametrize(("words", "make"), CASES)
def test_overlay_is_the_printed_one_and_reads_the_responses(
    repository, tmp_path, monkeypatch, words, make
):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / shlex.split(words)[0]
    trials, angle = make(path.parent if path.name == "suite2p" else path)
    script = repository / "scripts/inspect_recording.py"
    printed = subprocess.run(
        [sys.executable, script, *shlex.split(words)], capture_output=True, text=True, check=True
    ).stdout
    shown = overlays(repository)[words].splitlines()
    for line, of_page in zip(printed.splitlines(), shown, strict=True):
        assert of_page in (line, line.split("  # ")[0])

    overlay = yaml.safe_load(printed)
    schema = yaml.safe_load((repository / "rules/schemas/config.schema.yaml").read_text())
    config = yaml.safe_load((repository / "config.yaml").read_text())
    datasets = config["datasets"] | overlay["datasets"]
    assert find_mistake({**config, **overlay, "datasets": datasets}, schema) is None

    (entry,) = overlay["datasets"].values()
    is_tutorial = entry["format"] == "stringer"
    rdm, stimuli = expected_rdm(trials, angle, entry["normalize"], entry["above_180"], is_tutorial)
    arrays = read(tmp_path, overlay)
    np.testing.assert_allclose(arrays["orientation"], stimuli - 90, atol=1e-4)
    np.testing.assert_allclose(1 - np.corrcoef(arrays["responses"]), rdm, atol=2e-4)


def test_page_has_an_example_of_each_format(repository):
    shown = overlays(repository)
    assert shown.keys() == EXAMPLES.keys()
    formats = {next(iter(yaml.safe_load(text)["datasets"].values()))["format"]
               for text in shown.values()}  # fmt: skip
    assert formats == set(READERS)


def test_page_explains_every_key_of_an_entry(repository):
    page = (repository / "docs/recordings.md").read_text()
    schema = yaml.safe_load((repository / "rules/schemas/config.schema.yaml").read_text())
    keys = schema["properties"]["datasets"]["additionalProperties"]["properties"]
    explained = set(re.findall(r"^\| `(\w+)`", page, re.M))
    assert explained == keys.keys() - {"url", "simulate", "members", "left_out"}


def test_make_inspect_prints_what_inspect_prints(repository, tmp_path):
    path = tmp_path / "my session.npz"
    make_npz(path)
    make = ["make", "--no-print-directory", "--old-file", ".venv/ready", "inspect"]
    options = {"cwd": repository, "capture_output": True, "text": True}
    by_make = subprocess.run([*make, f"FILE={path}"], **options)
    script = [sys.executable, "scripts/inspect_recording.py", path]
    by_hand = subprocess.run(script, **options)
    assert by_make.stdout == by_hand.stdout != ""
    assert by_make.stderr == by_hand.stderr
    without = subprocess.run(make, **options).stderr
    assert all(f"  {name} " in without for name in READERS)
