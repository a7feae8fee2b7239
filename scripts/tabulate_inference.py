"""Tabulate the similarity of each layer and reference to the recording, with CIs and tests."""

import numpy as np
import pandas as pd

from normative.inference.corrections import benjamini_hochberg, holm
from normative.inference.intervals import interval, resampled_factors
from normative.inference.permutation_tests import label_p
from normative.stimuli.coverage import Coverage
from normative.workflow.runner import run
from normative.workflow.tables import write_table


def main(input, output, params, wildcards):
    """Write one row a model and layer, and one a reference, each a family of tests of its own.

    The number of `stimuli`, and why there is no `p_shift` where there is none, are those of all.
    """
    with np.load(input.responses) as file:
        coverage = Coverage.of(file["orientation"])
    layers = pd.read_csv(input.layers)
    with np.load(input.means) as file:
        means = dict(file)
    with np.load(input.references) as file:
        references = pd.DataFrame({"model": "reference", "layer": file["names"], "seeds": 0})
    table = pd.concat(
        [
            describe(layers, means, "", params.inference),
            describe(references, means, "reference_", params.inference),
        ]
    )
    band = ceiling(pd.read_csv(input.ceilings))
    table = table.assign(
        dataset=wildcards.dataset, comparator=params.inference["comparator"], **band
    )
    first = ["dataset", "model", "layer", "comparator", "estimate", "ci_low", "ci_high"]
    first += [*band, "p_shift", "p_holm", "p_bh"]
    table = table.assign(stimuli=coverage.n_stimuli, p_shift_note=coverage.why_no_shifts())
    write_table(table[first + [name for name in table if name not in first]], output.inference)


def describe(table, means, prefix, inference):
    """Add estimates, intervals and tests to a table of layers or references."""
    similarity = means[f"{prefix}similarity"]
    rows = []
    for index, seeds in enumerate(table["seeds"]):
        by_seed = means["similarity_by_seed"][:, index] if seeds else np.array([])
        low, high = interval(similarity[1:, index], by_seed, inference)
        factors = resampled_factors(inference["resample"], seeds)
        rows.append({"ci_low": low, "ci_high": high, "ci_over": "+".join(factors) or "nothing"})
    p = label_p(means[f"{prefix}shifts"])
    return pd.concat([table, pd.DataFrame(rows)], axis=1).assign(
        estimate=similarity[0],
        p_shift=p,
        p_holm=holm(p),
        p_bh=benjamini_hochberg(p),
        p_mantel_too_liberal=label_p(means[f"{prefix}permutations"]),
    )


def ceiling(table):
    """Give the band from another recording's similarity to a noiseless model's, by the best halves.

    Halves of neurons share the noise of their trials, those of trials do not.
    """
    of = "trials" if "trials" in set(table["halves_of"]) else "neurons"
    estimates = table[table["halves_of"] == of].set_index("estimand")["estimate"]
    return {
        "ceiling_low": estimates["similarity with another recording"],
        "ceiling_high": estimates["similarity of a noiseless model"],
        "ceiling_from": f"halves of {of} ({'rather low' if of == 'trials' else 'too high'})",
    }


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
