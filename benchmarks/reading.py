"""Recordings of each format, read by us and by the format's library alone."""

import datetime
from types import SimpleNamespace

import h5py
import numpy as np
import pandas as pd
import pynwb
from measure import Row, largest_difference
from scipy.io import loadmat, savemat

import read_recording as script
from normative.recordings.readers import nwb, read_recording

N_TRIALS, N_CELLS, N_ANGLES = 2000, 500, 40
FRAME_RATE, STOP = 10.0, 1.0  # frames a second; seconds from onset
rng = np.random.default_rng(0)


def readers(folder):
    """Single trials, and the responses to them from traces."""
    angle = rng.permutation(np.arange(N_TRIALS) % N_ANGLES) * 180.0 / N_ANGLES
    responses = rng.standard_normal((N_TRIALS, N_CELLS)).astype(np.float32)
    arrays = {"resp": responses, "stimuli": angle}
    size = f"{N_TRIALS:,} trials × {N_CELLS} cells"
    for form, bare in (
        ("npz", write_npz),
        ("mat", write_mat_5),
        ("mat 7.3", write_mat_73),
        ("hdf5", write_hdf5),
        ("table", write_table),
    ):
        entry = {} if form == "table" else {"responses": "resp", "orientation": "stimuli"}
        path, library, read = bare(str(folder / "recording"), arrays)
        yield Row(
            f"Reading {size}, {form}",
            lambda path=path, entry=entry: read_recording(path, entry).responses,
            {f"{library} alone": lambda path=path, read=read: read(path)},
            largest_difference,
            "responses",
        )
    yield nwb_row(folder, angle)
    path, _, _ = write_npz(str(folder / "recording"), arrays)
    made = folder / "prepared.npz"
    entry = {"unit": "degrees", "period": 180, "vertical": 90, "turning": "clockwise"}
    params = SimpleNamespace(entry={**entry, "normalize": "none"})

    def whole():
        script.main(SimpleNamespace(recording=path), SimpleNamespace(recording=made), params)
        with np.load(made) as file:
            return file["resp"][np.argsort(file["stimuli"] % 180)]

    def by_numpy():
        with np.load(path) as file:
            trials, angles = file["resp"], file["stimuli"]
        means = [trials[angles == each].mean(axis=0) for each in np.unique(angles)]
        np.savez(made, resp=np.array(means))
        return means

    yield Row(
        f"Importing {size}: angles, means, halves",
        whole,
        {"numpy, means alone": by_numpy},
        largest_difference,
        "means",
    )


def write_npz(stem, arrays):
    """Write a file; give its path, the name of the library and how it reads the responses."""
    np.savez(f"{stem}.npz", **arrays)
    return f"{stem}.npz", "numpy", lambda path: np.load(path)["resp"]


def write_mat_5(stem, arrays):
    """Likewise, as the others."""
    savemat(f"{stem}.mat", arrays)
    return f"{stem}.mat", "scipy", lambda path: loadmat(path)["resp"]


def write_mat_73(stem, arrays):
    """MATLAB's HDF5, whose axes are reversed."""
    path = f"{stem}-73.mat"
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, values in arrays.items():
            file[name] = np.atleast_2d(values.T)
            file[name].attrs["MATLAB_class"] = np.bytes_(values.dtype.name)
    header = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, HDF5 schema 1.00 .".ljust(124)
    with open(path, "r+b") as file:
        file.write(header + b"\x00\x02IM")
    return path, "h5py", lambda path: h5py.File(path)["resp"][:].T


def write_hdf5(stem, arrays):
    """Plain HDF5."""
    with h5py.File(f"{stem}.h5", "w") as file:
        for name, values in arrays.items():
            file[name] = values
    return f"{stem}.h5", "h5py", lambda path: h5py.File(path)["resp"][:]


def write_table(stem, arrays):
    """CSV, a line a trial and a column a cell."""
    frame = pd.DataFrame(arrays["resp"], columns=[f"cell_{i}" for i in range(N_CELLS)])
    frame.insert(0, "orientation", arrays["stimuli"])
    frame.to_csv(f"{stem}.csv", index=False)

    def read(path):
        return pd.read_csv(path).drop(columns="orientation").to_numpy()

    return f"{stem}.csv", "pandas", read


def nwb_row(folder, angle):
    """Traces of ROIs and a table of intervals; means of the frames of each."""
    n_trials = len(angle) // 4
    onset = 2 + 2.0 * np.arange(n_trials)
    n_frames = int((onset[-1] + 4) * FRAME_RATE)
    traces = rng.standard_normal((n_frames, N_CELLS)).astype(np.float32)
    file = pynwb.NWBFile("gratings", "1", datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))
    device = file.create_device(name="scope")
    channel = pynwb.ophys.OpticalChannel(name="c", description="d", emission_lambda=500.0)
    plane = file.create_imaging_plane(
        name="plane",
        optical_channel=channel,
        description="d",
        device=device,
        excitation_lambda=900.0,
        indicator="GCaMP",
        location="V1",
    )
    module = file.create_processing_module(name="ophys", description="d")
    segmentation = pynwb.ophys.ImageSegmentation()
    module.add(segmentation)
    rois = segmentation.create_plane_segmentation("rois", plane, name="PlaneSegmentation")
    for _ in range(N_CELLS):
        rois.add_roi(image_mask=np.ones((2, 2)))
    fluorescence = pynwb.ophys.DfOverF()
    module.add(fluorescence)
    region = rois.create_roi_table_region("all", region=list(range(N_CELLS)))
    series = pynwb.ophys.RoiResponseSeries(
        name="RoiResponseSeries",
        data=traces,
        rois=region,
        unit="dF/F",
        rate=FRAME_RATE,
        starting_time=0.0,
    )
    fluorescence.add_roi_response_series(series)
    table = pynwb.epoch.TimeIntervals(name="gratings", description="stimuli")
    table.add_column(name="orientation", description="degrees")
    for start, each in zip(onset, angle[:n_trials], strict=True):
        table.add_row(start_time=start, stop_time=start + STOP, orientation=each)
    file.add_time_intervals(table)
    path = str(folder / "recording.nwb")
    with nwb.uncollected(), pynwb.NWBHDF5IO(path, "w") as opened:
        opened.write(file)

    def by_library():
        with pynwb.NWBHDF5IO(path, "r") as opened:
            found = opened.read()
            data = found.processing["ophys"]["DfOverF"]["RoiResponseSeries"].data[:]
            times = found.intervals["gratings"].to_dataframe()
        first = np.round(times["start_time"].to_numpy() * FRAME_RATE).astype(int)
        return np.array([data[i : i + round(STOP * FRAME_RATE)].mean(axis=0) for i in first])

    return Row(
        f"Reading {n_trials} trials × {N_CELLS} cells from traces, nwb",
        lambda: read_recording(path, {}).responses,
        {"pynwb and a loop over trials": by_library},
        largest_difference,
        "responses",
    )
