"""Dictionaries of Stringer et al. are read without copies, and nothing that they ask for is run."""

import os
import pickle
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from damaged_files import NOT_FILES_OF_ARRAYS, assert_refused, damage, refusal

from normative.recordings.readers import pickles
from normative.recordings.readers.stringer import look, read, recognizes

RADIANS = {"unit": "radians"}


def session(n_cells=9, n_trials=40, n_stat=3):
    """Make a session as theirs are; types of numbers and order of arrays differ."""
    rng = np.random.default_rng(0)
    return {
        "sresp": rng.standard_normal((n_cells, n_trials)).astype(np.float32),
        "istim": rng.uniform(0, 2 * np.pi, n_trials),
        "mean_spont": rng.standard_normal(n_cells),
        "std_spont": rng.uniform(1, 2, n_cells).astype(np.float32),
        "u_spont": np.asfortranarray(rng.standard_normal((n_cells, 8))),
        "v_spont": rng.standard_normal((8, 30)),
        "run": rng.integers(0, 5, n_trials).astype(np.float32),
        "xyz": rng.standard_normal((3, n_cells)),
        "stat": [
            {
                "ypix": np.arange(4),
                "med": [1, 2.5],
                "skew": np.float64(2),
                "overlap": np.ones(4) > 0,
            }
            for _ in range(n_stat)
        ],
    }


@pytest.fixture
def save(tmp_path):
    def save_object(content, protocol=4):
        """As numpy.save does, by any protocol of pickle."""
        path = tmp_path / "s.npy"
        array = np.empty((), object)
        array[()] = content
        with open(path, "wb") as file:
            header = np.lib.format.header_data_from_array_1_0(array)
            np.lib.format.write_array_header_1_0(file, header)
            pickle.dump(array, file, protocol=protocol)
        return path

    return save_object


def save_pickle(path, content):
    """Write bytes of a pickle behind NumPy's header of an object."""
    with open(path, "wb") as file:
        header = np.lib.format.header_data_from_array_1_0(np.empty((), object))
        np.lib.format.write_array_header_1_0(file, header)
        file.write(content)
    return path


def assert_is_session(recording, expected):
    """Assert that a recording has the numbers of a session."""
    np.testing.assert_array_equal(recording.responses, expected["sresp"].T)
    np.testing.assert_array_equal(recording.angle, expected["istim"])
    mean, sd = recording.spontaneous
    np.testing.assert_allclose(mean, expected["mean_spont"])
    np.testing.assert_allclose(sd, expected["std_spont"])


def test_session_saved_by_numpy_is_read_as_trials_by_neurons(tmp_path):
    expected = session()
    np.save(tmp_path / "s.npy", expected)
    assert recognizes(tmp_path / "s.npy")
    recording = read(tmp_path / "s.npy", RADIANS)
    assert_is_session(recording, expected)
    assert recording.is_trials
    assert not recording.conditions
    assert "Not used: `u_spont`, `v_spont`, `run`, `xyz`, `stat`" in " ".join(recording.notes)


@pytest.mark.parametrize("protocol", [3, 4, 5])
@pytest.mark.parametrize("core", ["core", "_core"])
def test_every_protocol_and_both_names_of_numpys_core_are_read(save, protocol, core):
    expected = session()
    path = save(expected, protocol)
    content = path.read_bytes()
    if core == "core":  # NumPy 1, one letter shorter
        for module in (b"multiarray", b"numeric"):
            for end in (b"", b"\n"):
                long, short = (b"numpy." + c + module + end for c in (b"_core.", b"core."))
                content = content.replace(
                    b"\x8c" + bytes([len(long)]) + long, b"\x8c" + bytes([len(short)]) + short
                )
                if end:
                    content = content.replace(b"c" + long, b"c" + short)
        content = unframe(content)
    path.write_bytes(content)
    assert_is_session(read(path, RADIANS), expected)


def unframe(content):
    """Take out the frames of a pickle, whose lengths are wrong after a change."""
    start = content.index(b"\n") + 1
    out = bytearray(content[:start])
    data = content[start:]
    frame = data.find(b"\x95")
    while frame >= 0 and data[frame + 3 : frame + 9] == b"\0" * 6:
        out += data[:frame]
        data = data[frame + 9 :]
        frame = data.find(b"\x95")
    return bytes(out + data)


def test_big_endian_and_fortran_arrays_keep_their_numbers(save):
    expected = session()
    swapped = expected | {
        "sresp": np.asfortranarray(expected["sresp"].astype(">f4")),
        "istim": expected["istim"].astype(">f8"),
    }
    for protocol in (3, 4, 5):
        assert_is_session(read(save(swapped, protocol), RADIANS), expected)


def test_radians_must_be_said(save):
    path = save(session())
    assert_refused(read, path, {}, match="looks like radians; set `unit: radians`")


def test_look_guesses_an_entry_that_reads(save):
    path = save(session())
    contents = look(path)
    assert contents.entry == {
        "responses": "sresp",
        "orientation": "istim",
        "axes": "cells_first",
        "unit": "radians",
        "normalize": "spontaneous",
    }
    assert contents.comments.keys() == contents.entry.keys()
    assert not contents.open_questions
    assert_is_session(read(path, contents.entry), session())
    described = {array.name: array for array in contents.arrays}
    assert described["stat"].shape == (3,)
    assert described["stat"].dtype == "list of dict"
    assert described["sresp"].maximum == session()["sresp"].max()


def test_other_names_lists_and_square_arrays_are_read(save):
    expected = session(n_cells=6, n_trials=6)
    path = save({"dff": expected["sresp"], "theta": expected["istim"].tolist(), "label": "V1"})
    entry = RADIANS | {"responses": "dff", "orientation": "theta"}
    assert_refused(read, path, entry, match=r"as many stimuli as cells")
    assert read(path, entry | {"axes": "cells_first"}).spontaneous is None
    last = read(path, entry | {"axes": "cells_first"})
    np.testing.assert_array_equal(last.responses, expected["sresp"].T)
    first = read(path, entry | {"axes": "stimuli_first"})
    np.testing.assert_array_equal(first.responses, expected["sresp"])
    assert_refused(read, path, RADIANS, match=r"no array `sresp`, found numbers in `dff` \(6, 6\)")


@pytest.mark.parametrize(
    "make",
    [
        list,
        lambda values: np.array(values, dtype=object),
        lambda values: [np.float32(len(value)) for value in values],
        lambda values: [value == "low" for value in values],
    ],
)
def test_condition_in_a_list_or_an_array_of_objects_is_not_averaged_unasked(save, make):
    contrast = ["low", "higher"] * 20
    expected = session() | {"contrast": make(contrast)}
    recording = read(save(expected), RADIANS)
    assert len(set(recording.conditions["contrast"].tolist())) == 2
    of_objects = session()
    of_objects["istim"] = np.array(of_objects["istim"].tolist(), dtype=object)
    np.testing.assert_array_equal(read(save(of_objects), RADIANS).angle, session()["istim"])


def test_memory_stays_within_one_and_a_half_times_the_responses(save):
    expected = session(n_cells=4000, n_trials=2000, n_stat=10)
    path = save(expected)
    n_bytes = expected["sresp"].nbytes
    del expected
    for use in (read, look):
        tracemalloc.start()
        result = use(path, RADIANS) if use is read else use(path)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert n_bytes * (use is read) <= peak < 1.5 * n_bytes
    assert result.format == "stringer"


def test_spontaneous_activity_of_other_neurons_is_refused(save):
    path = save(session() | {"std_spont": np.ones(4)})
    assert_refused(read, path, RADIANS, match=r"`std_spont` has shape \(4,\)")


def sprung(tmp_path):
    return (tmp_path / "sprung").exists()


class Call:
    """Pickled as a call."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        """Tell what to call."""
        return self.call


def hostile_objects(mark):
    """Make objects that leave a mark when they are unpickled as usual."""
    yield Call(os.system, f"touch {mark}")
    yield Call(eval, f"open({str(mark)!r}, 'w')")
    yield Call(exec, f"open({str(mark)!r}, 'w')")
    yield Call(Path(mark).touch)
    yield Call(getattr, "x", "upper")
    yield Call(np.save, str(mark), np.ones(2))
    yield Call(pickle.loads, pickle.dumps(Call(os.system, f"touch {mark}")))
    yield Path(mark)
    yield np.ma.array([1, 2])
    yield Call(b"x".decode)


@pytest.mark.parametrize("place", ["alone", "value", "array", "stat", "key", "nested"])
@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_hostile_pickle_is_refused_and_never_run(tmp_path, save, place, protocol):
    for trap in hostile_objects(tmp_path / "sprung"):
        objects = np.empty(2, object)
        objects[0] = trap
        nested = np.empty(1, object)
        nested[0] = objects
        content = {
            "alone": trap,
            "value": session() | {"more": trap},
            "array": session() | {"sresp": objects},
            "stat": session() | {"stat": [{"ypix": np.arange(3), "med": trap}]},
            "key": {"more": {(trap if isinstance(trap, Path) else "k"): [trap]}},
            "nested": session() | {"stat": [nested]},
        }[place]
        path = save(content, protocol)
        assert_refused(read, path, RADIANS, match="was not run|not readable")
        assert_refused(look, path)
        assert not sprung(tmp_path)


HOSTILE = {
    "codecs": b"c_codecs\nencode\n(Vx\nVlatin1\ntR.",
    "system by name": b"cposix\nsystem\n(S'touch sprung'\ntR.",
    "inst": b"(S'touch sprung'\niposix\nsystem\n.",
    "obj": b"(cposix\nsystem\nS'touch sprung'\no.",
    "dotted": b"\x80\x04\x8c\x05numpy\x8c\x0cndarray.dump\x93.",
    "builtins dotted": b"\x80\x04\x8c\x08builtins\x8c\x0bset.__class__\x93.",
    "extension": b"\x80\x02\x82\x01.",
    "persistent": b"Pname\n.",
    "function's state": b"cnumpy\nndarray\n}X\x08\x00\x00\x00_functionNsb.",
    "function's slots": b"cnumpy\nndarray\nN}X\x08\x00\x00\x00_functionNs\x86b.",
    "function's attributes": b"cnumpy.core.multiarray\nscalar\n}X\x01\x00\x00\x00aNsb.",
    "newobj": b"\x80\x02cnumpy\nndarray\n)\x81.",
    "memo of 2**32": b"\x80\x02}r\xff\xff\xff\xff.",
    "bytes of 2**62": b"\x80\x04\x8e" + (2**62).to_bytes(8, "little") + b".",
    "bytes of 8 GiB": b"\x80\x04\x8e" + (2**33).to_bytes(8, "little") + b".",
    "text of 2**62": b"\x80\x04\x8d" + (2**62).to_bytes(8, "little") + b".",
    "bytearray of 2**40": b"\x80\x05\x96" + (2**40).to_bytes(8, "little") + b".",
    "frame of 2**40": b"\x80\x04\x95" + (2**40).to_bytes(8, "little") + b".",
    "deep": b"\x80\x04" + b"]" * 100_000 + b"a" * 99_999 + b".",
    "empty": b"",
    "stop": b".",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile_opcodes_are_refused(tmp_path, monkeypatch, content):
    monkeypatch.chdir(tmp_path)
    path = save_pickle(tmp_path / "s.npy", content)
    tracemalloc.start()
    assert_refused(read, path, RADIANS)
    refusal(look, path)
    assert tracemalloc.get_traced_memory()[1] < 100e6
    tracemalloc.stop()
    assert not sprung(tmp_path)
    for allowed in pickles.ALLOWED.values():
        assert callable(allowed._function)


def state_of_array(dtype_state, code=b"O8", data=b"X\x08\x00\x00\x00AAAAAAAA"):
    """Pickle an array of one element, with a type that is given any state and bytes as content."""
    dtype = b"cnumpy\ndtype\n(X\x02\x00\x00\x00" + code + b"I00\nI01\ntR" + dtype_state + b"b"
    start = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tX\x01\x00\x00\x00btR"
    return b"}X\x05\x00\x00\x00sresp" + start + b"(K\x01(K\x01t" + dtype + b"I00\n" + data + b"tbs."


def test_type_with_a_forged_state_never_takes_bytes_for_addresses(tmp_path):
    """NumPy's own type of objects, told that it holds none, would make an object of any bytes."""
    forged = b"(K\x03X\x01\x00\x00\x00|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00t"
    path = save_pickle(tmp_path / "s.npy", state_of_array(forged))
    assert_refused(read, path, RADIANS, match="`sresp` has type array of object")
    path = save_pickle(tmp_path / "s.npy", state_of_array(forged, b"f8"))
    assert_refused(read, path, RADIANS, match="no array `istim`|does not say|expected")
    short = b"X\x04\x00\x00\x00AAAA"
    path = save_pickle(tmp_path / "s.npy", state_of_array(forged, b"f8", short))
    assert_refused(read, path, RADIANS, match="shorter or longer than its shape")


@pytest.mark.parametrize("content", NOT_FILES_OF_ARRAYS)
def test_other_files_are_not_recognized_and_refused(tmp_path, content):
    path = tmp_path / "s.npy"
    path.write_bytes(content)
    assert not recognizes(path)
    assert_refused(read, path, RADIANS)
    assert_refused(look, path)
    assert_refused(read, tmp_path / "none.npy", RADIANS, match="no such file")


def test_plain_array_is_not_recognized_and_told_of(tmp_path):
    np.save(tmp_path / "s.npy", np.ones((3, 4)))
    assert not recognizes(tmp_path / "s.npy")
    assert_refused(read, tmp_path / "s.npy", {}, match=r"found an array \(3, 4\) of float64")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([1, 2], "found a pickled list"),
        ("text", "found a pickled str"),
        ({1: np.ones(3)}, "found a pickled dict"),
        ({}, "no array `sresp`, found numbers in none"),
        ({"sresp": 3, "istim": np.ones(3)}, "type int"),
        ({"sresp": np.ones((3, 4), complex), "istim": np.ones(4)}, "complex128"),
        ({"sresp": np.array([["a"]]), "istim": np.ones(1)}, "<U1"),
        ({"sresp": np.array([[None]]), "istim": np.ones(1)}, "array of object"),
        ({"sresp": np.zeros(3, [("a", float)]), "istim": np.ones(3)}, "array of mixed"),
        ({"sresp": np.zeros((0, 0)), "istim": np.zeros(0)[:, None]}, "holds nothing"),
        ({"sresp": np.ones((3, 4)), "istim": np.ones(5)}, "5 angles"),
        ({"sresp": np.ones(4), "istim": np.ones(4)}, "two axes"),
    ],
)
def test_wrong_contents_are_refused(save, content, message):
    assert_refused(read, save(content), RADIANS, match=message)


@pytest.mark.parametrize("protocol", [3, 4])
def test_damaged_files_are_refused_or_read_without_a_crash(save, protocol):
    """Nothing in these files tells that a number was changed."""
    path = save(session(n_cells=3, n_trials=5), protocol)
    content = path.read_bytes()
    messages = []
    for damaged in damage(content, n=100):
        path.write_bytes(damaged)
        messages.append(refusal(read, path, RADIANS))
        refusal(look, path)
    assert None not in messages[:100]  # cut
    assert sum(message is not None for message in messages) > 150
