"""Estimate how similar to the recording's RDM a model's could be."""

import numpy as np
import pandas as pd

from normative.inference.streams import Stream, generator
from normative.recordings.responses import FORMS
from normative.rsa.ceilings import ESTIMANDS, neuron_halves_similarity, rdm_similarity
from normative.workflow.runner import run
from normative.workflow.tables import write_table

N_NEURON_SPLITS = 20
WARNINGS = {  # of the calibration
    "trials": "too low where the recording is noisy",
    "neurons": "too high: halves share the noise of their trials",
}


def main(input, output, params, wildcards):
    """Write one row a way to halve the data and estimand, with the truth of a simulation."""
    with np.load(input.responses) as file:
        recorded = {name: file[name] for name in file if name in FORMS.values()}
    comparator = params.comparator
    halves = {}
    if "half_1" in recorded:
        halves["trials"] = rdm_similarity(recorded["half_1"], recorded["half_2"], comparator)
    rng = generator(params.seed, Stream.NEURON_HALVES)
    halves["neurons"] = neuron_halves_similarity(
        recorded["responses"], N_NEURON_SPLITS, rng, comparator
    )
    truth = {}
    if "noiseless" in recorded:
        known = {
            form: rdm_similarity(recorded[form], recorded["noiseless"], comparator)
            for form in recorded
        }
        truth["with another recording"] = known["responses"] ** 2
        truth["of a noiseless model"] = known["responses"]
        if "half_1" in recorded:
            truth["between halves of trials"] = known["half_1"] * known["half_2"]
    rows = []
    for of, similarity in halves.items():
        for estimand, follows in ESTIMANDS.items():
            if estimand == "between halves":
                estimand = f"between halves of {of}"
            estimate, true = follows(similarity), truth.get(estimand, np.nan)
            rows.append((of, f"similarity {estimand}", estimate, true, estimate - true))
    table = pd.DataFrame(rows, columns=["halves_of", "estimand", "estimate", "truth", "error"])
    table["warning"] = table["halves_of"].map(WARNINGS)
    table.insert(0, "dataset", wildcards.dataset)
    table.insert(1, "comparator", comparator)
    write_table(table, output.ceilings)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
