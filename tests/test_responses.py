"""A recording is read, checked, binned and centered as the tutorial does."""

import hashlib
import re
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bin_responses import main as bin_responses
from normative.recordings.parts import part_weights
from normative.recordings.responses import load_recording
from normative.workflow.errors import UserError


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


def test_recording_of_two_halves_is_their_mean_weighted_by_their_noise(tmp_path):
    """The layout of the tutorial's trial-split file."""
    rng = np.random.default_rng(1)
    halves = {name: rng.standard_normal((20, 5)) for name in ("resp_train", "resp_test")}
    np.savez(tmp_path / "r.npz", stimuli=arrays()["stimuli"], **halves)
    recorded, _ = load_recording(tmp_path / "r.npz")
    assert list(recorded) == ["responses", "half_1", "half_2"]
    np.testing.assert_array_equal(recorded["half_1"], halves["resp_train"])
    np.testing.assert_array_equal(recorded["half_2"], halves["resp_test"])
    first, second = part_weights(*halves.values())
    mean = first * halves["resp_train"] + second * halves["resp_test"]
    np.testing.assert_allclose(recorded["responses"], mean)
    np.savez(tmp_path / "r.npz", **arrays(), **halves)
    recorded, _ = load_recording(tmp_path / "r.npz")
    np.testing.assert_array_equal(recorded["responses"], arrays()["resp"])


def spoiled(value):
    resp = arrays()["resp"]
    resp[3, 2] = value
    return resp


def alike():
    resp = arrays()["resp"]
    resp[3] = 0.5
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
        ({"stimuli": np.linspace(0, 2 * np.pi, 20)}, "radians"),
        ({"resp": alike()}, "all neurons respond alike to 1 of 20 stimuli"),
        ({"resp": np.zeros((20, 0))}, "0 neurons"),
        ({"resp": np.ones((20, 5), bool)}, "type bool"),
        ({"resp": np.zeros((20, 5), "datetime64[s]")}, "type datetime64"),
        ({"resp": np.zeros(20, [("a", float)])}, "type"),
        ({"stimuli": np.array(["0"] * 20)}, "type <U1"),
        ({"stimuli": np.arange(40).reshape(20, 2)}, "shape"),
    ],
)
def test_unfit_recording_is_refused_in_one_line_that_names_the_file(tmp_path, changes, message):
    path = tmp_path / "mine.npz"
    np.savez(path, **arrays(**changes))
    with pytest.raises(UserError, match=message) as error:
        load_recording(path)
    assert "mine.npz" in str(error.value)
    assert "\n" not in str(error.value)


def test_small_numbers_do_not_overflow(tmp_path):
    """Halves of bytes or of half floats: their sum is beyond their type, their mean is not."""
    for dtype, value in ((np.uint8, 200), (np.int16, 30000), (np.float16, 60000)):
        half = np.full((20, 5), value, dtype)
        half[:, 0] = 1
        np.savez(tmp_path / "r.npz", stimuli=np.arange(20) * 18, resp_train=half, resp_test=half)
        recorded, _ = load_recording(tmp_path / "r.npz")
        np.testing.assert_array_equal(recorded["responses"], half.astype(float))


def test_neuron_that_is_constant_is_no_mistake(tmp_path):
    resp = arrays()["resp"]
    resp[:, 2] = 3
    np.savez(tmp_path / "r.npz", **arrays(resp=resp))
    np.testing.assert_array_equal(load_recording(tmp_path / "r.npz")[0]["responses"], resp)


def test_archive_that_unpacks_to_100_gb_is_refused_before_it_is_read(tmp_path):
    """Told by its list: each entry here claims 4 GiB."""
    path = tmp_path / "bomb.npz"
    np.savez(path, **{f"a{i}": np.zeros(1) for i in range(25)}, **arrays())
    content = path.read_bytes()
    listed = re.sub(rb"(PK\x01\x02.{20}).{4}", rb"\g<1>" + b"\xf0\xff\xff\xff", content, flags=re.S)
    path.write_bytes(listed)
    with pytest.raises(UserError, match=r"bomb.npz: its arrays take 108 GiB, expected at most 8"):
        load_recording(path)


def test_array_whose_header_claims_100_gb_is_refused(tmp_path):
    header = np.lib.format.header_data_from_array_1_0(np.zeros((1, 1)))
    header["shape"] = (100_000, 134_000)
    with zipfile.ZipFile(tmp_path / "r.npz", "w") as archive, archive.open("resp.npy", "w") as file:
        np.lib.format.write_array_header_1_0(file, header)
    with pytest.raises(UserError, match=r"r.npz: not readable"):
        load_recording(tmp_path / "r.npz")


@pytest.mark.parametrize("name", ["a b.npz", "a\nb.npz", "a;$(touch x)'\"`b`.npz", "å∂.npz"])
def test_any_name_is_read_and_told_in_one_line(tmp_path, name):
    np.savez(tmp_path / "plain.npz", **arrays())
    (tmp_path / name).symlink_to(tmp_path / "plain.npz")
    recorded, _ = load_recording(tmp_path / name)
    np.testing.assert_array_equal(recorded["responses"], arrays()["resp"])
    (tmp_path / "plain.npz").write_bytes(b"")
    with pytest.raises(UserError, match=r"not an \.npz archive") as error:
        load_recording(str(tmp_path / name))
    assert "\n" not in str(error.value)
    with pytest.raises(UserError, match="no such file"):
        load_recording(tmp_path / f"not {name}")


def test_pickle_in_an_archive_is_never_run(tmp_path):
    class Trap:
        def __reduce__(self):
            return (tmp_path.joinpath("sprung").touch, ())

    np.savez(tmp_path / "r.npz", **arrays(resp=np.array([[Trap()]], object)))
    with pytest.raises(UserError, match="not readable"):
        load_recording(tmp_path / "r.npz")
    assert not (tmp_path / "sprung").exists()


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


def binned(tmp_path, path, bin_width=1, md5=None):
    """Bin a recording; give the arrays written."""
    output = SimpleNamespace(
        responses=tmp_path / "responses.npz", description=tmp_path / "recording.md"
    )
    params = SimpleNamespace(bin_width=bin_width, md5=md5, above_180="drop", file=str(path))
    wildcards = SimpleNamespace(dataset="mine")
    bin_responses(SimpleNamespace(recording=path), output, wildcards, params)
    with np.load(output.responses) as file:
        return dict(file)


@pytest.mark.parametrize("bin_width", [1, 7])
def test_every_form_is_binned_averaged_over_repeats_and_counted_from_vertical(tmp_path, bin_width):
    rng = np.random.default_rng(0)
    stimuli = rng.integers(0, 73, 200) * 5.0  # many of them more than once
    names = {"resp": "responses", "resp_train": "half_1", "resp_test": "half_2"}
    names["resp_noiseless"] = "noiseless"
    resp = {name: rng.standard_normal((200, 6)) for name in names}
    np.savez(tmp_path / "r.npz", stimuli=stimuli, **resp)
    found = binned(tmp_path, tmp_path / "r.npz", bin_width)
    members = {}
    for index, angle in enumerate(stimuli):
        members.setdefault(angle if bin_width == 1 else angle // bin_width, []).append(index)
    groups = [members[key] for key in sorted(members)]
    groups = [group for group in groups if stimuli[group].mean() <= 180]
    expected = [stimuli[group].mean() - 90 for group in groups]
    np.testing.assert_allclose(found.pop("orientation"), expected, rtol=1e-6)
    assert found.pop("no_shifts"), "of angles drawn at random"
    assert list(found) == list(names.values())
    for name, form in names.items():
        expected = [resp[name][group].mean(axis=0) for group in groups]
        np.testing.assert_allclose(found[form], expected, rtol=1e-5, atol=1e-6)


def test_recording_of_another_md5_is_refused(tmp_path):
    np.savez(tmp_path / "r.npz", **arrays())
    md5 = hashlib.md5((tmp_path / "r.npz").read_bytes()).hexdigest()
    assert "responses" in binned(tmp_path, tmp_path / "r.npz", md5=md5)
    with pytest.raises(UserError, match="MD5"):
        binned(tmp_path, tmp_path / "r.npz", md5="0" * 32)
