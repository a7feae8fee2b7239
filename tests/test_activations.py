"""Layers are what the tutorial calls by their names."""

import numpy as np
import pytest
import torch
from scipy.signal import correlate2d

from normative.networks.activations import AT_ONCE, layer_activations
from normative.networks.networks import build_network
from normative.stimuli.gratings import grating


def test_pool_and_fc_equal_scipy_arithmetic():
    """`pool` comes after the convolution's ReLU; `fc` is linear, before its own ReLU."""
    torch.manual_seed(1)
    net = build_network("ConvPoolFC", (48, 64), "gabor")
    images = grating(np.linspace(-90, 90, 2 * AT_ONCE + 1))
    layers = layer_activations(net, images, ["pool", "fc"])
    weights = {name: value.detach().numpy() for name, value in net.named_parameters()}
    for index in [0, 70, AT_ONCE - 1, AT_ONCE, 2 * AT_ONCE]:
        maps = np.stack(
            [correlate2d(images[index], k[0], mode="same") for k in weights["conv.weight"]]
        )
        maps = np.maximum(maps + weights["conv.bias"][:, None, None], 0)
        pooled = maps.reshape(6, 6, 8, 8, 8).max(axis=(2, 4)).ravel()
        np.testing.assert_allclose(layers["pool"][index], pooled, atol=1e-5)
        hidden = weights["fc.weight"] @ pooled + weights["fc.bias"]
        np.testing.assert_allclose(layers["fc"][index], hidden, atol=1e-4)
    assert layers["pool"].shape == (len(images), 288)
    assert layers["fc"].shape == (len(images), 10)
    assert (layers["fc"] < 0).any()


def test_conv_layer_is_recorded_before_its_relu_and_hooks_are_removed():
    net = build_network("ConvFC", (48, 64))
    layers = layer_activations(net, grating([0, 45]), ["conv"])
    assert list(layers) == ["conv"]
    assert layers["conv"].shape == (2, 6 * 48 * 64)
    assert (layers["conv"] < 0).any()
    assert not net.conv._forward_hooks


def test_layers_are_the_same_in_training():
    """A network need not be told that its training is over."""
    net = build_network("ConvPoolFC", (48, 64), "gabor")
    images = grating(np.linspace(-90, 90, 7))
    trained, training = (
        layer_activations(net.train(mode), images, ["conv", "pool", "fc"]) for mode in (False, True)
    )
    for layer, activations in trained.items():
        np.testing.assert_array_equal(training[layer], activations)


def test_hooks_are_removed_also_when_images_do_not_fit():
    net = build_network("ConvPoolFC", (48, 64))
    with pytest.raises(RuntimeError):
        layer_activations(net, np.zeros((2, 8, 8), np.float32), ["pool"])
    assert not net.pool._forward_hooks
