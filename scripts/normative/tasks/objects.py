"""Recognize handwritten digits wherever they are."""

import numpy as np

from normative.stimuli.digits import choose_digits, place_square
from normative.stimuli.gratings import grating
from normative.tasks.base import Task

SIZE = 11 / 12  # of a digit, as a fraction of the image's height
CONTRAST = 0.5, 1  # lowest and highest


class Objects(Task):
    """Ten answers, the logarithm of each digit's probability."""

    n_outputs = 10
    measure, gate = "accuracy", 0.7  # 0.1 by chance
    n_stimuli = 1437  # each digit that is not held out
    truth = "digit"  # 0 to 9
    question = "which of the ten digits an image shows, at any position and contrast"
    answer_name = "log P(digit)"
    loss_name = "cross-entropy, nats"

    def stimuli(self, seed, n_images, held_out, gratings):
        """Draw digits at random positions, in whole, and contrasts, and give which they are."""
        rng = np.random.default_rng([seed, held_out])
        shape = np.array(grating(0, **gratings).shape)
        digits, truth = choose_digits(rng, n_images, held_out)
        size = SIZE * shape[0]
        centers = rng.uniform((size - 1) / 2, shape - (size + 1) / 2, (n_images, 2))
        contrasts = rng.uniform(*CONTRAST, n_images)
        images = [
            contrast * place_square(digit, shape, size, center)
            for digit, center, contrast in zip(digits, centers, contrasts, strict=True)
        ]
        return np.array(images, dtype=np.float32), truth

    def answer(self, values):
        """Give the logarithms of the probabilities of the ten digits."""
        return values.log_softmax(-1)

    def targets(self, truth):
        """Give 1 for the digit and 0 for the others, (images, 10)."""
        return np.eye(self.n_outputs, dtype=np.float32)[np.asarray(truth)]

    def loss(self, answers, targets):
        """Cross-entropy, in nats."""
        return -(answers * targets).sum(-1).mean()

    def score(self, answers, truth):
        """Fraction of images whose digit has the highest of the probabilities."""
        return float(np.mean(answers.argmax(axis=1) == truth))

    def write(self, truth):
        """Name the digit."""
        return str(truth)
