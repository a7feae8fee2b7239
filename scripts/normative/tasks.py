"""What networks learn to tell of a grating, and how well they tell it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from normative.gratings import tilt_label


@dataclass(frozen=True)
class Task:
    """A task: the form of the answers, the loss to train on, the measure to test by."""

    outputs: int  # numbers in an answer
    answer: Callable  # from the last layer's values to the answers
    targets: Callable  # from orientations (degrees) to the right answers, (images, outputs)
    loss: Callable  # of answers and targets
    measure: str
    score: Callable  # of answers and orientations: the measure


def tilt_targets(orientation_deg):
    """Give 1 for right and 0 for left, (images, 1)."""
    return tilt_label(orientation_deg)[:, None]


def tilt_accuracy(answers, orientation_deg):
    """Fraction of images whose tilt is told right by the probabilities, (images, 1), of right."""
    return float(np.mean((answers[:, 0] > 0.5) == (tilt_label(orientation_deg) == 1)))


def double_angle(orientation_deg):
    """Sine and cosine of twice the angle, (images, 2): the same for θ and θ + 180°."""
    doubled = 2 * np.deg2rad(np.asarray(orientation_deg))
    return np.stack([np.sin(doubled), np.cos(doubled)], axis=1).astype(np.float32)


def orientation_error(answers, orientation_deg):
    """Mean absolute error on the circle of 180°, in degrees; 45 by chance."""
    told = np.rad2deg(np.arctan2(answers[:, 0], answers[:, 1])) / 2
    return float(np.mean(np.abs((told - orientation_deg + 90) % 180 - 90)))


TASKS = {
    "tilt": Task(
        outputs=1,
        answer=torch.sigmoid,
        targets=tilt_targets,
        loss=functional.binary_cross_entropy,
        measure="accuracy",
        score=tilt_accuracy,
    ),
    "orientation": Task(
        outputs=2,
        answer=torch.positive,  # as they are
        targets=double_angle,
        loss=functional.mse_loss,
        measure="error_deg",
        score=orientation_error,
    ),
}
