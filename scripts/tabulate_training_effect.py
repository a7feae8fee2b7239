"""Compare each trained model with its untrained twin, seed by seed."""

import numpy as np
import pandas as pd

from normative.inference.corrections import benjamini_hochberg, holm
from normative.inference.intervals import interval
from normative.inference.permutation_tests import sign_flip_p
from normative.workflow.runner import run
from normative.workflow.tables import write_table

COLUMNS = ["model", "layer", "untrained_model", "seeds", "effect", "ci_low", "ci_high", "p_seeds"]


def main(input, output, params, wildcards):
    """Write one row a trained model and layer: the similarity that training adds.

    `p_seeds` asks whether training this network on other seeds would add any on this recording;
    the interval is over all that the bootstrap draws anew.
    """
    layers = pd.read_csv(input.layers).query("model in @params.twins")
    rows = []
    if len(layers):
        with np.load(input.means) as means:
            effects, by_seed = means["effect"], means["effect_by_seed"]
        for index, (model, layer) in enumerate(zip(layers["model"], layers["layer"], strict=True)):
            paired = by_seed[:, index][~np.isnan(by_seed[:, index])]
            low, high = interval(effects[1:, index], paired, params.inference)
            p = sign_flip_p(paired, params.inference["seed"])
            twin = params.twins[model]
            rows.append((model, layer, twin, len(paired), effects[0, index], low, high, p))
    table = pd.DataFrame(rows, columns=COLUMNS)
    table.insert(0, "dataset", wildcards.dataset)
    table["p_holm"], table["p_bh"] = holm(table["p_seeds"]), benjamini_hochberg(table["p_seeds"])
    write_table(table, output.training_effect)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
