"""Orientations of any coverage are binned, folded or kept, weighed by trials, and told in words."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compute_recording_rdm
import estimate_ceilings
from bin_responses import main as bin_responses
from normative.recordings.binning import (
    average_angles,
    average_orientations,
    choose_bin_width,
    find_gaps,
    from_vertical,
    group_rows,
    treat_above_180,
)
from normative.recordings.description import describe_angles, shared_to_tuning, warn_of_means
from normative.recordings.responses import read_details
from normative.workflow.errors import UserError


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
    groups = group_rows(stimuli, width)
    assert [list(group) for group in groups] == expected
    means = average_angles(stimuli, groups)
    np.testing.assert_allclose(means, [stimuli[group].mean() for group in expected])
    found = average_orientations(resp, groups)
    np.testing.assert_allclose(
        found, [resp[g].mean(axis=0) for g in expected], rtol=1e-5, atol=1e-6
    )


def test_bins_of_one_degree_leave_the_recording_alone():
    angle = np.array([5.0, 2.0, 2.5])
    for width in (0.5, 1):
        assert choose_bin_width(angle, "keep", width) is None
    assert [list(rows) for rows in group_rows(angle, None)] == [[1], [2], [0]]
    resp = np.random.default_rng(0).standard_normal((3, 4)).astype(np.float32)
    np.testing.assert_array_equal(
        average_orientations(resp, group_rows(angle, None)), resp[[1, 2, 0]]
    )


def test_orientations_are_counted_from_vertical():
    found = from_vertical(np.array([0, 90, 180, 315]))
    assert found.dtype == np.float32
    assert found.tolist() == [-90, 0, 90, 225]


@given(st.lists(st.integers(0, 12), min_size=1, max_size=40))
def test_repeated_orientations_are_averaged(angles):
    """As single trials are; those that differ by rounding are the same."""
    rng = np.random.default_rng(0)
    resp = rng.standard_normal((len(angles), 3))
    groups = group_rows(np.array(angles) + rng.uniform(0, 0.0009, len(angles)), None)
    assert [angles[rows[0]] for rows in groups] == sorted(set(angles))
    found = average_orientations(resp, groups)
    for rows, average in zip(groups, found, strict=True):
        expected = [i for i, angle in enumerate(angles) if angle == angles[rows[0]]]
        assert list(rows) == expected
        np.testing.assert_allclose(average, resp[expected].mean(axis=0), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("apart", "n_orientations"), [(0.0009, 1), (0.0011, 2)])
def test_a_thousandth_of_a_degree_tells_orientations_apart(apart, n_orientations):
    assert len(group_rows(np.array([30, 30 + apart]), None)) == n_orientations


def test_close_angles_do_not_chain_into_one():
    """A ladder of small steps is many orientations."""
    assert len(group_rows(np.arange(0, 1, 0.0004), None)) > 300


def test_folding_takes_a_half_turn_away_and_keeping_a_full_turn():
    angle = np.array([0, 10, 179.9999999, 180, 190, 350, 359.9999999, 360])
    np.testing.assert_allclose(treat_above_180(angle, "fold"), [0, 10, 0, 0, 10, 170, 0, 0])
    expected = [0, 10, 179.9999999, 180, 190, 350, 0, 0]
    np.testing.assert_allclose(treat_above_180(angle, "keep"), expected)
    assert treat_above_180(angle, "drop") is angle


def test_rows_count_by_their_trials():
    """A bin's mean is that over its trials, of the angle too."""
    rng = np.random.default_rng(0)
    n_trials = np.array([1, 7, 3, 2])
    angle = np.array([20.0, 22, 21, 50])
    trials = [rng.standard_normal((n, 5)) for n in n_trials]
    means = np.array([of_row.mean(axis=0) for of_row in trials])
    groups = group_rows(angle, 10)
    found = average_orientations(means, groups, n_trials)
    np.testing.assert_allclose(found[0], np.concatenate(trials[:3]).mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(found[1], means[3], rtol=1e-5)
    expected = [np.repeat(angle[:3], n_trials[:3]).mean(), 50]
    np.testing.assert_allclose(average_angles(angle, groups, n_trials), expected)


def test_gaps_are_steps_far_wider_than_narrow_ones():
    assert find_gaps([0, 15, 60, 75, 90, 105]).tolist() == [False, True, False, False, False]
    assert find_gaps([0, 10, 30, 40, 60, 70]).tolist() == [False, True, False, True, False]
    assert find_gaps([-90, -45, 0, 45, 90]).tolist() == [False] * 4
    assert find_gaps([0, 0.9, 2.1, 3.0, 3.9, 5.1]).tolist() == [False] * 5, "jitter"
    assert find_gaps([0, 2, 4, 30, 60, 90]).tolist() == [False, False, True, True, True]
    assert find_gaps([4]).tolist() == []


def test_shared_activity_is_what_makes_patterns_alike():
    """The mean dissimilarity is 1 / (1 + ratio), where tuning is unrelated to the means."""
    rng = np.random.default_rng(0)
    for scale in (0.5, 2, 5):
        responses = rng.standard_normal((60, 4000)) + scale * rng.standard_normal(4000)
        ratio = shared_to_tuning(responses)
        assert ratio == pytest.approx(scale**2, rel=0.2)
        dissimilarity = (1 - np.corrcoef(responses))[np.triu_indices(60, 1)].mean()
        assert dissimilarity == pytest.approx(1 / (1 + ratio), rel=0.15)
    assert shared_to_tuning(np.tile(rng.standard_normal(9), (5, 1))) > 1e9
    assert shared_to_tuning(np.ones((5, 9)) * np.arange(9)) == np.inf


@pytest.fixture
def prepare(tmp_path):
    """Bin a recording of given arrays; give the arrays and the page written."""

    def prepare(stimuli, bin_width=1, above_180="drop", dataset="mine", resp=None, **more):
        if resp is None:
            resp = np.random.default_rng(0).standard_normal((len(stimuli), 6))
        path = tmp_path / "mine.npz"
        np.savez(path, stimuli=stimuli, resp=resp, **more)
        output = SimpleNamespace(
            responses=tmp_path / "responses.npz", description=tmp_path / "recording.md"
        )
        params = SimpleNamespace(
            bin_width=bin_width, md5=None, above_180=above_180, file="mine.npz"
        )
        bin_responses(
            SimpleNamespace(recording=path), output, SimpleNamespace(dataset=dataset), params
        )
        with np.load(output.responses) as file:
            return SimpleNamespace(
                **file, resp=resp, page=output.description.read_text(encoding="utf-8")
            )

    return prepare


DIRECTIONS = np.arange(0, 360, 30.0)


def test_directions_are_dropped_folded_or_kept(prepare):
    """Each row is the mean of what it stands for, and the page counts them."""
    dropped = prepare(DIRECTIONS, above_180="drop")
    assert dropped.orientation.tolist() == list(range(-90, 91, 30))
    np.testing.assert_allclose(dropped.responses, dropped.resp[:7], rtol=1e-6)
    assert "- 5 angles above 180° were left out (`above_180: drop`)." in dropped.page

    binned = prepare(np.arange(0, 360, 3.0), above_180="drop", bin_width=6)
    assert "- 60 angles from 180° were left out (`above_180: drop`)." in binned.page, "with 180°"

    folded = prepare(DIRECTIONS, above_180="fold")
    assert folded.orientation.tolist() == list(range(-90, 90, 30))
    expected = (folded.resp[:6] + folded.resp[6:]) / 2
    np.testing.assert_allclose(folded.responses, expected, rtol=1e-5, atol=1e-6)
    assert "6 angles from 180° were folded: counted as the orientation 180° below" in folded.page
    assert "Both directions are averaged in 6 orientations (`above_180: fold`)" in folded.page

    unequal = describe_angles(
        DIRECTIONS, [True] * 6, [np.array([n, n + 6]) for n in range(6)], "fold", None,
        n_trials=np.repeat([4, 6], 6),
    )  # fmt: skip
    assert "in 6 orientations, each weighed by its trials, which are unequal (" in unequal[1]
    assert "weighed" not in folded.page

    kept = prepare(DIRECTIONS, above_180="keep")
    assert kept.orientation.tolist() == list(range(-90, 270, 30))
    np.testing.assert_allclose(kept.responses, kept.resp, rtol=1e-6)
    assert "5 angles above 180° were kept as stimuli of their own (`above_180: keep`)" in kept.page


@pytest.mark.parametrize(
    ("above_180", "words"),
    [
        ("drop", "- 5 angles above 180° (25 trials) were left out"),
        ("fold", "- 6 angles from 180° (29 trials) were folded"),
        ("keep", "- 5 angles above 180° (25 trials) were kept"),
    ],
)
def test_angles_and_trials_are_counted_and_not_rows_of_means(prepare, above_180, words):
    n_trials = np.full(12, 5)
    n_trials[6] = 4
    page = prepare(DIRECTIONS, above_180=above_180, n_trials=n_trials).page
    assert "- 12 angles (59 trials) from 0° to 330° in the tutorial's convention" in page
    assert words in page
    assert "row" not in page.split("There are no separate halves")[0]


def test_rows_are_counted_where_they_repeat_angles(prepare):
    page = prepare(np.append(DIRECTIONS, 210), above_180="drop").page
    assert "- 12 angles (13 rows) from 0°" in page
    assert "- 5 angles above 180° (6 rows) were left out" in page


def test_folded_directions_are_binned_together(prepare):
    """Bins are of orientations, not of directions that are then averaged."""
    stimuli = np.arange(1, 360, 4.0)
    found = prepare(stimuli, bin_width=18, above_180="fold")
    angle = stimuli % 180
    for index in range(10):
        rows = angle // 18 == index
        assert found.orientation[index] == pytest.approx(angle[rows].mean() - 90)
        np.testing.assert_allclose(
            found.responses[index], found.resp[rows].mean(axis=0), rtol=1e-4, atol=1e-6
        )
    assert "90 angles were averaged in 10 bins of orientation, 18° wide." in found.page


def test_half_the_circle_is_kept_where_the_rest_is_dropped(prepare):
    assert len(prepare(DIRECTIONS).orientation) == 7
    nearly = DIRECTIONS[:7] + 1e-9
    assert prepare(nearly).orientation[-1] == 90, "rounding leaves 180° where it is"


@pytest.mark.parametrize(
    ("stimuli", "settings", "n_left", "words", "cures"),
    [
        (
            np.arange(0, 360, 60.0),
            {"above_180": "drop"},
            4,
            "the file has 6 different angles, 2 of them above 180° were left out "
            "(`above_180: drop`)",
            "`above_180: keep` or a recording of more orientations",
        ),
        (
            np.arange(0, 360, 45.0),
            {"above_180": "fold"},
            4,
            "the file has 8 different angles, those above 180° were averaged with those below "
            "(`above_180: fold`)",
            "`above_180: keep` or a recording of more orientations",
        ),
        (
            np.arange(0, 60, 6.0),
            {"bin_width": 18},
            4,
            "the file has 10 different angles, they were averaged in bins of 18° (`bin_width`)",
            "a smaller `bin_width` or a recording of more orientations",
        ),
        (
            np.array([0, 3, 90, 135.0]),
            {"bin_width": 6},
            3,
            "the file has 4 different angles, they were averaged in bins of 6° (`bin_width`)",
            "a recording of more orientations",
        ),
        (
            np.array([0, 3, 6, 90, 270.0]),
            {"bin_width": 18, "above_180": "keep"},
            3,
            "the file has 5 different angles, they were averaged in bins of 18° (`bin_width`)",
            "a smaller `bin_width` or a recording of more orientations",
        ),
        (
            np.repeat([0, 45, 90, 135.0], 4),
            {},
            4,
            "the file has 4 different angles",
            "a recording of more orientations",
        ),
    ],
)
def test_too_few_orientations_name_the_true_cause(prepare, stimuli, settings, n_left, words, cures):
    """What was left out and binned, and only keys that would help."""
    with pytest.raises(UserError) as error:
        prepare(stimuli, **settings)
    assert str(error.value).endswith(
        f"mine.npz: {n_left} orientations are left, expected at least 5: {words}; use {cures}"
    )


def test_five_orientations_are_enough(prepare):
    assert len(prepare(np.arange(0, 180, 36.0)).orientation) == 5


def test_trials_are_summed_and_their_numbers_told(prepare):
    stimuli = np.append(np.arange(0, 180, 30.0), 30)
    n_trials = np.array([4, 9, 4, 4, 4, 4, 1])
    found = prepare(stimuli, n_trials=n_trials)
    assert found.n_trials.tolist() == [4, 10, 4, 4, 4, 4]
    expected = 0.9 * found.resp[1] + 0.1 * found.resp[6]
    np.testing.assert_allclose(found.responses[1], expected, rtol=1e-5)
    assert "- 30 trials in all, 4 to 10 of each orientation." in found.page
    assert "7 rows were averaged into 6 orientations: 1 row repeats one" in found.page


@pytest.mark.parametrize("n_trials", [[1, 0, 1, 1, 1], [1, 2], [0.5] * 5])
def test_numbers_of_trials_that_are_none_are_refused(prepare, n_trials):
    with pytest.raises(UserError, match=r"mine\.npz: `n_trials` has type"):
        prepare(np.arange(5) * 30.0, n_trials=np.array(n_trials))


def test_halves_are_weighed_as_the_whole(prepare):
    stimuli, rng = np.append(np.arange(0, 180, 30.0), 30), np.random.default_rng(1)
    halves = {name: rng.standard_normal((7, 6)) for name in ("resp_train", "resp_test")}
    found = prepare(stimuli, n_trials=np.array([4, 6, 4, 4, 4, 4, 2]), **halves)
    for form, half in (("half_1", "resp_train"), ("half_2", "resp_test")):
        expected = 0.75 * halves[half][1] + 0.25 * halves[half][6]
        np.testing.assert_allclose(vars(found)[form][1], expected, rtol=1e-5)
    assert "- There are means over separate halves of the trials." in found.page


def test_continuous_angles_are_binned_by_a_degree_and_the_page_says_so(prepare):
    """Thousands of trials, each at an angle of its own."""
    stimuli = np.random.default_rng(0).uniform(0, 360, 4600)
    found = prepare(stimuli, above_180="drop")
    assert len(found.orientation) == 180
    rows = (stimuli >= 20) & (stimuli < 21)
    expected = found.resp[rows].mean(axis=0)
    np.testing.assert_allclose(found.responses[20], expected, rtol=1e-4, atol=1e-6)
    assert "in 180 bins of orientation, 1° wide. There were more than 400" in found.page


def test_400_orientations_are_not_binned(prepare):
    stimuli = np.arange(400) * 0.45
    assert len(prepare(stimuli).orientation) == 400
    assert len(prepare(np.append(stimuli, 179.9)).orientation) == 180


def test_a_unit_that_ends_in_a_point_gets_no_second_one(prepare):
    page = prepare([0, 15, 60, 75, 90, 105.0], values=np.array("a.u.")).page
    assert "- What the responses are: a.u.\n" in page


def test_the_page_says_what_was_read_and_what_is_left(prepare):
    stimuli = [0, 15, 60, 75, 90, 105.0]
    notes = np.array(["Read `resp` of a.csv.", "2 cells\nwith NaN were <dropped>."])
    page = prepare(stimuli, notes=notes, values=np.array("dF/F")).page
    title, *lines = page.strip().splitlines()
    assert title == "# The recording: mine"
    assert [line for line in lines if line] == [
        "- Read `resp` of a.csv.",
        "- 2 cells with NaN were &lt;dropped>.",
        "- 6 angles from 0° to 105° in the tutorial's convention (0° is horizontal, 90° "
        "vertical, above 90° tilts right).",
        "- 6 neurons.",
        "- 6 orientations from −90° to 15°, where 0° is vertical and angles up to 90° tilt right, "
        "unevenly spaced by 15° to 45°; nothing was shown between −75° and −30°.",
        "- What the responses are: dF/F.",
        "- There are no separate halves of the trials: the noise ceiling is estimated from halves "
        "of the neurons and is too high.",
        "- How many trials each row is a mean of is not in the file.",
    ]


@pytest.mark.parametrize("dataset", ["simulated_x", "mine"])
def test_the_page_of_a_simulated_recording_says_so(prepare, dataset):
    page = prepare(np.arange(0, 180, 20.0), dataset=dataset).page
    assert ("The recording is **simulated**" in page) == (dataset == "simulated_x")
    assert "evenly spaced by 20°" in page
    assert "unevenly" not in page


def test_values_are_those_of_the_file_or_z_scores_as_the_tutorials(prepare):
    stimuli = np.arange(0, 180, 20.0)
    assert str(prepare(stimuli, values=np.array("spikes/s")).values) == "spikes/s"
    tutorial = prepare(stimuli)
    assert set(vars(tutorial)) == {"orientation", "responses", "resp", "page"}
    assert "The responses are z-scores, as in the tutorial's files." in tutorial.page


def test_raw_rates_that_hide_the_tuning_are_warned_of(prepare, caplog):
    """As of 85 units of mouse V1, whose RDM is below .05 everywhere; z-scored there is none."""
    rng, stimuli = np.random.default_rng(0), np.arange(0, 180, 15.0)
    rates = rng.lognormal(-4.5, 0.8, 85)
    preferred = rng.uniform(0, 180, 85)
    tuning = np.cos(2 * np.deg2rad(stimuli[:, None] - preferred))
    resp = rates * (1 + 0.12 * tuning)
    assert (1 - np.corrcoef(resp)).max() < 0.05
    assert shared_to_tuning(resp) > 20
    page = prepare(stimuli, resp=resp, values=np.array("spikes/s")).page
    assert page.splitlines()[2].startswith("**Warning:** neurons differ far more in their mean")
    assert "`normalize: zscore`" in page
    (record,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert record.getMessage().startswith("Warning: neurons differ")
    scored = (resp - resp.mean(axis=0)) / resp.std(axis=0)
    assert "Warning" not in prepare(stimuli, resp=scored, values=np.array("z-score")).page


@pytest.mark.parametrize(("scale", "is_warned"), [(1.9, False), (2.1, True)])
def test_warning_begins_where_means_differ_twice_as_much_as_tuning(prepare, scale, is_warned):
    """Then four fifths of the variance of a pattern are common to all orientations."""
    tuning = np.random.default_rng(0).standard_normal((9, 200))
    tuning = (tuning - tuning.mean(axis=0)) / tuning.std(axis=0)
    means = np.linspace(-1, 1, 200)
    resp = tuning + scale * means / means.std()
    assert shared_to_tuning(resp) == pytest.approx(scale**2)
    page = prepare(np.arange(0, 180, 20.0), resp=resp).page
    assert ("Warning" in page) == is_warned


def test_details_of_a_file_without_any_are_none(tmp_path):
    np.savez(tmp_path / "r.npz", stimuli=np.arange(5), resp=np.ones((5, 2)))
    assert read_details(tmp_path / "r.npz") == (None, None, [])


def test_trials_and_units_are_no_form_of_the_responses(prepare, tmp_path):
    """They have no RDM and no noise ceiling."""
    stimuli = np.arange(0, 180, 15.0)
    prepare(stimuli, n_trials=np.full(12, 3), values=np.array("dF/F"))
    output = SimpleNamespace(rdms=tmp_path / "rdms.npz", ceilings=tmp_path / "ceilings.csv")
    paths = SimpleNamespace(responses=tmp_path / "responses.npz")
    compute_recording_rdm.main(paths, output)
    with np.load(output.rdms) as rdms:
        assert list(rdms) == ["responses", "closed_circle", "closed_circle_index"]
    with np.load(paths.responses) as file:
        kept = {name: file[name] for name in file}
    rng = np.random.default_rng(0)
    np.savez(paths.responses, noiseless=rng.standard_normal((12, 6)), **kept)
    params = SimpleNamespace(comparator="pearson", seed=0)
    estimate_ceilings.main(paths, output, params, SimpleNamespace(dataset="mine"))
    assert len(output.ceilings.read_text().splitlines()) == 4


def test_warning_tells_the_share_that_all_orientations_have():
    assert ": 90 % of the variance" in warn_of_means(9)
    assert warn_of_means(4) is None
