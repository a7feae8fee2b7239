"""The three networks and the filter bank are the tutorial's."""

import math
import re
import subprocess
import sys

import numpy as np
import pytest
import torch
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from normative.networks.filters import filter_bank
from normative.networks.networks import NETWORKS, DivisiveNormalization, build_network
from normative.networks.own import describe_layers
from normative.networks.strips import (
    PATCH_LENGTH,
    STRIP_HEIGHT,
    convolve_and_pool,
    cut_strips,
    patch_starts,
    pool_with_argmax,
    shifted_filters,
)
from normative.stimuli.gratings import grating

SHAPE = (48, 64)


@pytest.mark.parametrize(
    ("network", "parameters"),
    [
        ("FC", (48 * 64 + 1) * 10 + 11),
        ("ConvFC", (49 + 1) * 6 + (6 * 48 * 64 + 1) * 10 + 11),
        ("ConvPoolFC", (49 + 1) * 6 + (288 + 1) * 10 + 11),
        ("ConvPool2FC", (49 + 1) * 6 + (6 * 25 + 1) * 12 + (12 * 6 * 8 + 1) * 10 + 11),
        ("ConvNormPoolFC", (49 + 1) * 6 + (288 + 1) * 10 + 11),
    ],
)
def test_network_has_the_parameters_of_its_layers(network, parameters):
    net = build_network(network, SHAPE)
    assert sum(weights.numel() for weights in net.parameters()) == parameters


@pytest.mark.parametrize("network", NETWORKS)
def test_network_answers_with_one_probability_an_image(network):
    answer = build_network(network, SHAPE)(torch.rand(5, *SHAPE))
    assert answer.shape == (5, 1)
    assert ((answer > 0) & (answer < 1)).all()


@pytest.mark.parametrize("task", ["tilt", "orientation"])
@pytest.mark.parametrize("network", NETWORKS)
def test_network_computes_what_its_layers_say(network, task):
    """Written out; only for the tilt task a sigmoid comes last."""
    net = build_network(network, SHAPE, task=task)
    images = torch.rand(5, *SHAPE)
    values = images.unsqueeze(1)
    if network != "FC":
        values = functional.conv2d(values, net.conv.weight, net.conv.bias, padding=3).clamp(min=0)
    if network == "ConvNormPoolFC":
        energy = values.detach().double().numpy() ** 2
        around = np.pad(energy, [(0, 0), (0, 0), (3, 3), (3, 3)], constant_values=np.nan)
        windows = np.lib.stride_tricks.sliding_window_view(around, (7, 7), (2, 3))
        nearby = np.nanmean(windows, axis=(1, 4, 5))[:, None]  # within the image, all channels
        values = torch.from_numpy(energy / (1 + nearby)).float()
    if network == "ConvPool2FC":
        values = functional.max_pool2d(values, 4)
        values = functional.conv2d(values, net.conv2.weight, net.conv2.bias, padding=2)
        values = functional.max_pool2d(values.clamp(min=0), 2)
    elif network in ("ConvPoolFC", "ConvNormPoolFC"):
        values = functional.max_pool2d(values, 8)
    hidden = (values.flatten(1) @ net.fc.weight.T + net.fc.bias).clamp(min=0)
    expected = hidden @ net.out.weight.T + net.out.bias
    if task == "tilt":
        expected = 1 / (1 + torch.exp(-expected))
    torch.testing.assert_close(net(images), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("network", NETWORKS)
def test_initial_weights_are_drawn_layer_by_layer(network):
    """The convolution's, those of `fc`, those of `out`: from PyTorch's generator, by its rules."""
    n_features = {"FC": 48 * 64, "ConvFC": 6 * 48 * 64, "ConvPool2FC": 12 * 6 * 8}
    n_features = n_features.get(network, 6 * 6 * 8)
    torch.manual_seed(12)
    layers = {} if network == "FC" else {"conv": nn.Conv2d(1, 6, 7, padding=3)}
    layers |= {"conv2": nn.Conv2d(6, 12, 5, padding=2)} if network == "ConvPool2FC" else {}
    layers |= {"fc": nn.Linear(n_features, 10), "out": nn.Linear(10, 1)}
    torch.manual_seed(12)
    net = build_network(network, SHAPE)
    expected = nn.ModuleDict(layers).state_dict()
    assert list(net.state_dict()) == list(expected)
    for name, weights in net.state_dict().items():
        torch.testing.assert_close(weights, expected[name], rtol=0, atol=0)


def test_parts_of_a_network_are_described_in_the_order_of_use():
    """What figure 1 draws: from the modules themselves."""
    found = describe_layers(build_network("ConvPoolFC", SHAPE), SHAPE)
    assert {layer["name"]: layer["shape"] for layer in found} == {
        "conv": [6, 48, 64],
        "pool": [6, 6, 8],
        "fc": [10],
        "out": [1],
    }
    assert [layer["name"] for layer in found] == ["conv", "pool", "fc", "out"]
    assert [layer["kernel"] for layer in found] == [[7, 7], [8, 8], None, None]
    assert [layer["name"] for layer in describe_layers(build_network("FC", SHAPE), SHAPE)] == [
        *("fc", "out")
    ]


@pytest.mark.parametrize(
    ("network", "shapes"),
    [
        ("ConvPool2FC", {"pool": [6, 12, 16], "conv2": [12, 12, 16], "pool2": [12, 6, 8]}),
        ("ConvNormPoolFC", {"norm": [6, 48, 64], "pool": [6, 6, 8]}),
    ],
)
def test_deeper_and_normalized_networks_have_their_stages(network, shapes):
    found = describe_layers(build_network(network, SHAPE), SHAPE)
    expected = {"conv": [6, 48, 64], **shapes, "fc": [10], "out": [1]}
    assert {layer["name"]: layer["shape"] for layer in found} == expected
    assert [layer["name"] for layer in found] == list(expected)


def test_normalization_divides_out_contrast_and_saturates():
    """Twice the drive of all is hardly more; units that share it suppress one another."""
    normalize = DivisiveNormalization()
    drive = torch.zeros(1, 6, 9, 9)
    drive[0, 0] = 100
    alone = normalize(drive)[0, :, 4, 4]
    torch.testing.assert_close(alone, torch.tensor([6.0, 0, 0, 0, 0, 0]), rtol=1e-3, atol=0)
    torch.testing.assert_close(normalize(2 * drive)[0, :, 4, 4], alone, rtol=1e-3, atol=0)
    drive[0, 1] = 100
    together = normalize(drive)[0, :2, 4, 4]
    torch.testing.assert_close(together, torch.tensor([3.0, 3.0]), rtol=1e-3, atol=0)


def test_sizes_and_filters_are_at_hand_without_pytorch(repository):
    """For figures, which do not wait for it to load."""
    code = "import sys, normative.networks.architecture, normative.networks.filters as f; "
    code += "f.filter_bank(); sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=repository / "scripts", check=True)


@pytest.mark.parametrize(("channels", "size"), [(6, 7), (4, 5)])
def test_filter_bank_equals_its_definition_weight_by_weight(channels, size):
    bank = np.empty((channels, size, size))
    positions = [-size / 2 + size * index / (size - 1) for index in range(size)]
    for i, x in enumerate(positions):
        for j, y in enumerate(positions):
            distance = math.sqrt(x * x + y * y)
            surround = math.exp(-distance / (2 * 1.1**2)) - 0.5 * math.exp(-distance / (2 * 2.2**2))
            bank[:2, i, j] = surround, -surround
            for k in range(channels - 2):
                angle = math.pi * k / (channels - 2)  # 0, 45, 90 and 135 degrees in the tutorial
                wave = math.cos(
                    2 * math.pi * (x * math.cos(angle) + y * math.sin(angle)) / 10 + math.pi / 2
                )
                bank[2 + k, i, j] = math.exp(-distance / (2 * 0.44**2)) * wave
    bank /= abs(bank).max(axis=(1, 2), keepdims=True)
    assert filter_bank(channels, size).dtype == np.float32
    np.testing.assert_allclose(filter_bank(channels, size), bank, atol=1e-6)


def test_filter_bank_symmetries():
    """Center-surround filters look the same from all sides; Gabors flip under half a turn."""
    bank = filter_bank()
    assert bank.shape == (6, 7, 7)
    np.testing.assert_array_equal(abs(bank).max(axis=(1, 2)), 1)
    np.testing.assert_array_equal(bank[0], -bank[1])
    np.testing.assert_allclose(bank[0], np.rot90(bank[0]), atol=1e-6)
    for gabor in bank[2:]:
        np.testing.assert_allclose(gabor, -np.rot90(gabor, 2), atol=1e-6)
        assert abs(gabor.sum()) < 1e-5


@pytest.mark.parametrize("filters", ["gabor", "frozen"])
@pytest.mark.parametrize("network", ["ConvFC", "ConvPoolFC"])
def test_gabor_filters_replace_the_convolution_and_leave_the_other_draws(network, filters):
    torch.manual_seed(12)
    random = build_network(network, SHAPE)
    torch.manual_seed(12)
    gabor = build_network(network, SHAPE, filters)
    np.testing.assert_array_equal(gabor.conv.weight.detach().squeeze(1), filter_bank())
    assert (gabor.conv.bias == 0).all()
    assert (random.conv.bias != 0).all()
    for name in ("fc.weight", "fc.bias", "out.weight", "out.bias"):
        expected = random.get_parameter(name)
        torch.testing.assert_close(gabor.get_parameter(name), expected, rtol=0, atol=0)


@pytest.mark.parametrize("filters", ["random", "gabor", "frozen"])
def test_only_frozen_filters_are_kept_from_training(filters):
    net = build_network("ConvPoolFC", SHAPE, filters)
    fixed = {name for name, weights in net.named_parameters() if not weights.requires_grad}
    assert fixed == ({"conv.weight", "conv.bias"} if filters == "frozen" else set())


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
    plain = functional.conv2d(images.unsqueeze(1), weight, bias, padding=3)
    plain = values_and_gradients(functional.max_pool2d(plain, 8), weight, bias)
    for found, expected in zip(fast, plain, strict=True):
        tolerance = {"rtol": 0, "atol": 0} if whole else {"rtol": 1e-4, "atol": 1e-4}
        torch.testing.assert_close(found, expected, **tolerance)


def test_filter_is_shifted_to_each_row_of_a_strip():
    weight = torch.rand(3, 1, 7, 7)
    expected = torch.zeros(8, 3, STRIP_HEIGHT, 1, 7)
    for shift in range(8):
        expected[shift, :, shift : shift + 7, 0] = weight[:, 0]
    torch.testing.assert_close(shifted_filters(weight), expected.flatten(0, 1), rtol=0, atol=0)


def test_maximum_comes_from_the_first_of_equals_row_by_row():
    """In one strip of two squares, one channel: the second square's first maximum is higher up."""
    convolved = torch.zeros(1, 8, 1, 16)  # rows of the strip, and its columns
    convolved[0, 5, 0, 2] = 3
    convolved[0, 6, 0, 12] = convolved[0, 4, 0, 14] = convolved[0, 4, 0, 15] = 2
    maxima, row, position = pool_with_argmax(convolved)
    assert maxima.flatten().tolist() == [3, 2]
    assert row.flatten().tolist() == [5, 4]
    assert position.flatten().tolist() == [2, 14]


def test_gradient_of_strips_stays_on_their_device():
    """Here on one without numbers, which as a GPU does not mix with a CPU's; it has no product."""
    strips = cut_strips(torch.rand(3, 24, 29)).to("meta")
    weight = torch.rand(2, 1, 7, 7, device="meta", requires_grad=True)
    bias = torch.rand(2, device="meta", requires_grad=True)
    pooled = convolve_and_pool(strips, weight, bias)
    assert pooled.device.type == "meta"
    with pytest.raises(
        NotImplementedError, match="'aten::mm' with arguments from the 'SparseMeta'"
    ):
        torch.autograd.grad(pooled, weight, torch.ones_like(pooled))


def test_patch_of_each_maximum_holds_the_pixels_that_made_it():
    """Its product with the filter is the maximum; widths need not be whole squares."""
    images, weight = torch.rand(3, 24, 29), torch.rand(2, 1, 7, 7) - 0.5
    strips = cut_strips(images)
    convolved = functional.conv2d(strips.permute(0, 3, 1, 2), shifted_filters(weight))
    maxima, row, position = pool_with_argmax(convolved)
    starts = patch_starts(strips.shape, row, position)
    assert starts.shape == maxima.shape == (3, 3, 3, 2)
    for index in np.ndindex(*starts.shape):
        patch = strips.flatten()[starts[index] :][:PATCH_LENGTH]
        columns = [patch[STRIP_HEIGHT * column :][:7] for column in range(7)]
        product = (torch.stack(columns, dim=1) * weight[index[-1], 0]).sum()
        torch.testing.assert_close(product, maxima[index])


@pytest.mark.parametrize("network", NETWORKS)
def test_forward_takes_images_in_training_too(network):
    net = build_network(network, SHAPE, "random" if network == "FC" else "gabor")
    images = torch.from_numpy(grating(np.linspace(-90, 90, 20)))
    in_training = net.train()(images)
    torch.testing.assert_close(in_training, net.eval()(images), rtol=0, atol=0)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("network", NETWORKS)
def test_prepared_images_have_the_answers_and_gradients_of_images(network, training):
    """To rounding, any of them in any order; no two values are equal, so that gradients are."""
    net = build_network(network, SHAPE).train(training)
    images, order = torch.rand(20, *SHAPE), torch.tensor([7, 3, 3, 19, 0])
    prepared = net.prepare(images)
    assert len(prepared) == 20
    weights = list(net.parameters())
    results = []
    for answer in (net.answer_prepared(prepared[order]), net(images[order])):
        strength = torch.arange(1.0, 6.0).unsqueeze(1)
        gradients = torch.autograd.grad((answer * strength).sum(), weights)
        results.append([answer, *gradients])
    assert all((gradient != 0).any() for gradient in results[0])
    for fast, plain in zip(*results, strict=True):
        torch.testing.assert_close(fast, plain, rtol=1e-4, atol=1e-5)


def test_pooling_network_is_trained_on_strips():
    """The fast path: without it training takes twice as long."""
    net = build_network("ConvPoolFC", SHAPE)
    assert net.prepare(torch.rand(2, *SHAPE)).shape == (2, 6, 70, STRIP_HEIGHT)
    net.conv.register_forward_hook(lambda *args: pytest.fail("convolves images by the plain path"))
    net.answer_prepared(net.prepare(torch.rand(2, *SHAPE)))


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
    assert all(re.match(model["properties"]["network"]["pattern"], name) for name in NETWORKS)
    assert not re.match(model["properties"]["network"]["pattern"], "CNN")
