"""Tables and answers of a group are right where a layer, or other seeds, are missing."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import tabulate_animals
import write_group_answers
from normative.reporting.sentences import describe_group_intervals

ANIMALS = ["mouse_1", "mouse_2", "mouse_3"]
LAYERS = [("cnn", "pool"), ("cnn", "fc"), ("cnn_untrained", "pool"), ("cnn_untrained", "fc")]
REFERENCES = ["orientation", "tilt"]
TABLES = ["animals", "group", "pairwise", "training_effect", "partial"]
N_COMMON = 12


@pytest.fixture
def tabulate(tmp_path):
    """Give a function that makes the tables of similarities, and the answers, of a group."""

    def run(similarity, of_references, n_stimuli=24):
        """Of similarities (animals, seeds, layers), and those of references (animals, 2)."""
        n_animals, n_seeds, n_layers = similarity.shape
        n_rows, animals = n_layers + len(REFERENCES), ANIMALS[:n_animals]
        rng = np.random.default_rng(3)
        inference, responses = [], []
        for index, animal in enumerate(animals):
            names = [*LAYERS, *(("reference", name) for name in REFERENCES)]
            table = pd.DataFrame(names, columns=["model", "layer"]).assign(
                comparator="pearson", se_neurons=0.02, se_trials=np.nan, stimuli=n_stimuli
            )
            counted = (~np.isnan(similarity[index])).sum(axis=0)
            table["seeds"] = [*counted, *np.zeros(len(REFERENCES), int)]
            known = np.where(counted > 0, np.nan_to_num(similarity[index]).sum(axis=0), np.nan)
            table["similarity"] = [*known / np.maximum(counted, 1), *of_references[index]]
            inference.append(tmp_path / f"{animal}.csv")
            table.to_csv(inference[-1], index=False)
            responses.append(tmp_path / f"{animal}.npz")
            np.savez(responses[-1], responses=np.zeros((n_stimuli, 30)))
        compared = tmp_path / "animals.npz"
        ceilings = {"ceiling_low": 0.8, "ceiling_high": 0.9, "ceiling_low_without": 0.8}
        np.savez(
            compared,
            orientation=np.arange(N_COMMON),
            similarity=similarity,
            reference_similarity=of_references,
            common_similarity=similarity - 0.1,
            common_reference_similarity=of_references - 0.1,
            partial=rng.normal(0.5, 0.01, (n_animals, n_seeds, n_layers, len(REFERENCES) + 2)),
            variance=np.full(n_rows, 1e-4),
            n_blocks=np.full(n_rows, 6.0),
            block_deg=np.full(n_rows, 15.0),
            **{name: np.full(n_animals, value) for name, value in ceilings.items()},
        )
        params = SimpleNamespace(
            animals=animals,
            left_out={},
            twins={"cnn": "cnn_untrained"},
            task_groups={},
            confidence=0.95,
            seed=0,
        )
        output = {name: tmp_path / f"group_{name}.csv" for name in TABLES}
        wildcards = SimpleNamespace(dataset="mice")
        tabulate_animals.main(
            SimpleNamespace(compared=compared, inference=inference, responses=responses),
            SimpleNamespace(**output),
            params,
            wildcards,
        )
        encoding = tmp_path / "encoding.csv"
        columns = ["model", "layer", "score", "animal", "median", "p_holm"]
        pd.DataFrame(columns=columns).to_csv(encoding, index=False)
        performance = tmp_path / "performance.csv"
        networks = [(model, seed, "passed") for model, _ in LAYERS[::2] for seed in range(n_seeds)]
        table = pd.DataFrame(networks, columns=["model", "seed", "status"])
        table.to_csv(performance, index=False)
        answers = tmp_path / "answers.md"
        write_group_answers.main(
            {**output, "encoding": encoding, "performance": performance},
            SimpleNamespace(answers=answers, animals=tmp_path / "animals.md"),
            wildcards,
            params,
        )
        tables = {name: pd.read_csv(path) for name, path in output.items()}
        return tables, answers.read_text()

    return run


def similarities(n_animals=3, n_seeds=6):
    """Draw similarities (animals, seeds, layers), of trained layers higher, and of references."""
    rng = np.random.default_rng(8)
    drawn = rng.normal([0.7, 0.6, 0.5, 0.4], 0.02, (n_animals, n_seeds, len(LAYERS)))
    return drawn, rng.normal([0.5, 0.2], 0.02, (n_animals, len(REFERENCES)))


def test_intervals_of_one_seed_warn_and_tests_name_animals_alone(tabulate):
    tables, answers = tabulate(*similarities(n_seeds=1))
    layers = tables["group"].query("model != 'reference'")
    for table in (layers, tables["pairwise"], tables["training_effect"], tables["partial"]):
        assert set(table["ci_over"]) == {"animals"}
        assert set(table["ci_warning"]) == {"too narrow for other seeds: there is one alone"}
    assert tables["group"].query("model == 'reference'")["ci_warning"].isna().all()
    assert "t test over mice, Holm" in answers
    assert "mice and seeds, Holm" not in answers
    assert "There is only one seed" in answers
    assert describe_group_intervals(layers, 0.95, "mice") == [
        "95 % CIs, thick: these gratings, other mice",
        "thin: other mice and representations as smooth",
    ]


def test_several_animals_and_seeds_have_no_warning_and_both_are_named(tabulate):
    tables, answers = tabulate(*similarities())
    for name in ("group", "pairwise", "training_effect", "partial"):
        assert tables[name]["ci_warning"].isna().all(), name
    assert "t test over mice and seeds, Holm" in answers
    assert "only one seed" not in answers
    assert describe_group_intervals(tables["group"], 0.95, "mice") == [
        "95 % CIs, thick: these gratings, other mice and seeds",
        "thin: other mice, seeds and representations as smooth",
    ]


def test_intervals_of_two_animals_warn(tabulate):
    tables, answers = tabulate(*similarities(n_animals=2))
    assert set(tables["group"]["ci_warning"]) == {"rather narrow: two animals"}
    assert "it finds up to 13 % instead of 5 %" in answers


def test_layer_that_is_undefined_in_one_animal_is_named_and_has_no_interval(tabulate):
    layers, references = similarities()
    layers[2, :, 0] = np.nan  # its units are silent for this animal's gratings
    references[1, 1] = np.nan  # it saw one side of vertical alone
    tables, answers = tabulate(layers, references)
    group = tables["group"].set_index(["model", "layer"])
    for name in (("cnn", "pool"), ("reference", "tilt")):
        row = group.loc[name]
        assert row["animals"] == 2
        assert (row["ci_over"], row["stimuli_ci_over"]) == ("nothing", "nothing")
        assert np.isnan(row[["similarity", "ci_low", "stimuli_ci_low", "df"]].astype(float)).all()
    assert set(group.drop([("cnn", "pool"), ("reference", "tilt")])["animals"]) == {3}
    pair = tables["pairwise"].query("layer_a == 'pool' and model_a == 'cnn'").iloc[0]
    assert (pair["animals"], pair["ci_over"]) == (2, "nothing")
    assert "pool` of `cnn`: the similarity is defined for 2 of 3 mice, and left out" in answers
    assert "reference left or right tilt: the similarity is defined for 2 of 3 mice" in answers
    assert "defined for all mice, and so left out, of `pool` of `cnn`." in answers.split("## ")[0]


def test_networks_of_a_group_are_counted_whatever_the_order_of_animals(tabulate):
    for animals in ([0], [1, 2]):
        layers, references = similarities()
        layers[np.ix_(animals, [1, 2], [0])] = np.nan
        layers[:, 4, 1] = np.nan  # in no animal
        tables, _ = tabulate(layers, references)
        assert tables["group"]["seeds"].tolist() == [6, 5, 6, 6, 0, 0]


def test_few_common_orientations_are_told_apart_from_few_in_each_animal(tabulate, monkeypatch):
    monkeypatch.setattr("test_group_tables.N_COMMON", 6)
    of_many = tabulate(*similarities())[1]
    assert "only 6 common orientations: ceilings, distances" in of_many
    of_few = tabulate(*similarities(), n_stimuli=6)[1]
    assert "The mice saw only 6 orientations: similarities and their intervals" in of_few
