"""Figures can be read and printed: labels within the page, units, widths, fonts, many seeds."""

import json
import re
import subprocess
import sys
import zlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from drawing import (
    BLUE,
    DATASET,
    GREEN,
    INPUTS,
    MODEL,
    ORANGE,
    PINK,
    arrays,
    color,
    draw,
    hidden_tick_labels,
    lines,
    table,
    texts,
)
from matplotlib.colors import to_rgb
from PIL import Image

from normative.figures.panels import label_points
from normative.figures.style import MM, WIDE, lay_out, plt, save

# Answers below the gratings; a sketch.
WITHOUT_UNIT = {"gratings", "figure_1"}
OF_A_RECORDING = set(INPUTS) - {"gratings", "learning_curves", "figure_1"}
PAPER = ["figure_1", "figure_2", "figure_3", "figure_4"]
WIDTHS = dict.fromkeys(INPUTS, 183) | {"rdm_correlations": 89}  # millimeters


@pytest.mark.parametrize("name", INPUTS)
def test_no_text_is_cut_off(study, name):
    figure = draw(study, name).figure
    page, hidden = figure.bbox, list(hidden_tick_labels(figure))
    for text in texts(figure):
        box = text.get_window_extent()
        if text in hidden:
            continue
        assert page.x0 <= box.x0 <= box.x1 <= page.x1, text
        assert page.y0 <= box.y0 <= box.y1 <= page.y1, text


@pytest.mark.parametrize("name", INPUTS)
def test_titles_of_neighbors_do_not_touch(study, name):
    check_titles(draw(study, name).figure)


def test_titles_of_long_numbers_do_not_touch(study, tmp_path):
    bounds = ["ci_low", "ci_high", "stimuli_ci_low", "stimuli_ci_high"]
    p_values = ["p_holm", "p_seeds_holm", "stimuli_p_holm"]
    numbers = {**dict.fromkeys(bounds, -0.123), **dict.fromkeys(p_values, 1.4e-6), "seeds": 10}
    effects = table(study, "training_effect").assign(effect=-0.123, **numbers)
    paths = {"training_effect": write(effects, tmp_path / "table.csv")}
    check_titles(draw(study, "training_effect", paths).figure)


def check_titles(figure):
    """No title overlaps another."""
    boxes = [axes.title.get_window_extent() for axes in figure.axes if axes.get_title()]
    if figure.get_suptitle():
        boxes.append(figure._suptitle.get_window_extent())
    for i, first in enumerate(boxes):
        for second in boxes[:i]:
            assert not first.overlaps(second)


@pytest.mark.parametrize(("font_size", "width", "wide"), [(14, None, 366), (8, 184, 184)])
def test_in_another_look_nothing_is_cut_off_or_overlaps(study, font_size, width, wide):
    """Points of a space of models that coincide have numbers that do."""
    look = json.dumps({"font_size": font_size, "width": width, "palette": [PINK, BLUE]})
    command = [sys.executable, Path(__file__).with_name("look.py"), study.folder, look]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    numbers = r"model_space: '\d+' lies on '\d+'"
    lines = [line for line in said.splitlines() if not re.fullmatch(numbers, line)]
    narrow = wide * 89 / 183
    assert lines == [
        f"{name}: {narrow if name == 'rdm_correlations' else wide:.1f} mm, {font_size} points"
        for name in INPUTS
    ]


@pytest.mark.parametrize("name", sorted(OF_A_RECORDING))
def test_simulated_recording_is_called_simulated(study, name):
    figure = draw(study, name).figure
    assert any("simulated_small recording" in text.get_text() for text in texts(figure))


@pytest.mark.parametrize("name", sorted(set(INPUTS) - WITHOUT_UNIT))
def test_every_scale_has_a_label_with_a_unit(study, name):
    """Categories need none: layers, models, and the two ends of training."""
    for axes in draw(study, name).figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            label = axis.get_label().get_text()
            if label:
                is_category = label == "Epoch" or label.startswith("Layer of ")
                assert is_category or label.endswith(")"), label


@pytest.mark.parametrize("name", INPUTS)
def test_figures_are_as_wide_as_journals_ask(study, name):
    assert round(draw(study, name).figure.get_figwidth() * 25.4, 6) == WIDTHS[name]


@pytest.mark.parametrize(
    ("name", "panels"),
    [
        ("figure_1", {"a": (0,), "b": (1, 0), "c": (1, 1)}),
        ("figure_2", {"a": (0,), "b": (1,)}),
        ("figure_3", {"a": (0,), "b": (1,), "c": (2,)}),
        ("figure_4", {"a": (0,), "b": (1, 0), "c": (1, 1)}),
    ],
)
def test_each_panel_has_its_letter_at_its_top_left(study, name, panels):
    """In the part of the figure that `test_figures_data` holds against the panel's data."""
    figure = draw(study, name).figure
    found = [text for text in texts(figure) if text.get_fontsize() == 8]
    assert [text.get_text() for text in found] == list(panels)
    for text, path in zip(found, panels.values(), strict=True):
        part = figure
        for index in path:
            part = part.subfigs[index]
        box = text.get_window_extent()
        assert abs(box.x0 - part.bbox.x0) < 0.02 * figure.bbox.width
        assert abs(box.y1 - part.bbox.y1) < 0.02 * figure.bbox.height
        assert text.get_weight() == "bold"


def test_figures_carry_no_date(study):
    paths = list((study.folder / DATASET / "figures").rglob("*.pdf"))
    assert len(paths) == 30
    for pdf in paths:
        assert b"CreationDate" not in pdf.read_bytes()


@pytest.mark.parametrize("name", PAPER)
def test_text_of_the_paper_can_be_edited_and_its_fonts_are_within(study, name):
    content = (study.folder / DATASET / f"paper/{name}.pdf").read_bytes()
    assert b"/FontFile2" in content, "TrueType, embedded"
    assert b"/Subtype /Type3" not in content
    with Image.open(study.folder / DATASET / f"paper/{name}.png") as picture:
        assert round(picture.info["dpi"][0]) == 300


@pytest.fixture
def saved(tmp_path):
    """Save a figure of one line with two tables; give the folder."""
    figure, axes = plt.subplots(figsize=(2, 1))
    axes.plot([0, 1], [0, 1], color="red", linewidth=5)
    axes.set_aspect("equal")
    frames = [pd.DataFrame({"a": [1 / 3, np.nan]}), pd.DataFrame({"b": ["é"]})]
    output = SimpleNamespace(
        vector=str(tmp_path / "figure.pdf"),
        png=tmp_path / "figure.png",
        source=[str(tmp_path / "0.csv"), str(tmp_path / "1.csv")],
    )
    save(figure, output, frames)
    single = SimpleNamespace(
        vector=str(tmp_path / "b.pdf"), png=tmp_path / "b.png", source=str(tmp_path / "single.csv")
    )
    save(plt.figure(), single, frames[1])
    plt.close("all")
    return tmp_path


def test_figure_is_saved_with_its_data(saved):
    assert (saved / "0.csv").read_text() == "a\n0.33333333\nnan\n"
    assert (saved / "1.csv").read_text() == (saved / "single.csv").read_text() == "b\né\n"
    with Image.open(saved / "figure.png") as picture:
        assert picture.size == (600, 300)
        assert (255, 0, 0) in {picture.convert("RGB").getpixel((x, 150)) for x in range(600)}
    pdf = (saved / "figure.pdf").read_bytes()
    assert b"/MediaBox [ 0 0 144 72 ]" in pdf
    assert b"CreationDate" not in pdf
    assert b"/Subtype /Type3" not in pdf


def test_pdf_is_laid_out_like_the_png(saved):
    """The line of 5 points is as far from the left in both, where layout has settled."""
    with Image.open(saved / "figure.png") as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    is_red = (pixels[..., 0] > 200) & (pixels[..., 1:] < 50).all(axis=-1)
    left = np.flatnonzero(is_red.any(axis=0))[0] / 300 * 72  # points
    pdf = (saved / "figure.pdf").read_bytes()
    start = pdf.index(b"stream", pdf.index(b"/FlateDecode")) + 7
    content = zlib.decompressobj().decompress(pdf[start:]).decode("latin-1")
    red = content[content.index("1 0 0 RG") :]
    x = float(next(line for line in red.splitlines() if line.endswith(" m")).split()[0])
    assert abs(x - left) < 5


def write(frame, path):
    frame.to_csv(path, index=False, na_rep="nan")
    return path


def many_seeds():
    """Losses and correlations of a thousand seeds."""
    seeds = pd.DataFrame({"model": "cnn", "seed": np.arange(1000)})
    rng = np.random.default_rng(0)
    losses = [
        seeds.assign(epoch=epoch, loss=np.exp(rng.normal(-epoch, 1, 1000)))
        for epoch in range(1, 26)
    ]
    correlations = [
        seeds.assign(status="passed", layer=layer, correlation=rng.normal(mean, 0.01, 1000))
        for layer, mean in (("pool", 0.7), ("fc", 0.5))
    ]
    return pd.concat(losses), pd.concat(correlations)


def test_a_thousand_learning_curves_are_a_band(study, tmp_path):
    """Of 90 % of the seeds at each epoch, below their median."""
    losses, _ = many_seeds()
    drawn = draw(study, "learning_curves", {"training": write(losses, tmp_path / "table.csv")})
    axes = drawn.figure.axes[0]
    (band,) = axes.collections
    corners = band.get_paths()[0].vertices
    for epoch, of_epoch in losses.groupby("epoch")["loss"]:
        at = corners[corners[:, 0] == epoch, 1]
        low, high = np.quantile(of_epoch, [0.05, 0.95])
        np.testing.assert_allclose([at.min(), at.max()], [low, high], rtol=1e-6)
    assert band.get_label() == "90 % of seeds"
    medians = losses.groupby("epoch")["loss"].median()
    np.testing.assert_allclose(lines(axes)[0][1], medians)
    assert len(lines(axes)) == 3, "median, seed 12, published"
    assert axes.get_title() == "cnn, 1000 seeds"


def check_violin(body, values, hue, along):
    """A shape spans its values and has their color."""
    vertices = body.get_paths()[0].vertices[:, along]
    np.testing.assert_allclose([vertices.min(), vertices.max()], [values.min(), values.max()])
    assert np.allclose(body.get_facecolor()[0][:3], to_rgb(hue))


def test_a_thousand_correlations_are_a_violin_a_layer(study, tmp_path):
    _, correlations = many_seeds()
    paths = {"correlations": write(correlations, tmp_path / "table.csv")}
    axes = draw(study, "rdm_correlations", paths).figure.axes[0]
    of_layer = correlations.groupby("layer")["correlation"]
    for body, layer, hue in zip(axes.collections, ["pool", "fc"], [BLUE, ORANGE], strict=True):
        check_violin(body, of_layer.get_group(layer), hue, along=1)
    assert axes.get_title().split("\n")[1] == "bars: mean over seeds; shapes: 1000 seeds"
    assert all(len(x) <= 2 for x, *_ in lines(axes))


@pytest.mark.parametrize("name", ["similarity", "training_effect"])
def test_a_thousand_seeds_are_a_distribution_beside_their_mean(study, tmp_path, name):
    """Of the layers of the small study; those of a thousand seeds that failed are left out."""
    many, rng = arrays(study, "similarities/means.npz"), np.random.default_rng(0)
    for key in ("all_seeds", "similarity_by_seed"):
        many[key] = rng.normal(0.5, 0.02, (1000, many[key].shape[1]))
    many["similarity_by_seed"][0] = np.nan
    np.savez(tmp_path / "means.npz", **many)
    models = ["cnn", "cnn_untrained", "cnn_orientation"]
    status = pd.DataFrame(
        [
            (model, seed, "failed" if seed == 0 else "passed")
            for model in models
            for seed in range(1000)
        ],
        columns=["model", "seed", "status"],
    )
    paths = {"means": tmp_path / "means.npz"}
    if name == "similarity":
        paths["performance"] = write(status, tmp_path / "performance.csv")
    drawn = draw(study, name, paths, seeds=list(range(1000)))
    bodies = [body for axes in drawn.figure.axes for body in axes.collections]
    hues = [BLUE, ORANGE, GREEN, PINK]
    if name == "similarity":
        for column, body in enumerate(bodies):
            check_violin(body, many["all_seeds"][1:, column], hues[column % 2], along=0)
        assert len(bodies) == 6
        crosses = lines(drawn.figure.axes[0], "x")
        np.testing.assert_array_equal([x[0] for x, *_ in crosses], many["all_seeds"][0])
    else:
        of_seeds = many["similarity_by_seed"][1:]
        pairs = [(0, 2), (1, 3), (4, 2), (5, 3)]
        for index, (body, (trained, twin)) in enumerate(zip(bodies, pairs, strict=True)):
            after, before = of_seeds[:, trained], of_seeds[:, twin]
            vertices = body.get_paths()[0].vertices
            for x, values in ((0, before), (1, after)):
                at = vertices[vertices[:, 0] == x, 1]
                low, high = np.quantile(values, [0.05, 0.95])
                np.testing.assert_allclose([at.min(), at.max()], [low, high])
            assert np.allclose(body.get_facecolor()[0][:3], to_rgb(hues[index]))
    assert max(len(x) for axes in drawn.figure.axes for x, *_ in lines(axes)) <= 2


@pytest.mark.parametrize(("n_seeds", "n_shapes"), [(40, 0), (41, 1)])
def test_distributions_begin_above_40_seeds(study, tmp_path, n_seeds, n_shapes):
    _, correlations = many_seeds()
    frame = correlations.query("layer == 'fc' and seed < @n_seeds")
    paths = {"correlations": write(frame, tmp_path / "table.csv")}
    axes = draw(study, "rdm_correlations", paths).figure.axes[0]
    assert len(axes.collections) == n_shapes
    word = "shapes" if n_shapes else "points"
    assert f"; {word}: {n_seeds} seeds" in axes.get_title()


def test_scale_of_losses_holds_all_models_but_nothing_below_a_millionth(study, tmp_path):
    losses = pd.DataFrame({"model": ["cnn", "fc", "fc"], "seed": 0, "epoch": [1, 1, 2]})
    losses["loss"] = [0.1, 1e-5, 1e-9]

    def limits(frame):
        paths = {"training": write(frame, tmp_path / "table.csv")}
        return draw(study, "learning_curves", paths).figure.axes[0].get_ylim()

    low, high = limits(losses)
    assert low == 1e-6
    assert high > 0.1
    low, _ = limits(losses[:2])
    assert 1e-6 < low < 1e-5


def test_failed_and_undefined_seeds_are_marked_and_not_averaged_in(study, tmp_path):
    correlations = pd.DataFrame(
        {
            "model": "cnn",
            "seed": [0, 1, 2, 3, 4],
            "layer": "fc",
            "correlation": [0.5, 0.6, 0.1, np.nan, 0.2],
            "status": ["passed", "passed", "failed", "passed", "failed"],
        }
    )
    paths = {"correlations": write(correlations, tmp_path / "table.csv")}
    axes = draw(study, "rdm_correlations", paths).figure.axes[0]
    assert [bar.get_height() for bar in axes.patches] == [pytest.approx(0.55)]
    ((_, crosses, _),) = lines(axes, "x")
    assert list(crosses) == [0.1, 0.2]
    assert axes.get_title().split("\n")[1:] == [
        "bars: mean over seeds; points: 3 seeds",
        "crosses: 2 seeds failed the task, not in the mean",
        "fc: undefined for 1 seed (no response)",
    ]


def test_undefined_similarities_are_left_out(study, tmp_path):
    """Of a seed that passed but has no similarity there is no point; the others stay in order."""
    means = arrays(study, "similarities/means.npz")
    means["all_seeds"][0, 0] = np.nan
    np.savez(tmp_path / "means.npz", **means)
    axes = draw(study, "similarity", {"means": tmp_path / "means.npz"}).figure.axes[0]
    faint = next(line for line in axes.lines if line.get_alpha())
    assert list(faint.get_xdata()) == [means["all_seeds"][1, 0]]
    assert color(faint) == "#0072b2"


def test_correlations_without_a_value_are_left_out_of_the_map(study, tmp_path):
    """A constant RDM has no correlations; labels stay with their rows."""
    frame = table(study, "model_correlations")
    constant = (frame["first"] == "cnn fc") | (frame["second"] == "cnn fc")
    frame.loc[constant, "correlation"] = np.nan
    paths = {"correlations": write(frame, tmp_path / "table.csv")}
    drawn = draw(study, "model_space", paths)
    names = [name for name in dict.fromkeys(frame["first"]) if name != "cnn fc"]
    assert list(drawn.data["name"]) == names
    words = [text.get_text() for text in drawn.figure.axes[0].get_yticklabels()]
    assert words[1:3] == ["cnn pool  2", "cnn_untrained pool  3"]


def test_study_without_training_has_no_learning_curves_and_says_so(study, tmp_path):
    empty = pd.DataFrame(columns=["model", "seed", "epoch", "loss"])
    drawn = draw(study, "learning_curves", {"training": write(empty, tmp_path / "table.csv")})
    assert drawn.figure.get_suptitle() == "No model of this study is trained"


def test_a_model_of_the_paper_may_be_another(study):
    """Figure 2 of another model has its rows and names."""
    layers = {"layers": study.folder / DATASET / "rdms/cnn_untrained/seeds-3-4.npz"}
    drawn = draw(study, "figure_2", layers, model="cnn_untrained")
    assert drawn.figure.subfigs[0].axes[1].get_title() == "cnn_untrained, layer pool"
    labels = [text.get_text() for text in drawn.figure.subfigs[1].axes[0].get_yticklabels()]
    assert labels[:2] == ["cnn_untrained, pool", "cnn_untrained, fc"]
    assert f"`{MODEL}`" not in drawn.caption


def test_another_layout_would_move_nothing():
    """Ticks have other labels on an axis of another size: those of 85 units of mouse V1."""
    figure, axes = plt.subplots(1, 3, figsize=(WIDE, 64 * MM))
    for axis, limits in zip(axes, [(-1.84, 2.16), (0, 0.365), (-1.88, 2.07)], strict=True):
        for _ in range(3):
            axis.plot([-90, 75], limits, label="unit 11")
        axis.set(title="a recording", xlabel="Orientation (°)", ylabel="Response (z-score)")
        axis.set_xticks([-90, -45, 0, 45, 90])
        axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=3, handlelength=1.2)
    figure.suptitle("Tuning curves of three random units, seed 12")
    lay_out(figure)
    before = [axis.get_position().bounds for axis in axes]
    figure.set_layout_engine("constrained")
    figure.get_layout_engine().execute(figure)
    after = [axis.get_position().bounds for axis in axes]
    plt.close(figure)
    np.testing.assert_allclose(before, after, atol=1e-3)


def test_labels_of_crowded_points_lie_on_no_point_and_no_label():
    axes = plt.figure(figsize=(3, 3)).add_subplot()
    points = np.random.default_rng(0).normal(0, 0.1, (12, 2))
    points[1] = points[0]  # two in one place
    axes.plot(*points.T, "o", markersize=4)
    axes.set(xlim=(-0.5, 0.5), ylim=(-0.5, 0.5))
    label_points(axes, points, map(str, range(12)))
    boxes = [text.get_window_extent() for text in axes.texts]
    assert [text.get_text() for text in axes.texts] == [str(number) for number in range(12)]
    places = axes.transData.transform(points)
    for index, box in enumerate(boxes):
        assert box.count_overlaps(boxes) == 1, "itself"
        assert not any(box.contains(*place) for place in places)
        assert np.hypot(*(box.get_points().mean(axis=0) - places[index])) < 20 * 300 / 72
