"""Training of several seeds at once, for a GPU, which one small network leaves idle."""

import copy
import logging

import numpy as np
import torch

from normative.tasks import find_task
from normative.training.sgd import draw, step

logger = logging.getLogger(__name__)


def train_networks(stimuli, seeds, config, device):
    """Train one network for each seed, all at once, their weights stacked.

    Every network meets the draws, batches and steps that it meets alone; only the order of sums
    within an operation differs, and with it the last bits. Parameters and results are those of
    `normative.training.sgd.train_networks`; the networks come back on the CPU.

    Parameters
    ----------
    device : {"cpu", "cuda"}
    """
    task = find_task(config.task)
    pairs = list(stimuli)
    images = np.stack([images for images, _ in pairs])  # (seeds, images, height, width)
    images = torch.from_numpy(images).to(device)
    targets = np.stack([task.targets(truth) for _, truth in pairs])
    targets = torch.from_numpy(targets).to(device)  # (seeds, images, n_outputs)
    with torch.random.fork_rng(devices=[]):
        draws = [
            draw(seed, images.shape, config) for (images, _), seed in zip(pairs, seeds, strict=True)
        ]
    nets = [net.to(device) for net, _ in draws]
    # For each epoch, (seeds, images).
    orders = [torch.stack(orders).to(device) for orders in zip(*(o for _, o in draws), strict=True)]

    # Name → (seeds, …), the shape of the parameter.
    weights, buffers = torch.func.stack_module_state(nets)
    is_trained = {name: weight.requires_grad for name, weight in nets[0].named_parameters()}
    trained = [weights[name] for name in weights if is_trained[name]]
    template = copy.deepcopy(nets[0]).to("meta")

    def loss_of_one(weights, buffers, images, targets):
        answers = torch.func.functional_call(template, (weights, buffers), (images,))
        return task.loss(answers, targets)

    differentiate = torch.func.vmap(torch.func.grad_and_value(loss_of_one))
    velocities = [None] * len(trained)
    seed_index = torch.arange(len(nets), device=device).unsqueeze(1)  # (seeds, 1)
    losses = []
    for epoch, order in enumerate(orders, start=1):
        for batch in order.split(config.batch_size, dim=1):  # (seeds, batch)
            gradients, loss = differentiate(  # name → (seeds, …), and (seeds,)
                weights, buffers, images[seed_index, batch], targets[seed_index, batch]
            )
            gradients = [gradients[name] for name in weights if is_trained[name]]
            step(trained, gradients, velocities, config)
            losses.append(loss.detach())
        logger.info(
            "%d seeds, epoch %d of %d: mean loss on the last mini-batch %.3e",
            *(len(nets), epoch, config.epochs, losses[-1].mean()),
        )
    losses = np.array([loss.cpu().numpy() for loss in losses], dtype=float)
    losses = losses.reshape(config.epochs, config.n_batches(images.shape[1]), len(nets))
    for index, net in enumerate(nets):
        net.load_state_dict({name: stacked[index] for name, stacked in weights.items()})
        yield net.cpu(), losses[..., index]
