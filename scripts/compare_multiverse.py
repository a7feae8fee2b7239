"""Compare each layer with the recording by every dissimilarity and comparator, and by patterns."""

import numpy as np
import pandas as pd

from normative.rsa.comparators import COMPARATORS
from normative.rsa.dissimilarities import DISSIMILARITIES, crossnobis_distance, squared_distance
from normative.rsa.patterns import PATTERN_MEASURES, principal_coordinates
from normative.rsa.rdm import distance_of_distinct, upper_triangle
from normative.stimuli.distinct import find_distinct
from normative.workflow.runner import run
from normative.workflow.stacks import read_stack
from normative.workflow.tables import write_table

OF_IMAGES = "correlation of different images"
COLUMNS = ["seed", "layer", "dissimilarity", "comparator", "similarity"]


def main(input, output):
    """Write one row a seed, layer, dissimilarity and comparator; "none" for measures of patterns.

    Crossnobis needs halves of the trials; a network has no noise, where it is the squared distance.
    Where stimuli are one image, as θ and θ + 180°, a network's dissimilarity of them is 0 whatever
    it has learned: the tutorial's is compared once more without such pairs.
    """
    with np.load(input.responses) as file:
        recorded = dict(file)
    recording = {
        name: upper_triangle(distance(recorded["responses"]))
        for name, distance in DISSIMILARITIES.items()
    }
    of_network = dict(DISSIMILARITIES)
    if "half_1" in recorded:
        recording["crossnobis"] = upper_triangle(
            crossnobis_distance(recorded["half_1"], recorded["half_2"])
        )
        of_network["crossnobis"] = squared_distance
    patterns = principal_coordinates(recorded["responses"])
    _, image = find_distinct((recorded["orientation"].astype(float) % 180).round(3))
    differ = upper_triangle(image[:, None] != image)
    rows = []
    for seed, layers in read_stack(input.activations):
        for layer, units in layers.items():
            similarities = compare_layer(
                recording, of_network, differ, patterns, np.nan_to_num(units)
            )
            is_finite = np.isfinite(units).all()  # not in a network whose training diverged
            rows += [
                (seed, layer, *measure, similarity if is_finite else np.nan)
                for measure, similarity in similarities.items()
            ]
    write_table(pd.DataFrame(rows, columns=COLUMNS), output.similarities)


def compare_layer(recording, dissimilarities, differ, patterns, units):
    """Give similarities of a layer, (stimuli, units), and the recording, by measure.

    `differ` tells which pairs of stimuli are different images, (pairs,).
    """
    similarities = {}
    for name, distance in dissimilarities.items():
        rdm = upper_triangle(distance_of_distinct(distance, units))
        for comparator, compare in COMPARATORS.items():
            similarities[name, comparator] = compare(recording[name], rdm)
    if np.sum(~differ) > 1:  # more than −90° and 90°
        rdm = upper_triangle(distance_of_distinct(DISSIMILARITIES["correlation"], units))
        for comparator, compare in COMPARATORS.items():
            similarity = compare(recording["correlation"][differ], rdm[differ])
            similarities[OF_IMAGES, comparator] = similarity
    of_layer = principal_coordinates(units)
    for name, compare in PATTERN_MEASURES.items():
        similarities["none", name] = compare(patterns, of_layer)
    return similarities


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
