"""Correlate the RDMs of the recording, all layers and all references with each other."""

import numpy as np
import pandas as pd

from normative.rsa.rdm import upper_triangle
from normative.workflow.runner import run
from normative.workflow.stacks import read_stacks
from normative.workflow.tables import files_by_model, read_status, write_table


def main(input, output, params):
    """Write one row a pair: the Pearson correlation of RDMs, a layer's averaged over its seeds.

    Networks that failed their task, and RDMs that are not defined (NaN), are not averaged in.
    """
    status = read_status(input.performance)
    with np.load(input.recording) as rdms:
        named = {"recording": upper_triangle(rdms["responses"])}
    for model, paths in files_by_model(input.networks, params.models).items():
        passed = (rdms for seed, rdms in read_stacks(paths) if status[model, seed] != "failed")
        for layer, mean in mean_rdms(passed).items():
            named[f"{model} {layer}"] = mean
    with np.load(input.references) as rdms:
        named |= {f"reference {name}": upper_triangle(rdm) for name, rdm in rdms.items()}
    correlations = np.corrcoef(np.stack(list(named.values())))
    frame = pd.DataFrame(correlations, index=list(named), columns=list(named))
    table = (
        frame.rename_axis("first")
        .reset_index()
        .melt("first", var_name="second", value_name="correlation")
    )
    write_table(table, output.correlations)


def mean_rdms(networks):
    """Average the RDMs of networks by layer, as their entries above the diagonal, without NaN."""
    totals, n_seeds = {}, {}
    for rdms in networks:
        for layer, rdm in rdms.items():
            if not np.isnan(rdm).any():
                totals[layer] = totals.get(layer, 0) + upper_triangle(rdm)
                n_seeds[layer] = n_seeds.get(layer, 0) + 1
    return {layer: total / n_seeds[layer] for layer, total in totals.items()}


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
