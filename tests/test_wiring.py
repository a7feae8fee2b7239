"""Rules give scripts the files and settings that they are about.

Each step of the small study is taken here once more, from the files that it should start from; the
study's own must be the same. That the steps compute what they should is tested elsewhere.
"""

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from drawing import DATASET, INPUTS, draw

from normative.inference.comparison import compare
from normative.inference.resampling import resample_units
from normative.inference.smoothness import half_width
from normative.inference.streams import Stream, generator
from normative.inference.trials import turned_distances
from normative.networks.activations import layer_activations
from normative.networks.networks import build_network
from normative.recordings.simulation import simulate_recording
from normative.rsa.embedding import embed
from normative.rsa.rdm import correlation_distance, upper_triangle
from normative.stimuli.coverage import Coverage
from normative.stimuli.gratings import grating
from normative.tasks import TASKS
from normative.training.scoring import task_score
from normative.workflow.stacks import read_seed, read_stack
from normative.workflow.tables import write_table

MODELS = {"cnn": "tilt", "cnn_untrained": "tilt", "cnn_orientation": "orientation"}
BLOCKS = {"3-4": [3, 4], "12": [12]}
OF_MODEL = ["rdms", "rdm_rows", "rdm_correlations", "tuning_curves", "embeddings"]
PAPER = {"figure_1": "ac", "figure_2": "ab", "figure_3": "abc", "figure_4": "abc"}


@pytest.fixture(scope="module")
def read(study):
    """Read the arrays of an archive of the study."""

    def read(path):
        with np.load(study.folder / DATASET / path) as archive:
            return dict(archive)

    return read


@pytest.fixture(scope="module")
def config(study):
    config = yaml.safe_load((study.workflow / "config.yaml").read_text(encoding="utf-8"))
    for key, value in study.overlay.items():
        config[key] = {**config[key], **value} if key in ("training", "datasets") else value
    return config


def test_recording_is_simulated_as_configured(study, read):
    settings = study.overlay["datasets"]["simulated_small"]["simulate"]
    expected = simulate_recording(**settings)
    recording = read("recording.npz")
    assert recording.keys() == expected.keys()
    np.testing.assert_array_equal(recording["resp"], expected["resp"])


def test_gratings_that_the_animal_saw_are_at_the_recordings_orientations(read, config):
    orientation = read("responses.npz")["orientation"]
    stimuli = read("stimuli.npz")
    np.testing.assert_array_equal(stimuli["orientation"], orientation)
    expected = grating(orientation, **config["stimulus"])
    np.testing.assert_array_equal(stimuli["images"], expected)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("block", BLOCKS)
def test_layers_and_rdms_are_those_of_the_models_own_weights(study, read, model, block):
    """Of each seed that the file's name says; untrained ones are as they were constructed."""
    images = read("stimuli.npz")["images"]
    path = study.folder / f"results/models/{model}/seeds-{block}/weights.pt"
    weights = torch.load(path, weights_only=True)
    assert list(weights) == BLOCKS[block]
    layers = dict(read_stack(study.folder / DATASET / f"activations/{model}/seeds-{block}.npz"))
    rdms = dict(read_stack(study.folder / DATASET / f"rdms/{model}/seeds-{block}.npz"))
    for seed, state in weights.items():
        torch.manual_seed(seed)
        net = build_network("ConvPoolFC", images.shape[1:], "gabor", MODELS[model])
        is_trained = not torch.equal(net.fc.weight, state["fc.weight"])
        assert is_trained == (model != "cnn_untrained")
        net.load_state_dict(state)
        assert list(layers[seed]) == list(rdms[seed]) == ["pool", "fc"]
        for layer, expected in layer_activations(net, images, ["pool", "fc"]).items():
            np.testing.assert_allclose(layers[seed][layer], expected, rtol=1e-5, atol=1e-6)
            expected = correlation_distance(layers[seed][layer])
            np.testing.assert_allclose(rdms[seed][layer], expected, atol=1e-9)


@pytest.mark.parametrize(("model", "task"), MODELS.items())
def test_scores_are_on_as_many_held_out_gratings_as_configured(study, config, model, task):
    table = pd.read_csv(study.folder / DATASET / "tables/performance.csv")
    table = table[table["model"] == model].set_index("seed")
    assert (table["stimuli"] == config["training"]["held_out"]).all()
    for block, seeds in BLOCKS.items():
        path = study.folder / f"results/models/{model}/seeds-{block}/weights.pt"
        weights = torch.load(path, weights_only=True)
        for seed in seeds:
            orientation = np.random.default_rng([seed, 1]).uniform(-90, 90, 100)
            images = grating(orientation, **config["stimulus"])
            net = build_network("ConvPoolFC", images.shape[1:], task=task)
            net.load_state_dict(weights[seed])
            expected = task_score(net, task, images, orientation)
            assert table.loc[seed, "score"] == pytest.approx(expected, rel=1e-5)
            assert table.loc[seed, "measure"] == TASKS[task].measure


@pytest.mark.parametrize("model", MODELS)
def test_maps_are_of_the_shown_seeds_layers(study, read, model):
    layers = read_seed(study.folder / DATASET / f"activations/{model}/seeds-3-4.npz", 4)
    populations = {"recording": read("responses.npz")["responses"], **layers}
    maps = read(f"embeddings/{model}.npz")
    for name, responses in populations.items():
        np.testing.assert_allclose(maps[name], embed(responses), rtol=1e-3, atol=1e-3)


def test_bootstrap_draws_what_is_configured(study, read, config):
    """Neurons, and the noise of the trials, each from its own stream."""
    n_replicates, seed = config["inference"]["replicates"], config["inference"]["seed"]
    responses = read("responses.npz")["responses"]
    n_neurons = responses.shape[1]
    parts = [read("responses.npz")[name] for name in ("half_1", "half_2")]
    expected = turned_distances(responses, *parts, 200, generator(seed, Stream.TRIALS))
    trials = np.load(study.folder / DATASET / "bootstrap/trials.npy")
    np.testing.assert_array_equal(trials, expected)

    drawn = resample_units(n_neurons, n_replicates, generator(seed, Stream.NEURONS))
    dissimilarities = np.load(study.folder / DATASET / "bootstrap/neurons.npy")
    for replicate in (0, n_replicates - 1):
        neurons = np.repeat(np.arange(n_neurons), drawn[replicate])
        expected = upper_triangle(correlation_distance(responses[:, neurons]))
        np.testing.assert_allclose(dissimilarities[replicate], expected, atol=1e-5)


@pytest.mark.parametrize("model", MODELS)
def test_comparisons_are_by_the_configured_comparator_and_seed(study, read, config, model):
    inference = config["inference"]
    folder = study.folder / DATASET
    references = np.array([upper_triangle(rdm) for rdm in read("rdms/references.npz").values()])
    recorded = read("rdms/recording.npz")
    coverage = Coverage.of(read("responses.npz")["orientation"])
    shown = [rdms for _, rdms in read_stack(folder / f"rdms/{model}/seeds-3-4.npz")]
    widths = [
        np.mean([half_width(upper_triangle(rdms[layer]), coverage) for rdms in shown])
        for layer in ("pool", "fc")
    ]
    for block in BLOCKS:
        found = dict(read_stack(folder / f"similarities/{model}/seeds-{block}.npz"))
        for seed, rdms in read_stack(folder / f"rdms/{model}/seeds-{block}.npz"):
            expected = compare(
                np.array([upper_triangle(rdm) for rdm in rdms.values()]),
                widths,
                upper_triangle(recorded["responses"]),
                references,
                np.load(folder / "bootstrap/neurons.npy"),
                np.load(folder / "bootstrap/trials.npy"),
                coverage=coverage,
                closed_circle=(recorded["closed_circle"], np.arange(36)),
                comparator="spearman",
                block_deg="auto",
                n_replicates=100,
                seed=inference["seed"],
            )
            assert found[seed].keys() == expected.keys()
            for name, values in expected.items():
                np.testing.assert_allclose(found[seed][name], values, atol=1e-9)


@pytest.fixture
def same(tmp_path):
    """Hold a CSV file against a frame, byte by byte."""

    def same(found, expected):
        write_table(expected, tmp_path / "expected.csv")
        assert found.read_bytes() == (tmp_path / "expected.csv").read_bytes(), found

    return same


@pytest.mark.parametrize("name", sorted(set(INPUTS) - set(PAPER)))
def test_figures_show_the_files_that_they_are_about(study, same, name):
    """The data that the study wrote beside each are those of a figure drawn from its files."""
    if name not in OF_MODEL:
        same(study.folder / DATASET / f"figures/{name}.csv", draw(study, name).data)
        return
    for model in MODELS:
        inputs = {
            key: study.folder / DATASET / path.replace("cnn", model)
            for key, path in INPUTS[name].items()
        }
        drawn = draw(study, name, inputs, model)
        same(study.folder / DATASET / f"figures/{model}/{name}.csv", drawn.data)


@pytest.mark.parametrize(("name", "panels"), PAPER.items())
def test_figures_of_the_paper_show_the_first_model_and_the_shown_seed(study, same, name, panels):
    drawn = draw(study, name)
    for panel, data in zip(panels, drawn.data, strict=True):
        same(study.folder / DATASET / f"paper/{name}{panel}.csv", data)
    caption = study.folder / DATASET / f"paper/{name}.md"
    assert caption.read_text(encoding="utf-8") == drawn.caption
