"""Answer the study's questions in sentences, every number from the tables."""

from pathlib import Path

import jinja2
import pandas as pd

from normative.display_names import COMPARATOR_NAMES, REFERENCE_NAMES
from normative.reporting import sentences
from normative.workflow.runner import run

TEMPLATES = Path(__file__).parents[1] / "rules" / "report"
ALPHA = 0.05  # a difference or similarity is significant where p is not above
FEW_STIMULI = 10  # below, an RDM's correlation says little
N_LAYERS_NAMED = 5  # layers that are named; the tables have them all
N_FAILED_NAMED = 10  # networks that are named; of more, their number is enough
TUTORIAL_MODEL, TUTORIAL_LAYERS = "cnn", ["pool", "fc"]
FIRST_CONTROLS = ["any function of the difference", "all references"]  # those of the summary


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
        gather(tables),
        alpha=ALPHA,
        dataset=wildcards.dataset,
        is_simulated=sentences.is_simulated(wildcards.dataset),
        percent=sentences.percent(params.confidence),
        comparator_names=COMPARATOR_NAMES,
        reference_names=REFERENCE_NAMES,
        write=sentences,
    )
    Path(output.answers).write_text(page, encoding="utf-8")


def gather(tables):
    """Take from the tables what the template says.

    Parameters
    ----------
    tables : dict of pandas.DataFrame
        By the names of the rule's inputs.

    Returns
    -------
    dict
        Rows of tables are named tuples, None where a cell is empty. What is of the most similar
        layer, `best`, is missing (None, or no rows) where no similarity is defined.
    """
    inference = tables["inference"].sort_values("similarity", ascending=False, kind="stable")
    is_reference = inference["model"] == "reference"
    layers = inference[~is_reference].dropna(subset="similarity")
    references = inference[is_reference].dropna(subset="similarity")
    performance = tables["performance"]
    untrained = performance.loc[performance["status"] == "untrained", "model"]
    failed = performance[performance["status"] == "failed"]
    best = next(iter(rows(layers)), None)
    shifts = summarize_shifts(layers)
    has_shifts = shifts["n"] > 0
    over = commonest_parts(layers["ci_over"])
    stimuli_over = commonest_parts(layers["stimuli_ci_over"])
    return {
        "any_row": rows(inference)[0],  # for what all rows share
        "best": best,
        "layers": rows(layers),
        "undefined": rows(inference[~is_reference & (inference["undefined"] > 0)]),
        "with_failed": rows(inference[~is_reference & (inference["failed"] > 0)]),
        "n_models": performance["model"].nunique(),
        "n_seeds": performance["seed"].nunique(),
        "n_with_ci": int(layers["ci_low"].notna().sum()),
        "n_not_zero": count_not_zero(layers),
        "n_above_zero": int((layers["ci_low"] > 0).sum()),
        "tutorial": compare_tutorial(layers, tables["pairwise"], tables["multiverse"]),
        "others": best and compare_with_others(best, layers, tables["pairwise"]),
        "measures": best and compare_measures(tables["multiverse"]),
        "references": rows(references),
        "n_above": int((references["similarity"] > layers["similarity"].max()).sum()),
        "untrained": rows(layers[layers["model"].isin(untrained)])[:1],
        "effects": summarize_effects(tables["training_effect"]),
        "controls": summarize_controls(best, tables["partial"]),
        "shifts": shifts,
        "why_no_shifts": "" if has_shifts else next(iter(inference["p_shift_note"].dropna()), ""),
        "ceilings": rows(tables["ceilings"].dropna(subset="estimate")),
        "over": over,
        "stimuli_over": stimuli_over,
        "missing": missing_parts(over, layers["seeds"], tables["ceilings"]["halves_of"]),
        "has_stimuli_ci": bool(layers["stimuli_ci_low"].notna().any()),
        "lacks_stimuli_ci": lacks_stimuli_ci(tables["pairwise"], stimuli_over),
        "warnings": layers["stimuli_ci_warning"].dropna().value_counts(sort=False).to_dict(),
        "ci_warnings": layers["ci_warning"].dropna().value_counts(sort=False).to_dict(),
        "has_few_stimuli": inference["stimuli"].iloc[0] < FEW_STIMULI,
        "n_networks": len(performance),
        "n_failed": len(failed),
        "failed": rows(failed[:N_FAILED_NAMED]),
        "n_named": N_LAYERS_NAMED,
    }


def rows(table):
    """Give the rows of a table as named tuples, None where a cell is empty."""
    return list(table.astype(object).where(table.notna(), None).itertuples(index=False))


def count_significant(p):
    """Count p-values, shape (tests,), that are not above `ALPHA`."""
    return int((p <= ALPHA).sum())


def count_not_zero(table):
    """Count the intervals, from `ci_low` to `ci_high`, that exclude zero."""
    return int((table["ci_low"] * table["ci_high"] > 0).sum())


def lacks_stimuli_ci(pairwise, stimuli_over):
    """Tell whether a difference has no test over other representations, though others could."""
    is_lacking = pairwise["p"].notna() & pairwise["stimuli_p"].isna()
    return stimuli_over != "nothing" and bool(is_lacking.any())


def of_layer(row, table, suffix=""):
    """Select the rows of a table that are about the model and layer of a row."""
    is_model = table[f"model{suffix}"] == row.model
    return table[is_model & (table[f"layer{suffix}"] == row.layer)]


def pairs_of(row, pairwise):
    """Select the pairs of a layer with another, and turn them to be about this layer minus that.

    Returns
    -------
    pandas.DataFrame
        The other layer is `model` and `layer`.
    """
    first = of_layer(row, pairwise, "_a").rename(columns={"model_b": "model", "layer_b": "layer"})
    second = of_layer(row, pairwise, "_b").rename(columns={"model_a": "model", "layer_a": "layer"})
    second = second.assign(difference=-second["difference"])
    for ci in ("ci", "stimuli_ci"):
        low, high = -second[f"{ci}_high"], -second[f"{ci}_low"]
        second = second.assign(**{f"{ci}_low": low, f"{ci}_high": high})
    return pd.concat([first, second])


def compare_tutorial(layers, pairwise, multiverse):
    """Compare both layers of the tutorial's network.

    Returns
    -------
    dict or None
        `pool` and `fc`, their rows; `pair`, the row of their difference; and of the `n_measures`
        that define both the `n_pool`, by which `pool` is the more similar one. None where the study
        has not both of them, or one or the difference is not defined.
    """
    of_model = layers[layers["model"] == TUTORIAL_MODEL].set_index("layer", drop=False)
    if not set(TUTORIAL_LAYERS) <= set(of_model.index):
        return None
    pool, fc = rows(of_model.loc[TUTORIAL_LAYERS])
    (pair,) = rows(of_layer(fc, pairs_of(pool, pairwise)))
    if pair.difference is None:
        return None
    of_model = multiverse[multiverse["model"] == TUTORIAL_MODEL]
    ranks = of_model.pivot(index=["dissimilarity", "comparator"], columns="layer", values="rank")
    ranks = ranks[TUTORIAL_LAYERS].dropna()
    n_pool = int((ranks["pool"] < ranks["fc"]).sum())
    return {"pool": pool, "fc": fc, "pair": pair, "n_measures": len(ranks), "n_pool": n_pool}


def compare_with_others(best, layers, pairwise):
    """Count the layers that the most similar one is compared with, and list those not told from it.

    Returns
    -------
    dict
        `n` other layers; `n_tests`, the comparisons with a p-value, of which `n_significant` after
        Holm's correction over them; both `…_stimuli`, with other representations; `tied`, the rows
        of the layers that do not differ significantly, the most similar first; `is_told`, whether
        the most similar one is the only such row, of more than one layer.
    """
    pairs = pairs_of(best, pairwise).merge(layers[["model", "layer"]])
    different = pairs.loc[pairs["p_holm"] <= ALPHA, ["model", "layer"]]
    names = pd.MultiIndex.from_frame(layers[["model", "layer"]])
    tied = layers[~names.isin(pd.MultiIndex.from_frame(different))]
    return {
        "n": len(layers) - 1,
        "n_tests": int(pairs["p_holm"].notna().sum()),
        "n_significant": len(different),
        "n_tests_stimuli": int(pairs["stimuli_p_holm"].notna().sum()),
        "n_significant_stimuli": count_significant(pairs["stimuli_p_holm"]),
        "tied": rows(tied),
        "is_told": len(tied) == 1 < len(layers),
    }


def commonest_parts(over):
    """Tell what most intervals are over, "nothing" only where all are over nothing."""
    return next(iter(over[over != "nothing"].mode()), "nothing")


def missing_parts(over, seeds, halves_of):
    """Say why intervals are not over other neurons, trials or seeds.

    Parameters
    ----------
    over : str
        What intervals are over.
    seeds : pandas.Series
        Numbers of seeds.
    halves_of : pandas.Series
        What of the recording was halved.

    Returns
    -------
    dict of str
        The reason by the part that is missing.
    """
    reasons = dict.fromkeys(("neurons", "trials", "seeds"), "they were not resampled")
    if not (halves_of == "trials").any():
        reasons["trials"] = "the recording has no halves of trials"
    if seeds.max() == 1:
        reasons["seeds"] = "there is only one"
    return {part: reason for part, reason in reasons.items() if part not in over.split("+")}


def compare_measures(multiverse):
    """Tell which layers are first by which measures.

    Measures that order all layers in the same way are counted once.

    Returns
    -------
    dict
        `n` measures give `n_orders` different orders; `firsts` lists layers with `n_first`, the
        orders in which they are first; the `least_agreement`, Kendall's τ, of an order with the
        tutorial's, None where there is none.
    """
    measures = ["dissimilarity", "comparator"]
    ranks = multiverse.pivot(index=measures, columns=["model", "layer"], values="rank")
    orders = ranks.drop_duplicates()
    firsts = (orders == 1).sum().rename("n_first").reset_index()
    firsts = firsts[firsts["n_first"] > 0].sort_values("n_first", ascending=False, kind="stable")
    agreement = multiverse["agreement"].min()
    return {
        "n": len(ranks),
        "n_orders": len(orders),
        "firsts": rows(firsts),
        "least_agreement": None if pd.isna(agreement) else agreement,
    }


def summarize_effects(effects):
    """Count the layers that training changes, after Holm's correction.

    Returns
    -------
    dict
        All `rows`; `n` effects that are defined; of the `n_tests` that have a p-value, the `n_more`
        and `n_less` similar ones and the `n_untold`; `n_tests_seeds`, the tests by sign flips;
        `tutorial`, the rows of the tutorial's network.
    """
    is_changed = effects["p_holm"] <= ALPHA
    defined = effects.dropna(subset="effect")
    return {
        "rows": rows(effects),
        "n": len(defined),
        "n_tests": int(defined["p_holm"].notna().sum()),
        "n_more": int((is_changed & (effects["effect"] > 0)).sum()),
        "n_less": int((is_changed & (effects["effect"] < 0)).sum()),
        "n_untold": int((defined["p_holm"] > ALPHA).sum()),
        "n_tests_seeds": int(defined["p_seeds"].notna().sum()),
        "tutorial": rows(defined[defined["model"] == TUTORIAL_MODEL]),
    }


def summarize_controls(best, partial):
    """Summarize what each control leaves of all layers.

    Returns
    -------
    list of dict
        A control each, those of the summary first: `given`, the `n` layers, the `lowest` and the
        `highest` partial correlation, the `n_above_zero` and the `n_below_zero` of `n_with_ci`
        intervals, the row of the `only` layer if there is but one, `most_unique`, the greatest
        unique variance, and `best`, the row of the most similar layer.
    """
    defined = partial.dropna(subset="partial")
    others = [name for name in defined["given"].unique() if name not in FIRST_CONTROLS]
    first = [name for name in FIRST_CONTROLS if name in set(defined["given"])]
    controls = []
    for name in first + others:
        table = defined[defined["given"] == name]
        most_unique = table["unique_variance"].max()
        controls.append(
            {
                "given": name,
                "is_in_summary": name in first,
                "n": len(table),
                "lowest": table["partial"].min(),
                "highest": table["partial"].max(),
                "n_with_ci": int(table["ci_low"].notna().sum()),
                "n_above_zero": int((table["ci_low"] > 0).sum()),
                "n_below_zero": int((table["ci_high"] < 0).sum()),
                "only": rows(table)[0] if len(table) == 1 else None,
                "most_unique": None if pd.isna(most_unique) else most_unique,
                "best": next(iter(rows(of_layer(best, table))), None) if best else None,
            }
        )
    return controls


def summarize_shifts(layers):
    """Count the layers of which the alignment with the recording is significant (max-t).

    Returns
    -------
    dict
        `n` layers with a test, of which `n_able` can reach `ALPHA`; the rows of the `significant`
        ones; `least`, the smallest value that a p-value can have, None where there is no test.
    """
    tested = layers.dropna(subset="p_shift_max_t")
    able = tested[tested["p_shift_least"] <= ALPHA]
    return {
        "n": len(tested),
        "n_able": len(able),
        "significant": rows(able[able["p_shift_max_t"] <= ALPHA]),
        "least": tested["p_shift_least"].min() if len(tested) else None,
    }


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
