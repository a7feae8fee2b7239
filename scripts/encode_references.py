"""Predict neurons from simple models of the gratings, and from their orientation alone."""

import numpy as np

from normative.encoding.features import reference_features
from normative.encoding.sample import Sample
from normative.stimuli.gratings import period_pixels
from normative.workflow.runner import run


def main(input, output, params):
    """Write `names` of the references, and the scores of each neuron, references × neurons.

    `random_…` are those with folds at random; `predictions` (references × stimuli × examples) are
    those with blocks. The first reference, `mean`, is the mean of the responses that are fitted to.
    """
    period = period_pixels(**params.stimulus)
    with np.load(input.stimuli) as stimuli:
        features = reference_features(stimuli["orientation"], stimuli["images"], period)
    sample = Sample.read(input.sample, params.folds)
    columns = {}
    for spaces in [[], *([values] for values in features.values())]:
        predictions = sample.predict(*spaces)
        arrays = {**sample.score(predictions), "predictions": predictions[:, sample.examples]}
        at_random = sample.score(sample.predict(*spaces, folds="random"))
        arrays |= {f"random_{name}": values for name, values in at_random.items()}
        if not spaces:  # the means of different folds differ, and their correlation says nothing
            correlations = [name for name in arrays if name.endswith(("correlation", "squared"))]
            arrays |= dict.fromkeys(correlations, np.full_like(sample.reliability, np.nan))
        for name, values in arrays.items():
            columns.setdefault(name, []).append(values)
    np.savez(output.scores, names=["mean", *features], **columns)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
