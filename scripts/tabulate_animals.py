"""Tabulate a group of animals: similarities, their differences, partial correlations."""

from itertools import combinations

import numpy as np
import pandas as pd

from normative.inference.animals import (
    count_seeds,
    flip_p,
    flipped,
    flips,
    least_flip_p,
    reaches_p,
    sources_below_ceiling,
    sources_over_animals,
    sources_over_stimuli,
    spreads,
)
from normative.inference.averaging import mean_of_defined
from normative.inference.corrections import family, holm
from normative.inference.permutation_tests import step_down_max
from normative.inference.smoothness import WIDE_DEG
from normative.inference.streams import Stream, generator
from normative.inference.uncertainty import describe_interval, t_p
from normative.workflow.runner import run
from normative.workflow.tables import write_table

ANIMALS = ["dataset", "animal", "left_out", "model", "layer", "similarity"]
ANIMALS += ["ci_low", "ci_high", "ci_over", "se_neurons", "se_trials", "se_seeds"]
ANIMALS += ["ceiling_low", "ceiling_high", "ceiling_from"]
ANIMALS += ["group_ceiling_low", "group_ceiling_high", "neurons", "stimuli", "seeds"]
GROUP = ["dataset", "model", "layer", "comparator", "animals", "left_out", "similarity"]
GROUP += ["ci_low", "ci_high", "ci_over", "ci_warning", "df"]
GROUP += ["sd_animals", "sd_between", "sd_within", "sd_seeds"]
GROUP += ["p_flips", "p_flips_least", "p_flips_max_t"]
GROUP += ["stimuli_ci_low", "stimuli_ci_high", "stimuli_ci_over", "stimuli_ci_warning", "stimuli"]
GROUP += ["ceiling_low", "ceiling_high", "below_ceiling", "below_ceiling_ci_low"]
GROUP += ["below_ceiling_ci_high", "p_ceiling", "seeds"]
PAIR = ["dataset", "model_a", "layer_a", "model_b", "layer_b", "family", "animals", "difference"]
EFFECT = ["dataset", "model", "layer", "untrained_model", "animals", "effect"]
TESTS = ["ci_low", "ci_high", "ci_over", "ci_warning", "df", "p", "p_holm"]
FLIPS = ["p_flips", "p_flips_least", "p_flips_max_t"]
PARTIAL = ["dataset", "model", "layer", "given", "animals", "partial"]
PARTIAL += ["ci_low", "ci_high", "ci_over", "ci_warning"]


def main(input, output, params, wildcards):
    """Write five tables: of animals, of layers and references, of pairs, of training, of controls.

    Tests of differences are corrected over the pairs of a family, as those of one recording.
    """
    with np.load(input.compared) as file:
        compared = dict(file)
    inference = [pd.read_csv(path) for path in input.inference]
    signs = flips(len(inference), generator(params.seed, Stream.ANIMALS))
    group = describe_group(inference, compared, signs, params)
    is_reference = group["model"] == "reference"
    layers = list(group.loc[~is_reference, ["model", "layer"]].itertuples(index=False, name=None))
    similarity = compared["similarity"]

    def differ(first, second):
        return similarity[..., layers.index(first)] - similarity[..., layers.index(second)]

    pairs = [
        {"model_a": a[0], "layer_a": a[1], "model_b": b[0], "layer_b": b[1]}
        | {"family": family(a, b, params.twins, params.task_groups), "values": differ(a, b)}
        for a, b in combinations(layers, 2)
    ]
    effects = [
        {"model": model, "layer": layer, "untrained_model": params.twins[model]}
        | {"family": "training", "values": differ((model, layer), (params.twins[model], layer))}
        for model, layer in layers
        if model in params.twins
    ]
    given = [*group.loc[is_reference, "layer"]]
    given += ["any function of the difference", "all references"]
    partial = describe_partial(layers, given, compared["partial"], params)
    for table, columns, path in (
        (list_animals(inference, compared, input.responses, params), ANIMALS, output.animals),
        (group, GROUP, output.group),
        (
            test_differences(pairs, "difference", signs, params),
            [*PAIR, *TESTS, *FLIPS],
            output.pairwise,
        ),
        (
            test_differences(effects, "effect", signs, params),
            [*EFFECT, *TESTS, *FLIPS],
            output.training_effect,
        ),
        (partial, PARTIAL, output.partial),
    ):
        write_table(table.assign(dataset=wildcards.dataset).reindex(columns=columns), path)


def list_animals(inference, compared, responses, params):
    """Give what each animal found; one row without numbers for an animal that is left out."""
    tables = []
    for index, (animal, table) in enumerate(zip(params.animals, inference, strict=True)):
        with np.load(responses[index]) as recording:
            n_neurons = recording["responses"].shape[1]
        ceilings = {
            f"group_{name}": compared[name][index] for name in ("ceiling_low", "ceiling_high")
        }
        tables.append(table.assign(animal=animal, left_out="no", neurons=n_neurons, **ceilings))
    left_out = pd.DataFrame(params.left_out.items(), columns=["animal", "left_out"])
    table = pd.concat([*tables, left_out], ignore_index=True)
    return table.astype(dict.fromkeys(["neurons", "stimuli", "seeds"], "Int64"))


def describe_group(inference, compared, signs, params):
    """Give means over animals, one row a layer and one a reference, in the order of one animal."""

    def of_all(prefix):  # a list of arrays (animals, seeds), of references (animals, 1)
        of_references = compared[f"{prefix}reference_similarity"][:, None]
        of_layers = np.moveaxis(compared[f"{prefix}similarity"], -1, 0)
        return [*of_layers, *np.moveaxis(of_references, -1, 0)]

    table = inference[0][["model", "layer", "comparator"]].copy()
    is_reference = (table["model"] == "reference").to_numpy()
    rows, of_animals = [], []
    for index, (values, common) in enumerate(zip(of_all(""), of_all("common_"), strict=True)):
        n_seeds = 0 if is_reference[index] else count_seeds(values)
        row = describe_mean("similarity", values, n_seeds, params) | {"seeds": n_seeds}
        sources = sources_over_animals(values)
        of_animals.append(mean_of_defined(values.T))
        errors = [each.loc[index, ["se_neurons", "se_trials"]] for each in inference]
        row |= spreads(values, np.array(errors, dtype=float))
        row |= describe_over_stimuli(row["similarity"], sources, compared, index, params)
        row |= describe_distance(common, compared, params)
        rows.append(row)
    table = pd.concat([table, pd.DataFrame(rows)], axis=1).assign(
        left_out="+".join(params.left_out) or "none",
        stimuli=len(compared["orientation"]),
        ceiling_low=compared["ceiling_low"].mean(),
        ceiling_high=compared["ceiling_high"].mean(),
    )
    for rows_of_family in (is_reference, ~is_reference):  # each a family of tests of its own
        values = np.transpose(of_animals)[:, rows_of_family]
        table.loc[rows_of_family, FLIPS] = test_flips(values, signs)
    return table


def describe_mean(name, values, n_seeds, params, largest=1):
    """Give the mean of values, (animals, seeds), under a name, and its interval.

    It is NaN where it is not defined in one animal; `animals` counts those in which it is.
    """
    of_animals, sources = mean_of_defined(values.T), sources_over_animals(values)
    mean, n_animals = of_animals.mean(), int((~np.isnan(of_animals)).sum())
    found = describe_interval(mean, sources, params.confidence, largest=largest, n_seeds=n_seeds)
    return {name: mean, "animals": n_animals, **found}


def describe_over_stimuli(similarity, sources, compared, index, params):
    """Give the interval over animals and stimuli by the bootstrap of both, and seeds."""
    variance, n_blocks = compared["variance"][index], compared["n_blocks"][index]
    if np.isnan(variance):
        return {"stimuli_ci_over": "nothing"}
    both = sources_over_stimuli(variance, n_blocks, sources)
    found = describe_interval(similarity, both, params.confidence)
    found = {f"stimuli_{name}": found[name] for name in ("ci_low", "ci_high", "ci_over")}
    if compared["block_deg"][index] > WIDE_DEG:
        found["stimuli_ci_warning"] = f"rather narrow: in blocks of more than {WIDE_DEG}°"
    return found


def describe_distance(similarity, compared, params):
    """Give how far the similarities of a layer, (animals, seeds), are below the lower ceiling."""
    estimate = compared["ceiling_low"].mean() - mean_of_defined(similarity.T).mean()
    sources = sources_below_ceiling(similarity, compared["ceiling_low_without"])
    found = describe_interval(estimate, sources, params.confidence, largest=2)
    return {
        "below_ceiling": estimate,
        "below_ceiling_ci_low": found["ci_low"],
        "below_ceiling_ci_high": found["ci_high"],
        "p_ceiling": reaches_p(estimate, sources),
    }


def test_differences(rows, name, signs, params):
    """Tabulate differences, `values` (animals, seeds), with tests corrected within their family."""
    for row in rows:
        values = row.pop("values")
        row["of_animals"] = mean_of_defined(values.T)
        row |= describe_mean(name, values, count_seeds(values), params, largest=2)
        row["p"] = t_p(row[name], sources_over_animals(values))
    table = pd.DataFrame(rows, columns=["family", "p", "of_animals"] if not rows else None)
    table["p_holm"] = table.groupby("family")["p"].transform(holm)
    for _, of_family in table.groupby("family"):
        values = np.stack(of_family["of_animals"], axis=1)
        table.loc[of_family.index, FLIPS] = test_flips(values, signs)
    return table


def test_flips(of_animals, signs):
    """Test means over animals by flips of their signs: (tests, the columns of `FLIPS`)."""
    compared = flipped(of_animals, signs)
    p = flip_p(of_animals, signs)
    least = np.where(np.isnan(p), np.nan, least_flip_p(signs))
    return np.transpose([p, least, step_down_max(compared)])


def describe_partial(layers, given, values, params):
    """Tabulate mean partial correlations, (animals, seeds, layers, controls), and intervals."""
    rows = []
    for i, (model, layer) in enumerate(layers):
        for j, name in enumerate(given):
            of_control = values[..., i, j]
            row = {"model": model, "layer": layer, "given": name}
            rows.append(row | describe_mean("partial", of_control, count_seeds(of_control), params))
    return pd.DataFrame(rows)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
