"""The three networks and the filter bank are the tutorial's."""

import math

import numpy as np
import pytest
import torch
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from normative.networks.filters import filter_bank
from normative.networks.networks import NETWORKS, build_network
from normative.networks.strips import convolve_and_pool, cut_strips
from normative.stimuli.gratings import grating

SHAPE = (48, 64)


@pytest.mark.parametrize(
    ("network", "parameters"),
    [
        ("FC", (48 * 64 + 1) * 10 + 11),
        ("ConvFC", (49 + 1) * 6 + (6 * 48 * 64 + 1) * 10 + 11),
        ("ConvPoolFC", (49 + 1) * 6 + (288 + 1) * 10 + 11),
    ],
)
def test_network_has_the_parameters_of_its_layers(network, parameters):
    net = build_network(network, SHAPE)
    assert sum(weights.numel() for weights in net.parameters()) == parameters


@pytest.mark.parametrize("network", NETWORKS)
def test_network_answers_with_one_probability_an_image(network):
    answer = build_network(network, SHAPE).eval()(torch.rand(5, *SHAPE))
    assert answer.shape == (5, 1)
    assert ((answer > 0) & (answer < 1)).all()


def test_filter_bank_equals_its_definition_weight_by_weight():
    bank = np.empty((6, 7, 7))
    positions = [-3.5 + 7 * index / 6 for index in range(7)]
    for i, x in enumerate(positions):
        for j, y in enumerate(positions):
            distance = math.sqrt(x * x + y * y)
            surround = math.exp(-distance / (2 * 1.1**2)) - 0.5 * math.exp(-distance / (2 * 2.2**2))
            bank[:2, i, j] = surround, -surround
            for k, degrees in enumerate([0, 45, 90, 135]):
                along = x * math.cos(math.radians(degrees)) + y * math.sin(math.radians(degrees))
                wave = math.cos(2 * math.pi * along / 10 + math.pi / 2)
                bank[2 + k, i, j] = math.exp(-distance / (2 * 0.44**2)) * wave
    bank /= abs(bank).max(axis=(1, 2), keepdims=True)
    assert filter_bank().dtype == np.float32
    np.testing.assert_allclose(filter_bank(), bank, atol=1e-6)


def test_filter_bank_symmetries():
    """Center-surround filters look the same from all sides; Gabors flip under half a turn."""
    bank = filter_bank()
    np.testing.assert_array_equal(abs(bank).max(axis=(1, 2)), 1)
    np.testing.assert_array_equal(bank[0], -bank[1])
    np.testing.assert_allclose(bank[0], np.rot90(bank[0]), atol=1e-6)
    for gabor in bank[2:]:
        np.testing.assert_allclose(gabor, -np.rot90(gabor, 2), atol=1e-6)
        assert abs(gabor.sum()) < 1e-5


def test_gabor_filters_replace_the_convolution_and_leave_the_other_draws():
    torch.manual_seed(12)
    random = build_network("ConvPoolFC", SHAPE)
    torch.manual_seed(12)
    gabor = build_network("ConvPoolFC", SHAPE, "gabor")
    np.testing.assert_array_equal(gabor.conv.weight.detach().squeeze(1), filter_bank())
    assert (gabor.conv.bias == 0).all()
    assert (random.conv.bias != 0).all()
    for layer in ("fc", "out"):
        torch.testing.assert_close(
            gabor.get_submodule(layer).weight, random.get_submodule(layer).weight, rtol=0, atol=0
        )
    assert gabor.conv.weight.requires_grad
    assert not build_network("ConvPoolFC", SHAPE, "frozen").conv.weight.requires_grad


def values_and_gradients(answer, weight, bias):
    """Of a convolution with pooling; each pooled unit pulls with another strength."""
    strength = torch.arange(answer.numel(), dtype=torch.float32).view_as(answer) % 7 - 3
    return answer.detach(), *torch.autograd.grad((answer * strength).sum(), [weight, bias])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(8, 40), st.integers(8, 40), st.booleans())
def test_training_convolves_and_pools_by_the_plain_definition(seed, height, width, whole):
    """To rounding; exactly where numbers are whole, and then many units tie for the maximum."""
    generator = torch.Generator().manual_seed(seed)
    images = torch.randint(0, 2, (3, height, width), generator=generator).float()
    draw = torch.rand((6, 1, 7, 7), generator=generator), torch.rand(6, generator=generator)
    if whole:
        draw = [(4 * values).round() - 2 for values in draw]
    weight, bias = (values.requires_grad_() for values in draw)
    fast = values_and_gradients(convolve_and_pool(cut_strips(images), weight, bias), weight, bias)
    plain = nn.functional.conv2d(images.unsqueeze(1), weight, bias, padding=3)
    plain = values_and_gradients(nn.functional.max_pool2d(plain, 8), weight, bias)
    for found, expected in zip(fast, plain, strict=True):
        tolerance = {"rtol": 0, "atol": 0} if whole else {"rtol": 1e-4, "atol": 1e-4}
        torch.testing.assert_close(found, expected, **tolerance)


def test_network_answers_alike_in_training_and_after():
    net = build_network("ConvPoolFC", SHAPE, "gabor")
    images = torch.from_numpy(grating(np.linspace(-90, 90, 20)))
    torch.testing.assert_close(net(net.arrange(images)), net.eval()(images))


@pytest.mark.parametrize("network", NETWORKS)
def test_schema_allows_exactly_the_hidden_layers(network, repository):
    """All modules but `out`, whose single unit has no correlation distance."""
    schema = yaml.safe_load((repository / "rules/schemas/config.schema.yaml").read_text())
    model = schema["properties"]["models"]["additionalProperties"]
    (allowed,) = [
        case["then"]["properties"]["layers"]["items"]["enum"]
        for case in model["allOf"]
        if case["if"]["properties"]["network"]["const"] == network
    ]
    modules = [name for name, _ in build_network(network, SHAPE).named_children()]
    assert allowed == [name for name in modules if name != "out"]
    assert model["properties"]["network"]["enum"] == list(NETWORKS)
