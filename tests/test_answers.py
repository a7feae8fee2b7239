"""Every number of the answers is its cell of a table, and no sentence says more than the tables."""

import re
from itertools import combinations, product
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from normative.display_names import COMPARATOR_NAMES, REFERENCE_NAMES
from normative.reporting import sentences
from write_answers import main

TABLES = ["inference", "pairwise", "training_effect", "partial"]
TABLES += ["ceilings", "multiverse", "performance", "encoding", "tasks", "v1_fitted"]
N = r"(−?\d+\.\d{3})"  # a similarity
LAYER = "`(.+?)` of `(.+?)`"
LAYERS = [*product(["cnn", "cnn_untrained"], ["pool", "fc"]), ("one", "a"), ("two", "b")]
LAYERS += [("three", "a")]
OVER = "neurons+trials+seeds"
SMOOTH = "other representations of the same smoothness"
LIKE = "Which layer is most like the recording?"
TRAINING = "Does training matter?"
TASKS = "Which task makes a network most like the recording?"
NOTHING = "What do models reach that learn nothing?"
CONTROLS = "What explains it?"
ALIGNMENT = "Does the alignment of the gratings matter?"
FITTED = "What does a network reach that has seen the recording?"
PREDICTION = "Does the layer that is most alike also predict best?"
CEILINGS = "How good could it be?"
CAVEATS = "What to keep in mind"
TUTORIAL = "The tutorial's question: `pool` against `fc` of `cnn`"


@pytest.fixture(scope="module")
def of_study(study):
    folder = study.folder / "results/simulated_small/tables"
    return {name: pd.read_csv(folder / f"{name}.csv") for name in TABLES}


def made_up():
    """Tables in which no two cells that a sentence could be about are equal.

    The most similar layer is `b` of `two`; the similarity of `three` is not defined. `pool` of
    `cnn` and `a` of `one` do not differ significantly from the first.
    """
    rng = np.random.default_rng(1)

    def cells(columns, n_rows):
        return {column: rng.uniform(0.1, 0.9, n_rows) for column in columns}

    bounds = ["ci_low", "ci_high", "stimuli_ci_low", "stimuli_ci_high"]
    inference = pd.DataFrame(LAYERS, columns=["model", "layer"]).assign(
        similarity=[0.43, 0.24, 0.31, 0.12, 0.45, 0.56, np.nan],
        p_shift=[0.01, 0.02, 0.03, 0.04, 0.041, 0.9, np.nan],
        p_shift_max_t=[0.05, 0.2, 0.021, 0.3, 0.4, 0.022, np.nan],  # three, one at the limit
        share_first=[0.11, 0, 0.001, 0, 0.33, 0.558, np.nan],
        share_first_stimuli=[0.22, 0, 0, 0.01, 0.3, 0.47, np.nan],
        seeds=[4, 5, 6, 7, 8, 9, 0],
        failed=[0, 0, 0, 0, 2, 0, 9],
        undefined=[0, 0, 1, 0, 0, 0, 0],
        units=[2880, 10, 2881, 11, 77, 1, 12],
        se_seeds=[0.01, 1e-17, 0.01, 0.02, 0.01, 1e-17, np.nan],
        stimuli_ci_warning=[None, "too smooth", None, "too smooth", None, None, None],
        similarity_with_failed=[0.43, 0.24, 0.31, 0.12, 0.407, 0.56, 0.017],
        ci_over=OVER,
        stimuli_ci_over="stimuli+neurons+seeds",
        ci_warning=None,
    )
    references = pd.DataFrame({"model": "reference", "layer": list(REFERENCE_NAMES)[:5]})
    references = references.assign(
        similarity=[0.59, 0.57, 0.22, 0.88, np.nan],
        p_shift=0.001,
        p_shift_max_t=0.001,
        ci_over="neurons+trials",
        stimuli_ci_over="stimuli+neurons",
    )
    inference = pd.concat([inference, references], ignore_index=True)
    inference = inference.assign(
        comparator="spearman",
        ceiling_low=0.921,
        ceiling_high=0.987,
        ceiling_from="halves of x (who knows)",
        stimuli=100,
        p_shift_least=0.005,
        p_shift_note=np.nan,
        **cells(bounds, len(inference)),
    )
    inference.loc[3, "ci_low"] = -0.02  # one that includes zero

    pairwise = pd.DataFrame(
        [(*a, *b) for a, b in combinations(LAYERS, 2)],
        columns=["model_a", "layer_a", "model_b", "layer_b"],
    )
    pairwise = pairwise.assign(**cells(["difference", *bounds, "p", "stimuli_p"], len(pairwise)))
    is_best = pairwise.apply(lambda row: ("two", "b") in (tuple(row[:2]), tuple(row[2:4])), axis=1)
    is_undefined = (pairwise == "three").any(axis=1)
    pairwise.loc[is_undefined, pairwise.columns[4:]] = np.nan
    pairwise = pairwise.assign(
        ci_over=OVER, seeds=6, p_holm=0.001, stimuli_p_holm=np.nan, with_best=is_best
    )
    tested = np.flatnonzero(is_best & ~is_undefined)
    pairwise.loc[tested, "p_holm"] = [0.2, 0.01, 0.05, 0.03, 0.051]
    pairwise.loc[tested, "stimuli_p_holm"] = [0.9, 0.05, 0.06, 0.07, 0.08]
    pairwise.loc[0, ["difference", "ci_low", "ci_high", "p"]] = [0.19, 0.08, 0.31, 0.0123]

    multiverse = pd.DataFrame(
        [(*measure, *layer) for measure in product("dD", "efg") for layer in LAYERS[:-1]],
        columns=["dissimilarity", "comparator", "model", "layer"],
    )
    orders = [[2, 4, 3, 6, 5, 1], [1, 4, 3, 6, 5, 2], [2, 4, 3, 6, 5, 1]]
    orders += [[2, 4, 3, 5, 6, 1], [1, 4, 3, 6, 5, 2], [4, 2, 3, 6, 5, 1]]
    multiverse["rank"] = np.ravel(orders)
    multiverse["similarity"] = 0.5
    multiverse["agreement"] = np.repeat([1, 0.71, 1, 0.52, 0.71, -0.13], 6)

    effect = pd.DataFrame([*LAYERS[:2], *LAYERS[4:]], columns=["model", "layer"])
    effect = effect.assign(
        untrained_model="cnn_untrained",
        seeds=[6, 10, 11, 12, 0],
        effect=[0.021, 0.222, -0.233, 0.244, np.nan],
        **cells(bounds, 5),
        ci_over=OVER,
        p=[0.0423, 0.0124, 0.0125, 0.00001, np.nan],
        p_holm=[0.063, 0.025, 0.05, 0.00004, np.nan],
        stimuli_p=[0.52, 0.0131, 0.53, 0.54, np.nan],
        stimuli_p_holm=[0.92, 0.0524, 0.93, 0.94, np.nan],
        p_seeds=[0.31, 0.0021, 0.0022, 0.41, np.nan],
        p_seeds_holm=[0.62, 0.0063, 0.0066, 0.82, np.nan],
    )

    given = ["pixels", "all references", "any function of the difference"]
    partial = pd.DataFrame(
        [(*layer, name) for layer in LAYERS for name in given], columns=["model", "layer", "given"]
    )
    partial = partial.assign(
        **cells(["partial", "ci_low", "ci_high", "unique_variance"], len(partial)), ci_over=OVER
    )
    partial.loc[[2, 5], ["partial", "ci_low", "ci_high"]] = [-0.3, -0.4, -0.2]
    partial.loc[partial["model"] == "three", ["partial", "unique_variance"]] = np.nan

    ceilings = pd.DataFrame(
        [(of, f"e{i} {of if i == 1 else ''}".strip()) for of in ("trials", "neurons") for i in "12"]
    )
    ceilings.columns = ["halves_of", "estimand"]
    ceilings = ceilings.assign(
        warning=["w1", "w2", "w3", np.nan], **cells(["estimate", "truth", "error"], 4)
    )
    ceilings.loc[2, "truth"] = np.nan

    status = ["failed"] * 12 + ["passed"] * 3 + ["untrained"] * 2
    models = [*"mnopqrstuvwxyza", "cnn_untrained", "cnn_untrained"]
    performance = pd.DataFrame({"model": models, "seed": range(100, 117)})
    performance = performance.assign(
        status=status, measure="error_deg", **cells(["score", "gate"], len(status))
    ).sample(frac=1, random_state=0)
    return {
        "inference": inference,
        "pairwise": pairwise,
        "training_effect": effect,
        "partial": partial,
        "ceilings": ceilings,
        "multiverse": multiverse,
        "performance": performance,
        "encoding": made_up_encoding(),
        "tasks": made_up_tasks(),
        "v1_fitted": made_up_fitted(),
    }


def made_up_tasks():
    """Tasks of two layers: of the first the order is not that of the study, the second has two."""
    tasks = ["untrained", "tilt", "orientation", "objects"]
    table = pd.DataFrame([("cnn", layer, task) for layer in ("pool", "fc") for task in tasks])
    table.columns = ["design", "layer", "task"]
    return table.assign(
        model=["cnn_untrained", "cnn", "one", "two"] * 2,
        seeds=[10, 10, 9, 8] * 2,
        similarity=[0.21, 0.43, 0.61, 0.52, 0.11, 0.24, 0.22, np.nan],
        ci_low=[0.2, 0.4, 0.59, 0.5, 0.1, 0.2, 0.2, np.nan],
        ci_high=[0.22, 0.44, 0.63, 0.54, 0.12, 0.25, 0.23, np.nan],
        ci_over=OVER,
        rank=[np.nan, 3, 1, 2, np.nan, 1, 2, np.nan],
        difference=[0.401, 0.181, np.nan, 0.091, 0.131, np.nan, 0.021, np.nan],
        difference_ci_low=[0.39, 0.17, np.nan, -0.01, 0.12, np.nan, 0.01, np.nan],
        difference_ci_high=[0.41, 0.19, np.nan, 0.19, 0.14, np.nan, 0.03, np.nan],
        p_holm=[0.00001, 0.05, np.nan, 0.051, 0.04, np.nan, 0.03, np.nan],
        stimuli_p_holm=[np.nan, 0.9, np.nan, np.nan, 0.04, np.nan, 0.8, np.nan],
    )


def made_up_encoding():
    """Scores of the same layers: `pool` of `cnn_untrained` predicts best, `b` of `two` is third."""
    names = [*LAYERS[:-1], *(("reference", name) for name in ("mean", "orientation", "trials"))]
    layers = pd.DataFrame(names, columns=["model", "layer"])
    means = layers.assign(
        seed=np.nan,
        folds="blocks",
        score="r2",
        median=[0.213, 0.201, 0.334, 0.102, 0.115, 0.207, -0.118, 0.176, 0.819],
        ci_low=[0.203, 0.191, 0.324, 0.092, 0.105, 0.197, -0.128, 0.166, 0.809],
        ci_high=[0.223, 0.211, 0.344, 0.112, 0.125, 0.217, -0.108, 0.186, 0.829],
    )
    beyond_mean = means.assign(
        score="r2_beyond_mean",
        median=[0.331, 0.319, 0.452, 0.22, -0.01, 0.325, 0, 0.294, 0.937],
        ci_low=[0.321, 0.309, 0.442, 0.21, -0.02, 0.315, 0, 0.284, 0.927],
        ci_high=[0.341, 0.329, 0.462, 0.23, 0.00, 0.335, 0, 0.304, 0.947],
    )
    beyond = means.assign(
        score="r2_beyond_orientation",
        median=[0.031, 0.029, 0.148, -0.071, -0.062, 0.027, -0.299, np.nan, 0.641],
        ci_low=[0.021, 0.019, 0.138, -0.081, -0.072, -0.017, -0.309, np.nan, 0.631],
        ci_high=[0.041, 0.039, 0.158, -0.061, -0.052, 0.037, -0.289, np.nan, 0.651],
    )
    seeds = means[:6].assign(seed=12, median=0.999)
    at_random = seeds.assign(folds="random", median=[0.71, 0.72, 0.736, 0.74, 0.75, 0.76])
    reliable = means.assign(score="fev", neurons=1234)
    table = pd.concat([means, beyond_mean, beyond, seeds, at_random, reliable], ignore_index=True)
    return table.assign(gap_deg=10.84, neurons=table["neurons"].fillna(2000))


def made_up_fitted():
    """What networks reach that were fitted: `out` of one is most similar, and `fc` of the other."""
    rows = [
        ("fitted to V1", "v1_fitted_linear", "conv", np.nan, 0.531),
        ("fitted to V1", "v1_fitted_linear", "out", np.nan, 0.912, -0.511, -0.041, -0.321),
        ("fitted to V1", "v1_fitted_cnn", "fc", np.nan, 0.617),
        ("fitted to V1", "v1_fitted_cnn", "out", np.nan, 0.803, -0.312, 0.213, 0.122),
        ("normative", "cnn", "pool", np.nan, 0.413),
        ("normative", "two", "b", np.nan, 0.557),
        ("reference", "reference", "pixels", np.nan, 0.999),
        ("recording", "recording", "other part of the trials", np.nan, 0.933),
        ("fitted to V1", "v1_fitted_cnn", "fc", 10, 0.998),
    ]
    columns = ["kind", "model", "layer", "seed", "similarity", "r2"]
    columns += ["r2_beyond_mean", "r2_beyond_orientation"]
    return pd.DataFrame(rows, columns=columns).assign(note=np.nan)


def keep(tables, models, layers=("pool", "fc", "a", "b")):
    """Leave in tables only what is of some models and layers, and the references."""
    for name, table in tables.items():
        if name == "v1_fitted":
            continue
        for column in set(table) & {"model", "model_a", "model_b"}:
            table = table[table[column].isin([*models, "reference"])]
        for column in set(table) & {"layer", "layer_a", "layer_b"}:
            table = table[table[column].isin([*layers, *REFERENCE_NAMES, "mean"])]
        tables[name] = table.reset_index(drop=True)
    return tables


def empty(tables, names, pattern):
    """Empty the columns whose names match a pattern."""
    for name in names:
        columns = tables[name].filter(regex=pattern).columns
        tables[name][columns] = np.nan
    return tables


@pytest.fixture
def answer(tmp_path):
    """Write the page of answers to tables; give its sections, each a list of lines, by heading."""

    def answer(tables, dataset="mine", confidence=0.95, shown_seed=12):
        paths = {name: tmp_path / f"{name}.csv" for name in TABLES}
        for name, path in paths.items():
            tables[name].to_csv(path, index=False)
        output = SimpleNamespace(answers=tmp_path / "answers.md")
        params = SimpleNamespace(confidence=confidence, shown_seed=shown_seed)
        main(paths, output, SimpleNamespace(dataset=dataset), params)
        page = output.answers.read_text(encoding="utf-8")
        assert not re.search(r"\bnan\b|None|[{}]|\bundefined\b|np\.|\n\n\n|  ", page)
        assert not re.search(r"^- *$|[,;:] *[.,;)]|\(\)|\.\.| [.,;]", page, re.M)
        assert not re.search(r" $|^ |\b1 (layers|seeds|units|networks|models|CIs)\b", page, re.M)
        assert all(line.endswith((".", ":")) for line in page.splitlines() if line[:1] not in "#")
        assert page.endswith("\n")
        others = tables["pairwise"].query("with_best")["p_holm"]
        if not len(others) or (others > 0.05).any() or others.isna().all():
            assert "the most similar one is" not in page
        first, *parts = re.split(r"^## (.+)\n", page, flags=re.M)
        sections = {"": first, **dict(zip(parts[::2], parts[1::2], strict=True))}
        assert all(text.strip() for text in sections.values())
        return {title: text.strip().splitlines() for title, text in sections.items()}

    return answer


@pytest.fixture(params=["study", "made up"])
def asked(request, answer):
    """Give tables, the answers to them and the confidence of their intervals."""
    if request.param == "made up":
        tables = made_up()
        return SimpleNamespace(tables=tables, sections=answer(tables), percent="95 %")
    tables = request.getfixturevalue("of_study")
    sections = answer(tables, "simulated_small", 0.9)
    return SimpleNamespace(tables=tables, sections=sections, percent="90 %")


def only_match(pattern, lines):
    """Match the one line that a pattern describes from its start to its end; give its groups."""
    matches = [match for line in lines if (match := re.fullmatch(pattern, line))]
    assert len(matches) == 1, (pattern, lines)
    return matches[0].groups()


def written(value):
    return f"{value:.3f}".replace("-", "−")


def bounds(low, high):
    return f"[{written(low)}, {written(high)}]"


def records(table):
    return table.to_dict("records")


def sorted_layers(tables, is_reference=False):
    """List the rows with a similarity, the highest first, by plain loops."""
    rows = records(tables["inference"])
    rows = [row for row in rows if (row["model"] == "reference") == is_reference]
    rows = [row for row in rows if row["similarity"] == row["similarity"]]
    return sorted(rows, key=lambda row: -row["similarity"])


def intervals(row, percent):
    """Say what should follow a value: both intervals, each after the name of its question."""
    text = f", {percent} CI {bounds(row['ci_low'], row['ci_high'])}"
    if row["ci_over"] != OVER:
        text += f" (over {' and '.join(row['ci_over'].split('+'))})"
    text += f"; {SMOOTH}: {bounds(row['stimuli_ci_low'], row['stimuli_ci_high'])}"
    warning = row.get("stimuli_ci_warning")
    return text + (f" ({warning})" if isinstance(warning, str) else "")


def test_layers_are_listed_with_units_both_intervals_and_chances_to_be_first(answer):
    tables = made_up()
    lines = answer(tables)[LIKE]
    for row, line in zip(sorted_layers(tables)[:5], lines, strict=False):
        shares = [sentences.share(row[f"share_first{of}"]) for of in ("", "_stimuli")]
        unit = "unit" if row["units"] == 1 else "units"
        assert line == (
            f"- `{row['layer']}` of `{row['model']}` ({row['units']:.0f} {unit}): similarity "
            f"{written(row['similarity'])}{intervals(row, '95 %')}; first in {shares[0]} of "
            f"samples and {shares[1]} of other representations; {row['seeds']:.0f} seeds."
        )
    assert (
        lines[5] == "- The similarity of 1 other layer is 0.120 or less (`tables/inference.csv`)."
    )


def test_summary_says_what_a_number_is_before_the_first_one(answer):
    lines = answer(made_up())[""]
    assert lines[0] == "# Answers: the mine recording"
    assert lines[2].startswith(
        f"**In short.** Similarity is the {COMPARATOR_NAMES['spearman']} between a layer's RDM ("
    )
    assert lines[3] == (
        "In brackets: 95 % CI, for these gratings with other neurons, trials and seeds."
    )
    assert lines[4].startswith("In the tutorial's network, `cnn`, `pool` is more similar ")


def test_summary_is_short(asked):
    """A hundred and sixty words: what is asked first. The rest stands below."""
    text = " ".join(asked.sections[""]).split("**In short.** ")[1]
    assert 60 < len(re.findall(r"[^\W\d]+", text)) <= 165


def test_similarity_without_pairs_of_one_image_is_told_in_the_summary(answer):
    tables = made_up()
    assert "one image" not in " ".join(answer(tables)[""])
    rows = tables["multiverse"].iloc[:4].copy()
    rows["dissimilarity"] = "correlation of different images"
    rows[["model", "layer"]] = ["two", "b"]  # of the most similar layer
    rows["comparator"] = ["pearson", "spearman", "cosine", "rho_a"]
    rows["similarity"] = [0.11, -0.12, 0.13, 0.14]
    tables["multiverse"] = pd.concat([tables["multiverse"], rows])
    (line,) = [line for line in answer(tables)[""] if "one image" in line]
    assert line.endswith(", it is −0.120.")  # by Spearman's, as the similarities of this study


@pytest.mark.parametrize("is_swapped", [False, True])
@pytest.mark.parametrize(("p", "sign"), [(0.05, 1), (0.051, 1), (0.0499, -1), (np.nan, 1)])
def test_question_of_the_tutorial_is_answered_first(answer, p, sign, is_swapped):
    tables = made_up()
    low, high = (0.08, 0.31) if sign > 0 else (-0.31, -0.08)
    pair = {"difference": sign * 0.19, "ci_low": low, "ci_high": high, "p": p}
    if is_swapped:
        pair |= {"layer_a": "fc", "layer_b": "pool"}
        pair |= {"difference": -sign * 0.19, "ci_low": -high, "ci_high": -low}
    tables["pairwise"].loc[0, list(pair)] = list(pair.values())
    sections = answer(tables)
    said = {1: "`pool` is more similar than `fc`: 0.430 against 0.240"}
    said[-1] = "`fc` is more similar than `pool`: 0.240 against 0.430"
    untold = "it could not be told whether `pool` or `fc` is more similar: 0.430 against 0.240"
    tested = "" if np.isnan(p) else f" (p = {p:.2g})"
    measures = "; `pool` comes first by 5 of 6 measures" if p <= 0.05 else ""
    difference = f"{written(sign * 0.19)}, 95 % CI {bounds(low, high)}"
    assert sections[""][4] == (
        f"In the tutorial's network, `cnn`, {said[sign] if p <= 0.05 else untold}{tested}"
        f"{measures}."
    )
    lines = sections[TUTORIAL]
    assert lines[0].startswith("- `pool` (2880 units): similarity 0.430, ")
    assert lines[1].startswith("- `fc` (10 units): similarity 0.240, ")
    assert lines[2].startswith(f"- `pool` minus `fc`: {difference}; {SMOOTH}: ")
    assert ("is not significant" in "".join(lines)) == (pair["p"] > 0.05)
    assert lines[-1] == (
        "- By value, `pool` is the more similar one by 5 of 6 measures (a dissimilarity with a "
        "comparator, or a measure of the patterns)."
    )
    assert len(lines) == (4 if np.isnan(pair["p"]) else 5)


@pytest.mark.parametrize("p", [0.05, np.nan])
def test_question_of_the_tutorial_is_asked_of_other_representations_too(answer, p):
    """Where there is a test of it; where there is none, that is said with its reason."""
    tables = made_up()
    of_stimuli = ["stimuli_p", "stimuli_ci_low", "stimuli_ci_high"]
    tables["pairwise"].loc[0, of_stimuli] = [p, 0.1, 0.2] if p == p else np.nan
    sections = answer(tables)
    said = f"(p = 0.012, one planned comparison); with {SMOOTH}, p = 0.05."
    assert sections[TUTORIAL][3].endswith(said) == (p == p)
    assert (f"; {SMOOTH}: no interval; 6 seeds." in sections[TUTORIAL][2]) == (p != p)
    reason = "- A difference has no such interval or test where its blocks, as long as "
    found = any(line.startswith(reason) for line in sections[CAVEATS])
    assert found == (p != p)


def test_study_without_both_layers_of_the_tutorials_network_skips_its_question(answer):
    without_pair = made_up()
    without_pair["pairwise"].loc[0, ["difference", "ci_low", "ci_high", "p"]] = np.nan
    without_layer = keep(made_up(), ["cnn", "two"], ["fc", "b"])
    for tables in (without_pair, without_layer, keep(made_up(), ["one", "two"])):
        sections = answer(tables)
        assert TUTORIAL not in sections
        assert not any("than `fc`" in line for line in sections[""])


WINNER = "the most similar one is `b` of `two`: 0.560"


@pytest.mark.parametrize(
    ("p_holm", "tied"),
    [
        ([0.05, 0.01, 0.02, 0.03, 0.04], None),
        ([0.051, 0.01, 0.02, 0.03, 0.04], ["two", "cnn"]),
        ([0.2, 0.01, 0.02, 0.03, np.nan], ["two", "one", "cnn"]),
        ([np.nan] * 5, "untested"),
    ],
)
def test_first_layer_is_named_only_if_it_differs_from_all_others(answer, p_holm, tied):
    tables = made_up()
    pairwise = tables["pairwise"]
    is_tested = pairwise["with_best"] & pairwise["difference"].notna()
    pairwise.loc[np.flatnonzero(is_tested), "p_holm"] = p_holm
    sections = answer(tables)
    lines = [line for line in sections[""] if "0.560" in line]
    assert len(lines) == 1
    interval = bounds(*tables["inference"].loc[5, ["ci_low", "ci_high"]])
    of_all = "Of 6 layers of 4 models, "
    if tied is None:
        assert lines[0] == (
            f"{of_all}{WINNER} {interval}; it differs significantly from each of the others."
        )
    elif tied == "untested":
        assert lines[0] == (
            "Which layer is the most similar could not be tested; by value alone it is `b` of "
            f"`two`, 0.560 {interval}."
        )
    else:
        assert lines[0] == (
            f"{of_all}`b` of `two` has the highest similarity, 0.560 {interval}, but "
            f"{len(tied) - 1} of 5 other layers cannot be told from it."
        )
        (named,) = (line for line in sections[LIKE] if "; it cannot be told from that of " in line)
        assert re.findall("` of `(.+?)`", named) == tied[1:]


def test_significant_differences_of_the_first_layer_are_counted(answer):
    lines = answer(made_up())[LIKE]
    assert (
        "- The highest similarity differs significantly from that of 3 of 5 other layers (Holm's "
        "correction over all pairs of a family, see `tables/pairwise.csv`); it cannot be told from "
        "that of `a` of `one` and `pool` of `cnn`." in lines
    )
    assert (
        "- With other representations of the same smoothness it differs significantly from that "
        "of 1 of 5 other layers." in lines
    )


def test_measures_that_order_all_layers_alike_count_once_and_rivals_are_named(answer):
    sections = answer(made_up())
    lines = sections[LIKE]
    assert (
        "- 6 measures (a dissimilarity with a comparator, or a measure of the patterns) give 4 "
        "different orders of the layers. Of these orders, not of the measures, by value alone "
        "first is `b` of `two` (in 3) "
        "and `pool` of `cnn` (in 1)." in lines
    )
    agreed = made_up()
    agreed["multiverse"]["rank"] = np.tile([2, 4, 3, 6, 5, 1], 6)
    assert not any("comes first by" in line for line in answer(agreed)[""])
    assert (
        "- Kendall's τ between an order and that of the tutorial's measure is at least −0.130."
    ) in lines


def test_similarities_are_given_with_and_without_failed_networks(answer):
    lines = answer(made_up())[LIKE]
    assert (
        "- `a` of `one`: similarity 0.407 with the 2 networks that failed, 0.450 without." in lines
    )
    assert "- `a` of `three`: similarity 0.017 with the 9 networks that failed." in lines
    assert sum("failed" in line for line in lines) == 2
    assert (
        "- `pool` of `cnn_untrained`: the similarity is not defined for 1 network, left out of the "
        "mean." in lines
    )


def test_networks_that_are_all_alike_are_no_sample_of_networks(answer):
    """In all layers; of one layer alone it may be so by chance, or because it is not trained."""
    tables = made_up()
    lines = answer(tables)[LIKE]
    said = r"- The (\d+) networks of `(.+)` are equally similar, as networks whose weights come .*"
    assert only_match(said, lines) == ("9", "two")
    tables["inference"].loc[tables["inference"]["model"] == "two", "seeds"] = 1
    assert not [line for line in answer(tables)[LIKE] if "equally similar" in line]


def test_figures_of_a_network_that_failed_are_told(answer):
    tables = made_up()
    failed = tables["performance"].query("status == 'failed'").iloc[-1]
    lines = answer(tables, shown_seed=failed["seed"])[CAVEATS]
    said = (
        rf"- The network of `{failed['model']}` that figures .*, seed {failed['seed']}, failed .*"
    )
    assert [line for line in lines if re.fullmatch(said, line)]
    assert not [line for line in answer(tables, shown_seed=-1)[CAVEATS] if "shown_seed" in line]


def test_effect_of_training_is_one_story_of_all_its_tests(answer):
    tables = made_up()
    sections = answer(tables)
    assert (
        "Training made 2 of 4 layers with an untrained twin significantly more similar and 1 less "
        "similar; for 1 no change could be told." in sections[""]
    )
    rows = records(tables["training_effect"])
    told = [
        ("no change with training could be told", "p = 0.042 (0.063", "p = 0.31 (0.62"),
        ("training makes it more similar to the recording", "p = 0.012 (0.025", "p = 0.0021 (0.0"),
        ("training makes it less similar to the recording", "p = 0.013 (0.05", "p = 0.0022 (0.0"),
        ("training makes it more similar to the recording", "p < 0.0001 (< 0.0001", "p = 0.41 (0."),
    ]
    lines = sections[TRAINING]
    stimuli = ["0.52 (0.92", "0.013 (0.052", "0.53 (0.93", "0.54 (0.94"]
    for row, line, (verdict, p, p_seeds), p_stimuli in zip(
        rows[:-1], lines, told, stimuli, strict=False
    ):
        assert line.startswith(
            f"- `{row['layer']}` of `{row['model']}` against `cnn_untrained`: {verdict}. Change "
            f"{written(row['effect'])}{intervals(row, '95 %')}; {row['seeds']} seeds. For these "
            f"gratings, {p} after Holm's correction); with other representations, p = {p_stimuli} "
            f"after Holm's correction). Sign flips over seeds, for this very "
            f"recording: {p_seeds}"
        )
    assert lines[0].endswith("; 6 seeds cannot give less than 0.0312, uncorrected.")
    assert ["disagree" in line for line in lines] == [False, False, False, True, False]
    assert lines[4:] == ["- `a` of `three` against `cnn_untrained`: no seed to compare."]


def test_task_that_makes_a_layer_most_similar_is_named_with_what_it_is_told_from(answer):
    sections = answer(made_up())
    assert (
        "Of 3 tasks for one architecture, `orientation` gives the highest similarity, 0.610 "
        "[0.590, 0.630] in `pool`, and differs significantly from 1 of 2 other tasks."
        in sections[""]
    )
    assert "initial weights are the same, those of `cnn` (of a network" in sections[TASKS][0]
    assert sections[TASKS][2:] == [
        "- In `pool`, `orientation` gives the highest similarity of 3 tasks: 0.610, 95 % CI "
        "[0.590, 0.630], `one`; 9 seeds. It cannot be told from `objects`. Its difference from "
        "`objects` is 0.091 [−0.010, 0.190] (p = 0.051 after Holm's correction). From `tilt` it is "
        "0.181 [0.170, 0.190] (p = 0.05 after Holm's correction; with other representations, "
        "p = 0.9). From the untrained networks (0.210), it is 0.401 [0.390, 0.410] (p < 0.0001 "
        "after Holm's correction).",
        "- In `fc`, `tilt` gives the highest similarity of 2 tasks: 0.240, 95 % CI [0.200, 0.250], "
        "`cnn`; 10 seeds. It differs significantly from the one other task. Its difference from "
        "`orientation` is 0.021 [0.010, 0.030] (p = 0.03 after Holm's correction; with other "
        "representations, p = 0.8). From the untrained networks (0.110), it is 0.131 [0.120, "
        "0.140] (p = 0.04 after Holm's correction; with other representations, p = 0.04).",
    ]


def test_study_without_two_tasks_to_compare_says_so(answer):
    tables = made_up()
    tables["tasks"] = tables["tasks"][:0]
    sections = answer(tables)
    assert sections[TASKS] == ["No two models of this study differ in their task alone."]
    assert not any(" tasks for one architecture" in line for line in sections[""])


def test_models_that_learn_nothing_are_listed_and_the_best_are_in_the_summary(answer):
    tables = made_up()
    sections = answer(tables)
    references = sorted_layers(tables, is_reference=True)
    name = REFERENCE_NAMES[references[0]["layer"]]
    assert (
        f"Without learning, the reference {name} reaches 0.880 and an untrained network 0.310."
        in sections[""]
    )
    *lines, n_above, untrained = sections[NOTHING]
    for row, line in zip(references, lines, strict=True):
        assert line == (
            f"- Reference {REFERENCE_NAMES[row['layer']]}: similarity "
            f"{written(row['similarity'])}{intervals(row, '95 %')}."
        )
    assert n_above == "- 3 of 4 references have a higher similarity than every layer."
    assert untrained.endswith(", of `pool` of `cnn_untrained` (2881 units).")


def test_controls_leave_a_range_and_a_count_above_zero(asked):
    summary, lines = asked.sections[""], asked.sections[CONTROLS]
    partial = asked.tables["partial"].dropna(subset="partial")
    assert len(lines) == 2 + partial["given"].nunique()
    names = REFERENCE_NAMES | {
        "any function of the difference": "any function of the difference of orientation"
    }
    for given, rows in partial.groupby("given"):
        (said,) = (
            line.removeprefix("- ")
            for line in lines
            if line.startswith(f"- Controlling for {names.get(given, given)}, ")
        )
        low, high, n_above, n = re.search(
            rf"layers lie between {N} and {N}; (all|none of|\d+ of) (\d+) CIs", said
        ).groups()
        assert (low, high) == (written(rows["partial"].min()), written(rows["partial"].max()))
        counts = {"all": int(n), "none of": 0}
        expected = sum(low > 0 for low in rows["ci_low"])
        assert counts.get(n_above) == expected or n_above == f"{expected} of"
        assert said.endswith(f" is {sentences.share(rows['unique_variance'].max())}.")
        short = f"Controlling for {names.get(given, given)}, the CI lies above zero for "
        in_summary = [line.removeprefix(short) for line in summary if line.startswith(short)]
        count = f"{'none of' if expected == 0 else f'{expected} of'} {n} layers ({low} to {high})."
        assert in_summary == ([count] if given == "any function of the difference" else [])
    assert lines[2].startswith("- Controlling for any function of the difference of orientation")


def test_partial_correlations_of_the_first_layer_are_given_where_it_is_told(answer):
    tables = made_up()
    assert not any("`b` of `two`" in line for line in answer(tables)[CONTROLS])
    tables["pairwise"]["p_holm"] *= 0.1
    row = tables["partial"].query("model == 'two' and given == 'pixels'").iloc[0]
    said = f" `b` of `two` has {written(row.partial)}, 95 % CI {bounds(row.ci_low, row.ci_high)}."
    assert any("for pixels" in line and said in line for line in answer(tables)[CONTROLS])


def test_each_ceiling_is_told_with_its_truth_and_its_warning(asked):
    head, _, *lines = asked.sections[CEILINGS]
    row, ceilings = asked.tables["inference"].iloc[0], asked.tables["ceilings"]
    truth = ceilings.loc[ceilings["halves_of"] == "trials", "truth"].iloc[-2:]
    known = f" (truth: {written(truth.iloc[0])} to {written(truth.iloc[1])})"
    assert head == f"The noise ceiling drawn in figures comes from {row.ceiling_from}."
    assert asked.sections[""][-1] == (
        f"The noise ceiling is estimated at {written(row.ceiling_low)} to "
        f"{written(row.ceiling_high)}{', or less' * ('too high' in row.ceiling_from)}{known}."
    )
    for row, line in zip(records(asked.tables["ceilings"]), lines, strict=True):
        name = row["estimand"][0].upper() + row["estimand"][1:]
        if not name.endswith(row["halves_of"]):
            name += f", from halves of {row['halves_of']}"
        truth = "" if np.isnan(row["truth"]) else f"; the truth is {written(row['truth'])}"
        warning = f" ({row['warning']})" if row["warning"] == row["warning"] else ""
        assert line == f"- {name}: {written(row['estimate'])}{truth}{warning}."


def test_failed_networks_are_counted_and_the_first_ten_named(asked):
    line = asked.sections[CAVEATS][0]
    rows = records(asked.tables["performance"])
    failed = [row for row in rows if row["status"] == "failed"]
    names = [
        f"{row['model']} seed {row['seed']} ({row['measure']} {row['score']:.3g})" for row in failed
    ]
    more = ", …" if len(names) > 10 else ""
    said = (
        f"- {len(failed)} of {len(rows)} networks failed their task and are left out: "
        f"{', '.join(names[:10])}{more}."
    )
    assert line == (said if failed else "- No network failed its task.")


@pytest.mark.parametrize(
    ("least", "said"),
    [
        (0.05, "The alignment matters significantly for 3 of 6 layers (corrected over layers by "),
        (0.051, "It could not be told: with 100 orientations no p-value can be below 0.051."),
    ],
)
def test_alignment_is_counted_only_where_the_exact_test_can_reach_it(answer, least, said):
    tables = made_up()
    tables["inference"]["p_shift_least"] = least
    lines = answer(tables)[ALIGNMENT]
    assert "beyond what any shift or reflection of the circle gives" in lines[0]
    assert "cannot see a similarity that depends on the difference of orientation alone" in lines[0]
    assert lines[2].startswith(said)
    assert ("; the smallest p-value that it can give is 0.05): " in lines[2]) == (least == 0.05)
    assert len(lines) == 3


def test_layers_that_the_exact_test_cannot_judge_are_not_counted(answer):
    tables = made_up()
    tables["inference"].loc[0, "p_shift_least"] = 0.06
    assert answer(tables)[ALIGNMENT][2] == (
        "The alignment matters significantly for 2 of 5 layers (corrected over layers by max-t; "
        "the smallest p-value that it can give is 0.005): `b` of `two` and `pool` of "
        "`cnn_untrained`; for 1 it could not be told, because no p-value can be as low as 0.05."
    )


def test_answers_say_why_no_layer_was_tested(answer):
    tables = empty(made_up(), ["inference"], r"p_shift")
    tables["inference"]["p_shift_note"] = "the orientations are not even"
    lines = answer(tables)[ALIGNMENT]
    assert lines[2] == "There is no such test here: the orientations are not even."
    assert not any("significant" in line for line in lines)


@pytest.mark.parametrize("n_stimuli", [5, 9, 10, 181])
def test_answers_warn_of_fewer_than_ten_orientations(answer, n_stimuli):
    tables = made_up()
    tables["inference"]["stimuli"] = n_stimuli
    lines = answer(tables)[CAVEATS]
    warning = (
        f"- There are only {n_stimuli} orientations: similarities and their intervals are "
        "uncertain beyond what the intervals tell, and differ with the choice of orientations."
    )
    assert (warning in lines) == (n_stimuli < 10)
    assert any(f"were sampled (here {n_stimuli}). Values of" in line for line in lines)


def test_each_interval_is_named_by_its_question_and_warned_of(answer):
    lines = answer(made_up())[CAVEATS]
    assert lines[1] == (
        '- "Significantly" is p ≤ 0.05 for these gratings, after Holm\'s correction. An interval '
        'after "CI" answers what to expect with these gratings and other neurons, '
        "trials and seeds."
    )
    assert lines[2].startswith(f'- An interval after "{SMOOTH}" answers what to expect if ')
    assert lines[2].endswith(" (stimuli, neurons and seeds).")
    assert lines[3].startswith(
        "- A share of samples tells how often a layer would have the highest "
    )
    assert lines[4] == (
        "- Warning for the intervals of 2 layers with other representations: too smooth."
    )
    assert lines[5] == "- No interval speaks of other animals: there is only one recording."


@pytest.mark.parametrize(
    ("over", "missing", "said"),
    [
        ("neurons+seeds", "trials", "they were not resampled"),
        ("neurons+seeds", "trials", "the recording has no halves of trials"),
        ("neurons+trials", "seeds", "there is only one"),
    ],
)
def test_parts_that_an_interval_lacks_are_named_with_the_reason(answer, over, missing, said):
    tables = made_up()
    is_layer = tables["inference"]["model"] != "reference"
    tables["inference"].loc[is_layer, "ci_over"] = over
    if "halves" in said:
        tables["ceilings"] = tables["ceilings"][2:]
    if "only one" in said:
        tables["inference"].loc[is_layer, "seeds"] = 1
    sections = answer(tables)
    words = over.replace("+", " and ")
    assert f"In brackets: 95 % CI, for these gratings with other {words}." in sections[""]
    assert sections[CAVEATS][1].endswith(f"{words}. Other {missing} are not in it: {said}.")


def test_interval_of_a_layer_over_less_than_the_others_says_so(answer):
    tables = made_up()
    tables["inference"].loc[5, "ci_over"] = "neurons+trials"
    lines = answer(tables)[LIKE]
    assert ["(over neurons and trials)" in line for line in lines[:5]] == [True] + [False] * 4


def test_simulated_recording_is_labeled_so(answer):
    label = "The recording is **simulated**: this page says nothing about mice."
    for dataset in ("simulated", "simulated_small"):
        lines = answer(made_up(), dataset)[""]
        assert lines[:3] == [f"# Answers: the {dataset} recording", "", label]
    assert label not in answer(made_up(), "mine")[""]


def test_confidence_is_a_percentage(answer):
    for confidence, expected in ((0.9, "90"), (0.55, "55"), (0.975, "97.5")):
        sections = answer(made_up(), confidence=confidence)
        text = "\n".join(line for lines in sections.values() for line in lines)
        assert {*re.findall(r"(\S+) % CI", text)} == {expected}


def test_study_without_failures_names_none(answer):
    tables = made_up()
    tables["performance"]["status"] = "passed"
    assert answer(tables)[CAVEATS][0] == "- No network failed its task."
    tables["performance"].loc[0, ["status", "model", "seed", "score"]] = ["failed", "m", 7, 0.5]
    assert answer(tables)[CAVEATS][0] == (
        "- 1 of 17 networks failed its task and is left out: m seed 7 (error_deg 0.5)."
    )


def test_recording_with_nothing_to_find_has_nothing_found(answer):
    tables = made_up()
    tables["inference"][["ci_low", "stimuli_ci_low"]] = -0.3
    tables["pairwise"]["p"] = 0.6
    tables["pairwise"]["p_holm"] = 1.0
    tables["training_effect"][["p_holm", "p_seeds_holm"]] = [0.9, 0.8]
    tables["partial"]["ci_low"] = -0.5
    tables["inference"]["p_shift_max_t"] = 0.7
    sections = answer(tables)
    said = "No similarity can be told from zero: each of the 6 CIs includes it."
    assert said in sections[""]
    assert f"- {said}" in sections[LIKE]
    text = " ".join(sections[""])
    assert "it could not be told whether `pool` or `fc` is more similar" in text
    assert "For all 4 layers with an untrained twin, no change with training could be told" in text
    assert "but all 5 other layers cannot be told from it" in text
    assert " the CI lies above zero for none of 6 layers (−0." in text
    assert sections[ALIGNMENT][2].startswith("The alignment matters significantly for none of 6 ")


@pytest.mark.parametrize("ci_low", [-0.3, 0.1])
def test_cosine_is_not_compared_with_zero(answer, ci_low):
    """That of two RDMs of noise is near 1."""
    for comparator, is_compared in (("pearson", True), ("cosine", False)):
        tables = made_up()
        tables["inference"]["ci_low"] = ci_low
        tables["inference"]["comparator"] = comparator
        text = " ".join(" ".join(lines) for lines in answer(tables).values())
        assert ("told from zero" in text) == is_compared


def test_study_of_one_seed_says_so(answer):
    tables = made_up()
    tables["inference"].loc[tables["inference"]["model"] != "reference", "seeds"] = 1
    for name in ("inference", "pairwise", "training_effect", "partial", "tasks"):
        tables[name]["ci_over"] = "neurons+trials"
    tables["pairwise"]["seeds"] = 1
    tables["training_effect"]["seeds"] = [1, 1, 1, 1, 0]
    tables["performance"]["seed"] = 3
    empty(tables, ["training_effect"], "p_seeds")
    sections = answer(tables)
    assert not any("Sign flips" in line for line in sections[TRAINING])
    assert all("; 1 seed. For these" in line for line in sections[TRAINING][:4])
    assert sections[CAVEATS][-1] == ("- There is only one seed: results may differ with others.")
    assert sections[""][3].endswith("with other neurons and trials.")
    assert not any("only one seed" in line for line in answer(made_up())[CAVEATS])


@pytest.mark.parametrize("p_holm", [0.03, 0.3])
def test_study_of_one_model_compares_its_two_layers(answer, p_holm):
    tables = keep(made_up(), ["cnn"])
    tables["performance"] = made_up()["performance"].assign(model="cnn", status="passed")
    tables["training_effect"] = tables["training_effect"][:0]
    tables["multiverse"]["rank"] = np.tile([1, 2], 6)
    tables["pairwise"][["p_holm", "with_best"]] = p_holm, True
    sections = answer(tables)
    text = " ".join(sections[""])
    told = p_holm < 0.05
    assert ("Of 2 layers of 1 model, the most similar one is `pool` of `cnn`: 0.4" in text) == told
    assert ("; it differs significantly from the other layer." in text) == told
    assert ("but the one other layer cannot be told from it" in text) == (not told)
    assert any("give 1 different order of the layers" in line for line in sections[LIKE])


def test_study_of_one_layer_compares_it_with_no_other(answer):
    tables = keep(made_up(), ["cnn"], ["pool"])
    tables["performance"] = made_up()["performance"].assign(model="cnn", status="passed")
    tables["multiverse"] = tables["multiverse"].assign(rank=1, agreement=np.nan)
    sections = answer(tables)
    assert any(
        line.startswith("Only one layer can be judged, `pool` of `cnn`: its similarity is 0.430")
        for line in sections[""]
    )
    assert sections[LIKE][1:] == ["- The similarity can be told from zero."]
    assert sections[CONTROLS][2].endswith(
        ", the partial correlation of `pool` of `cnn` is −0.300, 95 % CI [−0.400, −0.200]."
        " The largest share of the variance of the recording's RDM that a layer uniquely explains "
        f"is {sentences.share(tables['partial']['unique_variance'].iloc[2])}."
    )
    assert sections[""][-2].endswith(", the CI lies above zero for no layer (−0.300).")
    assert sections[""][5].startswith("For the one layer with an untrained twin, no change ")


def test_recording_of_five_orientations_is_judged_with_care(answer):
    tables = made_up()
    tables["inference"] = tables["inference"].assign(stimuli=5, p_shift_least=0.1)
    sections = answer(tables)
    assert sections[ALIGNMENT][2] == (
        "It could not be told: with 5 orientations no p-value can be below 0.1."
    )
    assert any("There are only 5 orientations" in line for line in sections[CAVEATS])


def test_study_without_untrained_twins_says_so(answer):
    tables = made_up()
    tables["training_effect"] = tables["training_effect"][:0]
    tables["performance"]["status"] = "passed"
    sections = answer(tables)
    assert sections[TRAINING] == ["No trained model of this study has an untrained twin."]
    assert not any("training" in line or "untrained network" in line for line in sections[""])
    assert not any("untrained network" in line for line in sections[NOTHING])


def test_summary_says_where_most_networks_failed(answer):
    tables = made_up()
    assert "Most networks (12 of 17) failed their task." in " ".join(answer(tables)[""])
    tables["performance"]["status"] = ["failed"] * 8 + ["passed"] * 9
    assert "Most networks" not in " ".join(answer(tables)[""])


def test_study_in_which_all_networks_failed_has_no_layer_to_name(answer):
    tables = made_up()
    is_layer = tables["inference"]["model"] != "reference"
    columns = "similarity$|ci_|share|p_shift|df|se_"
    tables["inference"].loc[is_layer, tables["inference"].filter(regex=columns).columns] = np.nan
    tables["inference"].loc[is_layer, "ci_over"] = "nothing"
    tables["inference"].loc[is_layer, ["seeds", "failed"]] = [0, 3]
    empty(tables, ["pairwise", "training_effect"], "difference|effect|ci_low|ci_high|^p|stimuli")
    empty(tables, ["partial"], "partial|ci_low|ci_high|unique")
    empty(tables, ["multiverse", "tasks"], "rank|agreement|similarity|ci_low|ci_high|p_holm")
    tables["training_effect"]["seeds"] = 0
    tables["performance"]["status"] = "failed"
    sections = answer(tables)
    said = "No layer has a similarity that is defined: all networks failed their task."
    assert said in sections[""]
    assert sections[LIKE][0] == f"- {said}"
    assert "- `a` of `one`: similarity 0.407 with the 3 networks that failed." in sections[LIKE]
    assert all("no seed to compare" in line for line in sections[TRAINING])
    assert sections[TASKS] == ["The similarity is not defined for two tasks."]
    assert sections[CONTROLS] == ["No partial correlation is defined."]
    assert sections[ALIGNMENT][2] == "There is no such test here."


def test_study_in_which_nothing_was_resampled_has_values_alone(answer):
    tables = made_up()
    for name in ("inference", "pairwise", "training_effect", "partial"):
        tables[name]["ci_over"] = "nothing"
    empty(tables, ["inference", "pairwise", "partial"], "ci_low|ci_high|share|^p$|p_holm|stimuli_p")
    empty(tables, ["training_effect"], "ci_low|ci_high|^p$|^p_holm|stimuli")
    empty(tables, ["inference"], "warning")
    empty(tables, ["encoding", "tasks"], "ci_low|ci_high|p_holm")
    sections = answer(tables)
    assert (
        "Nothing was resampled, so there are no intervals and no tests of differences."
        in sections[""]
    )
    text = "\n".join(line for lines in sections.values() for line in lines)
    assert " CI " not in text
    assert "interval)" not in text
    assert SMOOTH not in text
    assert (
        "Whether training changes the similarity, beyond this very recording, could not be tested."
        in sections[""]
    )
    assert "beyond this very recording, could not be tested. Change 0.021; 6 seeds." in text
    assert "could not be tested; by value alone it is `b` of `two`, 0.560." in text


def test_study_that_resampled_stimuli_alone_has_their_intervals(answer):
    tables = made_up()
    for name in ("inference", "pairwise", "training_effect", "partial"):
        tables[name]["ci_over"] = "nothing"
    empty(tables, ["inference", "pairwise", "training_effect", "partial"], "^ci_low|^ci_high|^p$")
    empty(tables, ["pairwise", "training_effect"], "^p_holm")
    sections = answer(tables)
    assert sections[""][3] == (
        "Only stimuli were resampled: intervals are for other representations of the same "
        "smoothness."
    )
    assert SMOOTH in sections[LIKE][0]
    assert " CI " not in sections[LIKE][0]


def test_layers_whose_similarity_is_not_defined_are_left_out(answer):
    tables = made_up()
    columns = ["similarity", "ci_low", "ci_high", "p_shift_max_t", "similarity_with_failed"]
    tables["inference"].loc[5, columns] = np.nan
    tables["inference"].loc[5, "undefined"] = 9
    tables["partial"].loc[tables["partial"]["model"] == "two", "partial"] = np.nan
    multiverse = tables["multiverse"].loc[tables["multiverse"]["model"] != "two"]
    ranks = multiverse.groupby(["dissimilarity", "comparator"])["rank"].rank()
    tables["multiverse"]["rank"] = ranks  # none of the layer that is not defined
    pairwise = tables["pairwise"]
    pairwise.loc[(pairwise == "two").any(axis=1), "p_holm"] = np.nan
    pairwise["with_best"] = (pairwise == "one").any(axis=1) & (pairwise == "a").any(axis=1)
    sections = answer(tables)
    assert not any("`b` of `two`" in line for line in sections[""])
    assert sections[LIKE][0].startswith("- `a` of `one` (77 units): similarity 0.450")
    assert (
        "- `b` of `two`: the similarity is not defined for 9 networks, left out of the mean."
        in sections[LIKE]
    )


def test_recording_without_a_ceiling_says_so(answer):
    tables = made_up()
    tables["inference"][["ceiling_low", "ceiling_high", "ceiling_from"]] = np.nan
    tables["ceilings"] = tables["ceilings"][:0]
    sections = answer(tables)
    assert sections[""][-1] == "There is no noise ceiling."
    assert sections[CEILINGS] == ["No ceiling could be estimated."]


def test_halves_that_do_not_agree_are_named_as_the_reason_for_no_ceiling(answer):
    """A recording with halves of trials that has none would otherwise seem to contradict itself."""
    tables = made_up()
    tables["inference"][["ceiling_low", "ceiling_high"]] = np.nan
    tables["inference"]["ceiling_from"] = "halves of trials (too low where the recording is noisy)"
    assert answer(tables)[""][-1] == (
        "There is no noise ceiling: halves of trials have too little in common to estimate one."
    )


@pytest.mark.parametrize(
    ("fraction", "expected"),
    [(0, "0 %"), (0.004, "< 1 %"), (0.558, "56 %"), (0.996, "> 99 %"), (1, "100 %")],
)
def test_share_is_never_rounded_to_all_or_nothing(fraction, expected):
    assert sentences.share(fraction) == expected


def test_report_opens_with_the_summary(study):
    text = (study.folder / "results/simulated_small/report.html").read_text(encoding="utf-8")
    summary, nav = text.index('<p id="summary"><strong>In short.</strong>'), text.index("<nav")
    assert text.index("</h1>") < summary < nav < text.index('<section id="recording"')
    assert text.count("<strong>In short.</strong>") == 1


def test_intervals_of_few_seeds_are_warned_of(answer):
    tables = made_up()
    tables["inference"].loc[:2, "ci_warning"] = "rather narrow: fewer than 5 seeds"
    lines = answer(tables)["What to keep in mind"]
    assert "- Warning for the CI of 3 layers: rather narrow: fewer than 5 seeds." in lines


@pytest.mark.parametrize("is_told", [True, False])
def test_intervals_above_and_below_zero_are_told_apart(answer, is_told):
    tables = made_up()
    tables["inference"].loc[5, "ci_low"] = 0.5 if is_told else -0.5
    tables["inference"].loc[2, ["ci_low", "ci_high"]] = [-0.2, -0.1]
    can, n = ("can", 4) if is_told else ("cannot", 3)
    assert (
        f"- The highest similarity {can} be told from zero; the CI of {n} of 6 layers lies above "
        "it, that of 1 below." in answer(tables)[LIKE]
    )


def test_layer_that_predicts_best_is_told_beside_the_most_similar_one(answer):
    lines = answer(made_up())[PREDICTION]
    assert "in blocks with a gap of 10.8° or more on both sides" in lines[0]
    assert lines[2:] == [
        "- By value, the layer that predicts best is `pool` of `cnn_untrained`: R² 0.334, 95 % CI "
        "[0.324, 0.344]. The layer with the most similar RDM, `b` of `two`, has 0.207, 95 % CI "
        "[0.197, 0.217].",
        "- A model that predicts the mean of the responses that are fitted to has −0.118, 95 % CI "
        "[−0.128, −0.108]. Neuron by neuron, `pool` of `cnn_untrained` is 0.452 beyond it, 95 % CI "
        "[0.442, 0.462]. Better than this mean (CI of the median difference above zero, each layer "
        "by itself): 5 of 6 layers.",
        "- A smooth function of the orientation, a periodic spline, has 0.176, 95 % CI "
        "[0.166, 0.186]. Neuron by neuron, `pool` of `cnn_untrained` is 0.148 beyond it, 95 % CI "
        "[0.138, 0.158]. Better than both the spline and the mean: 3 of 6 layers. Gratings differ "
        "in their orientation alone, so that a layer that is better fills the gaps between them "
        "better than a spline; this does not tell that neurons respond to more than orientation.",
        "- Kendall's τ between the orders of the layers by similarity and by R² is 0.200.",
        "- With folds at random, in which the neighbors of a held-out grating are fitted to, "
        "`pool` of `cnn_untrained` has 0.736 (seed 12): this is interpolation between neighbors "
        "and no evidence for the layer.",
        "- The noise of the trials allows 0.819 (reliability, from two parts of the trials). Of "
        "2000 neurons, 1234 are reliable enough (.15 or more) for the normalized scores in "
        "`encoding.csv`.",
    ]


def test_layer_that_is_beyond_the_spline_alone_is_not_counted_as_beyond_both(answer):
    """Where a spline predicts worse than the mean, whatever is near the mean is beyond it."""
    tables = made_up()
    table = tables["encoding"]
    is_one = (table["model"] == "cnn_untrained") & (table["layer"] == "pool")
    table.loc[is_one & (table["score"] == "r2_beyond_mean"), "ci_low"] = -0.001
    found = answer(tables)[PREDICTION]
    assert "each layer by itself): 4 of 6 layers." in found[3]
    assert "Better than both the spline and the mean: 2 of 6 layers." in found[4]


def test_layer_that_is_most_alike_and_predicts_best_is_named_once(answer):
    tables = made_up()
    is_b = (tables["encoding"]["layer"] == "b") & (tables["encoding"]["score"] == "r2")
    tables["encoding"].loc[is_b & tables["encoding"]["seed"].isna(), "median"] = 0.5
    lines = answer(tables)[PREDICTION]
    assert lines[2].endswith("It is the one with the most similar RDM.")


def test_without_parts_of_the_trials_nothing_is_normalized_and_it_is_said(answer):
    tables = made_up()
    is_ceiling = tables["encoding"]["layer"] == "trials"
    tables["encoding"].loc[is_ceiling, ["median", "ci_low", "ci_high"]] = np.nan
    assert answer(tables)[PREDICTION][-1] == (
        "- The recording has no two parts of the trials, so that scores are not normalized by what "
        "the trials allow."
    )


def test_layers_that_predict_nothing_are_not_praised(answer):
    tables = made_up()
    columns = ["median", "ci_low", "ci_high"]
    tables["encoding"][columns] -= 0.5
    found = answer(tables)[PREDICTION]
    assert found[3].endswith(
        "by itself): none of 6 layers. So no layer is shown to predict held-out orientations, and "
        "the order of layers by R² is one of failures."
    )
    assert found[4].endswith("Better than both the spline and the mean: none of 6 layers.")
    assert not any("Kendall" in line for line in found)
    is_layer = tables["encoding"]["model"] != "reference"
    tables["encoding"].loc[is_layer, columns] = np.nan
    assert answer(tables)[PREDICTION] == ["No layer predicts a neuron."]


def test_what_fitted_networks_reach_is_told_beside_networks_that_never_saw_the_recording(answer):
    tables = made_up()
    lines = answer(tables)[FITTED]
    assert lines[2:] == [
        "- By value, the most similar layer of a fitted network is `fc` of `v1_fitted_cnn`: 0.617. "
        "Of the networks that never saw the recording it is `b` of `two`: 0.557. The reference "
        "pixels, which learns nothing, has 0.999.",
        "- The predicted responses of `v1_fitted_linear` have a similarity of 0.912, and both "
        "parts of the trials one of 0.933.",
        "- At orientations that were held out, `v1_fitted_linear` has a median R² of −0.511; "
        "neuron by neuron, that is −0.041 beyond the mean of the responses that are fitted to and "
        "−0.321 beyond a smooth function of the orientation.",
        "- At orientations that were held out, `v1_fitted_cnn` has a median R² of −0.312; neuron "
        "by neuron, that is 0.213 beyond the mean of the responses that are fitted to and 0.122 "
        "beyond a smooth function of the orientation.",
    ]
    assert "no normative models" in lines[0]
    table = tables["v1_fitted"]
    tables["v1_fitted"] = table[table["kind"] != "normative"]
    line = answer(tables)[FITTED][2]
    assert "`v1_fitted_cnn`: 0.617. The reference pixels" in line
    none = table[table["kind"] == "fitted to V1"].dropna(subset="similarity")[:4]
    tables["v1_fitted"] = none.assign(similarity=np.nan, r2=np.nan, note="left out: no parts")
    assert answer(tables)[FITTED] == ["This was left out: no parts."]
