"""A run with other settings stops before it replaces the results of a finished study."""

import json

import pytest
import yaml

from normative.workflow.overwriting import find_overwritten


@pytest.fixture
def finished(repository, tmp_path):
    """Give a configuration, and the folder of results of two studies that it made."""
    config = yaml.safe_load((repository / "config.yaml").read_text())
    config |= {"study": ["cnn", "fc"], "seeds": [1, 2]}
    config["datasets"] |= {"mine": {"path": "mine.npz"}}
    for name in ("simulated", "mine"):
        files = ["models/cnn/seeds-1-2/weights.pt", f"{name}/responses.npz", f"{name}/answers.md"]
        made = {**config, "dataset": name, "datasets": {name: config["datasets"][name]}}
        made["models"] = {model: config["models"][model] for model in config["study"]}
        for key in ("device", "calibration", "overwrite"):
            del made[key]
        for file in files:
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).touch()
        manifest = {"config": made, "files": dict.fromkeys(files, "digest")}
        (tmp_path / name / "MANIFEST.json").write_text(json.dumps(manifest))
    return config, tmp_path


OF_MINE = ["mine/responses.npz", "mine/answers.md"]
NETWORKS = ["models/cnn/seeds-1-2/weights.pt"]


def told(finished, changes, outputs):
    config, folder = finished
    for key, value in changes.items():
        *parents, last = key.split(".")
        place = config
        for parent in parents:
            place = place[parent]
        place[last] = value
    return find_overwritten(config, [f"{folder}/{path}" for path in outputs], folder)


def test_results_of_other_settings_are_named_with_both_values(finished):
    folder = finished[1]
    changes = {"bin_width": 6, "inference.comparator": "cosine"}
    assert told(finished, changes, OF_MINE) == [
        f"{folder}/mine ({folder}/mine/answers.md and 1 more), made with other settings: "
        "bin_width is 6, was 1, inference.comparator is 'cosine', was 'pearson'"
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("seeds", [1, 2, 3]),
        ("study", ["cnn", "fc", "conv_fc"]),
        ("models.other", {"network": "FC"}),
        ("models.conv_fc.epochs", 3),  # of no model that was studied
        ("datasets.simulated.simulate", {"neurons": 9}),  # of another dataset
        ("shown_seed", 1),
        ("seeds_per_file", 1),
        ("device", "auto"),
        ("calibration.simulations", 9),
        ("a_new_key", 1),  # of a later version
    ],
)
def test_what_adds_to_a_study_replaces_nothing(finished, key, value):
    assert told(finished, {key: value}, [*OF_MINE, *NETWORKS]) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("bin_width", 6),
        ("stimulus.patch", True),
        ("training.epochs", 3),
        ("gates.accuracy", 0.5),
        ("inference.seed", 3),
        ("models.fc.task", "orientation"),
        ("models.fc.epochs", 3),
        ("datasets.mine.path", "other.npz"),
        ("datasets.mine.above_180", "drop"),
    ],
)
def test_what_changes_the_results_is_told(finished, key, value):
    (line,) = told(finished, {key: value}, OF_MINE)
    assert f"made with other settings: {key} is {value!r}, was " in line


@pytest.mark.parametrize(
    ("key", "value", "lost"),
    [("study", ["fc", "conv_fc"], "study lacks cnn"), ("seeds", [2, 3], "seeds lacks 1")],
)
def test_models_and_seeds_that_go_are_told(finished, key, value, lost):
    """Tables and figures of fewer would replace those of all."""
    (line,) = told(finished, {key: value}, OF_MINE)
    assert line.endswith(f"made with other settings: {lost}")
    assert told(finished, {key: value}, NETWORKS) == []


def test_networks_of_another_dataset_are_named(finished):
    """A run for the dataset `new` trains them again, as other stimuli ask for."""
    changes = {"stimulus.patch": True, "bin_width": 6}
    lines = told(finished, changes, [*NETWORKS, "new/responses.npz"])
    assert [line.split(" (")[0].split("/")[-1] for line in lines] == ["mine", "simulated"]
    for line in lines:
        assert line.startswith("the networks of ")
        assert line.endswith("made with other settings: stimulus.patch is True, was False")


def test_nothing_is_told_of_what_is_not_there_or_not_finished(finished):
    folder = finished[1]
    assert told(finished, {"bin_width": 6}, ["new/responses.npz", *NETWORKS]) == []
    (folder / "mine/answers.md").unlink()
    assert told(finished, {}, ["mine/answers.md"]) == []
    (folder / "mine/MANIFEST.json").write_text("{}")
    assert told(finished, {}, OF_MINE) == [], "no manifest"
    (folder / "mine/MANIFEST.json").unlink()
    assert told(finished, {}, OF_MINE) == []


REPLACES = "this run replaces results/simulated_small ("


def test_dry_run_tells_what_the_run_would_replace(study):
    said = study.plan(overlay={"bin_width": 6})
    assert REPLACES in said
    assert "made with other settings: bin_width is 6, was 1. To keep both, " in said
    assert REPLACES not in study.plan(overlay={"seeds": [12, 3, 4, 7], "shown_seed": 3})
    confirmed = study.plan("--config", "overwrite=true", overlay={"bin_width": 6})
    assert REPLACES not in confirmed
    assert "bin_responses" in confirmed


def test_run_stops_in_one_line_before_it_replaces_anything(study):
    before = study.results()
    done = study.snakemake("--cores", "1", overlay={"bin_width": 6})
    assert done.returncode != 0
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("Error: ")]
    assert REPLACES in line
    assert "another --directory studies/NAME; to replace, add overwrite=true to --config" in line
    assert "Traceback" not in done.stdout
    assert study.results() == before
    assert not [*(study.folder / ".snakemake").glob("locks/*")]
