"""Tabulate the similarity of each layer and reference to the recording, with CIs and a test."""

import numpy as np
import pandas as pd

from normative.inference.averaging import mean_of_defined
from normative.inference.intervals import interval, resampled_factors
from normative.inference.permutation_tests import label_p, least_p, step_down_max
from normative.inference.smoothness import WIDE_DEG
from normative.inference.streams import Stream, generator
from normative.inference.uncertainty import (
    Sampling,
    describe_interval,
    share_first,
    sources_of_variance,
)
from normative.recordings.closed_circle import find_closed_circle
from normative.workflow.runner import run
from normative.workflow.tables import write_table

COLUMNS = ["dataset", "model", "layer", "comparator", "similarity", "ci_low", "ci_high", "ci_over"]
COLUMNS += ["ci_warning", "df", "se_neurons", "se_trials", "se_seeds"]
COLUMNS += ["stimuli_ci_low", "stimuli_ci_high", "stimuli_ci_over"]
COLUMNS += ["half_width_deg", "block_deg", "stimuli_ci_warning"]
COLUMNS += ["ceiling_low", "ceiling_high", "ceiling_from", "p_shift", "p_shift_least"]
COLUMNS += ["p_shift_max_t", "p_shift_note", "share_first", "share_first_stimuli", "units"]
COLUMNS += ["seeds", "failed", "undefined", "similarity_with_failed", "stimuli"]
COUNTS = ["units", "seeds", "failed", "undefined"]
MOST_UNDEFINED = 0.05  # share of draws or replicates, of more an interval is warned of


def main(input, output, params, wildcards):
    """Write one row a model and layer, and one a reference, each a family of tests of its own.

    The number of `stimuli`, and why there is no `p_shift` where there is none, are those of all.
    """
    sampling = Sampling.of(input.responses, input.means, params.resample, params.confidence)
    with np.load(input.responses) as file:
        *_, note = find_closed_circle(file)
    with np.load(input.means) as file:
        means = dict(file)
    layers = pd.read_csv(input.layers)
    for name, over_stimuli in (("share_first", False), ("share_first_stimuli", True)):
        if not over_stimuli or "stimuli" in params.resample:
            rng = generator(params.seed, Stream.FIRST)
            layers[name] = share_first(means, sampling, over_stimuli, rng)
    layers["similarity_with_failed"] = mean_of_defined(means["all_seeds"])
    with np.load(input.references) as file:
        references = pd.DataFrame({"model": "reference", "layer": file["names"], "seeds": 0})
    for name in ("half_width_deg", "block_deg"):
        references[name] = means[f"reference_{name}"]
    table = pd.concat(
        [describe(layers, means, "", sampling), describe(references, means, "reference_", sampling)]
    )
    table = table.assign(
        dataset=wildcards.dataset,
        comparator=params.comparator,
        stimuli=sampling.coverage.n_stimuli,
        p_shift_note=note,
        **ceiling(pd.read_csv(input.ceilings)),
    )
    table = table.astype(dict.fromkeys(COUNTS, "Int64"))  # references have none
    write_table(table.reindex(columns=COLUMNS), output.inference)


def describe(table, means, prefix, sampling):
    """Add similarities, their intervals and tests to a table of layers or references."""
    similarity, replicates = means[f"{prefix}similarity"], means[f"{prefix}replicates"]
    shifts = means[f"{prefix}shifts"]
    rows = []
    for index, row in enumerate(table.itertuples()):
        by_seed = means["similarity_by_seed"][:, index] if row.seeds else np.array([])
        sources = sources_of_variance(similarity[:, index], by_seed, sampling)
        n_seeds = np.isfinite(by_seed).sum()
        found = describe_interval(
            similarity[0, index], sources, sampling.confidence, n_seeds=n_seeds
        )
        undefined = np.isnan(similarity[:, index]).mean()
        if undefined > MOST_UNDEFINED and not np.isnan(similarity[0, index]):
            warnings = [found.get("ci_warning"), f"{undefined:.0%} of the draws are not defined"]
            found["ci_warning"] = "; ".join(filter(None, warnings))
        found |= {f"se_{name}": np.sqrt(variance) for name, (variance, _) in sources.items()}
        rows.append(found | describe_over_stimuli(row, replicates[:, index], by_seed, sampling))
    return pd.concat([table, pd.DataFrame(rows)], axis=1).assign(
        similarity=similarity[0],
        p_shift=label_p(shifts),
        p_shift_least=least_p(shifts),
        p_shift_max_t=step_down_max(shifts),
    )


def describe_over_stimuli(row, replicates, by_seed, sampling):
    """Give the interval over stimuli, what it is over, and what is to be known of it."""
    if "stimuli" not in sampling.resample:
        return {"stimuli_ci_over": "nothing"}
    # Trials are not drawn with the stimuli.
    resample = [name for name in sampling.resample if name != "trials"]
    n_blocks = sampling.coverage.n_blocks(row.block_deg)
    low, high = interval(replicates, by_seed, resample, n_blocks, sampling.confidence)
    factors = resampled_factors(resample, row.seeds)
    warnings = []
    if row.block_deg > WIDE_DEG:
        warnings.append(f"rather narrow: in blocks of more than {WIDE_DEG}°")
    undefined = np.isnan(replicates).mean()
    if undefined > MOST_UNDEFINED:
        warnings.append(f"{undefined:.0%} of the replicates are not defined")
    return {
        "stimuli_ci_low": low,
        "stimuli_ci_high": high,
        "stimuli_ci_over": "+".join(factors) or "nothing",
        "stimuli_ci_warning": "; ".join(warnings),
    }


def ceiling(table):
    """Give the band from another recording's similarity to a noiseless model's, by the best halves.

    Halves of neurons share the noise of their trials, those of trials do not.
    """
    of = "trials" if "trials" in set(table["halves_of"]) else "neurons"
    rows = table[table["halves_of"] == of].set_index("estimand")
    warnings = rows["warning"].dropna()
    rows = rows["estimate"]
    which = "the same neurons" if of == "trials" else "other neurons"
    return {
        "ceiling_low": rows[f"similarity with another recording of {which}"],
        "ceiling_high": rows["similarity of a noiseless model"],
        "ceiling_from": f"halves of {of}"
        + (f" ({warnings.iloc[0].split(':')[0]})" if len(warnings) else ""),
    }


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
