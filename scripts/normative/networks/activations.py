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
    net : torch.nn.Module
    images : array of float32, shape (images, height, width)
    layers : list of str

    Returns
    -------
    dict of array, layer → (images, units), float32
    """
    outputs = {layer: [] for layer in layers}

    def record(layer):
        def hook(module, args, output):
            outputs[layer].append(output.flatten(1).numpy())

        return hook

    handles = [net.get_submodule(layer).register_forward_hook(record(layer)) for layer in layers]
    try:
        with torch.no_grad():
            for few in torch.from_numpy(images).split(AT_ONCE):
                net(few)
    finally:
        for handle in handles:
            handle.remove()
    return {layer: np.concatenate(chunks) for layer, chunks in outputs.items()}
