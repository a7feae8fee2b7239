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
TABLES += ["ceilings", "multiverse", "performance"]
N = r"(−?\d+\.\d{3})"  # a similarity
LAYER = "`(.+?)` of `(.+?)`"
LAYERS = [*product(["cnn", "cnn_untrained"], ["pool", "fc"]), ("one", "a"), ("two", "b")]
LAYERS += [("three", "a")]
OVER = "neurons+trials+seeds"
SMOOTH = "other representations of the same smoothness"
LIKE = "Which layer is most like the recording?"
TRAINING = "Does training matter?"
NOTHING = "What do models reach that learn nothing?"
CONTROLS = "What explains it?"
ALIGNMENT = "Does the alignment of the gratings matter?"
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
        comparator="cosine",
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
    }


def keep(tables, models, layers=("pool", "fc", "a", "b")):
    """Leave in tables only what is of some models and layers, and the references."""
    for name, table in tables.items():
        for column in set(table) & {"model", "model_a", "model_b"}:
            table = table[table[column].isin([*models, "reference"])]
        for column in set(table) & {"layer", "layer_a", "layer_b"}:
            table = table[table[column].isin([*layers, *REFERENCE_NAMES])]
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

    def answer(tables, dataset="mine", confidence=0.95):
        paths = {name: tmp_path / f"{name}.csv" for name in TABLES}
        for name, path in paths.items():
            tables[name].to_csv(path, index=False)
        output = SimpleNamespace(answers=tmp_path / "answers.md")
        params = SimpleNamespace(confidence=confidence)
        main(paths, output, SimpleNamespace(dataset=dataset), params)
        page = output.answers.read_text(encoding="utf-8")
        assert not re.search(r"\bnan\b|None|[{}]|\bundefined\b|np\.|\n\n\n|  ", page)
        assert not re.search(r"^- *$|[,;:] *[.,;)]|\(\)|\.\.| [.,;]", page, re.M)
        assert not re.search(r" $|^ |\b1 (layers|seeds|units|networks|models|CIs)\b", page, re.M)
        assert all(line.endswith((".", ":")) for line in page.splitlines() if line[:1] not in "#")
        assert page.endswith("\n")
        others = tables["pairwise"].query("with_best")["p_holm"]
        if not len(others) or (others > 0.05).any() or others.isna().all():
            assert "The most similar layer is" not in page
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


def test_summary_begins_with_what_was_asked(answer):
    lines = answer(made_up())[""]
    assert lines[0] == "# Answers: the mine recording"
    assert lines[2].startswith("**In short.** The question is which layers of 16 network models ")
    assert f"is the {COMPARATOR_NAMES['cosine']} between its RDM (" in lines[3]
    assert lines[4] == (
        "Each interval (CI) is for these gratings, with other neurons, trials and seeds."
    )
    assert lines[5].startswith("In the tutorial's network, `cnn`, `pool` is more similar ")


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
    said = {1: "`pool` is more similar to the recording than `fc`"}
    said[-1] = "`fc` is more similar to the recording than `pool`"
    untold = "it could not be told whether `pool` or `fc` is more similar to the recording"
    tested = "" if np.isnan(p) else f" (p = {p:.2g}, one planned comparison)"
    difference = f"{written(sign * 0.19)}, 95 % CI {bounds(low, high)}"
    assert sections[""][5] == (
        f"In the tutorial's network, `cnn`, {said[sign] if p <= 0.05 else untold}: `pool` has "
        f"0.430 and `fc` 0.240; the difference is {difference}{tested}."
    )
    lines = sections[TUTORIAL]
    p = tables["pairwise"]["stimuli_p"][0]
    assert sections[""][6] == (
        f"With {SMOOTH}, the difference could not be told from zero (p = {p:.2g})."
    )
    assert lines[0].startswith("- `pool` (2880 units): similarity 0.430, ")
    assert lines[1].startswith("- `fc` (10 units): similarity 0.240, ")
    assert lines[2].startswith(f"- `pool` minus `fc`: {difference}; {SMOOTH}: ")
    assert ("is not significant" in "".join(lines)) == (pair["p"] > 0.05)
    assert len(lines) == (3 if np.isnan(pair["p"]) else 4)


@pytest.mark.parametrize(("p", "said"), [(0.05, "could be told"), (np.nan, None)])
def test_question_of_the_tutorial_is_asked_of_other_representations_too(answer, p, said):
    """Where there is a test of it; where there is none, that is said with its reason."""
    tables = made_up()
    of_stimuli = ["stimuli_p", "stimuli_ci_low", "stimuli_ci_high"]
    tables["pairwise"].loc[0, of_stimuli] = [p, 0.1, 0.2] if said else np.nan
    sections = answer(tables)
    line = f"With {SMOOTH}, the difference {said} from zero (p = 0.05)."
    assert (line in sections[""]) == (said is not None)
    assert (f"; {SMOOTH}: no interval; 6 seeds." in sections[TUTORIAL][2]) == (said is None)
    reason = "- A difference has no such interval or test where the recording or a layer is "
    found = any(line.startswith(reason) for line in sections[CAVEATS])
    assert found == (said is None)


def test_study_without_both_layers_of_the_tutorials_network_skips_its_question(answer):
    without_pair = made_up()
    without_pair["pairwise"].loc[0, ["difference", "ci_low", "ci_high", "p"]] = np.nan
    without_layer = keep(made_up(), ["cnn", "two"], ["fc", "b"])
    for tables in (without_pair, without_layer, keep(made_up(), ["one", "two"])):
        sections = answer(tables)
        assert TUTORIAL not in sections
        assert not any("`pool` has" in line for line in sections[""])


WINNER = "The most similar layer is `b` of `two`: 0.560"


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
    if tied is None:
        assert lines[0].startswith(f"{WINNER}, 95 % CI [")
        assert "; first in 56 % of samples and 47 % of other representations. It" in lines[0]
        assert lines[0].endswith("from each of the 5 other layers (Holm's correction).")
    elif tied == "untested":
        assert "could not be tested; by value alone the order is `b` of `two` (0.560; " in lines[0]
        assert " and 1 other." in lines[0]
    else:
        assert lines[0].startswith(
            "No single layer can be called the most similar: `b` of `two` has the highest value, "
            "0.560, 95 % CI ["
        )
        assert re.findall("of `(.+?)`", lines[0]) == tied
        assert f"but {len(tied) - 1} of 5 other layers cannot be told from it (Holm" in lines[0]


def test_significant_differences_of_the_first_layer_are_counted(answer):
    lines = answer(made_up())[LIKE]
    assert (
        "- The highest similarity differs significantly from that of 3 of 5 other layers (Holm's "
        "correction over all pairs of a family, see `tables/pairwise.csv`)." in lines
    )
    assert (
        "- With other representations of the same smoothness it differs significantly from that "
        "of 1 of 5 other layers." in lines
    )


def test_measures_that_order_all_layers_alike_count_once_and_rivals_are_named(answer):
    sections = answer(made_up())
    lines = sections[LIKE]
    assert (
        "Measures of similarity disagree: in their 4 different orders of the layers, first is `b` "
        "of `two` (in 3) and `pool` of `cnn` (in 1)." in sections[""]
    )
    assert (
        "- 6 measures (a dissimilarity and a comparator each) give 4 different orders of the "
        "layers. By value alone, first is `b` of `two` (in 3) and `pool` of `cnn` (in 1)." in lines
    )
    agreed = made_up()
    agreed["multiverse"]["rank"] = np.tile([2, 4, 3, 6, 5, 1], 6)
    assert not any("disagree" in line for line in answer(agreed)[""])
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


def test_effect_of_training_is_one_story_of_all_its_tests(answer):
    tables = made_up()
    sections = answer(tables)
    assert (
        "Training made 2 of 4 layers significantly more similar to the recording and 1 less similar"
        " (Holm's correction); for 1 no change could be told." in sections[""]
    )
    rows = records(tables["training_effect"])
    own = "; ".join(
        f"{written(row['effect'])} for `{row['layer']}`, 95 % CI "
        f"{bounds(row['ci_low'], row['ci_high'])}"
        for row in rows[:2]
    )
    assert f"In the tutorial's network, the change with training is {own}." in sections[""]
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


def test_models_that_learn_nothing_are_listed_and_the_best_are_in_the_summary(answer):
    tables = made_up()
    sections = answer(tables)
    references = sorted_layers(tables, is_reference=True)
    name = REFERENCE_NAMES[references[0]["layer"]]
    assert (
        f"Models that learn nothing reach 0.880 (the reference {name}; 3 of 4 references "
        "are above every layer) and 0.310 (untrained network, `pool` of `cnn_untrained`)."
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
        in_summary = any(said.startswith(line) for line in summary if line)
        assert in_summary == (given not in REFERENCE_NAMES)
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
    row = asked.tables["inference"].iloc[0]
    assert head == f"The noise ceiling drawn in figures comes from {row.ceiling_from}."
    assert asked.sections[""][-1] == (
        f"The noise in the recording limits a similarity to about {written(row.ceiling_low)} to "
        f"{written(row.ceiling_high)} (noise ceiling, from {row.ceiling_from})."
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
        '- An interval after "CI" answers what to expect with these gratings and other neurons, '
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
    assert (
        f"Each interval (CI) is for these gratings, with other {words} (the same {missing})."
        in sections[""]
    )
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
    assert "No similarity can be told from zero: each of the 6 CIs includes it." in sections[""]
    text = " ".join(sections[""])
    assert "it could not be told whether `pool` or `fc` is more similar" in text
    assert "For all 4 layers with an untrained twin, no change with training could be told" in text
    assert "but all 5 other layers cannot be told from it" in text
    assert text.count("none of 6 CIs lie above zero") == 2
    assert sections[ALIGNMENT][2].startswith("The alignment matters significantly for none of 6 ")


def test_study_of_one_seed_says_so(answer):
    tables = made_up()
    tables["inference"].loc[tables["inference"]["model"] != "reference", "seeds"] = 1
    for name in ("inference", "pairwise", "training_effect", "partial"):
        tables[name]["ci_over"] = "neurons+trials"
    tables["pairwise"]["seeds"] = 1
    tables["training_effect"]["seeds"] = [1, 1, 1, 1, 0]
    tables["performance"]["seed"] = 3
    empty(tables, ["training_effect"], "p_seeds")
    sections = answer(tables)
    assert not any("Sign flips" in line for line in sections[TRAINING])
    assert all("; 1 seed. For these" in line for line in sections[TRAINING][:4])
    assert sections[CAVEATS][-1] == ("- There is only one seed: results may differ with others.")
    assert "(the same seeds)" in sections[""][4]
    assert not any("only one seed" in line for line in answer(made_up())[CAVEATS])


@pytest.mark.parametrize("p_holm", [0.03, 0.3])
def test_study_of_one_model_compares_its_two_layers(answer, p_holm):
    tables = keep(made_up(), ["cnn"])
    tables["performance"] = made_up()["performance"].assign(model="cnn", status="passed")
    tables["training_effect"] = tables["training_effect"][:0]
    tables["multiverse"]["rank"] = np.tile([1, 2], 6)
    tables["pairwise"][["p_holm", "with_best"]] = p_holm, True
    sections = answer(tables)
    assert "layers of 1 network model represent" in sections[""][2]
    text = " ".join(sections[""])
    told = p_holm < 0.05
    assert ("The most similar layer is `pool` of `cnn`: 0.430" in text) == told
    assert ("It differs significantly from the other layer (Holm" in text) == told
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
    assert "It can be told from zero." in sections[""]
    assert len(sections[LIKE]) == 1
    assert sections[""][-3].endswith(
        ", the partial correlation of `pool` of `cnn` is −0.300, 95 % CI [−0.400, −0.200]."
    )
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


def test_study_in_which_all_networks_failed_has_no_layer_to_name(answer):
    tables = made_up()
    is_layer = tables["inference"]["model"] != "reference"
    columns = "similarity$|ci_|share|p_shift|df|se_"
    tables["inference"].loc[is_layer, tables["inference"].filter(regex=columns).columns] = np.nan
    tables["inference"].loc[is_layer, "ci_over"] = "nothing"
    tables["inference"].loc[is_layer, ["seeds", "failed"]] = [0, 3]
    empty(tables, ["pairwise", "training_effect"], "difference|effect|ci_low|ci_high|^p|stimuli")
    empty(tables, ["partial"], "partial|ci_low|ci_high|unique")
    empty(tables, ["multiverse"], "rank|agreement|similarity")
    tables["training_effect"]["seeds"] = 0
    tables["performance"]["status"] = "failed"
    sections = answer(tables)
    said = "No layer has a similarity that is defined: all networks failed their task."
    assert said in sections[""]
    assert sections[LIKE][0] == f"- {said}"
    assert "- `a` of `one`: similarity 0.407 with the 3 networks that failed." in sections[LIKE]
    assert all("no seed to compare" in line for line in sections[TRAINING])
    assert sections[CONTROLS] == ["No partial correlation is defined."]
    assert sections[ALIGNMENT][2] == "There is no such test here."


def test_study_in_which_nothing_was_resampled_has_values_alone(answer):
    tables = made_up()
    for name in ("inference", "pairwise", "training_effect", "partial"):
        tables[name]["ci_over"] = "nothing"
    empty(tables, ["inference", "pairwise", "partial"], "ci_low|ci_high|share|^p$|p_holm|stimuli_p")
    empty(tables, ["training_effect"], "ci_low|ci_high|^p$|^p_holm|stimuli")
    empty(tables, ["inference"], "warning")
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
    assert "could not be tested; by value alone the order is `b` of `two` (0.560)" in text


def test_study_that_resampled_stimuli_alone_has_their_intervals(answer):
    tables = made_up()
    for name in ("inference", "pairwise", "training_effect", "partial"):
        tables[name]["ci_over"] = "nothing"
    empty(tables, ["inference", "pairwise", "training_effect", "partial"], "^ci_low|^ci_high|^p$")
    empty(tables, ["pairwise", "training_effect"], "^p_holm")
    sections = answer(tables)
    assert sections[""][4] == (
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
        f"The highest similarity {can} be told from zero; the CI of {n} of 6 layers lies above it, "
        "that of 1 below." in answer(tables)[""]
    )
