"""Embeddings keep the stimuli's order on the circle."""

from types import SimpleNamespace

import numpy as np
import pytest

import compute_embeddings
from normative.rsa.embedding import embed


@pytest.mark.parametrize("n_stimuli", [10, 60])
def test_neighbors_on_a_ring_stay_neighbors(n_stimuli):
    angle = np.linspace(0, 2 * np.pi, n_stimuli, endpoint=False)
    axes = np.random.default_rng(0).standard_normal((2, 40))
    patterns = np.cos(angle)[:, None] * axes[0] + np.sin(angle)[:, None] * axes[1]
    points = embed(patterns)
    assert points.shape == (n_stimuli, 2)
    assert np.isfinite(points).all()
    np.testing.assert_array_equal(points, embed(patterns))
    if n_stimuli == 60:
        step = np.linalg.norm(points - np.roll(points, 1, axis=0), axis=1)
        across = np.linalg.norm(points - np.roll(points, 30, axis=0), axis=1)
        assert np.median(step) < np.median(across) / 4


def test_fewer_units_than_dimensions_are_enough():
    assert embed(np.random.default_rng(0).standard_normal((40, 3))).shape == (40, 2)


def test_clusters_that_two_components_do_not_tell_apart_are_apart():
    """Seven equally distant clusters span six dimensions: the PCA keeps them all."""
    rng = np.random.default_rng(0)
    cluster = np.repeat(np.arange(7), 12)
    patterns = 10 * np.eye(7)[cluster] @ rng.standard_normal((7, 50))
    patterns += rng.standard_normal(patterns.shape)
    points = embed(patterns, perplexity=8)
    distance = np.linalg.norm(points[:, None] - points, axis=-1) + 1e9 * np.eye(len(points))
    assert (cluster[distance.argmin(axis=1)] == cluster).all()


def test_pca_keeps_twenty_components_as_the_tutorials():
    patterns = np.random.default_rng(0).standard_normal((40, 30))
    np.testing.assert_array_equal(embed(patterns), embed(patterns, n_components=20))
    for other in (19, 21):
        assert np.abs(embed(patterns) - embed(patterns, n_components=other)).max() > 0.1


def test_perplexity_is_30_where_stimuli_are_enough():
    patterns = np.random.default_rng(0).standard_normal((40, 30))
    np.testing.assert_array_equal(embed(patterns), embed(patterns, perplexity=30))
    assert np.abs(embed(patterns) - embed(patterns, perplexity=25)).max() > 0.1


@pytest.mark.parametrize("value", [0, 3, np.nan, np.inf, 1e30])
def test_units_that_have_died_or_diverged_have_no_map(value):
    """And the job goes on: t-SNE of equal points ends Python itself."""
    patterns = np.full((24, 5), value, dtype=np.float32)
    patterns[3] *= 2 if value == 1e30 else 1
    assert np.isnan(embed(patterns)).all()
    assert embed(patterns).shape == (24, 2)


@pytest.mark.parametrize("seed", [3, 4])
def test_maps_are_those_of_the_recording_and_of_the_shown_seeds_layers(
    study, tmp_path, monkeypatch, seed
):
    folder = study.folder / "results/simulated_small"
    monkeypatch.setattr(compute_embeddings, "embed", lambda patterns: patterns[:, 1:3])
    compute_embeddings.main(
        SimpleNamespace(
            responses=folder / "responses.npz",
            activations=folder / "activations/cnn/seeds-3-4.npz",
        ),
        SimpleNamespace(embeddings=tmp_path / "maps.npz"),
        SimpleNamespace(seed=seed),
    )
    with (
        np.load(tmp_path / "maps.npz") as maps,
        np.load(folder / "responses.npz") as recorded,
        np.load(folder / "activations/cnn/seeds-3-4.npz") as layers,
    ):
        assert list(maps) == ["orientation", "recording", "pool", "fc"]
        np.testing.assert_array_equal(maps["orientation"], recorded["orientation"])
        np.testing.assert_array_equal(maps["recording"], recorded["responses"][:, 1:3])
        for layer in ("pool", "fc"):
            np.testing.assert_array_equal(maps[layer], layers[layer][seed - 3][:, 1:3])
