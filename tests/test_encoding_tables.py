"""Tables and figures of the encoding models hold what the small study's arrays say."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml
from drawing import DATASET, arrays, draw, lines, table

from normative.encoding.ridge import predict_held_out
from normative.encoding.scores import reliability, score
from normative.encoding.splits import block_folds, random_folds
from normative.figures.encoding import select_encoding
from normative.inference.recorded import read_recorded
from normative.inference.smoothness import half_width
from normative.inference.summaries import summarize_neurons
from normative.recordings.parts import part_weights
from normative.rsa.patterns import principal_coordinates
from normative.rsa.references import gabor_energy
from tabulate_encoding import main as tabulate_encoding

SEEDS = [3, 4, 12]
FAILED = {"cnn": [12], "cnn_untrained": [], "cnn_orientation": [3]}


@pytest.fixture(scope="module")
def sample(study):
    return arrays(study, "encoding/sample.npz")


@pytest.fixture(scope="module")
def folds(sample):
    blocks = block_folds(sample["orientation"], float(sample["gap_deg"]), 10, 4)
    return {"blocks": blocks, "random": random_folds(sample["shuffled"], 10, 4)}


@pytest.fixture(scope="module")
def tabulated(study, repository, tmp_path_factory):
    """Tables and scores of neurons, made here by their script from the study's files."""
    return tabulate(study, repository, tmp_path_factory.mktemp("encoding"))


def tabulate(study, repository, made, **others):
    inference = yaml.safe_load((repository / "tests/small_study.yaml").read_text())["inference"]
    folder = study.folder / DATASET
    files = {name: folder / f"encoding/{name}.npz" for name in ("sample", "references")}
    files.update(others)
    tabulate_encoding(
        SimpleNamespace(
            **files,
            networks=[
                f"{folder}/encoding/{model}/seeds-{block}.npz"
                for model in FAILED
                for block in ("3-4", "12")
            ],
            shown=[folder / f"encoding/{model}/shown.npz" for model in FAILED],
            performance=folder / "tables/performance.csv",
        ),
        SimpleNamespace(
            encoding=made / "encoding.csv",
            groups=made / "encoding_groups.csv",
            neurons=made / "encoding_neurons.npz",
        ),
        SimpleNamespace(
            models=[*FAILED],
            seed=4,
            folds=10,
            resample=inference["resample"],
            confidence=inference["confidence"],
        ),
        SimpleNamespace(dataset="simulated_small"),
    )
    with np.load(made / "encoding_neurons.npz") as file:
        neurons = dict(file)
    return SimpleNamespace(
        encoding=pd.read_csv(made / "encoding.csv"),
        groups=pd.read_csv(made / "encoding_groups.csv"),
        neurons=neurons,
    )


def r2(sample, folds, *features):
    spaces = [principal_coordinates(values) for values in features]
    predictions = predict_held_out(spaces, sample["responses"], folds)
    return score(predictions, sample["responses"], sample["reliability"])["r2"]


def test_neurons_are_those_of_the_recording_with_its_gap(study, sample):
    responses = arrays(study, "responses.npz")
    np.testing.assert_array_equal(sample["neurons"], np.arange(400))  # fewer than 2,000
    halves = [responses["half_1"], responses["half_2"]]
    found = reliability(*halves, part_weights(*halves))
    np.testing.assert_allclose(sample["reliability"], found)
    folder = study.folder / DATASET
    entries, coverage, _ = read_recorded(folder / "responses.npz", folder / "rdms/recording.npz")
    assert sample["gap_deg"] == half_width(entries, coverage)


def test_gap_of_the_table_is_the_narrowest_that_is_left(study, repository, sample, tmp_path):
    """A gap of 80° would leave nothing to fit to."""
    np.savez(tmp_path / "sample.npz", **{**sample, "gap_deg": 80.0})
    table = tabulate(study, repository, tmp_path, sample=tmp_path / "sample.npz").encoding
    narrowest = []
    for fold in block_folds(sample["orientation"], 80.0, 10, 4):
        fitted, held_out = (sample["orientation"][part] for part in (fold.train, fold.test))
        difference = np.abs(fitted[:, None] - held_out) % 180
        narrowest.append(np.minimum(difference, 180 - difference).min())
    assert min(narrowest) < 60
    in_blocks = table["folds"] == "blocks"
    assert table.loc[in_blocks, "gap_deg"].to_numpy() == pytest.approx(min(narrowest))
    assert (table.loc[~in_blocks, "gap_deg"] == 0).all()


@pytest.mark.parametrize(("block", "seeds"), [("3-4", [3, 4]), ("12", [12])])
def test_scores_are_those_of_each_seeds_own_layers(study, sample, folds, block, seeds):
    layers = arrays(study, f"activations/cnn/seeds-{block}.npz")
    found = arrays(study, f"encoding/cnn/seeds-{block}.npz")
    assert found["seeds"].tolist() == seeds
    assert found["layers"].tolist() == ["pool", "fc"]
    for index in range(len(seeds)):
        for position, layer in enumerate(["pool", "fc"]):
            expected = r2(sample, folds["blocks"], layers[layer][index])
            np.testing.assert_allclose(found["r2"][index, position], expected, atol=1e-6)


def test_shown_network_is_predicted_with_gabor_energy_and_at_random(study, sample, folds):
    layers = arrays(study, "activations/cnn/seeds-3-4.npz")
    energy = gabor_energy(arrays(study, "stimuli.npz")["images"], 2 * np.pi * 28 * 0.1)
    found = arrays(study, "encoding/cnn/shown.npz")
    for position, layer in enumerate(["pool", "fc"]):
        of_layer = layers[layer][1]  # of seed 4
        both = r2(sample, folds["blocks"], energy, of_layer)
        np.testing.assert_allclose(found["banded_r2"][position], both, atol=1e-6)
        at_random = r2(sample, folds["random"], of_layer)
        np.testing.assert_allclose(found["random_r2"][position], at_random, atol=1e-6)


@pytest.mark.parametrize("model", FAILED)
def test_means_leave_out_networks_that_failed(study, tabulated, model):
    encoding = tabulated.encoding.query("model == @model and folds == 'blocks'")
    scores = np.concatenate(
        [arrays(study, f"encoding/{model}/seeds-{block}.npz")["r2"] for block in ("3-4", "12")]
    )  # (seeds, layers, neurons)
    baselines = dict(
        zip(["mean", "orientation"], arrays(study, "encoding/references.npz")["r2"], strict=False)
    )
    counts = ~np.isin(SEEDS, FAILED[model])
    for index, layer in enumerate(["pool", "fc"]):
        of_layer = encoding[encoding["layer"] == layer].set_index(["score", "seed"])["median"]
        medians = np.median(scores[counts, index], axis=1)
        assert of_layer["r2", np.nan] == pytest.approx(medians.mean(), rel=1e-6)
        for name, baseline in baselines.items():
            beyond = np.median(scores[counts, index] - baseline, axis=1).mean()
            assert of_layer[f"r2_beyond_{name}", np.nan] == pytest.approx(beyond, rel=1e-5)
        for position, seed in enumerate(SEEDS):
            median = np.median(scores[position, index])
            assert of_layer["r2", seed] == pytest.approx(median, rel=1e-6)
    means = encoding[encoding["seed"].isna()]
    assert (means["seeds"] == counts.sum()).all()
    assert (means["failed"] == len(FAILED[model])).all()


def test_normalized_scores_are_of_reliable_neurons_and_all_are_kept(study, tabulated):
    neurons = tabulated.neurons
    is_reliable = neurons["reliability"] >= 0.15
    np.testing.assert_array_equal(neurons["is_reliable"], is_reliable)
    assert 0 < is_reliable.sum() < 400
    encoding = tabulated.encoding.query("model == 'cnn' and layer == 'fc' and folds == 'blocks'")
    means = encoding[encoding["seed"].isna()].set_index("score")
    index = [*zip(neurons["models"], neurons["layers"], strict=True)].index(("cnn", "fc"))
    scores = [arrays(study, f"encoding/cnn/seeds-{block}.npz") for block in ("3-4", "12")]
    fev = np.concatenate([of["fev"][:, 1][:, is_reliable] for of in scores])[:2]  # 12 has failed
    np.testing.assert_allclose(neurons["fev"][index][is_reliable], fev.mean(axis=0))
    expected = np.median(fev, axis=1).mean()
    assert means.loc["fev", "median"] == pytest.approx(expected, rel=1e-6)
    assert means.loc["fev", "neurons"] == is_reliable.sum()
    assert means.loc["r2", "neurons"] == 400


def test_correlation_with_the_mean_of_the_others_is_not_defined(tabulated):
    encoding = tabulated.encoding.query("layer == 'mean'").set_index(["folds", "score"])
    assert encoding.loc[("blocks", "correlation"), "neurons"].item() == 0
    assert encoding.loc[("random", "normalized_r_squared"), "neurons"].item() == 0
    assert encoding.loc[("blocks", "r2"), "neurons"].item() == 400


def test_parts_of_the_variance_add_up_neuron_by_neuron(study, tabulated):
    groups = tabulated.groups.query("model == 'cnn' and layer == 'pool'")
    medians = groups.set_index("part")["median"]
    shown, block = (arrays(study, f"encoding/cnn/{name}.npz") for name in ("shown", "seeds-3-4"))
    references = arrays(study, "encoding/references.npz")
    energy = references["r2"][references["names"].tolist().index("gabor_energy")]
    both, layer = shown["banded_r2"][0], block["r2"][1, 0]
    assert medians["both"] == pytest.approx(np.median(both), rel=1e-6)
    assert medians["layer alone"] == pytest.approx(np.median(both - energy), rel=1e-6)
    assert medians["Gabor energy alone"] == pytest.approx(np.median(both - layer), abs=1e-8)
    assert medians["shared"] == pytest.approx(np.median(energy + layer - both), rel=1e-6)
    assert (groups["seed"] == 4).all()


def test_interval_of_a_median_is_the_bootstraps():
    rng = np.random.default_rng(0)
    values = rng.exponential(size=301)
    found = summarize_neurons(values[None], ["neurons"], 0.95)
    drawn = np.median(rng.choice(values, (4000, 301)), axis=1)
    reach = (found["ci_high"] - found["ci_low"]) / 2
    assert reach == pytest.approx(1.968 * drawn.std(), rel=0.06)
    assert found["ci_over"] == "neurons"
    assert [found["low_quartile"], found["median"], found["high_quartile"]] == pytest.approx(
        np.quantile(values, [0.25, 0.5, 0.75])
    )


def test_interval_grows_with_the_spread_of_seeds_and_needs_what_is_resampled():
    values = np.random.default_rng(0).normal(size=100)
    of_seeds = values + np.array([[-0.1], [0], [0.2]])
    alone = summarize_neurons(of_seeds, ["neurons"], 0.9)
    both = summarize_neurons(of_seeds, ["neurons", "seeds"], 0.9)
    assert both["median"] == pytest.approx(np.median(of_seeds, axis=1).mean())
    assert both["ci_high"] > alone["ci_high"]
    assert both["ci_over"] == "neurons+seeds"
    assert np.isnan(summarize_neurons(of_seeds, ["stimuli"], 0.9)["ci_low"])
    empty = summarize_neurons(np.full((2, 3), np.nan), ["neurons"], 0.9)
    assert empty == {"ci_over": "nothing", "neurons": 0}


def test_mean_of_one_seed_says_that_its_interval_is_not_for_others():
    values = np.random.default_rng(0).normal(size=(1, 100))
    warning = summarize_neurons(values, ["neurons", "seeds"], 0.9, is_mean=True)["ci_warning"]
    assert warning == "too narrow for other seeds: there is one alone"
    assert "ci_warning" not in summarize_neurons(values, ["neurons", "seeds"], 0.9)
    two = np.concatenate([values, values + 0.1])
    of_two = summarize_neurons(two, ["neurons", "seeds"], 0.9, is_mean=True)["ci_warning"]
    assert "one alone" not in of_two


def test_figure_shows_medians_seeds_that_passed_and_folds_at_random(study):
    drawn = draw(study, "encoding")
    left, right = drawn.figure.axes
    rows = table(study, "encoding").query("score == 'r2' and folds == 'blocks'")
    means = rows[rows["seed"].isna()]
    means = pd.concat([means.query("model != 'reference'"), means.query("model == 'reference'")])
    points = {(y[0], round(x[0], 6)) for x, y, _ in lines(left) if len(x) == 1}
    for position, median in enumerate(means["median"].round(6)):
        assert (position, median) in points
    assert [label.get_text() for label in left.get_yticklabels()][:2] == ["cnn, pool", "cnn, fc"]
    seeds = rows.query("model == 'cnn' and layer == 'fc' and seed in [3, 4]")["median"]
    (drawn_seeds,) = [x for x, y, _ in lines(left, "o") if len(x) > 0 and round(y[0]) == 1]
    np.testing.assert_allclose(drawn_seeds, seeds)
    bars = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in left.patches]
    np.testing.assert_allclose(bars, means[["ci_low", "ci_high"]], atol=1e-9)
    assert len(means) == len({bar.get_y() for bar in left.patches})
    at_random = table(study, "encoding").query("score == 'r2' and folds == 'random'")
    squares = [x[0] for x, _, _ in lines(left, "s") if len(x)]
    np.testing.assert_allclose(sorted(squares), sorted(at_random["median"]))
    assert not [x for x, _, _ in lines(right, "s") if len(x)]


def test_predictions_of_examples_are_on_held_out_orientations(study, sample, folds):
    drawn = draw(study, "predictions")
    data = drawn.data
    assert data["neuron"].nunique() == 6
    names = [text.get_text() for text in drawn.figure.legends[0].get_texts()]
    expected = [
        "each part of the trials",
        "all trials",
        "cnn, pool",
        "cnn, fc",
        "orientation alone",
    ]
    assert names == expected
    layers = arrays(study, "activations/cnn/seeds-3-4.npz")
    space = principal_coordinates(layers["fc"][1])
    predictions = predict_held_out([space], sample["responses"], folds["blocks"])
    for example in sample["examples"]:
        neuron = sample["neurons"][example]
        of_neuron = data[(data["neuron"] == neuron) & (data["curve"] == "cnn, fc")]
        np.testing.assert_allclose(of_neuron["response"], predictions[:, example], atol=1e-6)
    reliable = sample["reliability"][sample["examples"]]
    assert (np.diff(reliable) < 0).all()


def test_figure_4_holds_predictions_against_similarities(study):
    _, both, parts = draw(study, "figure_4").data
    inference = table(study, "inference").set_index(["model", "layer"])["similarity"]
    encoding = table(study, "encoding").query("score == 'r2' and folds == 'blocks'")
    means = encoding[encoding["seed"].isna()].set_index(["model", "layer"])["median"]
    assert len(both) == 6
    for row in both.itertuples():
        assert row.similarity == inference[row.model, row.layer]
        assert row.r2 == means[row.model, row.layer]
    assert set(parts["part"]) == {"Gabor energy alone", "shared", "layer alone"}


@pytest.mark.parametrize(
    ("reliability", "names"), [(0.6, ["fc", "mean", "trials"]), (np.nan, ["fc", "mean"])]
)
def test_ceiling_has_a_row_in_figures_only_where_it_is_known(reliability, names):
    rows = [("reference", "mean", -0.2), ("reference", "trials", reliability), ("cnn", "fc", 0.1)]
    encoding = pd.DataFrame(rows, columns=["model", "layer", "median"])
    encoding = encoding.assign(seed=np.nan, status=np.nan, folds="blocks", score="r2")
    shown, _ = select_encoding(encoding)
    assert shown["layer"].tolist() == names
