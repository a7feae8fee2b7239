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
        estimate=[0.31, 0.12, 0.43, 0.24, 0.05, 0.56, np.nan],
        p_shift=[0.01, 0.02, 0.03, 0.04, 0.041, 0.9, np.nan],
        p_holm=[0.05, 0.2, 0.021, 0.3, 0.4, 0.022, np.nan],  # three, one of them at the limit
        p_bh=[0.02, 0.03, 0.04, 0.031, 0.7, 0.8, np.nan],
        seeds=[4, 5, 6, 7, 8, 9, 0],
        ci_over=["stimuli", "neurons", "seeds", "nothing", "seeds+neurons", "stimuli+seeds", ""],
    )
    references = pd.DataFrame({"model": "reference", "layer": list(REFERENCE_NAMES)[:5]})
    references = references.assign(
        estimate=[0.11, 0.57, 0.22, 0.88, np.nan],
        **dict.fromkeys(["p_shift", "p_holm", "p_bh"], 0.001),
        seeds=0,
        ci_over="neurons",
    )
    inference = pd.concat([inference, references], ignore_index=True)
    bounds = ["ci_low", "ci_high", "ceiling_low", "ceiling_high"]
    inference = inference.assign(
        comparator="cosine",
        ceiling_from="halves of x (who knows)",
        stimuli=100,
        p_shift_note=np.nan,
        **cells(bounds, n + 5),
    )
    inference.loc[1, ["ci_low", "ci_high"]] = [0.01, 0.02]  # one that is told from 0

    pairwise = pd.DataFrame(
        [(*a, *b) for a, b in combinations(layers, 2)],
        columns=["model_a", "layer_a", "model_b", "layer_b"],
    )
    is_best = pairwise.apply(lambda row: ("two", "c") in (tuple(row[:2]), tuple(row[2:])), axis=1)
    is_undefined = (pairwise == "three").any(axis=1)
    columns = {"p_conservative": (3, 0.01), "p_holm": (1, 0.01), "p_bh": (4, 0.01)}
    for column, (n_small, small) in columns.items():
        p = np.where(is_best, 0.5, small)
        p[np.flatnonzero(is_best)[:n_small]] = small
        pairwise[column] = np.where(is_undefined, np.nan, p)
    pairwise.loc[np.flatnonzero(is_best)[1], "p_holm"] = 0.05  # at the limit: two in all
    pairwise = pairwise.assign(**cells(["difference", "ci_low", "ci_high"], len(pairwise)))

    multiverse = pd.DataFrame(
        [(*measure, *layer) for measure in product("dD", "ef") for layer in layers[:-1]],
        columns=["dissimilarity", "comparator", "model", "layer"],
    )
    multiverse["similarity"] = rng.uniform(-1, 1, len(multiverse))
    multiverse["rank"] = np.tile([2, 3, 4, 5, 6, 1], 4)
    multiverse.loc[[5, 11, 17, 23], "rank"] = [1, 4, 1, 2]
    multiverse["agreement"] = np.repeat([1, 0.71, -0.13, 0.52], 6)

    effect = pd.DataFrame(layers[:4], columns=["model", "layer"])
    effect = effect.assign(
        untrained_model="three",
        seeds=[6, 1, 0, 5],
        **cells(["effect", "ci_low", "ci_high"], 4),
        p_seeds=[0.0123, np.nan, np.nan, 0.0234],
        p_holm=[0.0246, np.nan, np.nan, 0.0235],
        p_bh=[0.0247, np.nan, np.nan, 0.0236],
    )
    effect.loc[1, ["ci_low", "ci_high"]] = np.nan

    given = ["pixels", "tilt", "all references"]
    partial = pd.DataFrame(
        [(*layer, name) for layer in layers for name in given], columns=["model", "layer", "given"]
    )
    columns = ["partial", "partial_ci_low", "partial_ci_high"]
    columns += ["unique_variance", "unique_variance_ci_low", "unique_variance_ci_high"]
    partial = partial.assign(**cells(columns, len(partial)))

    ceilings = pd.DataFrame(
        [(of, f"e{i} {of if i == 1 else ''}".strip()) for of in ("trials", "neurons") for i in "12"]
    )
    ceilings.columns = ["halves_of", "estimand"]
    ceilings = ceilings.assign(
        warning=["w1", "w2", "w3", "w4"], **cells(["estimate", "truth", "error"], 4)
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

    def answer(tables, dataset="mine", resample=("stimuli", "seeds"), confidence=0.95, n_seeds=9):
        paths = {name: tmp_path / f"{name}.csv" for name in TABLES}
        for name, path in paths.items():
            tables[name].to_csv(path, index=False)
        output = SimpleNamespace(answers=tmp_path / "answers.md")
        params = SimpleNamespace(resample=[*resample], confidence=confidence, n_seeds=n_seeds)
        main(paths, output, SimpleNamespace(dataset=dataset), params)
        page = output.answers.read_text(encoding="utf-8")
        assert not re.search(r"nan|None|\{|undefined\b|np\.|\n\n\n", page)
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
    sections = answer(tables, "simulated_small", ["stimuli", "neurons", "seeds"], 0.9, 3)
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
        is_layer = row["model"] != "reference" and row["estimate"] == row["estimate"]
        if is_layer and (best is None or row["estimate"] > best["estimate"]):
            best = row
    return best


def is_of(row, best, suffix=""):
    return row[f"model{suffix}"] == best["model"] and row[f"layer{suffix}"] == best["layer"]


def test_most_similar_layer_is_named_with_its_row(asked):
    best = most_similar(asked.tables)
    found = only_match(
        rf"- The most similar layer is {LAYER}: similarity {N} \((.+?)\), {CI}, "
        r"resampled: (.+); (\d+) seeds\.",
        asked.sections["Which layer is most like the recording?"],
    )
    factors = best["ci_over"].split("+")
    listed = " and ".join([", ".join(factors[:-1]), factors[-1]])
    assert found == (
        *(best["layer"], best["model"], written(best["estimate"])),
        COMPARATOR_NAMES[best["comparator"]],
        *ci(best, asked.percent),
        *(listed, str(int(best["seeds"]))),
    )


def test_differences_from_other_layers_are_counted_after_holm_and_without(asked):
    best, pairwise = most_similar(asked.tables), records(asked.tables["pairwise"])
    found = only_match(
        r"- It differs significantly from (\d+) of the (\d+) other layers \(Holm's correction over "
        r"(\d+) pairs\); from (\d+) without a correction\.",
        asked.sections["Which layer is most like the recording?"],
    )
    n = n_holm = n_uncorrected = 0
    for row in pairwise:
        if is_of(row, best, "_a") or is_of(row, best, "_b"):
            n += row["p_conservative"] == row["p_conservative"]
            n_holm += row["p_holm"] <= 0.05
            n_uncorrected += row["p_conservative"] <= 0.05
    assert [*map(int, found)] == [n_holm, n, len(pairwise), n_uncorrected]


def test_made_up_counts_are_those_put_in(answer):
    """So that the test above is held against numbers that nobody computed."""
    sections = answer(made_up())
    lines = sections["Which layer is most like the recording?"]
    assert "from 2 of the 5 other layers (Holm's correction over 21 pairs); from 3 " in lines[1]
    assert "ranks first by 2 of 4 measures" in lines[2]
    assert "its worst rank is 4 of 6" in lines[2]
    assert lines[2].endswith("is at least −0.130.")
    assert lines[3].startswith("- 2 of 4 references, which learn nothing, are more similar")
    caveats = sections["What to keep in mind"]
    assert caveats[0].startswith("- 12 of 17 networks failed their task and are left out: ")
    assert caveats[1].startswith("- 3 of 6 layers are significantly similar to the recording ")


def test_ranks_are_those_of_the_most_similar_layer_by_all_measures(asked):
    best = most_similar(asked.tables)
    found = only_match(
        r"- It ranks first by (\d+) of (\d+) measures \(pairs of a dissimilarity and a "
        r"comparator\); its worst rank is (\d+) of (\d+)\. Kendall's τ between the order of all "
        rf"layers by a measure and by the tutorial's is at least {N}\.",
        asked.sections["Which layer is most like the recording?"],
    )
    ranks, agreement = [], {}
    for row in records(asked.tables["multiverse"]):
        agreement[row["dissimilarity"], row["comparator"]] = row["agreement"]
        if is_of(row, best):
            ranks.append(row["rank"])
    layers = {(row["model"], row["layer"]) for row in records(asked.tables["multiverse"])}
    n_first = len([rank for rank in ranks if rank == 1])
    expected = [n_first, len(agreement), int(sorted(ranks)[-1]), len(layers)]
    assert [*map(int, found[:4])] == expected
    assert found[4] == written(sorted(agreement.values())[0])


def test_references_above_the_best_layer_are_counted_and_the_best_named(asked):
    best = most_similar(asked.tables)
    found = only_match(
        r"- (\d+) of (\d+) references, which learn nothing, are more similar to the recording\. "
        rf"The most similar reference is (.+): similarity {N}, {CI}\.",
        asked.sections["Which layer is most like the recording?"],
    )
    references = [
        row
        for row in records(asked.tables["inference"])
        if row["model"] == "reference" and row["estimate"] == row["estimate"]
    ]
    above = [row for row in references if row["estimate"] > best["estimate"]]
    references.sort(key=lambda row: row["estimate"])
    top = references[-1]
    assert found == (
        *(str(len(above)), str(len(references))),
        *(REFERENCE_NAMES[top["layer"]], written(top["estimate"]), *ci(top, asked.percent)),
    )


def test_effect_of_training_has_its_interval_and_both_p(asked):
    lines = asked.sections["Does training matter?"]
    assert len(lines) == len(asked.tables["training_effect"])
    for row, line in zip(records(asked.tables["training_effect"]), lines, strict=True):
        name = f"- `{row['layer']}` of `{row['model']}`: "
        if not row["seeds"]:
            assert line == f"{name}no seed to compare."
            continue
        found = only_match(
            rf"{name}training changes the similarity by {N}, {CI}; (\d+) (seeds?)"
            r"(?:, p = (\S+) \(sign flips over seeds, this recording only\), (\S+) after Holm's "
            r"correction)?\.",
            [line],
        )
        p = row["p_seeds"], row["p_holm"]
        assert found == (
            *(written(row["effect"]), *ci(row, asked.percent), str(row["seeds"])),
            "seed" if row["seeds"] == 1 else "seeds",
            *((None, None) if np.isnan(p[0]) else (f"{value:.2g}" for value in p)),
        )


def test_partial_correlations_are_those_of_the_most_similar_layer(asked):
    best = most_similar(asked.tables)
    head, _, *lines = asked.sections["What explains it?"]
    found = only_match(
        rf"Partial correlation of {LAYER} with the recording; its similarity without a control "
        rf"is {N}:",
        [head],
    )
    assert found == (best["layer"], best["model"], written(best["estimate"]))
    rows = [row for row in records(asked.tables["partial"]) if is_of(row, best)]
    assert rows
    for row, line in zip(rows, lines, strict=True):
        found = only_match(
            rf"- controlling for (.+): {N}, {CI}; it uniquely explains (\S+) % of the variance of "
            r"the recording's RDM\.",
            [line],
        )
        assert found == (
            REFERENCE_NAMES.get(row["given"], "all references"),
            written(row["partial"]),
            *ci(row, asked.percent, "partial_"),
            f"{row['unique_variance'] * 100:.1f}",
        )


def test_each_ceiling_is_told_with_its_truth_and_its_warning(asked):
    head, _, *lines = asked.sections["How good could it be?"]
    band = asked.tables["inference"]["ceiling_from"][0]
    assert head == f"The noise ceiling drawn in figures comes from {band}."
    for row, line in zip(records(asked.tables["ceilings"]), lines, strict=True):
        name = row["estimand"]
        if row["halves_of"] not in name:
            name += f", from halves of {row['halves_of']}"
        truth = "" if np.isnan(row["truth"]) else f"; the truth is {written(row['truth'])}"
        assert line == f"- {name}: {written(row['estimate'])}{truth} ({row['warning']})."


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


def test_layers_related_by_the_exact_test_are_counted_after_holm(answer):
    asked = SimpleNamespace(tables=made_up())
    asked.sections = answer(asked.tables)
    found = only_match(
        r"- (\d+) of (\d+) layers are significantly similar to the recording by the exact test of "
        r"shifts and reflections \(Holm's correction\)\. This test cannot detect similarity that "
        r"depends on the difference of orientation alone\.",
        asked.sections["What to keep in mind"],
    )
    layers = [
        row
        for row in records(asked.tables["inference"])
        if row["model"] != "reference" and row["estimate"] == row["estimate"]
    ]
    n_related = len([row for row in layers if row["p_holm"] <= 0.05])
    assert [*map(int, found)] == [n_related, len(layers)]


@pytest.mark.parametrize("n_stimuli", [8, 59, 60])
def test_exact_test_of_too_few_orientations_is_not_counted(answer, n_stimuli):
    """Six layers: 6 / (2 · 60) is 0.05, the least p-value after Holm's correction."""
    tables = made_up()
    tables["inference"]["stimuli"] = n_stimuli
    caveats = answer(tables)["What to keep in mind"]
    assert any("significantly similar" in line for line in caveats) == (n_stimuli == 60)
    told = [line for line in caveats if "could not be told" in line]
    assert len(told) == (n_stimuli < 60)
    if n_stimuli == 8:
        assert told == [
            "- Whether the similarities are more than chance could not be told: of 8 orientations "
            "there are 16 shifts and reflections, and no p-value of their exact test is below "
            "0.062 (0.38 after Holm's correction)."
        ]


def test_small_study_has_too_few_orientations_for_the_exact_test(answer, of_study):
    page = answer(of_study, "simulated_small", ["stimuli", "neurons", "seeds"], 0.9, 3)
    assert "of 37 orientations there are 74 shifts" in page["What to keep in mind"][1]


@pytest.mark.parametrize(
    ("low", "high", "is_near"), [(-0.1, 0.2, True), (0, 0.2, True), (0.1, 0.2, False)]
)
def test_answers_begin_with_it_if_no_layer_is_told_from_zero(answer, low, high, is_near):
    tables = made_up()
    is_layer = tables["inference"]["model"] != "reference"
    tables["inference"].loc[is_layer, ["ci_low", "ci_high"]] = [-0.5, 0.5]
    tables["inference"].loc[3, ["ci_low", "ci_high"]] = [low, high]
    first = answer(tables)["Which layer is most like the recording?"][0]
    sentence = (
        "- No similarity can be told from 0: the intervals of all 6 layers include it, and which "
        "layer is first may be chance."
    )
    assert (first == sentence) == is_near


def test_answers_say_why_no_layer_was_tested(answer):
    tables = made_up()
    tables["inference"]["p_shift_note"] = "the orientations are not even"
    tables["inference"][["p_shift", "p_holm", "p_bh"]] = np.nan
    caveats = answer(tables)["What to keep in mind"]
    assert caveats[1] == (
        "- Whether the similarities are more than chance was not tested: the orientations are not "
        "even, and shifts and reflections of the labels are an exact test for even orientations "
        "all around the circle only."
    )
    assert not any("significantly" in line for line in caveats)


@pytest.mark.parametrize("n_stimuli", [5, 9, 10, 181])
def test_answers_warn_of_fewer_than_ten_orientations(answer, n_stimuli):
    tables = made_up()
    tables["inference"]["stimuli"] = n_stimuli
    warning = (
        f"- There are only {n_stimuli} orientations: similarities and their intervals are "
        "uncertain beyond what the intervals tell, and differ with the choice of orientations."
    )
    assert (warning in answer(tables)["What to keep in mind"]) == (n_stimuli < 10)


def test_no_sentence_is_left_unread(asked):
    """The tests above read every line but those of the caveats below."""
    n_lines = {title: len(lines) for title, lines in asked.sections.items() if title}
    tables = asked.tables
    n_partials = sum(is_of(row, most_similar(tables)) for row in records(tables["partial"]))
    assert n_lines == {
        "Which layer is most like the recording?": 4,
        "Does training matter?": len(tables["training_effect"]),
        "What explains it?": 2 + n_partials,
        "How good could it be?": 2 + len(tables["ceilings"]),
        "What to keep in mind": 3,
    }


def test_simulated_recording_is_labeled_so(answer):
    label = "The recording is **simulated**: this page says nothing about mice."
    for dataset in ("simulated", "simulated_small"):
        assert answer(made_up(), dataset)[""] == [f"# Answers: the {dataset} recording", "", label]
    assert answer(made_up(), "mine")[""] == ["# Answers: the mine recording"]


@pytest.mark.parametrize(
    ("resample", "n_seeds", "expected"),
    [
        (["stimuli", "neurons", "seeds"], 5, "new stimuli, neurons and seeds"),
        (["stimuli", "seeds"], 5, "new stimuli and seeds"),
        (["neurons"], 5, "new neurons"),
        (["stimuli", "seeds"], 1, "new stimuli"),
        (["seeds"], 1, None),
        ([], 5, None),
    ],
)
def test_intervals_generalize_to_what_was_resampled(answer, resample, n_seeds, expected):
    lines = answer(made_up(), resample=resample, n_seeds=n_seeds)["What to keep in mind"]
    if expected is None:
        assert lines[2] == "- Nothing was resampled: there are no intervals."
    else:
        assert lines[2] == (
            f"- The intervals generalize to {expected}, not to other animals (there is only one "
            "recording)."
        )
    alone = ["- There is only one seed: results may differ with others."]
    assert lines[3:] == (alone if n_seeds == 1 else [])


def test_confidence_is_a_percentage(answer):
    for confidence, expected in ((0.9, "90"), (0.55, "55"), (0.975, "97.5")):
        lines = answer(made_up(), confidence=confidence)["What explains it?"]
        assert [re.search(r"(\S+) % CI", line)[1] for line in lines[2:]] == [expected] * 3


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
    tables["inference"].loc[tables["inference"]["model"] != "reference", "estimate"] = np.nan
    sections = answer(tables)
    for title in ("Which layer is most like the recording?", "What explains it?"):
        assert sections[title] == ["No layer has a similarity that is defined."]


def test_single_layer_is_compared_with_no_other(answer):
    tables = made_up()
    tables["pairwise"] = tables["pairwise"][:0]
    lines = answer(tables)["Which layer is most like the recording?"]
    assert len(lines) == 3
    assert not any("differs" in line for line in lines)


def test_recording_is_named_in_captions_as_simulated_if_it_is():
    assert sentences.about("mine") == "`mine` recording"
    assert sentences.about("simulated_2") == (
        "`simulated_2` recording (simulated: it says nothing about mice)"
    )


def test_caption_is_a_bold_title_and_the_sentences_of_its_panels(tmp_path):
    sentences.write_caption(tmp_path / "c.md", "Title − 1.", "**a**, one.", "**b**, two.")
    text = (tmp_path / "c.md").read_text(encoding="utf-8")
    assert text == "**Title − 1.**\n**a**, one.\n**b**, two.\n"
