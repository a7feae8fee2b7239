"""What the networks are made of: sizes, stages, and the tutorial's filter bank."""

import numpy as np

CHANNELS = 6  # convolution kernels
KERNEL_SIZE = 7  # pixels
POOL_SIZE = 8  # pixels
HIDDEN_UNITS = 10


def filter_bank(channels=CHANNELS, kernel_size=KERNEL_SIZE):
    """Make two center-surround filters (on, off) and `channels` − 2 Gabor filters.

    The envelopes fall with the distance from the center and not with its square, as in the
    tutorial. Each filter is divided by its largest absolute value.

    Returns
    -------
    array of float32, shape (channels, kernel_size, kernel_size)
    """
    grid = np.linspace(-kernel_size / 2, kernel_size / 2, kernel_size).astype(np.float32)
    x, y = np.meshgrid(grid, grid, indexing="ij")
    distance = np.sqrt(x**2 + y**2)
    sigma = 1.1

    def envelope(width):
        return np.exp(-distance / (2 * width**2))

    center_surround = envelope(sigma) - 0.5 * envelope(2 * sigma)
    angles = np.deg2rad(np.linspace(0, 180, channels - 1)[:-1])
    gabors = [
        envelope(0.4 * sigma)
        * np.cos(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / 10 + np.pi / 2)
        for angle in angles
    ]
    bank = np.stack([center_surround, -center_surround, *gabors]).astype(np.float32)
    return bank / np.abs(bank).max(axis=(1, 2), keepdims=True)


def stages(network, image_shape):
    """List the stages of a network from the image to its hidden layer, in order.

    Parameters
    ----------
    network : {"FC", "ConvFC", "ConvPoolFC"}
    image_shape : (height, width), pixels

    Returns
    -------
    dict
        Name of the stage (of the module, but for "image") → shape of what comes out of it:
        (height, width), (channels, height, width) or (units,).
    """
    height, width = image_shape
    shapes = {"image": (height, width)}
    if network != "FC":
        shapes["conv"] = (CHANNELS, height, width)
    if network == "ConvPoolFC":
        shapes["pool"] = (CHANNELS, height // POOL_SIZE, width // POOL_SIZE)
    return {**shapes, "fc": (HIDDEN_UNITS,)}
