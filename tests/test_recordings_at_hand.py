"""Recordings as people have them come through `inspect_recording.py` to the right similarity.

The files are no part of the repository: they lie in `shared/recordings`, beside it or above.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from test_inspect import defaults, inspect, schema, used  # noqa: F401, fixtures

from normative.networks.networks import build_network
from normative.rsa.rdm import correlation_distance, rdm_correlation
from normative.stimuli.gratings import grating

FOLDER = next(
    (
        folder / "shared/recordings"
        for folder in Path(__file__).resolve().parents
        if (folder / "shared/recordings").is_dir()
    ),
    None,
)
FILES = sorted(p.name for p in FOLDER.iterdir() if p.suffix in (".csv", ".npz")) if FOLDER else []


def pool(orientation):
    """Activations of `pool` of a network that was not trained."""
    images = torch.from_numpy(grating(orientation)).float()
    torch.manual_seed(0)
    net = build_network("ConvPoolFC", images.shape[-2:], "gabor")
    with torch.no_grad():
        return net.features(images).numpy()


def by_hand(path):
    """Z-scored responses by orientation from vertical, in the order of the overlay's choices."""
    if path.suffix == ".csv":
        table = pd.read_csv(path)
        table = table[table["grat_contrast"] == 1]
        table = table.pivot_table("response", "grat_orientation", ["unit_type", "u"])
        resp, angle = table.to_numpy(), table.index.to_numpy()
    else:
        archive = np.load(path)
        different = np.unique(archive["stimuli"])
        rows = [archive["resp"][archive["stimuli"] == angle] for angle in different]
        resp, angle = np.array([few.astype(float).mean(axis=0) for few in rows]), different
    # Directions of motion: a grating moving to the right is vertical. Else, angles of a line with
    # the horizontal. Both count counterclockwise, and tilt to the right is positive.
    circle = 360 if angle.max() > 180 else 180
    tilt = (-angle if circle == 360 else 90 - angle) % circle
    tilt = np.where(tilt >= circle - 90, tilt - circle, tilt)  # from −90°, horizontal
    order = np.argsort(tilt)
    return ((resp - resp.mean(axis=0)) / resp.std(axis=0))[order], tilt[order]


@pytest.mark.skipif(not FILES, reason="no folder shared/recordings above the repository")
@pytest.mark.parametrize("name", FILES)
def test_similarity_is_that_of_ten_lines_of_numpy(used, name):  # noqa: F811
    arrays = used(FOLDER / name).arrays
    orientation = arrays["orientation"]
    found = rdm_correlation(
        correlation_distance(arrays["responses"]), correlation_distance(pool(orientation))
    )
    resp, tilt = by_hand(FOLDER / name)
    np.testing.assert_allclose(orientation, tilt, atol=1e-4)
    upper = np.triu_indices(len(tilt), 1)
    models = 1 - np.corrcoef(pool(tilt.astype(np.float32)).astype(float))[upper]
    expected = np.corrcoef(1 - np.corrcoef(resp)[upper], models)[0, 1]
    assert found == pytest.approx(expected, abs=1e-5)


@pytest.mark.skipif(not FILES, reason="no folder shared/recordings above the repository")
@pytest.mark.parametrize("name", FILES)
def test_recording_is_told_as_it_is(used, name):  # noqa: F811
    found = used(FOLDER / name)
    resp, tilt = by_hand(FOLDER / name)
    assert f"{resp.shape[1]} cells" in found.told
    assert f"- {resp.shape[1]} neurons." in found.description
    assert f"- {len(tilt)} orientations from −90° to" in found.description
    assert "What the responses are: z-score." in found.description
    assert ("16 of each orientation" in found.description) == ("trials" in name)
    assert "Warning" not in found.description
