"""Estimate the orientation of a grating."""

import numpy as np

from normative.tasks.base import Task


def double_angle(orientation_deg):
    """Sine and cosine of twice the angle, (images, 2): the same for θ and θ + 180°."""
    doubled = 2 * np.deg2rad(np.asarray(orientation_deg))
    return np.stack([np.sin(doubled), np.cos(doubled)], axis=1).astype(np.float32)


def orientation_loss(answers, targets):
    """Mean squared error of sine and cosine."""
    from torch.nn.functional import mse_loss

    return mse_loss(answers, targets)


def orientation_error(answers, orientation_deg):
    """Mean absolute error on the circle of 180°, in degrees; 45 by chance."""
    answered = np.rad2deg(np.arctan2(answers[:, 0], answers[:, 1])) / 2
    return float(np.mean(np.abs((answered - orientation_deg + 90) % 180 - 90)))


ORIENTATION = Task(
    n_outputs=2,
    answer=lambda values: values,
    targets=double_angle,
    loss=orientation_loss,
    measure="error_deg",
    score=orientation_error,
)
