"""Training repeats the tutorial's, draw by draw."""

import numpy as np
import pytest
import torch
from torch import nn

from normative.networks.networks import build_network
from normative.stimuli.gratings import grating, training_orientations
from normative.training.sgd import (
    choose_device,
    task_score,
    train_network,
    train_networks,
    train_together,
)
from normative.workflow.errors import UserError

TUTORIAL = dict(
    network="ConvPoolFC",
    filters="gabor",
    task="tilt",
    epochs=25,
    batch_size=100,
    learning_rate=0.0005,
    momentum=0.99,
)


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    """Two threads change the last bits."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def test_seed_12_meets_the_published_losses():
    orientations = training_orientations(12, 1000)
    net, losses = train_network(grating(orientations), orientations, 12, **TUTORIAL)
    assert losses.shape == (25, 10)
    np.testing.assert_allclose(
        losses[4::5, -1], [4.10e-1, 5.17e-2, 1.32e-2, 2.29e-3, 8.08e-5], rtol=0.01
    )
    assert task_score(net, "tilt", grating(orientations), orientations) >= 0.99


@pytest.mark.parametrize("network", ["FC", "ConvFC", "ConvPoolFC"])
def test_training_equals_a_plain_loop_with_global_seeds(network):
    np.random.seed(3)
    torch.manual_seed(3)
    net = build_network(network, (48, 64)).eval()
    orientations = (np.random.rand(250) - 0.5) * 180
    images = torch.stack([torch.from_numpy(grating(angle)) for angle in orientations])
    labels = torch.tensor([[1.0] if angle > 0 else [0.0] for angle in orientations])
    velocity = {name: torch.zeros_like(weights) for name, weights in net.named_parameters()}
    expected = []
    for _ in range(2):
        order = torch.randperm(250)
        for start in (0, 100, 200):
            chosen = order[start : start + 100]
            loss = nn.functional.binary_cross_entropy(net(images[chosen]), labels[chosen])
            gradients = torch.autograd.grad(loss, list(net.parameters()))
            with torch.no_grad():
                for (name, weights), gradient in zip(
                    net.named_parameters(), gradients, strict=True
                ):
                    velocity[name] = 0.9 * velocity[name] + gradient
                    weights -= 0.01 * velocity[name]
            expected.append(loss.item())

    _, losses = train_network(
        grating(orientations),
        orientations,
        3,
        network=network,
        filters="random",
        task="tilt",
        epochs=2,
        batch_size=100,
        learning_rate=0.01,
        momentum=0.9,
    )
    np.testing.assert_allclose(losses.ravel(), expected, rtol=1e-5)


def test_training_leaves_the_global_generator_alone():
    orientations = training_orientations(0, 100)
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    train_network(grating(orientations), orientations, 0, **{**TUTORIAL, "epochs": 1})
    torch.testing.assert_close(torch.rand(3), expected, rtol=0, atol=0)


def test_orientation_is_learned_from_the_same_draws():
    """Without a sigmoid, by the mean square: a plain loop gives the same losses."""
    angles = training_orientations(3, 200)
    settings = {**TUTORIAL, "task": "orientation", "epochs": 2}
    _, losses = train_network(grating(angles), angles, 3, **settings)
    torch.manual_seed(3)
    net = build_network("ConvPoolFC", (48, 64), "gabor", "orientation")
    optimizer = torch.optim.SGD(net.parameters(), lr=0.0005, momentum=0.99)
    images = torch.from_numpy(grating(angles))
    doubled = torch.deg2rad(2 * torch.tensor(angles, dtype=torch.float64)).float()
    expected = []
    for _ in range(2):
        for batch in torch.randperm(200).split(100):
            hidden = torch.relu(
                net.fc(torch.relu(net.pool(net.conv(images[batch, None]))).flatten(1))
            )
            sine, cosine = net.out(hidden).T
            errors = (sine - doubled[batch].sin()) ** 2 + (cosine - doubled[batch].cos()) ** 2
            optimizer.zero_grad()
            (errors.mean() / 2).backward()
            optimizer.step()
            expected.append(errors.mean().item() / 2)
    np.testing.assert_allclose(losses.ravel(), expected, rtol=1e-4)


def test_untrained_network_is_the_trained_one_before_its_first_step():
    """Its twin: the same seed draws the same weights."""
    angles = training_orientations(12, 200)
    net, losses = train_network(grating(angles), angles, 12, **{**TUTORIAL, "epochs": 0})
    assert losses.shape == (0, 2)
    torch.manual_seed(12)
    for name, weights in build_network("ConvPoolFC", (48, 64), "gabor").state_dict().items():
        torch.testing.assert_close(net.state_dict()[name], weights, rtol=0, atol=0)
    other, _ = train_network(
        grating(angles), angles, 12, **{**TUTORIAL, "epochs": 0, "task": "orientation"}
    )
    torch.testing.assert_close(other.fc.weight, net.fc.weight, rtol=0, atol=0)


def test_frozen_filters_stay_and_the_rest_learns():
    angles = training_orientations(12, 200)
    settings = {**TUTORIAL, "filters": "frozen", "epochs": 1}
    start, _ = train_network(grating(angles), angles, 12, **{**settings, "epochs": 0})
    end, _ = train_network(grating(angles), angles, 12, **settings)
    torch.testing.assert_close(end.conv.weight, start.conv.weight, rtol=0, atol=0)
    torch.testing.assert_close(end.conv.bias, start.conv.bias, rtol=0, atol=0)
    assert (end.fc.weight != start.fc.weight).any()


@pytest.mark.parametrize(
    "settings",
    [
        {"network": "FC", "filters": "random"},
        {"network": "ConvFC", "filters": "random"},
        {},
        {"filters": "frozen"},
        {"task": "orientation"},
        {"epochs": 0},
    ],
)
def test_networks_trained_together_are_those_trained_alone(settings):
    """To the tolerance that the documentation states: losses to 1 in 1,000, weights to 1e-4."""
    seeds = [12, 3, 4]
    settings = {**TUTORIAL, "epochs": 2, **settings}
    stimuli = [(grating(angles), angles) for angles in map(orientations_of, seeds)]
    alone = list(train_networks(stimuli, seeds, "cpu", **settings))
    together = list(train_together(stimuli, seeds, "cpu", **settings))
    assert len(together) == 3
    for (net, losses), (other, other_losses) in zip(alone, together, strict=True):
        assert losses.shape == other_losses.shape == (settings["epochs"], 3)
        np.testing.assert_allclose(other_losses, losses, rtol=1e-3)
        for name, weights in net.state_dict().items():
            torch.testing.assert_close(other.state_dict()[name], weights, rtol=0, atol=1e-4)
        assert not other.training


def orientations_of(seed):
    return training_orientations(seed, 250)


def test_device_is_taken_at_its_word(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("cpu") == choose_device("auto") == "cpu"
    with pytest.raises(UserError, match="`device`: found cuda, but PyTorch sees no GPU"):
        choose_device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("cuda") == choose_device("auto") == "cuda"
    assert choose_device("cpu") == "cpu"
