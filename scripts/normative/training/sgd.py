"""Training by stochastic gradient descent, in the tutorial's exact order of random draws."""

import logging

import numpy as np
import torch
from torch.optim.sgd import sgd

from normative.networks.networks import build_network, start_generators
from normative.tasks import find_task
from normative.workflow.errors import UserError

logger = logging.getLogger(__name__)


def train_networks(stimuli, seeds, config, device="cpu"):
    """Train one network for each seed, one after the other.

    Parameters
    ----------
    stimuli : iterable of (images, truth)
        One pair a seed; asked for when its turn comes.
    seeds : sequence of int
    config : normative.training.config.TrainingConfig
    device : {"cpu", "cuda"}

    Yields
    ------
    net, losses
        See `train_network`.
    """
    for (images, truth), seed in zip(stimuli, seeds, strict=True):
        yield train_network(images, truth, seed, config, device)


def train_network(images, truth, seed, config, device="cpu"):
    """Construct a network and train it on its task; it comes back on the CPU.

    The state of torch's global generator is left as it was. What a network of the user's own draws
    while it is trained, as dropout does, follows the other draws of the seed.

    Parameters
    ----------
    images : array of float32, shape (images, height, width)
    truth : array, shape (images, …)
        What the task's stimuli are, such as orientations in degrees.
    seed : int
    config : normative.training.config.TrainingConfig
    device : {"cpu", "cuda"}

    Returns
    -------
    net : normative.networks.networks.Network or normative.networks.own.OwnNetwork
    losses : array of float64, shape (epochs, batches)
        Loss of every mini-batch before the step that it causes: in nats for the tilt task, a mean
        square for the orientation task.

    Raises
    ------
    UserError
        If no weights of a network of the user's own are trained.
    """
    task = find_task(config.task)
    with torch.random.fork_rng(devices=[]):
        net, orders = draw(seed, images.shape, config)
        net.to(device)
        images = net.prepare(torch.from_numpy(images))
        targets = torch.from_numpy(task.targets(truth))  # (images, n_outputs)
        weights = [weights for weights in net.parameters() if weights.requires_grad]
        if config.epochs and not weights:
            raise UserError(
                f"{net.reference}: found no weights that learn (`requires_grad`); for a network as "
                "it is, set `task: none` or `epochs: 0`"
            )
        velocities = [None] * len(weights)
        losses = np.empty((config.epochs, config.n_batches(len(images))))
        for epoch, order in enumerate(orders):
            for index, batch in enumerate(order.split(config.batch_size)):
                # Rows whole, which is twice as fast as images[batch].
                shown = images.index_select(0, batch).to(device)
                answers = net.answer_prepared(shown)  # (batch, n_outputs)
                loss = task.loss(answers, targets[batch].to(device))
                # Zeros for weights of the user's own network that this batch has no use for.
                gradients = torch.autograd.grad(loss, weights, materialize_grads=True)
                step(weights, gradients, velocities, config)
                losses[epoch, index] = loss.item()
            logger.info(
                "seed %d, epoch %d of %d: loss on the last mini-batch %.3e",
                *(seed, epoch + 1, config.epochs, losses[epoch, -1]),
            )
    return net.cpu(), losses


def draw(seed, images_shape, config):
    """Make the random draws of a training, in the tutorial's order.

    The seed starts torch's generator, which draws the initial weights and then one permutation of
    the images an epoch. It starts those of Python and NumPy, too.

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
    start_generators(seed)
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
