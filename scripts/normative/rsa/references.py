"""Reference RDMs: what stimuli look like to simple models that learn nothing.

A network's RDM may resemble the recording's only because both follow one of these.
"""

import numpy as np
from scipy.signal import fftconvolve

from normative.rsa.rdm import correlation_distance, distance_of_distinct
from normative.stimuli.gratings import fold_polarity, tilt_label

N_GABOR_ORIENTATIONS = 8  # of the energy model, evenly over 180°
GABOR_SIGMA = 0.4  # SD of the Gaussian envelope, in periods of the wave
GABOR_STRIDE = 4  # pixels between the positions where the energy is read


def reference_rdms(orientation_deg, images, period):
    """Compute all reference RDMs of a set of gratings.

    Parameters
    ----------
    orientation_deg : array, shape (stimuli,)
    images : array, shape (stimuli, height, width)
    period : float
        Of the gratings, in pixels of the images.

    Returns
    -------
    dict of array, name → (stimuli, stimuli)
        `pixels`, `gabor_energy` and `fourier_amplitude` are correlation distances; `orientation`,
        `angle` and `tilt` run from 0 (same) to 1 (most different).
    """
    return {
        **{
            name: distance_of_distinct(correlation_distance, units)
            for name, units in image_patterns(images, period).items()
        },
        "orientation": circular_distance(orientation_deg, 180),
        "angle": circular_distance(orientation_deg, 360),
        "tilt": category_distance(tilt_label(fold_polarity(orientation_deg))),
    }


def image_patterns(images, period):
    """Give the patterns of those references that are models of the image, by name.

    Parameters
    ----------
    images : array, shape (stimuli, height, width)
    period : float
        Of the gratings, in pixels of the images.

    Returns
    -------
    dict of array, name → (stimuli, features)
    """
    return {
        "pixels": images.reshape(len(images), -1),
        "gabor_energy": gabor_energy(images, period),
        "fourier_amplitude": fourier_amplitude(images),
    }


def gabor_energy(images, period):
    """Energy of quadrature pairs of Gabor filters, as of complex cells.

    Adelson & Bergen (1985), doi:10.1364/JOSAA.2.000284: the squares of the answers of an even and
    an odd filter, added, ignore the phase of a grating.

    Parameters
    ----------
    images : array, shape (stimuli, height, width)
    period : float
        Of the filters' wave, in pixels.

    Returns
    -------
    array, shape (stimuli, orientations · positions)
    """
    sigma = GABOR_SIGMA * period
    radius = int(np.ceil(2.5 * sigma))
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    envelope = np.exp(-(x**2 + y**2) / (2 * sigma**2))
    contrast = images - images.mean(axis=(1, 2), keepdims=True)
    energies = []
    for theta in np.arange(N_GABOR_ORIENTATIONS) * np.pi / N_GABOR_ORIENTATIONS:
        wave = np.exp(2j * np.pi / period * (x * np.cos(theta) + y * np.sin(theta)))
        gabor = envelope * wave
        gabor -= envelope * (gabor.sum() / envelope.sum())  # no answer to a plain field
        answer = fftconvolve(contrast, gabor[None], mode="same", axes=(1, 2))
        energies.append(np.abs(answer[:, ::GABOR_STRIDE, ::GABOR_STRIDE]) ** 2)
    # (stimuli, orientations, rows, columns) -> (stimuli, orientations · positions)
    return np.stack(energies, axis=1).reshape(len(images), -1)


def fourier_amplitude(images):
    """Amplitude spectrum of each image, its mean removed: (stimuli, frequencies)."""
    contrast = images - images.mean(axis=(1, 2), keepdims=True)
    return np.abs(np.fft.rfft2(contrast)).reshape(len(images), -1)


def circular_distance(angle_deg, circle_deg):
    """Distance along a circle between all pairs of angles, as a fraction of half its length.

    On the circle of 180° two gratings differ in orientation alone. On that of 360° they differ in
    polarity as well, as drifting or full-field gratings do to the animal; of it, stimuli from 0 to
    180° show one half, where the distance is the plain difference.
    """
    difference = np.abs(np.subtract.outer(angle_deg, angle_deg)).astype(float) % circle_deg
    return np.minimum(difference, circle_deg - difference) / (circle_deg / 2)


def category_distance(labels):
    """Give 0 to pairs of the same category and 1 to others."""
    return np.not_equal.outer(labels, labels).astype(float)
