"""Every mistake in the configuration is one line that names the key, before any job starts."""

import copy
import datetime
import os
import re

import pytest
import yaml

from normative.workflow.config import (
    describe_file,
    epochs_by_model,
    find_mistake,
    group_by_task,
    read_numbers,
    refuse_spaces,
    resolve_paths,
    untrained_twins,
)


@pytest.fixture(scope="module")
def schema(repository):
    return yaml.safe_load((repository / "rules/schemas/config.schema.yaml").read_text())


@pytest.fixture
def config(repository):
    return yaml.safe_load((repository / "config.yaml").read_text())


def change(config, key, value):
    """Set a dotted key; a value of None deletes it."""
    *parents, last = key.split(".")
    place = config
    for parent in parents:
        place = place[parent]
    if value is None:
        del place[last]
    else:
        place[last] = copy.deepcopy(value)


def test_default_configuration_is_right(config, schema):
    assert find_mistake(config, schema) is None


def test_example_of_the_readme_is_right(config, schema, repository, tmp_path, monkeypatch):
    readme = (repository / "README.md").read_text()
    example = re.search(r"```yaml\n# my_study.yaml\n(.*?)```", readme, re.S)[1]
    for key, value in yaml.safe_load(example).items():
        config[key] = {**config[key], **value} if key in ("datasets", "models") else value
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_recording.npz").touch()
    assert find_mistake(config, schema) is None


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("epoch", 3, "config: unknown key `epoch`, expected one of dataset, datasets"),
        ("training.epoch", 3, "`training`: unknown key `epoch`.*did you mean `epochs`"),
        ("stimulus.patches", True, "`stimulus`: unknown key `patches`.*did you mean `patch`"),
        ("models.cnn.layer", ["fc"], "`models.cnn`: unknown key `layer`"),
        (
            "stimulus.spatial_frequency",
            None,
            "`stimulus`: found none, expected exactly one",
        ),
        ("stimulus.cycles_per_image", 4, "found cycles_per_image and spatial_frequency, expected"),
        ("datasets.simulated.simulate.n", 3, "`datasets.simulated.simulate`: unknown key `n`"),
        ("training.epochs", None, "`training`: the key `epochs` is missing"),
        ("training.epochs", -3, "`training.epochs`: -3 is less than the minimum of 0"),
        ("models.cnn.epochs", -1, "`models.cnn.epochs`: -1 is less than the minimum of 0"),
        (
            "models.cnn.task",
            "tild",
            "`models.cnn.task`: found 'tild', expected one of tilt",
        ),
        ("models.cnn.task", None, "`models.cnn`: the key `task` is missing"),
        (
            "models.fc.filters",
            "gabor",
            "`models.fc.filters`: found 'gabor', expected one of random",
        ),
        ("gates.accuracy", 90, "`gates.accuracy`: 90 is greater than the maximum of 1"),
        ("gates.error", 9, "`gates`: unknown key `error`.*one of accuracy, error_deg"),
        ("training.epochs", 2.5, "`training.epochs`: found 2.5, expected a whole number$"),
        ("training.epochs", "25", "`training.epochs`: found '25', expected a whole number$"),
        ("training.learning_rate", 0, "`training.learning_rate`: 0"),
        ("training.momentum", 1, "`training.momentum`: 1"),
        ("training.stimuli", True, "`training.stimuli`: found True, expected a whole number$"),
        ("bin_width", -6, "`bin_width`: -6"),
        ("stimulus.resolution", 2, "`stimulus.resolution`: 2"),
        ("stimulus.patch", "no", "`stimulus.patch`: found 'no', expected true or false$"),
        ("seeds", [12, 3, 12], "`seeds`: found 12 more than once"),
        ("seeds", {"start": 0, "count": 10**9}, "`seeds"),
        ("models.NA", {}, "found the name 'NA'.*such as 2024, yes or NA"),
        ("datasets.null", {}, "found the name 'null'"),
        ("seeds", [-1], "`seeds.0`: -1 is less than the minimum of 0"),
        ("seeds", [2**32], "`seeds.0`: 4294967296 is greater than the maximum"),
        ("seeds", [], "`seeds`"),
        ("seeds", {"start": 3}, "`seeds`: the key `count` is missing"),
        ("seeds", {"start": 3, "counts": 5}, "`seeds`"),
        ("seeds", {"start": 2**32 - 2, "count": 3}, "`seeds`: found a last seed of 4294967296"),
        (
            "seeds",
            12,
            r"`seeds`: found 12, expected a list, such as \[0, 1, 2\], or {start: 0, count: 3}$",
        ),
        ("epochs", 5, "unknown key `epochs`.*did you mean `training.epochs` or `models.<name>.ep"),
        ("spatial_freq", 1, "did you mean `stimulus.spatial_frequency`"),
        ("seed", 1, "did you mean `seeds` or `inference.seed`"),
        ("training.comparator", "cosine", "did you mean `inference.comparator`"),
        ("qqq", 1, "unknown key `qqq`.*calibration$"),
        ("seeds_per_file", 0, "`seeds_per_file`: 0"),
        ("shown_seed", -1, "`shown_seed`: -1"),
        ("seeds_per_job", 5, "unknown key `seeds_per_job`.*did you mean `seeds_per_file`"),
        ("device", "gpu", "`device`: found 'gpu', expected one of cpu, cuda, auto"),
        ("study", ["cnn", "ccn"], "`study.1`: found 'ccn', expected one of .*: cnn"),
        ("study", ["cnn", "cnn"], "`study`: found 'cnn' more than once"),
        ("models.cnn.network", "CNN", "found 'CNN', expected one of FC, ConvFC, ConvPoolFC"),
        ("models.cnn.filters", "gabors", "found 'gabors', expected one of gabor, frozen, random"),
        ("models.cnn.layers", ["pool", "out"], "found 'out', expected one of conv, pool, fc"),
        ("models.cnn.network", "ConvFC", "`models.cnn.layers.0`: found 'pool', expected .*fc"),
        ("models.a/b", {}, "found the name 'a/b', expected letters"),
        (
            "dataset",
            "stringer",
            "found 'stringer', expected .*stringer2021, .*simulated",
        ),
        ("datasets.stringer2021.path", "x.npz", "found url and path, expected exactly one"),
        ("datasets.new", {}, "`datasets.new`: found none, expected exactly one of url"),
        ("datasets.stringer2021.md5", None, "`datasets.stringer2021`: the key `md5` is missing"),
        (
            "datasets.stringer2021.md5",
            "abc",
            "`datasets.stringer2021.md5`: found 'abc', expected 32 digits",
        ),
        ("datasets.stringer2021.url", "osf.io/x", "`datasets.stringer2021.url`: 'osf.io/x'"),
        (
            "datasets.simulated.md5",
            "0" * 32,
            "`datasets.simulated.md5`: a simulated recording has no MD5",
        ),
        (
            "datasets.mouse",
            {"simulate": {"neurons": 9, "stimuli": 40, "trials": 1, "seed": 0}},
            "`datasets.mouse`: names that start with `simulated`",
        ),
        ("datasets.Logs", {"path": "x.npz"}, "`datasets.Logs`: found the name of a folder"),
        ("datasets.models", {"path": "x.npz"}, "rename the dataset"),
        ("datasets.braces", {"path": "{x}.npz"}, "`datasets.braces.path`: found braces"),
        (
            "datasets.simulated2",
            {"path": "x.npz"},
            "names that start with `simulated` are for recordings that this workflow simulates",
        ),
        (
            "inference.block_deg",
            200,
            "`inference.block_deg`: 200 is greater than",
        ),
        ("inference.block_deg", 0, "`inference.block_deg`: 0"),
        (
            "inference.resample",
            ["neuron"],
            "found 'neuron', expected one of stimuli",
        ),
        ("inference.comparator", "kendall", "expected one of pearson, spearman, cosine"),
        ("inference.replicates", 10, "`inference.replicates`: 10 is less than the minimum of 100"),
        ("inference.replicate", 10, "did you mean `replicates`"),
        ("dataset", "stringer2012", r"found 'stringer2012', .*; did you mean `stringer2021`\?$"),
        ("study", ["cnn_untrianed"], r"`study.0`: .*; did you mean `cnn_untrained`\?$"),
        ("models.cnn.layers", ["poll"], r"`models.cnn.layers.0`: .*; did you mean `pool`\?$"),
        ("inference.confidence", 95, "`inference.confidence`: 95"),
        (
            "figures.width",
            160,
            "found 160 .mm., .* expected at least 161, or a smaller",
        ),
        (
            "figures.palette",
            ["#0072B2", "red"],
            "`figures.palette.1`: found 'red', expected a color",
        ),
        ("figures.format", "png", "`figures.format`: found 'png', expected one of pdf, svg"),
        ("calibration.simulations", 1, "`calibration.simulations`: 1"),
        ("models.reference", {}, "`models`: found the name 'reference'"),
        ("training", 3, "`training`: found 3, expected keys and values$"),
    ],
)
def test_mistake_is_one_line_that_names_the_key(config, schema, key, value, message):
    change(config, key, value)
    line = find_mistake(config, schema)
    assert line is not None
    assert "\n" not in line
    assert len(line) < 400
    assert re.search(message, line), line


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "models:\nmine: {network: FC, filters: random}",
            "belongs to `models`, indent it by spaces",
        ),
        (
            "models:\nmine:\n  task: tilt",
            "unknown key `mine`, .*; if it belongs to `models`, indent",
        ),
        ("datasets:\nmine:\n  path: a.npz", "if it belongs to `datasets`, .* below `datasets:`$"),
        ("training:\nepochs: 5", "`epochs`, .*; if it belongs to `training`, indent it by spaces"),
        (
            "models:\n  mine:\n  network: FC\n  task: tilt",
            "`models.task`: found 'tilt', expected keys and values; if `task` belongs to a name "
            "above it, indent it by more spaces than that$",
        ),
        ("models:\n  mine:", "`models.mine`: found nothing, .*; indent what belongs to `mine` by"),
        ("models:", "`models`: found nothing, expected keys and values; indent what belongs to"),
        ("epochs: 5", "did you mean `training.epochs` or `models.<name>.epochs`"),
        ("wat: {x: 1}", "unknown key `wat`, expected one of [^;]*$"),
        ("study: cnn", r"`study`: found 'cnn', expected a list: \[cnn\]$"),
    ],
)
def test_forgotten_indent_is_told_as_such(config, schema, text, message):
    for key, value in yaml.safe_load(text).items():
        is_merged = isinstance(value, dict) and key in config
        config[key] = {**config[key], **value} if is_merged else value
    line = find_mistake(config, schema)
    assert re.search(message, line), line
    assert "\n" not in line


EXAMPLES = {  # a value of each type, none of which is another's
    "string": "some words\nin two lines" * 20,
    "integer": 3,
    "number": 0.5,
    "boolean": True,
    "array": [[]],
    "object": {"a b": 1},
    "null": None,
}


def wrong_values(part):
    """Every way in which a value can be wrong by its part of the schema."""
    if "anyOf" in part:  # what is wrong by all of them
        first, *others = ([*wrong_values(other)] for other in part["anyOf"])
        names = [{*map(repr, other)} for other in others]
        yield from (value for value in first if all(repr(value) in other for other in names))
        return
    if "const" in part:
        part = {"enum": [part["const"]]}
    types = part.get("type", [])
    types = [types] if isinstance(types, str) else types
    if "enum" in part:
        yield from (value for value in EXAMPLES.values() if value not in part["enum"])
        return
    allowed = {*types, *(["integer"] if "number" in types else [])}
    yield from (value for name, value in EXAMPLES.items() if name not in allowed)
    if types in (["integer"], ["number"]):
        yield from (float("nan"), float("inf"), -float("inf"))
        yield from (part[key] - 1 for key in ("minimum",) if key in part)
        yield from (part[key] + 1 for key in ("maximum",) if key in part)
        yield from (part[key] for key in ("exclusiveMinimum", "exclusiveMaximum") if key in part)
    if types == ["integer"]:
        yield float(part.get("minimum", 0) + 7)  # 7.0 is not a whole number of anything
    if "minItems" in part:
        yield []
    if part.get("uniqueItems") and "items" in part:
        yield ["stimuli", "stimuli"]
    if "object" in types:
        yield {}
        yield {"unknown": 1}
    if "minLength" in part:
        yield ""
    if "pattern" in part:
        yield "?"


def every_key(part, config, parent=""):
    """Dotted keys of the schema, each with its part; a named entry stands for its kind."""
    named = part.get("properties", {})
    if not named and isinstance(part.get("additionalProperties"), dict):
        named = dict.fromkeys(list(config)[:1], part["additionalProperties"])
    for name, inner in named.items():
        key = f"{parent}{name}"
        value = config.get(name, {}) if isinstance(config, dict) else {}
        yield key, inner
        if key != "seeds":
            yield from every_key(inner, value if isinstance(value, dict) else {}, f"{key}.")


def test_every_key_wrong_in_every_way_is_one_line_that_names_it(repository, schema, config):
    """Made from the schema, so that a new key is tried as well."""
    tried = 0
    for key, part in every_key(schema, config):
        for value in wrong_values(part):
            spoiled = copy.deepcopy(config)
            *parents, last = key.split(".")
            place = spoiled
            for parent in parents:
                place = place.setdefault(parent, {})
            place[last] = copy.deepcopy(value)
            if spoiled == config:
                continue
            line = find_mistake(spoiled, schema)
            assert line is not None, (key, value)
            assert "\n" not in line, (key, value)
            assert len(line) < 800, (key, value)
            assert f"`{key.split('.')[0]}" in line, (key, value, line)
            tried += 1
    assert tried > 250


@pytest.mark.parametrize("value", [12.0, [12.0], {"start": 0.0, "count": 2}])
def test_seeds_are_whole_numbers(config, schema, value):
    config["seeds"] = value
    assert "`seeds" in find_mistake(config, schema)


def test_no_value_of_the_configuration_reaches_a_shell(repository):
    """Rules call scripts, and scripts call no shell."""
    for path in [repository / "Snakefile", *repository.glob("rules/*.smk")]:
        assert not re.search(r"^\s*(shell|run):", path.read_text(), re.M), path.name
    for path in repository.glob("scripts/**/*.py"):
        assert not re.search(r"shell=True|os\.system|os\.popen", path.read_text()), path.name


def test_missing_file_of_the_chosen_dataset_is_named(config, schema, tmp_path):
    config["datasets"]["mine"] = {"path": str(tmp_path / "mine.npz")}
    assert find_mistake(config, schema) is None, "a dataset that is not used may be elsewhere"
    config["dataset"] = "mine"
    assert "`datasets.mine.path`: found no file" in find_mistake(config, schema)
    (tmp_path / "mine.npz").touch()
    assert find_mistake(config, schema) is None


def one_path(path):
    return {"datasets": {"mine": {"path": path}}}


def resolved(path, *files):
    """Give what becomes of a path of the merged configuration."""
    config = one_path(path)
    resolve_paths(config, files)
    return config["datasets"]["mine"]["path"]


def test_relative_path_counts_from_the_file_that_it_stands_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b", "work"):
        (tmp_path / name).mkdir()
    a, b = ((tmp_path / name, one_path("my.npz")) for name in "ab")
    monkeypatch.chdir(tmp_path / "work")
    assert resolved("my.npz", a) == "../a/my.npz", "as the error is to name it"
    (tmp_path / "work/my.npz").touch()
    assert resolved("my.npz", a) == "my.npz", "as long as nothing is beside the file"
    for name in "ab":
        (tmp_path / name / "my.npz").touch()
    assert resolved("my.npz", a) == "../a/my.npz"
    assert resolved("my.npz", a, b) == "../b/my.npz", "the last of several files"
    assert resolved("my.npz", b, (tmp_path / "a", {"bin_width": 6})) == "../b/my.npz"
    assert resolved("my.npz") == "my.npz", "of --config"
    assert resolved("my.npz", (tmp_path / "a", one_path("other.npz"))) == "my.npz", "likewise"
    assert resolved("my.npz", (tmp_path / "work", one_path("my.npz"))) == "my.npz"
    absolute = str(tmp_path / "a/my.npz")
    assert resolved(absolute, (tmp_path / "b", one_path(absolute))) == absolute


def test_path_of_the_folder_where_the_command_was_given_is_found_last(tmp_path, monkeypatch):
    """As of a file that `inspect_recording.py` wrote there, with `--directory`."""
    for name in ("a", "work", "shell"):
        (tmp_path / name).mkdir()
    (tmp_path / "shell/my.npz").touch()
    monkeypatch.setenv("PWD", str(tmp_path / "shell"))
    monkeypatch.chdir(tmp_path / "work")
    a = tmp_path / "a", one_path("my.npz")
    assert resolved("my.npz", a) == "../shell/my.npz"
    (tmp_path / "work/my.npz").touch()
    assert resolved("my.npz", a) == "my.npz"
    (tmp_path / "a/my.npz").touch()
    assert resolved("my.npz", a) == "../a/my.npz"


def test_path_counts_from_a_folder_that_is_a_link(tmp_path, monkeypatch):
    (tmp_path / "data/deep").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "data/deep")
    (tmp_path / "data/my.npz").touch()
    monkeypatch.chdir(tmp_path)
    assert resolved("../my.npz", (tmp_path / "link", one_path("../my.npz"))) == "data/my.npz"


def test_tilde_is_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    expected = str(tmp_path / "my.npz")
    assert resolved("~/my.npz", (tmp_path / "a", one_path("~/my.npz"))) == expected
    assert resolved("~/my.npz") == expected


@pytest.mark.parametrize("datasets", [3, [], {"mine": 3}, {"mine": {"path": 3}}, {"mine": {}}])
def test_wrong_types_are_left_for_the_check_to_name(datasets, tmp_path):
    config = {"datasets": copy.deepcopy(datasets)}
    resolve_paths(config, [(tmp_path, {"datasets": datasets})])
    assert config == {"datasets": datasets}


def test_empty_path_is_left_for_the_check_to_name(tmp_path):
    assert resolved("", (tmp_path, one_path(""))) == ""


def test_error_of_a_missing_recording_says_where_was_looked(config, schema, tmp_path, monkeypatch):
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    config["dataset"] = "mine"
    config["datasets"]["mine"] = {"path": "my.npz"}
    resolve_paths(config, [(tmp_path, one_path("my.npz"))])
    line = find_mistake(config, schema)
    assert f"found no file '{tmp_path}/my.npz'" in line
    assert f"or else from the working directory, '{tmp_path}/work'; correct the path" in line


def test_text_is_taken_as_a_number_only_where_a_number_is_asked_for(schema, config):
    """Snakemake hands over text of what stands in the lists and mappings of --config."""
    told = {
        **config,
        "dataset": "12",
        "seeds": ["1", "2"],
        "training": {**config["training"], "epochs": "3", "learning_rate": "1e-3"},
        "stimulus": {**config["stimulus"], "patch": "True"},
        "models": {"2": {"network": "FC", "epochs": "4", "layers": ["fc"]}},
    }
    found = read_numbers(told, schema)
    assert found["seeds"] == [1, 2]
    assert found["training"]["epochs"] == 3
    assert type(found["training"]["epochs"]) is int
    assert found["training"]["learning_rate"] == 0.001
    assert found["stimulus"]["patch"] is True
    assert found["models"] == {"2": {"network": "FC", "epochs": 4, "layers": ["fc"]}}
    assert found["dataset"] == "12"
    assert told["seeds"] == ["1", "2"], "the configuration that was given is not changed"


@pytest.mark.parametrize(
    ("section", "key", "text", "value"),
    [
        ("inference", "block_deg", "30", 30),
        ("inference", "block_deg", "auto", "auto"),
        ("encoding", "neurons", "500", 500),
        ("encoding", "neurons", "all", "all"),
        ("figures", "width", "89.5", 89.5),
        ("figures", "width", "null", None),
        ("figures", "font_size", "null", "null"),
    ],
)
def test_text_is_taken_as_any_of_the_types_that_a_key_may_have(
    schema, config, section, key, text, value
):
    config[section] = {**config[section], key: text}
    found = read_numbers(config, schema)[section][key]
    assert found == value
    assert type(found) is type(value)


def test_text_is_taken_as_one_of_the_numbers_that_a_key_may_be(schema, config):
    config["datasets"] = {"mine": {"path": "a.npz", "period": "180"}}
    assert read_numbers(config, schema)["datasets"]["mine"]["period"] == 180


@pytest.mark.parametrize("section", ["datasets", "models"])
@pytest.mark.parametrize("name", [2024, True, datetime.date(2024, 1, 1), 1.5, None])
def test_name_that_yaml_takes_for_something_else_is_named(schema, config, section, name):
    config[section] = {**config[section], name: next(iter(config[section].values()))}
    line = find_mistake(config, schema)
    assert f"config key `{section}`: found the name '{name}', expected letters, digits" in line


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"network": "my{a}.py:Net"}, ".network`: found braces in 'my{a}.py:Net'"),
        ({"task": "my{b}.py:Task"}, ".task`: found braces in 'my{b}.py:Task'"),
        ({"weights": "{c}.pt"}, ".weights`: found braces in '{c}.pt'"),
        ({"input": {"sd": 0}}, ".input.sd`: "),
        ({"input": {"sd": [1, 0]}}, ".input.sd.1`: "),
        (
            {"input": {"channels": 3, "mean": [0.4, 0.5]}},
            ".input.mean`: found 2 numbers, expected one, or one for each of `channels`, 3",
        ),
        (
            {"input": {"sd": [0.2, 0.2, 0.2]}},
            ".input.sd`: found 3 numbers, expected one, or one for each of `channels`, 1",
        ),
    ],
)
def test_mistake_in_a_network_of_ones_own_is_named(schema, config, keys, told):
    config["models"]["mine"] = {"network": "my.py:Net", "task": "tilt", "layers": ["a"], **keys}
    assert f"config key `models.mine{told}" in find_mistake(config, schema)


def test_text_that_is_no_number_is_named(schema, config):
    config["training"]["epochs"] = "many"
    line = find_mistake(read_numbers(config, schema), schema)
    assert "`training.epochs`: found 'many', expected a whole number" in line


def test_another_workflow_may_have_keys_of_its_own(schema, config):
    config["samples"] = ["a"]
    assert "unknown key `samples`" in find_mistake(config, schema)
    assert find_mistake(config, schema, has_other_keys=True) is None
    config["training"]["epoch"] = 3
    assert "unknown key `epoch`" in find_mistake(config, schema, has_other_keys=True)


def test_default_spatial_frequency_is_the_tutorials(config):
    assert config["stimulus"]["spatial_frequency"] == 1 / 28


def test_interpreter_with_a_space_in_its_path_is_told_with_the_cure():
    assert refuse_spaces("/home/me/.venv/bin/python") is None
    line = refuse_spaces("/home/my study/.venv/bin/python")
    assert "'/home/my study/.venv/bin/python'" in line
    assert "make VENV=~/normative-venv demo" in line
    assert "\n" not in line


def test_file_is_described_by_its_size_and_date(tmp_path):
    path = tmp_path / "mine.npz"
    assert describe_file(None) is None
    assert describe_file(str(path)) is None
    path.write_bytes(b"four")
    os.utime(path, ns=(5, 7_000))
    assert describe_file(str(path)) == [4, 7_000]


def test_epochs_of_a_model_are_its_own_or_those_of_the_training(config):
    config["models"]["cnn"]["epochs"] = 3
    epochs = epochs_by_model(config)
    assert (epochs["cnn"], epochs["cnn_untrained"], epochs["conv_fc"]) == (3, 0, 25)


def test_untrained_twin_differs_in_its_training_alone(config):
    """In the default study, and with models that differ in something else as well."""
    assert untrained_twins(config) == {
        "cnn": "cnn_untrained",
        "cnn_random_filters": "cnn_random_filters_untrained",
        "cnn_orientation": "cnn_untrained",
        "cnn_rotation": "cnn_untrained",
        "cnn_objects": "cnn_untrained",
    }
    config["study"] = ["cnn", "cnn_frozen_filters", "fc", "cnn_untrained"]
    assert untrained_twins(config) == {
        "cnn": "cnn_untrained",
        "cnn_frozen_filters": "cnn_untrained",
    }
    config["models"]["cnn_untrained"]["layers"] = ["fc"]
    assert untrained_twins(config) == {}
    config["study"] = ["cnn"]
    assert untrained_twins(config) == {}


def test_models_that_differ_in_their_task_alone_are_a_group(config):
    """Not with other filters, other initial weights, other layers or a task in common."""
    expected = {
        "cnn": "tilt",
        "cnn_orientation": "orientation",
        "cnn_rotation": "rotation",
        "cnn_objects": "objects",
    }
    assert group_by_task(config) == {"cnn": expected}
    config["study"] = ["cnn_untrained", "cnn_orientation", "cnn_frozen_filters", "fc", "cnn"]
    assert group_by_task(config) == {
        "cnn_orientation": {"cnn_orientation": "orientation", "cnn": "tilt"}
    }
    config["models"]["early"] = {**config["models"]["cnn"], "epochs": 5}
    config["study"] = ["cnn", "early", "cnn_random_filters"]
    assert group_by_task(config) == {}
    config["models"]["cnn_orientation"]["layers"] = ["fc"]
    config["study"] = ["cnn", "cnn_orientation"]
    assert group_by_task(config) == {}
    mine = {"network": "m.py:Mine", "layers": ["fc"]}
    config["models"]["mine"] = {**mine, "task": "tilt"}
    config["models"]["mine_too"] = {**mine, "task": "tasks.py:Contrast"}
    config["study"] = ["mine", "mine_too"]
    assert group_by_task(config) == {"mine": {"mine": "tilt", "mine_too": "tasks.Contrast"}}
    config["models"]["mine_too"]["arguments"] = {"width": 3}
    assert group_by_task(config) == {}
