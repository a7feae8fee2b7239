"""Predict neurons from the layers of one network, with Gabor energy and with folds at random."""

import numpy as np

from normative.encoding.sample import Sample
from normative.rsa.references import gabor_energy
from normative.stimuli.gratings import period_pixels
from normative.workflow.runner import run
from normative.workflow.stacks import read_seed


def main(input, output, params):
    """Write the scores of each neuron, layers × neurons.

    `random_…`: with folds at random. `banded_r2`: of a banded ridge on Gabor energy and the layer.
    `predictions` (layers × stimuli × examples): of the layer alone, with blocks.
    """
    period = period_pixels(**params.stimulus)
    with np.load(input.stimuli) as stimuli:
        energy = gabor_energy(stimuli["images"], period)
    sample = Sample.read(input.sample, params.folds)
    layers = read_seed(input.activations, params.seed)
    columns = {}
    for features in layers.values():
        at_random = sample.score(sample.predict(features, folds="random"))
        arrays = {f"random_{name}": values for name, values in at_random.items()}
        arrays["banded_r2"] = sample.score(sample.predict(energy, features))["r2"]
        arrays["predictions"] = sample.predict(features, neurons=sample.examples)
        for name, values in arrays.items():
            columns.setdefault(name, []).append(values)
    np.savez(output.scores, layers=list(layers), **columns)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
