"""Every line, point, color, title and label of a figure is that of the row it stands for."""

import itertools
import json
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from drawing import (
    BLACK,
    BLUE,
    GRAY,
    GREEN,
    ORANGE,
    PINK,
    SEEDS,
    STIMULUS,
    arrays,
    cells,
    color,
    draw,
    legend,
    lines,
    number,
    of_seed,
    seeds_of_layer,
    table,
    tick_labels,
)
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex
from matplotlib.patches import Circle, Rectangle
from sklearn.manifold import MDS

from normative.networks.filters import filter_bank
from plot_figure_1 import draw_network

LAYERS = ["pool", "fc"]
POPULATIONS = ["recording", "pool", "fc"]
TITLES = ["simulated_small recording", "cnn, layer pool", "cnn, layer fc"]
MODELS = ["cnn", "cnn_untrained", "cnn_orientation"]
ROWS = [(model, layer) for model in MODELS for layer in LAYERS]
REFERENCES = {
    "pixels": "pixels",
    "gabor_energy": "Gabor energy",
    "fourier_amplitude": "Fourier amplitude",
    "orientation": "orientation, straight line",
    "angle": "angle, 360° circle",
    "tilt": "left or right tilt",
}
COMPARATORS = {
    "pearson": "Pearson r",
    "spearman": "Spearman ρ",
    "kendall_tau_a": "Kendall τₐ",
    "rho_a": "ρₐ",
    "cosine": "cosine",
    "debiased_cka": "debiased CKA",
    "procrustes": "Procrustes",
    "linear_predictivity": "linear predictivity, R²",
}
ORIENTATION_TICKS = [-90, -45, 0, 45, 90]


def rdms(study):
    """RDMs of the recording and of the shown network, read directly."""
    recording = {"recording": arrays(study, "rdms/recording.npz")["responses"]}
    layers = of_seed(study, "rdms/cnn/seeds-3-4.npz")
    return {**recording, **{layer: layers[layer] for layer in LAYERS}}


def stripes(orientation_deg):
    """One grating, by the cosine."""
    frequency, resolution = STIMULUS["spatial_frequency"], STIMULUS["resolution"]
    y, x = np.mgrid[:48, :64] * frequency / resolution
    theta = np.deg2rad(orientation_deg)
    return np.cos(x * np.cos(theta) + y * np.sin(theta)) > 0


def equal(first, second):
    """Two arrays are equal, to the digits of a table."""
    np.testing.assert_allclose(first, second, rtol=1e-6, atol=1e-8)


def check_gratings(axes, orientations):
    for axis, orientation in zip(axes, orientations, strict=True):
        (image,) = axis.images
        equal(image.get_array(), stripes(orientation))
        assert image.get_clim() == (0, 1)
        assert image.get_cmap().name == "binary"
        assert axis.get_title() == f"{orientation:.0f}°".replace("-", "−")


def check_pixels(data, orientations):
    """One row of a table is one row of pixels."""
    assert list(data) == ["orientation", "row", *range(64)]
    equal(data["orientation"], np.repeat(orientations, 48))
    equal(data["row"], np.tile(np.arange(48), len(orientations)))
    equal(data[list(range(64))], np.concatenate([stripes(angle) for angle in orientations]))


def check_meshes(axes, orientation, matrices, largest):
    """RDMs are drawn as matrices are written, by the orientation of their stimuli."""
    for axis, matrix in zip(axes, matrices, strict=True):
        (mesh,) = axis.collections
        equal(mesh.get_array(), matrix)
        assert mesh.get_clim() == (0, largest)
        assert mesh.get_cmap().name == "viridis"
        corners = mesh.get_coordinates()
        assert (corners[0, :-1, 0] <= orientation).all()
        assert (orientation <= corners[0, 1:, 0]).all()
        equal(corners[:, 0, 1], corners[0, :, 0])
        assert axis.yaxis_inverted()
        assert not axis.xaxis_inverted()
        assert axis.get_xticks().tolist() == axis.get_yticks().tolist() == ORIENTATION_TICKS
        assert axis.get_aspect() == 1


def check_pairs(data, orientation, matrices):
    """One row of a table is one pair of stimuli."""
    first, second = zip(*((i, j) for i in range(37) for j in range(i + 1, 37)), strict=True)
    assert list(data) == ["orientation_1", "orientation_2", *matrices]
    equal(data["orientation_1"], orientation[list(first)])
    equal(data["orientation_2"], orientation[list(second)])
    for name, matrix in matrices.items():
        equal(data[name], [matrix[i, j] for i, j in zip(first, second, strict=True)])


def check_color_bar(axes, label, limits):
    words = axes.get_ylabel() or axes.get_xlabel()
    assert words == label
    assert sorted(axes.get_xlim() if axes.get_xlabel() else axes.get_ylim()) == list(limits)


def check_zero_line(axes):
    assert any((x == 0).all() and list(y) == [0, 1] for x, y, _ in lines(axes))


def check_estimate(axes, position, row, value, hue, marker):
    """One point stands in the row of a layer, on a thick interval and a thin one behind it."""
    points = [line for line in lines(axes, marker) if len(line[1]) == 1 and line[1][0] == position]
    ((x, _, hue_of_point),) = [point for point in points if point[2] == hue]
    equal(x, [value])
    intervals = [line for line in lines(axes, "None") if (line[1] == position).all()]
    (thin, _, hue_of_thin), (thick, _, hue_of_thick) = intervals
    equal(thin, [row.stimuli_ci_low, row.stimuli_ci_high])
    equal(thick, [row.ci_low, row.ci_high])
    assert hue_of_point == hue_of_thin == hue_of_thick == hue
    widths = [
        line.get_linewidth()
        for line in axes.lines
        if line.get_marker() == "None" and list(line.get_ydata()) == [position] * 2
    ]
    assert widths[0] < 1 < 2 < widths[1]


BOUNDS = ["ci_low", "ci_high", "stimuli_ci_low", "stimuli_ci_high"]


def check_similarity(axes, study, models, references):
    """One row a layer: estimate, interval, seeds and crosses; then references; the ceiling."""
    inference = table(study, "inference")
    rows = [row for row in inference.itertuples() if row.model in models]
    rows += [row for row in inference.itertuples() if row.model == "reference" and references]
    names, n_seeds, n_crosses = [], 0, 0
    for position, row in enumerate(rows):
        if row.model == "reference":
            names.append(REFERENCES[row.layer])
            check_estimate(axes, position, row, row.similarity, GRAY, "D")
            continue
        names.append(f"{row.model}, {row.layer}")
        hue = {"pool": BLUE, "fc": ORANGE}[row.layer]
        check_estimate(axes, position, row, row.similarity, hue, "o")
        similarity, has_failed = seeds_of_layer(study, row.model, row.layer)
        near = [
            line
            for line in axes.lines
            if line.get_marker() == "o"
            and len(line.get_ydata()) == (~has_failed).sum()
            and np.all(np.abs(np.asarray(line.get_ydata()) - position) < 0.3)
        ]
        (faint,) = near
        equal(faint.get_xdata(), similarity[~has_failed])
        assert color(faint) == hue
        assert faint.get_alpha() < 0.5
        assert (np.diff(faint.get_ydata()) > 0).all()
        crosses = [line for line in lines(axes, "x") if (line[1] == position).all()]
        assert len(crosses) == has_failed.any()
        for x, _, hue in crosses:
            equal(x, similarity[has_failed])
            assert hue == BLACK
        n_seeds, n_crosses = n_seeds + 1, n_crosses + len(crosses)
    assert n_crosses == sum(model != "cnn_untrained" for model in models) * 2
    assert len(lines(axes, "o")) == 2 * n_seeds
    assert len(lines(axes, "D")) == 6 * references
    assert tick_labels(axes.yaxis) == dict(enumerate(names))
    assert axes.get_ylim() == (len(rows) - 0.5, -0.5)
    assert axes.get_xlabel() == "Similarity of RDMs (Spearman ρ)"
    check_zero_line(axes)
    (band,) = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    low, high = inference["ceiling_low"][0], inference["ceiling_high"][0]
    equal([band.get_x(), band.get_x() + band.get_width()], [low, high])
    separators = [y for x, y, _ in lines(axes, "None") if list(x) == [0, 1]]
    assert [list(y) for y in separators] == [[len(models) * 2 - 0.5] * 2] * references


def check_similarities(data, study, models, references):
    """Means with intervals and ceiling come first, then each seed with its status."""
    columns = ["model", "layer", "seed", "similarity", *BOUNDS]
    ceiling = ["ceiling_low", "ceiling_high", "ceiling_from"]
    assert list(data) == [*columns, *ceiling, "status"]
    inference = table(study, "inference")
    inference = inference[inference["model"].isin([*models, *["reference"] * references])]
    means = data[data["seed"] == "mean"]
    equal(means["similarity"], inference["similarity"])
    for column in (*BOUNDS, "ceiling_low", "ceiling_high"):
        equal(means[column], inference[column])
    for column in ("model", "layer", "ceiling_from"):
        assert list(means[column]) == list(inference[column])
    seeds = data[data["seed"] != "mean"]
    assert list(data.index[data["seed"] == "mean"]) == list(range(len(means)))
    expected, status = [], table(study, "performance").set_index(["model", "seed"])["status"]
    for model, layer in ROWS:
        if model in models:
            similarity, _ = seeds_of_layer(study, model, layer)
            for seed, value in zip(SEEDS, similarity, strict=True):
                expected.append((model, layer, seed, value, status[model, seed]))
    found = seeds[["model", "layer", "seed", "similarity", "status"]]
    assert list(found.itertuples(index=False, name=None)) == expected


def check_losses(axes, study, model):
    """Each seed is a gray line in the order of epochs, and the median is blue."""
    losses = table(study, "training").query("model == @model")
    assert axes.get_yscale() == "log"
    assert axes.get_xlabel() == "Epoch"
    drawn = {line.get_label(): line for line in axes.lines if len(line.get_xdata())}
    curves = [line for line in axes.lines if color(line) == "#bfbfbf"]
    assert len(curves) == len(SEEDS)
    for curve, seed in zip(curves, SEEDS, strict=True):
        equal(curve.get_xdata(), [1, 2, 3])
        of_seed = losses[losses["seed"] == seed].sort_values("epoch")
        equal(curve.get_ydata(), of_seed["loss"])
    assert curves[0].get_label() == "each seed"
    median = drawn["median of seeds"]
    equal(median.get_xdata(), [1, 2, 3])
    equal(median.get_ydata(), [np.median(group) for _, group in losses.groupby("epoch")["loss"]])
    assert color(median) == BLUE
    assert ("seed 12" in drawn) == ("published, seed 12" in drawn) == (model == "cnn")
    if model == "cnn":
        equal(drawn["seed 12"].get_ydata(), losses.query("seed == 12")["loss"])
        assert color(drawn["seed 12"]) == ORANGE
        published = drawn["published, seed 12"]
        assert (published.get_marker(), color(published)) == ("x", BLACK)
        assert list(published.get_xdata()) == [5, 10, 15, 20, 25]
        assert list(published.get_ydata()) == [0.41, 0.0517, 0.0132, 0.00227, 8.15e-5]


def check_partial(axes, study):
    """Raw correlations stand at the left, and those whose interval excludes zero are bold."""
    partial = table(study, "partial").set_index(["model", "layer", "given"])
    raw = table(study, "inference").set_index(["model", "layer"])
    given = ["nothing", *REFERENCES, "any function of the difference", "all references"]
    (image,) = axes.images
    assert image.get_clim() == (-1, 1)
    assert image.get_cmap().name == "RdBu_r"
    found, is_bold = cells(axes), []
    assert set(found) == {(i, j) for i in range(len(ROWS)) for j in range(len(given))}
    for i, layer in enumerate(ROWS):
        for j, name in enumerate(given):
            if name == "nothing":
                value, low, high = raw.loc[layer, ["similarity", "ci_low", "ci_high"]]
            else:
                columns = ["partial", "ci_low", "ci_high"]
                value, low, high = partial.loc[(*layer, name), columns]
            text = found[i, j]
            equal(image.get_array()[i, j], value)
            assert text.get_text() == f"{round(value, 2) + 0.0:.2f}".replace("-", "−")
            is_bold.append(low > 0 or high < 0)
            assert (text.get_weight() == "bold") == is_bold[-1]
            assert text.get_color() == ("white" if abs(value) > 0.6 else "black")
    assert 0 < sum(is_bold) < len(is_bold)
    assert tick_labels(axes.yaxis) == {i: ", ".join(layer) for i, layer in enumerate(ROWS)}
    words = ["nothing", *REFERENCES.values(), "any function of the difference", "all references"]
    assert tick_labels(axes.xaxis) == dict(enumerate(words))
    assert axes.get_xlabel() == "Controlling for (RDM of a simpler model)"
    assert [list(x) for x, *_ in lines(axes)] == [[0.5, 0.5]]


def check_partial_data(data, study):
    partial, raw = table(study, "partial"), table(study, "inference").query("model in @MODELS")
    columns = ["partial", "ci_low", "ci_high"]
    assert set(data) == set(partial)
    above, below = data.iloc[:6], data.iloc[6:]
    assert list(above["given"]) == ["nothing"] * 6
    assert list(above[["model", "layer"]].itertuples(index=False, name=None)) == ROWS
    equal(above[columns], raw[["similarity", "ci_low", "ci_high"]])
    pd.testing.assert_frame_equal(below[list(partial)].reset_index(drop=True), partial)


def test_gratings(study):
    drawn, orientations = draw(study, "gratings"), [-90, -45, 0, 45, 90]
    check_gratings(drawn.figure.axes, orientations)
    check_pixels(drawn.data, orientations)
    title = "Gratings by orientation from vertical (48 × 64 pixels)"
    assert drawn.figure.get_suptitle() == title


def test_rdms(study):
    drawn, matrices = draw(study, "rdms"), rdms(study)
    orientation = arrays(study, "stimuli.npz")["orientation"]
    *axes, bar = drawn.figure.axes
    check_meshes(axes, orientation, matrices.values(), 2)
    assert [axis.get_title() for axis in axes] == TITLES
    assert {axis.get_xlabel() for axis in axes} == {"Orientation (°)"} == {axes[0].get_ylabel()}
    check_color_bar(bar, "Dissimilarity (1 − Pearson r)", (0, 2))
    assert drawn.figure.get_suptitle() == "Representational dissimilarity, seed 4"
    check_pairs(drawn.data, orientation, matrices)


def test_rdms_of_one_layer(study, tmp_path):
    layers = of_seed(study, "rdms/cnn/seeds-3-4.npz")
    np.savez(tmp_path / "layers.npz", seeds=[4], fc=layers["fc"][None])
    drawn = draw(study, "rdms", {"layers": tmp_path / "layers.npz"}, layers=["fc"])
    matrices = {"recording": rdms(study)["recording"], "fc": layers["fc"]}
    orientation = arrays(study, "stimuli.npz")["orientation"]
    check_meshes(drawn.figure.axes[:2], orientation, matrices.values(), 2)
    assert drawn.figure.axes[1].get_title() == "cnn, layer fc"
    assert round(drawn.figure.get_figwidth() * 25.4, 6) == 120


def test_rdm_rows(study):
    """Each panel has the row of the stimulus nearest to its orientation, marked by a line."""
    drawn, matrices = draw(study, "rdm_rows"), rdms(study)
    orientation = arrays(study, "stimuli.npz")["orientation"]
    references, rows = [-75, -25, 25, 75], []
    for axes, reference in zip(drawn.figure.axes, references, strict=True):
        index = min(range(37), key=lambda i: abs(orientation[i] - reference))
        mark, *curves = lines(axes)
        assert list(mark[0]) == [orientation[index]] * 2
        assert list(mark[1]) == [0, 1]
        for (x, y, hue), name, expected in zip(
            curves, POPULATIONS, [GRAY, BLUE, ORANGE], strict=True
        ):
            equal(x, orientation)
            equal(y, matrices[name][index])
            assert hue == expected
        assert axes.get_title() == f"From the {orientation[index]:.0f}° stimulus".replace("-", "−")
        assert axes.get_xlabel() == "Orientation (°)"
        assert axes.get_xticks().tolist() == ORIENTATION_TICKS
        rows.append(index)
    assert drawn.figure.axes[0].get_ylabel() == "Dissimilarity (1 − Pearson r)"
    colors = dict(zip(TITLES, [GRAY, BLUE, ORANGE], strict=True))
    assert legend(drawn.figure) == colors
    title = "Rows of the RDMs, simulated_small recording, seed 4"
    assert drawn.figure.get_suptitle() == title
    assert list(drawn.data) == ["reference", "orientation", *POPULATIONS]
    equal(drawn.data["reference"], np.repeat(orientation[rows], 37))
    equal(drawn.data["orientation"], np.tile(orientation, 4))
    for name in POPULATIONS:
        equal(drawn.data[name], np.concatenate([matrices[name][row] for row in rows]))


def test_tuning_curves(study):
    drawn, rng = draw(study, "tuning_curves"), np.random.default_rng(0)
    recording = arrays(study, "responses.npz")
    populations = {
        "recording": recording["responses"],
        **of_seed(study, "activations/cnn/seeds-3-4.npz"),
    }
    labels = ["Response (z-score)", "Activation (a.u.)", "Activation (a.u.)"]
    data = drawn.data.set_index(["population", "unit"])
    n_drawn = 0
    for axes, name, title, label in zip(
        drawn.figure.axes, POPULATIONS, TITLES, labels, strict=True
    ):
        responses = populations[name]
        units = sorted(rng.choice(responses.shape[1], 3, replace=False))
        for (x, y, hue), unit, expected in zip(
            lines(axes), units, [BLUE, ORANGE, GREEN], strict=True
        ):
            equal(x, recording["orientation"])
            equal(y, responses[:, unit])
            assert hue == expected
            of_unit = data.loc[[(name, unit)]]
            equal(of_unit["orientation"], x)
            equal(of_unit["response"], y)
            n_drawn += len(y)
        words = [f"unit {unit}" for unit in units]
        assert legend(axes) == dict(zip(words, [BLUE, ORANGE, GREEN], strict=True))
        assert (axes.get_title(), axes.get_ylabel()) == (title, label)
        assert axes.get_xlabel() == "Orientation (°)"
        assert axes.get_xticks().tolist() == ORIENTATION_TICKS
    assert len(drawn.data) == n_drawn
    assert drawn.figure.get_suptitle() == "Tuning curves of three random units, seed 4"


def test_embeddings(study):
    drawn, maps = draw(study, "embeddings"), arrays(study, "embeddings/cnn.npz")
    *axes, bar = drawn.figure.axes
    for axis, name, title in zip(axes, POPULATIONS, TITLES, strict=True):
        (points,) = axis.collections
        equal(points.get_offsets(), maps[name])
        equal(points.get_array(), maps["orientation"])
        assert points.get_clim() == (-90, 90)
        assert points.get_cmap().name == "twilight"
        assert (axis.get_title(), axis.get_xlabel()) == (title, "t-SNE 1 (a.u.)")
        of_map = drawn.data[drawn.data["population"] == name]
        equal(of_map[["tsne_1", "tsne_2"]], maps[name])
        equal(of_map["orientation"], maps["orientation"])
    assert axes[0].get_ylabel() == "t-SNE 2 (a.u.)"
    assert len(drawn.data) == 3 * 37
    check_color_bar(bar, "Orientation (°)", (-90, 90))
    title = "Stimuli embedded by their responses (PCA, then t-SNE), seed 4"
    assert drawn.figure.get_suptitle() == title


def test_population_without_a_map_says_so(study, tmp_path):
    maps = {**arrays(study, "embeddings/cnn.npz")}
    maps["fc"] = np.full_like(maps["fc"], np.nan)
    np.savez(tmp_path / "maps.npz", **maps)
    drawn = draw(study, "embeddings", inputs={"embeddings": tmp_path / "maps.npz"})
    said = [[text.get_text() for text in axis.texts] for axis in drawn.figure.axes[:3]]
    assert said == [[], [], ["no map: responses\nall alike or too large"]]


def test_learning_curves(study):
    drawn = draw(study, "learning_curves")
    for axes, model in zip(drawn.figure.axes, ["cnn", "cnn_orientation"], strict=True):
        check_losses(axes, study, model)
        assert axes.get_title() == f"{model}, 3 seeds"
    first = drawn.figure.axes[0]
    assert first.get_ylabel() == ("Loss on the last mini-batch\n(unit of the task, see caption)")
    assert legend(first) == {
        "each seed": "#bfbfbf",
        "median of seeds": BLUE,
        "seed 12": ORANGE,
        "published, seed 12": BLACK,
    }
    pd.testing.assert_frame_equal(drawn.data, table(study, "training"))


@pytest.mark.parametrize(
    ("model", "n_failed"), [("cnn", 1), ("cnn_untrained", 0), ("cnn_orientation", 1)]
)
def test_rdm_correlations(study, model, n_failed):
    """A bar is the mean of the seeds that have not failed; each seed is a point or a cross."""
    drawn = draw(study, "rdm_correlations", model=model)
    axes = drawn.figure.axes[0]
    rows = table(study, "rdm_correlations").query("model == @model")
    points, crosses = lines(axes, "o"), lines(axes, "x")
    assert len(points) == len(axes.patches) == 2
    assert len(crosses) == (2 if n_failed else 0)
    for position, (layer, hue) in enumerate([("pool", BLUE), ("fc", ORANGE)]):
        of_layer = rows[rows["layer"] == layer]
        has_failed = of_layer["status"] == "failed"
        assert has_failed.sum() == n_failed
        x, y, hue_of_points = points[position]
        equal(y, of_layer.loc[~has_failed, "correlation"])
        assert (np.abs(x - position) < 0.3).all()
        assert (np.diff(x) > 0).all()
        bar = axes.patches[position]
        equal(bar.get_height(), y.mean())
        equal(bar.get_x() + bar.get_width() / 2, position)
        assert to_hex(bar.get_facecolor()) == hue_of_points == hue
        if n_failed:
            x, y, hue = crosses[position]
            equal(y, of_layer.loc[has_failed, "correlation"])
            assert (x == position).all()
            assert hue == BLACK
    assert tick_labels(axes.xaxis) == {0: "pool", 1: "fc"}
    assert axes.get_xlabel() == f"Layer of {model}"
    assert axes.get_ylabel() == (
        "Correlation of RDMs with the\nsimulated_small recording's (Pearson r)"
    )
    dataset, bars, *rest = axes.get_title().split("\n")
    assert dataset == "simulated_small recording"
    assert bars == f"bars: mean over seeds; points: {3 - n_failed} seeds"
    expected = ["crosses: 1 seed failed the task, not in the mean"] if n_failed else []
    assert rest == expected
    pd.testing.assert_frame_equal(drawn.data, rows)


def test_reference_rdms(study):
    drawn, matrices = draw(study, "reference_rdms"), arrays(study, "rdms/references.npz")
    orientation = arrays(study, "stimuli.npz")["orientation"]
    correlation = table(study, "reference_correlations").set_index("reference")["correlation"]
    axes, bars = drawn.figure.axes[:6], drawn.figure.axes[6:]
    for row, names, largest in (
        (axes[:3], ["pixels", "gabor_energy", "fourier_amplitude"], 2),
        (axes[3:], ["orientation", "angle", "tilt"], 1),
    ):
        check_meshes(row, orientation, [matrices[name] for name in names], largest)
        for axis, name in zip(row, names, strict=True):
            words, value = re.fullmatch(r"(.*): r = (−?\d\.\d\d)", axis.get_title()).groups()
            assert words == REFERENCES[name]
            assert abs(number(value) - correlation[name]) <= 0.005 + 1e-9
        assert row[0].get_ylabel() == "Orientation (°)"
    assert {axis.get_xlabel() for axis in axes[3:]} == {"Orientation (°)"}
    check_color_bar(bars[0], "Dissimilarity (1 − Pearson r)", (0, 2))
    check_color_bar(bars[1], "Distance (fraction of the largest)", (0, 1))
    title = "Reference RDMs and their correlation with the simulated_small recording"
    assert drawn.figure.get_suptitle() == title
    check_pairs(drawn.data, orientation, matrices)


def test_similarity(study):
    drawn = draw(study, "similarity")
    (axes,) = drawn.figure.axes
    check_similarity(axes, study, MODELS, references=True)
    check_similarities(drawn.data, study, MODELS, references=True)
    *above, seeds, band = axes.get_title().split("\n")
    assert above == [
        "Similarity to the simulated_small recording: mean over seeds",
        "90 % CIs, thick: these gratings, other neurons, trials and seeds",
        "thin: other representations as smooth, too",
    ]
    origin = table(study, "inference")["ceiling_from"][0]
    assert seeds == "faint: individual seeds; crosses: networks that failed their task"
    assert band == f"gray band: noise ceiling from {origin}"
    beside = {text.get_text(): text.get_position()[1] for text in axes.texts}
    assert beside == {"Model and layer": 1 - 3 / 12, "Reference": 1 - 9 / 12}


def test_layers(study):
    """A panel a trained model: its layers in the order of use, and its twin gray and dashed."""
    drawn, inference = draw(study, "layers"), table(study, "inference")
    models = ["cnn", "cnn_orientation"]
    assert [axes.get_title() for axes in drawn.figure.axes] == models
    for axes, model in zip(drawn.figure.axes, models, strict=True):
        assert tick_labels(axes.xaxis) == {0: "pool", 1: "fc"}
        drawn_lines, bars = lines(axes), axes.collections
        for (x, y, hue), bar, name, expected in zip(
            drawn_lines, bars, [model, "cnn_untrained"], [BLUE, "#8c8c8c"], strict=True
        ):
            rows = inference[inference["model"] == name].set_index("layer").loc[["pool", "fc"]]
            equal(x, [0, 1])
            equal(y, rows["similarity"])
            assert hue == expected
            ends = [np.array(segment)[:, 1] for segment in bar.get_segments()]
            equal(ends, rows[["ci_low", "ci_high"]])
        assert [line.get_linestyle() for line in axes.lines] == ["-", "--"]
    assert len(drawn.data) == 8
    assert drawn.data["panel"].tolist() == 4 * ["cnn"] + 4 * ["cnn_orientation"]


def test_layers_stand_in_the_order_of_use_however_they_are_listed(study, tmp_path):
    """Of a network with many layers, whose long names are written in whole."""
    names = [f"features.stage{k // 6}.unit{k % 6}.body.conv1.activ" for k in range(18)]
    path = tmp_path / "resnet.json"
    path.write_text(json.dumps({"layers": [{"name": name} for name in names]}))
    rows = pd.DataFrame({"model": "resnet", "layer": names[::-1], "comparator": "pearson"})
    rows = rows.assign(similarity=np.arange(18) / 20, ci_low=0.1, ci_high=0.2)
    rows.to_csv(tmp_path / "inference.csv", index=False)
    paths = {"inference": tmp_path / "inference.csv", "networks": [path]}
    figure = draw(study, "layers", paths, models=["resnet"], twins={}).figure
    (axes,) = figure.axes
    assert list(tick_labels(axes.xaxis).values()) == names
    equal(lines(axes)[0][1], np.arange(18)[::-1] / 20)
    assert "untrained" not in figure.get_suptitle()
    assert axes.get_title() == "resnet"
    boxes = [label.get_window_extent() for label in axes.get_xticklabels()]
    assert min(box.y0 for box in boxes) >= 0
    assert all(a.x1 <= b.x0 for a, b in itertools.pairwise(boxes))
    rows.assign(similarity=np.nan).to_csv(tmp_path / "inference.csv", index=False)
    (axes,) = draw(study, "layers", paths, models=["resnet"], twins={}).figure.axes
    assert axes.get_title().endswith("\nno similarity is defined")


def test_tasks(study):
    """A line a seed over the tasks, means with CIs, and the differences from the first above."""
    drawn, of_tasks = draw(study, "tasks"), table(study, "tasks")
    panels = list(of_tasks.groupby("layer", sort=False))
    assert len(panels) == 2
    for axes, (layer, rows), hue in zip(drawn.figure.axes, panels, [BLUE, ORANGE], strict=True):
        assert tick_labels(axes.xaxis) == {0: "untrained", 1: "tilt", 2: "orientation"}
        *thin, means = lines(axes)
        assert len(thin) == 3
        for index, model in enumerate(rows["model"]):
            similarity, has_failed = seeds_of_layer(study, model, layer)
            values = np.where(has_failed, np.nan, similarity)
            equal([y[index] for _, y, _ in thin], values)
        equal(means[1], rows["similarity"])
        assert means[2] == hue
        (bars,) = axes.collections
        ends = [np.array(segment)[:, 1] for segment in bars.get_segments()]
        equal(ends, rows[["ci_low", "ci_high"]])
        name, first, *others = axes.get_title().split("\n")
        assert name == f"cnn, {layer}"
        best = rows["best_task"].iloc[0]
        assert first == f"highest: {best}"
        assert [line.split(":")[0] for line in others] == [
            task for task in rows["task"] if task != best
        ]
        for line, row in zip(others, rows[rows["task"] != best].itertuples(), strict=True):
            difference, p = re.fullmatch(r".*: ([+−]\S+), p [=<] (\S+)", line).groups()
            assert number(difference) == pytest.approx(row.difference, abs=6e-4)
            assert float(p) == pytest.approx(max(row.p_holm, 1e-4), rel=0.06)
    source = drawn.data
    of_means = source[source["seed"] == "mean"]
    equal(of_means["similarity"], of_tasks["similarity"])
    assert len(source) == 6 + 2 * (3 + 2 + 2)


def test_training_effect(study):
    """A line leads from the untrained to the trained network of a seed; failed ones have none."""
    drawn, expected = draw(study, "training_effect"), []
    effects = table(study, "training_effect")
    assert len(drawn.figure.axes) == len(effects) == 4
    for axes, row, hue in zip(
        drawn.figure.axes, effects.itertuples(), [BLUE, ORANGE, GREEN, PINK], strict=True
    ):
        trained, has_failed = seeds_of_layer(study, row.model, row.layer)
        untrained, _ = seeds_of_layer(study, "cnn_untrained", row.layer)
        pairs = np.stack([untrained, trained], axis=1)[~has_failed]
        *thin, thick = lines(axes)
        assert len(thin) == row.seeds == 2
        for (x, y, hue_of_line), pair in zip(thin, pairs, strict=True):
            equal(x, [0, 1])
            equal(y, pair)
            assert hue_of_line == hue
        equal(thick[0], [0, 1])
        equal(thick[1], pairs.mean(axis=0))
        equal(np.diff(thick[1])[0], row.effect)
        assert thick[2] == hue
        assert tick_labels(axes.xaxis) == {0: "untrained", 1: "trained"}
        title = axes.get_title().split("\n")
        assert len(title) == 7, "titles of all panels begin at one height"
        name, effect, wide, n_seeds, *tests = filter(None, title)
        assert name == f"{row.model}, {row.layer}"
        found = re.fullmatch(r"([+−]\d\.\d{3}) \[(\S+), (\S+)\]", effect).groups()
        np.testing.assert_allclose(
            [number(text) for text in found], [row.effect, row.ci_low, row.ci_high], atol=6e-4
        )
        values, names = [row.p_holm, row.p_seeds_holm], ["p", "seeds: p"]
        if pd.isna(row.stimuli_p):  # correlated over wide angles: neither interval nor test
            tests, n_seeds = [n_seeds, *tests], wide
        else:
            found = re.fullmatch(r"\((\S+), (\S+)\)", wide).groups()
            bounds = [row.stimuli_ci_low, row.stimuli_ci_high]
            np.testing.assert_allclose([number(text) for text in found], bounds, atol=6e-4)
            values, names = [*values, row.stimuli_p_holm], [*names, "stimuli: p"]
        assert n_seeds == f"{row.seeds} seeds"
        assert [test.replace("−", "-") for test in tests] == [
            f"{name} = {p:.2g}" for name, p in zip(names, values, strict=True)
        ]
        seeds = [*np.array(SEEDS)[~has_failed], "mean"]
        numbers = [*pairs, pairs.mean(axis=0)]
        expected += [
            (row.model, row.layer, seed, *pair) for seed, pair in zip(seeds, numbers, strict=True)
        ]
    assert drawn.figure.axes[0].get_ylabel() == "Similarity of RDMs (Spearman ρ)"
    assert drawn.figure.get_suptitle() == (
        "Similarity to the simulated_small recording before and after training\n"
        "thin: seeds; thick: mean\nabove: mean change with 90 % CIs,\n"
        "[these gratings; other neurons, trials, seeds], (other representations as smooth, too),\n"
        "and p-values after Holm's correction"
    )
    assert list(drawn.data) == ["model", "layer", "seed", "untrained", "trained"]
    for found, (*names, before, after) in zip(drawn.data.to_numpy(), expected, strict=True):
        assert list(found[:3]) == names
        equal(found[3:].astype(float), [before, after])


def test_pairwise(study):
    """Row less column, the most similar layer first; marks where layers can be told apart."""
    drawn = draw(study, "pairwise")
    axes, bar = drawn.figure.axes
    pairs = table(study, "pairwise")
    similarity = table(study, "inference").query("model != 'reference'")
    layers = sorted(similarity.itertuples(), key=lambda row: -row.similarity)
    names = [f"{row.model}, {row.layer}" for row in layers]
    assert tick_labels(axes.xaxis) == tick_labels(axes.yaxis) == dict(enumerate(names))
    (image,) = axes.images
    assert image.get_clim()[0] == -image.get_clim()[1] < 0
    assert image.get_cmap().name == "RdBu_r"
    dots, rings = set(), set()
    for row in pairs.itertuples():
        i, j = (
            names.index(f"{row.model_a}, {row.layer_a}"),
            names.index(f"{row.model_b}, {row.layer_b}"),
        )
        equal(image.get_array()[i, j], row.difference)
        equal(image.get_array()[j, i], -row.difference)
        dots |= {(i, j), (j, i)} if row.p_holm <= 0.05 else set()
        rings |= {(i, j), (j, i)} if row.stimuli_p_holm <= 0.05 else set()
    assert np.ma.count(np.ma.masked_invalid(image.get_array())) == 2 * len(pairs)
    found = {"full": set(), "none": set()}
    for line in axes.lines:
        (x,), (y,) = line.get_data()
        found[line.get_fillstyle()].add((int(y), int(x)))
    assert found == {"full": dots, "none": rings}
    assert dots
    label = "Difference of similarity of RDMs (Spearman ρ)"
    check_color_bar(bar, label, image.get_clim())
    assert axes.get_title().startswith(
        "Similarity to the simulated_small recording, row less column"
    )
    pd.testing.assert_frame_equal(drawn.data, pairs)


def test_pairs_that_can_be_told_apart_over_representations_have_a_ring(study, tmp_path):
    pairs = table(study, "pairwise").assign(p_holm=0.051, stimuli_p_holm=0.9)
    pairs.loc[3, "stimuli_p_holm"] = 0.05
    pairs.to_csv(tmp_path / "pairs.csv", index=False)
    drawn = draw(study, "pairwise", {"pairwise": tmp_path / "pairs.csv"})
    marks = [line.get_fillstyle() for line in drawn.figure.axes[0].lines]
    assert marks == ["none", "none"]


def test_one_layer_has_no_pairs_and_no_empty_scale(study, tmp_path):
    table(study, "pairwise")[:0].to_csv(tmp_path / "pairs.csv", index=False)
    (axes,) = draw(study, "pairwise", {"pairwise": tmp_path / "pairs.csv"}).figure.axes
    assert not axes.axison
    assert "one layer, and no pair to compare" in axes.texts[0].get_text()


def test_partial_correlations(study):
    drawn = draw(study, "partial_correlations")
    axes, bar = drawn.figure.axes
    check_partial(axes, study)
    check_partial_data(drawn.data, study)
    check_color_bar(bar, "Correlation of RDMs (Spearman ρ)", (-1, 1))
    assert axes.get_ylabel() == "Model and layer\n(mean over seeds)"
    assert axes.get_title() == (
        "Correlation with the simulated_small recording, controlling for simpler models\n"
        "left column: raw correlation; bold: the CI for these gratings excludes zero"
    )


def test_model_space(study):
    drawn, correlations = draw(study, "model_space"), table(study, "model_correlations")
    names = list(dict.fromkeys(correlations["first"]))
    value = correlations.set_index(["first", "second"])["correlation"]
    matrix = np.array([[value[first, second] for second in names] for first in names])
    left, right, bar = drawn.figure.axes
    (image,) = left.images
    equal(image.get_array(), matrix)
    assert (image.get_clim(), image.get_cmap().name) == ((-1, 1), "RdBu_r")
    check_color_bar(bar, "Correlation of RDMs (Pearson r)", (-1, 1))
    words = [
        "simulated_small recording"
        if name == "recording"
        else REFERENCES.get(name.removeprefix("reference "), name)
        for name in names
    ]
    labels = {i: f"{word}  {i + 1}" for i, word in enumerate(words)}
    assert tick_labels(left.xaxis) == {i: str(i + 1) for i in range(len(names))}
    assert {i: tick.label1.get_text() for i, tick in enumerate(left.yaxis.get_major_ticks())} == (
        labels
    )

    distance = np.sqrt(np.maximum(1 - matrix, 0))
    scaling = MDS(
        metric="precomputed", n_init=8, init="random", random_state=0, normalized_stress="auto"
    )
    places = scaling.fit_transform((distance + distance.T) / 2)
    places -= places[names.index("recording")]
    marks = {annotation.get_text(): annotation.xy for annotation in right.texts}
    assert len(right.lines) == len(marks) == len(names) == 13
    for i, (line, name) in enumerate(zip(right.lines, names, strict=True)):
        place = float(line.get_xdata()[0]), float(line.get_ydata()[0])
        equal(place, places[i])
        equal(marks[str(i + 1)], places[i])
        look = {"recording": (GRAY, "*"), "pool": (BLUE, "o"), "fc": (ORANGE, "o")}
        kind = "recording" if name == "recording" else name.split()[-1]
        assert (color(line), line.get_marker()) == look.get(kind, (GRAY, "D"))
    assert legend(right) == {"recording": GRAY, "reference": GRAY, "pool": BLUE, "fc": ORANGE}
    markers = [handle.get_marker() for handle in right.get_legend().legend_handles]
    assert markers == ["*", "D", "o", "o"]
    assert right.get_xlabel() == "Dimension 1 (√(1 − r))"
    assert right.get_ylabel() == "Dimension 2 (√(1 − r))"
    assert right.get_aspect() == 1
    assert drawn.figure.get_suptitle() == (
        "RDMs of the simulated_small recording, all layers (mean over seeds) and references"
    )
    assert list(drawn.data) == ["name", "dimension_1", "dimension_2", *names]
    assert list(drawn.data["name"]) == names
    equal(drawn.data[["dimension_1", "dimension_2"]], places)
    equal(drawn.data[names], matrix)


def test_multiverse(study):
    drawn, multiverse = draw(study, "multiverse"), table(study, "multiverse")
    axes, bar = drawn.figure.axes
    measures = list(
        multiverse[["dissimilarity", "comparator"]]
        .drop_duplicates()
        .itertuples(index=False, name=None)
    )
    (image,) = axes.images
    assert image.get_clim() == (0, 1)
    found = cells(axes)
    for row in multiverse.itertuples():
        place = (
            ROWS.index((row.model, row.layer)),
            measures.index((row.dissimilarity, row.comparator)),
        )
        equal(image.get_array()[place], row.similarity)
        assert float(found[place].get_text()) == round(row.rank)
        assert found[place].get_color() == ("black" if row.similarity > 0.6 else "white")
    assert len(found) == len(multiverse) == image.get_array().size
    assert tick_labels(axes.yaxis) == {i: ", ".join(layer) for i, layer in enumerate(ROWS)}
    agreement = multiverse.set_index(["dissimilarity", "comparator"])["agreement"]
    for measure, words in zip(measures, tick_labels(axes.xaxis).values(), strict=True):
        name, value = words.split(": ")
        of_rdms = "" if measure[0] == "none" else f"{measure[0]}, "
        assert name == of_rdms + COMPARATORS[measure[1]]
        assert abs(number(value) - agreement[measure].iloc[0]) <= 0.005 + 1e-9
    check_color_bar(bar, "Similarity\n(by each measure)", (0, 1))
    assert axes.get_ylabel() == "Model and layer\n(mean over seeds)"
    assert axes.get_xlabel() == ("Measure: agreement of ranks with the first column (Kendall τ)")
    assert axes.get_title() == (
        "simulated_small recording: rank of each layer (1: most similar) by each measure"
    )
    pd.testing.assert_frame_equal(drawn.data, multiverse)


WORLDS = ["width_15", "shipped"]
CALIBRATION = pd.DataFrame(
    [
        (*world, *row)
        for world in (("width_15", "chosen by"), ("shipped", "judges"))
        for row in [
            ("shifts", "false positives", 0.05, 0.048, 0.041, 0.056, 300, "holds"),
            ("Mantel", "false positives", 0.05, 0.31, 0.28, 0.34, 300, "too liberal"),
            ("similarity", "coverage", 0.9, 0.91, 0.88, 0.94, 300, "holds"),
            ("difference", "coverage", 0.9, 0.99, 0.98, 1, 300, "too wide"),
            ("partial", "coverage", 0.9, 0.8, 0.75, 0.84, 300, "too narrow"),
            ("a test", "power", np.nan, 0.8, 0.77, 0.84, 300, ""),
            ("trials", "bias", 0, -0.03, -0.035, -0.025, 300, "too low"),
        ]
        if world[0] == "width_15" or row[0] != "Mantel"
    ],
    columns=[
        *("world", "role", "method", "quantity", "nominal", "observed", "ci_low", "ci_high"),
        *("simulations", "verdict"),
    ],
)


def test_calibration(study, tmp_path):
    """A table a quantity: rows are methods, columns worlds, colored by verdict."""
    CALIBRATION.to_csv(tmp_path / "calibration.csv", index=False)
    drawn = draw(study, "calibration", {"calibration": tmp_path / "calibration.csv"})
    titles = ["False positives at 5 %", "Coverage of intervals", "Power at 5 %"]
    titles.append("Error of the ceiling")
    quantities = ["false positives", "coverage", "power", "bias"]
    colors = {"holds": 0, "": 1, "conservative": 2, "too wide": 2}
    for axes, title, quantity in zip(drawn.figure.axes, titles, quantities, strict=True):
        rows = CALIBRATION[CALIBRATION["quantity"] == quantity]
        methods = list(dict.fromkeys(rows["method"]))
        assert axes.get_title() == title
        assert tick_labels(axes.yaxis) == dict(enumerate(methods))
        (image,) = axes.images
        shown = image.get_array()
        words = [text.get_text() for text in axes.texts]
        for index, row in enumerate(rows.itertuples()):
            place = methods.index(row.method), WORLDS.index(row.world)
            assert shown[place] == colors.get(row.verdict, 3)
            assert axes.texts[2 * index].get_position() == place[::-1]
            assert number(words[2 * index]) == row.observed
            bounds = [number(word) for word in words[2 * index + 1].split()]
            np.testing.assert_allclose(bounds, [row.ci_low, row.ci_high], atol=0.006)
        assert np.ma.count(shown) == len(rows) == len(words) / 2
    *_, last = drawn.figure.axes
    assert tick_labels(last.xaxis) == {0: "width 15 (chosen by)", 1: "shipped (judges)"}
    assert drawn.figure.get_suptitle().startswith("Calibration: 300 simulated studies in each")


ORIENTATIONS = [-75, -45, -15, 15, 45, 75]


def test_names_of_layers_with_dots_stand_above_their_sizes_in_figure_1():
    figure, axes = plt.subplots(figsize=(7.2, 4))
    stages = [
        {"name": name, "shape": [3, 12, 16], "kernel": None, "kind": "Conv2d"}
        for name in ("stem", "layers.block1.bn")
    ]
    params = SimpleNamespace(layers=["stem"], network="mine.py:Net", filters=None)
    draw_network(axes, np.zeros((48, 64)), [1, 48, 64], stages, True, None, params)
    figure.canvas.draw()
    boxes = {text.get_text(): text.get_window_extent() for text in axes.texts}
    _, size = [text.get_window_extent() for text in axes.texts if text.get_text() == "3 × 12 × 16"]
    assert size.y1 < boxes["layers.\nblock1.\nbn"].y0 + 3
    plt.close(figure)


def test_figure_1(study):
    drawn = draw(study, "figure_1")
    top, bottom = drawn.figure.subfigs
    left, right = bottom.subfigs
    check_gratings(top.axes, ORIENTATIONS)
    assert [axes.get_xlabel() for axes in top.axes] == ["left"] * 3 + ["right"] * 3
    (axes,) = right.axes
    check_losses(axes, study, "cnn")
    assert axes.get_title() == "cnn"
    assert axes.get_ylabel() == "Loss on the last mini-batch\n(cross-entropy, nats)"
    assert set(legend(axes)) == {"each seed", "median of seeds", "seed 12", "published, seed 12"}
    images, losses = drawn.data
    check_pixels(images, ORIENTATIONS)
    pd.testing.assert_frame_equal(losses, table(study, "training").query("model == 'cnn'"))

    (axes,) = left.axes
    places = {}
    for text in axes.texts:
        if text.get_text():
            places.setdefault(round(text.get_position()[0], 6), []).append(text)
    stages = [[text.get_text() for text in places[x]] for x in sorted(places)]
    assert stages == [
        ["image", "48 × 64"],
        ["conv", "6 × 48 × 64\nfilters 7 × 7,\nReLU", "initial filters"],
        ["pool", "6 × 6 × 8\nmaximum of\n8 × 8"],
        ["fc", "10 units\nthen ReLU"],
        ["answer", "P(right)"],
    ]
    hues = [to_hex(places[x][0].get_color()) for x in sorted(places)]
    assert hues == ["#777777", "#777777", BLUE, ORANGE, "#777777"]
    picture, *filters = axes.images
    equal(picture.get_array(), stripes(75))
    for image, kernel in zip(filters, filter_bank(), strict=True):
        equal(image.get_array(), kernel)
        assert image.get_clim() == (-1, 1)
    lefts = [image.get_extent()[0] for image in filters]
    assert lefts == sorted(lefts)
    n_patches = {}
    for x, hue in zip(sorted(places), hues, strict=True):
        for patch in axes.patches:
            if abs(patch.get_center()[0] - x) < 0.5:
                assert to_hex(patch.get_edgecolor()) == hue
                key = round(x, 2), type(patch).__name__
                n_patches[key] = n_patches.get(key, 0) + 1
    assert n_patches == {
        (1.75, "Rectangle"): 6,
        (3.5, "Rectangle"): 6,
        (5.25, "Circle"): 10,
        (7.0, "Circle"): 1,
    }
    arrows = [text for text in axes.texts if not text.get_text()]
    assert len(arrows) == 4
    assert all(arrow.xy[0] > arrow.xyann[0] for arrow in arrows), "from left to right"


def test_answers_of_the_orientation_task_are_sine_and_cosine(study):
    drawn = draw(
        study,
        "figure_1",
        {"network": study.folder / "results/networks/cnn_orientation.json"},
        model="cnn_orientation",
    )
    top, bottom = drawn.figure.subfigs
    for axes, orientation in zip(top.axes, ORIENTATIONS, strict=True):
        sine, cosine = map(number, axes.get_xlabel().split(", "))
        assert abs(sine - np.sin(np.deg2rad(2 * orientation))) <= 0.05 + 1e-9
        assert abs(cosine - np.cos(np.deg2rad(2 * orientation))) <= 0.05 + 1e-9
    left, right = bottom.subfigs
    check_losses(right.axes[0], study, "cnn_orientation")
    assert right.axes[0].get_ylabel() == "Loss on the last mini-batch\n(mean squared error)"
    assert "sin 2θ, cos 2θ" in [text.get_text() for text in left.axes[0].texts]
    circles = [patch for patch in left.axes[0].patches if isinstance(patch, Circle)]
    assert len(circles) == 10 + 2


def test_figure_2(study):
    drawn, matrices = draw(study, "figure_2"), rdms(study)
    orientation = arrays(study, "stimuli.npz")["orientation"]
    top, bottom = drawn.figure.subfigs
    *axes, bar = top.axes
    check_meshes(axes, orientation, matrices.values(), 2)
    assert [axis.get_title() for axis in axes] == TITLES
    check_color_bar(bar, "Dissimilarity (1 − Pearson r)", (0, 2))
    (axes,) = bottom.axes
    check_similarity(axes, study, ["cnn"], references=True)
    assert axes.get_title() == "Similarity to the simulated_small recording"
    of_rdms, similarities = drawn.data
    check_pairs(of_rdms, orientation, matrices)
    check_similarities(similarities, study, ["cnn"], references=True)


def test_figure_3(study):
    drawn, effects = draw(study, "figure_3"), table(study, "training_effect")
    top, middle, bottom = drawn.figure.subfigs
    (axes,) = top.axes
    check_similarity(axes, study, MODELS, references=False)
    assert axes.get_title() == "Similarity to the simulated_small recording"
    (axes,) = middle.axes
    for position, row in enumerate(effects.itertuples()):
        layer_color = {"pool": BLUE, "fc": ORANGE}[row.layer]
        check_estimate(axes, position, row, row.effect, layer_color, "o")
    check_zero_line(axes)
    assert len(lines(axes)) == 3 * len(effects) + 1
    names = [f"{row.model}, {row.layer}" for row in effects.itertuples()]
    assert tick_labels(axes.yaxis) == dict(enumerate(names))
    assert axes.get_ylim() == (len(effects) - 0.5, -0.5)
    assert axes.get_title() == "Change in similarity with training"
    assert axes.get_xlabel() == "Change in similarity of RDMs (Spearman ρ)"
    axes, bar = bottom.axes
    check_partial(axes, study)
    check_color_bar(bar, "Correlation of RDMs (Spearman ρ)", (-1, 1))
    assert axes.get_title() == (
        "Correlation with the simulated_small recording, controlling for simpler models"
    )
    similarities, changes, partial = drawn.data
    check_similarities(similarities, study, MODELS, references=False)
    pd.testing.assert_frame_equal(changes, effects)
    check_partial_data(partial, study)
