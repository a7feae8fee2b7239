"""The tables of inference follow from the files that they are made of."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from average_over_seeds import main as average_over_seeds
from normative.rsa.rdm import upper_triangle
from write_answers import main as write_answers

DATASET = "results/simulated_small"
LAYERS = [(m, layer) for m in ("cnn", "cnn_untrained") for layer in ("pool", "fc")]


@pytest.fixture(scope="module")
def tables(study):
    """Give a table of the small study by its name."""
    return lambda name: pd.read_csv(study.folder / DATASET / "tables" / f"{name}.csv")


@pytest.fixture(scope="module")
def rdms(study):
    """Entries of the RDMs of a file, by name."""

    def rdms(name):
        with np.load(study.folder / DATASET / f"rdms/{name}.npz") as file:
            return dict(file)

    return rdms


def test_estimates_are_means_over_seeds(tables):
    correlations = tables("rdm_correlations").groupby(["model", "layer"])["correlation"].mean()
    inference = tables("inference").set_index(["model", "layer"])
    assert [*inference.index[:4]] == LAYERS
    for layer in LAYERS:
        row = inference.loc[layer]
        assert row["estimate"] == pytest.approx(correlations[layer], abs=1e-7)
        assert row["ci_low"] < row["estimate"] < row["ci_high"]
        assert (row["seeds"], row["failed"], row["undefined"]) == (2, 0, 0)
        assert row["ci_over"] == "stimuli+neurons+seeds"
    references = tables("reference_correlations").set_index("reference")["correlation"]
    for reference, correlation in references.items():
        row = inference.loc["reference", reference]
        assert row["estimate"] == pytest.approx(correlation, abs=1e-7)
        assert row["ci_over"] == "stimuli+neurons"


def test_columns_of_the_tables(tables):
    assert list(tables("inference"))[:13] == [
        *("dataset", "model", "layer", "comparator", "estimate", "ci_low", "ci_high"),
        *("ceiling_low", "ceiling_high", "ceiling_from", "p_shift", "p_holm", "p_bh"),
    ]
    assert len(tables("pairwise")) == 4 * 3 / 2
    assert len(tables("partial")) == 4 * 7
    assert len(tables("multiverse")) == 4 * 20
    assert len(tables("ceilings")) == 6
    for name in ("inference", "pairwise", "training_effect", "partial", "multiverse", "ceilings"):
        assert (tables(name)["dataset"] == "simulated_small").all()


def test_p_of_shifts_is_a_plain_count(tables, rdms):
    recording = rdms("recording")["responses"]
    inference = tables("inference").set_index(["model", "layer"])
    for model, layer in LAYERS:
        networks = [upper_triangle(rdms(f"{model}/seed-{seed}")[layer]) for seed in (12, 3)]
        similar = []
        for mirror in (False, True):
            for shift in range(len(recording)):
                order = np.roll(np.arange(len(recording)), -shift)
                order = order[::-1] if mirror else order
                relabeled = upper_triangle(recording[np.ix_(order, order)])
                of_seeds = [np.corrcoef(relabeled, network)[0, 1] for network in networks]
                similar.append(np.mean(of_seeds))
        expected = np.mean(np.array(similar) >= similar[0] - 1e-12)
        assert inference.loc[(model, layer), "p_shift"] == pytest.approx(expected)


def test_differences_are_those_of_the_estimates(tables):
    estimates = tables("inference").set_index(["model", "layer"])["estimate"]
    for row in tables("pairwise").itertuples():
        difference = estimates[row.model_a, row.layer_a] - estimates[row.model_b, row.layer_b]
        assert row.difference == pytest.approx(difference, abs=1e-7)
    effects = tables("training_effect").set_index("layer")
    for layer in ("pool", "fc"):
        row = effects.loc[layer]
        assert (row["model"], row["untrained_model"], row["seeds"]) == ("cnn", "cnn_untrained", 2)
        effect = estimates["cnn", layer] - estimates["cnn_untrained", layer]
        assert row["effect"] == pytest.approx(effect, abs=1e-7)
        assert row["p_seeds"] in (0.5, 1), "two pairs have four sign flips"


def test_partial_correlations_are_those_of_residuals(tables, rdms):
    recording = upper_triangle(rdms("recording")["responses"])
    references = {name: upper_triangle(rdm) for name, rdm in rdms("references").items()}
    partial = tables("partial").set_index(["model", "layer", "given"])
    given = {**{name: [rdm] for name, rdm in references.items()}}
    given["all references"] = list(references.values())
    for name, covariates in given.items():
        design = np.column_stack([np.ones(len(recording)), *covariates])

        def residual(values, design=design):
            return values - design @ np.linalg.lstsq(design, values)[0]

        expected = np.mean(
            [
                np.corrcoef(
                    residual(recording),
                    residual(upper_triangle(rdms(f"cnn/seed-{seed}")["pool"])),
                )[0, 1]
                for seed in (12, 3)
            ]
        )
        found = partial.loc[("cnn", "pool", name), "partial"]
        assert found == pytest.approx(expected, abs=1e-6)


def test_multiverse_holds_the_tutorials_measure_and_ranks_by_each(tables):
    multiverse = tables("multiverse")
    tutorial = multiverse.query("dissimilarity == 'correlation' and comparator == 'pearson'")
    expected = tables("inference").query("model != 'reference'")["estimate"]
    np.testing.assert_allclose(tutorial["similarity"], expected, atol=1e-7)
    assert (tutorial["agreement"] == 1).all()
    for _, universe in multiverse.groupby(["dissimilarity", "comparator"]):
        in_order = universe.sort_values("similarity", ascending=False)
        assert list(in_order["rank"]) == [1, 2, 3, 4]
    assert set(multiverse["dissimilarity"]) == {"correlation", "cosine", "euclidean", "crossnobis"}


def test_correlations_between_models_are_symmetric_and_hold_the_recordings(tables):
    matrix = tables("model_correlations").pivot(
        index="first", columns="second", values="correlation"
    )
    np.testing.assert_allclose(matrix, matrix.T)
    np.testing.assert_allclose(np.diag(matrix), 1)
    references = tables("reference_correlations").set_index("reference")["correlation"]
    found = matrix.loc["recording", [f"reference {name}" for name in references.index]]
    np.testing.assert_allclose(found, references, atol=1e-7)


@pytest.fixture
def average(tmp_path):
    """Average made-up networks of two models, the second untrained, three seeds each."""

    def average(status, similarities, resample=("seeds",)):
        rng = np.random.default_rng(0)
        between = np.broadcast_to([[0.5, 1, 0.2], [0.4, 0.2, 1]], (101, 2, 3))
        np.savez(
            tmp_path / "references.npz",
            names=["a", "b"],
            bootstrap=between,
            shifts=np.ones((6, 2)),
            permutations=np.ones((5, 2)),
        )
        networks, paths, rows = [], [], []
        for model in ("trained", "untrained"):
            for seed in range(3):
                value = similarities[model][seed]
                bootstrap = np.broadcast_to([[value, 0.3, 0.1]], (101, 1, 3))
                path = tmp_path / f"{model}-{seed}.npz"
                np.savez(
                    path,
                    names=["fc"],
                    bootstrap=bootstrap,
                    shifts=np.full((6, 1), value) * rng.random((6, 1)),
                    permutations=np.full((5, 1), value),
                )
                paths.append(path)
                networks.append({"model": model, "seed": seed})
                rows.append({"model": model, "seed": seed, "status": status[model][seed]})
        pd.DataFrame(rows).to_csv(tmp_path / "performance.csv", index=False)
        output = SimpleNamespace(means=tmp_path / "means.npz", layers=tmp_path / "layers.csv")
        average_over_seeds(
            SimpleNamespace(
                references=tmp_path / "references.npz",
                performance=tmp_path / "performance.csv",
                networks=paths,
            ),
            output,
            SimpleNamespace(
                networks=networks,
                study=["trained", "untrained"],
                seeds=[0, 1, 2],
                twins={"trained": "untrained"},
                resample=list(resample),
                seed=0,
            ),
        )
        with np.load(output.means) as means:
            return dict(means), pd.read_csv(output.layers).set_index("model")

    return average


GOOD = {"trained": ["passed"] * 3, "untrained": ["untrained"] * 3}


def test_failed_network_is_counted_and_not_averaged_in(average):
    status = {**GOOD, "trained": ["passed", "failed", "passed"]}
    means, layers = average(status, {"trained": [0.6, 0.1, 0.8], "untrained": [0.5, 0.4, 0.3]})
    np.testing.assert_allclose(means["similarity"][0], [0.7, 0.4])
    assert np.nanmin(means["similarity"][1:, 0]) >= 0.6
    assert np.isnan(means["similarity"][:, 0]).mean() < 0.1, "where only the failed one was drawn"
    np.testing.assert_allclose(means["all_seeds"][:, 0], [0.6, 0.1, 0.8])
    assert layers.loc["trained", ["seeds", "failed", "undefined"]].tolist() == [2, 1, 0]
    np.testing.assert_allclose(means["effect"][0], [(0.1 + 0.5) / 2]), "of the same seeds"
    np.testing.assert_allclose(means["effect_by_seed"][:, 0], [0.1, np.nan, 0.5])
    np.testing.assert_allclose(means["similarity_by_seed"][:, 0], [0.6, np.nan, 0.8])


def test_layer_without_a_similarity_is_counted_as_undefined(average):
    """As one whose units have all died."""
    means, layers = average(GOOD, {"trained": [0.6, np.nan, 0.8], "untrained": [0.5, 0.4, 0.3]})
    np.testing.assert_allclose(means["similarity"][0], [0.7, 0.4])
    assert layers.loc["trained", ["seeds", "failed", "undefined"]].tolist() == [2, 0, 1]


def test_model_that_failed_altogether_has_no_mean(average):
    status = {**GOOD, "trained": ["failed"] * 3}
    means, layers = average(status, {"trained": [0.6, 0.5, 0.8], "untrained": [0.5, 0.4, 0.3]})
    assert np.isnan(means["similarity"][:, 0]).all()
    assert np.isfinite(means["similarity"][:, 1]).all()
    assert layers.loc["trained", "seeds"] == 0


def test_seeds_are_resampled_together_for_all_models(average):
    """So that the effect of training is paired: here the same in every replicate."""
    similar = {"trained": [0.6, 0.7, 0.9], "untrained": [0.5, 0.6, 0.8]}
    means, _ = average(GOOD, similar)
    np.testing.assert_allclose(means["effect"], 0.1)
    assert means["similarity"][1:, 0].std() > 0.05
    means, _ = average(GOOD, similar, resample=[])
    assert means["similarity"][1:, 0].std() < 1e-12


def test_answers_are_filled_from_the_tables(study, tables):
    page = (study.folder / DATASET / "answers.md").read_text()
    assert "simulated**: this page says nothing about mice" in page
    networks = tables("inference").query("model != 'reference'")
    best = networks.loc[networks["estimate"].idxmax()]
    assert f"`{best.layer}` of `{best.model}`: similarity {best.estimate:.3f}" in page
    for row in tables("training_effect").itertuples():
        assert f"`{row.layer}` of `cnn`: {row.effect:.3f}".replace("-", "−") in page
    for row in tables("ceilings").itertuples():
        assert f"{row.estimate:.3f}" in page
    assert "nan" not in page


@pytest.fixture
def answers(tables, tmp_path):
    """Write the page of answers to the small study's tables, one of them changed; give its text."""

    def answers(seeds, **changed):
        names = ["inference", "pairwise", "training_effect", "partial", "ceilings"]
        names += ["multiverse", "performance"]
        for name in names:
            changed.get(name, tables(name)).to_csv(tmp_path / f"{name}.csv", index=False)
        write_answers(
            SimpleNamespace(items={name: tmp_path / f"{name}.csv" for name in names}.items),
            SimpleNamespace(answers=tmp_path / "answers.md"),
            SimpleNamespace(dataset="mine"),
            SimpleNamespace(resample=["stimuli", "seeds"], seeds=seeds),
        )
        return (tmp_path / "answers.md").read_text()

    return answers


def test_answers_say_that_one_seed_tells_nothing_of_others(answers):
    page = answers(seeds=1)
    assert "One seed: nothing is said of others." in page
    assert "simulated" not in page.replace("simulated_small", "")


def test_effects_without_a_seed_are_told_as_such(answers, tables):
    """As when all trained networks failed their task."""
    table = tables("training_effect").assign(seeds=0, effect=np.nan, ci_low=np.nan, p_seeds=np.nan)
    page = answers(seeds=2, training_effect=table)
    assert "`fc` of `cnn`: no seed to compare." in page
    assert "nan" not in page
