"""Answer a group's questions in sentences, every number from the tables; list its animals."""

from pathlib import Path

import pandas as pd

from normative.display_names import COMPARATOR_NAMES, REFERENCE_NAMES
from normative.reporting import sentences
from normative.reporting.pages import fill, rows
from normative.workflow.runner import run

ALPHA = 0.05  # a difference is significant where p is not above
N_FAILED_NAMED = 10
FEW_ANIMALS = 6  # fewer cannot reach `ALPHA` by flips of signs


def main(input, output, wildcards, params):
    """Fill two templates, pages of Markdown."""
    # A reason such as "n/a" is no missing number, which our tables call `nan`.
    tables = {
        name: pd.read_csv(path, keep_default_na=False, na_values="nan")
        for name, path in input.items()
    }
    animal, animals = sentences.species(params.animals)
    shown = {
        **gather(tables),
        "alpha": ALPHA,
        "few_animals": FEW_ANIMALS,
        "animal_noun": animal,
        "animals_noun": animals,
        "dataset": wildcards.dataset,
        "is_simulated": sentences.is_simulated(wildcards.dataset),
        "percent": sentences.percent(params.confidence),
        "comparator_names": COMPARATOR_NAMES,
        "reference_names": REFERENCE_NAMES,
        "write": sentences,
    }
    for path, template in (
        (output.answers, "group_answers.md.j2"),
        (output.animals, "animals.md.j2"),
    ):
        Path(path).write_text(fill(template, shown), encoding="utf-8")


def gather(tables):
    """Take from the tables what the templates say, rows as named tuples.

    What is of the most similar layer, `best`, is missing (None, or no rows) where no similarity is
    defined.
    """
    group = tables["group"].sort_values("similarity", ascending=False, kind="stable")
    is_reference = group["model"] == "reference"
    layers = group[~is_reference].dropna(subset="similarity")
    undefined = group[group["similarity"].isna()]
    references = group[is_reference].dropna(subset="similarity")
    best = next(iter(rows(layers)), None)
    performance = tables["performance"]
    failed = performance[performance["status"] == "failed"]
    animals, partial = tables["animals"], tables["partial"]
    first = animals.groupby("animal", sort=False).first().reset_index()
    of_best = (animals["model"] == best.model) & (animals["layer"] == best.layer) if best else []
    effects = tables["training_effect"].dropna(subset="effect")
    given_all = partial[partial["given"] == "all references"].dropna(subset="ci_low")
    return {
        "any_row": rows(group)[0],  # for what all rows share
        "best": best,
        "layers": rows(layers),
        "references": rows(references),
        "undefined": rows(undefined),
        # A model of one seed lacks seeds.
        "over": max(layers["ci_over"], key=len, default="nothing").split("+"),
        "n_seeds": int(group["seeds"].max()),
        "n_above": int((references["similarity"] > layers["similarity"].max()).sum()),
        "tied": tied_with(best, layers, tables["pairwise"]) if best else [],
        "n_failed": len(failed),
        "n_networks": len(performance),
        "failed": rows(failed[:N_FAILED_NAMED]),
        "n_twins": len(tables["training_effect"]),
        "effects": rows(effects),
        "n_more": count_significant(effects[effects["effect"] > 0], "p_holm"),
        "n_less": count_significant(effects[effects["effect"] < 0], "p_holm"),
        "n_flips": count_significant(effects, "p_flips_max_t"),
        "n_controlled": len(given_all),
        "n_beyond": int((given_all["ci_low"] > 0).sum()),
        "within": " and ".join(
            name for name in ("neurons", "trials") if animals[f"se_{name}"].notna().any()
        ),
        "animals": rows(first[first["neurons"].notna()]),
        "left_out": rows(first[first["neurons"].isna()]),
        "fewest_stimuli": int(first["stimuli"].min()),
        "best_by_animal": rows(animals[of_best]) if best else [],
        "encoding": compare_encoding(tables["encoding"], best),
        "differ_in_stimuli": first["stimuli"].nunique() > 1
        or bool((first["stimuli"].dropna() != group["stimuli"].iloc[0]).any()),
    }


def compare_encoding(encoding, best):
    """Tell which layer predicts neurons best, and whether better than the baselines.

    Returns
    -------
    dict or None
        The rows of the `first` layer, of the one whose RDM is the `most_similar`, of the
        `orientation` and of the `mean`, and `beyond_…` these two of the first; of the `n_tests` of
        layers, `n_above_mean` and `n_above_both`. None where no layer predicts a neuron.
    """
    means = encoding[encoding["animal"].isna()].dropna(subset="median")
    r2 = means[means["score"] == "r2"].sort_values("median", ascending=False, kind="stable")
    is_reference = r2["model"] == "reference"
    layers, references = r2[~is_reference], r2[is_reference].set_index("layer", drop=False)
    if layers.empty:
        return None
    means = means[means["model"] != "reference"].set_index(["model", "layer"], drop=False)
    beyond = {
        name: means[means["score"] == f"r2_beyond_{name}"] for name in ("mean", "orientation")
    }
    is_above = {name: (of["median"] > 0) & (of["p_holm"] <= ALPHA) for name, of in beyond.items()}
    first, *_ = found = rows(layers)
    name = (best.model, best.layer) if best else None
    return {
        "first": first,
        "most_similar": next((row for row in found if (row.model, row.layer) == name), None),
        "orientation": rows(references.loc[["orientation"]])[0],
        "mean": rows(references.loc[["mean"]])[0],
        **{
            f"beyond_{name}": rows(of.loc[[(first.model, first.layer)]])[0]
            for name, of in beyond.items()
        },
        "n_tests": int(beyond["mean"]["p_holm"].notna().sum()),
        "n_above_mean": int(is_above["mean"].sum()),
        "n_above_both": int((is_above["mean"] & is_above["orientation"]).sum()),
    }


def count_significant(table, column):
    """Count the rows whose p-value is not above `ALPHA`."""
    return int((table[column] <= ALPHA).sum())


def tied_with(best, layers, pairwise):
    """List the layers, as rows, that differ from the most similar one not significantly."""
    untold = pairwise[~(pairwise["p_holm"] <= ALPHA)]
    pairs = [
        {(row.model_a, row.layer_a), (row.model_b, row.layer_b)} for row in untold.itertuples()
    ]
    name = best.model, best.layer
    others = set().union(*(pair for pair in pairs if name in pair)) - {name}
    return [row for row in rows(layers) if (row.model, row.layer) in others]


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
