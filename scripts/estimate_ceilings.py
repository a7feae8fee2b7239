"""Estimate how similar to the recording's RDM a model's could be."""

import numpy as np
import pandas as pd

from normative.inference.streams import Stream, generator
from normative.recordings.parts import part_weights
from normative.recordings.responses import FORMS
from normative.rsa.ceilings import (
    ceilings_of_parts,
    drives_all,
    has_signal,
    neuron_halves_similarity,
    rdm_similarity,
    spearman_brown,
)
from normative.workflow.runner import run
from normative.workflow.tables import write_table

N_NEURON_SPLITS = 20
OPTIMISTIC = "too high: halves share the noise of their trials"  # of the calibration
UNEVEN = "too high: some gratings hardly drive the recording"
AT_LIMIT = "too high: by the halves it is 1 or more, and noise leaves less"
COLUMNS = ["halves_of", "estimand", "method", "estimate", "truth"]


def main(input, output, params, wildcards):
    """Write one row a way to halve the data and estimand, with the truth of a simulation."""
    with np.load(input.responses) as file:
        recorded = {name: file[name] for name in file if name in FORMS.values()}
    comparator = params.comparator
    parts = [recorded[name] for name in ("half_1", "half_2") if name in recorded]
    known = {}
    if "noiseless" in recorded:
        known = {
            form: rdm_similarity(recorded[form], recorded["noiseless"], comparator)
            for form in recorded
        }
    whole = known.get("responses", np.nan)
    rows = []

    def add(halves_of, method, between, another, noiseless, which_neurons):
        estimands = {
            f"between halves of {halves_of}": ("none", between),
            f"with another recording of {which_neurons} neurons": (method, another),
            "of a noiseless model": (method, noiseless),
        }
        truths = {"with another recording of the same neurons": whole**2}
        truths["of a noiseless model"] = whole
        if parts and known:
            truths["between halves of trials"] = known["half_1"] * known["half_2"]
        for name, (how, estimate) in estimands.items():
            truth = truths.get(name, np.nan)
            rows.append((halves_of, f"similarity {name}", how, estimate, truth))

    if parts:
        r = rdm_similarity(*parts, comparator)
        if comparator == "pearson":
            ceilings = ceilings_of_parts(*parts, part_weights(*parts))
            add("trials", "parts of the variance", r, *ceilings, "the same")
        else:
            ceilings = spearman_brown(r) if has_signal(*parts) else (np.nan, np.nan)
            add("trials", "Spearman–Brown", r, *ceilings, "the same")
    rng = generator(params.seed, Stream.NEURON_HALVES)
    r = neuron_halves_similarity(recorded["responses"], N_NEURON_SPLITS, rng, comparator)
    add("neurons", "Spearman–Brown", r, *spearman_brown(r), "other")
    table = pd.DataFrame(rows, columns=COLUMNS)
    table["error"] = table["estimate"] - table["truth"]
    table["warning"] = table["halves_of"].map({"neurons": OPTIMISTIC})
    is_low = (table["halves_of"] == "trials") & (table["method"] == "Spearman–Brown")
    table.loc[is_low, "warning"] = "too low where the recording is noisy"
    is_meant = (table["halves_of"] == "trials") & (table["method"] != "none")
    if parts and not drives_all(*parts):
        table.loc[is_meant, "warning"] = UNEVEN
    table.loc[is_meant & (table["estimate"] >= 1), "warning"] = AT_LIMIT
    table.insert(0, "dataset", wildcards.dataset)
    table.insert(1, "comparator", comparator)
    write_table(table, output.ceilings)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
