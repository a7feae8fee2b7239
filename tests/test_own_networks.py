"""Networks and tasks of the user's own, from files elsewhere and from packages."""

import re
import shutil
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
import yaml
from torch import nn

import extract_activations
from normative.networks.activations import layer_activations
from normative.networks.networks import build_network
from normative.networks.own import crop, describe_layers, find_wrong_layer
from normative.stimuli.gratings import grating
from normative.tasks import find_task
from normative.training.config import TrainingConfig
from normative.training.scoring import task_score
from normative.training.sgd import train_network
from normative.workflow.errors import UserError
from normative.workflow.own_code import load_own, own_files, own_task_name, own_version
from normative.workflow.stacks import read_stack

BLOCKS = """from torch import nn


class Block(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.conv = nn.Conv2d(n_in, n_out, 5, padding=2, stride=4)
        self.norm = nn.BatchNorm2d(n_out)
        self.drop = nn.Dropout(0.5)

    def forward(self, images):
        return self.drop(self.norm(self.conv(images)).relu_())
"""
NETWORK = """from my_blocks import Block
from torch import nn


class MyNet(nn.Module):
    def __init__(self, n_outputs, width=4):
        super().__init__()
        self.block1 = Block(1, width)
        self.unused = nn.Linear(3, 3)
        self.fc = nn.Linear(width * 12 * 16, n_outputs)

    def forward(self, images):
        return self.fc(self.block1(images).flatten(1))
"""
CIFAR = "pytorchcv.models.resnet_cifar:resnet20_cifar10"
SQUEEZE = "pytorchcv.models.squeezenet:squeezenet_v1_1"
IMAGES = grating(np.linspace(-85, 90, 20))


@pytest.fixture
def folder(tmp_path):
    """Give a folder with a network and the file that it imports."""
    (tmp_path / "my_blocks.py").write_text(BLOCKS)
    (tmp_path / "my_networks.py").write_text(NETWORK)
    yield tmp_path
    sys.modules.pop("my_blocks", None)
    sys.path[:] = [path for path in sys.path if path != str(tmp_path)]


def design(code, **keys):
    defaults = {"arguments": {}, "outputs": "n_outputs", "input": {}, "weights": None}
    return {"code": str(code), **defaults, **keys}


def own(folder, **keys):
    return design(f"{folder}/my_networks.py:MyNet", **keys)


def train(network, n_images=20, task="tilt", epochs=2):
    config = TrainingConfig(network, None, task, epochs, 10, 0.01, 0.9)
    return train_network(IMAGES[:n_images], np.linspace(-85, 90, n_images), 12, config)


def test_network_is_the_users_with_the_arguments_and_outputs_asked_for(folder):
    net = build_network(own(folder, arguments={"width": 2}), (48, 64), task="orientation")
    assert type(net.own).__name__ == "MyNet"
    assert net.own.block1.conv.weight.shape == (2, 1, 5, 5)
    net.eval()
    images = torch.from_numpy(IMAGES)
    torch.testing.assert_close(net(images), net.own(images.unsqueeze(1)), rtol=0, atol=0)
    assert net(images).shape == (20, 2)
    tilt = build_network(own(folder), (48, 64)).eval()
    torch.testing.assert_close(tilt(images), tilt.own(images.unsqueeze(1)).sigmoid())


def test_training_is_the_same_whatever_was_drawn_before(folder):
    """Dropout draws from the seed's own generator; the global one stays as it was."""
    torch.manual_seed(3)
    (net, losses), state = train(own(folder)), torch.get_rng_state()
    torch.manual_seed(3)
    assert (torch.get_rng_state() == state).all()
    torch.manual_seed(4)
    again, losses_again = train(own(folder))
    np.testing.assert_array_equal(losses, losses_again)
    for name, weights in net.state_dict().items():
        assert torch.equal(weights, again.state_dict()[name]), name
    assert losses.shape == (2, 2)
    untrained, _ = train(own(folder), epochs=0)
    assert not torch.equal(untrained.own.fc.weight, net.own.fc.weight)
    assert torch.equal(untrained.own.unused.weight, net.own.unused.weight)
    assert net.own.block1.norm.num_batches_tracked == 4, "batch norm was in training"
    torch.manual_seed(12)
    initial = type(net.own)(n_outputs=1).state_dict()
    assert all(
        torch.equal(initial[name], weights) for name, weights in untrained.state_dict().items()
    )


def test_activations_are_those_before_what_changes_them_in_place(folder):
    net, _ = train(own(folder))
    layers = layer_activations(net, IMAGES, ["block1.norm", "block1", "block1.conv"])
    conv = nn.functional.conv2d(
        torch.from_numpy(IMAGES)[:, None],
        *(net.own.block1.conv.weight, net.own.block1.conv.bias),
        padding=2,
        stride=4,
    )
    np.testing.assert_allclose(layers["block1.conv"], conv.flatten(1).detach().numpy(), atol=1e-5)
    assert (layers["block1.norm"] < 0).any(), "not after the ReLU"
    np.testing.assert_array_equal(np.maximum(layers["block1.norm"], 0), layers["block1"])
    assert not net.training, "no unit is dropped"


def test_images_are_shown_as_the_input_says_without_turning_their_angles(folder):
    shown = {"channels": 3, "size": 32, "mean": [0.1, 0.2, 0.3], "sd": 0.5}
    net = build_network(own(folder, input=shown, arguments={"n_outputs": 1}), (48, 64), task="none")
    images = net.show(torch.from_numpy(IMAGES))
    assert images.shape == (20, 3, 32, 32)
    middle = torch.from_numpy(IMAGES)[:, None, :, 8:56]
    expected = nn.functional.interpolate(middle, (32, 32), mode="bilinear", antialias=True)
    torch.testing.assert_close(images[:, :1], (expected - 0.1) / 0.5)
    torch.testing.assert_close(images[:, 2:], (expected - 0.3) / 0.5)
    assert crop((48, 64), (10, 40)) == (16, 64)
    assert crop((48, 64), (96, 128)) == (48, 64)


def test_wrong_layer_is_told_with_the_right_ones(folder):
    net = build_network(own(folder), (48, 64))
    found = describe_layers(net, (48, 64))
    assert [layer["name"] for layer in found] == [
        *("block1.conv", "block1.norm", "block1.drop", "block1", "fc")
    ]
    assert found[0]["shape"] == [4, 12, 16]
    assert found[0]["kernel"] == [5, 5]
    assert net.own.block1.norm.num_batches_tracked == 0, "a look changes nothing"
    assert find_wrong_layer(["block1.conv"], found, "m") is None
    line = find_wrong_layer(["block1", "block1.cnov"], found, "m")
    assert line.startswith("config key `models.m.layers.1`: found 'block1.cnov', no layer")
    assert line.endswith("block1.conv, block1.norm, block1.drop, block1")
    assert "no tensor of several units, expected one of block1.conv, " in find_wrong_layer(
        ["fc"], found, "m"
    )
    (only,) = [layer for layer in found if layer["name"] == "fc"]
    assert find_wrong_layer(["fc"], [only], "m").endswith("and no layer gives one, once in a pass")
    assert "that the network uses" in find_wrong_layer(["unused"], found, "m")


def test_layer_that_is_used_twice_is_refused():
    relu = nn.ReLU()
    net = build_network("FC", (48, 64))
    net.fc = nn.Sequential(net.fc, relu, relu)
    found = describe_layers(net, (48, 64))
    assert "`fc.1` is used 2 times" in find_wrong_layer(["fc.1"], found, "m")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("super().__init__()", "super().__init__(", r"my_networks.py, line \d+: '\(' was never"),
        ("flatten(1)", "flaten(1)", r"my_networks.py, line 13: AttributeError: .*flaten"),
        ("width * 12", "width * 11", r"my_networks.py, line 13: RuntimeError: mat1 and mat2"),
        ("from my_blocks", "from my_blokcs", r"my_networks.py, line 1: ModuleNotFoundError"),
        ("n_outputs)", "3)", r"found outputs of shape \(2, 3\), expected one tensor of shape"),
        ("n_outputs, width", "n_classes, width", r"`outputs: NAME` says which argument"),
        ("class MyNet", "class Net", r"found no `MyNet`"),
    ],
)
def test_mistake_of_the_users_is_one_line_that_names_the_place(folder, old, new, message):
    assert old in NETWORK
    (folder / "my_networks.py").write_text(NETWORK.replace(old, new))
    with pytest.raises(UserError, match=message) as found:
        describe_layers(build_network(own(folder), (48, 64)), (48, 64))
    assert "\n" not in str(found.value)


def test_digest_changes_with_the_file_and_those_beside_it_that_it_imports(folder):
    reference = f"{folder}/my_networks.py:MyNet"
    first = own_version(reference)
    (folder / "other.py").write_text("x = 1")
    assert own_version(reference) == first
    assert [path.name for path in own_files(folder / "my_networks.py")] == [
        *("my_networks.py", "my_blocks.py")
    ]
    (folder / "my_blocks.py").write_text(BLOCKS + "# edited\n")
    assert own_version(reference) != first
    with pytest.raises(UserError, match="found no `MyNte`, expected one of MyNet"):
        own_version(f"{folder}/my_networks.py:MyNte")
    pytest.importorskip("pytorchcv")
    assert own_version(CIFAR) == {"package": "pytorchcv", "version": "0.0.74"}


def test_digest_changes_with_a_module_within_a_package_and_what_it_imports(folder, monkeypatch):
    """Of a package that is imported by its name, and is not installed or as an editable one."""
    package = folder / "my_package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "nets.py").write_text(NETWORK.replace("my_blocks", "my_package.parts"))
    (package / "parts.py").write_text(BLOCKS)
    (package / "other.py").write_text("")
    monkeypatch.syspath_prepend(folder)
    versions = [own_version("my_package.nets:MyNet")]
    for name in ("nets", "parts"):
        with (package / f"{name}.py").open("a") as file:
            file.write("# edited\n")
        versions.append(own_version("my_package.nets:MyNet"))
    assert len({version["digest"] for version in versions}) == 3
    (package / "other.py").write_text("# edited\n")
    assert own_version("my_package.nets:MyNet") == versions[-1]
    information = folder / "my_package-1.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: my_package\nVersion: 1\n")
    assert own_version("my_package.nets:MyNet") == {"package": "my_package", "version": "1"}
    (information / "direct_url.json").write_text('{"dir_info": {"editable": true}}')
    assert own_version("my_package.nets:MyNet") == versions[-1]


def test_initial_weights_from_any_generator_follow_the_seed(folder):
    drawn = "torch.tensor([np.random.randn(), random.random()])"
    text = "import random\nimport numpy as np\nimport torch\n" + NETWORK.replace(
        "self.unused = nn.L", f"self.drawn = nn.Parameter({drawn})\n        self.unused = nn.L"
    )
    (folder / "my_networks.py").write_text(text)
    found = [train(own(folder), epochs=0)[0].own.drawn for _ in range(2)]
    assert torch.equal(*found)


@pytest.mark.parametrize("draw", ["torch.randn(48, 64)", "torch.tensor(np.random.randn(48, 64))"])
def test_what_a_network_draws_and_does_not_save_is_that_of_its_seed(folder, tmp_path, draw):
    """Its recorded layers are those of the network that was trained."""
    text = "import numpy as np\nimport torch\n" + NETWORK.replace(
        "self.unused = nn.L", f"self.mask = {draw}.float()\n        self.unused = nn.L"
    ).replace("self.block1(images)", "self.block1(images * self.mask)")
    (folder / "my_networks.py").write_text(text)
    np.savez(tmp_path / "stimuli.npz", images=IMAGES)
    nets = {}
    for seed in (12, 3):
        config = TrainingConfig(own(folder), None, "tilt", 1, 10, 0.01, 0.9)
        nets[seed], _ = train_network(IMAGES, np.linspace(-85, 90, 20), seed, config)
    torch.save({seed: net.state_dict() for seed, net in nets.items()}, tmp_path / "weights.pt")
    extract_activations.main(
        SimpleNamespace(stimuli=tmp_path / "stimuli.npz", weights=tmp_path / "weights.pt"),
        SimpleNamespace(activations=tmp_path / "layers.npz"),
        SimpleNamespace(network=own(folder), task="tilt", layers=["block1.conv", "fc"]),
        threads=1,
    )
    for seed, layers in read_stack(tmp_path / "layers.npz"):
        expected = layer_activations(nets[seed], IMAGES, ["block1.conv", "fc"])
        for name, responses in layers.items():
            np.testing.assert_array_equal(responses, expected[name])


def test_number_of_outputs_that_is_given_twice_is_refused(folder):
    with pytest.raises(UserError, match="found `n_outputs` in its `arguments`"):
        build_network(own(folder, arguments={"n_outputs": 3}), (48, 64))


def test_infinite_score_is_that_of_a_network_that_failed(folder):
    task = use_task(folder, TASK.replace("np.mean(answers)", "np.inf"))
    assert np.isnan(task.score(np.zeros((5, 2)), np.zeros(5)))


def test_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UserError, match=r"gone.py: no such file; put it back or correct its path"):
        own_version(f"{tmp_path}/gone.py:Net")


def test_package_that_is_not_installed_is_named():
    with pytest.raises(UserError, match="no package `no_such` is installed"):
        own_version("no_such.models:Net")


def test_file_that_hides_another_of_its_name_is_told(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "my_blocks", sys.modules["normative"])
    (folder / "my_networks.py").write_text(
        "import my_blocks\nfrom torch import nn\nMyNet = nn.ReLU"
    )
    with pytest.raises(UserError, match=r"`import my_blocks` gave .*; rename it"):
        load_own(f"{folder}/my_networks.py:MyNet")


def test_weights_are_loaded_and_a_file_with_more_than_tensors_is_refused(folder, tmp_path):
    made, _ = train(own(folder))
    path = str(tmp_path / "w.pt")
    torch.save(made.state_dict(), path)
    net = build_network(own(folder, weights=path), (48, 64))
    assert torch.equal(net.own.fc.weight, made.own.fc.weight)
    for wrong, message in (
        ({"net": made.own}, "refused, as it holds more than tensors"),
        ({"epoch": 3, "state": made.state_dict()}, "found epoch, state, expected tensors by"),
        ({"fc.weight": torch.zeros(1)}, "not the weights of this network"),
    ):
        torch.save(wrong, path)
        with pytest.raises(UserError, match=message):
            build_network(own(folder, weights=path), (48, 64))


@pytest.mark.parametrize("content", [b"hello", b"", bytes(range(200))])
def test_file_that_is_no_weights_is_refused_in_one_line(folder, tmp_path, content):
    (tmp_path / "w.pt").write_bytes(content)
    with pytest.raises(UserError, match=r"w.pt: refused, as it holds more than tensors"):
        build_network(own(folder, weights=str(tmp_path / "w.pt")), (48, 64))
    with pytest.raises(UserError, match=r"cannot be read as a file \(Is a directory\)"):
        build_network(own(folder, weights=str(tmp_path)), (48, 64))


@pytest.mark.parametrize(
    "layer", ["nn.LazyLinear(5)", "nn.Sequential(nn.LazyLinear(5), nn.LazyBatchNorm1d())"]
)
def test_lazy_layers_have_the_initial_weights_of_their_seed(folder, tmp_path, layer):
    """The weights of the untrained twin are those that training starts from, and can be saved."""
    text = NETWORK.replace("self.unused = nn.L", f"self.lazy = {layer}\n        self.unused = nn.L")
    text = text.replace("flatten(1)", "flatten(1) + 0 * self.lazy(images.flatten(1)).sum()")
    assert text.count("lazy") == 2
    (folder / "my_networks.py").write_text(text)
    trained, _ = train(own(folder), epochs=1)
    twin, _ = train(own(folder), epochs=0)
    name = next(name for name in twin.state_dict() if "lazy" in name and "weight" in name)
    assert torch.equal(trained.state_dict()[name], twin.state_dict()[name]), "no gradient: kept"
    torch.save(twin.state_dict(), tmp_path / "w.pt")
    loaded = build_network(own(folder, weights=str(tmp_path / "w.pt")), (48, 64))
    assert torch.equal(loaded.state_dict()[name], twin.state_dict()[name])
    assert loaded.training


def test_network_without_weights_that_learn_is_told_so(folder):
    text = NETWORK.replace(
        "    def forward", "        self.requires_grad_(False)\n\n    def forward", 1
    )
    (folder / "my_networks.py").write_text(text)
    with pytest.raises(UserError, match=r"found no weights that learn .* `task: none`"):
        train(own(folder))
    assert train(own(folder), epochs=0)


@pytest.mark.parametrize(
    "line", ["MyNet, Other = Net, Net", "MyNet: type = Net", "Other = MyNet = Net"]
)
def test_network_under_another_name_is_found(folder, line):
    (folder / "my_networks.py").write_text(f"from torch.nn import ReLU as Net\n{line}\n")
    assert own_version(f"{folder}/my_networks.py:MyNet")
    with pytest.raises(UserError, match="found no `Absent`"):
        own_version(f"{folder}/my_networks.py:Absent")


def test_network_of_a_package_is_taken_as_it_is_with_its_weights(tmp_path):
    """Ten outputs of its own; its layers by their dotted names."""
    cifar = pytest.importorskip("pytorchcv.models.resnet_cifar")
    torch.manual_seed(1)
    made = cifar.resnet20_cifar10().eval()
    torch.save(made.state_dict(), tmp_path / "w.pt")
    shown = {"channels": 3, "size": 32}
    network = design(CIFAR, input=shown, weights=str(tmp_path / "w.pt"))
    net = build_network(network, (48, 64), task="none").eval()
    layers = layer_activations(net, IMAGES, ["features.stage2", "features.stage1.unit1.body.conv1"])
    with torch.no_grad():
        images = net.show(torch.from_numpy(IMAGES))
        expected = made.features.stage2(made.features.stage1(made.features.init_block(images)))
        assert made(images).shape == (20, 10)
    np.testing.assert_allclose(
        layers["features.stage2"], expected.flatten(1).numpy(), rtol=1e-4, atol=1e-4
    )


def test_no_line_of_an_installed_package_is_to_be_corrected():
    pytest.importorskip("pytorchcv")
    with pytest.raises(UserError, match="correct the network, or its `arguments`") as found:
        describe_layers(build_network(design(CIFAR), (48, 64), task="none"), (48, 64))
    assert "site-packages" not in str(found.value)


def test_network_that_calls_its_outputs_otherwise_is_trained():
    pytest.importorskip("pytorchcv")
    network = design(
        SQUEEZE,
        outputs="num_classes",
        arguments={"in_size": [224, 224]},
        input={"channels": 3, "size": 224},
    )
    net, losses = train(network, n_images=4, epochs=1)
    assert np.isfinite(losses).all()
    assert net(torch.from_numpy(IMAGES[:2])).shape == (2, 1)


def test_name_of_a_task_is_that_of_its_file_and_class():
    assert own_task_name("../there/my_tasks.py:Contrast") == "my_tasks.Contrast"
    assert own_task_name("some.package:Task") == "some.package.Task"
    assert own_task_name("tilt") == "tilt"


TASK = """import numpy as np
from torch import nn


class Dots:
    n_outputs, measure, gate = 2, "error", 1

    def stimuli(self, seed, n_images, held_out, gratings):
        return np.full((n_images, 48, 64), seed), np.arange(n_images)

    def targets(self, truth):
        return np.stack([truth, truth], 1)

    def loss(self, answers, targets):
        return nn.functional.mse_loss(answers, targets)

    def score(self, answers, truth):
        return np.mean(answers)
"""


def use_task(folder, code=TASK):
    (folder / "my_tasks.py").write_text(code)
    return find_task(f"{folder}/my_tasks.py:Dots")


def train_on(task, folder):
    """What a training job calls of a task."""
    images, truth = task.stimuli(3, 20, False, {})
    config = TrainingConfig("ConvPoolFC", "gabor", f"{folder}/my_tasks.py:Dots", 1, 10, 0.01, 0.9)
    net, losses = train_network(images, truth, 12, config)
    score = task_score(net, config.task, images, truth)
    return images, losses, score


def test_task_needs_no_more_than_its_parts(folder):
    """Numbers of any type are taken; what figures call it is what a task is called by default."""
    task = use_task(folder)
    images, losses, score = train_on(task, folder)
    assert images.dtype == np.float32
    assert np.isfinite(losses).all()
    assert isinstance(score, float)
    assert (task.truth, task.higher_is_better, task.n_stimuli) == ("truth", True, None)
    assert task.question == "a task of one's own"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("48, 64)", "48, 63)", r"`stimuli` gave images of shape \(20, 48, 63\) and truth"),
        ("arange(n_images)", "arange(3)", r"truth of shape \(3,\), expected .* truth of 20"),
        ("64), seed)", "64), np.nan)", "`stimuli` gave images with NaN"),
        (
            "[truth, truth], 1",
            "[truth, truth]",
            r"`targets` gave shape \(2, 20\), expected \(20, 2",
        ),
        (
            "targets)\n\n    def s",
            "targets, reduction='none')\n\n    def s",
            r"`loss` gave .*\[10, 2\]",
        ),
        ("answers, targets)\n\n", "answers.detach(), targets)\n\n", "computed by PyTorch from the"),
        ("np.mean(answers)", "answers.men()", r"my_tasks.py, line 18: AttributeError"),
        ("np.mean(answers)", "exit(0)", r"my_tasks.py, line 18: SystemExit"),
        ("np.full(", "float('x') or (", r"my_tasks.py, line 9: ValueError"),
        ("def targets", "def target", "found no `targets`, expected a class"),
        ('2, "error", 1', '1.5, "error", 1', r"found n_outputs = 1.5, expected 1, 2, …"),
        ('"error", 1', '"error", "high"', "found gate = 'high', expected a score"),
        ("np.arange(n_images)", "[{}] * n_images", "`stimuli` gave truth that is dict"),
        ("import numpy as np", "import numpy as np\nraise SystemExit", "line 2: SystemExit"),
    ],
)
def test_mistake_in_a_task_is_one_line_that_names_it(folder, old, new, message):
    assert TASK.count(old) == 1
    with pytest.raises(UserError, match=message) as found:
        train_on(use_task(folder, TASK.replace(old, new)), folder)
    assert f"{folder}/my_tasks.py" in str(found.value)
    assert "\n" not in str(found.value)


def contrast(repository):
    """Code of the task that docs/adapting.md shows."""
    page = (repository / "docs/adapting.md").read_text()
    return re.search(r"In `my_tasks.py`:\n\n```python\n(.*?)```", page, re.S)[1]


def test_own_network_and_task_run_to_the_report_and_an_edit_runs_what_uses_it(
    new_study, repository, folder
):
    """Nothing in the repository changes; names of layers have dots in all files."""
    study = new_study()
    for name in ("my_blocks.py", "my_networks.py"):
        shutil.copy(folder / name, study.workflow.parent)
    (study.workflow.parent / "my_tasks.py").write_text(contrast(repository))
    mine = {"network": "my_networks.py:MyNet", "task": "tilt", "layers": ["block1.conv", "block1"]}
    models = {
        "mine": mine,
        "mine_untrained": {**mine, "epochs": 0},
        "seer": {
            **{"network": "ConvPoolFC", "filters": "gabor", "layers": ["pool", "fc"]},
            "task": "my_tasks.py:Contrast",
        },
    }
    # Outside the study: a task of the same name, and one that is not there.
    old = study.workflow.parent / "old"
    old.mkdir()
    (old / "my_tasks.py").write_text("raise SystemExit")
    others = {
        "earlier": {**models["seer"], "task": "old/my_tasks.py:Contrast"},
        "gone": {**models["seer"], "task": "gone/my_tasks.py:Contrast"},
    }
    overlay = {
        "models": {**models, **others},
        "study": list(models),
        "seeds": [3, 4],
        "figures": {"format": "svg"},
    }
    study.run(overlay=overlay)
    results = study.folder / "results"
    table = pd.read_csv(results / "simulated_small/tables/inference.csv").query("seeds > 0")
    assert list(zip(table["model"], table["layer"], strict=True))[:2] == [
        ("mine", "block1.conv"),
        ("mine", "block1"),
    ]
    effect = pd.read_csv(results / "simulated_small/tables/training_effect.csv")
    assert set(effect["untrained_model"]) == {"mine_untrained"}
    performance = pd.read_csv(results / "simulated_small/tables/performance.csv")
    seer = performance[performance["model"] == "seer"]
    assert set(seer["task"]) == {"my_tasks.Contrast"}
    assert (seer["status"] == np.where(seer["score"] <= seer["gate"], "passed", "failed")).all()
    _, layers = next(read_stack(results / "simulated_small/activations/mine/seeds-3-4.npz"))
    assert layers["block1.conv"].shape[1] == 4 * 12 * 16
    assert (results / "simulated_small/report.html").is_file()
    assert study.planned(overlay=overlay) == {}
    with (study.workflow.parent / "my_blocks.py").open("a") as file:
        file.write("# edited\n")
    planned = study.planned(overlay=overlay)
    assert (planned["describe_network"], planned["train_networks"]) == (2, 2), "mine, and its twin"
    assert "generate_training_stimuli" not in planned


def test_inspection_writes_an_entry_that_the_configuration_takes(folder, repository):
    command = ["make", "--file", repository / "Makefile", "--dry-run", "--old-file", ".venv/ready"]
    command += ["--no-print-directory", "inspect", "NETWORK=my_networks.py:MyNet"]
    planned = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert planned.split()[-2:] == ["scripts/inspect_network.py", '"my_networks.py:MyNet"']
    done = subprocess.run(
        [sys.executable, repository / "scripts/inspect_network.py", "my_networks.py:MyNet"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "MyNet: shown images of 1 × 48 × 64 (channels × height × width)" in done.stderr
    assert "block1.conv: Conv2d, 4 × 12 × 16, 768 units" in done.stderr
    assert "fc: Linear, 1 unit: no layer to compare" in done.stderr
    overlay = yaml.safe_load(done.stdout)
    entry = overlay["models"]["MyNet"]
    assert entry["network"] == "my_networks.py:MyNet"
    assert overlay["models"]["MyNet_untrained"] == {**entry, "epochs": 0}
    assert overlay["study"] == ["MyNet", "MyNet_untrained"]
    found = describe_layers(build_network(own(folder), (48, 64)), (48, 64))
    assert find_wrong_layer(entry["layers"], found, "MyNet") is None


def test_tasks_of_the_documentation_take_twenty_lines_each_and_draw_what_they_say(
    repository, tmp_path
):
    """Photographs fill the image at any angle; those to test on are others."""
    page = (repository / "docs/adapting.md").read_text()
    blocks = re.findall(r"```python\n(import numpy.*?)```", page, re.S)
    for block in blocks:
        assert sum(bool(line.strip()) for line in block.splitlines()) <= 20
    assert blocks[0] == contrast(repository)
    (tmp_path / "my_photographs.py").write_text(blocks[1])
    task = find_task(f"{tmp_path}/my_photographs.py:Photographs")
    images, angle = task.stimuli(3, 6, False, {})
    assert images.shape == (6, 48, 64)
    assert (images > 0).mean() > 0.99, "no corner is empty"
    assert task.targets(angle).shape == (6, 2)
    assert not np.array_equal(images, task.stimuli(3, 6, True, {})[0])
