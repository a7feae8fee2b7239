"""Plain HDF5 files are read with the axes that they show, and damaged ones end in one line."""

from pathlib import Path

import h5py
import numpy as np
import pytest
from damaged_files import NOT_FILES_OF_ARRAYS, assert_refused, damage, refusal

from normative.recordings.readers import find_format
from normative.recordings.readers.hdf5 import look, read, recognizes

RESP = np.random.default_rng(0).standard_normal((24, 7))  # stimuli × cells
ANGLES = np.tile(np.arange(12) * 30.0, 2)
NAMED = {"responses": "a/resp", "orientation": "a/theta"}


@pytest.fixture
def save(tmp_path):
    def save_arrays(**options):
        kind = options.pop("kind", ["low"] * 12 + ["high"] * 12)
        with h5py.File(tmp_path / "r.h5", "w", **options) as file:
            file["a/resp"], file["a/theta"], file["kind"] = RESP, ANGLES, kind
            file["name"], file["empty"] = "mouse 1", h5py.Empty("f8")
            file["link"] = h5py.ExternalLink("other.h5", "/x")
        return str(tmp_path / "r.h5")

    return save_arrays


def test_axes_are_those_of_the_file_and_text_is_a_condition(save):
    path = save()
    assert find_format(path) == "hdf5"
    recording = read(path, NAMED)
    np.testing.assert_array_equal(recording.responses, RESP)
    np.testing.assert_array_equal(recording.angle, ANGLES)
    assert recording.conditions["kind"].tolist() == ["low"] * 12 + ["high"] * 12
    contents = look(path)
    assert contents.entry.items() >= {**NAMED, "axes": "stimuli_first", "unit": "degrees"}.items()
    shapes = {array.name: array.shape for array in contents.arrays}
    assert shapes == {"a/resp": (24, 7), "a/theta": (24,), "kind": (24,), "name": (), "empty": ()}


def test_datasets_in_other_files_are_not_followed(save, tmp_path):
    path = save()
    with h5py.File(path, "a") as file:
        file.create_dataset("a/far", (24, 7), external=[(str(tmp_path / "x"), 0, 24 * 7 * 4)])
    message = "`a/far` has type in another file"
    assert_refused(read, path, NAMED | {"responses": "a/far"}, match=message)


def test_other_files_are_not_recognized_and_refused(save, tmp_path):
    for content in NOT_FILES_OF_ARRAYS:
        (tmp_path / "other").write_bytes(content)
        assert recognizes(tmp_path / "other") == content.startswith(b"\x89HDF")
        assert_refused(read, str(tmp_path / "other"), NAMED)
        assert_refused(look, str(tmp_path / "other"))
    with h5py.File(tmp_path / "nwb", "w") as file:
        file.attrs["nwb_version"] = "2.0"
    assert not recognizes(str(tmp_path / "nwb"))


def test_damaged_files_are_read_or_refused_in_one_line(save, tmp_path):
    content = Path(save()).read_bytes()
    messages = []
    for damaged in damage(content, 20):
        (tmp_path / "r.h5").write_bytes(damaged)
        messages.append(refusal(read, str(tmp_path / "r.h5"), NAMED))
        refusal(look, str(tmp_path / "r.h5"))
    assert sum(message is not None for message in messages) > 15
