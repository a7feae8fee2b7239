"""How orientations cover the circle is found from their angles."""

from itertools import pairwise

import numpy as np
import pytest

from normative.stimuli.coverage import Coverage

NAN = float("nan")


@pytest.mark.parametrize(
    ("orientation", "circle_deg", "step_deg"),
    [
        (np.linspace(-90, 90, 181), 180, 1),  # the tutorial's, with both ends
        (np.linspace(-90, 90, 181, dtype=np.float32) / 1, 180, 1),
        (np.arange(-90, 90, 22.5), 180, 22.5),
        (np.arange(-88.5, 90, 3), 180, 3),
        (np.arange(-90, 270, 45), 360, 45),  # both polarities
        (np.linspace(-90, 90, 5), 180, 45),
        (np.round(np.arange(7) * 180 / 7 - 90, 1), 180, 25.7),  # rounded
        ((np.arange(2267) * 180 / 2267 - 90).astype(np.float32), 180, 180 / 2267),
    ],
)
def test_even_orientations_all_around_are_a_circle(orientation, circle_deg, step_deg):
    found = Coverage.of(orientation)
    assert found.is_circle
    assert found.is_even
    assert found.is_all_around
    assert found.circle_deg == circle_deg
    assert found.step_deg == pytest.approx(step_deg, rel=2e-3)
    assert found.largest_gap_deg == pytest.approx(step_deg, rel=1e-2)
    assert found.covered_deg == pytest.approx(circle_deg, rel=2e-3)
    assert found.n_stimuli == len(orientation)
    has_both_ends = bool(np.isclose(orientation[-1] - orientation[0], circle_deg))
    assert found.has_both_ends == has_both_ends
    assert ("at one point" in found.why_no_shifts()) == has_both_ends
    assert has_both_ends or found.why_no_shifts() == ""


def test_blocks_are_counted_on_what_is_covered_and_are_no_more_than_stimuli():
    """Overlapping ones count half as much again."""
    assert Coverage.of(np.arange(60) * 3 - 90).n_blocks(15) == pytest.approx(18)
    assert Coverage.of(np.arange(120) * 3 - 90).n_blocks(15) == pytest.approx(36)
    assert Coverage.of(np.arange(30) * 3 - 90).n_blocks(15) == pytest.approx(9), "half of it"
    assert Coverage.of(np.arange(10) * 18 - 90).n_blocks(15) == 10


@pytest.mark.parametrize("folded", [True, False])
def test_differences_are_those_of_all_pairs_in_the_order_of_a_triangle(folded):
    angles = np.array([-90.0, -60, -10, 40, 89])
    found = Coverage.of(angles).differences_deg(folded)
    expected = []
    for i, first in enumerate(angles):
        for second in angles[i + 1 :]:
            difference = second - first
            expected.append(min(difference, 180 - difference) if folded else difference)
    assert found.tolist() == expected


@pytest.mark.parametrize(
    ("orientation", "circle_deg", "step_deg", "gap_deg"),
    [
        (np.arange(-45, 46), 180, 1, 90),
        (np.arange(0, 91, 10), 180, 10, 90),
        (np.delete(np.arange(-90, 90, 10), 4), 180, 10, 20),  # one is missing
        (np.delete(np.arange(-90, 90, 10), 0), 180, 10, 20),  # the first
        (np.delete(np.arange(-90, 90, 15), [2, 3]), 180, 15, 45),
        (np.arange(-90, 200, 10), 360, 10, 80),
        (np.array([-90, -80, -70, 60, 70, 80]), 180, 10, 130),  # across the end of the circle
    ],
)
def test_even_orientations_of_a_part_of_the_circle(orientation, circle_deg, step_deg, gap_deg):
    found = Coverage.of(orientation)
    assert found.is_even
    assert not found.is_all_around
    assert not found.is_circle
    assert (found.circle_deg, found.step_deg, found.largest_gap_deg) == (
        circle_deg,
        step_deg,
        gap_deg,
    )
    assert found.covered_deg == circle_deg - gap_deg + step_deg
    assert found.why_no_shifts() == (
        f"the orientations do not go all around the circle of {circle_deg}°, with steps of "
        f"{step_deg}° and a gap of {gap_deg}°"
    )


@pytest.mark.parametrize(
    ("orientation", "is_all_around"),
    [
        (np.array([-90, -70, -45, -20, 0, 22, 45, 66]), True),
        (np.array([-90, -84, -70, -60, -51, -40]), False),
        (np.arange(-90, 90, 10) + np.tile([0, 0.2], 9), True),  # 2 % of a step
        (np.sort(np.random.default_rng(0).uniform(-90, 90, 500)), True),
    ],
)
def test_uneven_orientations_are_no_circle(orientation, is_all_around):
    found = Coverage.of(orientation)
    assert not found.is_even
    assert not found.is_circle
    assert found.is_all_around == is_all_around
    gaps = [b - a for a, b in pairwise(orientation)]
    gaps.append(180 - (orientation[-1] - orientation[0]))
    assert found.step_deg == pytest.approx(min(gaps))
    assert found.largest_gap_deg == pytest.approx(max(gaps))
    assert found.why_no_shifts() == (
        f"the orientations are not evenly spaced, with gaps of {min(gaps):.4g} to {max(gaps):.4g}°"
    )


def test_turning_all_orientations_changes_nothing_but_their_angles():
    """The cut of the circle is nowhere in particular."""
    angle = np.array([0, 10, 20, 30, 80, 90, 100])
    for turn in range(0, 180, 10):
        turned = np.sort((angle + turn) % 180) - 90
        found = Coverage.of(turned)
        assert (found.is_even, found.is_all_around) == (False, True)
        assert (found.step_deg, found.largest_gap_deg) == (10, 80)


@pytest.mark.parametrize(
    ("orientation", "message"),
    [
        ([0], "two or more"),
        ([[0, 1]], "two or more"),
        ([0, 0, 1], "ascending"),
        ([2, 1, 0], "ascending"),
        ([0, NAN, 2], "ascending"),
        ([-100, 90], "at most 180° in all"),
        ([-100, 270], "at most 360° in all"),
    ],
)
def test_angles_that_are_no_orientations_are_refused(orientation, message):
    with pytest.raises(ValueError, match=message):
        Coverage.of(orientation)
