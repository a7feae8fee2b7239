"""Estimate by how much a handwritten digit is turned."""

import numpy as np

from normative.stimuli.digits import choose_digits, place_square
from normative.stimuli.gratings import grating
from normative.tasks.orientation import Orientation

SIZE = 5 / 6  # of a digit, as a fraction of the image's height


class Rotation(Orientation):
    """The answers, loss and score of the orientation task, for digits in the middle of images."""

    gate = 8  # degrees; 45 by chance
    n_stimuli = 1437  # each digit that is not held out
    truth = "angle"  # degrees
    question = "by how much a handwritten digit is turned"

    def stimuli(self, seed, n_images, held_out, gratings):
        """Draw digits turned by −90 to 90°, and give these angles in degrees."""
        rng = np.random.default_rng([seed, held_out])
        shape = height, width = grating(0, **gratings).shape
        digits, _ = choose_digits(rng, n_images, held_out)
        angle = rng.uniform(-90, 90, n_images)
        middle = (height - 1) / 2, (width - 1) / 2
        images = [
            place_square(digit, shape, SIZE * height, middle, turned)
            for digit, turned in zip(digits, angle, strict=True)
        ]
        return np.array(images, dtype=np.float32), angle
