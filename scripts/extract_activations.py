"""Record the responses of trained networks' layers to the recording's gratings."""

import numpy as np
import torch

from normative.activations import layer_activations
from normative.networks import build_network
from normative.runner import run


def main(input, output, params, threads):
    """Write for each network one array a layer, stimuli × units."""
    torch.set_num_threads(threads)
    with np.load(input.stimuli) as stimuli:
        images = stimuli["images"]
    net = build_network(params.network, images.shape[1:], task=params.task)
    for weights, path in zip(input.weights, output.activations, strict=True):
        net.load_state_dict(torch.load(weights, weights_only=True))
        np.savez(path, **layer_activations(net, images, params.layers))


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
