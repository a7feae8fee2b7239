"""The filters that the tutorial's convolution starts from."""

import numpy as np

from normative.networks.architecture import CHANNELS, KERNEL_SIZE

SIGMA = 1.1  # pixels: width of the center
WAVELENGTH = 10  # pixels, of the Gabors


def filter_bank(channels=CHANNELS, kernel_size=KERNEL_SIZE):
    """Make two center-surround filters (on, off) and `channels` − 2 Gabor filters.

    The envelopes fall with the distance from the center and not with its square, as in the
    tutorial. Each filter is divided by its largest absolute value.

    Returns
    -------
    array of float32, shape (channels, kernel_size, kernel_size)
    """
    grid = np.linspace(-kernel_size / 2, kernel_size / 2, kernel_size).astype(np.float32)
    x, y = np.meshgrid(grid, grid, indexing="ij")  # both (kernel_size, kernel_size)
    distance = np.sqrt(x**2 + y**2)

    def envelope(sigma):
        return np.exp(-distance / (2 * sigma**2))

    center_surround = envelope(SIGMA) - 0.5 * envelope(2 * SIGMA)
    angles = np.deg2rad(np.linspace(0, 180, channels - 1)[:-1])
    gabors = [
        envelope(0.4 * SIGMA)
        * np.cos(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / WAVELENGTH + np.pi / 2)
        for angle in angles
    ]
    # (channels, kernel_size, kernel_size)
    bank = np.stack([center_surround, -center_surround, *gabors]).astype(np.float32)
    return bank / np.abs(bank).max(axis=(1, 2), keepdims=True)
