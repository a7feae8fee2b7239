"""Record the responses of trained networks' layers to the recording's gratings."""

import numpy as np
import torch

from normative.networks.activations import layer_activations
from normative.networks.networks import build_network
from normative.workflow.runner import run
from normative.workflow.stacks import write_stack


def main(input, output, params, threads):
    """Write one array a layer, seeds × stimuli × units.

    One layer of one network at a time: those of all networks may be more than memory holds.
    """
    torch.set_num_threads(threads)
    with np.load(input.stimuli) as stimuli:
        images = stimuli["images"]
    net = build_network(params.network, images.shape[1:], task=params.task)
    weights = torch.load(input.weights, weights_only=True)

    def of_each_seed(layer):
        for state in weights.values():
            net.load_state_dict(state)
            yield layer_activations(net, images, [layer])[layer]

    write_stack(
        output.activations, list(weights), {layer: of_each_seed(layer) for layer in params.layers}
    )


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
