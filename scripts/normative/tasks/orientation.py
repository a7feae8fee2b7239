"""Estimate the orientation of a grating."""

import numpy as np

from normative.stimuli.gratings import draw_gratings
from normative.tasks.base import Task


class Orientation(Task):
    """Two answers, sine and cosine of twice the angle: the same for θ and θ + 180°."""

    n_outputs = 2
    measure, gate, higher_is_better = "error_deg", 10, False  # 45 by chance
    truth = "orientation"  # degrees
    question = "the sine and cosine of twice the orientation"
    answer_name = "sin 2θ, cos 2θ"
    loss_name = "mean squared error"

    def stimuli(self, seed, n_images, held_out, gratings):
        """Draw gratings, and give their orientations in degrees."""
        return draw_gratings(seed, n_images, held_out, gratings)

    def targets(self, truth):
        """Sine and cosine of twice the angle, (images, 2)."""
        doubled = 2 * np.deg2rad(np.asarray(truth))
        return np.stack([np.sin(doubled), np.cos(doubled)], axis=1).astype(np.float32)

    def loss(self, answers, targets):
        """Mean squared error of sine and cosine."""
        from torch.nn.functional import mse_loss

        return mse_loss(answers, targets)

    def score(self, answers, truth):
        """Mean absolute error on the circle of 180°, in degrees."""
        answered = np.rad2deg(np.arctan2(answers[:, 0], answers[:, 1])) / 2
        return float(np.mean(np.abs((answered - truth + 90) % 180 - 90)))

    def write(self, truth):
        """Give sine and cosine."""
        sine, cosine = np.sin(2 * np.deg2rad(truth)), np.cos(2 * np.deg2rad(truth))
        return f"{sine:.1f}, {cosine:.1f}"
