"""Similarities are averaged over the seeds that count, and over no others."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from average_over_seeds import main as average_over_seeds


@pytest.fixture
def average(tmp_path):
    """Average made-up networks of two models, the second untrained, three seeds each."""

    def average(status, similarities, resample=("seeds",)):
        rng = np.random.default_rng(0)
        np.savez(
            tmp_path / "references.npz",
            names=["a", "b"],
            similarity=np.full((8, 2), [0.5, 0.4]),
            with_references=[[1, 0.2], [0.2, 1]],
            replicates=np.ones((100, 2)),
            shifts=np.ones((6, 2)),
            half_width_deg=np.ones(2),
            block_deg=np.ones(2),
            left_by_difference=0.5,
            n_neuron_draws=4,
        )
        paths, rows = [], []
        for model in ("trained", "untrained"):
            values = np.reshape(similarities[model], (3, 1, 1))  # (seeds, rows, layers)
            arrays = {
                "seeds": np.arange(3),
                "similarity": np.repeat(values, 8, axis=1),
                "given_difference": np.repeat(values, 8, axis=1),
                "with_references": np.full((3, 1, 2), [0.3, 0.1]),
                "replicates": np.repeat(values, 100, axis=1),
                "projections": np.zeros((3, 9, 1)),
                "shifts": values * rng.random((3, 6, 1)),
                "half_width_deg": np.full((3, 1), 7.0),
                "block_deg": np.full((3, 1), 15.0),
            }
            for block in (slice(2), slice(2, 3)):  # of two seeds, and of one
                paths.append(tmp_path / f"{model}-{block.start}.npz")
                np.savez(paths[-1], **{name: array[block] for name, array in arrays.items()})
            rows += [
                {"model": model, "seed": seed, "status": status[model][seed]} for seed in range(3)
            ]
        pd.DataFrame(rows).to_csv(tmp_path / "performance.csv", index=False)
        np.savez(tmp_path / "activations.npz", seeds=[0], fc=np.zeros((1, 9, 10)))
        output = SimpleNamespace(means=tmp_path / "means.npz", layers=tmp_path / "layers.csv")
        average_over_seeds(
            SimpleNamespace(
                references=tmp_path / "references.npz",
                performance=tmp_path / "performance.csv",
                networks=paths,
                shown=[tmp_path / "activations.npz"] * 2,
            ),
            output,
            SimpleNamespace(
                layers={"trained": ["fc"], "untrained": ["fc"]},
                seeds=[0, 1, 2],
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
    assert np.nanmin(means["replicates"][:, 0]) >= 0.6
    assert np.isnan(means["replicates"][:, 0]).mean() < 0.1, "where only the failed one was drawn"
    np.testing.assert_allclose(means["all_seeds"][:, 0], [0.6, 0.1, 0.8])
    assert layers.loc["trained", ["seeds", "failed", "undefined"]].tolist() == [2, 1, 0]
    np.testing.assert_allclose(means["similarity_by_seed"][:, 0], [0.6, np.nan, 0.8])


def test_layer_without_a_similarity_is_counted_as_undefined(average):
    """As one whose units have all died."""
    means, layers = average(GOOD, {"trained": [0.6, np.nan, 0.8], "untrained": [0.5, 0.4, 0.3]})
    np.testing.assert_allclose(means["similarity"][0], [0.7, 0.4])
    assert layers.loc["trained", ["seeds", "failed", "undefined"]].tolist() == [2, 0, 1]
    assert layers.loc["untrained", ["seeds", "failed", "undefined"]].tolist() == [3, 0, 0]


def test_model_that_failed_altogether_has_no_mean(average):
    status = {**GOOD, "trained": ["failed"] * 3}
    means, layers = average(status, {"trained": [0.6, 0.5, 0.8], "untrained": [0.5, 0.4, 0.3]})
    assert np.isnan(means["similarity"][:, 0]).all()
    assert np.isfinite(means["similarity"][:, 1]).all()
    assert layers.loc["trained", "seeds"] == 0


def test_seeds_are_resampled_together_for_all_models(average):
    """So that layers are compared with the same seeds: here all replicates differ by as much."""
    similar = {"trained": [0.6, 0.7, 0.9], "untrained": [0.5, 0.6, 0.8]}
    means, _ = average(GOOD, similar)
    np.testing.assert_allclose(means["replicates"][:, 0] - means["replicates"][:, 1], 0.1)
    assert means["replicates"][:, 0].std() > 0.05
    means, _ = average(GOOD, similar, resample=[])
    assert means["replicates"][:, 0].std() < 1e-12
