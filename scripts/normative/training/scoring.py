"""How well a network does its task."""

import torch

from normative.networks.activations import AT_ONCE
from normative.tasks import TASKS


def task_score(net, task, images, orientation_deg):
    """Test a network on images by its task's measure.

    Parameters
    ----------
    net : normative.networks.networks.Network
        On the CPU.
    task : {"tilt", "orientation"}
    images : array of float32, shape (images, height, width)
    orientation_deg : array, shape (images,)
        Degrees.

    Returns
    -------
    float
        See `normative.tasks`.
    """
    with torch.no_grad():
        answers = torch.cat([net(few) for few in torch.from_numpy(images).split(AT_ONCE)])
    return TASKS[task].score(answers.numpy(), orientation_deg)
