"""Tasks ask for what they are called and score it."""

import numpy as np
import pytest
import torch

from normative.stimuli.gratings import grating
from normative.tasks import TASKS

DEGREES = np.array([-80.0, -1.0, 1.0, 80.0, 30.0])


def test_accuracy_counts_right_answers():
    """Who always says right tells right the stimuli tilted right."""
    assert TASKS["tilt"].score(np.full((5, 1), 0.9), DEGREES) == 0.6
    assert TASKS["tilt"].score(np.full((5, 1), 0.1), DEGREES) == 0.4


@pytest.mark.parametrize("name", TASKS)
def test_targets_have_the_form_of_answers(name):
    task = TASKS[name]
    targets = task.targets(DEGREES)
    assert targets.shape == (5, task.outputs)
    assert targets.dtype == np.float32
    assert task.answer(torch.zeros(5, task.outputs)).shape == (5, task.outputs)


def test_orientation_targets_are_the_same_for_the_same_image():
    """The image at θ + 180° is that at θ, so that no other target could be learned."""
    targets = TASKS["orientation"].targets
    np.testing.assert_array_equal(grating(20.0), grating(200.0))
    np.testing.assert_allclose(targets([20.0, -90.0]), targets([200.0, 90.0]), atol=1e-6)
    assert np.abs(targets([20.0]) - targets([110.0])).max() > 1


def test_orientation_error_is_taken_around_the_circle():
    task = TASKS["orientation"]
    right = task.targets(DEGREES)
    assert task.score(right, DEGREES) == pytest.approx(0, abs=1e-4)
    assert task.score(3 * right, DEGREES) == pytest.approx(0, abs=1e-4)
    assert task.score(task.targets([88.0]), np.array([-87.0])) == pytest.approx(5, abs=1e-4)
    assert task.score(task.targets(DEGREES + 90), DEGREES) == pytest.approx(90, abs=1e-4)
    guesses = np.random.default_rng(0).standard_normal((20000, 2))
    chance = task.score(guesses, np.linspace(-90, 90, 20000))
    assert chance == pytest.approx(45, abs=1)
