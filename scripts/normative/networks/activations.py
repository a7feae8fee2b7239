"""Internal representations of a network."""

import numpy as np
import torch

AT_ONCE = 100  # images that a network is shown: few enough for the processor's cache


def layer_activations(net, images, layers):
    """Record the outputs of some of a network's modules.

    A layer is the module of that name, so `fc` is its linear output, before the ReLU, and `pool`
    comes after the convolution's ReLU: the tutorial's definitions.

    Parameters
    ----------
    net : normative.networks.networks.Network or normative.networks.own.OwnNetwork
        It is left in evaluation mode.
    images : array of float32, shape (images, height, width)
    layers : list of str

    Returns
    -------
    dict of array, layer → (images, units), float32
    """
    outputs = {layer: [] for layer in layers}

    def record(layer):
        def hook(module, args, output):
            # A copy, since what follows may change the output in place.
            outputs[layer].append(output.flatten(1).clone().numpy())

        return hook

    net.eval()
    modules = [net.named.get_submodule(layer) for layer in layers]
    handles = [
        module.register_forward_hook(record(layer))
        for layer, module in zip(layers, modules, strict=True)
    ]
    try:
        with torch.no_grad():
            for few in torch.from_numpy(images).split(AT_ONCE):
                net(few)
    finally:
        for handle in handles:
            handle.remove()
    return {layer: np.concatenate(chunks) for layer, chunks in outputs.items()}
