"""Answer the study's questions in sentences, every number from the tables."""

from pathlib import Path

import pandas as pd

from normative import published
from normative.display_names import COMPARATOR_NAMES, REFERENCE_NAMES
from normative.inference.pairs import of_layer, pairs_of
from normative.reporting import sentences
from normative.reporting.pages import fill, rows
from normative.workflow.runner import run

ALPHA = 0.05  # a difference or similarity is significant where p is not above
FEW_STIMULI = 10  # below, an RDM's correlation says little
ROUNDING = 1e-12  # below, a standard error over seeds is one of equal networks
N_LAYERS_NAMED = 5  # layers that are named; the tables have them all
N_FAILED_NAMED = 10  # networks that are named; of more, their number is enough
# Those that are told first; the first that there is, in the summary, too.
FIRST_CONTROLS = ["any function of the difference", "all references"]


def main(input, output, wildcards, params):
    """Fill the template, a page of Markdown, with what `gather` found."""
    tables = {name: pd.read_csv(path) for name, path in input.items()}
    shown = {
        **gather(tables),
        "failed_shown": rows(
            tables["performance"].query("status == 'failed' and seed == @params.shown_seed")
        ),
        "alpha": ALPHA,
        "dataset": wildcards.dataset,
        "is_simulated": sentences.is_simulated(wildcards.dataset),
        "percent": sentences.percent(params.confidence),
        "comparator_names": COMPARATOR_NAMES,
        "reference_names": REFERENCE_NAMES,
        "write": sentences,
    }
    Path(output.answers).write_text(fill("answers.md.j2", shown), encoding="utf-8")


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
        "alike": find_alike(layers),
        "n_models": layers["model"].nunique(),
        "n_seeds": performance["seed"].nunique(),
        "n_with_ci": int(layers["ci_low"].notna().sum()),
        "n_not_zero": count_not_zero(layers),
        "n_above_zero": int((layers["ci_low"] > 0).sum()),
        "tutorial": compare_tutorial(layers, tables["pairwise"], tables["multiverse"]),
        "others": best and compare_with_others(best, layers, tables["pairwise"]),
        "measures": best and compare_measures(tables["multiverse"]),
        "of_images": best and similarity_of_images(best, tables["multiverse"]),
        "references": rows(references),
        "n_above": int((references["similarity"] > layers["similarity"].max()).sum()),
        "untrained": rows(layers[layers["model"].isin(untrained)])[:1],
        "effects": summarize_effects(tables["training_effect"]),
        "tasks": summarize_tasks(tables["tasks"]),
        "designs": list(tables["tasks"]["design"].unique()),
        "controls": summarize_controls(best, tables["partial"]),
        "shifts": shifts,
        "why_no_shifts": "" if has_shifts else next(iter(inference["p_shift_note"].dropna()), ""),
        "encoding": summarize_encoding(best, layers, tables["encoding"]),
        "fitted": summarize_fitted(tables["v1_fitted"]),
        "fitted_note": next(iter(tables["v1_fitted"]["note"].dropna()), ""),
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


def find_alike(layers):
    """Give the first row of each model all of whose networks are equally similar in all layers."""
    several = layers[layers["seeds"] > 1]
    of_models = [of_model for _, of_model in several.groupby("model", sort=False)]
    return [rows(found)[0] for found in of_models if (found["se_seeds"] < ROUNDING).all()]


def compare_tutorial(layers, pairwise, multiverse):
    """Compare both layers of the tutorial's network.

    Returns
    -------
    dict or None
        `pool` and `fc`, their rows; `pair`, the row of their difference; and of the `n_measures`
        that define both the `n_pool`, by which `pool` is the more similar one. None where the study
        has not both of them, or one or the difference is not defined.
    """
    of_model = layers[layers["model"] == published.MODEL].set_index("layer", drop=False)
    if not set(published.LAYERS) <= set(of_model.index):
        return None
    pool, fc = rows(of_model.loc[published.LAYERS])
    (pair,) = rows(of_layer(fc, pairs_of(pool, pairwise)))
    if pair.difference is None:
        return None
    of_model = multiverse[multiverse["model"] == published.MODEL]
    ranks = of_model.pivot(index=["dissimilarity", "comparator"], columns="layer", values="rank")
    ranks = ranks[published.LAYERS].dropna()
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


def similarity_of_images(best, multiverse):
    """Give the similarity without pairs of gratings that are one image; None if there are none."""
    table = of_layer(best, multiverse)
    is_meant = table["dissimilarity"] == "correlation of different images"
    found = table.loc[is_meant & (table["comparator"] == best.comparator), "similarity"]
    return next(iter(found.dropna()), None)


def summarize_effects(effects):
    """Count the layers that training changes, after Holm's correction.

    Returns
    -------
    dict
        All `rows`; `n` effects that are defined; of the `n_tests` that have a p-value, the `n_more`
        and `n_less` similar ones and the `n_untold`; `n_tests_seeds`, the tests by sign flips.
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
    }


def summarize_tasks(tasks):
    """Tell which task makes each layer most similar, and which other tasks are not told from it.

    Returns
    -------
    list of dict
        A design and layer each, those of the highest similarity first: rows of `tasks.csv`, `best`,
        the `others`, the most similar first, `untrained` (None without one), `told`, those of the
        others that differ significantly from the best, and `untold`. Empty without two tasks that
        are compared.
    """
    found = []
    for _, rows_of in tasks.groupby(["design", "layer"], sort=False):
        ranked = rows(rows_of.dropna(subset="rank").sort_values("rank", kind="stable"))
        if len(ranked) < 2:
            continue
        best, *others = ranked
        told = [row for row in others if row.p_holm is not None and row.p_holm <= ALPHA]
        untrained = rows(rows_of[rows_of["task"] == "untrained"].dropna(subset="similarity"))
        found.append(
            {
                "best": best,
                "others": others,
                "untrained": next(iter(untrained), None),
                "told": told,
                "untold": [row for row in others if row not in told],
                "n_tests": sum(row.p_holm is not None for row in others),
            }
        )
    return sorted(found, key=lambda group: -group["best"].similarity)


def summarize_controls(best, partial):
    """Summarize what each control leaves of all layers.

    Returns
    -------
    list of dict
        A control each, those of `FIRST_CONTROLS` first: `given`, whether it `is_in_summary`, the
        `n` layers, the `lowest` and the `highest` partial correlation, the `n_above_zero` and the
        `n_below_zero` of `n_with_ci` intervals, the row of the `only` layer if there is but one,
        `most_unique`, the greatest unique variance, and `best`, the row of the most similar layer.
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
                "is_in_summary": name in first[:1],
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


def summarize_encoding(best, layers, encoding):
    """Tell whether the layer of the most similar RDM also predicts best, and beyond baselines.

    Returns
    -------
    dict or None
        Rows of `encoding.csv`: R² of the `first` layer, which predicts best, of the `most_similar`
        one, of `orientation` alone, of the `mean`, and of what the trials allow, `ceiling` (None
        without parts of them); `beyond_mean` and `beyond_orientation` of the first layer, neuron by
        neuron; `at_random`, the R² of the first layer with folds at random; `gap_deg`; `n` layers
        with a prediction, of which `n_above_mean` by their interval and `n_above_both`, also above
        orientation; `tau`, Kendall's, of the orders of layers by similarity and by R², None where
        it is not defined; `n_neurons`, of which `n_reliable`. None where no layer predicts.
    """
    is_r2, is_mean = encoding["score"] == "r2", encoding["seed"].isna()
    blocks = encoding[is_mean & (encoding["folds"] == "blocks")].dropna(subset="median")
    r2 = blocks[blocks["score"] == "r2"].sort_values("median", ascending=False, kind="stable")
    by_layer = blocks.set_index(["model", "layer"], drop=False)
    beyond = {
        name: by_layer[by_layer["score"] == f"r2_beyond_{name}"] for name in ("mean", "orientation")
    }
    references = r2[r2["model"] == "reference"].set_index("layer", drop=False)
    r2 = r2[r2["model"] != "reference"]
    if best is None or not len(r2):
        return None
    first = rows(r2)[0]
    at_random = encoding[is_r2 & (encoding["folds"] == "random")]
    both = layers.merge(r2[["model", "layer", "median"]], on=["model", "layer"])
    tau = both["similarity"].corr(both["median"], method="kendall") if len(both) > 2 else None
    is_above = {name: (of["ci_low"] > 0).drop("reference", level=0) for name, of in beyond.items()}
    reliable = of_layer(first, encoding[encoding["score"] == "fev"])["neurons"]
    return {
        "first": first,
        "beyond_mean": rows(of_layer(first, beyond["mean"]))[0],
        "beyond_orientation": rows(of_layer(first, beyond["orientation"]))[0],
        "most_similar": next(iter(rows(of_layer(best, r2))), None),
        "orientation": rows(references.loc[["orientation"]])[0],
        "mean": rows(references.loc[["mean"]])[0],
        "ceiling": next(iter(rows(references[references["layer"] == "trials"])), None),
        "at_random": next(iter(rows(of_layer(first, at_random).dropna(subset="median"))), None),
        "gap_deg": first.gap_deg,
        "n": len(r2),
        "n_above_mean": int(is_above["mean"].sum()),
        "n_above_both": int((is_above["mean"] & is_above["orientation"]).sum()),
        "n_neurons": int(first.neurons),
        "n_reliable": int(reliable.max()),
        "tau": None if tau is None or pd.isna(tau) else tau,
    }


def summarize_fitted(table):
    """Tell what networks reach that were fitted to the recording.

    Returns
    -------
    dict or None
        Rows of `v1_fitted.csv`, means over seeds: the most similar `layer` of a fitted network, and
        the most similar predicted responses, `responses`; the most similar `normative` layer (None
        where all failed) and `reference`; the other part of the trials, `between`; `predicting`,
        the networks.
        None where nothing was fitted.
    """
    means = table[table["seed"].isna()].dropna(subset="similarity")
    means = means.sort_values(by="similarity", kind="stable", ascending=False)
    of_kind = {kind: rows(means[means["kind"] == kind]) for kind in table["kind"].unique()}
    fitted = of_kind["fitted to V1"]
    if not fitted:
        return None
    responses = [row for row in fitted if row.layer == "out"]
    return {
        "layer": next(row for row in fitted if row.layer != "out"),
        "responses": responses[0],
        "normative": next(iter(of_kind.get("normative", [])), None),
        "reference": next(iter(of_kind.get("reference", [])), None),
        "between": of_kind["recording"][0],
        "predicting": [row for row in responses if row.r2 is not None],
    }


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
