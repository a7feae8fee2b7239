"""From five orientations on, even or not, inference runs to its table."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import average_over_seeds
import compare_networks
import compare_references
import compute_recording_rdm
import resample_recording
import tabulate_inference
from normative.rsa.rdm import correlation_distance
from normative.rsa.references import circular_distance

SEEDS = [3, 4, 5]


@pytest.fixture
def infer(tmp_path):
    """Compare three networks with a small recording of some orientations; give the table."""

    def infer(orientation, comparator="pearson"):
        rng = np.random.default_rng(0)
        n = len(orientation)
        angle = np.deg2rad(2 * orientation)[:, None]
        features = np.hstack([np.cos(angle), np.sin(angle), np.cos(2 * angle)])

        def patterns(n_units):
            noise = 0.3 * rng.standard_normal((n, n_units))
            return features @ rng.standard_normal((3, n_units)) + noise

        responses = patterns(60)
        halves = {name: responses + 0.1 * patterns(60) for name in ("half_1", "half_2")}
        forms = {"responses": responses, **halves}
        np.savez(tmp_path / "responses.npz", orientation=orientation, **forms)
        recording = SimpleNamespace(responses=tmp_path / "responses.npz")
        rdm = SimpleNamespace(rdms=tmp_path / "recording.npz")
        compute_recording_rdm.main(recording, rdm)
        np.savez(tmp_path / "references.npz", orientation=circular_distance(orientation, 180))
        layers = {
            name: np.array([correlation_distance(patterns(40)) for _ in SEEDS]) for name in "ab"
        }
        np.savez(tmp_path / "rdms.npz", seeds=SEEDS, **layers)
        resample = ["stimuli", "neurons", "trials", "seeds"]
        drawn = {name: tmp_path / f"{name}.npy" for name in ("neurons", "trials")}
        output = SimpleNamespace(**drawn)
        responses = {"responses": tmp_path / "responses.npz"}
        resample_recording.main(
            SimpleNamespace(**responses),
            output,
            SimpleNamespace(n_replicates=60, seed=0, resample=resample),
        )
        input = {
            **responses,
            **vars(output),
            "recording": tmp_path / "recording.npz",
            "references": tmp_path / "references.npz",
            "rdms": tmp_path / "rdms.npz",
            "shown": tmp_path / "rdms.npz",
        }
        settings = {"comparator": comparator, "block_deg": "auto", "n_replicates": 60, "seed": 0}
        params = SimpleNamespace(compare=settings)
        activations = {name: np.zeros((3, n, 40)) for name in "ab"}
        (tmp_path / "activations").mkdir(exist_ok=True)
        np.savez(tmp_path / "activations/seeds-3-5.npz", seeds=SEEDS, **activations)
        folder = tmp_path / "similarities" / "m"
        folder.mkdir(parents=True, exist_ok=True)
        found = SimpleNamespace(similarities=folder / "seeds-3-5.npz")
        compare_networks.main(SimpleNamespace(**input), found, params)
        of_references = SimpleNamespace(similarities=tmp_path / "of_references.npz")
        compare_references.main(SimpleNamespace(**input), of_references, params)
        status = pd.DataFrame({"model": "m", "seed": SEEDS, "status": "passed"})
        status.to_csv(tmp_path / "performance.csv", index=False)
        means = SimpleNamespace(means=tmp_path / "means.npz", layers=tmp_path / "layers.csv")
        average_over_seeds.main(
            SimpleNamespace(
                networks=[found.similarities],
                shown=[tmp_path / "activations/seeds-3-5.npz"],
                references=of_references.similarities,
                performance=tmp_path / "performance.csv",
            ),
            means,
            SimpleNamespace(layers={"m": ["a", "b"]}, seeds=SEEDS, resample=resample, seed=0),
        )
        another = "similarity with another recording of other neurons"
        ceilings = pd.DataFrame(
            {
                "halves_of": "neurons",
                "estimand": [
                    another,
                    "similarity of a noiseless model",
                ],
                "estimate": [0.8, 0.9],
                "warning": "too high: halves share the noise of their trials",
            }
        )
        ceilings.to_csv(tmp_path / "ceilings.csv", index=False)
        table = SimpleNamespace(inference=tmp_path / "inference.csv")
        tabulate_inference.main(
            SimpleNamespace(
                **{**responses, **vars(means)},
                references=of_references.similarities,
                ceilings=tmp_path / "ceilings.csv",
            ),
            table,
            SimpleNamespace(comparator=comparator, resample=resample, confidence=0.9, seed=0),
            SimpleNamespace(dataset="mine"),
        )
        return pd.read_csv(table.inference)

    return infer


@pytest.mark.parametrize("comparator", ["pearson", "spearman"])
@pytest.mark.parametrize(
    ("orientation", "note"),
    [
        (np.arange(-90, 90, 36), None),
        (np.arange(-90, 90, 22.5), None),
        (np.arange(-45, 46, 22.5), "the orientations do not go all around the circle of 180°"),
        (np.array([-88.0, -60, 1, 30, 31]), "the orientations are not evenly spaced"),
        (np.array([-90, -75, -30, -15, 0, 15, 30, 45, 60, 75.0]), "the orientations do not go all"),
    ],
)
def test_five_orientations_or_more_have_estimates_and_a_test_where_there_is_one(
    infer, orientation, note, comparator
):
    table = infer(orientation, comparator)
    assert table["layer"].tolist() == ["a", "b", "orientation"]
    bounds = ["ci_low", "ci_high", "stimuli_ci_low", "stimuli_ci_high"]
    assert np.isfinite(table[["similarity", *bounds]]).all(axis=None)
    assert (table["stimuli"] == len(orientation)).all()
    p = table[["p_shift", "p_shift_max_t", "p_shift_least"]]
    if note is None:
        assert table["p_shift_note"].isna().all()
        n_orders = 2 * len(orientation)
        counted = table["p_shift"] * n_orders
        np.testing.assert_allclose(counted, np.rint(counted), atol=1e-6)
        assert (p > 0).all(axis=None)
        least = [1 / n_orders, 1 / n_orders, 1]  # of a reference that is the same in all orders: 1
        np.testing.assert_allclose(table["p_shift_least"], least)
    else:
        assert table["p_shift_note"].str.startswith(note).all()
        assert p.isna().all(axis=None)
