"""Training repeats the tutorial's, draw by draw."""

import logging
from dataclasses import FrozenInstanceError, replace
from functools import partial
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from torch import nn
from torch.nn import functional

import train_networks as script
from normative.networks.filters import filter_bank
from normative.networks.networks import build_network
from normative.stimuli.gratings import grating, held_out_orientations, training_orientations
from normative.tasks import TASKS
from normative.training import batched, sgd
from normative.training.config import TrainingConfig
from normative.training.device import choose_device
from normative.training.scoring import task_score
from normative.workflow.errors import UserError
from normative.workflow.stacks import write_stack

TUTORIAL = TrainingConfig(
    network="ConvPoolFC",
    filters="gabor",
    task="tilt",
    epochs=25,
    batch_size=100,
    learning_rate=0.0005,
    momentum=0.99,
)
DESIGNS = [
    dict(network="FC", filters="random", task="tilt"),
    dict(network="ConvFC", filters="random", task="tilt"),
    dict(network="ConvPoolFC", filters="random", task="tilt"),
    dict(network="ConvPoolFC", filters="gabor", task="tilt"),
    dict(network="ConvPoolFC", filters="frozen", task="tilt"),
    dict(network="ConvFC", filters="gabor", task="orientation"),
    dict(network="ConvPoolFC", filters="gabor", task="orientation"),
]
OTHERS = [
    dict(network="ConvPool2FC", filters="gabor", task="tilt"),
    dict(network="ConvNormPoolFC", filters="gabor", task="tilt"),
]
OBJECTS = dict(network="ConvPoolFC", filters="gabor", task="objects")
each_trainer = pytest.mark.parametrize(
    "train_networks",
    [sgd.train_networks, partial(batched.train_networks, device="cpu")],
    ids=["alone", "together"],
)
N_IMAGES = 250  # two mini-batches and a half


def name_design(design):
    return "-".join(map(str, design.values()))


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    """Two threads change the last bits."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def stimuli_of(seed, n_images=N_IMAGES):
    orientations = training_orientations(seed, n_images)
    return grating(orientations), orientations


def noisy_stimuli_of(seed):
    """Gratings without two equal values for max pooling to choose from by their last bits."""
    images, orientations = stimuli_of(seed)
    noise = np.random.default_rng(seed).random(images.shape, dtype=np.float32)
    return images + noise, orientations


def assert_same_weights(net, expected, atol=0.0):
    """Compare a network with another, or with weights by name."""
    expected = expected.state_dict() if isinstance(expected, nn.Module) else expected
    assert list(net.state_dict()) == list(expected)
    for name, weights in net.state_dict().items():
        torch.testing.assert_close(weights, expected[name], rtol=0, atol=atol)


def plain_training(images, orientation_deg, seed, config):
    """Train as the tutorial's notebook does, by PyTorch's own parts and the global generator.

    Returns the loss of every mini-batch in turn, and the weights by name.
    """
    images, angles = torch.from_numpy(images), torch.from_numpy(orientation_deg)
    torch.manual_seed(seed)
    layers = nn.ModuleDict()
    if config.network != "FC":
        layers["conv"] = nn.Conv2d(1, 6, 7, padding=3)
    n_features = {"FC": 3072, "ConvFC": 6 * 3072, "ConvPoolFC": 6 * 6 * 8}[config.network]
    layers["fc"] = nn.Linear(n_features, 10)
    layers["out"] = nn.Linear(10, 1 if config.task == "tilt" else 2)
    if config.filters != "random":
        layers["conv"].weight.data[:, 0] = torch.from_numpy(filter_bank())
        layers["conv"].bias.data[:] = 0
    learning = [name for name in layers if name != "conv" or config.filters != "frozen"]
    optimizer = torch.optim.SGD(
        [weights for name in learning for weights in layers[name].parameters()],
        lr=config.learning_rate,
        momentum=config.momentum,
    )
    losses = []
    for _ in range(config.epochs):
        order = torch.randperm(len(images))
        for start in range(0, len(images), config.batch_size):
            chosen = order[start : start + config.batch_size]
            values = images[chosen].unsqueeze(1)
            if config.network != "FC":
                values = functional.relu(
                    functional.conv2d(values, layers.conv.weight, layers.conv.bias, padding=3)
                )
            if config.network == "ConvPoolFC":
                values = functional.max_pool2d(values, 8)
            values = layers["out"](functional.relu(layers["fc"](values.flatten(1))))
            if config.task == "tilt":
                p_right = torch.sigmoid(values[:, 0])
                p_of_label = torch.where(angles[chosen] > 0, p_right, 1 - p_right)
                loss = -p_of_label.log().mean()
            else:
                doubled = torch.deg2rad(2 * angles[chosen])
                right = torch.stack([doubled.sin(), doubled.cos()], dim=1).float()
                loss = ((values - right) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses, layers.state_dict()


def test_seed_12_meets_the_published_losses():
    images, orientations = stimuli_of(12, 1000)
    net, losses = sgd.train_network(images, orientations, 12, TUTORIAL)
    assert losses.shape == (25, 10)
    np.testing.assert_allclose(
        losses[4::5, -1], [4.10e-1, 5.17e-2, 1.32e-2, 2.29e-3, 8.08e-5], rtol=0.01
    )
    assert task_score(net, "tilt", images, orientations) >= 0.99


@pytest.mark.parametrize("design", DESIGNS, ids=name_design)
@pytest.mark.parametrize("seed", [3, 12])
def test_training_equals_a_plain_loop_with_global_seeds(design, seed):
    """Every loss and every weight, with the last mini-batch of an epoch smaller than the others."""
    config = replace(TUTORIAL, **design, epochs=3, learning_rate=0.005, momentum=0.9)
    images, orientations = noisy_stimuli_of(seed)
    expected, weights = plain_training(images, orientations, seed, config)
    net, losses = sgd.train_network(images, orientations, seed, config)
    assert losses.shape == (3, 3)
    np.testing.assert_allclose(losses.ravel(), expected, rtol=1e-4)
    assert_same_weights(net, weights, atol=2e-5)


def test_plain_loop_learns():
    """So that to equal it says something: of the steps, of the momentum, of each batch's loss."""
    config = replace(TUTORIAL, epochs=3, learning_rate=0.005, momentum=0.9)
    losses, _ = plain_training(*noisy_stimuli_of(3), 3, config)
    without_momentum, _ = plain_training(*noisy_stimuli_of(3), 3, replace(config, momentum=0))
    assert losses[0] == without_momentum[0]
    assert np.abs(np.divide(losses, without_momentum)[2:] - 1).min() > 1e-3
    assert np.abs(np.diff(losses)).min() > 1e-3


@each_trainer
def test_training_leaves_the_global_generator_alone(train_networks):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    list(train_networks([stimuli_of(0, 100)], [0], replace(TUTORIAL, epochs=1)))
    torch.testing.assert_close(torch.rand(3), expected, rtol=0, atol=0)


def test_each_seed_is_trained_on_its_stimuli():
    """Bit by bit as if it were the only one, and its stimuli are asked for in its turn."""
    seeds, asked = [12, 3], []

    def stimuli():
        for seed in seeds:
            asked.append(seed)
            yield stimuli_of(seed)

    config = replace(TUTORIAL, epochs=2)
    for n_done, (net, losses) in enumerate(sgd.train_networks(stimuli(), seeds, config)):
        seed = seeds[n_done]
        assert asked == seeds[: n_done + 1]
        alone, expected = sgd.train_network(*stimuli_of(seed), seed, config)
        np.testing.assert_array_equal(losses, expected)
        assert_same_weights(net, alone)
    assert n_done == 1


@pytest.mark.parametrize("seeds", [[12], [12, 3, 4]])
@each_trainer
def test_stimuli_and_seeds_are_as_many(train_networks, seeds):
    """Else a network would miss its stimuli, or stimuli their network."""
    stimuli = [stimuli_of(12, 20), stimuli_of(3, 20)]
    with pytest.raises(ValueError, match="zip"):
        list(train_networks(stimuli, seeds, replace(TUTORIAL, epochs=1)))


def test_untrained_network_is_the_trained_one_before_its_first_step():
    """Its twin: the same seed draws the same weights."""
    net, losses = sgd.train_network(*stimuli_of(12), 12, replace(TUTORIAL, epochs=0))
    assert losses.shape == (0, 3)
    torch.manual_seed(12)
    assert_same_weights(net, build_network("ConvPoolFC", (48, 64), "gabor"))
    orientation = replace(TUTORIAL, epochs=0, task="orientation")
    other, _ = sgd.train_network(*stimuli_of(12), 12, orientation)
    torch.testing.assert_close(other.fc.weight, net.fc.weight, rtol=0, atol=0)


@each_trainer
def test_frozen_filters_stay_and_the_rest_learns(train_networks):
    frozen = replace(TUTORIAL, filters="frozen", epochs=1)
    start, _ = sgd.train_network(*stimuli_of(12), 12, replace(frozen, epochs=0))
    ((end, _),) = train_networks([stimuli_of(12)], [12], frozen)
    for name, weights in end.state_dict().items():
        assert (weights == start.state_dict()[name]).all() == name.startswith("conv."), name
    ((free, _),) = train_networks([stimuli_of(12)], [12], replace(frozen, filters="gabor"))
    assert (free.conv.weight != start.conv.weight).any()
    assert (free.conv.bias != start.conv.bias).any()


@pytest.mark.parametrize("design", [*DESIGNS, *OTHERS, OBJECTS, {"epochs": 0}], ids=name_design)
def test_networks_trained_together_are_those_trained_alone(design):
    """To the tolerance that the documentation states: losses to 1 in 1,000, weights to 1e-4."""
    seeds = [12, 3, 4]
    config = replace(TUTORIAL, **{"epochs": 2, **design})
    stimuli = [stimuli_of(seed) for seed in seeds]
    if design == OBJECTS:
        stimuli = [TASKS["objects"].stimuli(seed, N_IMAGES, False, {}) for seed in seeds]
    alone = list(sgd.train_networks(stimuli, seeds, config))
    together = list(batched.train_networks(iter(stimuli), seeds, config, "cpu"))
    assert len(together) == 3
    for (net, losses), (other, other_losses) in zip(alone, together, strict=True):
        assert losses.shape == other_losses.shape == (config.epochs, 3)
        assert losses.dtype == other_losses.dtype == float
        np.testing.assert_allclose(other_losses, losses, rtol=1e-3)
        assert_same_weights(other, net, atol=1e-4)


@each_trainer
def test_log_tells_the_last_loss_of_each_epoch(train_networks, caplog):
    caplog.set_level(logging.INFO)
    trained = list(train_networks([stimuli_of(12)], [12], replace(TUTORIAL, epochs=2)))
    (_, losses), *_ = trained
    assert len(caplog.messages) == 2
    for epoch, message in enumerate(caplog.messages, start=1):
        assert f"epoch {epoch} of 2" in message
        assert message.endswith(f"loss on the last mini-batch {losses[epoch - 1, -1]:.3e}")


def test_batches_are_counted_with_the_last_smaller_one():
    assert [TUTORIAL.n_batches(n_images) for n_images in (1, 99, 100, 101, 1000)] == [
        1,
        1,
        1,
        2,
        10,
    ]


def test_training_configuration_is_whole_and_stays():
    with pytest.raises(FrozenInstanceError):
        TUTORIAL.epochs = 1
    with pytest.raises(TypeError, match="momentum"):
        TrainingConfig("FC", "random", "tilt", 1, 100, 0.1)


@pytest.mark.parametrize(("task", "n_outputs"), [("tilt", 1), ("orientation", 2)])
def test_score_is_that_of_all_images(task, n_outputs):
    """Also of those after the last full hundred, each held against its own orientation."""
    torch.manual_seed(0)
    net = build_network("FC", (48, 64), task=task)
    with torch.no_grad():
        net.out.weight *= 20  # so that answers differ between images
    orientations = np.linspace(-85, 88, 230)
    images = grating(orientations)
    pixels = images.reshape(230, -1)
    weights = {name: values.numpy() for name, values in net.state_dict().items()}
    hidden = np.maximum(pixels @ weights["fc.weight"].T + weights["fc.bias"], 0)
    values = hidden @ weights["out.weight"].T + weights["out.bias"]
    assert values.shape == (230, n_outputs)
    if task == "tilt":
        expected = np.mean((values[:, 0] > 0) == (orientations > 0))
        assert 0.1 < expected < 0.9
    else:
        answered = np.rad2deg(np.angle(values[:, 1] + 1j * values[:, 0])) / 2
        apart = np.abs(answered - orientations) % 180
        expected = np.minimum(apart, 180 - apart).mean()
    assert task_score(net, task, images, orientations) == pytest.approx(expected, rel=1e-4)


def run_script(folder, seeds, n_held_out=157, **training):
    """Call the script on seeds' stimuli of 30 images; give its weights, its log and its scores."""
    stimuli = [stimuli_of(seed, 30) for seed in seeds]
    images, orientations = zip(*stimuli, strict=True)
    write_stack(str(folder / "s.npz"), seeds, {"images": images, "orientation": orientations})
    output = SimpleNamespace(
        weights=folder / "w.pt", training_log=folder / "log.csv", performance=folder / "p.csv"
    )
    config = {**vars(TUTORIAL), "task": "orientation", "batch_size": 20, "epochs": 2, **training}
    params = SimpleNamespace(
        seeds=seeds,
        training=config,
        stimulus={"spatial_frequency": 1 / 20, "resolution": 0.1},
        n_held_out=n_held_out,
        device="auto",
    )
    script.main(SimpleNamespace(stimuli=str(folder / "s.npz")), output, params, threads=1)
    alone = list(sgd.train_networks(stimuli, seeds, TrainingConfig(**config)))
    tables = pd.read_csv(output.training_log), pd.read_csv(output.performance)
    return torch.load(output.weights, weights_only=True), *tables, alone


def check_script(seeds, weights, log, performance, alone, tolerance):
    """Compare with the networks trained alone."""
    assert list(weights) == list(performance["seed"]) == seeds
    expected = [
        (seed, epoch, batch, losses[epoch - 1, batch - 1])
        for seed, (_, losses) in zip(seeds, alone, strict=True)
        for epoch in (1, 2)
        for batch in (1, 2)
    ]
    assert list(log.columns) == ["seed", "epoch", "batch", "loss"]
    np.testing.assert_allclose(log.to_numpy(), expected, rtol=max(tolerance, 1e-7))
    assert (performance["measure"] == "error_deg").all()
    assert (performance["stimuli"] == 157).all()
    for row, (net, _) in zip(performance.itertuples(), alone, strict=True):
        assert_same_weights(net, weights[row.seed], atol=tolerance)
        angles = held_out_orientations(row.seed, 157)
        score = task_score(net, "orientation", grating(angles, 1 / 20), angles)
        assert row.score == pytest.approx(score, rel=max(tolerance, 1e-7))


def test_script_scores_each_network_on_its_held_out_gratings(tmp_path, monkeypatch):
    """Drawn as the study's are, and not those that it was trained on."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    weights, log, performance, alone = run_script(tmp_path, [12, 3])
    check_script([12, 3], weights, log, performance, alone, tolerance=0)
    assert (performance["device"] == "cpu").all()
    score = performance["score"][0]
    trained = stimuli_of(12, 30)
    assert abs(score - task_score(alone[0][0], "orientation", *trained)) > 0.01
    for seed, frequency in ((3, 1 / 20), (12, 1 / 28)):  # another's, or another stimulus
        angles = held_out_orientations(seed, 157)
        other = task_score(alone[0][0], "orientation", grating(angles, frequency), angles)
        assert abs(score - other) > 0.01


def test_script_trains_all_seeds_at_once_on_a_gpu(tmp_path, monkeypatch):
    """On the device that it is told: here a processor stands in for it."""
    asked = []

    def stand_in(stimuli, seeds, config, device, train=batched.train_networks):
        asked.append((list(seeds), device))
        return train(stimuli, seeds, config, "cpu")

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(batched, "train_networks", stand_in)
    weights, log, performance, alone = run_script(tmp_path, [12, 3])
    check_script([12, 3], weights, log, performance, alone, tolerance=1e-4)
    assert (performance["device"] == "cuda").all()
    assert asked == [([12, 3], "cuda")]


def test_script_writes_no_losses_of_an_untrained_network(tmp_path):
    weights, log, performance, alone = run_script(tmp_path, [12], epochs=0)
    assert list(log.columns) == ["seed", "epoch", "batch", "loss"]
    assert log.empty
    assert list(performance["seed"]) == [12]
    assert_same_weights(alone[0][0], weights[12])


def test_device_is_taken_at_its_word(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("cpu") == choose_device("auto") == "cpu"
    with pytest.raises(UserError, match="`device`: found cuda, but PyTorch sees no GPU"):
        choose_device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("cuda") == choose_device("auto") == "cuda"
    assert choose_device("cpu") == "cpu"


@pytest.mark.parametrize(
    ("name", "chance"), [("rotation", 45), pytest.param("objects", 0.1, marks=pytest.mark.slow)]
)
def test_networks_learn_digits_in_the_epochs_of_the_study(repository, name, chance):
    """On held-out digits they pass the gate; untrained ones guess, on average over ten of them."""
    config = yaml.safe_load((repository / "config.yaml").read_text())
    task, gratings = TASKS[name], config["stimulus"]
    images, truth = task.stimuli(12, task.n_stimuli, False, gratings)
    training = replace(TUTORIAL, task=name, epochs=config["models"][f"cnn_{name}"]["epochs"])
    net, _ = sgd.train_network(images, truth, 12, training)
    held_out = task.stimuli(12, 1000, True, gratings)
    score = task_score(net, name, *held_out)
    assert score >= task.gate if task.higher_is_better else score <= task.gate
    scores = []
    for seed in range(10):
        torch.manual_seed(seed)
        untrained = build_network("ConvPoolFC", (48, 64), "gabor", name)
        scores.append(task_score(untrained, name, *held_out))
    assert np.mean(scores) == pytest.approx(chance, rel=0.2)
