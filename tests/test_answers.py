"""Every number of the answers is its cell of a table, on the small study and on made-up tables."""

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
CI = rf"(?:(\d+(?:\.\d+)?) % CI \[{N}, {N}\]|\(no interval\))"
LAYER = "`(.+?)` of `(.+?)`"


@pytest.fixture(scope="module")
def of_study(study):
    folder = study.folder / "results/simulated_small/tables"
    return {name: pd.read_csv(folder / f"{name}.csv") for name in TABLES}


def made_up():
    """Tables in which no two cells that a sentence could be about are equal.

    The most similar layer is `c` of `two`; the similarity of `three` is not defined.
    """
    rng = np.random.default_rng(1)
    layers = [*product(["one", "two"], "abc"), ("three", "a")]
    n = len(layers)

    def cells(columns, n_rows):
        return {column: rng.uniform(-1, 1, n_rows) for column in columns}

    inference = pd.DataFrame(layers, columns=["model", "layer"])
    inference = inference.assign(
        similarity=[0.31, 0.12, 0.43, 0.24, 0.05, 0.56, np.nan],
        p_shift=[0.01, 0.02, 0.03, 0.04, 0.041, 0.9, np.nan],
        p_shift_max_t=[0.05, 0.2, 0.021, 0.3, 0.4, 0.022, np.nan],  # three, one at the limit
        p_shift_least=[0.004] * 6 + [np.nan],
        seeds=[4, 5, 6, 7, 8, 9, 0],
        units=[10, 20, 30, 40, 50, 60, 70],
        ci_over=["neurons", "neurons", "seeds", "nothing", "neurons+seeds", "seeds", "nothing"],
        stimuli_ci_warning=["w2", np.nan, "w1", np.nan, np.nan, "w1", np.nan],
        **cells(["share_first", "share_first_stimuli"], n),
    )
    inference["similarity_with_failed"] = inference["similarity"] + [0, 0, 0.1, 0, 0, 0, 0]
    inference["share_first"] = [0.11, 0.12, 0.13, 0.14, 0.15, 0.35, np.nan]
    inference["share_first_stimuli"] = [0.16, 0.17, 0.18, 0.19, 0.06, 0.24, np.nan]
    references = pd.DataFrame({"model": "reference", "layer": list(REFERENCE_NAMES)[:5]})
    references = references.assign(
        similarity=[0.11, 0.57, 0.22, 0.88, np.nan], p_shift=0.001, seeds=0, ci_over="neurons"
    )
    inference = pd.concat([inference, references], ignore_index=True)
    bounds = ["ci_low", "ci_high", "stimuli_ci_low", "stimuli_ci_high", "ceiling_low"]
    inference = inference.assign(
        comparator="cosine",
        ceiling_from="halves of x (who knows)",
        stimuli=100,
        p_shift_note=np.nan,
        **cells([*bounds, "ceiling_high"], n + 5),
    )
    inference.loc[5, ["ci_low", "ci_high"]] = [0.52, 0.61]

    pairwise = pd.DataFrame(
        [(*a, *b) for a, b in combinations(layers, 2)],
        columns=["model_a", "layer_a", "model_b", "layer_b"],
    )
    is_best = pairwise.apply(lambda row: ("two", "c") in (tuple(row[:2]), tuple(row[2:])), axis=1)
    is_undefined = (pairwise == "three").any(axis=1)
    tested = is_best & ~is_undefined
    pairwise["p"] = np.where(is_undefined, np.nan, 0.003)
    pairwise["stimuli_p"] = np.where(is_undefined, np.nan, 0.3)
    pairwise["p_best_holm"] = np.where(tested, 0.5, np.nan)
    pairwise["stimuli_p_best_holm"] = np.where(tested, 0.6, np.nan)
    places = np.flatnonzero(tested)
    pairwise.loc[places[:2], "p_best_holm"] = [0.01, 0.05]  # one at the limit
    pairwise.loc[places[0], "stimuli_p_best_holm"] = 0.04
    bounds = ["difference", "ci_low", "ci_high", "stimuli_ci_low", "stimuli_ci_high"]
    pairwise = pairwise.assign(**cells(bounds, len(pairwise)))

    multiverse = pd.DataFrame(
        [(*measure, *layer) for measure in product("dD", "ef") for layer in layers[:-1]],
        columns=["dissimilarity", "comparator", "model", "layer"],
    )
    multiverse["similarity"] = rng.uniform(-1, 1, len(multiverse))
    # Four measures: the first and the last order all layers alike.
    ranks = [[2, 3, 4, 5, 6, 1], [1, 3, 2, 5, 6, 4], [1, 2, 3, 4, 6, 5], [2, 3, 4, 5, 6, 1]]
    multiverse["rank"] = np.ravel(ranks)
    multiverse["agreement"] = np.repeat([1, 0.71, -0.13, 1], 6)

    effect = pd.DataFrame(layers[:4], columns=["model", "layer"])
    bounds = ["ci_low", "ci_high", "stimuli_ci_low", "stimuli_ci_high"]
    effect = effect.assign(
        untrained_model="three",
        seeds=[6, 1, 0, 5],
        effect=[0.213, -0.114, np.nan, -0.315],
        **cells(bounds, 4),
        p=[0.0121, np.nan, np.nan, 0.0231],
        p_holm=[0.0242, np.nan, np.nan, 0.0582],
        p_seeds=[0.0123, np.nan, np.nan, 0.0234],
        p_seeds_holm=[0.0246, np.nan, np.nan, 0.0235],
        stimuli_p=[0.123, np.nan, np.nan, 0.234],
        stimuli_p_holm=[0.247, np.nan, np.nan, 0.236],
    )
    effect.loc[1, bounds] = np.nan

    given = ["pixels", "tilt", "any function of the difference", "all references"]
    partial = pd.DataFrame(
        [(*layer, name) for layer in layers for name in given], columns=["model", "layer", "given"]
    )
    columns = ["partial", "ci_low", "ci_high", "unique_variance"]
    partial = partial.assign(**cells(columns, len(partial)))

    ceilings = pd.DataFrame(
        [(of, f"e{i} {of if i == 1 else ''}".strip()) for of in ("trials", "neurons") for i in "12"]
    )
    ceilings.columns = ["halves_of", "estimand"]
    ceilings = ceilings.assign(
        warning=["w1", np.nan, "w3", "w4"], **cells(["estimate", "truth", "error"], 4)
    )
    ceilings.loc[2, "truth"] = np.nan

    status = ["failed"] * 12 + ["passed"] * 3 + ["untrained"] * 2
    performance = pd.DataFrame({"model": list("mnopqrstuvwxyzabc"), "seed": range(100, 117)})
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


@pytest.fixture
def answer(tmp_path):
    """Write the page of answers to tables; give its sections, each a list of lines, by heading."""

    def answer(
        tables, dataset="mine", resample=("stimuli", "neurons", "seeds"), confidence=0.95, n_seeds=9
    ):
        paths = {name: tmp_path / f"{name}.csv" for name in TABLES}
        for name, path in paths.items():
            tables[name].to_csv(path, index=False)
        output = SimpleNamespace(answers=tmp_path / "answers.md")
        params = SimpleNamespace(resample=[*resample], confidence=confidence, n_seeds=n_seeds)
        main(paths, output, SimpleNamespace(dataset=dataset), params)
        page = output.answers.read_text(encoding="utf-8")
        assert not re.search(r"nan|None|\{|undefined\b|np\.|\n\n\n|\S  |- \n| [.,;]|\.\.", page)
        assert page.endswith("\n")
        first, *parts = re.split(r"^## (.+)\n", page, flags=re.M)
        sections = {"": first, **dict(zip(parts[::2], parts[1::2], strict=True))}
        return {title: text.strip().splitlines() for title, text in sections.items()}

    return answer


@pytest.fixture(params=["study", "made up"])
def asked(request, answer):
    """Give tables, the answers to them and the confidence of their intervals."""
    if request.param == "made up":
        tables = made_up()
        return SimpleNamespace(tables=tables, sections=answer(tables), percent="95")
    tables = request.getfixturevalue("of_study")
    drawn = ["stimuli", "neurons", "trials", "seeds"]
    sections = answer(tables, "simulated_small", drawn, 0.9, 3)
    return SimpleNamespace(tables=tables, sections=sections, percent="90")


def only_match(pattern, lines):
    """Match the one line that a pattern describes from its start to its end; give its groups."""
    matches = [match for line in lines if (match := re.fullmatch(pattern, line))]
    assert len(matches) == 1, (pattern, lines)
    return matches[0].groups()


def written(value, format=".3f"):
    return f"{value:{format}}".replace("-", "−")


def ci(row, percent, prefix=""):
    """Say what the groups of `CI` should hold."""
    low, high = row[f"{prefix}ci_low"], row[f"{prefix}ci_high"]
    return (None,) * 3 if pd.isna(low) else (percent, written(low), written(high))


def records(table):
    return table.to_dict("records")


def most_similar(tables):
    """Find the most similar layer by a plain loop."""
    best = None
    for row in records(tables["inference"]):
        is_layer = row["model"] != "reference" and row["similarity"] == row["similarity"]
        if is_layer and (best is None or row["similarity"] > best["similarity"]):
            best = row
    return best


def is_of(row, best, suffix=""):
    return row[f"model{suffix}"] == best["model"] and row[f"layer{suffix}"] == best["layer"]


def over_stimuli(row, percent):
    return ci({"ci_low": row["stimuli_ci_low"], "ci_high": row["stimuli_ci_high"]}, percent)


WHICH = "Which layer is most like the recording?"


def test_most_similar_layer_is_named_with_its_row_and_both_intervals(asked):
    best = most_similar(asked.tables)
    found = only_match(
        rf"- {LAYER}: similarity {N} \((.+?)\), {CI}; over other representations {CI}; "
        r"(\d+) seeds?, (\d+) units\.",
        asked.sections[WHICH],
    )
    assert found == (
        *(best["layer"], best["model"], written(best["similarity"])),
        COMPARATOR_NAMES[best["comparator"]],
        *(*ci(best, asked.percent), *over_stimuli(best, asked.percent)),
        *(str(int(best["seeds"])), str(int(best["units"]))),
    )


def test_layers_that_it_is_told_from_are_counted_and_the_others_named(asked):
    best = most_similar(asked.tables)
    found = only_match(
        r"- It is told from (\d+) of the (\d+) other layers \(p at most 0\.05 after Holm's "
        r"correction over these (\d+) tests\)(?:, not from (.+?))?; over other representations, "
        r"from (\d+)\.",
        asked.sections[WHICH],
    )
    others, alike, n_tests, n_told, n_over_stimuli = 0, [], 0, 0, 0
    for row in records(asked.tables["pairwise"]):
        if is_of(row, best, "_a") or is_of(row, best, "_b"):
            others += 1
            n_tests += row["p_best_holm"] == row["p_best_holm"]
            n_over_stimuli += row["stimuli_p_best_holm"] <= 0.05
            other = "_b" if is_of(row, best, "_a") else "_a"
            if row["p_best_holm"] <= 0.05:
                n_told += 1
            else:
                alike.append(f"`{row[f'layer{other}']}` of `{row[f'model{other}']}`")
    named = " and ".join(filter(None, [", ".join(alike[:-1]), *alike[-1:]]))
    numbers = [int(found[index]) for index in (0, 1, 2, 4)]
    assert numbers == [n_told, others, n_tests, n_over_stimuli]
    assert (found[3] or "") == named


def test_made_up_counts_are_those_put_in(answer):
    """So that the tests above and below are held against numbers that nobody computed."""
    sections = answer(made_up())
    lines = sections[WHICH]
    assert "told from 2 of the 6 other layers" in lines[1]
    assert "over these 5 tests" in lines[1]
    assert lines[1].endswith("; over other representations, from 1.")
    assert lines[2] == (
        "- It would be first in 35 % of samples of other neurons and seeds, and in 24 % of those "
        "with other representations, too."
    )
    assert lines[3] == (
        "- 4 measures (pairs of a dissimilarity and a comparator) give 3 different orders of the "
        "layers. 1 of these put it first, 2 put `a` of `one` first; its worst rank is 5 of 6. "
        "Kendall's τ between an order and that by the tutorial's measure is at least −0.130."
    )
    assert lines[4].startswith("- 2 of 4 references, which learn nothing, are more similar")
    caveats = sections["What to keep in mind"]
    assert caveats[0].startswith("- 12 of 17 networks failed their task and are left out: ")
    assert caveats[1] == (
        "- With its networks that failed, the similarity of `c` of `one` is 0.530 instead of 0.430."
    )
    assert sections["Are the stimuli aligned?"][2].startswith("- 3 of 6 layers are aligned ")
    assert sections["How to read the numbers"][2] == (
        "- The interval over other representations of 3 of 6 layers: w1."
    )


def test_rivals_by_other_measures_are_named(asked):
    best = most_similar(asked.tables)
    orders = {}
    for row in records(asked.tables["multiverse"]):
        measure = row["dissimilarity"], row["comparator"]
        orders.setdefault(measure, {})[row["model"], row["layer"]] = row["rank"]
    different = []
    for order in orders.values():
        if order not in different:
            different.append(order)
    n_first = sum(order[best["model"], best["layer"]] == 1 for order in different)
    (line,) = [line for line in asked.sections[WHICH] if "different order" in line]
    assert line.startswith(f"- {len(orders)} measures ")
    assert f"give {len(different)} different order" in line
    assert f" {n_first} of these put it first" in line
    for model, layer in orders[next(iter(orders))]:
        n = sum(order[model, layer] == 1 for order in different)
        if (model, layer) != (best["model"], best["layer"]):
            said = f"{n} put{'s' if n == 1 else ''} `{layer}` of `{model}` first"
            assert (said in line) == (n > 0)


def test_references_above_the_best_layer_are_counted_and_the_best_named(asked):
    best = most_similar(asked.tables)
    found = only_match(
        r"- (\d+) of (\d+) references, which learn nothing, are more similar to the recording\. "
        rf"The most similar reference is (.+): similarity {N}, {CI}\.",
        asked.sections[WHICH],
    )
    references = [
        row
        for row in records(asked.tables["inference"])
        if row["model"] == "reference" and row["similarity"] == row["similarity"]
    ]
    above = [row for row in references if row["similarity"] > best["similarity"]]
    references.sort(key=lambda row: row["similarity"])
    top = references[-1]
    assert found == (
        *(str(len(above)), str(len(references))),
        *(REFERENCE_NAMES[top["layer"]], written(top["similarity"]), *ci(top, asked.percent)),
    )


def test_effect_of_training_has_both_intervals_and_all_tests(asked):
    lines = asked.sections["Does training matter?"]
    assert len(lines) == len(asked.tables["training_effect"])
    for row, line in zip(records(asked.tables["training_effect"]), lines, strict=True):
        name = f"- `{row['layer']}` of `{row['model']}`: "
        if not row["seeds"]:
            assert line == f"{name}no seed to compare."
            continue
        found = only_match(
            rf"{name}training changes the similarity by {N}, {CI}; (\d+) (seeds?)"
            r"(?:, p = (\S+) \((\S+) after Holm's correction\), which (.+?) from no difference)?"
            r"(?:; over seeds alone p = (\S+) \((\S+)\))?"
            rf"(?:; over other representations {CI}, p = (\S+) \((\S+)\))?\.",
            [line],
        )
        expected = [written(row["effect"]), *ci(row, asked.percent), str(row["seeds"])]
        expected += ["seed" if row["seeds"] == 1 else "seeds"]
        if np.isnan(row["p"]):
            expected += [None, None, None]
        else:
            told = "is told" if row["p_holm"] <= 0.05 else "cannot be told"
            expected += [f"{row['p']:.2g}", f"{row['p_holm']:.2g}", told]
        for p in ("p_seeds", "stimuli_p"):
            if p == "stimuli_p":
                expected += [None] * 3 if np.isnan(row[p]) else [*over_stimuli(row, asked.percent)]
            known = [None] * 2 if np.isnan(row[p]) else [f"{row[p]:.2g}", f"{row[f'{p}_holm']:.2g}"]
            expected += known
        assert list(found) == expected


def test_partial_correlations_are_those_of_the_most_similar_layer(asked):
    best = most_similar(asked.tables)
    head, _, *lines = asked.sections["What explains it?"]
    found = only_match(
        rf"Partial correlation of {LAYER} with the recording; its similarity without a control "
        rf"is {N}:",
        [head],
    )
    assert found == (best["layer"], best["model"], written(best["similarity"]))
    rows = [row for row in records(asked.tables["partial"]) if is_of(row, best)]
    assert rows
    for row, line in zip(rows, lines, strict=True):
        name = REFERENCE_NAMES.get(row["given"], row["given"])
        if row["given"].endswith("difference"):
            name += " of orientation"
        found = only_match(
            rf"- controlling for (.+?): {N}, {CI}; it uniquely explains (\S+) % of the variance of "
            r"the recording's RDM\.",
            [line],
        )
        assert found == (
            *(name, written(row["partial"]), *ci(row, asked.percent)),
            f"{row['unique_variance'] * 100:.1f}",
        )


def test_each_ceiling_is_told_with_its_truth_and_its_warning(asked):
    head, _, *lines = asked.sections["How good could it be?"]
    band = asked.tables["inference"]["ceiling_from"][0]
    assert head == f"The noise ceiling drawn in figures comes from {band}."
    for row, line in zip(records(asked.tables["ceilings"]), lines, strict=True):
        name = row["estimand"]
        if not name.endswith(row["halves_of"]):
            name += f", from halves of {row['halves_of']}"
        truth = "" if np.isnan(row["truth"]) else f"; the truth is {written(row['truth'])}"
        warning = "" if row["warning"] != row["warning"] else f" ({row['warning']})"
        assert line == f"- {name}: {written(row['estimate'])}{truth}{warning}."


def test_failed_networks_are_counted_and_the_first_ten_named(asked):
    line = asked.sections["What to keep in mind"][0]
    rows = records(asked.tables["performance"])
    failed = [row for row in rows if row["status"] == "failed"]
    names = [
        f"{row['model']} seed {row['seed']} ({row['measure']} {row['score']:.3g})" for row in failed
    ]
    more = ", …" if len(names) > 10 else ""
    assert line == (
        f"- {len(failed)} of {len(rows)} networks failed their task and are left out: "
        f"{', '.join(names[:10])}{more}."
    )


def first_paragraph(sections):
    return sections[""][-1]


def test_first_paragraph_names_no_winner_where_none_can_be_told(answer):
    paragraph = first_paragraph(answer(made_up()))
    assert (
        "Which layer is most similar cannot be told: `c` of `two` has the highest similarity, "
        "0.560, 95 % CI [0.520, 0.610], and cannot be told from 4 of the 6 other layers."
    ) in paragraph
    assert "The most similar layer" not in paragraph


def test_first_paragraph_names_the_winner_that_is_told_from_all_others(answer):
    tables = made_up()
    pairs = tables["pairwise"]
    tables["pairwise"] = pairs[~(pairs == "three").any(axis=1)].assign(p_best_holm=0.05)
    paragraph = first_paragraph(answer(tables))
    assert (
        "The most similar layer is `c` of `two`, 0.560, 95 % CI [0.520, 0.610]; it is told from "
        "all 5 other layers."
    ) in paragraph
    assert "cannot be told from zero" not in paragraph


def test_first_paragraph_answers_from_the_tables(answer):
    tables = made_up()
    paragraph = first_paragraph(answer(tables))
    assert "The recording and 6 layers of networks were compared" in paragraph
    assert "Training made 1 of 2 layers more similar to the recording; of the other it could" in (
        paragraph
    )
    assert "the most similar is orientation, straight line, 0.880." in paragraph
    best = {
        row["given"]: row for row in records(tables["partial"]) if is_of(row, most_similar(tables))
    }
    for given in ("any function of the difference", "all references"):
        assert f"{written(best[given]['partial'])}, 95 % CI" in paragraph
    tables["inference"]["ceiling_high"] = 0.9123
    paragraph = first_paragraph(answer(tables))
    ceiling = "0.912"
    assert f"would reach {ceiling} (from halves of x (who knows))." in paragraph


@pytest.mark.parametrize("sign", [1, -1])
def test_first_question_is_the_tutorials(answer, sign):
    tables = made_up()
    names = {"one": "cnn"}
    for name in ("inference", "partial", "multiverse", "training_effect"):
        tables[name]["model"] = tables[name]["model"].replace(names)
        tables[name]["layer"] = tables[name]["layer"].replace({"a": "pool", "b": "fc"})
    pairs = tables["pairwise"].replace({**names, "a": "pool", "b": "fc"})
    low, high = (0.1, 0.3) if sign > 0 else (-0.3, -0.1)
    row = {"difference": 0.2 * sign, "ci_low": low, "ci_high": high, "p": 0.04}
    for column, value in row.items():
        pairs.loc[0, column] = value
    tables["pairwise"] = pairs
    sections = answer(tables)
    more = "more" if sign > 0 else "less"
    assert (
        f"In the tutorial's network, `pool` is {more} similar to the recording than `fc`, by 0.200 "
        "(95 % CI [0.100, 0.300]), which is told from zero for these gratings."
    ) in first_paragraph(sections)
    (line,) = [line for line in sections[WHICH] if line.startswith("- `pool` less `fc`")]
    assert line.startswith(
        f"- `pool` less `fc` of the tutorial's network: {written(0.2 * sign)}, 95 % CI "
        f"[{written(low)}, {written(high)}], p = 0.04; over other representations"
    )
    tables["pairwise"].loc[0, "p"] = 0.06
    assert "which cannot be told from zero for these gratings" in first_paragraph(answer(tables))


@pytest.mark.parametrize(
    ("low", "high", "is_near"), [(-0.1, 0.7, True), (0, 0.7, True), (0.1, 0.7, False)]
)
def test_similarity_that_cannot_be_told_from_zero_is_said_to(answer, low, high, is_near):
    tables = made_up()
    tables["inference"].loc[5, ["ci_low", "ci_high"]] = [low, high]
    paragraph = first_paragraph(answer(tables))
    assert ("That similarity itself cannot be told from zero." in paragraph) == is_near


@pytest.mark.parametrize(("least", "can_tell"), [(0.05, True), (0.0625, False)])
def test_alignment_is_not_counted_where_no_p_value_can_be_small_enough(answer, least, can_tell):
    tables = made_up()
    tables["inference"]["p_shift_least"] = least
    line = answer(tables)["Are the stimuli aligned?"][2]
    if can_tell:
        assert line == (
            "- 3 of 6 layers are aligned with the recording better than by chance (p at most 0.05 "
            "after the max-t correction; the smallest p-value that the test can give is 0.05)."
        )
    else:
        assert line == "- It cannot tell anything here: its smallest p-value is 0.062."


def test_answers_say_why_no_layer_was_tested(answer):
    tables = made_up()
    tables["inference"]["p_shift_note"] = "the orientations are not even"
    tables["inference"][["p_shift", "p_shift_max_t", "p_shift_least"]] = np.nan
    line = answer(tables)["Are the stimuli aligned?"][2]
    assert line == "- It was not made: the orientations are not even."


@pytest.mark.parametrize("n_stimuli", [5, 9, 10, 181])
def test_answers_warn_of_fewer_than_ten_orientations(answer, n_stimuli):
    tables = made_up()
    tables["inference"]["stimuli"] = n_stimuli
    warning = (
        f"- There are only {n_stimuli} orientations: similarities and their intervals are "
        "uncertain beyond what the intervals tell, and differ with the choice of orientations."
    )
    assert (warning in answer(tables)["What to keep in mind"]) == (n_stimuli < 10)


def test_simulated_recording_is_labeled_so(answer):
    label = "The recording is **simulated**: this page says nothing about mice."
    for dataset in ("simulated", "simulated_small"):
        first = answer(made_up(), dataset)[""]
        assert first[:3] == [f"# Answers: the {dataset} recording", "", label]
    assert answer(made_up(), "mine")[""][0] == "# Answers: the mine recording"
    assert label not in answer(made_up(), "mine")[""]


HOW = "How to read the numbers"


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        ("neurons+trials+seeds", "with other neurons, trials and seeds. p-values"),
        ("neurons+seeds", "with other neurons and seeds (without trials: of trials the recording"),
        ("seeds", "with other seeds (without neurons and trials: of trials the recording"),
        ("neurons+trials", "with other neurons and trials (without seeds). p-values"),
    ],
)
def test_what_an_interval_lacks_is_named(answer, over, expected):
    tables = made_up()
    tables["inference"]["ci_over"] = over
    assert expected in answer(tables)[HOW][0]


def test_nothing_resampled_has_no_intervals(answer):
    tables = made_up()
    tables["inference"]["ci_over"] = "nothing"
    for name in ("inference", "pairwise", "training_effect", "partial"):
        of_intervals = [c for c in tables[name] if c.endswith(("ci_low", "ci_high"))]
        tables[name][of_intervals] = np.nan
    tables["inference"][["share_first", "share_first_stimuli", "stimuli_ci_warning"]] = np.nan
    is_p = [c for c in tables["pairwise"] if "p_" in c or c == "p"]
    tables["pairwise"][is_p] = np.nan
    sections = answer(tables, resample=[])
    assert sections[HOW] == ["- Nothing was resampled: there are no intervals."]
    assert "whether it differs from the others was not tested" in first_paragraph(sections)
    assert "The most similar layer is" not in first_paragraph(sections)


@pytest.mark.parametrize(("n_seeds", "is_said"), [(1, True), (2, False)])
def test_one_seed_is_said(answer, n_seeds, is_said):
    lines = answer(made_up(), n_seeds=n_seeds)[HOW]
    assert ("- There is only one seed: results may differ with others." in lines) == is_said


def test_confidence_is_a_percentage(answer):
    for confidence, expected in ((0.9, "90"), (0.55, "55"), (0.975, "97.5")):
        lines = answer(made_up(), confidence=confidence)["What explains it?"]
        assert [re.search(r"(\S+) % CI", line)[1] for line in lines[2:]] == [expected] * 4


def test_study_without_failures_names_none(answer):
    tables = made_up()
    tables["performance"]["status"] = "passed"
    lines = answer(tables)["What to keep in mind"]
    assert lines[0] == "- 0 of 17 networks failed their task and are left out."


def test_study_without_twins_or_a_defined_similarity_says_so(answer):
    tables = made_up()
    tables["training_effect"] = tables["training_effect"][:0]
    sections = answer(tables)
    assert sections["Does training matter?"] == [
        "No trained model of this study has an untrained twin."
    ]
    assert "Training made" not in first_paragraph(sections)
    tables["inference"].loc[tables["inference"]["model"] != "reference", "similarity"] = np.nan
    tables["inference"]["p_shift"] = np.nan
    sections = answer(tables)
    for title in (WHICH, "What explains it?"):
        assert sections[title] == ["No layer has a similarity that is defined."]
    assert first_paragraph(sections) == "No layer has a similarity that is defined."
    assert sections["Are the stimuli aligned?"][2] == (
        "- It was not made: no similarity is defined."
    )


def test_single_layer_is_compared_with_no_other(answer):
    tables = made_up()
    tables["pairwise"] = tables["pairwise"][:0]
    is_kept = (tables["inference"]["model"] == "reference") | (tables["inference"].index == 5)
    tables["inference"] = tables["inference"][is_kept]
    sections = answer(tables)
    assert len(sections[WHICH]) == 2
    assert not any("told from" in line or "first" in line for line in sections[WHICH])
    paragraph = first_paragraph(sections)
    assert "The similarity of `c` of `two` is 0.560, 95 % CI [0.520, 0.610]." in paragraph
    assert "1 layer of networks" in paragraph


def test_partial_correlation_that_is_not_defined_is_said_to(answer):
    tables = made_up()
    is_meant = tables["partial"]["given"] == "all references"
    tables["partial"].loc[is_meant, ["partial", "ci_low", "ci_high", "unique_variance"]] = np.nan
    sections = answer(tables)
    assert sections["What explains it?"][-1] == (
        "- controlling for all references: not defined, as nothing varies beyond it."
    )
    assert "given all of these models" not in first_paragraph(sections)


def test_answers_to_the_small_study_are_read_line_by_line(asked):
    """The tests above read every section."""
    assert list(asked.sections) == [
        "",
        HOW,
        WHICH,
        "Does training matter?",
        "What explains it?",
        "Are the stimuli aligned?",
        "How good could it be?",
        "What to keep in mind",
    ]


def test_recording_is_named_in_captions_as_simulated_if_it_is():
    assert sentences.about("mine") == "`mine` recording"
    assert sentences.about("simulated_2") == (
        "`simulated_2` recording (simulated: it says nothing about mice)"
    )


def test_caption_is_a_bold_title_and_the_sentences_of_its_panels(tmp_path):
    sentences.write_caption(tmp_path / "c.md", "Title − 1.", "**a**, one.", "**b**, two.")
    text = (tmp_path / "c.md").read_text(encoding="utf-8")
    assert text == "**Title − 1.**\n**a**, one.\n**b**, two.\n"
