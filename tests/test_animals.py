"""A group of animals: what rsatoolbox, the books and plain loops give for the same numbers."""

import copy
from itertools import product
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image
from scipy import stats
from small_study import OF_GROUPS

import tabulate_animals_encoding
from compare_animals import refuse_twins
from normative.inference.animals import (
    ceilings_over_animals,
    ceilings_without_one,
    flip_p,
    flipped,
    flips,
    least_flip_p,
    reaches_p,
    resample_similarities,
    sources_below_ceiling,
    sources_over_animals,
    sources_over_stimuli,
    spreads,
    two_factor_variance,
)
from normative.inference.calibration_animals import reach_ceiling
from normative.inference.permutation_tests import step_down_max
from normative.inference.resampling import resample_units
from normative.inference.uncertainty import t_interval
from normative.reporting.columns import read_columns
from normative.reporting.sentences import species
from normative.rsa.rdm import correlation_distance, standardize, upper_triangle
from normative.stimuli.coverage import Coverage
from normative.workflow.config import find_mistake
from normative.workflow.errors import UserError
from normative.workflow.overwriting import _changes
from normative.workflow.seeds import list_seeds
from write_group_answers import compare_encoding

N_ANIMALS, N_STIMULI = 5, 12
N_PAIRS = N_STIMULI * (N_STIMULI - 1) // 2
CIRCLE = Coverage.of(np.arange(N_STIMULI) * 15 - 90)


@pytest.fixture
def rdms():
    rng = np.random.default_rng(0)
    return rng.random(N_PAIRS) + 0.5 * rng.random((N_ANIMALS, N_PAIRS))


@pytest.mark.parametrize(
    ("comparator", "method"), [("pearson", "corr"), ("cosine", "cosine"), ("spearman", "spearman")]
)
def test_ceilings_and_means_equal_rsatoolbox(rdms, comparator, method):
    toolbox = pytest.importorskip("rsatoolbox")
    low, high = ceilings_over_animals(rdms, comparator)
    ours = toolbox.rdm.RDMs(rdms)
    expected = toolbox.inference.boot_noise_ceiling(ours, method=method)
    np.testing.assert_allclose([low.mean(), high.mean()], expected, rtol=0, atol=1e-6)
    model = np.random.default_rng(1).random(N_PAIRS)
    fixed = toolbox.model.ModelFixed("model", model)
    found = toolbox.inference.eval_fixed(fixed, ours, method=method)
    of_animals = standardize(rdms, comparator) @ standardize(model, comparator)
    np.testing.assert_allclose(of_animals.mean(), found.get_means()[0], rtol=0, atol=1e-6)


def test_variance_over_animals_and_stimuli_is_corrected_as_by_rsatoolbox():
    """The same three variances, found by plain loops over the same draws, go to its formula."""
    toolbox = pytest.importorskip("rsatoolbox")
    rng, n_replicates, n_blocks = np.random.default_rng(2), 400, 9
    of_animals = rng.normal(0.5, 0.05, (N_ANIMALS, 1))
    noise = rng.normal(0, 0.15, (n_replicates, N_ANIMALS, 1))
    replicates = of_animals + rng.normal(0, 0.05, (n_replicates, 1, 1)) + noise
    (found,) = two_factor_variance(of_animals, replicates, n_blocks, np.random.default_rng(3))
    counts = resample_units(N_ANIMALS, n_replicates, np.random.default_rng(3))
    draws = [np.repeat(np.arange(N_ANIMALS), count) for count in counts.astype(int)]
    both = [replicates[r, draw, 0].mean() for r, draw in enumerate(draws)]
    animals = [of_animals[draw, 0].mean() for draw in draws]
    stimuli = replicates[..., 0].mean(axis=1)
    three = np.array([[np.var(of, ddof=1)] for of in (both, animals, stimuli)])
    formula = toolbox.util.inference_util._dual_bootstrap
    expected = formula(three, N_ANIMALS, n_blocks)[0]
    assert found == pytest.approx(expected)
    assert three.min() < expected < three[0], "the correction is not at its limits"


def test_blocks_of_stimuli_are_the_same_in_all_animals(rdms):
    """Two animals with one RDM are as similar to a network in every replicate."""
    alike = np.vstack([rdms[:1], rdms[:1], rdms[1:2]])
    options = CIRCLE, 30, "pearson", 70
    found = resample_similarities(alike, rdms[2:4], *options, np.random.default_rng(4))
    assert found.shape == (70, 3, 2)
    np.testing.assert_array_equal(found[:, 0], found[:, 1])
    assert np.abs(found[:, 0] - found[:, 2]).max() > 0.01
    assert found[:, 0, 0].std() > 0.01


def test_animals_alone_give_students_interval():
    of_animals = np.random.default_rng(5).normal(0.5, 0.1, (6, 1))
    sources = sources_over_animals(of_animals)
    assert set(sources) == {"animals"}
    low, high, df = t_interval(of_animals.mean(), sources, 0.95)
    expected = stats.ttest_1samp(of_animals[:, 0], 0).confidence_interval(0.95)
    np.testing.assert_allclose([low, high, df], [*expected, 5])


def test_variance_of_animals_and_seeds_adds_up():
    """Networks that do not count are left out of both."""
    rng = np.random.default_rng(6)
    values = 0.5 + rng.normal(0, 0.1, (4, 1)) + rng.normal(0, 0.02, (1, 3))
    values = np.insert(values, 1, np.nan, axis=1)
    sources = sources_over_animals(values)
    defined = values[:, [0, 2, 3]]
    assert sources["animals"] == pytest.approx((np.var(defined.mean(1), ddof=1) / 4, 3))
    assert sources["seeds"] == pytest.approx((np.var(defined.mean(0), ddof=1) / 3, 2))
    both = sources_over_stimuli(0.04, 3.5, sources)
    assert both == {"animals+stimuli": (0.04, 2.5), "seeds": sources["seeds"]}
    assert sources_over_stimuli(0.04, 9, sources)["animals+stimuli"] == (0.04, 3)
    narrow = sources_over_stimuli(1e-9, 9, sources)["animals+stimuli"]
    assert narrow == sources["animals"], "not below that of animals alone"


@pytest.mark.parametrize("n_animals", [3, 6])
def test_flips_of_signs_equal_a_plain_loop(n_animals):
    differences = np.random.default_rng(7).normal(0.3, 1, (n_animals, 2))
    signs = flips(n_animals, None)
    for column, p in zip(differences.T, flip_p(differences, signs), strict=True):
        means = [np.dot(each, column) / n_animals for each in product((-1, 1), repeat=n_animals)]
        expected = np.mean([abs(mean) >= abs(column.mean()) - 1e-12 for mean in means])
        assert p == pytest.approx(expected)
    assert least_flip_p(signs) == 2 / 2**n_animals
    strongest = np.full((n_animals, 1), 0.1)
    assert flip_p(strongest, signs)[0] == least_flip_p(signs)
    assert (step_down_max(flipped(differences, signs)) >= flip_p(differences, signs)).all()


def test_flips_of_many_animals_are_random_and_hold_the_real_signs():
    signs = flips(20, np.random.default_rng(8))
    assert signs.shape == (10_000, 20)
    assert (signs[0] == 1).all()
    assert least_flip_p(signs) == 1 / 10_000


def test_spread_is_parted_into_between_and_within_animals_and_seeds():
    """Known deviations, many animals and seeds."""
    rng = np.random.default_rng(9)
    values = rng.normal(0, 0.3, (2000, 1)) + rng.normal(0, 0.4, (2000, 1))
    values = values + rng.normal(0, 0.2, (1, 500))
    found = spreads(values, np.tile([0.4, np.nan], (2000, 1)))
    assert found["sd_animals"] == pytest.approx(0.5, rel=0.05)
    assert found["sd_between"] == pytest.approx(0.3, rel=0.1)
    assert found["sd_within"] == pytest.approx(0.4)
    assert found["sd_seeds"] == pytest.approx(0.2, rel=0.1)


def test_distance_from_the_ceiling_varies_as_it_does_without_one_animal_each(rdms):
    """The jackknife of the textbook, on ceilings that are found anew."""
    similarity = np.random.default_rng(10).normal(0.4, 0.1, (N_ANIMALS, 3))
    similarity[:, 1] = np.nan
    without = ceilings_without_one(rdms, "pearson")
    distances = []
    for animal in range(N_ANIMALS):
        left = [index for index in range(N_ANIMALS) if index != animal]
        ceilings = [
            np.corrcoef(rdms[i], np.mean([_unit(rdms[j]) for j in left if j != i], axis=0))[0, 1]
            for i in left
        ]
        distances.append(np.mean(ceilings) - np.nanmean(similarity[left]))
    distances = np.array(distances)
    expected = (N_ANIMALS - 1) / N_ANIMALS * np.sum((distances - distances.mean()) ** 2)
    sources = sources_below_ceiling(similarity, without)
    assert sources["animals"] == pytest.approx((expected, N_ANIMALS - 1))
    assert sources["seeds"] == sources_over_animals(similarity)["seeds"]
    assert np.isnan(ceilings_without_one(rdms[:2], "pearson")).all()
    of_two = sources_below_ceiling(similarity[:2], np.full(2, np.nan))
    assert np.isnan(reaches_p(0.1, of_two))


def _unit(rdm):
    centered = rdm - rdm.mean()
    return centered / np.linalg.norm(centered)


def test_one_recording_under_two_names_is_refused(rdms):
    refuse_twins(rdms, [*"abcde"])
    with pytest.raises(UserError, match="datasets `b` and `d`: found the same RDM"):
        refuse_twins(rdms[[0, 1, 2, 1]], [*"abcd"])


def test_spread_is_not_parted_where_no_error_is_known():
    found = spreads(np.random.default_rng(11).random((4, 3)), np.full((4, 2), np.nan))
    assert np.isnan([found["sd_within"], found["sd_between"]]).all()
    assert found["sd_animals"] > 0


def test_layer_at_the_ceiling_is_found_below_it_no_more_often_than_promised():
    """Animals of unequal noise, and a model as similar to all as the mean of five others is."""
    rng, n_animals, n_studies = np.random.default_rng(12), 6, 400
    signal, noise = rng.standard_normal(200), np.exp(rng.normal(0, 0.4, 3000))
    others = signal + noise[:, None] * rng.standard_normal((3000, 200))
    model = reach_ceiling(others[:600], rng.standard_normal(200), n_animals, "pearson")
    p = []
    for rdms in np.split(others[600:], n_studies):
        similarity = standardize(rdms, "pearson") @ standardize(model, "pearson")[:, None]
        below = ceilings_over_animals(rdms, "pearson")[0].mean() - similarity.mean()
        sources = sources_below_ceiling(similarity, ceilings_without_one(rdms, "pearson"))
        p.append(reaches_p(below, sources))
    assert 0.005 <= np.mean(np.array(p) <= 0.05) <= 0.09


def test_ceiling_is_tested_on_one_side():
    sources = {"animals": (0.01**2, 5)}
    assert reaches_p(0.02, sources) == pytest.approx(stats.t.sf(2, 5))
    assert reaches_p(-0.02, sources) > 0.9


@pytest.mark.parametrize(
    ("animals", "expected"),
    [(["mouse_24", "Mouse_25"], "mice"), (["mouse_24", "rat_1"], "animals"), (["a1"], "animals")],
)
def test_animals_are_mice_where_all_are_named_so(animals, expected):
    assert species(animals)[1] == expected


BEYOND = ["r2_beyond_mean", "r2_beyond_orientation"]
SCORES = ["r2", "fev", *BEYOND]
PREDICTED = [("cnn", "pool"), ("cnn", "fc"), ("fc", "fc")]


@pytest.fixture
def predicted(tmp_path):
    """Encoding tables of four animals: three seeds, of which one failed, and three references.

    All layers are better than the mean, and `fc` of `fc` is worse than orientation.

    The last animal has no two parts of its trials, and so no normalized score.
    """
    rng, animals = np.random.default_rng(10), ["a", "b", "c", "d"]
    for animal in animals:
        rows = []
        for (model, layer), score in product(PREDICTED, SCORES):
            for seed, status in ((np.nan, np.nan), (1, "passed"), (2, "failed"), (3, "passed")):
                mean = -0.2 if (model, score) == ("fc", BEYOND[1]) else 0.2
                value = np.nan if (animal, score) == ("d", "fev") else rng.normal(mean, 0.02)
                rows.append((model, layer, seed, status, "blocks", score, value))
            rows.append((model, layer, 1, "passed", "random", score, 9))
        for layer, score in product(["mean", "orientation", "trials"], SCORES):
            rows.append(("reference", layer, np.nan, np.nan, "blocks", score, rng.normal()))
        names = ["model", "layer", "seed", "status", "folds", "score", "median"]
        table = pd.DataFrame(rows, columns=names).assign(neurons=40 + animals.index(animal))
        table.sample(frac=1, random_state=0).to_csv(tmp_path / f"{animal}.csv", index=False)
    tabulate_animals_encoding.main(
        SimpleNamespace(encoding=[tmp_path / f"{animal}.csv" for animal in animals]),
        SimpleNamespace(encoding=tmp_path / "group.csv"),
        SimpleNamespace(animals=animals, confidence=0.9),
        SimpleNamespace(dataset="simulated_group"),
    )
    tables = {animal: pd.read_csv(tmp_path / f"{animal}.csv") for animal in animals}
    return tables, pd.read_csv(tmp_path / "group.csv")


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize(("model", "layer"), PREDICTED)
def test_neurons_are_pooled_within_the_animal_and_animals_are_a_random_factor(
    predicted, model, layer, score
):
    """A median over neurons of each network that passed; means of these; Welch's interval."""
    tables, group = predicted
    wanted = f"model == '{model}' and layer == '{layer}' and score == '{score}'"
    found = group.query(wanted)
    mean, of_animals = found[found["animal"].isna()].iloc[0], found[found["animal"].notna()]
    wanted += " and folds == 'blocks'"
    values = np.array(
        [
            [table.query(f"{wanted} and seed == {seed}")["median"].item() for seed in (1, 3)]
            for table in tables.values()
        ]
    )
    np.testing.assert_allclose(of_animals["median"], values.mean(axis=1), atol=1e-7)
    assert of_animals["animal"].tolist() == ["a", "b", "c", "d"]
    assert of_animals["neurons"].tolist() == [40, 41, 42, 43]
    values = values[~np.isnan(values).any(axis=1)]
    n_animals = len(values)
    assert (mean["animals"], mean["seeds"]) == (n_animals, 2)
    assert mean["median"] == pytest.approx(values.mean(), abs=1e-7)
    parts = [np.var(values.mean(axis), ddof=1) / values.shape[1 - axis] for axis in (1, 0)]
    df = sum(parts) ** 2 / (parts[0] ** 2 / (n_animals - 1) + parts[1] ** 2)
    error = np.sqrt(sum(parts))
    reach = stats.t.ppf(0.95, df) * error
    assert [mean["ci_low"], mean["ci_high"]] == pytest.approx(
        [values.mean() - reach, values.mean() + reach], abs=1e-6
    )
    assert mean["ci_over"] == "animals+seeds"
    assert mean["sd_animals"] == pytest.approx(values.mean(axis=1).std(ddof=1), rel=1e-6)
    if score in BEYOND:
        expected = 2 * stats.t.sf(abs(values.mean()) / error, df)
        assert mean["p"] == pytest.approx(expected, rel=1e-5)
    else:
        assert np.isnan(mean["p"])


def test_references_of_a_group_have_animals_alone_and_no_test_corrects_for_them(predicted):
    tables, group = predicted
    means = group[group["animal"].isna()]
    assert (means["model"] == "reference").tolist() == [False] * 12 + [True] * 12
    reference = means.query("layer == 'orientation' and score == 'r2'").iloc[0]
    wanted = "layer == 'orientation' and score == 'r2'"
    values = [table.query(wanted)["median"].item() for table in tables.values()]
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.9)
    assert [reference["ci_low"], reference["ci_high"]] == pytest.approx([*expected], abs=1e-6)
    assert reference["ci_over"] == "animals"
    assert reference["seeds"] == 0
    assert set(means.loc[means["p_holm"].notna(), "score"]) == {*BEYOND}
    for score in BEYOND:  # a family each
        tested = means[(means["score"] == score) & means["p_holm"].notna()].sort_values("p")
        assert len(tested) == 3
        corrected = np.minimum(np.maximum.accumulate(tested["p"] * [3, 2, 1]), 1)
        np.testing.assert_allclose(tested["p_holm"], corrected, rtol=1e-6)


def test_answers_of_a_group_name_the_layer_that_predicts_best_and_its_test(predicted):
    """Also where layers have the names of references."""
    _, group = predicted
    of_layer = group[(group["model"] == "fc") & (group["score"] == "r2")]
    names = [of_layer.assign(layer=name, median=0.1) for name in ("mean", "orientation")]
    low = group.assign(median=group["median"].where(group["model"] != "reference", -1))
    named = compare_encoding(pd.concat([*names, low]), None)
    assert (named["mean"].model, named["orientation"].model) == ("reference", "reference")
    found = compare_encoding(group, SimpleNamespace(model="fc", layer="fc"))
    means = group[group["animal"].isna() & (group["model"] != "reference")]
    best = means.query("score == 'r2'").sort_values("median").iloc[-1]
    assert (found["first"].model, found["first"].layer) == (best["model"], best["layer"])
    for name in ("mean", "orientation"):
        beyond = found[f"beyond_{name}"]
        assert (beyond.model, beyond.layer) == (best["model"], best["layer"])
        assert beyond.score == f"r2_beyond_{name}"
        assert found[name].layer == name
    assert (found["most_similar"].model, found["most_similar"].layer) == ("fc", "fc")
    assert (means["p_holm"].dropna() <= 0.05).all()
    assert (found["n_above_mean"], found["n_above_both"], found["n_tests"]) == (3, 2, 3)
    assert compare_encoding(group.assign(median=np.nan), None) is None


@pytest.fixture
def group(repository):
    """Give a function that checks the default configuration with a group, some keys changed."""
    config = yaml.safe_load((repository / "config.yaml").read_text())
    schema = yaml.safe_load((repository / "rules/schemas/config.schema.yaml").read_text())

    def check(**source):
        changed = copy.deepcopy(config)
        members = ["simulated_animal_1", "simulated_animal_2", "simulated_animal_3"]
        changed["datasets"]["simulated_group"] = {"members": members, **source}
        changed["datasets"]["simulated_again"] = changed["datasets"]["simulated_animal_1"]
        changed["dataset"] = "simulated_group"
        return find_mistake(changed, schema)

    return check


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"members": ["simulated_animal_1"]}, "found 1 of at least 2 items; add to the list"),
        ({"members": ["simulated_animal_1", "simulated_anmal_2"]}, "`datasets.simulated_group."),
        ({"members": ["simulated_animal_1", "simulated_anmal_2"]}, "mean `simulated_animal_2`?"),
        ({"members": ["simulated_animal_1", "simulated_again"]}, "found one recording twice, `sim"),
        ({"members": ["simulated_animal_1", "simulated_animals"]}, "that is no group"),
        ({"members": ["simulated_animal_1", "stringer2021"]}, "found simulated and recorded"),
        ({"left_out": {"simulated_animal_9": "moved"}}, "one of the group's `members`"),
        ({"left_out": ["simulated_animal_1"]}, "each with a reason"),
        (
            {"left_out": {"simulated_animal_1": "moved", "simulated_animal_2": "moved"}},
            "fewer than two members",
        ),
    ],
)
def test_mistake_in_a_group_is_named(group, source, said):
    assert said in group(**source)


def test_group_without_a_mistake_is_accepted(group):
    assert not group(left_out={"simulated_animal_1": "moved"})


def test_animal_whose_file_is_missing_may_be_left_out_as_the_message_says(repository):
    config = yaml.safe_load((repository / "config.yaml").read_text())
    schema = yaml.safe_load((repository / "rules/schemas/config.schema.yaml").read_text())
    here = __file__
    config["datasets"] |= {
        "mouse_1": {"path": here, "above_180": "drop"},
        "mouse_2": {"path": here, "above_180": "fold"},
        "mouse_3": {"path": "gone.npz", "above_180": "drop"},
        "mice": {"members": ["mouse_1", "mouse_2", "mouse_3"]},
    }
    config["dataset"] = "mice"
    said = find_mistake(config, schema)
    assert "`datasets.mouse_3.path`: found no file" in said
    assert said.endswith("or leave the animal out: `left_out: {mouse_3: the reason}`")
    config["datasets"]["mice"]["left_out"] = {"mouse_3": "moved"}
    assert not find_mistake(config, schema)
    config["dataset"] = "mouse_3"
    assert find_mistake(config, schema).endswith("correct the path")


def test_animal_may_be_added_to_a_group_and_one_that_is_lost_is_told(repository):
    config = yaml.safe_load((repository / "config.yaml").read_text())
    made = copy.deepcopy(config)
    made["seeds"] = list_seeds(config["seeds"])
    members = config["datasets"]["simulated_animals"]["members"]
    made["datasets"]["simulated_animals"]["members"] = members[:-1]
    assert _changes(config, made, "simulated_animals", True) == []
    made["datasets"]["simulated_animals"]["members"] = [*members, "simulated"]
    assert _changes(config, made, "simulated_animals", True) == ["members lacks simulated"]


MEMBERS = ["simulated_small", "simulated_other"]
PAIR = {
    "dataset": "simulated_pair",
    "datasets": {
        "simulated_small": {"simulate": {"neurons": 400, "stimuli": 72, "trials": 4, "seed": 0}},
        "simulated_other": {"simulate": {"neurons": 200, "stimuli": 36, "trials": 4, "seed": 1}},
        "simulated_third": {"simulate": {"neurons": 100, "stimuli": 36, "trials": 4, "seed": 2}},
        "simulated_pair": {
            "members": [*MEMBERS, "simulated_third"],
            "left_out": {"simulated_third": "n/a"},
        },
    },
}


def test_animal_that_is_added_is_computed_and_the_group_and_nothing_else(study):
    """The first animal and all networks are finished."""
    planned = study.planned(overlay=PAIR)
    assert planned["simulate_responses"] == planned["write_report"] == 1
    for rule in (
        *("compare_animals", "tabulate_animals", "tabulate_animals_encoding"),
        *("plot_animals_space", "plot_group_encoding", "write_group_report"),
    ):
        assert planned[rule] == 1
    assert "train_networks" not in planned


@pytest.mark.slow
def test_group_is_the_mean_of_its_animals_from_tables_to_report(new_study):
    """Of which one has half of the orientations of the other."""
    study = new_study()
    done = study.run("results/simulated_pair/report.html", overlay=PAIR)
    assert "Report: " in done.stdout
    folder = study.folder / "results"
    group = pd.read_csv(folder / "simulated_pair/tables/group.csv")
    found = [pd.read_csv(folder / name / "tables/inference.csv") for name in MEMBERS]
    expected = sum(table["similarity"] for table in found) / 2
    np.testing.assert_allclose(group["similarity"], expected, rtol=0, atol=2e-8)
    assert set(group["stimuli"]) == {19}
    assert (group["ceiling_low"] < group["ceiling_high"]).all()
    encoding = pd.read_csv(folder / "simulated_pair/tables/group_encoding.csv")
    encoding = encoding.query("layer == 'orientation' and score == 'r2'").set_index("animal")
    of_animals = encoding["median"].drop(np.nan)
    assert [*of_animals.index] == MEMBERS
    assert encoding.loc[np.nan, "median"] == pytest.approx(of_animals.mean(), abs=1e-7)
    columns = read_columns(study.workflow / "rules/report/columns.yaml")
    found = {
        path.stem: [*pd.read_csv(path, nrows=0)]
        for path in (folder / "simulated_pair/tables").glob("*.csv")
    }
    assert found == {table: [*columns[table]] for table in OF_GROUPS}
    answers = (folder / "simulated_pair/answers.md").read_text()
    assert "Left out: simulated_third (n/a)." in answers
    assert "The recordings are **simulated**" in answers
    assert "The animals differ in their gratings" in answers
    assert "too few for it to be significant" in answers
    assert "By value, the layer that predicts best is" in answers
    pictures = list((folder / "simulated_pair").glob("*/*.png"))
    assert len(pictures) == 5
    for path in pictures:
        with Image.open(path) as picture:
            pixels = np.asarray(picture.convert("L"))
        for edge in (pixels[:3], pixels[-3:], pixels[:, :3], pixels[:, -3:]):
            assert edge.min() > 250, f"{path.name}: something is cut off"
    report = (folder / "simulated_pair/report.html").read_text()
    assert "The recordings are simulated." in report


@pytest.mark.slow
def test_shipped_group_differs_between_its_animals_as_the_page_says(new_study, repository):
    """Its six recordings, with one untrained network; the truth is that of noiseless responses."""
    config = yaml.safe_load((repository / "config.yaml").read_text())
    members = config["datasets"]["simulated_animals"]["members"]
    study = new_study()
    overlay = {"dataset": "simulated_animals", "study": ["cnn_untrained"], "seeds": [3]}
    overlay["inference"] = {**study.overlay["inference"], "comparator": "pearson"}
    study.run("results/simulated_animals/tables/group.csv", overlay=overlay)
    folder = study.folder / "results"
    truth = []
    for member in members:
        with np.load(folder / member / "responses.npz") as file:
            noiseless = upper_triangle(correlation_distance(file["noiseless"]))
        with np.load(folder / member / "rdms/references.npz") as file:
            energy = upper_triangle(file["gabor_energy"])
        truth.append(np.corrcoef(noiseless, energy)[0, 1])
    low, high, sd = f"{min(truth):.2f}", f"{max(truth):.2f}", f"{np.std(truth, ddof=1):.3f}"
    said = f"from {low} to {high}, with a standard deviation of {sd}"
    assert said in " ".join((repository / "docs/animals.md").read_text().split()), said
    group = pd.read_csv(folder / "simulated_animals/tables/group.csv").set_index("layer")
    assert set(group["animals"]) == {len(members)}
    assert group.loc["gabor_energy", "sd_between"] == pytest.approx(np.std(truth, ddof=1), rel=0.3)
