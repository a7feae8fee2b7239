"""A recording is read, checked, binned and centered as the tutorial does."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from normative.errors import UserError
from normative.responses import average_bins, half_circle, load_recording


@settings(max_examples=60)
@given(
    st.lists(st.floats(0, 360, width=32), min_size=1, max_size=40),
    st.sampled_from([1.5, 2, 6, 7, 18]),
)
def test_binning_equals_a_plain_loop(angles, width):
    stimuli = np.array(angles)
    resp = np.random.default_rng(0).standard_normal((len(angles), 3))
    members = {}
    for index, angle in enumerate(angles):
        members.setdefault(int(angle // width), []).append(index)
    expected = [members[key] for key in sorted(members)]
    binned_resp, binned_stimuli = average_bins(resp, stimuli, width)
    np.testing.assert_allclose(binned_stimuli, [stimuli[group].mean() for group in expected])
    np.testing.assert_allclose(binned_resp, [resp[group].mean(axis=0) for group in expected])


def test_bins_of_one_degree_leave_the_recording_alone():
    resp, stimuli = np.ones((3, 2)), np.array([5.0, 2.0, 2.5])
    binned_resp, binned_stimuli = average_bins(resp, stimuli, 1)
    assert binned_resp is resp
    assert binned_stimuli is stimuli


def test_half_circle_keeps_181_stimuli_and_counts_from_vertical():
    stimuli = np.arange(360)
    responses, orientation = half_circle(np.tile(stimuli[:, None], (1, 4)), stimuli)
    assert responses.shape == (181, 4)
    assert responses.dtype == orientation.dtype == np.float32
    np.testing.assert_array_equal(orientation, np.arange(-90, 91))
    np.testing.assert_array_equal(responses[:, 0], np.arange(181))


def arrays(**changes):
    recording = {
        "resp": np.random.default_rng(0).standard_normal((20, 5)),
        "stimuli": np.arange(20) * 18,
    }
    return {**recording, **changes}


def test_recording_is_read_as_saved(tmp_path):
    np.savez(tmp_path / "r.npz", **arrays())
    recorded, stimuli = load_recording(tmp_path / "r.npz")
    assert list(recorded) == ["responses"]
    np.testing.assert_array_equal(recorded["responses"], arrays()["resp"])
    np.testing.assert_array_equal(stimuli, arrays()["stimuli"])


def test_recording_of_two_halves_is_their_mean(tmp_path):
    """The layout of the tutorial's trial-split file."""
    rng = np.random.default_rng(1)
    halves = {name: rng.standard_normal((20, 5)) for name in ("resp_train", "resp_test")}
    np.savez(tmp_path / "r.npz", stimuli=arrays()["stimuli"], **halves)
    recorded, _ = load_recording(tmp_path / "r.npz")
    assert list(recorded) == ["responses", "half_1", "half_2"]
    np.testing.assert_array_equal(recorded["half_1"], halves["resp_train"])
    np.testing.assert_array_equal(recorded["half_2"], halves["resp_test"])
    mean = np.mean(list(halves.values()), axis=0)
    np.testing.assert_allclose(recorded["responses"], mean)
    np.savez(tmp_path / "r.npz", **arrays(), **halves)
    recorded, _ = load_recording(tmp_path / "r.npz")
    np.testing.assert_array_equal(recorded["responses"], arrays()["resp"])


def spoiled(value):
    resp = arrays()["resp"]
    resp[3, 2] = value
    return resp


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"resp": spoiled(np.nan)}, "`resp` holds 1 NaN or infinite"),
        ({"resp": spoiled(np.inf)}, "`resp` holds 1 NaN or infinite"),
        ({"stimuli": np.full(20, np.nan)}, "`stimuli` holds 20 NaN"),
        ({"resp": np.ones((5, 20))}, "transpose"),
        ({"resp": np.ones(20)}, "shape"),
        ({"resp": np.ones((20, 5, 2))}, "shape"),
        ({"stimuli": np.arange(19)}, "shape"),
        ({"resp": np.ones((20, 1))}, "1 neurons"),
        ({"resp_train": np.ones((20, 5))}, "found one half"),
        ({"resp_train": np.ones((20, 5)), "resp_test": np.ones((20, 4))}, "the same neurons"),
        ({"resp_train": np.ones((20, 5)), "resp_test": spoiled(np.nan)}, "`resp_test` holds 1 NaN"),
        ({"resp": np.ones((20, 5), complex)}, "complex128"),
        ({"resp": np.full((20, 5), "a")}, "<U1"),
        ({"resp": np.full((20, 5), None)}, "not readable"),
        ({"stimuli": np.arange(20) - 1.0}, "-1 to 18"),
        ({"stimuli": np.linspace(0, 361, 20)}, "0 to 361"),
    ],
)
def test_unfit_recording_is_refused_in_one_line_that_names_the_file(tmp_path, changes, message):
    path = tmp_path / "mine.npz"
    np.savez(path, **arrays(**changes))
    with pytest.raises(UserError, match=message) as error:
        load_recording(path)
    assert "mine.npz" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("missing", ["resp", "stimuli"])
def test_missing_array_is_named_beside_those_found(tmp_path, missing):
    recording = arrays()
    np.savez(tmp_path / "r.npz", responses=recording.pop(missing), **recording)
    with pytest.raises(UserError, match=f"no array `{missing}`, found responses"):
        load_recording(tmp_path / "r.npz")


@pytest.mark.parametrize("content", [b"", b"<html>log in</html>", b"PK\x03\x04 broken"])
def test_file_that_is_no_archive_is_refused(tmp_path, content):
    (tmp_path / "r.npz").write_bytes(content)
    with pytest.raises(UserError, match=r"r\.npz: not an \.npz archive"):
        load_recording(tmp_path / "r.npz")


def test_single_array_is_refused(tmp_path):
    np.save(tmp_path / "r.npy", np.ones((20, 5)))
    with pytest.raises(UserError, match=r"not an \.npz archive"):
        load_recording(tmp_path / "r.npy")


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_archive_is_refused_or_read_right(tmp_path, data):
    """Cut anywhere it is no archive; with a bit changed, the checksums inside tell."""
    save = data.draw(st.sampled_from([np.savez, np.savez_compressed]))
    save(tmp_path / "whole.npz", **arrays())
    content = bytearray((tmp_path / "whole.npz").read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        del content[at:]
    else:
        content[at] ^= 1 << data.draw(st.integers(0, 7))
    (tmp_path / "damaged.npz").write_bytes(content)
    try:
        recorded, stimuli = load_recording(tmp_path / "damaged.npz")
    except UserError as error:
        assert "damaged.npz" in str(error)
        assert "\n" not in str(error)
    else:
        np.testing.assert_array_equal(recorded["responses"], arrays()["resp"])
        np.testing.assert_array_equal(stimuli, arrays()["stimuli"])
