"""Training by stochastic gradient descent, in the tutorial's exact order of random draws."""

import logging

import numpy as np
import torch
from torch.optim.sgd import sgd

from normative.networks.networks import build_network
from normative.tasks import TASKS

logger = logging.getLogger(__name__)


def train_networks(stimuli, seeds, config):
    """Train one network for each seed, one after the other on the CPU.

    Parameters
    ----------
    stimuli : iterable of (images, orientation_deg)
        One pair a seed; asked for when its turn comes.
    seeds : sequence of int
    config : normative.training.config.TrainingConfig

    Yields
    ------
    net, losses
        See `train_network`.
    """
    for (images, orientation_deg), seed in zip(stimuli, seeds, strict=True):
        yield train_network(images, orientation_deg, seed, config)


def train_network(images, orientation_deg, seed, config):
    """Construct a network and train it on its task.

    The state of torch's global generator is left as it was.

    Parameters
    ----------
    images : array of float32, shape (images, height, width)
    orientation_deg : array, shape (images,)
        Degrees.
    seed : int
    config : normative.training.config.TrainingConfig

    Returns
    -------
    net : normative.networks.networks.Network
    losses : array of float64, shape (epochs, batches)
        Loss of every mini-batch before the step that it causes: in nats for the tilt task, a mean
        square for the orientation task.
    """
    task = TASKS[config.task]
    net, orders = draw(seed, images.shape, config)
    images = net.prepare(torch.from_numpy(images))
    targets = torch.from_numpy(task.targets(orientation_deg))  # (images, n_outputs)
    weights = [weights for weights in net.parameters() if weights.requires_grad]
    velocities = [None] * len(weights)
    losses = np.empty((config.epochs, config.n_batches(len(images))))
    for epoch, order in enumerate(orders):
        for index, batch in enumerate(order.split(config.batch_size)):
            # Rows whole, which is twice as fast as images[batch].
            answers = net.answer_prepared(images.index_select(0, batch))  # (batch, n_outputs)
            loss = task.loss(answers, targets[batch])
            step(weights, torch.autograd.grad(loss, weights), velocities, config)
            losses[epoch, index] = loss.item()
        logger.info(
            "seed %d, epoch %d of %d: loss on the last mini-batch %.3e",
            *(seed, epoch + 1, config.epochs, losses[epoch, -1]),
        )
    return net, losses


def draw(seed, images_shape, config):
    """Make all random draws of a training, in the tutorial's order.

    The seed starts torch's generator, which draws the initial weights and then one permutation of
    the images an epoch.

    Parameters
    ----------
    seed : int
    images_shape : (images, height, width)
    config : normative.training.config.TrainingConfig

    Returns
    -------
    net : normative.networks.networks.Network
        With its initial weights.
    orders : list of tensor, shape (images,)
        A permutation of the images for each epoch.
    """
    n_images, *image_shape = images_shape
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = build_network(config.network, image_shape, config.filters, config.task)
        return net, [torch.randperm(n_images) for _ in range(config.epochs)]


def step(weights, gradients, velocities, config):
    """Take a step of stochastic gradient descent with momentum, in place.

    torch.optim.SGD does the same, and loads a compiler first that takes a second.

    Parameters
    ----------
    weights, gradients : sequence of tensor
    velocities : list
        None for each weight before the first step; the step replaces them.
    config : normative.training.config.TrainingConfig
    """
    with torch.no_grad():
        sgd(
            weights,
            gradients,
            velocities,
            lr=config.learning_rate,
            momentum=config.momentum,
            dampening=0,
            weight_decay=0,
            nesterov=False,
            maximize=False,
        )
