"""Every number of a caption of the paper is that of the cell it stands for."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from drawing import DATASET, STIMULUS, arrays, draw, number, table

import describe_network
from normative.figures import style
from normative.reporting.sentences import describe_warnings

REFERENCES = {"gabor_energy": "Gabor energy", "orientation": "orientation, straight line"}
LAYER = r"`(\w+)` of `(\w+)`,? (\S+) \[(\S+), (\S+)\]"


def caption(study, name, **options):
    """Title of a caption, and its panels by their letters, each one line."""
    title, text = draw(study, name, **options).caption.split("\n", 1)
    _, *parts = re.split(r"\((a|b|c)\) ", " ".join(text.split()))
    assert parts[::2] == sorted(parts[::2])
    return title, {
        letter: part.strip() for letter, part in zip(parts[::2], parts[1::2], strict=True)
    }


def match(pattern, text):
    """Groups of a pattern that is the whole of a text."""
    found = re.fullmatch(pattern, text)
    assert found, text
    return found.groups()


def close(texts, values):
    """Numbers of a sentence are values, rounded to three decimals."""
    values = np.array(values, float)
    np.testing.assert_allclose([number(text) for text in texts], values, rtol=0, atol=5.1e-4)


def check_layers(text, rows, value):
    """A list of layers has a row of a table each, in its order."""
    found = text.split("; ")
    for words, row in zip(found, rows.itertuples(), strict=True):
        layer, model, *numbers, seeds = match(LAYER + r", (\d+) seeds", words)
        assert (layer, model, int(seeds)) == (row.layer, row.model, row.seeds)
        close(numbers, [getattr(row, value), row.ci_low, row.ci_high])


def test_caption_of_figure_1(study):
    title, panels = caption(study, "figure_1")
    assert title == "**Figure 1. The task and the network.**"
    images = arrays(study, "stimuli.npz")["images"]
    height, width = match(
        r"Gratings as they are shown \((\d+) × (\d+) pixels\)\. Above: orientation from "
        r"vertical\. Below: correct answer\. The networks learn whether a grating tilts left or "
        r"right\.",
        panels["a"],
    )
    assert (int(height), int(width)) == images.shape[1:]
    assert panels["b"] == (
        "The model `cnn`. The output of `pool` and `fc` (in color) is compared with the recording. "
        "The convolution starts from center-surround and Gabor filters."
    )
    check_scores(study, "cnn", "accuracy", panels["c"])


def test_caption_of_figure_1_of_the_orientation_task(study, tmp_path):
    inputs = {"network": describe(tmp_path, "ConvPoolFC", ["pool", "fc"], "orientation")}
    options = {"model": "cnn_orientation", "task": "orientation", "filters": "random"}
    _, panels = caption(study, "figure_1", inputs=inputs, **options)
    learned = "The networks learn the sine and cosine of twice the orientation."
    assert panels["a"].endswith(learned)
    assert panels["b"].startswith("The model `cnn_orientation`.")
    start = "The convolution starts from PyTorch's default initialization."
    assert panels["b"].endswith(start)
    check_scores(study, "cnn_orientation", "error in degrees", panels["c"])


def check_scores(study, model, measure, text):
    """The loss is that of the last epoch, and the scores are those of held-out images."""
    losses = table(study, "training").query("model == @model and epoch == 3")["loss"]
    performance = table(study, "performance").query("model == @model")
    score = performance["score"]
    n_seeds, median, held_out, named, mean, low, high, n_failed, n_networks = match(
        r"Loss on the last mini-batch of each epoch, (\d+) seeds\. Its median in the last epoch is "
        r"(\S+)\. On (\S+) held-out images the mean (.+) is (\S+) \(range (\S+) to (\S+)\)\. "
        r"Networks that failed the task: (\d+) of (\d+)\.",
        text,
    )
    assert (int(n_seeds), int(n_networks), int(n_failed)) == (3, 3, 1)
    assert (int(held_out), named) == (100, measure)
    assert median == f"{np.median(losses):.2g}"
    assert [mean, low, high] == [f"{x:.3g}" for x in (np.mean(score), min(score), max(score))]


def describe(folder, network, layers, task="tilt"):
    """Write the file on what a model is made of; give its path."""
    path = folder / "network.json"
    params = {"network": network, "task": task, "layers": layers, "stimulus": STIMULUS}
    describe_network.main(
        SimpleNamespace(network=path), SimpleNamespace(**params), SimpleNamespace(model="m"), 1
    )
    return path


@pytest.mark.parametrize(
    ("network", "filters", "layers", "stages", "sentence"),
    [
        ("FC", "random", ["fc"], ["image", "fc", "answer"], None),
        (
            "ConvFC",
            "frozen",
            ["conv", "fc"],
            ["image", "conv", "fc", "answer"],
            "The convolution has fixed center-surround and Gabor filters.",
        ),
        (
            "ConvFC",
            "random",
            ["conv", "fc"],
            ["image", "conv", "fc", "answer"],
            "The convolution starts from PyTorch's default initialization.",
        ),
    ],
)
def test_first_figure_of_another_network(
    study, tmp_path, network, filters, layers, stages, sentence
):
    """Its stages are drawn, and its caption says how it starts and that it is not trained."""
    options = {"network": network, "filters": filters, "layers": layers, "model": "cnn_untrained"}
    drawn = draw(study, "figure_1", {"network": describe(tmp_path, network, layers)}, **options)
    left, right = drawn.figure.subfigs[1].subfigs
    words = [text.get_text() for text in left.axes[0].texts]
    assert [word for word in words if word in ("image", "conv", "pool", "fc", "answer")] == stages
    assert ("initial filters" in words) == (filters == "frozen")
    assert [text.get_text() for text in right.axes[0].texts] == ["not trained"]
    _, panels = caption(study, "figure_1", **options)
    compared = " and ".join(f"`{layer}`" for layer in layers)
    expected = (
        f"The model `cnn_untrained`. The output of {compared} (in color) is compared with the "
        "recording."
    )
    assert panels["b"] == (f"{expected} {sentence}" if sentence else expected)
    assert panels["c"] == "`cnn_untrained` is not trained."


def test_first_figure_says_how_images_are_shown_to_a_network_of_the_users(study, tmp_path):
    code = f"{tmp_path}/my_networks.py:MyNet"
    (tmp_path / "my_networks.py").write_text(
        "from torch import nn\n\ndef MyNet(n_outputs):\n    parts = {'conv': nn.Conv2d(3, 2, 5), "
        "'flat': nn.Flatten(), 'fc': nn.LazyLinear(n_outputs)}\n    net = nn.Sequential()\n"
        "    for name, part in parts.items():\n        net.add_module(name, part)\n    return net\n"
    )
    design = {"code": code, "arguments": {}, "outputs": "n_outputs", "weights": None}
    design["input"] = {"channels": 3, "size": [30, 40]}
    options = {"network": code, "filters": None, "layers": ["conv"], "model": "cnn_untrained"}
    network = describe(tmp_path, design, ["conv"])
    drawn = draw(study, "figure_1", {"network": network}, **options)
    words = [text.get_text() for text in drawn.figure.subfigs[1].subfigs[0].axes[0].texts]
    assert "48 × 64,\nshown as\n3 × 30 × 40" in words
    assert "2 × 26 × 36\nfilters 5 × 5" in words
    drawn.figure.savefig(tmp_path / "figure_1.png")
    _, panels = caption(study, "figure_1", inputs={"network": network}, **options)
    assert panels["b"].endswith(f"The network is `{code}`. It is shown images of 3 × 30 × 40.")


def test_caption_of_figure_2_tells_that_the_network_that_is_shown_failed(study):
    layers = study.folder / DATASET / "rdms/cnn/seeds-12.npz"
    _, panels = caption(study, "figure_2", inputs={"layers": layers}, seed=12)
    assert panels["a"].endswith("in the layers of `cnn`, seed 12, which failed its task.")


def test_each_warning_of_an_interval_is_counted():
    table = pd.DataFrame({"stimuli_ci_warning": [None, "narrow", "undefined; narrow"]})
    assert describe_warnings(table) == " Thin lines of 2 of 3 rows: narrow (2); undefined (1)."
    assert describe_warnings(table[:2]) == " Thin lines of 1 of 2 rows: narrow."
    assert describe_warnings(table[:1]) == ""


def test_caption_of_figure_2(study):
    title, panels = caption(study, "figure_2")
    assert title == "**Figure 2. Representations of recording and network.**"
    n_stimuli, seed = match(
        r"Dissimilarity between every pair of (\d+) gratings in the `simulated_small` recording "
        r"\(simulated: it says nothing about mice\) and in the layers of `cnn`, seed (\d+)\.",
        panels["a"],
    )
    assert (int(n_stimuli), int(seed)) == (37, 4)
    inference = table(study, "inference")
    confidence, over, layers, best, *numbers, low, high, origin, n_wide, n_rows = match(
        r"Similarity of the layers' RDMs to the recording's \(Spearman ρ\)\. Large circles: mean "
        r"over seeds\. (\S+) % CIs, thick: these gratings, other ([a-z, ]+); thin: other "
        r"representations as smooth, too\. Faint: individual seeds\. Crosses: networks that failed "
        r"their task, excluded from the mean\. Diamonds: reference RDMs, which involve no "
        r"learning\. Marks hide narrower intervals\. (.+ seeds)\. The most similar reference is "
        r"(.+), (\S+) \[(\S+), (\S+)\]\. Gray band: noise ceiling, (\S+) to (\S+), estimated from "
        r"(.+)\. Thin lines of (\d+) of (\d+) rows: rather narrow: in blocks of more than 20°\.",
        panels["b"],
    )
    assert confidence == "90"
    assert over == "neurons, trials and seeds"
    shown = inference.query("model in ['cnn', 'reference']")
    assert (int(n_wide), int(n_rows)) == ((shown["block_deg"] > 20).sum(), len(shown))
    check_layers(layers, inference.query("model == 'cnn'"), "similarity")
    references = inference.query("model == 'reference'").set_index("layer")
    (name,) = (
        key for key, row in references.iterrows() if row.similarity == max(references.similarity)
    )
    assert best == REFERENCES[name]
    close(numbers, references.loc[name, ["similarity", "ci_low", "ci_high"]])
    close([low, high], inference.loc[0, ["ceiling_low", "ceiling_high"]])
    assert origin == inference["ceiling_from"][0]


def test_caption_of_figure_3(study):
    title, panels = caption(study, "figure_3")
    assert title == "**Figure 3. Controls.**"
    inference = table(study, "inference").query("model != 'reference'")
    confidence, over, *best = match(
        r"Similarity of each layer's RDM to that of the `simulated_small` recording \(simulated: "
        r"it says nothing about mice\)\. Large circles: mean over seeds\. (\S+) % CIs, thick: "
        r"these gratings, other ([a-z, ]+); thin: other representations as smooth, too\. Faint: "
        r"individual seeds\. Crosses: networks that failed their task, excluded from the mean\. "
        rf"Gray band: noise ceiling\. The highest similarity is that of {LAYER}\.(?: Thin .+)?",
        panels["a"],
    )
    assert (confidence, over) == ("90", "neurons, trials and seeds")
    row = inference.sort_values("similarity").iloc[-1]
    assert best[:2] == [row.layer, row.model]
    close(best[2:], row[["similarity", "ci_low", "ci_high"]])

    (changes,) = match(
        r"Change in similarity with training, relative to the same network before training "
        r"\(paired by seed; CIs as in a, no thin one where blocks are longer than 15°\): (.+)\.",
        panels["b"],
    )
    check_layers(changes, table(study, "training_effect"), "effect")

    n_sure, n_layers, n_beyond = match(
        r"Partial correlation of each layer's RDM with the recording's, controlling for each "
        r"reference, for any function of the difference of orientation, and for all references "
        r"\(left column: raw correlation\)\. Bold: the CI for these gratings excludes zero\. "
        r"Controlling for all references together, it does so for (\d+) of (\d+) layers; for any "
        r"function of the difference, for (\d+)\.",
        panels["c"],
    )
    expected = {}
    for given in ("all references", "any function of the difference"):
        rows = table(study, "partial").query("given == @given").itertuples()
        expected[given] = [row.ci_low > 0 or row.ci_high < 0 for row in rows]
    given_all, given_any = expected.values()
    assert (int(n_sure), int(n_layers)) == (sum(given_all), len(given_all)) == (1, 6)
    assert int(n_beyond) == sum(given_any)


def write(frame, path):
    frame.to_csv(path, index=False, na_rep="nan")
    return path


def test_confidence_is_a_percentage_and_the_interval_names_what_is_resampled(study, tmp_path):
    frame = table(study, "inference")
    inputs = {"inference": write(frame.assign(ci_over="neurons"), tmp_path / "inference.csv")}
    for name, panel in (("figure_2", "b"), ("figure_3", "a")):
        _, panels = caption(study, name, inputs=inputs, confidence=0.955)
        assert (
            " 95.5 % CIs, thick: these gratings, other neurons (without trials and seeds); thin: "
        ) in panels[panel]
    bare = frame.assign(ci_over="nothing", stimuli_ci_low=np.nan, stimuli_ci_high=np.nan)
    inputs = {"inference": write(bare, tmp_path / "none.csv")}
    for name, panel in (("figure_2", "b"), ("figure_3", "a")):
        _, panels = caption(study, name, inputs=inputs)
        assert " No CI, as nothing is resampled." in panels[panel]


def test_reference_without_an_interval_hides_none_of_the_layers(study, tmp_path):
    """Of seeds alone: a reference has none, and "nothing" is a longer word."""
    frame = table(study, "inference").assign(stimuli_ci_low=np.nan, stimuli_ci_high=np.nan)
    frame["ci_over"] = np.where(frame["model"] == "reference", "nothing", "seeds")
    inputs = {"inference": write(frame, tmp_path / "inference.csv")}
    _, panels = caption(study, "figure_2", inputs=inputs)
    assert "thick: these gratings, other seeds (without neurons and trials)" in panels["b"]


def test_many_seeds_are_said_to_be_drawn_as_their_distribution(study, monkeypatch):
    assert style.of_many(40) == ""
    assert style.of_many(41) == ", of more than 40 their distribution"
    for name in ("figure_2", "figure_3", "similarity", "tasks", "training_effect"):
        draw(study, name)  # so that no other test has the number that follows
    monkeypatch.setattr(style, "MOST_SEEDS", 2)  # of the three that there are
    for name, panel in (("figure_2", "b"), ("figure_3", "a")):
        _, panels = caption(study, name, inputs={})  # drawn anew
        assert " Faint: individual seeds, of more than 2 their distribution." in panels[panel]
    title = draw(study, "similarity", inputs={}).figure.axes[0].get_title()
    assert "\nfaint: individual seeds, of more than 2 their distribution; crosses" in title
    for name, after in (("tasks", "; points"), ("training_effect", "; thick")):
        title = draw(study, name, inputs={}).figure.get_suptitle()
        assert f"\nthin: seeds, of more than 2 the middle 90 %{after}" in title


def test_effect_without_a_thin_line_says_why(study, tmp_path):
    said = "(paired by seed; CIs as in a, no thin one where blocks are longer than 15°):"
    frame = table(study, "training_effect")
    for is_lacking in (False, True):
        effects = frame.assign(stimuli_ci_low=-0.1, stimuli_ci_high=0.1)
        effects.loc[0, ["stimuli_ci_low", "stimuli_ci_high"]] = np.nan if is_lacking else 0.2
        inputs = {"training_effect": write(effects, tmp_path / "effects.csv")}
        _, panels = caption(study, "figure_3", inputs=inputs)
        assert (said in panels["b"]) == is_lacking


def test_interval_is_over_what_most_layers_are_resampled_over(study, tmp_path):
    """A model of one seed is not resampled over seeds, and a reference never is."""
    frame = table(study, "inference")
    frame.loc[:1, "ci_over"] = "neurons+trials"
    inputs = {"inference": write(frame, tmp_path / "inference.csv")}
    _, panels = caption(study, "figure_3", inputs=inputs)
    assert "thick: these gratings, other neurons, trials and seeds; thin" in panels["a"]


def test_captions_of_a_study_without_results(study, tmp_path):
    """Layers without an estimate, no trained model with a twin."""
    inference = table(study, "inference")
    inference.loc[inference["model"] != "reference", ["similarity", "ci_low", "ci_high"]] = np.nan
    effects = table(study, "training_effect")[:0]
    inputs = {"inference": write(inference, tmp_path / "inference.csv")}
    _, panels = caption(study, "figure_2", inputs=inputs)
    assert "The similarity is undefined for all layers." in panels["b"]
    inputs["training_effect"] = write(effects, tmp_path / "effects.csv")
    drawn = draw(study, "figure_3", inputs)
    assert "no model is both trained and untrained." in drawn.caption
    assert "The highest similarity" not in drawn.caption
    middle = drawn.figure.subfigs[1].axes[0]
    assert [text.get_text() for text in middle.texts] == ["No trained model has an untrained twin"]
    assert not middle.axison, "no empty scale"
    bottom = drawn.figure.subfigs[2].axes[0]
    undefined = [text for text in bottom.texts if text.get_text() == "undefined"]
    assert [text.get_position()[0] for text in undefined] == [0] * 6


def test_bold_holds_below_zero_too(study, tmp_path):
    """An interval below zero excludes it; one that ends at it does not."""
    partial = table(study, "partial")
    is_all = partial["given"] == "all references"
    columns = ["ci_low", "ci_high"]
    bounds = [(-0.3, -0.1), (-0.3, 0.1), (0.1, 0.3), (0, 0.3), (-0.3, 0), (np.nan, np.nan)]
    partial.loc[is_all, columns] = bounds
    inputs = {"partial": write(partial, tmp_path / "partial.csv")}
    drawn = draw(study, "figure_3", inputs)
    assert "it does so for 2 of 6 layers; for" in drawn.caption
    axes = drawn.figure.subfigs[2].axes[0]
    last = [text for text in axes.texts if text.get_position()[0] == 8]
    assert [text.get_weight() for text in last] == ["bold", "normal", "bold", *["normal"] * 3]


def test_one_seed_is_not_called_seeds(study, tmp_path):
    effects = table(study, "training_effect")
    effects["seeds"] = [0, 1, 2, 2]
    inputs = {"training_effect": write(effects, tmp_path / "effects.csv")}
    _, panels = caption(study, "figure_3", inputs=inputs)
    assert "`pool` of `cnn` " not in panels["b"], "no seed was compared"
    lacking = "no thin one where blocks are longer than 15°"
    first = rf"CIs as in a, {lacking}\): `fc` of `cnn` \S+ \[\S+, \S+\], 1 seed;"
    assert re.search(first, panels["b"])
    titles = [axes.get_title() for axes in draw(study, "training_effect", inputs).figure.axes]
    assert titles[0].rstrip("\n") == "cnn, pool\nno seed to compare"
    assert "\n1 seed\np = " in titles[1]
    p_values = ["p_holm", "p_seeds_holm", "stimuli_p_holm"]
    effects[["ci_low", "ci_high", "stimuli_ci_low", "stimuli_ci_high", *p_values]] = np.nan
    inputs = {"training_effect": write(effects, tmp_path / "without.csv")}
    titles = [axes.get_title() for axes in draw(study, "training_effect", inputs).figure.axes]
    assert titles[1] == "cnn, fc\n+0.097\n1 seed"


def test_study_without_a_twin_says_so(study, tmp_path):
    effects = table(study, "training_effect")[:0]
    inputs = {"training_effect": write(effects, tmp_path / "effects.csv")}
    drawn = draw(study, "training_effect", inputs)
    (axes,) = drawn.figure.axes
    assert not axes.axison
    assert [text.get_text() for text in axes.texts] == [
        "simulated_small recording: no trained model of this study has an untrained twin"
    ]
    assert isinstance(drawn.data, pd.DataFrame)
    assert drawn.data.empty


def test_caption_of_figure_4(study):
    title, panels = caption(study, "figure_4")
    assert title == "**Figure 4. Encoding models.**"
    rows = table(study, "encoding")
    rows = rows[(rows["score"] == "r2") & rows["seed"].isna() & (rows["folds"] == "blocks")]
    layers = rows[rows["model"] != "reference"]
    best = layers.loc[layers["median"].idxmax()]
    gap, confidence, layer, model, *numbers, trials = match(
        r"R² of the responses of single neurons of the `simulated_small` recording \(simulated: it "
        r"says nothing about mice\) to held-out orientations \(blocks, a gap of (\S+)° or more\), "
        r"predicted by ridge regression\. Ticks: median over neurons; of layers, mean over "
        r"seeds\. Line: quartiles over neurons\. Bar: (\d+) % CI of the median, for other neurons "
        r"and seeds\. Dots: seeds that did not fail\. Open squares: folds at random, not held-out "
        r"orientations \(seed 4, where it did not fail\)\. The "
        r"highest median of a layer is that of `(\w+)` of `(\w+)`, (\S+) \[(\S+), (\S+)\]; that of "
        r"a smooth function of orientation is (\S+)\. Neuron by neuron, `\w+` of `\w+` is "
        r"(\S+) \[(\S+), (\S+)\] beyond the mean of the other responses\. "
        r"The trials allow (\S+)\.",
        panels["a"],
    )
    assert (layer, model, confidence) == (best.layer, best.model, "90")
    assert float(gap) == pytest.approx(rows["gap_deg"].iloc[0], abs=0.051)
    beyond = table(study, "encoding").query("score == 'r2_beyond_mean' and folds == 'blocks'")
    beyond = beyond[beyond["seed"].isna()].set_index(["model", "layer"])
    beyond = beyond.loc[(best.model, best.layer), ["median", "ci_low", "ci_high"]]
    orientation = numbers.pop(3)
    close(numbers, [best["median"], best.ci_low, best.ci_high, *beyond])
    references = rows[rows["model"] == "reference"].set_index("layer")["median"]
    close([orientation, trials], references[["orientation", "trials"]])
    both = layers.merge(table(study, "inference"), on=["model", "layer"])
    (tau,) = match(
        r"Median R² of each layer against the similarity of its RDM\. Lines: baselines, the mean "
        r"of the responses that are fitted to and a smooth function of orientation\. Kendall's τ "
        r"of both orders: (\S+)\.",
        panels["b"],
    )
    close([tau], [both["similarity"].corr(both["median"], method="kendall")])
    assert "(seed 4)" in panels["c"]
