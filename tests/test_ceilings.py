"""Noise ceilings estimate what they are called."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from estimate_ceilings import main as estimate_ceilings
from normative.inference.streams import Stream, generator
from normative.recordings.parts import part_weights
from normative.recordings.simulation import simulate_recording
from normative.rsa.ceilings import (
    ceilings_of_parts,
    drives_all,
    has_signal,
    neuron_halves_similarity,
    rdm_similarity,
    spearman_brown,
)


@pytest.fixture(scope="module")
def recording():
    """Noisy: few neurons."""
    return simulate_recording(neurons=500, stimuli=120, trials=6, seed=1)


def test_trial_halves_tell_the_known_ceiling(recording):
    """Of a noiseless model, to 0.05; the claims are in order, and none is one."""
    truth = rdm_similarity(recording["resp"], recording["resp_noiseless"], "pearson")
    r = rdm_similarity(recording["resp_train"], recording["resp_test"], "pearson")
    replication, noiseless = ceilings_of_parts(
        recording["resp_train"], recording["resp_test"], (0.5, 0.5)
    )
    assert 0 < r < replication < noiseless < 1
    assert noiseless == pytest.approx(truth, abs=0.02)
    assert abs(noiseless - truth) < abs(spearman_brown(r)[1] - truth)


def test_ceilings_of_equal_parts_follow_from_three_covariances():
    """S = cov(R11, R22), a = cov(R11, R12) − S, b = var(R11) − S − 2a; 1 / √(1 + (a + b/4) / S)."""
    rng = np.random.default_rng(0)
    tuning = rng.standard_normal((40, 5)) @ rng.standard_normal((5, 300))
    parts = tuning + 6 * rng.standard_normal((2, 40, 300))
    pairs = np.triu_indices(40, 1)
    r = np.corrcoef(np.vstack(parts))
    r11, r22, r12 = r[:40, :40][pairs], r[40:, 40:][pairs], r[:40, 40:][pairs]
    s = np.cov(r11, r22)[0, 1]
    a = np.mean([np.cov(r, r12)[0, 1] for r in (r11, r22)]) - s
    b = np.mean([r.var(ddof=1) for r in (r11, r22)]) - s - 2 * a
    another, noiseless = ceilings_of_parts(*parts, (0.5, 0.5))
    assert noiseless == pytest.approx(1 / np.sqrt(1 + (a + b / 4) / s), abs=0.01)
    assert noiseless < 0.97
    assert another == pytest.approx(noiseless**2)


@pytest.mark.parametrize("shares", [(3, 1), (1, 3), (2, 2)])
def test_ceilings_of_unequal_parts_are_those_of_the_mean_of_all_trials(shares):
    """Four trials, three of them in one part: known truth, mean over recordings."""
    errors = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        tuning = rng.standard_normal((50, 4)) @ rng.standard_normal((4, 400))
        tuning /= tuning.std(axis=1, keepdims=True)
        trials = tuning + 3 * rng.standard_normal((4, 50, 400))
        parts = trials[: shares[0]].mean(axis=0), trials[shares[0] :].mean(axis=0)
        _, noiseless = ceilings_of_parts(*parts, part_weights(*parts))
        errors.append(noiseless - rdm_similarity(trials.mean(axis=0), tuning, "pearson"))
    assert abs(np.mean(errors)) < 0.012


def test_parts_with_nothing_in_common_have_no_ceiling():
    rng = np.random.default_rng(1)
    first = rng.standard_normal((20, 100))
    second = rng.standard_normal((20, 100))
    found = [ceilings_of_parts(first[rng.permutation(20)], second, (0.5, 0.5)) for _ in range(100)]
    assert np.isnan(found).any(axis=1).sum() > 94
    baseline = 5 * rng.standard_normal(100)
    found = [
        has_signal(first[rng.permutation(20)] + baseline, second + baseline) for _ in range(100)
    ]
    assert sum(found) < 8, "what all patterns have in common tells nothing of stimuli"
    assert has_signal(first, first + second)


def test_ceilings_are_called_too_high_where_some_stimuli_hardly_drive_the_recording():
    rng = np.random.default_rng(2)
    signal = rng.standard_normal((30, 200))
    noise = rng.standard_normal((2, 30, 200))
    assert drives_all(*(signal + noise))
    signal[:6] *= 0.05
    assert not drives_all(*(signal + noise))
    few = signal[:, :9] + noise[:, :, :9]
    assert drives_all(*few), "of few neurons, by chance"


def test_estimands_follow_from_classical_test_theory():
    """Signal plus noise of equal variance, in halves and as a whole."""
    rng = np.random.default_rng(0)
    signal = rng.standard_normal(200000)
    halves = signal + rng.standard_normal((4, 200000))
    whole, another = halves[:2].mean(axis=0), halves[2:].mean(axis=0)
    replication, noiseless = spearman_brown(np.corrcoef(halves[:2])[0, 1])
    assert replication == pytest.approx(np.corrcoef(whole, another)[0, 1], abs=0.01)
    assert noiseless == pytest.approx(np.corrcoef(whole, signal)[0, 1], abs=0.01)
    assert np.isnan(spearman_brown(-0.1)).all()


def test_neurons_that_share_noise_seem_better_than_they_are():
    """Halves of the neurons agree on the noise of a trial; halves of the trials do not."""
    rng = np.random.default_rng(0)
    tuning = rng.standard_normal((40, 3))
    loadings = rng.standard_normal((3, 600))
    halves = [(tuning + 1.5 * rng.standard_normal((40, 3))) @ loadings for _ in range(2)]
    of_trials = rdm_similarity(*halves, "pearson")
    of_neurons = neuron_halves_similarity(np.mean(halves, axis=0), 5, rng, "pearson")
    assert of_neurons > of_trials + 0.3


def test_halves_of_neurons_have_no_neuron_in_common():
    """Neurons that respond at random tell nothing of each other."""
    rng = np.random.default_rng(0)
    responses = rng.standard_normal((40, 600))
    assert abs(neuron_halves_similarity(responses, 5, rng, "pearson")) < 0.1


def test_ceiling_of_one_is_called_too_high(tmp_path):
    """Of few stimuli an estimate may be 1 or more by chance, which no noisy recording has."""
    rng = np.random.default_rng(26)
    truth = rng.standard_normal((6, 4)) @ rng.standard_normal((4, 40))
    half_1, half_2 = truth + rng.standard_normal((2, 6, 40))
    responses = {"responses": (half_1 + half_2) / 2, "half_1": half_1, "half_2": half_2}
    np.savez(tmp_path / "responses.npz", **responses)
    estimate_ceilings(
        SimpleNamespace(responses=tmp_path / "responses.npz"),
        SimpleNamespace(ceilings=tmp_path / "ceilings.csv"),
        SimpleNamespace(comparator="pearson", seed=5),
        SimpleNamespace(dataset="mine"),
    )
    table = pd.read_csv(tmp_path / "ceilings.csv").query("halves_of == 'trials'")
    ceilings = table[table["method"] != "none"]
    assert (ceilings["estimate"] == 1).all()
    assert ceilings["warning"].str.startswith("too high: by the halves it is 1 or more").all()


@pytest.mark.parametrize(
    ("comparator", "correlate"), [("pearson", stats.pearsonr), ("spearman", stats.spearmanr)]
)
def test_ceilings_are_those_of_twenty_splits_by_the_comparator(tmp_path, comparator, correlate):
    """Computed again from the responses, with the splits drawn as the seed says."""
    rng = np.random.default_rng(0)
    truth = rng.standard_normal((15, 4)) @ rng.standard_normal((4, 31))
    half_1, half_2 = truth + rng.standard_normal((2, 15, 31))
    responses = {"responses": (half_1 + half_2) / 2, "half_1": half_1, "half_2": half_2}
    responses |= {"noiseless": truth}
    np.savez(tmp_path / "responses.npz", orientation=np.arange(15), **responses)
    estimate_ceilings(
        SimpleNamespace(responses=tmp_path / "responses.npz"),
        SimpleNamespace(ceilings=tmp_path / "ceilings.csv"),
        SimpleNamespace(comparator=comparator, seed=5),
        SimpleNamespace(dataset="mine"),
    )
    table = pd.read_csv(tmp_path / "ceilings.csv")
    assert (table["comparator"] == comparator).all()

    def similarity(first, second):
        pairs = np.triu_indices(15, 1)
        first, second = (1 - np.corrcoef(each)[pairs] for each in (first, second))
        return correlate(first, second).statistic

    rng, splits = generator(5, Stream.NEURON_HALVES), []
    for _ in range(20):
        order = rng.permutation(31)
        whole = responses["responses"]
        splits.append(similarity(whole[:, order[:15]], whole[:, order[15:]]))
    r = {"trials": similarity(half_1, half_2), "neurons": np.mean(splits)}
    known = {name: similarity(responses[name], truth) for name in responses}
    for of, which in {"trials": "the same", "neurons": "other"}.items():
        found = table[table["halves_of"] == of].set_index("estimand")
        between = f"similarity between halves of {of}"
        whole = f"similarity with another recording of {which} neurons"
        noiseless = "similarity of a noiseless model"
        another = 2 * r[of] / (1 + r[of])
        expected = {between: r[of], whole: another, noiseless: another**0.5}
        if (of, comparator) == ("trials", "pearson"):
            expected[whole], expected[noiseless] = ceilings_of_parts(
                half_1, half_2, part_weights(half_1, half_2)
            )
        truths = {noiseless: known["responses"], between: np.nan, whole: np.nan}
        if of == "trials":
            truths |= {whole: known["responses"] ** 2}
            truths |= {between: known["half_1"] * known["half_2"]}
        assert list(found.index) == list(expected)
        for estimand, value in expected.items():
            row = found.loc[estimand]
            assert row["estimate"] == pytest.approx(value)
            assert row["truth"] == pytest.approx(truths[estimand], nan_ok=True)
            assert row["error"] == pytest.approx(value - truths[estimand], nan_ok=True)
        if of == "neurons":
            assert found["warning"].str.startswith("too high").all()
        else:
            is_low = found["warning"].str.startswith("too low").to_numpy(dtype=bool, na_value=False)
            assert is_low.tolist() == [False, *[comparator == "spearman"] * 2]
