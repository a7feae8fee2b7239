"""Figures of few, uneven or partial orientations show those that were shown, and no others."""

from types import SimpleNamespace

import numpy as np
import pytest
from drawing import DATASET, color, draw, lines, texts

import compute_embeddings
import plot_embeddings
from normative.figures.panels import cell_edges
from normative.rsa.references import reference_rdms
from normative.stimuli.gratings import grating

UNEVEN = np.array([-90, -75, -30, -15, 0, 15, 30, 45, 60, 75.0])  # 30° and 45° of a file left out
DIRECTIONS = np.arange(-90, 270, 45.0)
FIVE = np.array([-90, -45, 0, 45, 90.0])
COVERAGES = [UNEVEN, DIRECTIONS, FIVE, np.array([-10, 0, 10, 20, 30.0])]
NARROW_TICKS, WIDE_TICKS = [-90, -45, 0, 45, 90], [-90, 0, 90, 180, 270]
OF_RDMS = ["stimuli", "recording", "layers"]
READ = {
    "rdms": OF_RDMS,
    "rdm_rows": OF_RDMS,
    "tuning_curves": ["responses", "activations"],
    "embeddings": ["embeddings"],
    "reference_rdms": ["stimuli", "references", "correlations"],
}


@pytest.fixture
def show(study, tmp_path):
    """Draw a figure of random responses to some orientations."""

    def show(name, orientation, n_units=5, **details):
        n_stimuli, rng = len(orientation), np.random.default_rng(0)
        orientation = np.asarray(orientation, np.float32)
        responses = rng.standard_normal((n_stimuli, n_units))
        layers = {layer: rng.standard_normal((1, n_stimuli, 6)) for layer in ("pool", "fc")}
        archives = {
            "stimuli": {"orientation": orientation},
            "responses": {"orientation": orientation, "responses": responses, **details},
            "activations": {"seeds": [4], **layers},
            "recording": {"responses": 1 - np.corrcoef(responses)},
            "layers": {"seeds": [4]}
            | {layer: 1 - np.corrcoef(units[0])[None] for layer, units in layers.items()},
        }
        if name == "reference_rdms":
            archives["references"] = reference_rdms(orientation, grating(orientation), 17.6)
        paths = {key: tmp_path / f"{key}.npz" for key in [*archives, "embeddings"]}
        for key, arrays in archives.items():
            np.savez(paths[key], **arrays)
        if name == "embeddings":
            compute_embeddings.main(
                SimpleNamespace(**paths), SimpleNamespace(**paths), SimpleNamespace(seed=4)
            )
        paths["correlations"] = study.folder / DATASET / "tables/reference_correlations.csv"
        return draw(study, name, {key: paths[key] for key in READ[name]})

    return show


def covered(axes):
    """Give [low, high] of each cell of a picture that has a color, along one side; the values."""
    (mesh,) = axes.collections
    edges = mesh.get_coordinates()[0, :, 0]
    values = np.ma.masked_invalid(mesh.get_array())
    shown = ~np.ma.getmaskarray(values).all(axis=0)
    return [(edges[i], edges[i + 1]) for i in np.flatnonzero(shown)], values


@pytest.mark.parametrize(("name", "n_panels"), [("rdms", 3), ("reference_rdms", 6)])
def test_no_cell_of_an_rdm_reaches_into_a_gap(show, name, n_panels):
    """Cells are 15° wide beside the gap of 45°, which is white; no dissimilarity is lost."""
    drawn = show(name, UNEVEN)
    names = list(drawn.data)[2:]
    for axes, column in zip(drawn.figure.axes[:n_panels], names, strict=True):
        cells, values = covered(axes)
        np.testing.assert_allclose(cells, [(angle - 7.5, angle + 7.5) for angle in UNEVEN])
        assert values.shape == (11, 11)
        matrix = values.compressed().reshape(10, 10)
        np.testing.assert_allclose(matrix[np.triu_indices(10, 1)], drawn.data[column], atol=1e-7)


def test_cells_meet_half_way_where_nothing_is_left_out():
    """As matplotlib's own, of uneven steps too."""
    for orientation in ([-90, -45, 0, 45, 90], [0, 0.9, 2.1, 3.0, 3.9, 5.1]):
        edges, is_stimulus = cell_edges(orientation)
        middle = (np.array(orientation[1:]) + orientation[:-1]) / 2
        np.testing.assert_allclose(edges[1:-1], middle)
        assert edges[0] == pytest.approx(2 * orientation[0] - middle[0])
        assert edges[-1] == pytest.approx(2 * orientation[-1] - middle[-1])
        assert is_stimulus.all()


def test_stimulus_alone_between_gaps_is_as_wide_as_a_narrow_step():
    edges, is_stimulus = cell_edges([0, 2, 4, 30, 60])
    assert edges.tolist() == [-1, 1, 3, 5, 29, 31, 59, 61]
    assert is_stimulus.tolist() == [True, True, True, False, True, False, True]


@pytest.mark.parametrize("name", ["rdms", "rdm_rows", "tuning_curves"])
@pytest.mark.parametrize("orientation", COVERAGES, ids=["uneven", "directions", "five", "part"])
def test_scales_hold_all_orientations_and_tick_the_circle(show, name, orientation):
    figure = show(name, orientation).figure
    ticks = WIDE_TICKS if orientation is DIRECTIONS else NARROW_TICKS
    for axes in [axes for axes in figure.axes if axes.get_xlabel() == "Orientation (°)"]:
        low, high = axes.get_xlim()
        assert low <= orientation[0]
        assert orientation[-1] <= high
        assert axes.get_xticks().tolist() == ticks
    titles = [axes.title for axes in figure.axes] + [figure._suptitle]
    for text in [text for text in texts(figure) if text in titles]:
        assert figure.bbox.x0 <= text.get_window_extent().x0
        assert text.get_window_extent().x1 <= figure.bbox.x1


@pytest.mark.parametrize(
    ("orientation", "references"),
    [
        (UNEVEN, [-75, -30, 30, 75]),
        (FIVE, [-90, -45, 45, 90]),
        (DIRECTIONS, [-45, 45, 135, 225]),
        (np.array([-10, 0, 10, 20, 30.0]), [-10, 20, 30]),
    ],
)
def test_rows_are_those_of_the_nearest_orientations_each_once(show, orientation, references):
    drawn = show("rdm_rows", orientation)
    assert [lines(axes)[0][0][0] for axes in drawn.figure.axes] == references
    titles = [f"From the {angle:.0f}° stimulus".replace("-", "−") for angle in references]
    assert [axes.get_title() for axes in drawn.figure.axes] == titles
    assert drawn.data["reference"].unique().tolist() == references


@pytest.mark.parametrize("name", ["rdm_rows", "tuning_curves"])
def test_curves_are_interrupted_at_gaps_and_few_stimuli_are_marked(show, name):
    for axes in show(name, UNEVEN).figure.axes:
        curves = [line for line in axes.lines if len(line.get_xdata()) > 2]
        assert len(curves) == 3
        for curve in curves:
            x = np.asarray(curve.get_xdata())
            np.testing.assert_array_equal(x[~np.isnan(x)], UNEVEN)
            assert np.flatnonzero(np.isnan(x)).tolist() == [2]
            assert np.isnan(curve.get_ydata()).tolist() == np.isnan(x).tolist()
            assert curve.get_marker() == "."


@pytest.mark.parametrize("name", ["rdm_rows", "tuning_curves"])
@pytest.mark.parametrize(("n_stimuli", "marker"), [(39, "."), (40, "None")])
def test_stimuli_are_marked_where_they_are_fewer_than_40(show, name, n_stimuli, marker):
    curve = show(name, np.linspace(-90, 90, n_stimuli)).figure.axes[0].lines[-1]
    assert curve.get_marker() == marker
    assert not np.isnan(curve.get_xdata()).any()


def test_stimulus_between_gaps_is_marked_among_many(show):
    """It has no line."""
    orientation = [*np.linspace(-90, 0, 45), 60]
    assert show("rdm_rows", orientation).figure.axes[0].lines[-1].get_marker() == "."


@pytest.mark.parametrize("values", ["dF/F", "spikes/s", "a.u.", "z-score", None])
def test_tuning_curves_name_the_unit_of_the_recording(show, values):
    """Old files and the tutorial's are z-scores."""
    details = {"values": np.array(values)} if values else {}
    figure = show("tuning_curves", FIVE, **details).figure
    labels = [axes.get_ylabel() for axes in figure.axes]
    expected = f"Response ({values or 'z-score'})"
    assert labels == [expected, "Activation (a.u.)", "Activation (a.u.)"]


def test_recording_of_two_neurons_has_two_tuning_curves(show):
    axes = show("tuning_curves", FIVE, n_units=2).figure.axes[0]
    assert [color(line) for line in axes.lines] == ["#0072b2", "#d55e00"]


def test_maps_of_fewer_than_20_stimuli_are_a_page_that_says_why(show, tmp_path):
    drawn = show("embeddings", np.linspace(-90, 90, 19))
    with np.load(tmp_path / "embeddings.npz") as maps:
        assert list(maps) == ["orientation", "reason"]
    words = [text.get_text() for text in texts(drawn.figure)]
    assert "No map: t-SNE of 19 stimuli shows noise; at least 20 are needed" in words
    assert "simulated_small recording and cnn, embedded" in words
    assert drawn.data.empty
    plot_embeddings.main(
        SimpleNamespace(embeddings=tmp_path / "embeddings.npz"),
        SimpleNamespace(
            vector=str(tmp_path / "e.pdf"), png=tmp_path / "e.png", source=str(tmp_path / "e.csv")
        ),
        SimpleNamespace(dataset="simulated_small", model="cnn"),
        SimpleNamespace(layers=["pool", "fc"], seed=4),
    )
    assert (tmp_path / "e.csv").read_text() == "population,orientation,tsne_1,tsne_2\n"


@pytest.mark.parametrize(
    ("orientation", "limits"),
    [(np.linspace(-90, 90, 20), (-90, 90)), (np.arange(-90, 270, 15.0), (-90, 270))],
)
def test_maps_of_20_stimuli_are_colored_by_the_circle_that_they_cover(show, orientation, limits):
    figure = show("embeddings", orientation).figure
    assert [axes.collections[0].get_clim() for axes in figure.axes[:3]] == [limits] * 3
    assert len(figure.axes[0].collections[0].get_offsets()) == len(orientation)
