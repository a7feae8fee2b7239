"""How well a network does its task."""

import torch

from normative.networks.activations import AT_ONCE
from normative.tasks import find_task


def task_score(net, task, images, truth):
    """Test a network on images by its task's measure.

    Parameters
    ----------
    net : normative.networks.networks.Network or normative.networks.own.OwnNetwork
        On the CPU. It is left in evaluation mode.
    task : str
    images : array of float32, shape (images, height, width)
    truth : array, shape (images, …)
        What the task's stimuli are, such as orientations in degrees.

    Returns
    -------
    float
        See `normative.tasks`.
    """
    net.eval()
    with torch.no_grad():
        answers = torch.cat([net(few) for few in torch.from_numpy(images).split(AT_ONCE)])
    return find_task(task).score(answers.numpy(), truth)
