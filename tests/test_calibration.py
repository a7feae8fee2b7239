"""The calibration simulates what it says and judges by it."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import stats

from calibrate import main as calibrate
from normative.inference import calibration
from normative.inference.calibration import analyze_study, simulate_study, smooth_features
from normative.inference.intervals import bootstrap_p, interval
from normative.inference.permutation_tests import permutations, sign_flip_p
from normative.inference.resampling import resample_blocks, resample_units
from normative.inference.streams import Stream, generator
from normative.recordings.simulation import simulate_recording
from normative.stimuli.coverage import Coverage
from tabulate_calibration import INTERVALS, TESTS, main


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


@pytest.fixture
def inference(repository):
    """Give the default section of the configuration, with few replicates."""
    inference = yaml.safe_load((repository / "config.yaml").read_text())["inference"]
    return {**inference, "replicates": 25, "permutations": 40}


PAIRS = np.triu_indices(60, 1)
STEPS = np.minimum(PAIRS[1] - PAIRS[0], 60 - PAIRS[1] + PAIRS[0])


def balanced(weights):
    """Give pairs of each difference the total weight that they have in the sample."""
    weights = weights.astype(float)
    for step in np.unique(STEPS):
        of_step = np.equal(STEPS, step)
        if weights[of_step].any():
            weights[of_step] *= of_step.sum() / weights[of_step].sum()
    return weights


def weighted_corrcoef(weights, rdms):
    """Correlate RDMs with each other, with weights."""
    covariance = np.cov(rdms, aweights=weights)
    sd = np.sqrt(np.diag(covariance))
    return covariance / np.outer(sd, sd)


def test_studys_estimates_and_intervals_are_those_of_plain_loops(inference):
    """The sample is no replicate: with 25 of them it would show."""
    result = analyze_study(np.random.default_rng(8), inference)
    rng = np.random.default_rng(8)
    responses, models, reference = simulate_study(rng)
    permutations(60, 40, rng)
    stimulus_counts = resample_blocks(Coverage.of(np.arange(-90, 90, 3)), 15, 25, rng)
    neuron_counts = resample_units(300, 25, rng)
    seed_counts = resample_units(10, 25, rng)

    rows = {name: [] for name in ("similarity", "partial", "difference", "alike", "plain")}
    for row in range(1 + 25):
        if row == 0:
            plain = weights = np.ones(len(STEPS))
            drawn = responses
        else:
            counts = stimulus_counts[row - 1]
            plain = counts[PAIRS[0]] * counts[PAIRS[1]]
            weights = balanced(plain)
            drawn = np.repeat(responses, neuron_counts[row - 1], axis=1)
        recording = 1 - np.corrcoef(drawn)[PAIRS]
        values = {name: [] for name in rows}
        for seed in range(10):
            close, far, as_close = (models[name][seed] for name in ("close", "far", "as close"))
            r = weighted_corrcoef(weights, [recording, close, reference[0], far, as_close])
            values["similarity"].append(r[0, 1])
            partial = (r[0, 1] - r[0, 2] * r[1, 2]) / np.sqrt(
                (1 - r[0, 2] ** 2) * (1 - r[1, 2] ** 2)
            )
            values["partial"].append(partial)
            values["difference"].append(r[0, 1] - r[0, 3])
            values["alike"].append(r[0, 1] - r[0, 4])
            values["plain"].append(weighted_corrcoef(plain, [recording, close])[0, 1])
        for name, of_seeds in values.items():
            rows[name].append(of_seeds)

    def means(name):
        return np.array([np.mean(np.repeat(rows[name][1 + k], seed_counts[k])) for k in range(25)])

    for name in ("similarity", "partial", "difference"):
        expected = np.mean(rows[name][0])
        assert result[name] == pytest.approx(expected, abs=1e-5)
        low, high = interval(means(name), np.array(rows[name][0]), inference)
        assert result[f"{name}_low"] == pytest.approx(low, abs=1e-5)
        assert result[f"{name}_high"] == pytest.approx(high, abs=1e-5)
    p = bootstrap_p(means("alike"), np.array(rows["alike"][0]), inference)
    assert result["p_pairwise"] == pytest.approx(p, abs=1e-4)
    assert result["plain_percentile"] == pytest.approx(np.mean(rows["plain"][0]), abs=1e-5)
    low, high = np.quantile(means("plain"), [0.025, 0.975])
    assert result["plain_percentile_low"] == pytest.approx(low, abs=1e-5)
    assert result["plain_percentile_high"] == pytest.approx(high, abs=1e-5)


def test_studys_tests_are_those_of_plain_loops(inference):
    """Of the mean over seeds of unrelated models, and of seeds trained without effect."""
    result = analyze_study(np.random.default_rng(9), inference)
    rng = np.random.default_rng(9)
    responses, models, _ = simulate_study(rng)
    rdm = 1 - np.corrcoef(responses)
    shifts = [np.roll(np.arange(60), -shift) for shift in range(60)]
    orders = {"shifts": [*shifts, *(order[::-1] for order in shifts)]}
    orders["mantel"] = permutations(60, 40, rng)
    for name, of_name in orders.items():
        similarities = [
            np.corrcoef(rdm[np.ix_(order, order)][PAIRS], models["unrelated"])[0, 1:].mean()
            for order in of_name
        ]
        expected = np.mean(np.array(similarities) >= similarities[0] - 1e-12)
        assert result[f"p_{name}"] == pytest.approx(expected)
    close, again = (np.corrcoef(rdm[PAIRS], models[name])[0, 1:] for name in ("close", "again"))
    assert result["p_seeds"] == pytest.approx(sign_flip_p(close - again, 0))


def test_model_shares_with_the_recording_what_its_amplitudes_say(monkeypatch):
    """Seeds without features of their own differ by their units alone."""
    models = {"unrelated": (0, 1, 0.0), "close": (1, 0, 0.0), "far": (0, 0, 1.0)}
    monkeypatch.setattr(calibration, "MODELS", models)
    responses, found, reference = simulate_study(np.random.default_rng(1))
    assert responses.shape == (60, 300)
    assert reference.shape == (1, len(STEPS))
    assert set(found) == {*models, "again"}
    recording = 1 - np.corrcoef(responses)[PAIRS]
    similar = {name: np.corrcoef(recording, rdms)[0, 1:].mean() for name, rdms in found.items()}
    assert similar["close"] > 0.8
    assert similar["again"] == pytest.approx(similar["close"], abs=0.05)
    assert (found["again"] != found["close"]).all(), "other networks of the same model"
    for name in ("unrelated", "far"):
        assert similar[name] < 0.7
    # Seeds of a model are as similar as its features of their own, or of the model, make them.
    among = {name: np.corrcoef(rdms)[np.triu_indices(10, 1)].mean() for name, rdms in found.items()}
    assert min(among["unrelated"], among["close"]) > 0.8 > among["far"]


def test_default_models_have_the_amplitudes_that_the_methods_name():
    assert calibration.MODELS == {
        "unrelated": (0, 1, 0.5),
        "close": (0.7, 0.5, 0.5),
        "as close": (0.7, 0.5, 0.5),
        "far": (0.4, 0.8, 0.5),
    }


def test_every_simulated_study_has_a_stream_of_its_own(tmp_path, inference):
    """Whichever job simulates it: the numbers follow from its index."""
    inference = {**inference, "replicates": 5, "permutations": 5}
    calibrate(
        SimpleNamespace(simulations=tmp_path / "simulations.csv"),
        SimpleNamespace(inference=inference, start=3, n_studies=2),
    )
    table = pd.read_csv(tmp_path / "simulations.csv")
    assert table["simulation"].tolist() == [3, 4]
    assert table["similarity"].nunique() == 2
    for row in table.to_dict("records"):
        rng = generator(inference["seed"], Stream.CALIBRATION, row["simulation"])
        expected = analyze_study(rng, inference)
        expected |= calibration.estimate_ceilings(rng, inference["comparator"])
        assert set(row) == {"simulation", *expected}
        for name, value in expected.items():
            assert row[name] == pytest.approx(value)


@pytest.mark.parametrize("comparator", ["pearson", "spearman"])
def test_errors_of_ceilings_are_estimates_less_the_known_truth(comparator):
    found = calibration.estimate_ceilings(np.random.default_rng(2), comparator)
    rng = np.random.default_rng(2)
    seed = int(rng.integers(2**32))
    recording = simulate_recording(neurons=500, stimuli=120, trials=6, seed=seed)
    rank = {"pearson": np.asarray, "spearman": stats.rankdata}[comparator]

    def similarity(first, second):
        pairs = np.triu_indices(120, 1)
        return np.corrcoef([rank((1 - np.corrcoef(each))[pairs]) for each in (first, second)])[0, 1]

    truth = similarity(recording["resp"], recording["resp_noiseless"])
    r = {"trials": similarity(recording["resp_train"], recording["resp_test"])}
    orders = [rng.permutation(500) for _ in range(5)]
    resp = recording["resp"]
    r["neurons"] = np.mean([similarity(resp[:, o[:250]], resp[:, o[250:]]) for o in orders])
    expected = {}
    for of, half in r.items():
        whole = 2 * half / (1 + half)
        expected[f"{of}: of a noiseless model"] = np.sqrt(whole) - truth
        expected[f"{of}: with another recording"] = whole - truth**2
    assert set(found) == set(expected)
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=1e-5)


def test_study_is_analyzed_the_same_way_again(inference):
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


@pytest.fixture
def calibrated(tmp_path):
    """Tabulate made-up simulations, some columns changed; give the table's rows by method."""

    def calibrated(**changed):
        count = 100
        table = {name: np.linspace(0, 1, count) for name in TESTS}
        for name in INTERVALS:
            table |= {name: 0.5, f"{name}_low": 0.4, f"{name}_high": 0.6}
        pd.DataFrame({**table, **changed}).to_csv(tmp_path / "1.csv", index=False)
        main(
            SimpleNamespace(simulations=[tmp_path / "1.csv"]),
            SimpleNamespace(calibration=tmp_path / "calibration.csv"),
            SimpleNamespace(confidence=0.95),
        )
        return pd.read_csv(tmp_path / "calibration.csv").set_index("method")

    return calibrated


def test_bias_has_the_interval_of_its_standard_error(calibrated):
    errors = np.random.default_rng(0).standard_normal(100)
    row = calibrated(**{"trials: of a noiseless model": errors}).iloc[-1]
    assert row.name == "ceiling from halves of trials, similarity of a noiseless model"
    mean, sem = np.mean(errors), stats.sem(errors)
    assert row["observed"] == pytest.approx(mean)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((mean - 1.96 * sem, mean + 1.96 * sem))


@pytest.mark.parametrize(
    ("bias", "verdict"),
    [(0.03, "too high"), (0.01, "holds"), (-0.01, "holds"), (-0.03, "too low")],
)
def test_verdict_on_a_ceiling(calibrated, bias, verdict):
    row = calibrated(**{"neurons: with another recording": bias}).iloc[-1]
    assert (row["quantity"], row["nominal"], row["verdict"]) == ("bias", 0, verdict)


@pytest.mark.parametrize(
    ("n_positive", "verdict"),
    [(2, "conservative"), (3, "holds"), (5, "holds"), (7, "holds"), (8, "too liberal")],
)
def test_verdict_on_a_test_of_5_percent(calibrated, n_positive, verdict):
    """A p of exactly 5 % is positive."""
    table = calibrated(p_shifts=np.where(np.arange(100) < n_positive, 0.05, 0.051))
    row = table.loc["shifts and reflections, unrelated RDMs"]
    assert row["observed"] == pytest.approx(n_positive / 100)
    assert row["verdict"] == verdict
    expected = stats.binomtest(n_positive, 100).proportion_ci(method="exact")
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize(
    ("n_right", "verdict"),
    [(91, "too narrow"), (93, "holds"), (97, "holds"), (99, "too wide")],
)
def test_verdict_on_an_interval_of_95_percent(calibrated, n_right, verdict):
    """Of the mean over simulations, too low a limit being as wrong as too high a one."""
    values = np.where(np.arange(100) < 50, 0.2, 0.8)  # 0.5 on average
    index = np.arange(100)
    low = np.where(index >= n_right, np.where(index % 2, 0.6, 0.1), 0.4)
    high = np.where(index >= n_right, np.where(index % 2, 0.9, 0.4), 0.6)
    table = calibrated(partial=values, partial_low=low, partial_high=high)
    row = table.loc["partial correlation"]
    assert (row["quantity"], row["nominal"]) == ("coverage", 0.95)
    assert row["observed"] == pytest.approx(n_right / 100)
    assert row["verdict"] == verdict


def test_calibration_runs_from_its_rule(new_study):
    """Not part of the study: asked for by name."""
    study = new_study()
    assert "calibrate" not in study.planned()
    study.run("calibration", overlay={"calibration": {"simulations": 3}})
    table = pd.read_csv(study.folder / "results/calibration/calibration.csv")
    assert len(table) == 12
    assert (study.folder / "results/calibration/calibration.png").is_file()
