"""Seeds are divided among files by the configuration alone, and files hold them seed by seed."""

import tracemalloc
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from normative.workflow.seeds import list_seeds, seed_blocks, seeds_in
from normative.workflow.stacks import (
    read_in_order,
    read_seed,
    read_stack,
    read_stacks,
    write_stack,
)
from normative.workflow.tables import files_by_model

SEEDS = st.lists(st.integers(0, 60), unique=True, min_size=1).map(sorted)


def test_block_whose_last_seed_is_not_after_its_first_is_refused():
    for name in ("9-3", "3-3"):
        with pytest.raises(ValueError, match=f"seeds-{name}"):
            seeds_in(name)


def test_seeds_are_a_list_or_a_range_in_ascending_order():
    assert list_seeds([12, 3]) == [3, 12]
    assert list_seeds({"start": 5, "count": 3}) == [5, 6, 7]


@pytest.mark.parametrize(
    ("seeds", "seeds_per_file", "blocks"),
    [
        (range(10, 20), 5, ["10-14", "15-19"]),
        ([5, 6, 7, 8], 5, ["5-8"]),
        ([12], 5, ["12"]),
        ([3, 4, 5, 6, 12], 5, ["3-4", "5-6", "12"]),
        ([5, 6, 8, 9], 5, ["5-6", "8-9"]),
        ([0, 1, 2], 1, ["0", "1", "2"]),
        (range(100), 50, ["0-49", "50-99"]),
    ],
)
def test_block_is_a_run_of_consecutive_seeds_within_an_aligned_block(seeds, seeds_per_file, blocks):
    assert seed_blocks(list(seeds), seeds_per_file) == blocks


@given(SEEDS, st.integers(1, 9))
def test_blocks_hold_each_seed_once_and_no_other(seeds, seeds_per_file):
    blocks = seed_blocks(seeds, seeds_per_file)
    assert [seed for block in blocks for seed in seeds_in(block)] == seeds
    assert len(set(blocks)) == len(blocks)
    for block in blocks:
        assert len({seed // seeds_per_file for seed in seeds_in(block)}) == 1


@given(SEEDS, SEEDS, st.integers(1, 9))
def test_more_seeds_change_only_the_aligned_blocks_that_they_are_in(seeds, more, seeds_per_file):
    new = set(more) - set(seeds)
    before = seed_blocks(seeds, seeds_per_file)
    after = seed_blocks(sorted({*seeds, *more}), seeds_per_file)
    touched = {seed // seeds_per_file for seed in new}
    for block in before:
        if seeds_in(block)[0] // seeds_per_file not in touched:
            assert block in after


def arrays_of(seed):
    rng = np.random.default_rng(seed)
    return {"pool": rng.random((4, 3)).astype(np.float32), "orientation": rng.random(4)}


def test_stack_is_an_archive_as_numpy_writes_it(tmp_path):
    """Byte by byte."""
    seeds = [3, 4, 7]
    arrays = {name: [arrays_of(seed)[name] for seed in seeds] for name in ("pool", "orientation")}
    stacked = {name: np.stack(of_seeds) for name, of_seeds in arrays.items()}
    np.savez(tmp_path / "numpy.npz", seeds=seeds, **stacked)
    write_stack(tmp_path / "ours.npz", seeds, arrays)
    assert (tmp_path / "ours.npz").read_bytes() == (tmp_path / "numpy.npz").read_bytes()


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_stack_is_read_seed_by_seed_as_it_was_written(tmp_path, compression):
    path, seeds = tmp_path / "stack.npz", [3, 4, 7]
    names = ["pool", "orientation"]
    arrays = {name: [arrays_of(seed)[name] for seed in seeds] for name in names}
    write_stack(path, seeds, arrays, compression)
    found = list(read_stack(path))
    assert [seed for seed, _ in found] == seeds
    for seed, arrays in found:
        assert list(arrays) == names
        for name in names:
            np.testing.assert_array_equal(arrays[name], arrays_of(seed)[name])
            assert arrays[name].dtype == arrays_of(seed)[name].dtype
            assert arrays[name].flags.writeable, "PyTorch warns of arrays that are not"
    np.testing.assert_array_equal(read_seed(path, 4)["pool"], arrays_of(4)["pool"])
    assert [seed for seed, _ in read_stacks([path, path])] == [*seeds, *seeds]


def test_seed_that_an_archive_does_not_hold_is_named(tmp_path):
    write_stack(tmp_path / "stack.npz", [3, 7], {"fc": [np.zeros(2), np.ones(2)]})
    with pytest.raises(KeyError, match="no seed 5"):
        read_seed(tmp_path / "stack.npz", 5)


def test_many_seeds_need_the_memory_of_one(tmp_path):
    """Written and read: 40 arrays of 4 MB."""
    path = tmp_path / "stack.npz"
    array = np.zeros((1000, 1000), np.float32)
    tracemalloc.start()
    write_stack(path, list(range(40)), {"conv": (array + seed for seed in range(40))})
    total = sum(arrays["conv"][0, 0] for _, arrays in read_stack(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total == sum(range(40))
    assert peak < 6 * array.nbytes


def test_stacks_of_other_seeds_than_expected_are_refused(tmp_path):
    """So that no array is taken for another seed's."""
    paths = [tmp_path / "a.npz", tmp_path / "b.npz"]
    write_stack(paths[0], [3, 4], {"fc": [np.full(2, 3), np.full(2, 4)]})
    write_stack(paths[1], [7], {"fc": [np.full(2, 7)]})
    found = [int(arrays["fc"][0]) for arrays in read_in_order(paths, [3, 4, 7])]
    assert found == [3, 4, 7]
    for other in ([3, 5, 7], [3, 4], [3, 4, 7, 8]):
        with pytest.raises(ValueError, match=r"found seed 4, expected 5|zip\(\)"):
            list(read_in_order(paths, other))


def test_files_are_parted_among_models_evenly_or_not_at_all():
    assert files_by_model(["a1", "a2", "b1", "b2"], ["a", "b"]) == {
        "a": ["a1", "a2"],
        "b": ["b1", "b2"],
    }
    with pytest.raises(ValueError, match="3 files of 2 models"):
        files_by_model(["a1", "a2", "b1"], ["a", "b"])


def test_array_in_another_order_than_seed_by_seed_is_an_error(tmp_path):
    """NumPy saves a stack of one seed, its other axes swapped, in Fortran order."""
    np.savez(tmp_path / "stack.npz", seeds=[3], rdms=np.arange(6.0).reshape(1, 3, 2).swapaxes(1, 2))
    with pytest.raises(ValueError, match=r"`rdms\.npy` is in Fortran order, expected C order"):
        list(read_stack(tmp_path / "stack.npz"))
