"""Tasks ask for what they are called and score it."""

import numpy as np
import pytest
import torch
import yaml
from sklearn.datasets import load_digits

from normative.networks.networks import build_network
from normative.stimuli import digits
from normative.stimuli.gratings import grating
from normative.tasks import TASKS

DEGREES = np.array([-80.0, -1.0, 1.0, 80.0, 30.0])
TRUTHS = dict.fromkeys(TASKS, DEGREES) | {"objects": np.array([0, 9, 3, 3, 1])}
GRATINGS = {"spatial_frequency": 1 / 28, "resolution": 0.1, "patch": False}


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


def test_gates_of_tasks_are_those_of_the_configuration(repository):
    """A task says what it asks for where the configuration does not."""
    gates = yaml.safe_load((repository / "config.yaml").read_text())["gates"]
    assert (TASKS["tilt"].measure, TASKS["tilt"].gate) == ("accuracy", gates["accuracy"])
    orientation = TASKS["orientation"]
    assert (orientation.measure, orientation.gate) == ("error_deg", gates["error_deg"])
    rotation, objects = TASKS["rotation"], TASKS["objects"]
    assert (rotation.measure, rotation.gate) == ("error_deg", gates["rotation_error_deg"])
    assert (objects.measure, objects.gate) == ("accuracy", gates["objects_accuracy"])
    assert TASKS["tilt"].higher_is_better
    assert objects.higher_is_better
    assert not orientation.higher_is_better
    assert not rotation.higher_is_better


@pytest.mark.parametrize("name", TASKS)
def test_targets_have_the_form_of_answers(name):
    task = TASKS[name]
    targets = task.targets(TRUTHS[name])
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


def test_held_out_digits_are_never_learned_from():
    """Every fifth of the 1,797 digits is held out; each of the others is learned from once."""
    rng = np.random.default_rng(0)
    learned, of_learned = digits.choose_digits(rng, 1437, False)
    held_out, of_held_out = digits.choose_digits(rng, 360, True)
    kinds = [{image.tobytes() for image in images} for images in (learned, held_out)]
    assert [len(kind) for kind in kinds] == [1437, 360]
    assert not kinds[0] & kinds[1]
    source = load_digits()
    labels = dict(zip(map(np.ndarray.tobytes, source.images / 16), source.target, strict=True))
    for images, found in ((learned, of_learned), (held_out, of_held_out)):
        assert found.tolist() == [labels[image.tobytes()] for image in images]
    more, _ = digits.choose_digits(rng, 1000, True)
    shown = np.unique([image.tobytes() for image in more], return_counts=True)[1]
    assert set(shown) == {2, 3}, "each as often as any other, to one"


def test_upright_digit_is_enlarged_by_bilinear_interpolation():
    """As PyTorch enlarges the digit with a margin of nothing around it."""
    digit = np.random.default_rng(0).random((8, 8))
    drawn = digits.place_square(digit, (60, 70), 40, (29.5, 34.5))
    padded = torch.from_numpy(np.pad(digit, 1))[None, None]
    expected = torch.nn.functional.interpolate(padded, (50, 50), mode="bilinear")[0, 0]
    np.testing.assert_allclose(drawn, np.pad(expected, ((5, 5), (10, 10))), atol=1e-12)
    moved = digits.place_square(digit, (60, 70), 40, (31.5, 31.5))
    np.testing.assert_allclose(moved[2:, :-3], drawn[:-2, 3:], atol=1e-12)


def test_digits_turn_as_gratings_do():
    """A stripe that is turned by θ lies along the stripes of the grating of θ."""
    stripe = np.zeros((8, 8))
    stripe[:, 3:5] = 1
    for angle in (-60, -20, 35, 80):
        drawn = digits.place_square(stripe, (48, 48), 40, (23.5, 23.5), angle)
        rows, columns = (axis - 23.5 for axis in np.indices(drawn.shape))
        radians = np.deg2rad(angle)
        across = columns * np.cos(radians) + rows * np.sin(radians)  # as in `grating`
        assert np.average(across**2, weights=drawn) < 12, angle
        along = rows * np.cos(radians) - columns * np.sin(radians)
        assert np.average(along**2, weights=drawn) > 100, angle


@pytest.mark.parametrize("name", ["rotation", "objects"])
def test_digits_are_the_same_for_the_same_seed_and_others_to_test_on(name):
    task = TASKS[name]
    images, truth = task.stimuli(3, 50, False, GRATINGS)
    assert images.shape == (50, 48, 64)
    assert images.dtype == np.float32
    assert (images.min(), images.max()) >= (0, 0.9)
    assert images.max() <= 1
    again, same = task.stimuli(3, 50, False, GRATINGS)
    np.testing.assert_array_equal(images, again)
    np.testing.assert_array_equal(truth, same)
    for seed, held_out in ((4, False), (3, True)):
        assert not np.array_equal(images, task.stimuli(seed, 50, held_out, GRATINGS)[0])


def test_rotation_shows_the_digit_turned_by_the_angle_that_it_gives():
    images, angle = TASKS["rotation"].stimuli(3, 300, False, GRATINGS)
    assert (angle.min() < -80, angle.max() > 80) == (True, True)
    assert np.abs(angle).max() <= 90
    rng = np.random.default_rng([3, 0])
    shown, _ = digits.choose_digits(rng, 300, False)
    expected = digits.place_square(shown[7], (48, 64), 40, (23.5, 31.5), angle[7])
    np.testing.assert_allclose(images[7], expected, atol=1e-6)


def test_objects_are_whole_anywhere_and_of_any_contrast_from_a_half():
    images, digit = TASKS["objects"].stimuli(3, 300, False, GRATINGS)
    shown, kinds = digits.choose_digits(np.random.default_rng([3, 0]), 300, False)
    np.testing.assert_array_equal(digit, kinds)
    middle = np.array(
        [digits.place_square(image, (48, 64), 44, (23.5, 31.5)) for image in shown], dtype=float
    )
    contrast = images.sum(axis=(1, 2)) / middle.sum(axis=(1, 2))
    assert contrast.min() == pytest.approx(0.5, abs=0.02)
    assert contrast.max() == pytest.approx(1, abs=0.02)
    for axis, reach in ((1, 2), (2, 10)):  # pixels that a digit can be moved up and sideways
        others = 3 - axis
        place = np.arange(images.shape[axis])
        center, expected = (
            (found.sum(axis=others) * place).sum(axis=1) / found.sum(axis=(1, 2))
            for found in (images.astype(float), middle)
        )
        moved = center - expected
        assert moved.min() == pytest.approx(-reach, abs=0.35)  # margins are cut off
        assert moved.max() == pytest.approx(reach, abs=0.35)


def test_objects_loss_is_the_mean_cross_entropy_in_nats():
    task, outputs = TASKS["objects"], torch.randn(5, 10, generator=torch.manual_seed(0))
    truth = TRUTHS["objects"]
    expected = torch.nn.functional.cross_entropy(outputs, torch.from_numpy(truth))
    found = task.loss(task.answer(outputs), torch.from_numpy(task.targets(truth)))
    torch.testing.assert_close(found, expected)
    np.testing.assert_allclose(task.answer(outputs).exp().sum(1), 1, rtol=1e-6)
    assert task.score(task.targets(truth), truth) == 1
    assert task.score(np.roll(task.targets(truth), 1, axis=1), truth) == 0
    guesses = np.random.default_rng(0).standard_normal((20000, 10))
    assert task.score(guesses, np.arange(20000) % 10) == pytest.approx(0.1, abs=0.01)


def test_networks_of_all_tasks_start_from_the_same_weights():
    """But for the last layer, so that networks of two tasks differ in what they have learned."""
    starts = []
    for name in TASKS:
        torch.manual_seed(5)
        starts.append(build_network("ConvPoolFC", (48, 64), "gabor", name).state_dict())
    for start in starts[1:]:
        for weights in ("conv.weight", "conv.bias", "fc.weight", "fc.bias"):
            torch.testing.assert_close(start[weights], starts[0][weights], rtol=0, atol=0)
