"""Compare the similarities of all pairs of layers, of one model and of several."""

from itertools import combinations

import numpy as np
import pandas as pd

from normative.inference.corrections import family, holm
from normative.inference.uncertainty import Sampling, compare_layers
from normative.workflow.runner import run
from normative.workflow.tables import write_table

COLUMNS = ["dataset", "model_a", "layer_a", "model_b", "layer_b", "seeds", "difference"]
COLUMNS += ["ci_low", "ci_high", "ci_over", "ci_warning", "df", "p", "family", "p_holm"]
COLUMNS += ["stimuli_ci_low", "stimuli_ci_high", "stimuli_p", "stimuli_p_holm", "with_best"]


def main(input, output, params, wildcards):
    """Write the difference of each pair, corrected for all pairs of its family.

    Four families ask four questions: the tutorial's (one pair), whether training changes a layer,
    whether tasks differ, and all other pairs. Those with the most similar layer are no family of
    their own: it was picked for its differences, and Holm over these alone rejects true nulls in 8
    to 15 % (4 to 13 layers alike).
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
        names = (a.model, a.layer), (b.model, b.layer)
        pair["family"] = family(*names, params.twins, params.task_groups)
        smooth_deg = max(a.block_deg, b.block_deg)
        rows.append(pair | compare_layers(a.Index, b.Index, means, sampling, smooth_deg))
    table = pd.DataFrame(rows, columns=COLUMNS[1:])
    for p in ("p", "stimuli_p"):
        table[f"{p}_holm"] = table.groupby("family")[p].transform(holm)
    write_table(table.assign(dataset=wildcards.dataset)[COLUMNS], output.pairwise)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
