"""Compare the similarities of all pairs of layers, of one model and of several."""

from itertools import combinations

import numpy as np
import pandas as pd

from normative.inference.corrections import benjamini_hochberg, holm
from normative.inference.intervals import bootstrap_p, interval
from normative.workflow.runner import run
from normative.workflow.tables import write_table

COLUMNS = ["model_a", "layer_a", "model_b", "layer_b", "difference", "ci_low", "ci_high"]
COLUMNS += ["p_conservative"]  # see docs/methods.md: for models alike it is seldom small enough


def main(input, output, params, wildcards):
    """Write the difference of each pair; replicates of both share stimuli, neurons and seeds."""
    layers = pd.read_csv(input.layers)
    with np.load(input.means) as means:
        similarity, of_seeds = means["similarity"], means["similarity_by_seed"]
    rows = []
    for a, b in combinations(layers.itertuples(), 2):
        difference = similarity[:, a.Index] - similarity[:, b.Index]
        by_seed = of_seeds[:, a.Index] - of_seeds[:, b.Index]
        low, high = interval(difference[1:], by_seed, params.inference)
        p = bootstrap_p(difference[1:], by_seed, params.inference)
        rows.append((a.model, a.layer, b.model, b.layer, difference[0], low, high, p))
    table = pd.DataFrame(rows, columns=COLUMNS)
    table.insert(0, "dataset", wildcards.dataset)
    table["p_holm"], table["p_bh"] = (
        holm(table["p_conservative"]),
        benjamini_hochberg(table["p_conservative"]),
    )
    write_table(table, output.pairwise)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
