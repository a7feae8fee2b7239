"""The tutorial's task: tell whether a grating tilts left or right."""

import numpy as np

from normative.stimuli.gratings import draw_gratings, tilt_label
from normative.tasks.base import Task


class Tilt(Task):
    """One answer, the probability of right."""

    n_outputs = 1
    measure, gate = "accuracy", 0.9  # 0.5 by chance
    truth = "orientation"  # degrees
    question = "whether a grating tilts left or right"
    answer_name = "P(right)"
    loss_name = "cross-entropy, nats"

    def stimuli(self, seed, n_images, held_out, gratings):
        """Draw gratings, and give their orientations in degrees."""
        return draw_gratings(seed, n_images, held_out, gratings)

    def answer(self, values):
        """Give probabilities of right."""
        return values.sigmoid()

    def targets(self, truth):
        """Give 1 for right and 0 for left, (images, 1)."""
        return tilt_label(truth)[:, None]

    def loss(self, answers, targets):
        """Binary cross-entropy, in nats."""
        from torch.nn.functional import binary_cross_entropy

        return binary_cross_entropy(answers, targets)

    def score(self, answers, truth):
        """Fraction of images classified correctly by the probabilities of right, (images, 1)."""
        says_right = answers[:, 0] > 0.5
        return float(np.mean(says_right == (tilt_label(truth) == 1)))

    def write(self, truth):
        """Name the side."""
        return "right" if truth > 0 else "left"
