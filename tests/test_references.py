"""Reference RDMs are what they are called."""

import numpy as np
import pytest

from normative.rsa.rdm import correlation_distance, rdm_correlation
from normative.rsa.references import (
    circular_distance,
    fourier_amplitude,
    gabor_energy,
    reference_rdms,
)
from normative.stimuli.gratings import grating

ORIENTATIONS = np.arange(-90, 91, 3.0)
PERIOD = 2 * np.pi * 28 * 0.1  # pixels of the tutorial's gratings


@pytest.fixture(scope="module")
def references():
    return reference_rdms(ORIENTATIONS, grating(ORIENTATIONS), PERIOD)


def test_references_are_rdms(references):
    names = ["pixels", "gabor_energy", "fourier_amplitude", "orientation", "angle", "tilt"]
    assert list(references) == names
    for rdm in references.values():
        assert rdm.shape == (61, 61)
        np.testing.assert_allclose(rdm, rdm.T, atol=1e-12)
        np.testing.assert_allclose(np.diag(rdm), 0, atol=1e-12)
        assert rdm.min() > -1e-12


def test_circular_distances_equal_the_arc_between_points(references):
    """The angle between unit vectors, whose angle is doubled on the circle of 180°."""
    for name, factor in (("orientation", 2), ("angle", 1)):
        points = np.exp(1j * np.deg2rad(factor * ORIENTATIONS))
        arc = np.abs(np.angle(np.outer(points, points.conj())))
        np.testing.assert_allclose(references[name], arc / np.pi, atol=1e-7)
    assert circular_distance(np.array([-90.0, 90.0]), 180)[0, 1] == 0
    assert circular_distance(np.array([-90.0, 90.0]), 360)[0, 1] == 1


def test_tilt_separates_left_from_right(references):
    right = ORIENTATIONS > 0
    assert (references["tilt"][np.ix_(right, right)] == 0).all()
    assert (references["tilt"][np.ix_(right, ~right)] == 1).all()


def test_pixels_are_the_images_correlation(references):
    images = grating(ORIENTATIONS).reshape(61, -1)
    np.testing.assert_allclose(references["pixels"], 1 - np.corrcoef(images), atol=1e-6)


@pytest.mark.parametrize("features", [lambda i: gabor_energy(i, PERIOD), fourier_amplitude])
def test_features_ignore_phase_and_see_orientation(features):
    """Unlike pixels: a grating moved by a quarter of a period is as good as the same."""
    y, x = np.mgrid[:48, :64]
    theta = np.deg2rad(np.array([20, 20, 60, 110]))[:, None, None]
    phase = np.array([0, np.pi / 2, 0, 0])[:, None, None]
    images = np.cos(2 * np.pi / PERIOD * (x * np.cos(theta) + y * np.sin(theta)) + phase)
    rdm = correlation_distance(features(images))
    assert rdm[0, 1] < 0.01
    assert rdm[0, 2] > 0.3
    assert rdm[0, 3] > 0.3
    assert correlation_distance(images.reshape(4, -1))[0, 1] > 0.9


def test_fourier_amplitude_is_that_of_the_contrast():
    """The mean luminance of an image has no amplitude, and adds none."""
    images = np.random.default_rng(0).random((3, 12, 16))
    amplitude = fourier_amplitude(images)
    np.testing.assert_allclose(amplitude[:, 0], 0, atol=1e-12)
    np.testing.assert_allclose(fourier_amplitude(images + 5), amplitude, atol=1e-10)
    y, x = np.mgrid[:12, :16]
    for i, j in ((0, 1), (3, 2), (11, 8)):  # the sum over pixels times a wave, at some frequencies
        wave = np.exp(-2j * np.pi * (i * y / 12 + j * x / 16))
        expected = np.abs((images * wave).sum(axis=(1, 2)))
        np.testing.assert_allclose(amplitude[:, i * 9 + j], expected, atol=1e-10)


def test_gabor_filters_are_those_of_the_energy_model():
    """In the middle of an image: the squared answers of two filters, written out."""
    images = np.random.default_rng(0).random((2, 61, 61))
    energy = gabor_energy(images, 10).reshape(2, 8, 16, 16)
    y, x = np.mgrid[-10:11, -10:11]
    envelope = np.exp(-(x**2 + y**2) / (2 * (0.4 * 10) ** 2))
    for index in range(8):
        theta = np.deg2rad(index * 22.5)
        along = 2 * np.pi / 10 * (x * np.cos(theta) + y * np.sin(theta))
        even, odd = envelope * np.cos(along), envelope * np.sin(along)
        even -= envelope * even.sum() / envelope.sum()
        for image, found in zip(images, energy, strict=True):
            patch = image[18:39, 18:39] - image.mean()  # around pixel 28 = 7 · 4, filters turned
            expected = (even * patch).sum() ** 2 + (odd * patch).sum() ** 2
            assert found[index, 7, 7] == pytest.approx(expected)


def test_gabor_energy_prefers_the_orientation_of_the_grating():
    """A grating of a filter's own orientation drives that filter most."""
    energy = gabor_energy(grating(np.arange(8) * 22.5), PERIOD)
    assert energy.reshape(8, 8, -1).mean(axis=2).argmax(axis=1).tolist() == list(range(8))


def test_gabor_energy_is_blind_to_plain_fields():
    """Within either half of an edge there is nothing to see, bright or dark."""
    edge = np.where(np.arange(128) < 64, 0.0, 1.0) * np.ones((96, 1))
    energy = gabor_energy(edge[None], PERIOD).reshape(8, 24, 32)
    at_the_edge, left, right = energy[:, 12, 16], energy[:, 12, 8], energy[:, 12, 24]
    assert max(left.max(), right.max()) < 1e-12 * at_the_edge.max()


def test_gabor_energy_follows_orientation(references):
    assert rdm_correlation(references["gabor_energy"], references["orientation"]) > 0.8


def test_gratings_of_both_polarities_have_the_tilt_of_their_image():
    """To 270°: a grating and the same turned by 180° tilt to one side, as their pixels say."""
    half = np.arange(-75, 91, 15.0)
    both = np.append(half, half[half > -90] + 180)[:-1]  # −75 … 90, then 105 … 255
    rdms = reference_rdms(both, grating(both), PERIOD)
    for i in range(11):
        assert both[i + 12] == both[i] + 180
        np.testing.assert_array_equal(rdms["tilt"][i], rdms["tilt"][i + 12])
        assert rdms["pixels"][i, i + 12] < 0.05
        assert rdms["orientation"][i, i + 12] == pytest.approx(0)
        assert rdms["angle"][i, i + 12] == pytest.approx(1)
    right = (both > 0) & (both <= 90) | (both > 180)
    np.testing.assert_array_equal(rdms["tilt"], right[:, None] != right)
    assert rdms["angle"][0, -1] == pytest.approx((360 - 330) / 180), "the shorter way around"


def test_tilts_of_the_half_circle_are_as_they_are():
    """Horizontal at −90° counts as left, at 90° as right; vertical as left."""
    tilt = reference_rdms(np.array([-90, -45, 0, 45, 90.0]), grating(np.zeros(5)), PERIOD)["tilt"]
    assert tilt[0].tolist() == [0, 0, 0, 1, 1]


def test_horizontal_gratings_of_both_polarities_have_one_tilt():
    """−90° and 90° are one image, and so are 0° and 180°, in degrees to rounding."""
    orientation = np.float32(np.arange(-90, 270, 45) + 1e-5)
    tilt = reference_rdms(orientation, grating(orientation), PERIOD)["tilt"]
    assert tilt[0, 4] == tilt[2, 6] == 0
    assert tilt[1, 3] == tilt[1, 7] == 1
    assert tilt[0, 3] == 0, "horizontal counts as right"
