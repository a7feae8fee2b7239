"""Networks fitted to V1 are tested on what they were not fitted to, and stop where they do best."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from drawing import DATASET, arrays, draw, table, texts
from scipy.stats import spearmanr

import fit_bonus_network
import fit_networks_to_v1
import tabulate_v1_fitted
from normative.encoding.splits import block_folds
from normative.networks.readouts import build_readout
from normative.training import v1_fitted
from normative.training.v1_fitted import average_bins, draw_for, fit_until_best, predict_held_out

pytestmark = pytest.mark.usefixtures("one_thread")

GRATINGS = {"spatial_frequency": 1 / 28, "resolution": 0.1, "patch": False}
ORIENTATION = np.arange(-90.0, 91, 10)
KINDS = ["linear", "cnn"]


@pytest.fixture(scope="module")
def responses():
    rng = np.random.default_rng(0)
    phase = np.deg2rad(2 * ORIENTATION)[:, None] - rng.uniform(0, 6, 30)
    return (np.cos(phase) + rng.normal(size=phase.shape)).astype(np.float32)


@pytest.mark.parametrize("kind", KINDS)
def test_responses_that_are_held_out_do_not_change_what_is_predicted_of_them(
    monkeypatch, responses, kind
):
    monkeypatch.setattr(v1_fitted, "MOST_ITERATIONS", 5)
    folds = block_folds(ORIENTATION, 15, 4, 3)
    before, n_iterations = predict_held_out(kind, 3, ORIENTATION, responses, folds[:1], GRATINGS)
    unseen = np.setdiff1d(np.arange(len(ORIENTATION)), folds[0].train)
    assert len(unseen) > len(folds[0].test), "a gap"
    changed = responses.copy()
    changed[unseen] = 99
    after, _ = predict_held_out(kind, 3, ORIENTATION, changed, folds[:1], GRATINGS)
    np.testing.assert_array_equal(after[folds[0].test], before[folds[0].test])
    assert 0 <= n_iterations[0] <= 5
    changed = responses.copy()
    changed[folds[0].train] *= -1
    after, _ = predict_held_out(kind, 3, ORIENTATION, changed, folds[:1], GRATINGS)
    assert not np.allclose(after[folds[0].test], before[folds[0].test])


@pytest.mark.parametrize("kind", KINDS)
def test_fit_is_that_of_the_iteration_with_the_least_error_of_validation(
    monkeypatch, responses, kind
):
    monkeypatch.setattr(v1_fitted, "MOST_ITERATIONS", 15)
    monkeypatch.setattr(v1_fitted, "PATIENCE", 3)
    images = draw_for(kind, ORIENTATION, GRATINGS)
    other = np.random.default_rng(1).normal(size=responses.shape).astype(np.float32) + responses
    before = torch.random.get_rng_state()
    net, n_iterations = fit_until_best(kind, 7, (images, responses), (images, other))
    assert torch.equal(torch.random.get_rng_state(), before)
    torch.manual_seed(7)
    plain = build_readout(kind, images.shape[1:], 30)
    torch.nn.init.normal_(plain.out.weight, std=0.001)
    plain.out.bias.data = torch.tensor(responses.mean(axis=0))
    optimizer = torch.optim.Adam(plain.parameters(), lr={"linear": 0.001, "cnn": 0.003}[kind])
    predictions = [plain(torch.tensor(images)).detach().numpy()]  # before the first iteration
    errors = [((predictions[0] - other) ** 2).mean()]
    while len(errors) < min(n_iterations + 3, 15) + 1:
        optimizer.zero_grad()
        ((plain(torch.tensor(images)) - torch.tensor(responses)) ** 2).mean().backward()
        optimizer.step()
        predictions.append(plain(torch.tensor(images)).detach().numpy())
        errors.append(((predictions[-1] - other) ** 2).mean())
    assert n_iterations == np.argmin(errors)
    found = net(torch.tensor(images)).detach().numpy()
    np.testing.assert_allclose(found, predictions[n_iterations], atol=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_fit_that_no_iteration_makes_better_is_nearly_the_mean(responses, kind):
    images = draw_for(kind, ORIENTATION, GRATINGS)
    mean = np.tile(responses.mean(axis=0), (len(images), 1))
    net, n_iterations = fit_until_best(kind, 7, (images, responses), (images, mean))
    assert n_iterations == 0
    found = net(torch.tensor(images)).detach().numpy()
    assert np.abs(found - mean).mean() < 0.1 * responses.std()  # or nearly so


def test_bins_hold_the_mean_of_their_stimuli(responses):
    orientation, binned = average_bins(np.array([-90, -89.5, 3, 5.9, 6]), responses[:5])
    np.testing.assert_allclose(orientation, [-89.75, 4.45, 6])
    expected = [responses[:2].mean(axis=0), responses[2:4].mean(axis=0), responses[4]]
    np.testing.assert_allclose(binned, expected, rtol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_layers_are_compared_with_the_part_that_was_not_fitted_to(study, kind):
    fitted = arrays(study, f"encoding/v1_fitted/{kind}.npz")
    assert fitted["seeds"].tolist() == [3, 4]
    recording = arrays(study, "rdms/recording.npz")
    pairs = np.triu_indices(len(recording["half_1"]), 1)
    rows = table(study, "v1_fitted").query(f"model == 'v1_fitted_{kind}'")
    for layer in fitted["layers"]:
        of_layer = rows[rows["layer"] == layer].set_index("seed")
        for position, seed in enumerate([3, 4]):
            of_parts = []
            for part, other in enumerate(["half_2", "half_1"]):
                rdm = 1 - np.corrcoef(fitted[layer][position, part].astype(float))
                of_parts.append(spearmanr(rdm[pairs].round(12), recording[other][pairs])[0])
            expected = pytest.approx(np.mean(of_parts), abs=1e-6, nan_ok=True)
            assert of_layer.loc[seed, "similarity"] == expected
        seeds = of_layer.loc[[3, 4], "similarity"]
        mean = of_layer[of_layer.index.isna()].iloc[0]
        assert mean["similarity"] == pytest.approx(seeds.mean(), abs=1e-6)
        assert mean["seeds"] == seeds.count()


def test_normative_networks_are_compared_with_both_parts_and_without_failed_ones(study):
    recording = arrays(study, "rdms/recording.npz")
    pairs = np.triu_indices(len(recording["half_1"]), 1)
    rdms = arrays(study, "rdms/cnn/seeds-3-4.npz")["fc"]  # seed 12 has failed
    expected = np.mean(
        [spearmanr(rdm[pairs], recording[f"half_{i}"][pairs])[0] for rdm in rdms for i in (1, 2)]
    )
    rows = table(study, "v1_fitted").set_index(["model", "layer"])
    assert rows.loc[("cnn", "fc"), "similarity"].item() == pytest.approx(expected, abs=1e-6)
    assert rows.loc[("cnn", "fc"), "seeds"].item() == 2
    between = spearmanr(recording["half_1"][pairs], recording["half_2"][pairs])[0]
    found = rows.loc[("recording", "other part of the trials"), "similarity"].item()
    assert found == pytest.approx(between, abs=1e-6)


def test_scores_are_of_all_neurons_on_held_out_orientations(study, tmp_path):
    fitted = arrays(study, "encoding/v1_fitted/cnn.npz")
    references = arrays(study, "encoding/references.npz")
    fitted["iterations"] = fitted["part_iterations"].max() + np.arange(20).reshape(2, 10)
    np.savez(tmp_path / "cnn.npz", **fitted)
    folder = study.folder / DATASET
    output = SimpleNamespace(losses=tmp_path / "losses.csv", fitted=tmp_path / "fitted.csv")
    tabulate_v1_fitted.main(
        SimpleNamespace(
            bonus=folder / "encoding/v1_fitted/bonus.npz",
            fitted=[folder / "encoding/v1_fitted/linear.npz", tmp_path / "cnn.npz"],
            orientation=folder / "encoding/references.npz",
            recording=folder / "rdms/recording.npz",
            references=folder / "rdms/references.npz",
            networks=[folder / f"rdms/cnn/seeds-{block}.npz" for block in ("3-4", "12")],
            performance=folder / "tables/performance.csv",
        ),
        output,
        SimpleNamespace(dataset="simulated_small"),
        SimpleNamespace(kinds=KINDS, models=["cnn"], comparator="spearman"),
    )
    rows = pd.read_csv(output.fitted).query("model == 'v1_fitted_cnn' and layer == 'out'")
    of_seed = rows.set_index("seed").loc[4]
    assert fitted["r2"].shape == (2, 400)
    assert of_seed["r2"] == pytest.approx(np.median(fitted["r2"][1]), rel=1e-6)
    for name in ("mean", "orientation"):
        baseline = references["r2"][references["names"].tolist().index(name)]
        beyond = np.median(fitted["r2"][1] - baseline)
        assert of_seed[f"r2_beyond_{name}"] == pytest.approx(beyond, rel=1e-6)
    assert of_seed["r2_iterations"] == np.median(fitted["iterations"][1])


def test_figure_says_which_networks_were_fitted_to_the_recording(study):
    drawn = draw(study, "v1_fitted")
    shown = " ".join(text.get_text() for text in texts(drawn.figure))
    assert "fitted to V1, no normative models" in shown
    rows = table(study, "v1_fitted")
    means = rows[rows["seed"].isna()]
    points = [line for line in drawn.figure.axes[0].lines if len(line.get_xdata()) == 1]
    found = [line.get_xdata()[0] for line in points if line.get_alpha() is None]
    np.testing.assert_allclose(found, means["similarity"])


def test_recording_without_parts_is_left_out_and_told_why(study, tmp_path):
    recording, rdms = arrays(study, "recording.npz"), arrays(study, "rdms/recording.npz")
    np.savez(tmp_path / "recording.npz", resp=recording["resp"], stimuli=recording["stimuli"])
    np.savez(tmp_path / "rdms.npz", responses=rdms["responses"])
    sample = arrays(study, "encoding/sample.npz")
    del sample["half_1"], sample["half_2"]
    np.savez(tmp_path / "sample.npz", **sample)
    paths = {name: tmp_path / f"{name}.npz" for name in ("bonus", "linear", "cnn")}
    given = SimpleNamespace(recording=tmp_path / "recording.npz", sample=tmp_path / "sample.npz")
    params = SimpleNamespace(stimulus=GRATINGS, seeds=[3, 4], folds=10)
    fit_bonus_network.main(given, SimpleNamespace(network=paths["bonus"]), params, 1)
    for kind in KINDS:
        output, wildcards = SimpleNamespace(networks=paths[kind]), SimpleNamespace(kind=kind)
        fit_networks_to_v1.main(given, output, wildcards, params, 1)
    folder = study.folder / DATASET
    output = SimpleNamespace(losses=tmp_path / "losses.csv", fitted=tmp_path / "fitted.csv")
    tabulate_v1_fitted.main(
        SimpleNamespace(
            bonus=paths["bonus"],
            fitted=[paths[kind] for kind in KINDS],
            orientation=folder / "encoding/references.npz",
            recording=tmp_path / "rdms.npz",
        ),
        output,
        SimpleNamespace(dataset="simulated_small"),
        SimpleNamespace(kinds=KINDS, models=[], comparator="pearson"),
    )
    why = "left out: the recording has no two parts of the trials"
    losses, fitted = pd.read_csv(output.losses), pd.read_csv(output.fitted)
    assert losses["note"].tolist() == [why] * 2
    assert losses["train_loss"].isna().all()
    assert fitted["model"].unique().tolist() == ["v1_fitted_linear", "v1_fitted_cnn"]
    assert fitted["note"].tolist() == [why] * len(fitted)
    assert fitted["similarity"].isna().all()
    for name, inputs in {
        "bonus_network": {"bonus": paths["bonus"]},
        "v1_fitted": {"fitted": output.fitted, "encoding": folder / "tables/encoding.csv"},
    }.items():
        assert any(why in text.get_text() for text in texts(draw(study, name, inputs).figure))
