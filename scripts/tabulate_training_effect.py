"""Compare each trained model with its untrained twin, seed by seed."""

import numpy as np
import pandas as pd

from normative.inference.corrections import holm
from normative.inference.permutation_tests import sign_flip_p
from normative.inference.uncertainty import Sampling, compare_layers
from normative.workflow.runner import run
from normative.workflow.tables import write_table

COLUMNS = ["dataset", "model", "layer", "untrained_model", "seeds", "effect", "ci_low", "ci_high"]
COLUMNS += ["ci_over", "ci_warning", "df", "p", "p_holm", "stimuli_ci_low", "stimuli_ci_high"]
COLUMNS += ["stimuli_p", "stimuli_p_holm", "p_seeds", "p_seeds_holm"]


def main(input, output, params, wildcards):
    """Write one row a trained model and layer: the similarity that training adds.

    `p` is that of the same pair in `pairwise.csv`. `p_seeds` asks whether training this network on
    other seeds would add any on this very recording.
    """
    sampling = Sampling.of(input.responses, input.means, params.resample, params.confidence)
    table = pd.read_csv(input.layers)
    layers = table[["model", "layer"]].apply(tuple, axis=1).tolist()
    with np.load(input.means) as file:
        means = dict(file)
    rows = []
    for index, (model, layer) in enumerate(layers):
        if model not in params.twins:
            continue
        twin = layers.index((params.twins[model], layer))
        of_seeds = means["similarity_by_seed"]
        paired = of_seeds[:, index] - of_seeds[:, twin]
        smooth_deg = table["block_deg"][[index, twin]].max()
        found = compare_layers(index, twin, means, sampling, smooth_deg)
        found["effect"] = found.pop("difference")
        found["p_seeds"] = sign_flip_p(paired[~np.isnan(paired)], params.seed)
        row = {"model": model, "layer": layer, "untrained_model": params.twins[model]}
        rows.append(row | found)
    table = pd.DataFrame(rows, columns=COLUMNS).assign(dataset=wildcards.dataset)
    for p in ("p", "stimuli_p", "p_seeds"):
        table[f"{p}_holm"] = holm(table[p])
    write_table(table, output.training_effect)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
