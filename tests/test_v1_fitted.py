"""The bonus tutorial's network is the tutorial's, iteration by iteration."""

import numpy as np
import pytest
import torch
from drawing import arrays, draw, table

from normative.networks.filters import filter_bank
from normative.recordings.simulation import simulate_recording
from normative.training.bonus import (
    Fit,
    bin_parts,
    draw_images,
    fit_neurons,
    least_error,
    standardize,
)

GRATINGS = {"spatial_frequency": 1 / 28, "resolution": 0.1, "patch": False}
# Train and test by iteration, with the penalties and without them, on the simulated recording with
# all of its 20,000 neurons. The losses of the part that is fitted to are those after the step.
KNOWN = {
    1: [(2.004, 0.675), (2.010, 0.680)],
    40: [(0.543, 0.207), (0.602, 0.267)],
    100: [(0.222, 0.194), (0.292, 0.265)],
    200: [(0.207, 0.192), (0.281, 0.267)],
}


def plain_images():
    """Draw the tutorial's 60 gratings, in a loop over pixels."""
    images = np.empty((60, 12, 16), np.float32)
    for index, theta in enumerate(np.deg2rad(np.arange(-180, 180, 6) % 180)):
        for row in range(12):
            for column in range(16):
                x, y = column / 0.025 / 28, row / 0.025 / 28
                images[index, row, column] = np.cos(x * np.cos(theta) + y * np.sin(theta)) > 0
    return images - 0.5


def plain_fit(images, train, test, l2, l1, n_iterations, seed):
    """Fit as the tutorial does: autograd of the whole loss, torch's optimizer."""
    torch.manual_seed(seed)
    conv = torch.nn.Conv2d(1, 6, 7, padding=3)
    readout = torch.nn.Linear(6 * 12 * 16, train.shape[1])
    torch.nn.init.normal_(readout.weight, std=0.01)
    filters = torch.tensor(filter_bank())
    conv.weight.data = (filters - filters.mean(dim=(1, 2), keepdim=True))[:, None]
    conv.bias.data.zero_()
    optimizer = torch.optim.SGD([*conv.parameters(), *readout.parameters()], lr=2.0, momentum=0.9)
    images, train, test = map(torch.tensor, (images, train, test))

    def loss(responses):
        predicted = readout(conv(images[:, None]).reshape(len(images), -1))
        weights = readout.weight
        error = ((predicted - responses) ** 2).mean()
        return error + l2 * (weights**2).sum() + l1 * weights.abs().sum(), error

    losses = []
    for _ in range(n_iterations):
        of_train, error = loss(train)
        optimizer.zero_grad()
        of_train.backward()
        optimizer.step()
        losses.append(((of_train.item(), error.item()), [found.item() for found in loss(test)]))
    return np.array(losses), conv.weight.detach()[:, 0].numpy()


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def parts():
    recording = simulate_recording(400, 360, 4, 0)
    _, parts = bin_parts(recording["stimuli"], [recording["resp_train"], recording["resp_test"]])
    return parts


def test_images_are_the_tutorials():
    images = draw_images(np.arange(-180, 180, 6), GRATINGS)
    assert images.dtype == np.float32
    np.testing.assert_array_equal(images, plain_images())
    assert len(np.unique(images.reshape(60, -1), axis=0)) == 30, "θ and θ + 180° are one image"


@pytest.mark.parametrize(("l2", "l1"), [(5e-4, 1e-6), (0, 0)])
def test_fit_is_a_plain_scripts_iteration_by_iteration(parts, l2, l1):
    images = plain_images()
    before = torch.random.get_rng_state()
    net, losses = fit_neurons(images, *parts, Fit(l2=l2, l1=l1, n_iterations=25))
    assert torch.equal(torch.random.get_rng_state(), before)
    expected, filters = plain_fit(images, *parts, l2, l1, 25, 1)
    np.testing.assert_allclose(losses, expected, rtol=1e-5)
    np.testing.assert_allclose(net.conv.weight.detach()[:, 0].numpy(), filters, atol=1e-4)
    assert least_error(images, parts[0]) < losses[-1, 0, 1]


def test_bins_are_the_tutorials():
    """Of the tutorial's trial-split file, a row each, and of one by degree, six rows."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(360, 5)).astype(np.float32)
    orientation, (binned,) = bin_parts(np.arange(360), [rows])
    np.testing.assert_array_equal(orientation, np.arange(-180, 180, 6))
    np.testing.assert_allclose(binned, rows.reshape(60, 6, 5).mean(axis=1), atol=1e-6)
    orientation, (same,) = bin_parts(np.arange(0, 360, 6), [binned])
    np.testing.assert_array_equal(orientation, np.arange(-180, 180, 6))
    np.testing.assert_array_equal(same, binned)
    some = np.array([3.0, 5, 200, 360])  # 360° is 0°
    orientation, (binned,) = bin_parts(some, [rows[:4]])
    np.testing.assert_array_equal(orientation, [-180, 18])
    np.testing.assert_allclose(binned[0], rows[[0, 1, 3]].mean(axis=0), rtol=1e-6)


def test_least_error_is_that_of_the_mean_of_both_polarities(parts):
    mean = (parts[0][:30] + parts[0][30:]) / 2
    expected = ((parts[0] - np.concatenate([mean, mean])) ** 2).mean()
    assert least_error(plain_images(), parts[0]) == pytest.approx(expected)


def test_neurons_in_other_units_are_scaled_by_the_part_that_is_fitted_to():
    rng = np.random.default_rng(0)
    first, second = rng.normal(5, 3, (2, 40, 4)).astype(np.float32)
    first[:, 2] = 7
    train, test = standardize([first, second])
    np.testing.assert_allclose(train[:, [0, 1, 3]].std(axis=0), 1, rtol=1e-5)
    expected = (second[:, 0] - first[:, 0].mean()) / first[:, 0].std()
    np.testing.assert_allclose(test[:, 0], expected, rtol=1e-4)
    assert not train[:, 2].any()
    assert not test[:, 2].any()


def test_too_few_neurons_for_the_learning_rate_end_in_nan(parts):
    _, losses = fit_neurons(plain_images(), *(part[:, :5] for part in parts), Fit())
    assert np.isnan(losses[-1]).all()


@pytest.mark.slow
def test_losses_on_the_simulated_recording_are_known():
    recording = simulate_recording(20000, 360, 12, 0)
    orientation, parts = bin_parts(
        recording["stimuli"], [recording["resp_train"], recording["resp_test"]]
    )
    images = draw_images(orientation, GRATINGS)
    assert least_error(images, parts[0]) == pytest.approx(0.189, rel=0.01)
    _, losses = fit_neurons(images, *parts, Fit(n_iterations=201))
    for iteration, (train, test) in KNOWN.items():
        assert losses[iteration, 0] == pytest.approx(train, rel=0.01)
        assert losses[iteration - 1, 1] == pytest.approx(test, rel=0.01)


def test_table_and_archive_of_the_study_are_the_fits_to_its_sample(study):
    recording = arrays(study, "recording.npz")
    neurons = arrays(study, "encoding/sample.npz")["neurons"]
    orientation, parts = bin_parts(
        recording["stimuli"], [recording[f"resp_{name}"][:, neurons] for name in ("train", "test")]
    )
    fit = Fit(n_iterations=3)
    _, losses = fit_neurons(draw_images(orientation, GRATINGS), *parts, fit)
    rows = table(study, "v1_fitted_losses").query("penalty == 'with'").set_index("iteration")
    columns = ["train_loss", "train_error", "test_loss", "test_error"]
    np.testing.assert_allclose(rows.loc[1:3, columns], losses.reshape(3, 4), rtol=1e-5)
    assert (len(rows), rows["neurons"].iloc[0]) == (200, 400)
    bonus = arrays(study, "encoding/v1_fitted/bonus.npz")
    shown = np.searchsorted(neurons, bonus["neurons"])
    np.testing.assert_array_equal(bonus["train"], parts[0][:, shown])
    error = ((bonus["predictions"][0] - bonus["train"]) ** 2).mean()
    assert error < ((bonus["test"] - bonus["train"]) ** 2).mean()


def test_figure_of_a_fit_that_diverged_says_so_and_draws_no_predictions(study, tmp_path):
    """As with few neurons: nothing of 1e19 stretches the axes of the responses."""
    bonus = arrays(study, "encoding/v1_fitted/bonus.npz")
    kept = {name: bonus[name][:, :3] for name in ("train", "test")}
    kept |= {"neurons": bonus["neurons"][:3], "note": ["diverged: too few neurons"] * 2}
    kept["predictions"] = np.full_like(bonus["predictions"][..., :3], 1e19)
    np.savez(tmp_path / "bonus.npz", **{**bonus, **kept})
    figure = draw(study, "bonus_network", {"bonus": tmp_path / "bonus.npz"}).figure
    _, _, neurons, filters = figure.subfigs
    assert neurons.get_suptitle() == "no predictions: diverged: too few neurons"
    assert [label.get_text() for label in neurons.legends[0].texts] == [
        "part of the trials that is fitted to",
        "other part of the trials",
    ]
    assert all(np.abs(axis.get_ylim()).max() < 100 for axis in neurons.axes[:3])
    shown = [len(axis.images) for axis in filters.axes]
    assert sum(shown) == len(bonus["filters"]) == sum(shown[: len(bonus["filters"])])
