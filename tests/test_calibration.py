"""The calibration simulates what it says and judges by it."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import stats

from calibrate import main as calibrate
from normative.inference import calibration
from normative.inference.calibration import (
    MODELS,
    WORLDS,
    Study,
    World,
    analyze_study,
    ceiling_errors,
    smoother,
)
from normative.inference.smoothness import half_width
from normative.inference.streams import Stream, generator
from normative.rsa.rdm import correlation_distance, upper_triangle
from normative.stimuli.coverage import Coverage
from tabulate_calibration import CEILINGS, INTERVALS, TESTS, judge, main

CLOSE, AGAIN, AS_CLOSE, FAR, UNRELATED = (
    list(MODELS).index(name) for name in ("close", "again", "as close", "far", "unrelated")
)


@pytest.fixture(scope="module")
def inference(repository):
    """Give the default section of the configuration, with few replicates."""
    inference = yaml.safe_load((repository / "config.yaml").read_text())["inference"]
    return {**inference, "replicates": 120}


@pytest.fixture
def quickly(monkeypatch):
    """Take truths from few samples."""
    monkeypatch.setattr(calibration, "N_TRUTH", 4)


@pytest.mark.parametrize("width", [8, 15, 40])
def test_features_are_smooth_and_alike_all_around_the_circle(width):
    """Their correlation is one half at the half-width, and zero far away."""
    orientation = np.arange(60) * 3 - 90.0
    noise = np.random.default_rng(0).standard_normal((60, 20000))
    features = smoother(orientation, width) @ noise
    np.testing.assert_allclose(features.var(axis=1), 1, atol=0.05)
    for steps in (0, 2, 5, 10):
        expected = 0.5 ** ((3 * steps / width) ** 2)
        for start in (0, 57):  # also across the end
            correlation = np.mean(features[start] * features[(start + steps) % 60])
            assert correlation == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("name", ["width_8", "width_25", "widths_15_35"])
def test_worlds_have_the_half_widths_that_they_say(name):
    world = dataclasses.replace(WORLDS[name], n_neurons=3000)
    widths = []
    for seed in range(12):
        study = Study(world, np.random.default_rng(seed))
        rng = np.random.default_rng(seed)
        rdms = study.train(rng, ["unrelated"])
        truth = correlation_distance(study.record(rng)["truth"])
        entries = upper_triangle(truth), rdms[0, 0]
        widths.append([half_width(each, study.coverage) for each in entries])
    # Of ten features the largest mean dissimilarity is not that of many: rather narrow.
    found = np.mean(widths, axis=0)
    assert found[0] == pytest.approx(world.recording_deg, rel=0.2)
    assert found[1] == pytest.approx(world.models_deg, rel=0.2)


def test_worlds_are_of_the_kinds_of_the_schema(repository):
    schema = yaml.safe_load((repository / "rules/schemas/config.schema.yaml").read_text())
    kinds = schema["properties"]["calibration"]["properties"]["worlds"]["anyOf"]
    assert kinds[1]["items"]["enum"] == list(WORLDS)
    assert sum(world.role == "judges" for world in WORLDS.values()) >= 3
    assert {world.role for world in WORLDS.values()} == {"judges", "chosen by"}


@pytest.mark.parametrize("name", WORLDS)
def test_recordings_are_of_the_size_and_shape_of_their_world(name):
    world = WORLDS[name]
    rng = np.random.default_rng(1)
    study = Study(world, rng)
    recorded, rdms = study.record(rng), study.train(rng)
    assert recorded["responses"].shape == (world.n_stimuli, world.n_neurons)
    assert rdms.shape == (world.n_seeds, len(MODELS), world.n_stimuli * (world.n_stimuli - 1) // 2)
    mean = (recorded["half_1"] + recorded["half_2"]) / 2
    if not world.is_shipped:
        np.testing.assert_allclose(recorded["responses"], mean)
        unequal = (3 * recorded["first_3"] + recorded["last"]) / 4
        np.testing.assert_allclose(recorded["responses"], unequal)
    assert Coverage.of(study.orientation_deg).is_circle == world.is_even
    if world.varies:
        truths = [Study(world, rng).record(rng)["truth"] for _ in range(10)]
        amplitude = np.std(truths, axis=2).mean(axis=0)
        upright = np.abs(study.orientation_deg) < 20
        assert amplitude[upright].mean() > 1.5 * amplitude[~upright].mean()
    assert ("folded" in recorded) == world.is_shipped


def test_models_resemble_the_recording_by_what_they_share():
    rng = np.random.default_rng(0)
    similar = []
    for _ in range(15):
        study = Study(WORLDS["width_15"], rng)
        recording = upper_triangle(correlation_distance(study.record(rng)["truth"]))
        rdms = study.train(rng)
        similar.append(
            [
                np.mean([np.corrcoef(recording, rdm)[0, 1] for rdm in of])
                for of in rdms.swapaxes(0, 1)
            ]
        )
    similar = np.mean(similar, axis=0)
    assert similar[CLOSE] > similar[FAR] + 0.1
    assert similar[FAR] > similar[UNRELATED] + 0.1
    assert similar[AS_CLOSE] == pytest.approx(similar[CLOSE], abs=0.05)
    assert MODELS["as close"] == MODELS["close"]  # or a difference of nothing is not one
    assert similar[AGAIN] == pytest.approx(similar[CLOSE], abs=0.02)


def test_models_of_the_same_features_are_other_networks_of_one_model():
    study = Study(WORLDS["width_15"], np.random.default_rng(2))
    rdms = study.train(np.random.default_rng(3))
    means = rdms.mean(axis=0)
    again, other = (np.corrcoef(means[CLOSE], means[model])[0, 1] for model in (AGAIN, AS_CLOSE))
    assert again > other + 0.02
    assert (rdms[:, CLOSE] != rdms[:, AGAIN]).all()


def test_truth_for_these_gratings_is_the_mean_of_other_samples(inference):
    """Of many recordings of the same features: as far as the mean of N_TRUTH tells."""
    study = Study(World("judges", n_neurons=60, n_stimuli=20, n_seeds=2), np.random.default_rng(4))
    found = study.true_values(np.random.default_rng(5), "pearson")
    rng = np.random.default_rng(6)
    values = []
    for _ in range(150):
        recording = upper_triangle(correlation_distance(study.record(rng)["responses"]))
        rdms = study.train(rng, ["close", "far"])
        of_seeds = [[np.corrcoef(recording, rdm)[0, 1] for rdm in of] for of in rdms]
        values.append(np.mean(of_seeds, axis=0))
    values = np.array(values)
    error = 4 * values[:, 0].std() / np.sqrt(calibration.N_TRUTH)
    assert found["similarity"] == pytest.approx(values[:, 0].mean(), abs=error)
    difference = values[:, 0] - values[:, 1]
    error = 4 * difference.std() / np.sqrt(calibration.N_TRUTH)
    assert found["difference"] == pytest.approx(difference.mean(), abs=error)


def test_study_has_its_estimates_within_its_intervals_and_its_p_values(inference, quickly):
    first, again = (
        analyze_study(WORLDS["width_15"], np.random.default_rng(3), inference) for _ in range(2)
    )
    assert first == again, "the same way again"
    for name in [name for name in INTERVALS if "group" not in name]:
        value = first[name.removeprefix("stimuli_")]
        assert first[f"{name}_low"] < value < first[f"{name}_high"]
    for name in [name for name in TESTS if "group" not in name]:
        assert name.startswith("p_shift_") or 0 < first[name] <= 1
    for name in CEILINGS:
        assert abs(first[name]) < 0.1
    shipped = analyze_study(WORLDS["shipped"], np.random.default_rng(3), inference)
    assert {"p_shift_angle", "p_shift_tilt"} <= set(shipped) - set(first)
    uneven = analyze_study(WORLDS["uneven"], np.random.default_rng(3), inference)
    assert np.isnan(uneven["p_shift"])


def test_error_of_a_ceiling_is_that_of_a_noiseless_model():
    rng = np.random.default_rng(7)
    recorded = Study(World("judges", n_neurons=60), rng).record(rng)
    found = ceiling_errors(recorded)
    rdms = [1 - np.corrcoef(recorded[name]) for name in ("responses", "truth", "half_1", "half_2")]
    whole, truth, *halves = (rdm[np.triu_indices(60, 1)] for rdm in rdms)
    r = np.corrcoef(*halves)[0, 1]
    expected = np.sqrt(2 * r / (1 + r)) - np.corrcoef(whole, truth)[0, 1]
    assert found["ceiling_old"] == pytest.approx(expected, abs=1e-6)
    assert set(found) == set(CEILINGS)


def test_every_simulated_study_has_a_stream_of_its_own(tmp_path, inference, quickly):
    """Whichever job simulates it: the numbers follow from its world and index."""
    calibrate(
        SimpleNamespace(simulations=tmp_path / "simulations.csv"),
        SimpleNamespace(inference=inference, start=3, n_studies=2),
        SimpleNamespace(world="stimuli_20"),
    )
    table = pd.read_csv(tmp_path / "simulations.csv")
    assert table["simulation"].tolist() == [3, 4]
    assert table["similarity"].nunique() == 2
    for row in table.to_dict("records"):
        stream = list(WORLDS).index("stimuli_20")
        rng = generator(inference["seed"], Stream.CALIBRATION, stream, row["simulation"])
        expected = analyze_study(WORLDS["stimuli_20"], rng, inference)
        assert set(row) == {"simulation", *expected}
        for name, value in expected.items():
            assert row[name] == pytest.approx(value)


def made_up(count=100, **changed):
    """Simulations, some columns changed."""
    table = {name: np.linspace(0, 1, count) for name in TESTS}
    table |= {"power_p": np.zeros(count), "power_stimuli_p": np.linspace(0, 1, count)}
    for name in INTERVALS:
        table |= {f"{name}_low": 0.4, f"{name}_high": 0.6, name: 0.5, f"{name}_truth": 0.5}
    table |= dict.fromkeys(CEILINGS, 0.0)
    return pd.DataFrame({**table, **changed})


def row_of(table, method):
    (row,) = [row for row in judge(table, 0.95) if row[0] == method]
    names = ["quantity", "nominal", "observed", "low", "high", "n", "verdict"]
    return SimpleNamespace(**dict(zip(names, row[1:], strict=True)))


@pytest.mark.parametrize(
    ("count", "n_positive", "verdict"),
    [
        (100, 0, "conservative"),
        (100, 2, "holds"),
        (100, 5, "holds"),
        (100, 9, "holds"),
        (100, 12, "too liberal"),
        (1000, 25, "conservative"),  # of many simulations, a little less than 3 % is not chance
        (1000, 35, "holds"),
        (1000, 65, "holds"),
        (1000, 75, "too liberal"),
    ],
)
def test_verdict_on_a_test_of_5_percent(count, n_positive, verdict):
    """A p of exactly 5 % is positive; what chance may have done is no fault."""
    p = np.where(np.arange(count) < n_positive, 0.05, 0.051)
    row = row_of(made_up(count, p_shift=p), TESTS["p_shift"])
    assert (row.quantity, row.nominal, row.n) == ("false positives", 0.05, count)
    assert row.observed == pytest.approx(n_positive / count)
    assert row.verdict == verdict
    expected = stats.binomtest(n_positive, count).proportion_ci(method="exact")
    assert (row.low, row.high) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize("name", ["partial", "stimuli_similarity"])
@pytest.mark.parametrize(
    ("count", "n_right", "verdict"),
    [
        (100, 85, "too narrow"),
        (100, 92, "holds"),
        (100, 97, "holds"),
        (100, 100, "too wide"),
        (1000, 915, "too narrow"),  # of many simulations, 3.5 % are not chance
        (1000, 925, "holds"),
        (1000, 985, "too wide"),
    ],
)
def test_verdict_on_an_interval_of_95_percent(name, count, n_right, verdict):
    """Too low a limit is as wrong as too high a one."""
    index = np.arange(count)
    low = np.where(index >= n_right, np.where(index % 2, 0.6, 0.1), 0.4)
    high = np.where(index >= n_right, np.where(index % 2, 0.9, 0.4), 0.6)
    table = made_up(count, **{f"{name}_low": low, f"{name}_high": high})
    row = row_of(table, INTERVALS[name])
    assert (row.quantity, row.nominal) == ("coverage", 0.95)
    assert row.observed == pytest.approx(n_right / count)
    assert row.verdict == verdict


@pytest.mark.parametrize("n_right", [36, 40])  # of 40: 90 % and 100 %, for 95 %
def test_interval_is_not_blamed_for_what_chance_may_have_done(n_right):
    low = np.where(np.arange(40) < n_right, 0.4, 0.6)
    row = row_of(made_up(40, partial_low=low), INTERVALS["partial"])
    assert row.observed == n_right / 40
    assert row.verdict == "holds"


@pytest.mark.parametrize("n_positive", [0, 3])  # of 30: 0 % and 10 %, for 5 %
def test_test_is_not_blamed_for_what_chance_may_have_done(n_positive):
    p = np.where(np.arange(30) < n_positive, 0.05, 0.5)
    assert row_of(made_up(30, p_shift=p), TESTS["p_shift"]).verdict == "holds"


def test_each_interval_covers_the_truth_of_its_question():
    """For these gratings that of each study; over stimuli the mean of all studies."""
    values = np.where(np.arange(100) < 50, 0.2, 0.8)  # 0.5 on average
    table = made_up(similarity=values, similarity_truth=values)
    assert row_of(table, INTERVALS["similarity"]).observed == 0
    assert row_of(table, INTERVALS["stimuli_similarity"]).observed == 1


def test_bias_has_the_interval_of_its_standard_error():
    errors = np.random.default_rng(0).standard_normal(100)
    row = row_of(made_up(ceiling=errors), CEILINGS["ceiling"])
    mean, sem = np.mean(errors), stats.sem(errors)
    assert row.observed == pytest.approx(mean)
    assert (row.low, row.high) == pytest.approx((mean - 1.96 * sem, mean + 1.96 * sem))
    for bias, verdict in ((0.03, "too high"), (0.01, "holds"), (-0.03, "too low")):
        assert row_of(made_up(ceiling=bias), CEILINGS["ceiling"]).verdict == verdict


def test_power_has_no_verdict_and_what_was_not_tested_no_row():
    row = row_of(made_up(), "p, a layer and one less similar")
    assert (row.quantity, row.observed, row.verdict) == ("power", 1, "")
    table = made_up(p_shift=np.nan).drop(columns=["p_shift_angle", "ceiling_unequal"])
    methods = [row[0] for row in judge(table, 0.95)]
    assert not {TESTS["p_shift"], TESTS["p_shift_angle"], CEILINGS["ceiling_unequal"]} & {*methods}


def test_worlds_are_judged_apart(tmp_path):
    paths = []
    for world, p in (("width_8", 0.0), ("shipped", 1.0)):
        (tmp_path / world).mkdir()
        for start in (0, 50):
            paths.append(tmp_path / world / f"from-{start}.csv")
            made_up(50, p_shift=p).to_csv(paths[-1], index=False)
    main(
        SimpleNamespace(simulations=paths),
        SimpleNamespace(calibration=tmp_path / "calibration.csv"),
        SimpleNamespace(confidence=0.95),
    )
    table = pd.read_csv(tmp_path / "calibration.csv")
    assert (table["simulations"] == 100).all()
    found = table[table["method"] == TESTS["p_shift"]].set_index("world")
    assert found["verdict"].to_dict() == {"width_8": "too liberal", "shipped": "conservative"}
    assert found["role"].to_dict() == {"width_8": "chosen by", "shipped": "judges"}


def test_broken_test_is_found_out(monkeypatch, inference, quickly):
    """Of three seeds, with the normal distribution for the t."""
    from normative.inference import uncertainty

    of_seeds = uncertainty.standard_error
    world = World("judges", n_stimuli=12, n_neurons=40, n_seeds=3)
    inference = {**inference, "replicates": 20, "block_deg": 30}

    def false_positives():
        return [
            analyze_study(world, np.random.default_rng(seed), inference)["p"] <= 0.05
            for seed in range(60)
        ]

    right = np.sum(false_positives())
    monkeypatch.setattr(uncertainty, "standard_error", lambda s: (of_seeds(s)[0] * 0.5, np.inf))
    wrong = np.sum(false_positives())
    assert right <= 8
    assert wrong >= 15


def test_calibration_runs_from_its_rule(new_study):
    """Not part of the study: asked for by name."""
    study = new_study()
    assert "calibrate" not in study.planned()
    overlay = {"calibration": {"simulations": 3, "worlds": ["stimuli_20", "shipped"]}}
    study.run("calibration", overlay=overlay)
    table = pd.read_csv(study.folder / "results/calibration/calibration.csv")
    assert table["world"].unique().tolist() == ["stimuli_20", "shipped"]
    assert (study.folder / "results/calibration/calibration.png").is_file()
