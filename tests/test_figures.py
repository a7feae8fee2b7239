"""Figures say what they show: units, labels within the page, the dataset's name."""

import importlib
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml
from matplotlib.text import Text
from PIL import Image

from normative.figures.style import plt, save

DATASET = "results/simulated_small"
STIMULI = f"{DATASET}/stimuli.npz"
RDMS = {
    "stimuli": STIMULI,
    "recording": f"{DATASET}/rdms/recording.npz",
    "layers": f"{DATASET}/rdms/cnn/seed-12.npz",
}
POPULATIONS = {
    "responses": f"{DATASET}/responses.npz",
    "activations": f"{DATASET}/activations/cnn/seed-12.npz",
}
SIMILARITIES = {
    "inference": f"{DATASET}/tables/inference.csv",
    "means": f"{DATASET}/similarities/means.npz",
    "performance": f"{DATASET}/tables/performance.csv",
}
EFFECTS = f"{DATASET}/tables/training_effect.csv"
PARTIAL = f"{DATASET}/tables/partial.csv"
TRAINING = f"{DATASET}/tables/training.csv"
INPUTS = {
    "gratings": {},
    "rdms": RDMS,
    "rdm_rows": RDMS,
    "rdm_correlations": {"correlations": f"{DATASET}/tables/rdm_correlations.csv"},
    "reference_rdms": {
        "stimuli": STIMULI,
        "references": f"{DATASET}/rdms/references.npz",
        "correlations": f"{DATASET}/tables/reference_correlations.csv",
    },
    "tuning_curves": POPULATIONS,
    "embeddings": {"embeddings": f"{DATASET}/embeddings/cnn.npz"},
    "learning_curves": {"training": TRAINING},
    "similarity": SIMILARITIES,
    "training_effect": {
        "training_effect": EFFECTS,
        "means": f"{DATASET}/similarities/means.npz",
        "layers": f"{DATASET}/similarities/layers.csv",
    },
    "partial_correlations": {
        "partial": PARTIAL,
        "inference": f"{DATASET}/tables/inference.csv",
    },
    "model_space": {"correlations": f"{DATASET}/tables/model_correlations.csv"},
    "multiverse": {"multiverse": f"{DATASET}/tables/multiverse.csv"},
    "figure_1": {"training": TRAINING, "performance": SIMILARITIES["performance"]},
    "figure_2": {**RDMS, **SIMILARITIES},
    "figure_3": {**SIMILARITIES, "training_effect": EFFECTS, "partial": PARTIAL},
}
# One scale only, or answers below the gratings.
WITHOUT_UNIT = {"gratings", "rdm_correlations", "similarity", "training_effect", "figure_1"}
OF_A_RECORDING = set(INPUTS) - {"gratings", "learning_curves", "figure_1"}
PANELS = {"figure_1": 2, "figure_2": 2, "figure_3": 3}  # with data


@pytest.fixture(scope="module")
def draw(study, repository, tmp_path_factory):
    """Draw a figure with its script and keep it open."""
    folder = tmp_path_factory.mktemp("figures")
    config = yaml.safe_load((repository / "config.yaml").read_text())
    sys.path.append(str(repository / "scripts"))
    figures = {}
    plt.rcParams["figure.max_open_warning"] = 0

    def draw(name):
        if name not in figures:
            script = importlib.import_module(f"plot_{name}")

            def keep(figure, output, data):
                save(figure, output, data)
                figure.draw_without_rendering()  # measures text at the figure's resolution again
                figures[name] = figure

            script.save = keep
            given = {
                "input": SimpleNamespace(
                    **{key: study.folder / path for key, path in INPUTS[name].items()}
                ),
                "output": SimpleNamespace(
                    pdf=folder / f"{name}.pdf",
                    png=folder / f"{name}.png",
                    caption=folder / f"{name}.md",
                    source=[str(folder / f"{name}_{i}.csv") for i in range(PANELS[name])]
                    if name in PANELS
                    else str(folder / f"{name}.csv"),
                ),
                "wildcards": SimpleNamespace(dataset="simulated_small", model="cnn"),
                "params": SimpleNamespace(
                    layers=["pool", "fc"],
                    seed=12,
                    seeds=[12, 3],
                    confidence=0.95,
                    comparator="pearson",
                    model="cnn",
                    network="ConvPoolFC",
                    filters="gabor",
                    task="tilt",
                    stimulus=config["stimulus"],
                ),
            }
            names = script.main.__code__.co_varnames[: script.main.__code__.co_argcount]
            script.main(**{key: given[key] for key in names})
        return figures[name]

    yield draw
    plt.close("all")


def texts(figure):
    return [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]


@pytest.mark.parametrize("name", INPUTS)
def test_no_text_is_cut_off(draw, name):
    figure = draw(name)
    page = figure.bbox
    hidden = list(hidden_tick_labels(figure))
    for text in texts(figure):
        box = text.get_window_extent()
        if text in hidden:
            continue
        assert page.x0 <= box.x0 <= box.x1 <= page.x1, text
        assert page.y0 <= box.y0 <= box.y1 <= page.y1, text


def hidden_tick_labels(figure):
    """Labels of ticks outside the axes, which matplotlib makes but does not draw."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks() + axis.get_minor_ticks():
                if not low <= tick.get_loc() <= high:
                    yield from (tick.label1, tick.label2)


@pytest.mark.parametrize("name", sorted(OF_A_RECORDING))
def test_simulated_recording_is_called_simulated(draw, name):
    assert any("simulated" in text.get_text() for text in texts(draw(name)))


@pytest.mark.parametrize("name", sorted(set(INPUTS) - WITHOUT_UNIT))
def test_every_scale_has_a_label_with_a_unit(draw, name):
    labels = [
        axis.get_label().get_text()
        for axes in draw(name).axes
        for axis in (axes.xaxis, axes.yaxis)
        if axis.get_label().get_text()
    ]
    assert len(labels) >= 2
    for label in labels:
        assert label == "Epoch" or label.endswith(")"), label


def test_rdms_share_one_color_scale_from_0_to_2(draw):
    meshes = [axes.collections[0] for axes in draw("rdms").axes[:3]]
    assert [mesh.get_clim() for mesh in meshes] == [(0, 2)] * 3


@pytest.mark.parametrize("layers", [["fc"], ["pool", "fc"]])
def test_rdms_are_drawn_as_matrices_are_written(draw, study, monkeypatch, tmp_path, layers):
    """The first stimulus at the top left, whatever the number of layers."""
    draw("rdms")
    script, drawn = importlib.import_module("plot_rdms"), []
    monkeypatch.setattr(script, "save", lambda figure, *_: drawn.append(figure))
    with np.load(study.folder / RDMS["layers"]) as rdms:
        np.savez(tmp_path / "layers.npz", **{layer: rdms[layer] for layer in layers})
    paths = {name: study.folder / path for name, path in RDMS.items()}
    script.main(
        input=SimpleNamespace(**{**paths, "layers": tmp_path / "layers.npz"}),
        output=None,
        wildcards=SimpleNamespace(dataset="simulated_small", model="cnn"),
        params=SimpleNamespace(layers=layers, seed=12),
    )
    for axes in drawn[0].axes[: 1 + len(layers)]:
        assert axes.yaxis_inverted()
        assert not axes.xaxis_inverted()


def test_every_seed_is_a_point_and_the_mean_a_bar(draw, study):
    axes = draw("rdm_correlations").axes[0]
    points = [line.get_ydata() for line in axes.lines if line.get_marker() == "o"]
    bars = [bar.get_height() for bar in axes.patches]
    assert [len(of_layer) for of_layer in points] == [2, 2]
    np.testing.assert_allclose(bars, [of_layer.mean() for of_layer in points])


def test_rdm_rows_start_from_the_four_references(draw):
    marks = [axes.lines[0].get_xdata()[0] for axes in draw("rdm_rows").axes]
    assert marks == [-75, -25, 25, 75]


def test_figures_carry_no_date(study):
    for pdf in (study.folder / DATASET / "figures").rglob("*.pdf"):
        assert b"CreationDate" not in pdf.read_bytes()


SEEDS = pd.DataFrame({"model": "cnn", "seed": np.arange(1000)})
MANY = {
    "rdm_correlations": [
        SEEDS.assign(
            status="passed",
            layer=layer,
            correlation=np.random.default_rng(0).normal(mean, 0.01, 1000),
        )
        for layer, mean in (("pool", 0.7), ("fc", 0.5))
    ],
    "learning_curves": [
        SEEDS.assign(epoch=epoch, loss=np.exp(np.random.default_rng(epoch).normal(-epoch, 1, 1000)))
        for epoch in range(1, 26)
    ],
}


@pytest.fixture
def drawn(draw, monkeypatch, tmp_path):
    """Draw a figure of a table that a test makes up."""

    def drawn(name, frame):
        draw(name)  # the small study first, so that it is not drawn with the function put in here
        (table,) = INPUTS[name]
        frame.to_csv(tmp_path / "table.csv", index=False, na_rep="nan")
        script, kept = importlib.import_module(f"plot_{name}"), []
        monkeypatch.setattr(script, "save", lambda figure, *_: kept.append(figure))
        wildcards = {"wildcards": SimpleNamespace(dataset="simulated_small", model="cnn")}
        script.main(
            input=SimpleNamespace(**{table: tmp_path / "table.csv"}),
            output=None,
            **(wildcards if "wildcards" in script.main.__code__.co_varnames else {}),
        )
        return kept[0].axes[0]

    return drawn


@pytest.mark.parametrize(("name", "shapes"), [("rdm_correlations", 2), ("learning_curves", 1)])
def test_a_thousand_seeds_are_a_distribution(drawn, name, shapes):
    """Drawn as a violin a layer and as a band: no point or line a seed."""
    axes = drawn(name, pd.concat(MANY[name]))
    assert len(axes.collections) == shapes
    assert sum(len(line.get_xdata()) > 0 for line in axes.lines) <= 4


@pytest.mark.parametrize("name", ["similarity", "training_effect"])
def test_a_thousand_seeds_are_a_distribution_beside_their_mean(
    draw, study, monkeypatch, tmp_path, name
):
    """Of the four layers of the small study, and the two that have an untrained twin."""
    draw(name)
    script, drawn = importlib.import_module(f"plot_{name}"), []
    monkeypatch.setattr(script, "save", lambda figure, *_: drawn.append(figure))
    with np.load(study.folder / DATASET / "similarities/means.npz") as means:
        many = dict(means)
    rng = np.random.default_rng(0)
    for array in ("all_seeds", "similarity_by_seed", "effect_by_seed"):
        many[array] = rng.normal(0.5, 0.02, (1000, many[array].shape[1]))
    np.savez(tmp_path / "means.npz", **many)
    performance = [(m, s, "passed") for m in ("cnn", "cnn_untrained") for s in range(1000)]
    performance = pd.DataFrame(performance, columns=["model", "seed", "status"])
    performance.to_csv(tmp_path / "performance.csv", index=False)
    paths = {key: study.folder / path for key, path in INPUTS[name].items()}
    paths |= {"means": tmp_path / "means.npz"}
    if "performance" in paths:
        paths["performance"] = tmp_path / "performance.csv"
    script.main(
        input=SimpleNamespace(**paths),
        output=None,
        wildcards=SimpleNamespace(dataset="simulated_small"),
        params=SimpleNamespace(seeds=list(range(1000)), confidence=0.95, comparator="pearson"),
    )
    shapes = [shape for axes in drawn[0].axes for shape in axes.collections]
    assert len(shapes) == {"similarity": 4, "training_effect": 2}[name]
    assert max(len(line.get_xdata()) for axes in drawn[0].axes for line in axes.lines) <= 2


def test_scale_of_losses_holds_all_models_but_nothing_below_a_millionth(drawn):
    losses = pd.DataFrame({"model": ["cnn", "fc", "fc"], "seed": 0, "epoch": 1, "loss": 1e-4})
    losses["loss"] = [0.1, 1e-5, 1e-9]
    losses["epoch"] = [1, 1, 2]
    low, high = drawn("learning_curves", losses).get_ylim()
    assert low == 1e-6
    assert high > 0.1
    low, _ = drawn("learning_curves", losses[:2]).get_ylim()
    assert 1e-6 < low < 1e-5


def test_failed_and_undefined_seeds_are_marked_and_not_averaged_in(drawn):
    correlations = pd.DataFrame(
        {
            "model": "cnn",
            "seed": [0, 1, 2, 3],
            "layer": "fc",
            "correlation": [0.5, 0.6, 0.1, np.nan],
            "status": ["passed", "passed", "failed", "passed"],
        }
    )
    axes = drawn("rdm_correlations", correlations)
    assert [bar.get_height() for bar in axes.patches] == [pytest.approx(0.55)]
    crosses = [line.get_ydata() for line in axes.lines if line.get_marker() == "x"]
    assert [list(values) for values in crosses] == [[0.1]]
    assert "1 more that failed their task" in axes.get_title()
    assert "fc: not defined for 1 seeds" in axes.get_title()


def test_study_without_training_has_no_learning_curves_and_says_so(drawn):
    empty = pd.DataFrame(columns=["model", "seed", "epoch", "loss"])
    assert drawn("learning_curves", empty).figure.get_suptitle().startswith("No model")


@pytest.mark.parametrize("name", INPUTS)
def test_figures_are_as_wide_as_journals_ask(draw, name):
    width = draw(name).get_figwidth() * 25.4
    assert round(width, 6) in (89, 120, 183)


@pytest.mark.parametrize("name", INPUTS)
def test_source_data_hold_what_is_drawn(draw, study, name):
    """Every line of points with a marker of its own is there, number by number."""
    path = study.folder / DATASET / ("paper" if name in PANELS else "figures")
    of_model = {"rdms", "rdm_rows", "rdm_correlations", "tuning_curves", "embeddings"}
    files = [path / "cnn" / f"{name}.csv" if name in of_model else path / f"{name}.csv"]
    if name in PANELS:
        files = sorted(path.glob(f"{name}?.csv"))
        assert len(files) == PANELS[name]
    numbers = np.concatenate(
        [pd.read_csv(file).select_dtypes("number").to_numpy().ravel() for file in files]
    )
    numbers = np.unique(numbers[~np.isnan(numbers)])
    marked = [
        line
        for axes in draw(name).axes
        for line in axes.lines
        if line.get_marker() not in ("None", "") and "published" not in line.get_label()
    ]
    for line in marked:
        values = np.asarray(line.get_ydata() if name in UPRIGHT else line.get_xdata(), float)
        for value in values[~np.isnan(values)]:
            assert np.abs(numbers - value).min() < 1e-6 * max(1, abs(value))


UPRIGHT = {"rdm_correlations", "model_space", "training_effect"}  # numbers are heights


def test_captions_have_their_numbers_from_the_tables(study):
    inference = pd.read_csv(study.folder / DATASET / "tables/inference.csv")
    partial = pd.read_csv(study.folder / DATASET / "tables/partial.csv")
    effects = pd.read_csv(study.folder / DATASET / "tables/training_effect.csv")
    second, third = (
        (study.folder / DATASET / f"paper/figure_{number}.md").read_text().replace("−", "-")
        for number in (2, 3)
    )
    for row in inference[inference["model"] == "cnn"].itertuples():
        assert f"{row.estimate:.3f} [{row.ci_low:.3f}, {row.ci_high:.3f}]" in second
    assert f"{inference['ceiling_low'][0]:.3f} to {inference['ceiling_high'][0]:.3f}" in second
    for row in effects.itertuples():
        assert f"{row.effect:.3f} [{row.ci_low:.3f}, {row.ci_high:.3f}]" in third
    every = partial[partial["given"] == "all references"]
    sure = (every["partial_ci_low"] > 0) | (every["partial_ci_high"] < 0)
    assert f"{sure.sum()} of {len(every)} layers" in third
    assert "simulated: it says nothing about mice" in second
    assert "simulated: it says nothing about mice" in third


@pytest.mark.parametrize("name", ["figure_1", "figure_2", "figure_3"])
def test_text_of_the_paper_can_be_edited_and_its_fonts_are_within(study, name):
    content = (study.folder / DATASET / f"paper/{name}.pdf").read_bytes()
    assert b"/FontFile2" in content, "TrueType, embedded"
    assert b"/Subtype /Type3" not in content
    with Image.open(study.folder / DATASET / f"paper/{name}.png") as picture:
        assert round(picture.info["dpi"][0]) == 300


@pytest.mark.parametrize("name", ["figure_1", "figure_2", "figure_3"])
def test_panels_have_letters_in_their_order(draw, name):
    letters = [text.get_text() for text in texts(draw(name)) if text.get_weight() == "bold"]
    assert [letter for letter in letters if len(letter) == 1] == list("abc")[: len(set(letters))]


@pytest.mark.parametrize(
    ("network", "filters", "layers", "task"),
    [("FC", "random", ["fc"], "tilt"), ("ConvFC", "frozen", ["conv", "fc"], "orientation")],
)
def test_first_figure_of_another_network(
    draw, study, monkeypatch, tmp_path, network, filters, layers, task
):
    """Its stages are drawn, its answers are those of its task, and untrained ones say so."""
    draw("figure_1")
    script, drawn = importlib.import_module("plot_figure_1"), []
    monkeypatch.setattr(script, "save", lambda figure, *_: drawn.append(figure))
    script.main(
        input=SimpleNamespace(**{k: study.folder / v for k, v in INPUTS["figure_1"].items()}),
        output=SimpleNamespace(source=None, caption=tmp_path / "caption.md"),
        params=SimpleNamespace(
            model="cnn_untrained",
            network=network,
            filters=filters,
            layers=layers,
            task=task,
            stimulus={"spatial_frequency": 1 / 28, "resolution": 0.1, "patch": False},
        ),
    )
    words = [text.get_text() for text in texts(drawn[0])]
    assert ("conv" in words) == (network == "ConvFC")
    assert "pool" not in words
    assert "not trained" in words
    assert words.count("right") == (3 if task == "tilt" else 0)
    assert "`cnn_untrained` is not trained" in (tmp_path / "caption.md").read_text()
