"""Compare the similarities of all pairs of layers, of one model and of several."""

from itertools import combinations

import numpy as np
import pandas as pd

from normative.inference.corrections import holm
from normative.inference.uncertainty import Sampling, compare_layers
from normative.workflow.runner import run
from normative.workflow.tables import write_table

COLUMNS = ["dataset", "model_a", "layer_a", "model_b", "layer_b", "seeds", "difference"]
COLUMNS += ["ci_low", "ci_high", "ci_over", "df", "p", "p_best_holm", "p_all_holm"]
COLUMNS += ["stimuli_ci_low", "stimuli_ci_high", "stimuli_p"]
COLUMNS += ["stimuli_p_best_holm", "stimuli_p_all_holm"]


def main(input, output, params, wildcards):
    """Write the difference of each pair, corrected for all of them.

    That of pairs with the most similar layer stands by itself, too. Its family is all pairs: the
    most similar layer was picked for its differences, and Holm over these alone rejects true nulls
    in 8 to 15 % (4 to 13 layers alike).
    """
    sampling = Sampling.of(input.responses, input.means, params.resample, params.confidence)
    layers = pd.read_csv(input.layers)
    with np.load(input.means) as file:
        means = dict(file)
    similarity = means["similarity"][0]
    best = np.nanargmax(similarity) if not np.isnan(similarity).all() else None
    rows = []
    for a, b in combinations(layers.itertuples(), 2):
        pair = {"model_a": a.model, "layer_a": a.layer, "model_b": b.model, "layer_b": b.layer}
        pair["with_best"] = best in (a.Index, b.Index)
        smooth_deg = max(a.block_deg, b.block_deg)
        rows.append(pair | compare_layers(a.Index, b.Index, means, sampling, smooth_deg))
    table = pd.DataFrame(rows, columns=[*COLUMNS[1:], "with_best"])
    with_best = table["with_best"].astype(bool)
    for p in ("p", "stimuli_p"):
        table[f"{p}_all_holm"] = holm(table[p])
        table[f"{p}_best_holm"] = table[f"{p}_all_holm"].where(with_best)
    write_table(table.assign(dataset=wildcards.dataset)[COLUMNS], output.pairwise)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
