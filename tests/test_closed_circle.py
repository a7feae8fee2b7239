"""Labels are shifted on a circle that closes: both polarities averaged, or all of them there."""

import numpy as np
import pytest

from normative.inference.permutation_tests import (
    label_p,
    relabeled_similarity,
    shifts_and_reflections,
)
from normative.recordings.closed_circle import (
    find_closed_circle,
    fold_half_circle,
    why_unequal,
)
from normative.recordings.simulation import simulate_recording
from normative.rsa.rdm import correlation_distance, upper_triangle
from normative.rsa.references import category_distance, circular_distance

RESPONSES = np.random.default_rng(0).standard_normal((12, 7)).astype(np.float32)


def test_half_circle_is_closed_by_the_mean_of_both_polarities():
    angle = np.arange(12) * 30.0
    kept = angle[angle <= 180]
    found = fold_half_circle(angle, RESPONSES, kept, 1)
    np.testing.assert_allclose(found["folded"], (RESPONSES[:6] + RESPONSES[6:]) / 2, rtol=1e-6)
    assert found["folded_index"].tolist() == [0, 1, 2, 3, 4, 5], "180° is 0°"


def test_bins_are_folded_as_they_are_kept():
    """Of 60° from 0° on: 0 and 30, 60 and 90 …, each with those 180° further on."""
    angle = np.arange(12) * 30.0
    found = fold_half_circle(angle, RESPONSES, np.array([15.0, 75, 135]), 60)
    expected = [RESPONSES[[0, 1, 6, 7]].mean(axis=0), RESPONSES[[2, 3, 8, 9]].mean(axis=0)]
    np.testing.assert_allclose(found["folded"][:2], expected, rtol=1e-5)
    assert found["folded_index"].tolist() == [0, 1, 2]


def test_trials_of_both_polarities_are_weighed_by_their_number():
    angle = np.arange(12) * 30.0
    n_trials = np.r_[[3] * 6, [1] * 6]
    found = fold_half_circle(angle, RESPONSES, angle[:7], 1, n_trials)
    expected = 0.75 * RESPONSES[:6] + 0.25 * RESPONSES[6:]
    np.testing.assert_allclose(found["folded"], expected, rtol=1e-5)


def test_180_with_rounding_is_above_and_not_below():
    angle = np.arange(12) * 30.0 - 1e-4 * (np.arange(12) == 6)
    found = fold_half_circle(angle, RESPONSES, angle[:7], 1)
    np.testing.assert_allclose(found["folded"], (RESPONSES[:6] + RESPONSES[6:]) / 2, rtol=1e-6)


@pytest.mark.parametrize(
    ("angle", "why"),
    [
        (np.r_[np.arange(6) * 30.0, 180, 210], "not all orientations were shown with both"),
        (np.r_[0, 20, 70, 110, 180, 200, 250, 290.0], "not evenly spaced"),
        (np.r_[np.arange(4) * 30, 180 + np.arange(4) * 30.0], "do not go all around"),
    ],
)
def test_circle_that_cannot_be_closed_is_told(angle, why):
    found = fold_half_circle(angle, RESPONSES[: len(angle)], angle[angle <= 180], 1)
    assert list(found) == ["no_shifts"]
    assert why in found["no_shifts"]
    archive = {"orientation": np.arange(7) * 30.0 - 90, "responses": RESPONSES[:7], **found}
    patterns, index, why_not = find_closed_circle(archive)
    assert patterns is index is None
    assert why in why_not


def test_labels_are_not_shifted_where_one_part_of_the_circle_has_more_trials():
    """The noise tells the parts apart. Chance differences, and alternating ones, do not."""
    angle = np.arange(60) * 3.0 - 90
    rng = np.random.default_rng(3)
    harmless = [np.full(60, 8), np.tile([4, 12], 30), *rng.poisson(0.5, (20, 60))]
    assert {why_unequal(angle, n_trials, 180) for n_trials in harmless} == {""}
    sides = np.where(angle < 0, 5, 11)
    oblique = np.where(np.abs(np.abs(angle) - 45) < 22.5, 4, 12)
    for n_trials, low, high in ((sides, 5, 11), (oblique, 4, 12)):
        why_not = why_unequal(angle, n_trials, 180)
        assert why_not.startswith(f"{low} to {high} trials a grating")
        archive = {"orientation": angle, "responses": angle, "n_trials": n_trials}
        assert find_closed_circle(archive) == (None, None, why_not)
        both = np.arange(120) * 3.0
        found = fold_half_circle(both, both[:, None], both[:61], 1, np.tile(n_trials, 2))
        low, high = 2 * low, 2 * high
        assert found["no_shifts"].startswith(f"{low} to {high} trials a grating")


def test_recording_of_a_closed_circle_is_taken_as_it_is():
    for circle, step in ((180, 15), (360, 30)):
        archive = {"orientation": np.arange(0, circle, step) - 90.0, "responses": RESPONSES}
        patterns, index, why_not = find_closed_circle(archive)
        assert patterns is RESPONSES
        assert index.tolist() == list(range(12))
        assert why_not == ""
    archive = {"orientation": np.linspace(-90, 90, 12), "responses": RESPONSES}
    *_, why_not = find_closed_circle(archive)
    assert why_not.startswith("-90° and 90° are two stimuli at one point")


def test_references_without_a_tie_to_the_recording_are_rejected_in_5_percent():
    """Simulated recordings have no special orientation; on the half circle all are rejected."""
    orders = shifts_and_reflections(30)
    found, on_half = [], []
    for seed in range(60):
        recording = simulate_recording(neurons=300, stimuli=60, trials=1, seed=seed)
        angle, responses = recording["stimuli"], recording["resp_noiseless"]
        kept = angle[angle <= 180]
        folded = fold_half_circle(angle, responses, kept, 1)
        kept_rdms = circular_distance(kept, 360), category_distance(kept > 90)
        index = folded["folded_index"]
        others = np.stack([upper_triangle(rdm[np.ix_(index, index)]) for rdm in kept_rdms])
        circle = correlation_distance(folded["folded"])
        found.append(label_p(relabeled_similarity(circle, others, orders, "pearson")))
        others = np.stack([upper_triangle(rdm) for rdm in kept_rdms])
        half = correlation_distance(responses[: len(kept)])
        orders_of_half = shifts_and_reflections(len(kept))
        on_half.append(label_p(relabeled_similarity(half, others, orders_of_half, "pearson")))
    rejected = (np.array(found) <= 0.05).mean(axis=0)
    assert (rejected <= 0.14).all()  # 5 % ± 3 SE
    assert (np.array(on_half) <= 0.05).mean(axis=0).min() > 0.2
