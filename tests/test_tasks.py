"""Tasks ask for what they are called and score it."""

import numpy as np
import pytest
import torch
import yaml

from normative.stimuli.gratings import grating
from normative.tasks import TASKS

DEGREES = np.array([-80.0, -1.0, 1.0, 80.0, 30.0])


def test_accuracy_counts_right_answers():
    """Who always says right tells right the stimuli tilted right."""
    assert TASKS["tilt"].score(np.full((5, 1), 0.9), DEGREES) == 0.6
    assert TASKS["tilt"].score(np.full((5, 1), 0.1), DEGREES) == 0.4


def test_tilt_is_right_above_zero_degrees_and_above_even_odds():
    """A vertical grating counts as left, and so does an answer of one half."""
    np.testing.assert_array_equal(
        TASKS["tilt"].targets(np.array([-80.0, 0.0, 1e-3])), [[0], [0], [1]]
    )
    right, even, left = np.array([[0.51]]), np.array([[0.5]]), np.array([[0.49]])
    for answer, says_right in ((right, True), (even, False), (left, False)):
        assert TASKS["tilt"].score(answer, np.array([30.0])) == says_right
        assert TASKS["tilt"].score(answer, np.array([-30.0])) == (not says_right)
        assert TASKS["tilt"].score(answer, np.array([0.0])) == (not says_right)


def test_tilt_loss_is_the_mean_cross_entropy_in_nats():
    probabilities, targets = torch.tensor([[0.9], [0.2], [0.6]]), torch.tensor([[1.0], [0], [0]])
    expected = -(np.log(0.9) + np.log(0.8) + np.log(0.4)) / 3
    assert TASKS["tilt"].loss(probabilities, targets).item() == pytest.approx(expected)
    torch.testing.assert_close(
        TASKS["tilt"].answer(torch.tensor([[2.0]])), torch.tensor([[1 / (1 + np.exp(-2))]]).float()
    )


def test_orientation_loss_is_the_mean_square_over_sine_and_cosine():
    answers, targets = torch.tensor([[1.0, 0.0], [0.5, 2.0]]), torch.tensor([[0.0, 0], [0.5, 1]])
    assert TASKS["orientation"].loss(answers, targets).item() == pytest.approx(0.5)
    assert TASKS["orientation"].answer(answers) is answers


def test_orientation_targets_are_sine_and_cosine_of_twice_the_angle():
    expected = [[0, 1], [0.5, np.sqrt(3) / 2], [1, 0], [-1, 0]]
    targets = TASKS["orientation"].targets([0.0, 15.0, 45.0, -45.0])
    np.testing.assert_allclose(targets, expected, atol=1e-6)


def test_measures_are_named_as_the_gates_are(repository):
    """A gate of the configuration is looked up by the measure's name."""
    gates = yaml.safe_load((repository / "config.yaml").read_text())["gates"]
    assert {name: task.measure for name, task in TASKS.items()} == {
        "tilt": "accuracy",
        "orientation": "error_deg",
    }
    assert set(gates) == {task.measure for task in TASKS.values()}


@pytest.mark.parametrize("name", TASKS)
def test_targets_have_the_form_of_answers(name):
    task = TASKS[name]
    targets = task.targets(DEGREES)
    assert targets.shape == (5, task.n_outputs)
    assert targets.dtype == np.float32
    assert task.answer(torch.zeros(5, task.n_outputs)).shape == (5, task.n_outputs)


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
    assert task.score(task.targets([10.0, 0.0]), np.array([0.0, 30.0])) == pytest.approx(
        20, abs=1e-4
    )
    assert task.score(task.targets(DEGREES + 90), DEGREES) == pytest.approx(90, abs=1e-4)
    guesses = np.random.default_rng(0).standard_normal((20000, 2))
    chance = task.score(guesses, np.linspace(-90, 90, 20000))
    assert chance == pytest.approx(45, abs=1)
