"""The calibration simulates what it says and judges by it."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml

from normative.inference.calibration import analyze_study, simulate_study, smooth_features
from tabulate_calibration import main


def test_features_are_smooth_and_alike_all_around_the_circle():
    features = smooth_features(60, 20000, np.random.default_rng(0))
    np.testing.assert_allclose(features.var(axis=1), 1, atol=0.05)
    for steps, expected in ((0, 1), (5, 0.5), (10, 0.0625), (30, 0)):
        for start in (0, 57):  # also across the end
            correlation = np.mean(features[start] * features[(start + steps) % 60])
            assert correlation == pytest.approx(expected, abs=0.03)


def test_models_resemble_the_recording_by_what_they_share():
    rng = np.random.default_rng(0)
    similar = {}
    for _ in range(15):
        responses, models, _ = simulate_study(rng)
        recording = 1 - np.corrcoef(responses)[np.triu_indices(60, 1)]
        for name, rdms in models.items():
            mean = np.mean([np.corrcoef(recording, rdm)[0, 1] for rdm in rdms])
            similar.setdefault(name, []).append(mean)
    similar = {name: np.mean(values) for name, values in similar.items()}
    assert similar["close"] > similar["far"] + 0.1 > similar["unrelated"] + 0.1
    assert similar["as close"] == pytest.approx(similar["close"], abs=0.04)
    assert similar["again"] == pytest.approx(similar["close"], abs=0.02)


def test_study_is_analyzed_the_same_way_again(repository):
    inference = yaml.safe_load((repository / "config.yaml").read_text())["inference"]
    inference["replicates"] = 100
    first, again = (analyze_study(np.random.default_rng(3), inference) for _ in range(2))
    assert first == again
    for name in ("similarity", "partial", "difference", "plain_percentile"):
        assert first[f"{name}_low"] < first[name] < first[f"{name}_high"]
    for name in ("p_shifts", "p_mantel", "p_pairwise", "p_seeds"):
        assert 0 < first[name] <= 1


def test_verdicts_follow_from_the_simulations(tmp_path):
    count = 200
    good, bad = np.arange(count) < 0.95 * count, np.arange(count) < 0.8 * count
    table = {"simulation": np.arange(count)}
    table |= {"p_shifts": np.linspace(0, 1, count), "p_mantel": np.zeros(count)}
    table |= {"p_pairwise": np.ones(count), "p_seeds": np.linspace(0, 1, count)}
    covered = {"similarity": good, "difference": bad, "partial": good, "plain_percentile": good}
    for name, right in covered.items():
        table |= {name: 0.5, f"{name}_low": np.where(right, 0.4, 0.6), f"{name}_high": 0.7}
    table |= {"trials: of a noiseless model": -0.05 + 0.01 * good}
    pd.DataFrame(table).iloc[:50].to_csv(tmp_path / "1.csv", index=False)
    pd.DataFrame(table).iloc[50:].to_csv(tmp_path / "2.csv", index=False)
    main(
        SimpleNamespace(simulations=[tmp_path / "1.csv", tmp_path / "2.csv"]),
        SimpleNamespace(calibration=tmp_path / "calibration.csv"),
        SimpleNamespace(confidence=0.95),
    )
    found = pd.read_csv(tmp_path / "calibration.csv")
    assert (found["simulations"] == count).all()
    expected = ["holds", "too liberal", "conservative", "holds"]
    assert list(found["verdict"]) == [*expected, "holds", "too narrow", "holds", "holds", "too low"]
    assert found["observed"].iloc[5] == 0.8
    assert (found["ci_low"] <= found["observed"]).all()
    assert (found["observed"] <= found["ci_high"]).all()


def test_calibration_runs_from_its_rule(new_study):
    """Not part of the study: asked for by name."""
    study = new_study()
    assert "calibrate" not in study.planned()
    study.run("calibration", overlay={"calibration": {"simulations": 3}})
    table = pd.read_csv(study.folder / "results/calibration/calibration.csv")
    assert len(table) == 12
    assert (study.folder / "results/calibration/calibration.png").is_file()
