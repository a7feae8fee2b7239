"""Angles of any convention become the tutorial's: 90° is vertical, above it a tilt to the right."""

import numpy as np
import pytest

from normative.recordings.convention import canonical_angle, group_angles
from normative.stimuli.gratings import grating


def tilt_of(canonical):
    """Tell from the picture of a grating which way its wave runs, by gradients."""
    image = grating(canonical - 90).astype(float)
    dy, dx = np.gradient(image)
    across = 0.5 * np.arctan2(2 * np.sum(dx * dy), np.sum(dx**2) - np.sum(dy**2))
    return np.rad2deg(across)  # of the wave, from horizontal; positive is downward to the right


def test_the_tutorials_angles_stay_as_they_are():
    angles = np.arange(0, 360, 1.0)
    np.testing.assert_allclose(canonical_angle(angles), angles, atol=1e-12)
    assert canonical_angle(360.0) == 0


def test_vertical_is_where_the_file_says():
    assert canonical_angle(0, vertical=0) == 90
    assert canonical_angle(30, vertical=0) == 120
    assert canonical_angle(45, vertical=45) == 90
    assert canonical_angle(0, vertical=90) == 0


def test_turning_counterclockwise_mirrors_the_tilt():
    assert canonical_angle(30, vertical=0, turning="counterclockwise") == 60
    assert canonical_angle(120, vertical=90, turning="counterclockwise") == 60
    assert canonical_angle(60, vertical=90, turning="counterclockwise") == 120


def test_radians_are_degrees_of_another_size():
    angles = np.deg2rad([0, 45, 90, 359])
    np.testing.assert_allclose(canonical_angle(angles, unit="radians"), [0, 45, 90, 359])


def test_direction_of_motion_is_across_the_stripes():
    """0° moves right: vertical. 90° moves up: horizontal. 45° moves up and right: tilts left."""
    motion = {"vertical": 0, "turning": "counterclockwise"}
    assert canonical_angle(0, **motion) == 90
    assert canonical_angle(90, **motion) == 0
    assert canonical_angle(180, **motion) == 270, "vertical, the other polarity"
    assert canonical_angle(45, **motion) == 45
    # A wave that moves up and to the right has, on a screen whose rows go down, its gradient along
    # (1, −1): an angle of −45° from horizontal.
    assert tilt_of(canonical_angle(45, **motion)) == pytest.approx(-45, abs=3)
    assert tilt_of(canonical_angle(135, **motion)) == pytest.approx(45, abs=3)


def test_orientations_alone_stay_below_180():
    angles = np.arange(0, 180, 15)
    found = canonical_angle(angles, vertical=0, period=180)
    assert found.min() >= 0
    assert found.max() < 180
    assert sorted(found) == list(angles)


def test_blanks_stay_blanks():
    assert np.isnan(canonical_angle(np.array([np.nan]))[0])


def test_angles_that_differ_by_rounding_are_one_orientation():
    angles = np.array([30 + 1e-6, 10, 30, 30 - 4e-7, 10 + 1e-9])
    different, index = group_angles(angles)
    assert different.tolist() == [10, 30 - 4e-7], "the lowest of each"
    assert index.tolist() == [1, 0, 1, 1, 0]
    assert canonical_angle(360 - 1e-6) == 0
    different, _ = group_angles(np.array([1.0, 1.01]))
    assert len(different) == 2
    assert len(group_angles(np.arange(0, 1, 0.0004))[0]) > 300, "small steps do not chain"
    assert len(group_angles(np.deg2rad([1.0, 1.0009, 1.01]), "radians")[0]) == 2
