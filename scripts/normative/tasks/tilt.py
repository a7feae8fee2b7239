"""The tutorial's task: tell whether a grating tilts left or right."""

import numpy as np

from normative.stimuli.gratings import tilt_label
from normative.tasks.base import Task


def tilt_targets(orientation_deg):
    """Give 1 for right and 0 for left, (images, 1)."""
    return tilt_label(orientation_deg)[:, None]


def tilt_loss(probabilities, targets):
    """Binary cross-entropy, in nats."""
    from torch.nn.functional import binary_cross_entropy

    return binary_cross_entropy(probabilities, targets)


def tilt_accuracy(probabilities, orientation_deg):
    """Fraction of images classified correctly by the probabilities of right, (images, 1)."""
    says_right = probabilities[:, 0] > 0.5
    return float(np.mean(says_right == (tilt_label(orientation_deg) == 1)))


TILT = Task(
    n_outputs=1,
    answer=lambda values: values.sigmoid(),
    targets=tilt_targets,
    loss=tilt_loss,
    measure="accuracy",
    score=tilt_accuracy,
)
