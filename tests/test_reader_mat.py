"""MATLAB files of both kinds are read with MATLAB's axes, and nothing in them is run."""

import pickle
from pathlib import Path

import h5py
import numpy as np
import pytest
import scipy.io.matlab
from damaged_files import NOT_FILES_OF_ARRAYS, assert_refused, damage, refusal
from scipy.io import savemat
from scipy.sparse import csc_array

from normative.recordings.readers.mat import look, read, recognizes

RESP = np.random.default_rng(0).standard_normal((12, 7))  # stimuli × cells
ANGLES = np.arange(12) * 30.0
NAMED = {"responses": "resp", "orientation": "stim"}


def save_5(path, variables, **options):
    """Save as MATLAB's save(…, '-v7') does: compressed, version 5."""
    savemat(path, variables, **{"do_compression": True, "oned_as": "column"} | options)
    return path


def save_73(path, variables):
    """Save as MATLAB's save(…, '-v7.3') does: HDF5 behind 512 bytes, axes reversed."""
    with h5py.File(path, "w", userblock_size=512) as file:
        put_group(file, file, variables)
    header = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, HDF5 schema 1.00 .".ljust(124)
    with open(path, "r+b") as file:
        file.write(header + b"\x00\x02IM")
    return path


def put_group(file, group, variables):
    """Put variables into a file, or fields into a struct."""
    for name, value in variables.items():
        put(file, group, name, value)


def refer(file, value):
    """Put a value beside the variables, and give a reference to it."""
    references = file.require_group("#refs#")
    name = f"r{len(references)}"
    put(file, references, name, value)
    return references[name].ref


def put(file, group, name, value):
    """Put one value: a struct of a dict, a struct array of a list, a cell array of a tuple."""
    if isinstance(value, dict):
        made = group.create_group(name)
        made.attrs["MATLAB_class"] = np.bytes_("struct")
        put_group(file, made, value)
        return
    if isinstance(value, list):
        made = group.create_group(name)
        made.attrs["MATLAB_class"] = np.bytes_("struct")
        for field in value[0]:
            references = [[refer(file, element[field])] for element in value]
            made.create_dataset(field, data=references, dtype=h5py.ref_dtype)
        return
    if isinstance(value, tuple):
        references = [[refer(file, element)] for element in value]
        made = group.create_dataset(name, data=references, dtype=h5py.ref_dtype)
        made.attrs["MATLAB_class"] = np.bytes_("cell")
        return
    if isinstance(value, str):
        made = group.create_dataset(name, data=np.array([[ord(c)] for c in value], np.uint16))
        made.attrs["MATLAB_class"] = np.bytes_("char")
        return
    value = np.asarray(value)
    value = value.reshape(-1, 1) if value.ndim < 2 else value
    if value.dtype.kind == "c":
        value = value.view([("real", "f8"), ("imag", "f8")])
    kind = {"float64": "double", "float32": "single", "bool": "logical"}
    made = group.create_dataset(
        name, data=value.T.astype(np.uint8) if value.dtype == bool else value.T
    )
    made.attrs["MATLAB_class"] = np.bytes_(kind.get(str(value.dtype), str(value.dtype)))


def to_scipy(value):
    """Turn a list of dicts into a struct array, a tuple into a cell array, as scipy writes them."""
    if isinstance(value, dict):
        return {name: to_scipy(field) for name, field in value.items()}
    if isinstance(value, list):
        made = np.empty((len(value), 1), [(field, object) for field in value[0]])
        for row, element in zip(made[:, 0], value, strict=True):
            for field in element:
                row[field] = element[field]
        return made
    if isinstance(value, tuple):
        made = np.empty((len(value), 1), object)
        made[:, 0] = value
        return made
    return value


@pytest.fixture(params=["5", "7.3"])
def save(request, tmp_path):
    def save_variables(**variables):
        if request.param == "5":
            return save_5(tmp_path / "r.mat", to_scipy(variables))
        return save_73(tmp_path / "r.mat", variables)

    return save_variables


def test_variables_have_matlabs_axes(save):
    path = save(resp=RESP.T, stim=ANGLES)
    assert recognizes(path)
    recording = read(path, NAMED)
    np.testing.assert_array_equal(recording.responses, RESP)
    np.testing.assert_array_equal(recording.angle, ANGLES)
    assert "`resp` is cells × stimuli, known from the 12 angles" in " ".join(recording.notes)
    recording = read(save(resp=RESP, stim=ANGLES[None]), NAMED)
    np.testing.assert_array_equal(recording.responses, RESP)
    assert "`resp` is stimuli × cells" in " ".join(recording.notes)


def test_three_axes_are_those_of_matlab(save):
    resp = np.random.default_rng(0).standard_normal((7, 12, 3))
    path = save(resp=resp, stim=np.column_stack([np.repeat([0.5, 1], 6), ANGLES]))
    entry = {"responses": "resp", "orientation": "stim[1]", "axes": "cells_stimuli_trials"}
    recording = read(path, entry)
    np.testing.assert_array_equal(recording.responses[3:6], resp[:, 1, :].T)
    np.testing.assert_array_equal(recording.angle, np.repeat(ANGLES, 3))


def test_as_many_cells_as_stimuli_need_their_axes_said(save):
    square = np.random.default_rng(1).standard_normal((12, 12))
    path = save(resp=square, stim=ANGLES)
    assert_refused(read, path, NAMED, match="set `axes` to stimuli_first or cells_first")
    for axes, expected in (("stimuli_first", square), ("cells_first", square.T)):
        np.testing.assert_array_equal(read(path, NAMED | {"axes": axes}).responses, expected)


def test_structs_and_what_is_inside_them_have_dotted_names(save):
    path = save(data={"resp": RESP.T, "info": {"stim": ANGLES, "animal": "m1"}}, date="today")
    entry = {"responses": "data.resp", "orientation": "data.info.stim"}
    np.testing.assert_array_equal(read(path, entry).responses, RESP)
    np.testing.assert_array_equal(read(path, entry).angle, ANGLES)
    described = {array.name: array for array in look(path).arrays}
    assert described["data.resp"].shape == (7, 12)
    assert described["data.info.animal"].examples == ["m1"]
    assert described["date"].examples == ["today"]


def test_struct_array_of_trials_gives_a_vector_a_field(save):
    trials = [
        {"ori": angle, "resp": row, "name": f"t{angle:g}", "n": np.ones(i + 1)}
        for i, (angle, row) in enumerate(zip(ANGLES, RESP, strict=True))
    ]
    path = save(trials=trials)
    recording = read(path, {"responses": "trials.resp", "orientation": "trials.ori"})
    np.testing.assert_array_equal(recording.responses, RESP)
    np.testing.assert_array_equal(recording.angle, ANGLES)
    described = {array.name: array for array in look(path).arrays}
    assert described["trials.n"].dtype == "cell array"  # of different lengths


def test_empty_angle_of_a_struct_array_is_a_blank(save):
    trials = [
        {"ori": angle if i % 4 else np.empty((0, 0)), "resp": row}
        for i, (angle, row) in enumerate(zip(ANGLES, RESP, strict=True))
    ]
    recording = read(save(trials=trials), {"responses": "trials.resp", "orientation": "trials.ori"})
    np.testing.assert_array_equal(
        recording.angle, np.where(np.arange(len(ANGLES)) % 4, ANGLES, np.nan)
    )


def test_cell_array_of_responses_is_a_row_a_cell(save):
    path = save(resp=tuple(RESP), stim=tuple(ANGLES), mixed=("a", RESP))
    recording = read(path, NAMED)
    np.testing.assert_array_equal(recording.responses, RESP)
    np.testing.assert_array_equal(recording.angle, ANGLES)


def test_text_beside_the_angles_is_a_condition(save):
    names = tuple(["low", "high"] * 6)
    recording = read(save(resp=RESP, stim=ANGLES, contrast=names), NAMED)
    assert recording.conditions["contrast"].tolist() == list(names)


def test_wrong_names_are_told_with_the_numeric_variables(save):
    path = save(resp=RESP.T, stim=ANGLES, text="abc", more={"x": np.float64(3)})
    listed = r"`resp` \(7, 12\), `stim` \(12, 1\), `more.x` \(1, 1\)"
    if "7.3" in str(path.read_bytes()[:10]):
        listed = r"`more.x` \(1, 1\), `resp` \(7, 12\), `stim` \(12, 1\)"
    assert_refused(read, path, {}, match="does not say which array is `responses`.*" + listed)
    assert_refused(read, path, {"responses": "dff"}, match="no array `dff`.*" + listed)
    wrong = {"responses": "resp", "orientation": "ori"}
    assert_refused(read, path, wrong, match="no array `ori`.*set `orientation`")
    assert_refused(read, path, {"responses": "text"}, match="type <U3, expected real numbers")


@pytest.mark.parametrize(
    ("resp", "message"),
    [
        (RESP + 1j, "complex"),
        (RESP[:, :1], "expected two axes|12 angles|shape|cells"),
        (np.ones((12, 7, 2)), "set `axes` to stimuli_cells_trials or"),
        (RESP[1:], "12 angles"),
        (RESP > 0, "type bool"),
        ("text", "type <U4"),
        (("a", RESP), "cell array"),
        ({"x": RESP}, "no array `resp`, found numbers in `resp.x`|no array `resp`"),
    ],
)
def test_wrong_types_and_shapes_are_refused(save, resp, message):
    path = save(resp=resp, stim=ANGLES)
    look(path)
    if isinstance(resp, np.ndarray) and resp.shape == (12, 1):
        assert read(path, NAMED).responses.shape == (12, 1)  # one cell: preparation says
        return
    assert_refused(read, path, NAMED, match=message)


def test_sparse_variable_is_told_of(tmp_path):
    path = save_5(tmp_path / "r.mat", {"resp": csc_array(RESP), "stim": ANGLES})
    assert_refused(read, path, NAMED, match="type sparse")


def test_integers_single_precision_and_no_compression_are_read(save, tmp_path):
    for dtype in (np.uint8, np.int32, np.float32):
        counts = np.arange(84, dtype=dtype).reshape(12, 7)
        recording = read(save(resp=counts, stim=ANGLES.astype(np.int16)), NAMED)
        np.testing.assert_array_equal(recording.responses, counts)
        assert recording.responses.dtype == np.float32
    path = save_5(tmp_path / "u.mat", {"resp": RESP, "stim": ANGLES}, do_compression=False)
    np.testing.assert_array_equal(read(path, NAMED).responses, RESP)


def test_function_handles_objects_and_links_are_ignored(tmp_path):
    path = save_73(tmp_path / "r.mat", {"resp": RESP, "stim": ANGLES})
    np.save(tmp_path / "secret.npy", RESP)
    with h5py.File(path, "r+") as file:
        file["elsewhere"] = h5py.ExternalLink("other.mat", "/resp")
        file["soft"] = h5py.SoftLink("/resp")
        file["handle"] = np.zeros((1, 4), np.uint32)
        file["handle"].attrs["MATLAB_class"] = np.bytes_("function_handle")
        file["object"] = np.zeros((1, 6), np.uint32)
        file["object"].attrs["MATLAB_class"] = np.bytes_("containers.Map")
        file["object"].attrs["MATLAB_object_decode"] = np.int32(3)
        file["#subsystem#/MCOS"] = np.zeros((1, 4), np.uint32)
        file["outside"] = np.zeros(1)
        del file["outside"]
        file.create_dataset(
            "outside", (4, 4), "u1", external=[(str(tmp_path / "secret.npy"), 0, 16)]
        )
        file["loop"] = file["/"]
    kinds = {array.name: array.dtype for array in look(path).arrays}
    assert kinds["handle"] == "function_handle"
    assert kinds["object"] == "containers.Map"
    assert kinds["outside"] == "in another file"
    assert not {"elsewhere", "soft", "#subsystem#"} & kinds.keys()
    np.testing.assert_array_equal(read(path, NAMED).responses, RESP)
    assert_refused(read, path, NAMED | {"responses": "outside"}, match="in another file")


def test_pickle_inside_a_file_is_never_run(tmp_path):
    class Trap:
        def __reduce__(self):
            """Leave a mark."""
            return (tmp_path.joinpath("sprung").touch, ())

    content = np.frombuffer(pickle.dumps(Trap()), np.uint8)
    for path in (
        save_5(tmp_path / "5.mat", {"resp": content, "stim": ANGLES}),
        save_73(tmp_path / "73.mat", {"resp": content, "stim": ANGLES}),
    ):
        look(path)
        refusal(read, path, NAMED)
    with h5py.File(tmp_path / "73.mat", "r+") as file:  # as numpy and pandas hide them
        file["void"] = np.void(content.tobytes())
        file["text"] = "python: os.system"
        file.attrs["PICKLED"] = content
    look(tmp_path / "73.mat")
    assert not (tmp_path / "sprung").exists()


def test_arrays_that_claim_100_gb_are_refused_before_they_are_read(tmp_path):
    path = save_73(tmp_path / "r.mat", {"stim": ANGLES})
    with h5py.File(path, "r+") as file:
        file.create_dataset("resp", (134_000, 100_000), "f8", chunks=(100, 100))
        file["stim2"] = np.arange(100_000.0)[None]
        assert path.stat().st_size < 1e7
    entry = {"responses": "resp", "orientation": "stim2"}
    assert_refused(read, path, entry, match="its arrays take 100 GiB, expected at most 8")
    path = save_5(tmp_path / "5.mat", {"resp": RESP, "stim": ANGLES}, do_compression=False)
    content = path.read_bytes()
    size = np.array([12, 7], "<i4").tobytes()
    path.write_bytes(content.replace(size, np.array([134_000, 100_000], "<i4").tobytes(), 1))
    assert_refused(read, path, NAMED, match="its arrays take 100 GiB|not readable")


def test_compressed_zeros_are_counted_before_they_are_unpacked(tmp_path, monkeypatch):
    """A struct hides how large it is until it is read."""
    path = save_5(tmp_path / "r.mat", {"s": {"x": np.zeros(1_000_000)}, "stim": ANGLES})
    look(path)
    monkeypatch.setattr("normative.recordings.readers.arrays.MOST_BYTES", 1 << 20)
    assert_refused(read, path, NAMED, match="expected at most 0")


@pytest.mark.parametrize("content", NOT_FILES_OF_ARRAYS)
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "r.mat"
    path.write_bytes(content)
    assert recognizes(path) == content.startswith(b"MATLAB")
    assert_refused(read, path, NAMED)
    assert_refused(read, tmp_path / "none.mat", NAMED, match="no such file")


def test_hdf5_without_matlabs_header_is_left_to_others(tmp_path):
    with h5py.File(tmp_path / "r.mat", "w") as file:
        file["resp"] = RESP
    assert not recognizes(tmp_path / "r.mat")
    assert not recognizes(tmp_path)
    assert_refused(read, tmp_path / "r.mat", NAMED, match="not a MATLAB file")


def test_damaged_files_are_refused_or_read_without_a_crash(save):
    path = save(resp=RESP.T, stim=ANGLES, data={"x": RESP, "c": ("a", RESP)}, text="abc")
    content = path.read_bytes()
    messages = []
    for damaged in damage(content, n=40):
        path.write_bytes(damaged)
        messages.append(refusal(read, path, NAMED))
        refusal(look, path)
    assert sum(message is not None for message in messages) > 40


def test_look_guesses_an_entry_that_reads(save):
    path = save(data={"dff": RESP.T, "theta_deg": ANGLES}, xyz=np.ones((7, 3)), depth=np.ones(7))
    contents = look(path)
    assert contents.entry == {
        "responses": "data.dff",
        "orientation": "data.theta_deg",
        "axes": "cells_first",
        "unit": "degrees",
    }
    assert contents.comments.keys() == contents.entry.keys()
    np.testing.assert_array_equal(read(path, contents.entry).responses, RESP)


def test_structure_is_checked_before_scipy_reads_what_would_crash_it(tmp_path):
    """Every byte of an uncompressed file changed: read by scipy alone, some end the process."""
    path = tmp_path / "r.mat"
    variables = {"resp": RESP[:, :2], "stim": ANGLES, "data": to_scipy({"c": ("a", 2.0), "x": 1.0})}
    save_5(path, variables, do_compression=False)
    content = path.read_bytes()
    messages = set()
    for at in range(128, len(content), 3):
        changed = bytearray(content)
        changed[at] ^= 8
        path.write_bytes(changed)
        messages.add(refusal(look, path))
    path.write_bytes(content[:-200])
    assert_refused(look, path, match="is it cut")
    assert len(messages) > 10


def test_files_that_matlab_wrote_are_listed_unless_they_are_damaged():
    """Those that scipy is tested with, of many releases and machines."""
    files = sorted(Path(scipy.io.matlab.__file__).parent.glob("tests/data/*.mat"))
    if not files:
        pytest.skip("scipy was installed without its tests")
    refused = {path.name for path in files if recognizes(path) and refusal(look, path)}
    assert refused == {
        "bad_miuint32.mat",
        "bad_miutf8_array_name.mat",
        "corrupted_zlib_checksum.mat",
        "corrupted_zlib_data.mat",
        "malformed1.mat",
    }
