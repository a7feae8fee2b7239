"""Embeddings keep the stimuli's order on the circle."""

import numpy as np
import pytest

from normative.rsa.embedding import embed


@pytest.mark.parametrize("stimuli", [10, 60])
def test_neighbors_on_a_ring_stay_neighbors(stimuli):
    angle = np.linspace(0, 2 * np.pi, stimuli, endpoint=False)
    axes = np.random.default_rng(0).standard_normal((2, 40))
    patterns = np.cos(angle)[:, None] * axes[0] + np.sin(angle)[:, None] * axes[1]
    points = embed(patterns)
    assert points.shape == (stimuli, 2)
    assert np.isfinite(points).all()
    np.testing.assert_array_equal(points, embed(patterns))
    if stimuli == 60:
        step = np.linalg.norm(points - np.roll(points, 1, axis=0), axis=1)
        across = np.linalg.norm(points - np.roll(points, 30, axis=0), axis=1)
        assert np.median(step) < np.median(across) / 4


def test_fewer_units_than_dimensions_are_enough():
    assert embed(np.random.default_rng(0).standard_normal((40, 3))).shape == (40, 2)
