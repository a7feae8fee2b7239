"""The networks that learn a task on gratings."""

import random

import numpy as np
import torch
from torch import nn

from normative.networks.architecture import (
    CHANNELS,
    HIDDEN_UNITS,
    KERNEL_SIZE,
    POOL_SIZE,
    SEMISATURATION,
    STAGE_CHANNELS,
    STAGE_KERNEL,
    STAGE_POOLS,
)
from normative.networks.filters import filter_bank
from normative.networks.own import build_own
from normative.networks.strips import convolve_and_pool, cut_strips
from normative.tasks import find_task


class Network(nn.Module):
    """One hidden layer on features of images: `fc`, ReLU, `out`, and the answer of the task.

    The order of construction is that of the random draws: first the layers that make the features,
    then `fc`, then `out`.

    Parameters
    ----------
    task : str
        See `normative.tasks.find_task`.
    n_features : int
        Units that feed the hidden layer.
    **feature_layers : torch.nn.Module
        By name.
    """

    def __init__(self, task, n_features, **feature_layers):
        super().__init__()
        for name, layer in feature_layers.items():
            self.add_module(name, layer)
        self.fc = nn.Linear(n_features, HIDDEN_UNITS)
        self.out = nn.Linear(HIDDEN_UNITS, find_task(task).n_outputs)
        self.answer = find_task(task).answer

    @property
    def named(self):
        """The module whose parts are the layers, by their names."""
        return self

    def forward(self, images):
        """Answer images with what the task asks for.

        Parameters
        ----------
        images : tensor, shape (images, height, width)

        Returns
        -------
        tensor, shape (images, n_outputs)
            For the tilt task, the probability of a tilt to the right.
        """
        return self.answer_features(self.features(images))

    def features(self, images):
        """Turn images, (images, height, width), into the hidden layer's input, (images, units)."""
        raise NotImplementedError(f"{type(self).__name__} defines no features of images")

    def answer_features(self, features):
        """Answer the hidden layer's input, (images, units), with (images, n_outputs)."""
        hidden = torch.relu(self.fc(features))  # (images, HIDDEN_UNITS)
        return self.answer(self.out(hidden))

    def prepare(self, images):
        """Do once what training would repeat whenever it shows the same images.

        Returns
        -------
        tensor
            Its first axis are the images.
        """
        return images

    def answer_prepared(self, prepared):
        """Answer images from `prepare` as `forward` does, to rounding; in training on a CPU."""
        return self(prepared)


class FC(Network):
    """The hidden layer on the pixels."""

    def __init__(self, height, width, task):
        super().__init__(task, height * width)

    def features(self, images):
        """Give the pixels, (images, height · width)."""
        return images.flatten(1)


class ConvFC(Network):
    """A convolution and ReLU before the hidden layer."""

    def __init__(self, height, width, task):
        super().__init__(task, CHANNELS * height * width, conv=make_convolution())

    def features(self, images):
        """Give the convolution's rectified output, (images, CHANNELS · height · width)."""
        convolved = self.conv(images.unsqueeze(1))  # (images, CHANNELS, height, width)
        return torch.relu(convolved).flatten(1)


class ConvPoolFC(Network):
    """A convolution, ReLU and max pooling before the hidden layer: the tutorial's CNN."""

    def __init__(self, height, width, task):
        n_pooled = CHANNELS * (height // POOL_SIZE) * (width // POOL_SIZE)
        super().__init__(task, n_pooled, conv=make_convolution(), pool=nn.MaxPool2d(POOL_SIZE))

    def features(self, images):
        """Give the pooled units, (images, CHANNELS · height // POOL_SIZE · width // POOL_SIZE)."""
        convolved = self.conv(images.unsqueeze(1))  # (images, CHANNELS, height, width)
        return self.pool(torch.relu(convolved)).flatten(1)

    def prepare(self, images):
        """Cut images into the strips of `normative.networks.strips`."""
        return cut_strips(images)

    def answer_prepared(self, prepared):
        """Answer images by their strips: convolution and pooling in one operation, faster."""
        pooled = convolve_and_pool(prepared, self.conv.weight, self.conv.bias)
        return self.answer_features(torch.relu(pooled).flatten(1))


class ConvPool2FC(Network):
    """Two stages of convolution, ReLU and max pooling before the hidden layer."""

    def __init__(self, height, width, task):
        n_pooled = STAGE_CHANNELS
        for size in (height, width):
            n_pooled *= size // STAGE_POOLS[0] // STAGE_POOLS[1]
        super().__init__(
            task,
            n_pooled,
            conv=make_convolution(),
            pool=nn.MaxPool2d(STAGE_POOLS[0]),
            conv2=nn.Conv2d(CHANNELS, STAGE_CHANNELS, STAGE_KERNEL, padding=STAGE_KERNEL // 2),
            pool2=nn.MaxPool2d(STAGE_POOLS[1]),
        )

    def features(self, images):
        """Give the second stage's pooled units, (images, units)."""
        pooled = self.pool(torch.relu(self.conv(images.unsqueeze(1))))
        return self.pool2(torch.relu(self.conv2(pooled))).flatten(1)


class ConvNormPoolFC(Network):
    """The tutorial's CNN with divisive normalization before the pooling."""

    def __init__(self, height, width, task):
        n_pooled = CHANNELS * (height // POOL_SIZE) * (width // POOL_SIZE)
        layers = {"norm": DivisiveNormalization(), "pool": nn.MaxPool2d(POOL_SIZE)}
        super().__init__(task, n_pooled, conv=make_convolution(), **layers)

    def features(self, images):
        """Give the pooled units, (images, CHANNELS · height // POOL_SIZE · width // POOL_SIZE)."""
        drive = torch.relu(self.conv(images.unsqueeze(1)))
        return self.pool(self.norm(drive)).flatten(1)


class DivisiveNormalization(nn.Module):
    """Each unit's squared drive over that of all channels nearby: Heeger (1992).

    doi:10.1017/S0952523800009640. R = D² / (σ² + mean of D² over the channels and a square of
    KERNEL_SIZE pixels), with σ = SEMISATURATION.
    """

    def forward(self, drive):
        """Normalize drives, (images, channels, height, width), which are not negative."""
        energy = drive.square()
        nearby = nn.functional.avg_pool2d(
            energy.mean(1, keepdim=True),
            *(KERNEL_SIZE, 1, KERNEL_SIZE // 2),
            count_include_pad=False,
        )  # (images, 1, height, width)
        return energy / (SEMISATURATION**2 + nearby)


def make_convolution():
    """Make a convolution that keeps the size of an image, with PyTorch's initial weights."""
    return nn.Conv2d(1, CHANNELS, KERNEL_SIZE, padding=KERNEL_SIZE // 2)


NETWORKS = {
    network.__name__: network for network in (FC, ConvFC, ConvPoolFC, ConvPool2FC, ConvNormPoolFC)
}


def start_generators(seed):
    """Start the generators of PyTorch, Python and NumPy, from which a network is drawn."""
    torch.manual_seed(seed)
    random.seed(seed)
    np.random.seed(seed % 2**32)


def build_network(network, image_shape, filters="random", task="tilt"):
    """Construct a network with its initial weights.

    Parameters
    ----------
    network : str or dict
        One of `NETWORKS`; or of the user's own, see `normative.networks.own.build_own`.
    image_shape : (height, width), pixels
    filters : {"gabor", "frozen", "random"}
        "gabor" replaces the convolution's weights by `filter_bank` and its bias by zeros after
        construction, so that the random draws stay those of the tutorial; "frozen" does so and
        keeps them from being trained. "random" keeps PyTorch's default initialization.
    task : str
        See `normative.tasks.find_task`; "none" for a network of the user's own as it is.

    Returns
    -------
    Network or normative.networks.own.OwnNetwork
        Its weights come from torch's global generator. They are the same for all tasks but for
        the last layer, which is drawn last.
    """
    if isinstance(network, dict):
        return build_own(network, image_shape, task)
    net = NETWORKS[network](*image_shape, task)
    if filters != "random":
        with torch.no_grad():
            net.conv.weight.copy_(torch.from_numpy(filter_bank()).unsqueeze(1))
            net.conv.bias.zero_()
        net.conv.requires_grad_(filters == "gabor")
    return net
