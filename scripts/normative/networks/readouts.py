"""Networks whose answers are the responses of neurons."""

import torch
from torch import nn

from normative.networks.architecture import CHANNELS, HIDDEN_UNITS
from normative.networks.filters import filter_bank
from normative.networks.networks import build_network, make_convolution

INITIAL_SD = 0.01  # of output weights


class ConvReadout(nn.Module):
    """A convolution and a linear readout to neurons, without any nonlinearity.

    The network of the Neuromatch tutorial "Diving Deeper into Decoding & Encoding" (W1D5 Tutorial
    4, section 3). Its convolution starts as the filters of `filter_bank` less the mean of each, its
    output weights are normal. The order of random draws: convolution, readout, output weights.

    Parameters
    ----------
    height, width : int
        Pixels.
    n_neurons : int
    """

    def __init__(self, height, width, n_neurons):
        super().__init__()
        self.conv = make_convolution()
        self.out = nn.Linear(CHANNELS * height * width, n_neurons)
        nn.init.normal_(self.out.weight, std=INITIAL_SD)
        with torch.no_grad():
            self.conv.weight.copy_(torch.from_numpy(start_filters()).unsqueeze(1))
            self.conv.bias.zero_()

    @property
    def named(self):
        """The module whose parts are the layers, by their names."""
        return self

    def forward(self, images):
        """Predict responses, (images, height, width) -> (images, neurons)."""
        return self.out(self.conv(images.unsqueeze(1)).flatten(1))


def start_filters():
    """Make the filters of `filter_bank`, less the mean of each: (channels, height, width)."""
    bank = filter_bank()
    return bank - bank.mean(axis=(1, 2), keepdims=True)


def build_readout(kind, image_shape, n_neurons):
    """Construct a network whose answers are the responses of neurons.

    Parameters
    ----------
    kind : {"linear", "cnn"}
        "linear" is `ConvReadout`; "cnn" the tutorial's CNN, whose `fc` is read out to all neurons.
    image_shape : (height, width), pixels
    n_neurons : int

    Returns
    -------
    torch.nn.Module
        Its initial weights come from torch's global generator. `out` are the answers.
    """
    if kind == "linear":
        return ConvReadout(*image_shape, n_neurons)
    net = build_network("ConvPoolFC", image_shape, "gabor")
    net.out, net.answer = nn.Linear(HIDDEN_UNITS, n_neurons), nn.Identity()
    return net
