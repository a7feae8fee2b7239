"""The networks that learn a task on gratings, and the tutorial's filter bank."""

import numpy as np
import torch
from torch import nn

from normative.tasks import TASKS

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


class FC(nn.Module):
    """One hidden layer on the pixels: `fc`, ReLU, `out`, and for the tilt task a sigmoid."""

    def __init__(self, height, width, task):
        super().__init__()
        self.fc = nn.Linear(height * width, HIDDEN_UNITS)
        self.finish(task)

    def finish(self, task):
        """Make the last layer, after all others, since each draws its initial weights in turn."""
        self.out = nn.Linear(HIDDEN_UNITS, TASKS[task].outputs)
        self.answer = TASKS[task].answer

    def features(self, images):
        """Turn images into the units that feed the hidden layer, (images, units)."""
        return images.flatten(1)

    def forward(self, images):
        """Answer images, (images, height, width), with what the task asks for, (images, outputs).

        For the tilt task that is the probability of a tilt to the right.
        """
        hidden = torch.relu(self.fc(self.features(images)))
        return self.answer(self.out(hidden))


class ConvFC(FC):
    """A convolution and ReLU before the hidden layer."""

    def __init__(self, height, width, task):
        nn.Module.__init__(self)
        self.conv = nn.Conv2d(1, CHANNELS, KERNEL_SIZE, padding=KERNEL_SIZE // 2)
        self.fc = nn.Linear(CHANNELS * height * width, HIDDEN_UNITS)
        self.finish(task)

    def features(self, images):
        """Turn images into the units that feed the hidden layer, (images, units)."""
        return torch.relu(self.conv(images.unsqueeze(1))).flatten(1)


class ConvPoolFC(FC):
    """A convolution, ReLU and max pooling before the hidden layer: the tutorial's CNN."""

    def __init__(self, height, width, task):
        nn.Module.__init__(self)
        self.conv = nn.Conv2d(1, CHANNELS, KERNEL_SIZE, padding=KERNEL_SIZE // 2)
        self.pool = nn.MaxPool2d(POOL_SIZE)
        pooled = CHANNELS * (height // POOL_SIZE) * (width // POOL_SIZE)
        self.fc = nn.Linear(pooled, HIDDEN_UNITS)
        self.finish(task)

    def features(self, images):
        """Turn images into the units that feed the hidden layer, (images, units)."""
        convolved = self.conv(images.unsqueeze(1))
        if self.training:
            # The same values and gradients, with one rectified unit for 64.
            return torch.relu(self.pool(convolved)).flatten(1)
        return self.pool(torch.relu(convolved)).flatten(1)


NETWORKS = {network.__name__: network for network in (FC, ConvFC, ConvPoolFC)}


def build_network(network, image_shape, filters="random", task="tilt"):
    """Construct a network with its initial weights.

    Parameters
    ----------
    network : {"FC", "ConvFC", "ConvPoolFC"}
    image_shape : (height, width), pixels
    filters : {"gabor", "frozen", "random"}
        "gabor" replaces the convolution's weights by `filter_bank` and its bias by zeros after
        construction, so that the random draws stay those of the tutorial; "frozen" does so and
        keeps them from being trained. "random" keeps PyTorch's default initialization.
    task : {"tilt", "orientation"}

    Returns
    -------
    torch.nn.Module
        Its weights come from torch's global generator. They are the same for both tasks but for
        the last layer, which is drawn last.
    """
    net = NETWORKS[network](*image_shape, task)
    if filters != "random":
        with torch.no_grad():
            net.conv.weight.copy_(torch.from_numpy(filter_bank()).unsqueeze(1))
            net.conv.bias.zero_()
        net.conv.requires_grad_(filters == "gabor")
    return net
