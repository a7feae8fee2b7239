"""A recording is selected, normalized and averaged as its entry says, and all is told."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from normative.recordings import preparation
from normative.recordings.binning import choose_bin_width, treat_above_180
from normative.recordings.preparation import prepare
from normative.recordings.recording import Recording
from normative.workflow.errors import UserError

PATH = "mine.npz"


def make(responses=None, angle=None, **fields):
    """Make a recording of 4 orientations × 5 trials, in a shuffled order, of 3 cells."""
    rng = np.random.default_rng(0)
    angle = rng.permutation(np.repeat([0.0, 45, 90, 135], 5)) if angle is None else angle
    if responses is None:
        responses = rng.normal(5, 2, (len(angle), 3)) + np.cos(np.deg2rad(angle))[:, None]
    fields = {"is_trials": True, "cells": np.arange(responses.shape[1]), **fields}
    return Recording(responses=responses, angle=np.asarray(angle, dtype=float), **fields)


def told(arrays):
    return " ".join(arrays["notes"])


def test_trials_of_one_orientation_are_averaged():
    recording = make()
    arrays = prepare(recording, {}, PATH)
    assert arrays["stimuli"].tolist() == [0, 45, 90, 135]
    assert arrays["n_trials"].tolist() == [5, 5, 5, 5]
    for row, angle in zip(arrays["resp"], arrays["stimuli"], strict=True):
        expected = recording.responses[recording.angle == angle].mean(axis=0)
        np.testing.assert_allclose(row, expected, rtol=1e-6)
    assert arrays["values"] == "a.u."
    assert "not normalized" in told(arrays)


def test_halves_are_by_turns_within_each_orientation():
    recording = make()
    arrays = prepare(recording, {}, PATH)
    for index, angle in enumerate(arrays["stimuli"]):
        trials = recording.responses[recording.angle == angle]
        np.testing.assert_allclose(arrays["resp_train"][index], trials[::2].mean(axis=0), 1e-6)
        np.testing.assert_allclose(arrays["resp_test"][index], trials[[1, 3]].mean(axis=0), 1e-6)


def test_last_trial_of_an_odd_number_is_in_the_first_half():
    """All trials are in the mean, and in one of its parts."""
    recording = make(np.eye(6), np.repeat([0.0, 45], 3))
    arrays = prepare(recording, {}, PATH)
    np.testing.assert_allclose(arrays["resp_train"][1], np.eye(6)[[3, 5]].mean(axis=0))
    np.testing.assert_allclose(arrays["resp_test"][1], np.eye(6)[4])
    contrast = np.tile([0.1, 0.1, 0.1, 1, 1], 2)
    recording = make(np.eye(10), np.repeat([0.0, 45], 5), conditions={"contrast": contrast})
    arrays = prepare(recording, {"average_over": ["contrast"]}, PATH)
    assert not arrays["resp_train"][:, [2, 7]].any(), "more of one contrast in one half"


def test_halves_have_as_many_trials_of_each_averaged_condition():
    """By turns within an orientation alone, one half would be all low contrast."""
    contrast = np.tile([0.1, 1.0], 16)
    angle = np.repeat(np.arange(4) * 45.0, 8)
    responses = np.column_stack([contrast, angle])
    recording = make(responses, angle, conditions={"contrast": contrast})
    arrays = prepare(recording, {"average_over": ["contrast"]}, PATH)
    np.testing.assert_allclose(arrays["resp_train"][:, 0], 0.55, rtol=1e-6)
    np.testing.assert_allclose(arrays["resp_test"][:, 0], 0.55, rtol=1e-6)
    assert "every second trial of each angle and contrast" in told(arrays)


def test_halves_of_folded_directions_are_balanced():
    """Of three trials of each direction, two of one and one of the other are in each half."""
    angle = np.repeat([0.0, 60, 120, 180, 240, 300], 3)
    recording = make(np.column_stack([angle >= 180, angle < 180]).astype(float), angle)
    arrays = prepare(recording, {"above_180": "fold"}, PATH)
    assert "or the second for every other of the angles that are folded" in told(arrays)
    group = np.repeat(np.arange(6), 3)
    half = preparation.half_of_each(group, group % 3, keeps_last=True)
    for orientation in range(3):
        counts = [[np.sum(half[group == o] == h) for h in (0, 1)]
                  for o in (orientation, orientation + 3)]  # fmt: skip
        assert counts == [[2, 1], [1, 2]]
    alone = preparation.half_of_each(group, group, keeps_last=True)
    assert np.bincount(alone).tolist() == [12, 6], "not folded: all of the mean is in the first"


def test_direction_of_one_trial_has_no_second_half_whichever_gets_it():
    recording = make(np.eye(12), np.repeat([0.0, 60, 120, 180, 240, 300], [3, 2, 2, 1, 2, 2]))
    arrays = prepare(recording, {"above_180": "fold"}, PATH)
    assert "resp_train" not in arrays
    assert "180.0° (in the tutorial's convention) has no two trials" in told(arrays)


def test_condition_that_was_shown_unequally_is_told_of_where_it_is_averaged():
    contrast = np.tile([0.1, 0.1, 1, 1], 4)
    entry = {"average_over": ["contrast"]}
    angle = np.repeat([0.0, 45, 90, 135], 4)
    recording = make(np.random.default_rng(0).random((16, 3)), angle)
    recording.conditions = {"contrast": contrast}
    assert "were shown" not in told(prepare(recording, entry, PATH))
    contrast[0] = 1
    assert "Values of contrast were shown 1 to 3 times at an angle: each weighs in" in told(
        prepare(recording, entry, PATH)
    )


def test_condition_of_one_value_an_angle_is_not_averaged_and_may_be_chosen():
    number = make().angle / 45
    recording = make(conditions={"stimulus": number})
    arrays = prepare(recording, {"rows": {"stimulus": [0, 2, 3]}}, PATH)
    assert arrays["stimuli"].tolist() == [0, 90, 135]
    assert "averaged over" not in told(prepare(recording, {"average_over": ["stimulus"]}, PATH))
    angle = np.random.default_rng(0).uniform(0, 180, 900)  # each once, but binned later
    contrast = np.tile([0.1, 1, 0.1], 300)
    recording = make(np.random.default_rng(1).random((900, 3)), angle)
    recording.conditions = {"contrast": contrast}
    with pytest.raises(UserError, match="`contrast` has 2 values"):
        prepare(recording, {"rows": {"contrast": [0.1, 1]}}, PATH)


def test_conditions_of_numbers_and_words_are_parted_too():
    values = np.array([None, "low", 1.0, "low"] * 4, dtype=object)
    recording = make(np.eye(16), np.repeat([0.0, 45], 8), conditions={"level": values})
    with pytest.raises(UserError, match=r"`level` has 3 values \(1\.0, None, low\)"):
        prepare(recording, {}, PATH)
    assert "resp_train" in prepare(recording, {"average_over": ["level"]}, PATH)


def test_angle_without_two_trials_is_named_where_halves_are_missing():
    recording = make(np.eye(7), [0, 0, 30, 60, 60, 90, 90])
    arrays = prepare(recording, {}, PATH)
    assert "resp_train" not in arrays
    assert "no halves of the trials: 30.0° (in the tutorial's convention) has no two" in told(
        arrays
    )
    contrast = np.array([0, 1, 1, 1, 0, 0, 1, 1])
    recording = make(np.eye(8), np.repeat([0, 30], 4), conditions={"contrast": contrast})
    recording.angle[:] = [0, 0, 30, 30, 30, 30, 60, 60]
    arrays = prepare(recording, {"average_over": ["contrast"]}, PATH)
    assert "0.0° (in the tutorial's convention) has no two trials of the same" in told(arrays)


def test_single_trials_of_one_each_have_no_halves():
    arrays = prepare(make(np.eye(5), np.arange(5) * 30), {}, PATH)
    assert "resp_train" not in arrays
    assert arrays["n_trials"].tolist() == [1] * 5


def test_means_of_unequal_numbers_of_trials_are_weighted_by_them():
    responses = np.array([[0.0, 1], [4, 1], [2, 5]])
    recording = make(responses, [10, 10, 50], is_trials=False, n_trials=np.array([3, 1, 2]))
    arrays = prepare(recording, {}, PATH)
    np.testing.assert_allclose(arrays["resp"], [[1, 1], [2, 5]])
    assert arrays["n_trials"].tolist() == [4, 2]
    parts = {"half_1": responses + 1, "half_2": responses - 1}
    arrays = prepare(replace(recording, parts=parts), {}, PATH)
    np.testing.assert_allclose(arrays["resp"], [[1, 1], [2, 5]])
    np.testing.assert_allclose(arrays["resp_train"], [[2, 2], [3, 6]])


@pytest.mark.parametrize("wrong", [0, np.nan, 2.5, -1])
def test_number_of_trials_that_is_none_is_told_with_its_angle(wrong):
    responses = np.array([[0.0, 1], [4, 1], [2, 5]])
    recording = make(responses, [10, 20, 50], is_trials=False, n_trials=np.array([3, wrong, 2.0]))
    with pytest.raises(UserError, match=rf"mine.npz: found {wrong:g} .* at the angle 20, expected"):
        prepare(recording, {}, PATH)
    blank = replace(recording, angle=np.array([10, np.nan, 50]))
    assert prepare(blank, {}, PATH)["n_trials"].tolist() == [3, 2]


def test_zscore_is_over_the_different_angles():
    recording = make()
    plain = prepare(recording, {}, PATH)
    arrays = prepare(recording, {"normalize": "zscore"}, PATH)
    mean, sd = plain["resp"].mean(axis=0), plain["resp"].std(axis=0)
    np.testing.assert_allclose(arrays["resp"], (plain["resp"] - mean) / sd, atol=1e-5)
    np.testing.assert_allclose(arrays["resp_test"], (plain["resp_test"] - mean) / sd, atol=1e-5)
    assert arrays["values"] == "z-score"
    assert "z-scored over the different angles" in told(arrays)


def test_zscore_over_trials_comes_before_the_average():
    recording = make()
    arrays = prepare(recording, {"normalize": "zscore_trials"}, PATH)
    scored = (recording.responses - recording.responses.mean(axis=0)) / recording.responses.std(
        axis=0
    )
    np.testing.assert_allclose(arrays["resp"][2], scored[recording.angle == 90].mean(axis=0), 1e-5)


def test_spontaneous_activity_is_subtracted_and_divided_by():
    mean, sd = np.array([1.0, 2, 3]), np.array([2.0, 4, 8])
    recording = make(spontaneous=(mean, sd))
    arrays = prepare(recording, {"normalize": "spontaneous", "cells": [2, 0]}, PATH)
    expected = (recording.responses - mean) / sd
    found = expected[recording.angle == 45].mean(axis=0)[[2, 0]]
    np.testing.assert_allclose(arrays["resp"][1], found, 1e-5)
    assert arrays["values"] == "SD of spontaneous activity"
    with pytest.raises(UserError, match=r"found no spontaneous activity.*choose zscore"):
        prepare(make(), {"normalize": "spontaneous"}, PATH)


def test_cell_that_never_varies_is_zero_and_no_nan():
    recording = make(np.column_stack([np.ones(20), np.random.default_rng(1).random((20, 2))]))
    for normalize in ("zscore", "zscore_trials"):
        arrays = prepare(recording, {"normalize": normalize}, PATH)
        assert (arrays["resp"][:, 0] == 0).all()
        assert np.isfinite(arrays["resp"]).all()


@pytest.mark.parametrize("normalize", ["zscore", "zscore_trials"])
def test_cell_that_varies_by_rounding_alone_is_silent_and_counted(normalize):
    """The mean of many 0.1 is not 0.1, and its SD not 0."""
    angle = np.repeat(np.arange(7) * 20.0, np.arange(1, 8))
    varying = np.random.default_rng(1).random((len(angle), 2))
    recording = make(np.column_stack([np.full(len(angle), 0.1), varying]), angle)
    arrays = prepare(recording, {"normalize": normalize}, PATH)
    assert np.abs(arrays["resp"][:, 0]).max() < 1e-9
    assert "1 of 3 cells are silent" in told(arrays)
    assert "silent" not in told(prepare(make(), {"normalize": normalize}, PATH))


@pytest.mark.parametrize("normalize", ["none", "zscore"])
def test_cells_that_all_respond_alike_to_all_angles_are_refused(normalize):
    """As of the wrong column: numbers of trials, or spreads of a single trial."""
    recording = make(np.tile([0.1, 0, 7], (20, 1)))
    with pytest.raises(UserError, match="all 3 cells respond alike to all angles"):
        prepare(recording, {"normalize": normalize}, PATH)


def test_cells_with_nan_are_refused_or_left_out_and_counted():
    responses = np.random.default_rng(0).random((20, 6))
    responses[3, 2] = np.nan
    responses[4, 5] = np.inf
    recording = make(responses, cells=np.array(list("abcdef")))
    with pytest.raises(UserError, match=r"2 cells have NaN.*cell c; .*nan: drop_cells"):
        prepare(recording, {}, PATH)
    arrays = prepare(recording, {"nan": "drop_cells"}, PATH)
    assert arrays["cells"].tolist() == list("abde")
    assert "2 of 6 cells with NaN or infinite responses are left out" in told(arrays)


def test_nan_in_one_part_of_the_trials_is_left_out_as_in_all_of_them():
    """Of a grating with a single trial, one part has no response."""
    responses = np.random.default_rng(0).random((6, 5))
    parts = {"half_1": responses.copy(), "half_2": responses + 1}
    parts["half_2"][3, 2] = np.nan
    recording = make(responses, np.arange(6) * 30.0, is_trials=False, parts=parts)
    with pytest.raises(UserError, match=r"1 cells have NaN.*cell 2; .*nan: drop_cells"):
        prepare(recording, {}, PATH)
    arrays = prepare(recording, {"nan": "drop_cells"}, PATH)
    np.testing.assert_allclose(arrays["resp_test"], np.delete(responses, 2, axis=1) + 1)
    arrays = prepare(recording, {"nan": "drop_trials"}, PATH)
    np.testing.assert_allclose(arrays["resp_test"], np.delete(responses, 3, axis=0) + 1)
    assert arrays["stimuli"].tolist() == [0, 30, 60, 120, 150]


def test_trials_without_any_response_are_left_out_and_not_all_cells(monkeypatch):
    recording = make()
    expected = prepare(
        make(np.delete(recording.responses, [4, 9], axis=0), np.delete(recording.angle, [4, 9])),
        {},
        PATH,
    )
    recording.responses[[4, 9]] = np.nan
    monkeypatch.setattr(preparation, "CELLS_AT_ONCE", 2)
    arrays = prepare(recording, {}, PATH)
    np.testing.assert_allclose(arrays["resp"], expected["resp"], rtol=1e-6)
    assert arrays["n_trials"].sum() == 18
    assert "2 of 20 rows that are NaN in all cells are left out" in told(arrays)
    recording.responses[6, :2] = np.nan
    with pytest.raises(UserError, match="2 cells have NaN"):
        prepare(recording, {}, PATH)
    with pytest.raises(UserError, match="all responses are NaN"):
        prepare(make(np.full((20, 3), np.nan)), {}, PATH)


def test_trials_of_some_cells_alone_are_left_out_and_not_those_cells(monkeypatch):
    recording = make()
    expected = prepare(
        make(np.delete(recording.responses, [4, 9], axis=0), np.delete(recording.angle, [4, 9])),
        {},
        PATH,
    )
    recording.responses[4, 0], recording.responses[9, 2] = np.nan, np.inf
    monkeypatch.setattr(preparation, "CELLS_AT_ONCE", 2)
    with pytest.raises(UserError, match=r"nan: drop_cells.*nan: drop_trials"):
        prepare(recording, {}, PATH)
    arrays = prepare(recording, {"nan": "drop_trials"}, PATH)
    np.testing.assert_allclose(arrays["resp"], expected["resp"], rtol=1e-6)
    assert arrays["n_trials"].sum() == 18
    assert "2 of 20 rows that have NaN in some cells are left out." in told(arrays)
    recording.responses[recording.angle == 45, 1] = np.nan
    assert "and with them all of the angles 45.0." in told(
        prepare(recording, {"nan": "drop_trials"}, PATH)
    )
    recording.responses[:, 1] = np.nan
    with pytest.raises(UserError, match=r"all 20 rows have NaN in .*use `nan: drop_cells`"):
        prepare(recording, {"nan": "drop_trials"}, PATH)


def test_blanks_are_left_out_and_counted():
    recording = make()
    recording.angle[:3] = np.nan
    arrays = prepare(recording, {}, PATH)
    assert arrays["n_trials"].sum() == 17
    assert "3 of 20 rows without an angle (blanks) are left out" in told(arrays)


def test_crossed_conditions_are_never_averaged_unasked():
    contrast = np.tile([0.5, 1.0], 10)
    recording = make(conditions={"contrast": contrast, "other": np.ones(20)})
    with pytest.raises(UserError, match=r"`contrast` has 2 values \(0\.5, 1\.0\).*average_over"):
        prepare(recording, {}, PATH)
    chosen = prepare(recording, {"rows": {"contrast": 1.0}}, PATH)
    assert chosen["n_trials"].sum() == 10
    assert "Rows with `contrast` 1.0: 10 of 20 were used" in told(chosen)
    both = prepare(
        recording, {"rows": {"contrast": [0.5, 1.0]}, "average_over": ["contrast"]}, PATH
    )
    assert both["n_trials"].sum() == 20
    assert "averaged over 2 values of contrast" in told(both)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"contrst": 1}, "no column `contrst`, found contrast"),
        ({"contrast": 0.7}, r"`contrast` is nowhere 0\.7, found 0\.5, 1\.0"),
    ],
)
def test_wrong_choice_of_rows_names_what_there_is(rows, message):
    recording = make(conditions={"contrast": np.tile([0.5, 1.0], 10)})
    with pytest.raises(UserError, match=message):
        prepare(recording, {"rows": rows}, PATH)


@pytest.mark.parametrize(
    ("values", "wanted", "n_found"),
    [
        (np.tile([1, 2], 10), 1.9, None),
        (np.tile([1, 2], 10), 1.0, 10),
        (np.tile([1, 2], 10), "2", 10),
        (np.tile([0, 1], 10).astype(np.uint8), 256, None),
        (np.tile([True, False], 10), True, 10),
        (np.tile([True, False], 10), 0.5, None),
        (np.tile([0.1, 0.2], 10).astype(np.float32), 0.1, 10),
        (np.tile([0.1 + 0.2, 1], 10), 0.3, 10),
        (np.tile(["low", "high"], 10), "high", 10),
        (np.tile(["low", "high"], 10), "highest", None),
        (np.tile(["0.10", "0.20"], 10), 0.1, 10),
        (np.array([None, "a"] * 10, dtype=object), "a", 10),
    ],
)
def test_rows_are_chosen_by_the_value_itself(values, wanted, n_found):
    """Cast to the type of the column, 1.9 would choose 1, 256 would choose 0, and 0.5 True."""
    recording = make(conditions={"level": values})
    if n_found is None:
        with pytest.raises(UserError, match="`level` is nowhere"):
            prepare(recording, {"rows": {"level": wanted}}, PATH)
    else:
        arrays = prepare(recording, {"rows": {"level": wanted}}, PATH)
        assert arrays["n_trials"].sum() == n_found


def test_conversion_of_angles_is_told_with_examples():
    entry = {"vertical": 0, "turning": "counterclockwise", "period": 180}
    assert (
        "are in degrees; its gratings are vertical at 0°, turn counterclockwise as the angle grows "
        "and repeat after 180°. In the tutorial's convention its 0 → 90° and 45 → 45°."
    ) in told(prepare(make(), entry, PATH))
    radians = make(angle=np.deg2rad(make().angle))
    assert "in radians; its gratings are vertical at 90°, turn clockwise" in told(
        prepare(radians, {"unit": "radians"}, PATH)
    )


def test_angles_above_180_want_a_decision():
    recording = make(np.eye(8), np.arange(8) * 45, is_trials=False)
    with pytest.raises(UserError, match=r"3 of 8 rows have canonical angles above 180°.*above_180"):
        prepare(recording, {}, PATH)
    assert len(prepare(recording, {"above_180": "keep"}, PATH)["stimuli"]) == 8


def test_half_a_turn_in_radians_is_180_whatever_its_digits():
    """π in single precision is 180.000005°."""
    angle = np.linspace(0, np.pi, 13).astype(np.float32)
    recording = make(np.eye(13), angle, is_trials=False)
    assert prepare(recording, {"unit": "radians"}, PATH)["stimuli"][-1] == 180


def test_thousands_of_continuous_angles_are_binned_by_the_degree_and_it_is_told():
    angle = np.random.default_rng(0).uniform(0, 360, 3000)
    responses = np.cos(np.deg2rad(angle[:, None] - np.arange(5) * 30))
    arrays = prepare(make(responses, angle), {"above_180": "keep"}, PATH)
    assert set(arrays["stimuli"]) <= set(range(360))
    assert arrays["n_trials"].sum() == 3000
    assert "more than 400 orientations; they are averaged in bins of 1°" in told(arrays)
    near_zero = (angle < 0.5) | (angle >= 359.5)
    np.testing.assert_allclose(arrays["resp"][0], responses[near_zero].mean(axis=0), 1e-5)


def test_bins_of_continuous_orientations_wrap_at_half_a_turn():
    angle = np.random.default_rng(0).uniform(0, 180, 3000)
    responses = np.cos(np.deg2rad(angle[:, None] - np.arange(5) * 30))
    arrays = prepare(make(responses, angle), {"period": 180}, PATH)
    assert arrays["stimuli"].tolist() == list(range(180))
    near_zero = (angle < 0.5) | (angle >= 179.5)
    np.testing.assert_allclose(arrays["resp"][0], responses[near_zero].mean(axis=0), 1e-5)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([1], "found 1 cells"),
        ([1, 9], "no cell 9, found 0, 1, 2"),
        ([1, 2.0, 2], "cells 2 are more than once in the file or in `cells`"),
        ("iscell", "'iscell', expected a list of cells"),
    ],
)
def test_cells_must_be_there_and_two(cells, message):
    with pytest.raises(UserError, match=message):
        prepare(make(), {"cells": cells}, PATH)


def test_cell_whose_name_another_has_cannot_be_chosen():
    recording = make(cells=np.array([1.0, 2.0, 1.0]))
    with pytest.raises(UserError, match="cells 1 are more than once in the file"):
        prepare(recording, {"cells": [1, 2]}, PATH)
    arrays = prepare(make(cells=np.array([1.0, 2.0, 3.0])), {"cells": [1, 3]}, PATH)
    assert arrays["cells"].tolist() == [1, 3], "numbers of MATLAB are floating-point ones"


def test_cells_come_in_the_order_asked():
    recording = make(np.random.default_rng(0).random((20, 5)))
    arrays = prepare(recording, {"cells": [1, 3, 2, 4]}, PATH)
    whole = prepare(recording, {"cells": "all"}, PATH)
    np.testing.assert_array_equal(arrays["resp"], whole["resp"][:, [1, 3, 2, 4]])
    assert arrays["cells"].tolist() == [1, 3, 2, 4]
    assert "4 of 5 cells are used" in told(arrays)
    recording.is_selected = True
    assert prepare(recording, {"cells": ["a", "b"]}, PATH)["resp"].shape == (4, 5)


def test_parts_of_unequal_size_are_weighted_by_their_noise():
    """Three trials against one: the mean of all four is the best estimate of the signal."""
    rng = np.random.default_rng(0)
    signal = rng.normal(size=(60, 2000))
    parts = {
        "half_1": signal + rng.normal(size=signal.shape) / np.sqrt(3),
        "half_2": signal + rng.normal(size=signal.shape),
    }
    mean = (parts["half_1"] + parts["half_2"]) / 2
    of_parts = {"is_trials": False, "parts": parts, "is_mean_of_parts": True}
    recording = make(mean, np.arange(60) * 3.0, **of_parts)
    arrays = prepare(recording, {}, PATH)
    expected = 0.75 * parts["half_1"] + 0.25 * parts["half_2"]
    np.testing.assert_allclose(arrays["resp"], expected, atol=0.03)
    assert "weighted 0.75 : 0.25" in told(arrays)
    np.testing.assert_allclose(arrays["resp_train"], parts["half_1"], rtol=1e-5)


def test_responses_of_a_file_stay_as_they_are_beside_their_parts():
    rng = np.random.default_rng(0)
    responses, *halves = rng.normal(size=(3, 6, 9))
    parts = dict(zip(("half_1", "half_2"), halves, strict=True))
    recording = make(responses, np.arange(6) * 30.0, is_trials=False, parts=parts)
    arrays = prepare(recording, {}, PATH)
    np.testing.assert_allclose(arrays["resp"], responses, rtol=1e-5)
    np.testing.assert_allclose(arrays["resp_test"], halves[1], rtol=1e-5)
    assert "weighted" not in told(arrays)
    with pytest.raises(UserError, match="`normalize: zscore_trials` is for single trials"):
        prepare(recording, {"normalize": "zscore_trials"}, PATH)


def test_blocks_of_cells_give_what_all_cells_at_once_give(monkeypatch):
    recording = make(np.random.default_rng(2).random((20, 11)))
    whole = prepare(recording, {"normalize": "zscore"}, PATH)
    monkeypatch.setattr(preparation, "CELLS_AT_ONCE", 3)
    parts = prepare(recording, {"normalize": "zscore"}, PATH)
    for name in ("resp", "resp_train", "resp_test"):
        np.testing.assert_array_equal(parts[name], whole[name])


def test_single_trials_need_little_more_memory_than_they_take():
    """1,000 trials of 20,000 cells, cells first as in Stringer's files: 80 MB."""
    responses = np.zeros((20_000, 1000), np.float32).T
    responses[0] = 1  # cells that do not differ among angles are refused
    recording = make(responses, np.tile(np.arange(100) * 1.8, 10))
    tracemalloc.start()
    prepare(recording, {}, PATH)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 0.5 * responses.nbytes


@pytest.mark.parametrize(
    ("n_angles", "above_180", "n_left"),
    [(400, "drop", 400), (401, "drop", 180), (800, "fold", 800), (802, "fold", 360)],
)
def test_up_to_400_orientations_are_kept_and_more_binned_once(n_angles, above_180, n_left):
    """The limit of `bin_responses`, which counts orientations as they are folded or dropped."""
    turn = 360 if above_180 == "fold" else 179.4
    angle = np.arange(n_angles) * turn / n_angles
    responses = np.random.default_rng(0).normal(size=(n_angles, 2))
    arrays = prepare(make(responses, angle, is_trials=False), {"above_180": above_180}, PATH)
    assert len(arrays["stimuli"]) == n_left
    assert ("bins of 1°" in told(arrays)) == (n_left in (180, 360))
    treated = treat_above_180(arrays["stimuli"], above_180)
    assert choose_bin_width(treated, above_180, 1) is None


def test_thousands_of_angles_that_differ_by_rounding_are_not_continuous():
    angle = np.repeat(np.arange(12) * 15.0, 100) + np.random.default_rng(0).uniform(0, 5e-4, 1200)
    arrays = prepare(make(angle=angle), {}, PATH)
    np.testing.assert_allclose(arrays["stimuli"], np.arange(12) * 15, atol=1e-4)
    assert "bins of" not in told(arrays)
