"""Record the responses of trained networks' layers to the recording's gratings."""

import numpy as np
import torch

from normative.networks.activations import layer_activations
from normative.networks.networks import build_network, start_generators
from normative.stimuli.distinct import find_distinct
from normative.workflow.runner import run
from normative.workflow.stacks import write_stack


def main(input, output, params, threads):
    """Write one array a layer, seeds × stimuli × units.

    One layer of one network at a time: those of all networks may be more than memory holds.
    """
    torch.set_num_threads(threads)
    with np.load(input.stimuli) as stimuli:
        images = stimuli["images"]
    # Their own weights follow: those that a network of the user's own starts from are not needed.
    network = params.network
    network = {**network, "weights": None} if isinstance(network, dict) else network
    first, index = find_distinct(images)  # an image in another batch differs by rounding
    weights = torch.load(input.weights, weights_only=True)

    def of_each_seed(layer):
        for seed, state in weights.items():
            # Made anew: one of the user's own may draw more than the weights that it saves.
            start_generators(seed)
            net = build_network(network, images.shape[1:], task=params.task)
            net.load_state_dict(state)
            torch.manual_seed(seed)  # of a network of the user's own that draws whenever it answers
            yield layer_activations(net, images[first], [layer])[layer][index]

    write_stack(
        output.activations, list(weights), {layer: of_each_seed(layer) for layer in params.layers}
    )


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
