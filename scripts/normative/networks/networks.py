"""The networks that learn a task on gratings."""

import torch
from torch import nn

from normative.networks.architecture import CHANNELS, HIDDEN_UNITS, KERNEL_SIZE, POOL_SIZE
from normative.networks.filters import filter_bank
from normative.networks.strips import convolve_and_pool, cut_strips
from normative.tasks import TASKS


class FC(nn.Module):
    """One hidden layer on the pixels: `fc`, ReLU, `out`, and for the tilt task a sigmoid."""

    def __init__(self, height, width, task):
        super().__init__()
        self.fc = nn.Linear(height * width, HIDDEN_UNITS)
        self.finish(task)

    def finish(self, task):
        """Make the last layer, after all others, since each draws its initial weights in turn."""
        self.out = nn.Linear(HIDDEN_UNITS, TASKS[task].n_outputs)
        self.answer = TASKS[task].answer

    def arrange(self, images):
        """Lay images, (images, height, width), out as the network reads them in training."""
        return images

    def features(self, images):
        """Turn images into the units that feed the hidden layer, (images, units)."""
        return images.flatten(1)

    def forward(self, images):
        """Answer images, (images, height, width), with what the task asks for, (images, outputs).

        For the tilt task that is the probability of a tilt to the right. In training, images are
        those of `arrange`.
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

    def arrange(self, images):
        """Cut images into the strips that are convolved and pooled."""
        return cut_strips(images)

    def features(self, images):
        """Turn images into the units that feed the hidden layer, (images, units)."""
        if self.training:  # the same to rounding, and faster
            return torch.relu(convolve_and_pool(images, *self.conv.parameters())).flatten(1)
        return self.pool(torch.relu(self.conv(images.unsqueeze(1)))).flatten(1)


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
