"""Training on the tilt task, in the tutorial's exact order of random draws."""

import logging

import numpy as np
import torch
from torch import nn

from normative.gratings import tilt_label
from normative.networks import build_network

logger = logging.getLogger(__name__)


def train_tilt_network(
    images,
    orientation_deg,
    seed,
    *,
    network,
    filters,
    epochs,
    batch_size,
    learning_rate,
    momentum,
):
    """Construct a network and train it to tell left from right tilt.

    The seed starts torch's generator, which draws the initial weights and then one permutation
    of the images an epoch. The generator's state outside is left as it was.

    Parameters
    ----------
    images : array of float32, shape (images, height, width)
    orientation_deg : array, shape (images,)
        Degrees; the label is 1 where it is above zero.
    seed : int
    network, filters : str
        See `normative.networks.build_network`.
    epochs, batch_size : int
    learning_rate, momentum : float
        Of stochastic gradient descent on the binary cross-entropy.

    Returns
    -------
    net : torch.nn.Module
    losses : array of float64, shape (epochs, batches)
        Loss of every mini-batch, in nats, before the step that it causes.
    """
    images = torch.from_numpy(images)
    labels = torch.from_numpy(tilt_label(orientation_deg)).unsqueeze(1)
    loss_function = nn.BCELoss()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = build_network(network, images.shape[1:], filters)
        optimizer = torch.optim.SGD(net.parameters(), lr=learning_rate, momentum=momentum)
        losses = []
        for epoch in range(1, epochs + 1):
            epoch_losses = []
            for batch in torch.randperm(len(images)).split(batch_size):
                loss = loss_function(net(images[batch]), labels[batch])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                epoch_losses.append(loss.item())
            losses.append(epoch_losses)
            logger.info(
                "epoch %d of %d: loss on the last mini-batch %.3e", epoch, epochs, epoch_losses[-1]
            )
    return net, np.array(losses)


def tilt_accuracy(net, images, orientation_deg):
    """Fraction of images, (images, height, width), whose tilt the network tells right."""
    with torch.no_grad():
        says_right = net(torch.from_numpy(images)).squeeze(1).numpy() > 0.5
    return float(np.mean(says_right == (tilt_label(orientation_deg) == 1)))
