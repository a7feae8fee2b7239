"""Draw the figures of the small study in this process by their scripts; read what they show."""

import importlib
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import yaml
from matplotlib.colors import to_hex
from matplotlib.text import Text

from normative.figures.style import lay_out, plt

DATASET = "results/simulated_small"
MODEL, SEEDS, SHOWN_SEED = "cnn", [3, 4, 12], 4
MODELS = ["cnn", "cnn_untrained", "cnn_orientation"]
BLUE, ORANGE, GREEN, PINK = "#0072b2", "#d55e00", "#009e73", "#cc79a7"  # Okabe & Ito
GRAY, BLACK = "#444444", "#000000"

RDMS = {
    "stimuli": "stimuli.npz",
    "recording": "rdms/recording.npz",
    "layers": "rdms/cnn/seeds-3-4.npz",
}
SIMILARITIES = {
    "inference": "tables/inference.csv",
    "means": "similarities/means.npz",
    "performance": "tables/performance.csv",
}
INPUTS = {
    "gratings": {},
    "rdms": RDMS,
    "rdm_rows": RDMS,
    "rdm_correlations": {"correlations": "tables/rdm_correlations.csv"},
    "reference_rdms": {
        "stimuli": "stimuli.npz",
        "references": "rdms/references.npz",
        "correlations": "tables/reference_correlations.csv",
    },
    "tuning_curves": {
        "responses": "responses.npz",
        "activations": "activations/cnn/seeds-3-4.npz",
    },
    "embeddings": {"embeddings": "embeddings/cnn.npz"},
    "learning_curves": {"training": "tables/training.csv"},
    "similarity": SIMILARITIES,
    "pairwise": {"pairwise": "tables/pairwise.csv", "inference": "tables/inference.csv"},
    "training_effect": {
        "training_effect": "tables/training_effect.csv",
        "means": "similarities/means.npz",
        "layers": "similarities/layers.csv",
    },
    "layers": {
        "inference": "tables/inference.csv",
        "networks": [f"../networks/{model}.json" for model in MODELS],
    },
    "tasks": {
        "tasks": "tables/tasks.csv",
        "means": "similarities/means.npz",
        "layers": "similarities/layers.csv",
    },
    "partial_correlations": {
        "partial": "tables/partial.csv",
        "inference": "tables/inference.csv",
    },
    "model_space": {"correlations": "tables/model_correlations.csv"},
    "multiverse": {"multiverse": "tables/multiverse.csv"},
    "encoding": {"encoding": "tables/encoding.csv"},
    "predictions": {
        "responses": "responses.npz",
        "sample": "encoding/sample.npz",
        "references": "encoding/references.npz",
        "shown": "encoding/cnn/shown.npz",
    },
    "bonus_network": {"bonus": "encoding/v1_fitted/bonus.npz"},
    "v1_fitted": {"fitted": "tables/v1_fitted.csv", "encoding": "tables/encoding.csv"},
    "figure_1": {
        "training": "tables/training.csv",
        "performance": "tables/performance.csv",
        "network": f"../networks/{MODEL}.json",
    },
    "figure_2": {**RDMS, **SIMILARITIES},
    "figure_3": {
        **SIMILARITIES,
        "training_effect": "tables/training_effect.csv",
        "partial": "tables/partial.csv",
    },
    "figure_4": {
        "encoding": "tables/encoding.csv",
        "groups": "tables/encoding_groups.csv",
        "inference": "tables/inference.csv",
    },
}
PARAMS = {
    "layers": ["pool", "fc"],
    "seed": SHOWN_SEED,
    "seeds": SEEDS,
    "confidence": 0.9,
    "comparator": "spearman",
    "model": MODEL,
    "network": "ConvPoolFC",
    "filters": "gabor",
    "task": "tilt",
    "models": MODELS,
    "twins": {"cnn": "cnn_untrained", "cnn_orientation": "cnn_untrained"},
}
REPOSITORY = Path(__file__).resolve().parents[1]
STIMULUS = yaml.safe_load((REPOSITORY / "config.yaml").read_text())["stimulus"]

_drawn = {}
plt.rcParams["figure.max_open_warning"] = 0
sys.path.append(str(REPOSITORY / "scripts"))


def draw(study, name, inputs=None, model=MODEL, **params):
    """Draw a figure with its script, laid out as for saving.

    Parameters
    ----------
    study : Study
    name : str
        The script is `plot_{name}.py`.
    inputs : dict of path
        Instead of the study's.
    model : str
        The wildcard.
    **params
        Instead of the study's.

    Returns
    -------
    SimpleNamespace
        figure; data, as handed over for saving; caption, of a figure of the paper. The figure of
        the study itself is drawn once.
    """
    is_own = inputs is None and model == MODEL and not params
    if is_own and (study.folder, name) in _drawn:
        return _drawn[study.folder, name]
    script, kept = importlib.import_module(f"plot_{name}"), []
    caption = study.folder / f"caption_{name}.md"
    folder = study.folder / DATASET
    paths = {
        key: [folder / path for path in of] if isinstance(of, list) else folder / of
        for key, of in INPUTS.get(name, {}).items()
    }
    given = {
        "input": SimpleNamespace(**{**paths, **(inputs or {})}),
        "output": SimpleNamespace(caption=caption),
        "wildcards": SimpleNamespace(dataset="simulated_small", model=model),
        "params": SimpleNamespace(**{**PARAMS, "model": model, "stimulus": STIMULUS, **params}),
    }
    saved, script.save = script.save, lambda figure, output, data: kept.append((figure, data))
    try:
        names = script.main.__code__.co_varnames[: script.main.__code__.co_argcount]
        script.main(**{key: given[key] for key in names})
    finally:
        script.save = saved
    figure, data = kept[0]
    lay_out(figure)
    figure.draw_without_rendering()  # measures text at the figure's resolution
    text = caption.read_text(encoding="utf-8") if caption.exists() else None
    caption.unlink(missing_ok=True)
    drawn = SimpleNamespace(figure=figure, data=data, caption=text)
    if is_own:
        _drawn[study.folder, name] = drawn
    return drawn


def table(study, name):
    """Read a table of the study."""
    return pd.read_csv(study.folder / DATASET / f"tables/{name}.csv")


def arrays(study, path):
    """Read an archive of the study."""
    with np.load(study.folder / DATASET / path) as archive:
        return dict(archive)


def of_seed(study, path, seed=SHOWN_SEED):
    """Read the arrays of one seed of a stack."""
    stack = arrays(study, path)
    index = stack.pop("seeds").tolist().index(seed)
    return {name: values[index] for name, values in stack.items()}


def seeds_of_layer(study, model, layer):
    """Similarity of each seed, in the order of `SEEDS`, and whether the network has failed."""
    layers = pd.read_csv(study.folder / DATASET / "similarities/layers.csv")
    (column,) = layers.index[(layers["model"] == model) & (layers["layer"] == layer)]
    performance = table(study, "performance").query("model == @model").set_index("seed")
    has_failed = performance.loc[SEEDS, "status"] == "failed"
    return arrays(study, "similarities/means.npz")["all_seeds"][:, column], has_failed.to_numpy()


def texts(figure):
    """All texts of a figure that are there to be read."""
    return [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]


def lines(axes, marker=None):
    """Give (x, y, color) of the lines of an axes that have a point, or of those with a marker."""
    return [
        (np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float), color(line))
        for line in axes.lines
        if len(line.get_xdata()) and (marker is None or line.get_marker() == marker)
    ]


def color(line):
    """Color of a line."""
    return to_hex(line.get_color())


def tick_labels(axis):
    """Words at the ticks of an axis, by their positions."""
    return {
        tick.get_loc(): tick.label1.get_text().replace("\n", " ") for tick in axis.get_major_ticks()
    }


def legend(owner):
    """Labels of the legend of axes or a figure, with the color of each handle."""
    box = owner.get_legend() if hasattr(owner, "get_legend") else owner.legends[0]
    words = [text.get_text() for text in box.get_texts()]
    return dict(zip(words, map(color, box.legend_handles), strict=True))


def cells(axes):
    """Texts of the cells of a matrix, by row and column."""
    return {(int(text.get_position()[1]), int(text.get_position()[0])): text for text in axes.texts}


def number(text):
    """Read a number with a real minus sign."""
    return float(text.replace("−", "-"))


def hidden_tick_labels(figure):
    """Labels of ticks outside the axes, which matplotlib makes but does not draw."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks() + axis.get_minor_ticks():
                if not low <= tick.get_loc() <= high:
                    yield from (tick.label1, tick.label2)
