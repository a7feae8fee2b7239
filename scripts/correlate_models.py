"""Correlate the RDMs of the recording, all layers and all references with each other."""

import numpy as np
import pandas as pd

from normative.rdm import upper_triangle
from normative.runner import run
from normative.tables import write_table


def main(input, output, params):
    """Write one row a pair: the Pearson correlation of RDMs, a layer's averaged over its seeds.

    Networks that failed their task, and RDMs that are not defined (NaN), are not averaged in.
    """
    status = pd.read_csv(input.performance).set_index(["model", "seed"])["status"]
    with np.load(input.recording) as rdms:
        named = {"recording": upper_triangle(rdms["responses"])}
    totals, seeds = {}, {}
    for path, network in zip(input.networks, params.networks, strict=True):
        if status[tuple(network.values())] == "failed":
            continue
        with np.load(path) as rdms:
            for layer, rdm in rdms.items():
                name = f"{network['model']} {layer}"
                if not np.isnan(rdm).any():
                    totals[name] = totals.get(name, 0) + upper_triangle(rdm)
                    seeds[name] = seeds.get(name, 0) + 1
    named |= {name: total / seeds[name] for name, total in totals.items()}
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


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
