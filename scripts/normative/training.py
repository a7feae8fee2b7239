"""Training on the tilt task, in the tutorial's exact order of random draws."""

import copy
import logging

import numpy as np
import torch
from torch.nn import functional

from normative.errors import UserError
from normative.gratings import tilt_label
from normative.networks import build_network

logger = logging.getLogger(__name__)


def choose_device(device):
    """Settle on "cpu" or "cuda", given one of them or "auto": a GPU where there is one.

    Raises
    ------
    UserError
        If "cuda" is asked for and there is none.
    """
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cuda" and not torch.cuda.is_available():
        raise UserError(
            "config key `device`: found cuda, but PyTorch sees no GPU here; set it to cpu or auto, "
            "or send the job to a machine with a GPU and a CUDA build of PyTorch"
        )
    return device


def train_networks(stimuli, seeds, device, **settings):
    """Train one network for each seed: one after the other on a CPU, all at once on a GPU.

    Parameters
    ----------
    stimuli : iterable of (images, orientation_deg), one pair a seed
    seeds : list of int
    device : {"cpu", "cuda"}
    settings
        See `train_tilt_network`.

    Yields
    ------
    net, losses
        See `train_tilt_network`; the networks are on the CPU.
    """
    if device == "cpu":
        for (images, orientation_deg), seed in zip(stimuli, seeds, strict=True):
            yield train_tilt_network(images, orientation_deg, seed, **settings)
    else:
        yield from train_together(stimuli, seeds, device, **settings)


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
    net, orders = draw(seed, network, images.shape, filters, epochs)
    optimizer = torch.optim.SGD(net.parameters(), lr=learning_rate, momentum=momentum)
    losses = []
    for epoch, order in enumerate(orders, start=1):
        epoch_losses = []
        for batch in order.split(batch_size):
            loss = functional.binary_cross_entropy(net(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            epoch_losses.append(loss.item())
        losses.append(epoch_losses)
        logger.info(
            "seed %d, epoch %d of %d: loss on the last mini-batch %.3e",
            seed,
            epoch,
            epochs,
            epoch_losses[-1],
        )
    return net.eval(), np.array(losses)


def train_together(
    stimuli,
    seeds,
    device,
    *,
    network,
    filters,
    epochs,
    batch_size,
    learning_rate,
    momentum,
):
    """Train the networks of several seeds at once, their weights stacked.

    Every network meets the draws, batches and steps that it meets alone; only the order of sums
    within an operation differs, and with it the last bits.

    Parameters and results are those of `train_networks`.
    """
    pairs = list(stimuli)
    images = torch.from_numpy(np.stack([images for images, _ in pairs])).to(device)
    labels = torch.from_numpy(np.stack([tilt_label(degrees) for _, degrees in pairs]))
    labels = labels.unsqueeze(2).to(device)
    drawn = [draw(seed, network, images.shape[1:], filters, epochs) for seed in seeds]
    nets = [net.to(device) for net, _ in drawn]
    orders = torch.stack([torch.stack(orders) for _, orders in drawn], dim=1).to(device)

    weights, buffers = torch.func.stack_module_state(nets)
    template = copy.deepcopy(nets[0]).to("meta")

    def loss_of(weights, buffers, images, labels):
        answers = torch.func.functional_call(template, (weights, buffers), (images,))
        return functional.binary_cross_entropy(answers, labels)

    step = torch.func.vmap(torch.func.grad_and_value(loss_of))
    optimizer = torch.optim.SGD(weights.values(), lr=learning_rate, momentum=momentum)
    each = torch.arange(len(nets), device=device).unsqueeze(1)
    losses = []
    for epoch, order in enumerate(orders, start=1):
        for batch in order.split(batch_size, dim=1):
            gradients, loss = step(weights, buffers, images[each, batch], labels[each, batch])
            for name, stacked in weights.items():
                stacked.grad = gradients[name]
            optimizer.step()
            losses.append(loss.detach())
        logger.info(
            "%d seeds, epoch %d of %d: mean loss on the last mini-batch %.3e",
            len(nets),
            epoch,
            epochs,
            losses[-1].mean(),
        )
    losses = torch.stack(losses, dim=1).cpu().double().numpy()
    for index, net in enumerate(nets):
        net.load_state_dict({name: stacked[index] for name, stacked in weights.items()})
        yield net.cpu().eval(), losses[index].reshape(epochs, -1)


def draw(seed, network, images_shape, filters, epochs):
    """Make all random draws of a training, in the tutorial's order.

    Returns
    -------
    net : torch.nn.Module
        With its initial weights.
    orders : list of tensor
        A permutation of the images for each epoch.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = build_network(network, images_shape[1:], filters)
        return net, [torch.randperm(images_shape[0]) for _ in range(epochs)]


def tilt_accuracy(net, images, orientation_deg):
    """Fraction of images, (images, height, width), whose tilt the network tells right."""
    with torch.no_grad():
        says_right = net(torch.from_numpy(images)).squeeze(1).numpy() > 0.5
    return float(np.mean(says_right == (tilt_label(orientation_deg) == 1)))
