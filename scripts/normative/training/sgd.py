"""Training on a task, in the tutorial's exact order of random draws."""

import copy
import logging

import numpy as np
import torch
from torch.optim.sgd import sgd

from normative.networks.activations import AT_ONCE
from normative.networks.networks import build_network
from normative.tasks import TASKS
from normative.workflow.errors import UserError

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
        See `train_network`.

    Yields
    ------
    net, losses
        See `train_network`; the networks are on the CPU.
    """
    if device == "cpu":
        for (images, orientation_deg), seed in zip(stimuli, seeds, strict=True):
            yield train_network(images, orientation_deg, seed, **settings)
    else:
        yield from train_together(stimuli, seeds, device, **settings)


def train_network(
    images,
    orientation_deg,
    seed,
    *,
    network,
    filters,
    task,
    epochs,
    batch_size,
    learning_rate,
    momentum,
):
    """Construct a network and train it on a task.

    The seed starts torch's generator, which draws the initial weights and then one permutation
    of the images an epoch. The generator's state outside is left as it was.

    Parameters
    ----------
    images : array of float32, shape (images, height, width)
    orientation_deg : array, shape (images,)
        Degrees.
    seed : int
    network, filters, task : str
        See `normative.networks.networks.build_network` and `normative.tasks`.
    epochs, batch_size : int
        With 0 epochs the network stays as it was constructed.
    learning_rate, momentum : float
        Of stochastic gradient descent on the task's loss.

    Returns
    -------
    net : torch.nn.Module
    losses : array of float64, shape (epochs, batches)
        Loss of every mini-batch before the step that it causes: in nats for the tilt task, a mean
        square for the orientation task.
    """
    images = torch.from_numpy(images)
    targets = torch.from_numpy(TASKS[task].targets(orientation_deg))
    net, orders = draw(seed, network, images.shape, filters, task, epochs)
    images = net.arrange(images)
    weights = [weights for weights in net.parameters() if weights.requires_grad]
    velocities = [None] * len(weights)
    losses = []
    for epoch, order in enumerate(orders, start=1):
        epoch_losses = []
        for batch in order.split(batch_size):
            # Rows whole, which is twice as fast as images[batch].
            loss = TASKS[task].loss(net(images.index_select(0, batch)), targets[batch])
            gradients = torch.autograd.grad(loss, weights)
            step(weights, gradients, velocities, learning_rate, momentum)
            epoch_losses.append(loss.item())
        losses.append(epoch_losses)
        logger.info(
            "seed %d, epoch %d of %d: loss on the last mini-batch %.3e",
            seed,
            epoch,
            epochs,
            epoch_losses[-1],
        )
    return net.eval(), np.array(losses).reshape(epochs, -(-len(images) // batch_size))


def train_together(
    stimuli,
    seeds,
    device,
    *,
    network,
    filters,
    task,
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
    targets = np.stack([TASKS[task].targets(degrees) for _, degrees in pairs])
    targets = torch.from_numpy(targets).to(device)
    drawn = [draw(seed, network, images.shape[1:], filters, task, epochs) for seed in seeds]
    nets = [net.to(device) for net, _ in drawn]
    orders = [torch.stack(orders).to(device) for orders in zip(*(o for _, o in drawn), strict=True)]
    trained = [name for name, weights in nets[0].named_parameters() if weights.requires_grad]

    weights, buffers = torch.func.stack_module_state(nets)
    # Not as in training: vmap takes the plain convolution alone.
    template = copy.deepcopy(nets[0]).eval().to("meta")

    def loss_of(weights, buffers, images, targets):
        answers = torch.func.functional_call(template, (weights, buffers), (images,))
        return TASKS[task].loss(answers, targets)

    differentiate = torch.func.vmap(torch.func.grad_and_value(loss_of))
    velocities = [None] * len(trained)
    each = torch.arange(len(nets), device=device).unsqueeze(1)
    losses = []
    for epoch, order in enumerate(orders, start=1):
        for batch in order.split(batch_size, dim=1):
            gradients, loss = differentiate(
                weights, buffers, images[each, batch], targets[each, batch]
            )
            weights_and_gradients = ([of[name] for name in trained] for of in (weights, gradients))
            step(*weights_and_gradients, velocities, learning_rate, momentum)
            losses.append(loss.detach())
        logger.info(
            "%d seeds, epoch %d of %d: mean loss on the last mini-batch %.3e",
            len(nets),
            epoch,
            epochs,
            losses[-1].mean(),
        )
    losses = np.array([loss.cpu().numpy() for loss in losses], dtype=float)
    losses = losses.reshape(epochs, -(-images.shape[1] // batch_size), len(nets))
    for index, net in enumerate(nets):
        net.load_state_dict({name: stacked[index] for name, stacked in weights.items()})
        yield net.cpu().eval(), losses[..., index]


def step(weights, gradients, velocities, learning_rate, momentum):
    """Take a step of stochastic gradient descent with momentum; `velocities` start as None.

    torch.optim.SGD does the same, and loads a compiler first that takes a second.
    """
    with torch.no_grad():
        sgd(
            weights,
            gradients,
            velocities,
            lr=learning_rate,
            momentum=momentum,
            dampening=0,
            weight_decay=0,
            nesterov=False,
            maximize=False,
        )


def draw(seed, network, images_shape, filters, task, epochs):
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
        net = build_network(network, images_shape[1:], filters, task)
        return net, [torch.randperm(images_shape[0]) for _ in range(epochs)]


def task_score(net, task, images, orientation_deg):
    """Test a network on images, (images, height, width), by the task's measure."""
    with torch.no_grad():
        answers = torch.cat([net(few) for few in torch.from_numpy(images).split(AT_ONCE)]).numpy()
    return TASKS[task].score(answers, orientation_deg)
