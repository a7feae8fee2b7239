"""Gratings and tilt labels are the tutorial's."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from normative.stimuli.gratings import (
    grating,
    held_out_orientations,
    in_radians,
    tilt_label,
    training_orientations,
)


def loop_grating(orientation_deg, frequency=1 / 28, resolution=0.1, patch=False):
    """The definition, pixel by pixel."""
    height, width = round(480 * resolution), round(640 * resolution)
    theta = math.radians(orientation_deg) + (0.1 if patch else 0)
    image = np.empty((height, width), np.float32)
    for row in range(height):
        for column in range(width):
            x, y = frequency * column / resolution, frequency * row / resolution
            image[row, column] = math.cos(x * math.cos(theta) + y * math.sin(theta)) > 0
            if patch:
                distance = math.hypot(column - 0.75 * width, row - height / 2)
                if not distance < 640 / 3 / 2 * resolution:
                    image[row, column] = 0.5
    return image


@pytest.mark.parametrize("patch", [False, True])
@pytest.mark.parametrize("orientation", [-89.3, -45, -10, 0, 0.5, 33, 90])
def test_grating_equals_its_definition_pixel_by_pixel(orientation, patch):
    np.testing.assert_array_equal(
        grating(orientation, patch=patch), loop_grating(orientation, patch=patch)
    )


@pytest.mark.parametrize(("frequency", "resolution"), [(1 / 50, 0.1), (1 / 28, 0.05)])
def test_grating_follows_spatial_frequency_and_resolution(frequency, resolution):
    image = grating(20, frequency, resolution)
    np.testing.assert_array_equal(image, loop_grating(20, frequency, resolution))


@pytest.mark.parametrize("patch", [False, True])
def test_gratings_of_many_orientations_equal_one_at_a_time(patch):
    orientations = training_orientations(12, 50)
    images = grating(orientations, patch=patch)
    assert images.shape == (50, 48, 64)
    assert images.dtype == np.float32
    np.testing.assert_array_equal(images, [grating(angle, patch=patch) for angle in orientations])


@settings(max_examples=50, deadline=None)
@given(
    st.floats(-360, 360), st.floats(1 / 200, 1), st.sampled_from([0.02, 0.05, 0.1]), st.booleans()
)
def test_any_grating_equals_its_definition_pixel_by_pixel(orientation, frequency, size, patch):
    np.testing.assert_array_equal(
        grating(orientation, frequency, size, patch),
        loop_grating(orientation, frequency, size, patch),
    )


@given(st.floats(-180, 180))
def test_grating_half_a_turn_on_is_the_same_image(orientation):
    """To rounding: a pixel may flip only where the cosine is within rounding of zero."""
    different = grating(orientation) != grating(orientation + 180)
    x, y = np.meshgrid(np.arange(64) * 10 / 28, np.arange(48) * 10 / 28)
    theta = np.deg2rad(orientation)
    cosine = np.cos(x * np.cos(theta) + y * np.sin(theta))
    assert np.abs(cosine[different]).max(initial=0) < 1e-12


def test_vertical_grating_varies_along_rows_only():
    image = grating(0)
    assert (image == image[0]).all()
    assert 0 < image.mean() < 1


def test_right_tilt_leans_right():
    """A stripe of a grating tilted right moves right as it goes up, that is to lower rows."""
    image = grating(20)
    shift = [np.correlate(image[20], np.roll(image[26], step)).item() for step in range(-3, 4)]
    assert np.argmax(shift) - 3 > 0


def test_tilt_label_is_sign_of_orientation():
    np.testing.assert_array_equal(tilt_label([-90, -0.1, 0, 0.1, 90]), [0, 0, 0, 1, 1])


def test_training_orientations_are_the_legacy_generators():
    np.random.seed(12)
    expected = (np.random.rand(1000) - 0.5) * 180
    np.testing.assert_array_equal(training_orientations(12, 1000), expected)


def test_held_out_orientations_are_fresh():
    held_out = held_out_orientations(12, 1000)
    assert not np.isin(held_out, training_orientations(12, 1000)).any()
    assert -90 <= held_out.min() < -85
    assert 85 < held_out.max() <= 90
    np.testing.assert_array_equal(held_out, held_out_orientations(12, 1000))


def test_cycles_per_image_are_periods_of_a_vertical_grating_across_its_width():
    image = grating(0, resolution=1, **in_radians({"cycles_per_image": 5}))
    assert (np.diff(image[0]) == 1).sum() == 5
    assert (np.diff(image[:, 0]) == 0).all()
    default = {"spatial_frequency": 1 / 28, "resolution": 0.1, "patch": False}
    assert in_radians(default) == default
    converted = in_radians({"resolution": 0.1, "patch": False, "cycles_per_image": 3.64})
    assert converted == {**default, "spatial_frequency": pytest.approx(1 / 28, rel=1e-3)}
