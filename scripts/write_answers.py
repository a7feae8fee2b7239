"""Answer the study's questions in sentences, every number from the tables."""

from pathlib import Path

import jinja2
import pandas as pd

from normative.display_names import COMPARATOR_NAMES, REFERENCE_NAMES
from normative.inference.intervals import resampled_factors
from normative.reporting import sentences
from normative.workflow.runner import run

TEMPLATES = Path(__file__).parents[1] / "rules" / "report"
ALPHA = 0.05  # a difference or similarity is significant where p is not above
FEW_STIMULI = 10  # below, an RDM's correlation says little
N_FAILED_NAMED = 10  # networks that are named; of more, their number is enough


def main(input, output, wildcards, params):
    """Fill the template, a page of Markdown, with what `gather` found."""
    tables = {name: pd.read_csv(path) for name, path in input.items()}
    environment = jinja2.Environment(
        autoescape=False,  # Markdown
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        loader=jinja2.FileSystemLoader(TEMPLATES),
    )
    page = environment.get_template("answers.md.j2").render(
        gather(tables, params),
        dataset=wildcards.dataset,
        is_simulated=sentences.is_simulated(wildcards.dataset),
        percent=sentences.percent(params.confidence),
        comparator_names=COMPARATOR_NAMES,
        reference_names=REFERENCE_NAMES,
        write=sentences,
    )
    Path(output.answers).write_text(page, encoding="utf-8")


def gather(tables, params):
    """Take from the tables what the template says.

    Parameters
    ----------
    tables : dict of pandas.DataFrame
        By the names of the rule's inputs.
    params : object
        `resample` and `n_seeds` of the rule.

    Returns
    -------
    dict
        What is of the most similar layer is missing (None, or no rows) where no similarity is
        defined.
    """
    inference = tables["inference"].sort_values("estimate", ascending=False, kind="stable")
    is_reference = inference["model"] == "reference"
    layers = inference[~is_reference].dropna(subset="estimate")
    best = next(layers.itertuples(), None)
    performance = tables["performance"]
    failed = performance[performance["status"] == "failed"]
    return {
        "best": best,
        "n_layers": len(layers),
        "n_related": count_significant(layers["p_holm"]),
        "are_all_near_zero": bool((layers["ci_low"] * layers["ci_high"] <= 0).all()),
        "least_p": least_p(layers["p_shift"], inference["stimuli"].iloc[0]),
        "others": best and compare_with_others(best, tables["pairwise"]),
        "measures": best and compare_measures(best, tables["multiverse"]),
        "references": compare_with_references(best, inference[is_reference]),
        "effects": list(tables["training_effect"].itertuples()),
        "partials": list(of_layer(best, tables["partial"]).itertuples()) if best else [],
        "ceilings": list(tables["ceilings"].itertuples()),
        "ceiling_from": inference["ceiling_from"].iloc[0],
        "n_stimuli": inference["stimuli"].iloc[0],
        "has_few_stimuli": inference["stimuli"].iloc[0] < FEW_STIMULI,
        "why_no_shifts": next(iter(inference["p_shift_note"].dropna()), ""),
        "n_networks": len(performance),
        "n_failed": len(failed),
        "failed": list(failed[:N_FAILED_NAMED].itertuples()),
        "resampled": resampled_factors(params.resample, params.n_seeds),
        "n_seeds": params.n_seeds,
    }


def count_significant(p):
    """Count p-values, shape (tests,), that are not above `ALPHA`."""
    return int((p <= ALPHA).sum())


def least_p(p, n_stimuli):
    """Give the smallest p-value that a test of shifts and reflections can have.

    Parameters
    ----------
    p : array, shape (layers,)
        Of the tests, NaN where there is none.
    n_stimuli : int

    Returns
    -------
    dict
        As it is, and after Holm's correction; `is_enough` for a layer to be significant.
    """
    least = 1 / (2 * n_stimuli)  # the real order among all shifts and reflections
    corrected = min(1.0, least * p.notna().sum())
    return {"least": least, "corrected": corrected, "is_enough": corrected <= ALPHA}


def of_layer(row, table, suffix=""):
    """Select the rows of a table that are about the model and layer of a row."""
    is_model = table[f"model{suffix}"] == row.model
    return table[is_model & (table[f"layer{suffix}"] == row.layer)]


def compare_with_others(best, pairwise):
    """Count the layers that the most similar one is compared with, and differs from.

    Returns
    -------
    dict
        `n` layers, of which `n_holm` differ significantly after Holm's correction over `n_pairs`
        pairs, and `n_uncorrected` without one.
    """
    pairs = pd.concat([of_layer(best, pairwise, suffix) for suffix in ("_a", "_b")])
    pairs = pairs.dropna(subset="p_conservative")
    return {
        "n": len(pairs),
        "n_pairs": len(pairwise),
        "n_holm": count_significant(pairs["p_holm"]),
        "n_uncorrected": count_significant(pairs["p_conservative"]),
    }


def compare_measures(best, multiverse):
    """Tell how the most similar layer ranks by other measures, and how far these agree.

    Returns
    -------
    dict
        `n` measures, of which `n_first` rank the layer first; its `worst_rank`; the
        `least_agreement`, Kendall's τ, of the order of all layers with the tutorial's.
    """
    ranks = of_layer(best, multiverse)["rank"]
    agreement = multiverse.drop_duplicates(["dissimilarity", "comparator"])["agreement"]
    return {
        "n": len(agreement),
        "n_first": int((ranks == 1).sum()),
        "worst_rank": ranks.max(),
        "least_agreement": agreement.min(),
    }


def compare_with_references(best, references):
    """Count the references that are more similar than the most similar layer.

    Parameters
    ----------
    best : namedtuple, optional
    references : pandas.DataFrame
        The most similar one first.

    Returns
    -------
    dict or None
        `n` references, of which `n_above` are more similar; the row of the `best`.
    """
    references = references.dropna(subset="estimate")
    if best is None or references.empty:
        return None
    return {
        "n": len(references),
        "n_above": int((references["estimate"] > best.estimate).sum()),
        "best": next(references.itertuples()),
    }


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
