"""The script writes a user's recording in the tutorial's layout, and tells each choice."""

import hashlib
from types import SimpleNamespace

import numpy as np
import pytest

import read_recording
from normative.workflow.errors import UserError


@pytest.fixture
def read(tmp_path):
    """Read a small file by an entry; give the arrays that are written."""
    path = tmp_path / "mine.npz"
    responses = np.random.default_rng(0).normal(3, 1, (10, 4))
    np.savez(path, resp=responses, stimuli=np.arange(10) * 18.0)

    def read(**entry):
        output = tmp_path / "recording.npz"
        digest = hashlib.md5(path.read_bytes()).hexdigest()
        entry = {name: digest if value == "right" else value for name, value in entry.items()}
        read_recording.main(
            SimpleNamespace(recording=path),
            SimpleNamespace(recording=output),
            SimpleNamespace(entry={"path": str(path), **entry}),
        )
        with np.load(output, allow_pickle=False) as arrays:
            return responses, dict(arrays)

    return read


def test_arrays_are_those_of_the_tutorials_layout(read):
    responses, arrays = read()
    np.testing.assert_allclose(arrays["resp"], responses, rtol=1e-6)
    assert arrays["stimuli"].tolist() == (np.arange(10) * 18.0).tolist()
    assert arrays["cells"].tolist() == [0, 1, 2, 3]
    assert arrays["values"] == "a.u."


def test_each_note_is_in_the_log_and_in_the_file(read, caplog):
    with caplog.at_level("INFO"):
        _, arrays = read(normalize="zscore")
    assert "Each cell is z-scored over the different angles." in arrays["notes"]
    assert [record.message for record in caplog.records] == arrays["notes"].tolist()


def test_a_file_is_verified_by_its_md5_if_there_is_one(read):
    read(md5="right")
    with pytest.raises(UserError, match="MD5"):
        read(md5="0" * 32)
