"""Answer the study's questions in sentences, every number from the tables."""

from pathlib import Path

import jinja2
import numpy as np
import pandas as pd

from normative.display_names import COMPARATOR_NAMES, REFERENCE_NAMES
from normative.published import MODEL
from normative.reporting import sentences
from normative.workflow.runner import run

TEMPLATES = Path(__file__).parents[1] / "rules" / "report"
ALPHA = 0.05  # layers can be told apart where a corrected p-value is not above
FEW_STIMULI = 10  # below, an RDM's correlation says little
N_NAMED = 10  # networks that failed, or layers, that are named; of more, their number is enough
ANY_FUNCTION, ALL_REFERENCES = "any function of the difference", "all references"


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
    inference = tables["inference"].sort_values("similarity", ascending=False, kind="stable")
    is_reference = inference["model"] == "reference"
    layers = inference[~is_reference].dropna(subset="similarity")
    best = next(layers.itertuples(), None)
    performance = tables["performance"]
    failed = performance[performance["status"] == "failed"]
    over = max(layers["ci_over"], key=len, default="nothing")
    is_changed = (layers["similarity_with_failed"] - layers["similarity"]).abs() >= 0.0005
    return {
        "best": best,
        "others": best and compare_with_others(best, tables["pairwise"]),
        "tutorial": compare_tutorial(tables["pairwise"]),
        "layers": list(layers.itertuples()),
        "n_layers": len(layers),
        "alignment": describe_alignment(layers, inference["p_shift_note"]),
        "measures": best and compare_measures(best, tables["multiverse"]),
        "references": compare_with_references(best, inference[is_reference]),
        "effects": list(tables["training_effect"].itertuples()),
        "n_effects": count_effects(tables["training_effect"]),
        "partials": {row.given: row for row in of_layer(best, tables["partial"]).itertuples()}
        if best
        else {},
        "ceilings": list(tables["ceilings"].itertuples()),
        "ceiling": next(inference.itertuples()),
        "n_stimuli": inference["stimuli"].iloc[0],
        "has_few_stimuli": inference["stimuli"].iloc[0] < FEW_STIMULI,
        "n_networks": len(performance),
        "n_failed": len(failed),
        "failed": list(failed[:N_NAMED].itertuples()),
        "with_failed": list(layers[is_changed][:N_NAMED].itertuples()),
        "drawn": [] if over == "nothing" else over.split("+"),
        "not_drawn": [name for name in ("neurons", "trials", "seeds") if name not in over],
        "over_stimuli": "stimuli" in params.resample,
        "warnings": sorted(layers["stimuli_ci_warning"].dropna().unique()),
        "n_warned": int(layers["stimuli_ci_warning"].notna().sum()),
        "n_seeds": params.n_seeds,
    }


def count_significant(p):
    """Count p-values, shape (tests,), that are not above `ALPHA`."""
    return int((p <= ALPHA).sum())


def of_layer(row, table, suffix=""):
    """Select the rows of a table that are about the model and layer of a row."""
    is_model = table[f"model{suffix}"] == row.model
    return table[is_model & (table[f"layer{suffix}"] == row.layer)]


def compare_with_others(best, pairwise):
    """Tell which layers the most similar one can be told from.

    Returns
    -------
    dict
        `n` other layers with a difference that is tested, `apart` of which the most similar one is
        told for these gratings, `n_over_stimuli` over other representations too, `n_stimuli_tests`
        of how many; `alike`, the names of the others (itself not among them).
    """
    pairs = pd.concat([of_layer(best, pairwise, suffix) for suffix in ("_a", "_b")]).sort_index()
    is_apart = pairs["p_best_holm"] <= ALPHA
    others = []
    for row in pairs[~is_apart].itertuples():
        is_first = (row.model_a, row.layer_a) == (best.model, best.layer)
        model, layer = (row.model_b, row.layer_b) if is_first else (row.model_a, row.layer_a)
        others.append(f"`{layer}` of `{model}`")
    return {
        "n": len(pairs),
        "n_tests": int(pairs["p_best_holm"].notna().sum()),
        "apart": int(is_apart.sum()),
        "alike": others if len(others) <= N_NAMED else [],
        "n_alike": len(others),
        "n_stimuli_tests": int(pairs["stimuli_p_best_holm"].notna().sum()),
        "n_over_stimuli": count_significant(pairs["stimuli_p_best_holm"]),
    }


def compare_tutorial(pairwise):
    """Give the pair of the tutorial's question, `pool` less `fc` of its network, if it is there."""
    is_model = (pairwise["model_a"] == MODEL) & (pairwise["model_b"] == MODEL)
    pairs = pairwise[is_model & (pairwise["layer_a"] == "pool") & (pairwise["layer_b"] == "fc")]
    return next(pairs.dropna(subset="difference").itertuples(), None)


def count_effects(effects):
    """Count effects of training that are tested, and those that are told from zero."""
    tested = effects.dropna(subset="p_holm")
    is_told = tested["p_holm"] <= ALPHA
    return {
        "n": len(tested),
        "n_more": int((is_told & (tested["effect"] > 0)).sum()),
        "n_less": int((is_told & (tested["effect"] < 0)).sum()),
    }


def describe_alignment(layers, notes):
    """Tell of how many layers the alignment with the recording is more than chance.

    Returns
    -------
    dict
        `why_not`, why there is no test; `n` tests, of which `n_found` are significant after the
        correction; `least`, the smallest p-value; `can_tell`, whether that is small enough.
    """
    least = layers["p_shift_least"].min()
    return {
        "why_not": next(iter(notes.dropna()), ""),
        "n": int(layers["p_shift"].notna().sum()),
        "n_found": count_significant(layers["p_shift_max_t"]),
        "least": least,
        "can_tell": bool(least <= ALPHA),
    }


def compare_measures(best, multiverse):
    """Tell which layers other measures put first, of measures that do not order all layers alike.

    Returns
    -------
    dict
        `n` measures, `n_orders` different orders among them; `first`, a list of (layer, how many
        of these orders put it first), the most frequent one first; `n_first`, in how many it is the
        most similar layer; its `worst_rank`; the `least_agreement`, Kendall's τ with the tutorial's
        order.
    """
    ranks = multiverse.pivot(
        index=["model", "layer"], columns=["dissimilarity", "comparator"], values="rank"
    )
    orders = ranks.T.drop_duplicates().T
    first = {}
    for name in orders:
        for model, layer in orders.index[orders[name] == 1]:
            label = f"`{layer}` of `{model}`"
            first[label] = first.get(label, 0) + 1
    name = f"`{best.layer}` of `{best.model}`"
    return {
        "n": ranks.shape[1],
        "n_orders": orders.shape[1],
        "rivals": sorted(
            ((label, n) for label, n in first.items() if label != name), key=lambda item: -item[1]
        ),
        "n_first": first.get(name, 0),
        "worst_rank": of_layer(best, multiverse)["rank"].max(),
        "least_agreement": np.nanmin([*multiverse["agreement"], np.inf]),
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
    references = references.dropna(subset="similarity")
    if best is None or references.empty:
        return None
    return {
        "n": len(references),
        "n_above": int((references["similarity"] > best.similarity).sum()),
        "best": next(references.itertuples()),
    }


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
