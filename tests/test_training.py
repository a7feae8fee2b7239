"""Training repeats the tutorial's, draw by draw."""

import numpy as np
import pytest
import torch
from torch import nn

from normative.gratings import grating, training_orientations
from normative.networks import build_network
from normative.training import tilt_accuracy, train_tilt_network

TUTORIAL = dict(
    network="ConvPoolFC",
    filters="gabor",
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
    net, losses = train_tilt_network(grating(orientations), orientations, 12, **TUTORIAL)
    assert losses.shape == (25, 10)
    np.testing.assert_allclose(
        losses[4::5, -1], [4.10e-1, 5.17e-2, 1.32e-2, 2.29e-3, 8.08e-5], rtol=0.01
    )
    assert tilt_accuracy(net, grating(orientations), orientations) >= 0.99


@pytest.mark.parametrize("network", ["FC", "ConvFC", "ConvPoolFC"])
def test_training_equals_a_plain_loop_with_global_seeds(network):
    np.random.seed(3)
    torch.manual_seed(3)
    net = build_network(network, (48, 64))
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

    _, losses = train_tilt_network(
        grating(orientations),
        orientations,
        3,
        network=network,
        filters="random",
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
    train_tilt_network(grating(orientations), orientations, 0, **{**TUTORIAL, "epochs": 1})
    torch.testing.assert_close(torch.rand(3), expected, rtol=0, atol=0)


def test_accuracy_counts_right_answers():
    """A network that always says right tells right the stimuli tilted right."""

    class AlwaysRight(nn.Module):
        def forward(self, images):
            return torch.full((len(images), 1), 0.9)

    orientations = np.array([-80, -1, 1, 80, 30])
    assert tilt_accuracy(AlwaysRight(), grating(orientations), orientations) == 0.6
