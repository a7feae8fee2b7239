"""The workflow end to end, as its users run it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
import yaml

from normative.workflow.stacks import read_stack

DATASET = "results/simulated_small"
MODELS = ["cnn", "cnn_untrained", "cnn_orientation"]
OF_STUDY = ["gratings", "reference_rdms", "learning_curves", "similarity", "training_effect"]
OF_STUDY += ["tasks", "layers", "partial_correlations", "model_space", "multiverse"]
OF_MODEL = ["rdms", "rdm_correlations", "rdm_rows", "tuning_curves", "embeddings"]
FIGURES = OF_STUDY + [f"{model}/{name}" for model in MODELS for name in OF_MODEL]


def table(study, name):
    return pd.read_csv(study.folder / DATASET / "tables" / f"{name}.csv")


def test_every_figure_is_there_as_pdf_and_png(study):
    for name in FIGURES:
        figure = study.folder / DATASET / "figures" / name
        assert figure.with_suffix(".pdf").read_bytes().startswith(b"%PDF")
        assert figure.with_suffix(".png").read_bytes().startswith(b"\x89PNG")


def test_tables_are_tidy(study):
    correlations = table(study, "rdm_correlations")
    assert list(correlations) == ["dataset", "model", "seed", "layer", "correlation", "status"]
    rows = correlations[["model", "seed", "layer"]].apply(tuple, axis=1).tolist()
    assert rows == [
        (model, seed, layer) for model in MODELS for seed in (3, 4, 12) for layer in ("pool", "fc")
    ]
    passed, failed, untrained = (2 * [status] for status in ("passed", "failed", "untrained"))
    expected = [*passed, *passed, *failed, *3 * untrained, *failed, *passed, *passed]
    assert correlations["status"].tolist() == expected
    assert correlations["correlation"].between(-1, 1).all()
    assert (correlations["dataset"] == "simulated_small").all()

    training = table(study, "training")
    assert list(training) == ["model", "seed", "epoch", "loss"]
    log = pd.read_csv(study.folder / "results/models/cnn/seeds-3-4/training_log.csv")
    assert list(log) == ["seed", "epoch", "batch", "loss"]
    epochs = [(seed, epoch) for seed in (3, 4) for epoch in (1, 2, 3)]
    assert log[["seed", "epoch", "batch"]].apply(tuple, axis=1).tolist() == [
        (*epoch, batch) for epoch in epochs for batch in (1, 2)
    ]
    for seed in (3, 4):
        found = training[(training["model"] == "cnn") & (training["seed"] == seed)]
        expected = log[(log["seed"] == seed) & (log["batch"] == 2)]
        assert found["loss"].tolist() == expected["loss"].tolist()

    performance = table(study, "performance")
    columns = "model seed task epochs device stimuli measure score gate status"
    assert list(performance) == columns.split()
    assert list(performance["epochs"]) == [3, 3, 3, 0, 0, 0, 3, 3, 3]
    assert (performance["device"] == "cpu").all()
    assert list(performance["measure"]) == 6 * ["accuracy"] + 3 * ["error_deg"]
    assert set(training["model"]) == {"cnn", "cnn_orientation"}, "an untrained model has no losses"


def test_files_of_networks_hold_their_seeds_stacked(study):
    """As their names say."""
    results = study.folder / "results"
    for block, seeds in (("3-4", [3, 4]), ("12", [12])):
        paths = [results / f"training_stimuli/{task}/seeds-{block}.npz" for task in ("tilt",)]
        for kind in ("activations", "rdms", "similarities"):
            paths.append(study.folder / DATASET / f"{kind}/cnn/seeds-{block}.npz")
        for path in paths:
            with np.load(path) as arrays:
                assert arrays["seeds"].tolist() == seeds
                assert all(len(array) == len(seeds) for array in arrays.values()), path
        weights = torch.load(results / f"models/cnn/seeds-{block}/weights.pt", weights_only=True)
        assert list(weights) == seeds
        assert weights[seeds[0]]["fc.weight"].shape == (10, 288)
        performance = pd.read_csv(results / f"models/cnn/seeds-{block}/performance.csv")
        assert performance["seed"].tolist() == seeds


def test_networks_of_a_block_are_those_of_each_seed_alone(study):
    """Weights, from the training's own function."""
    from normative.training.config import TrainingConfig
    from normative.training.sgd import train_network

    settings = {**study.overlay["training"], "batch_size": 100}
    config = TrainingConfig(
        network="ConvPoolFC",
        filters="gabor",
        task="tilt",
        **{key: settings[key] for key in ("epochs", "batch_size", "learning_rate", "momentum")},
    )
    path = study.folder / "results/models/cnn/seeds-3-4/weights.pt"
    weights = torch.load(path, weights_only=True)
    stimuli = study.folder / "results/training_stimuli/tilt/seeds-3-4.npz"
    for seed, arrays in read_stack(stimuli):
        net, _ = train_network(arrays["images"], arrays["orientation"], seed, config)
        for name, values in net.state_dict().items():
            torch.testing.assert_close(weights[seed][name], values, rtol=1e-4, atol=1e-6)


def test_a_study_unlike_the_tutorials_does_not_claim_to_reproduce_it(study):
    reproduction = table(study, "reproduction")
    assert list(reproduction) == ["quantity", "published", "this_run", "tolerance", "agrees"]
    assert len(reproduction) == 5, "a simulated recording is not held against published values"
    assert not reproduction["agrees"].any()
    assert reproduction["this_run"].isna().all(), "no epoch 5 in three epochs"


def test_correlations_are_those_of_a_few_lines_of_numpy(study):
    with np.load(study.folder / DATASET / "recording.npz") as recording:
        shown = recording["stimuli"] <= 180
        mouse = np.corrcoef(recording["resp"][shown])
    upper = np.triu_indices(len(mouse), 1)
    correlations = table(study, "rdm_correlations").set_index(["model", "seed", "layer"])
    for model in MODELS:
        for block in ("3-4", "12"):
            path = study.folder / DATASET / f"activations/{model}/seeds-{block}.npz"
            for seed, layers in read_stack(path):
                for layer, activations in layers.items():
                    expected = np.corrcoef(mouse[upper], np.corrcoef(activations)[upper])[0, 1]
                    found = correlations.loc[(model, seed, layer), "correlation"]
                    assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.slow
def test_another_place_user_language_date_and_number_of_cores_give_the_same_bytes(
    study, new_study, at_another_time, tmp_path
):
    """Turkish where its locale can be made, years later where faketime is installed."""
    other = new_study()
    language = make_locale("tr_TR", "UTF-8", tmp_path) or "C"
    years_later = at_another_time("+1500d") if shutil.which("faketime") else {}
    done = other.snakemake(
        *("--cores", "1"),
        **years_later,
        LOCPATH=str(tmp_path),
        LC_ALL=language,
        TZ="Asia/Tokyo",
        USER="someone",
        LOGNAME="someone",
        HOME=str(tmp_path),
        PYTHONHASHSEED="7",
    )
    assert done.returncode == 0, done.stdout
    results = study.results()
    assert len(results) == 261
    assert other.results() == results


def make_locale(name, encoding, folder):
    """Make a locale where that can be done; give its name, or None."""
    if not (shutil.which("localedef") and Path("/usr/share/i18n/locales", name).exists()):
        return None
    language = f"{name}.{encoding}"
    command = ["localedef", "-i", name, "-f", encoding, folder / language]
    subprocess.run(command, check=True, capture_output=True)
    return language


def test_files_are_read_as_utf_8_whatever_the_locale(study, tmp_path):
    """Planned in a locale of Latin-1, as without one."""
    language = make_locale("de_DE", "ISO-8859-1", tmp_path) or "C"
    plans = [
        study.snakemake("--dry-run", "--forceall", "--quiet", "host", **environment).stdout
        for environment in ({}, {"LC_ALL": language, "LOCPATH": str(tmp_path), "PYTHONUTF8": "0"})
    ]
    usual, latin = (
        # Jobs may come in another order, and so be numbered otherwise.
        sorted(
            re.sub(r"Job \d+|jobid: \d+", "job", line)
            for line in plan.splitlines()
            if not re.match(r"\[|  (Date|Workflow ID):", line)
        )
        for plan in plans
    )
    assert sum("Train networks" in line for line in usual) == 6
    assert usual == latin


def test_numbers_in_lists_and_mappings_of_the_command_line_are_numbers(study):
    planned = study.planned(
        "--config", "seeds=[3,4,12,20]", "training={epochs: 4}", "inference={confidence: 0.8}"
    )
    assert planned["train_networks"] == 3 + 3 + 1, "the untrained twin's epochs are still none"
    said = study.snakemake("--dry-run", "--config", "training={epochs: many}").stdout
    assert "Error: config key `training.epochs`: found 'many', expected a whole number" in said


def test_another_look_draws_figures_again_and_computes_nothing(new_study, study):
    """With the bytes that the same look always has."""
    target = "results/simulated_small/figures/similarity.svg"
    look = {"font_size": 14, "palette": ["#ab0102", "#ab0304"], "format": "svg"}
    planned = study.planned(overlay={"figures": look})
    assert {rule.split("_")[0] for rule in planned} == {"plot", "write"}
    written = {rule for rule in planned if rule.startswith("write")}
    assert written == {"write_manifest", "write_report"}
    other = new_study()
    shutil.copytree(study.folder, other.folder, dirs_exist_ok=True)
    pictures = []
    for _ in range(2):
        other.run(target, overlay={"figures": look})
        pictures.append((other.folder / target).read_bytes())
        (other.folder / target).unlink()
    assert pictures[0] == pictures[1]
    assert b'width="1037.4' in pictures[0], "366 mm in points"
    assert b"#ab0102" in pictures[0]
    assert b"#0072b2" not in pictures[0]


def test_typo_in_the_configuration_ends_before_any_job(study):
    training = {**study.overlay["training"], "epoch": 3}
    done = study.snakemake("--cores", "1", overlay={"training": training})
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("Error: ")]
    assert "config key `training`: unknown key `epoch`" in line
    assert study.planned() == {}


def test_device_that_is_not_there_costs_nothing_that_is_done(study):
    """Snakemake would delete all networks before the first job finds no GPU."""
    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    before = study.results()
    done = study.snakemake("--cores", "1", overlay={"device": "cuda"})
    assert done.returncode != 0
    assert "Error: config key `device`: found cuda, but PyTorch sees no GPU here" in done.stdout
    assert "Traceback" not in done.stdout
    assert study.results() == before
    assert study.planned() == {}, "and the folder is not locked"


IMPORTING = {
    "module": """
configfile: "mine.yaml"

module normative:
    snakefile: "{snakefile}"
    config: config["normative"]

use rule * from normative as normative_*

rule mine:
    default_target: True
    input: rules.normative_all.input
""",
    "include": """
configfile: "mine.yaml"
include: "{snakefile}"

rule mine:
    default_target: True
    input: rules.all.input
""",
}


@pytest.fixture
def project(tmp_path, repository, study):
    """Give a function that makes a project of another's, which imports this workflow in a way."""

    def project(way):
        (tmp_path / "scripts").mkdir()
        (tmp_path / "scripts/__init__.py").write_text("raise ImportError('of the other project')")
        snakefile = IMPORTING[way].format(snakefile=study.workflow / "Snakefile")
        (tmp_path / "Snakefile").write_text(snakefile)
        ours = {**study.overlay, "study": ["cnn_untrained"], "seeds": [3]}
        config = {"module": {"normative": ours}, "include": ours}[way]
        (tmp_path / "mine.yaml").write_text(yaml.safe_dump({"samples": ["a"], **config}))
        return tmp_path

    return project


def run_in(folder, *arguments, fails=False):
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "2", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_study_of_another_project_that_imports_this_one_as_a_module_runs(project, study):
    """To the tables, with the numbers of a study of our own."""
    folder = project("module")
    said = run_in(folder, "--", "results/simulated_small/tables/rdm_correlations.csv")
    assert "normative_train_networks" in said
    found = pd.read_csv(folder / "results/simulated_small/tables/rdm_correlations.csv")
    expected = table(study, "rdm_correlations").query("model == 'cnn_untrained' and seed == 3")
    np.testing.assert_allclose(found["correlation"], expected["correlation"], atol=1e-7)
    assert "normative_write_report" in run_in(folder, "--dry-run"), "the rest is planned"
    if not torch.cuda.is_available():
        said = run_in(folder, "--config", "normative={device: cuda}", fails=True)
        assert "Error: config key `device`: found cuda" in said
        assert (folder / "results/models/cnn_untrained/seeds-3/weights.pt").is_file()
    said = run_in(folder, "--dry-run", "--config", "normative={trainings: 3}", fails=True)
    assert "unknown key `trainings`" in said, "the configuration of a module is ours alone"


def test_another_projects_snakefile_may_include_this_one(project):
    """Its own handlers, before the include, stay."""
    folder = project("include")
    snakefile = (folder / "Snakefile").read_text()
    handler = 'onstart:\n    print("START OF THE OTHER")\n\n'
    (folder / "Snakefile").write_text(handler + snakefile)
    said = run_in(folder, "--", "results/training_stimuli/tilt/seeds-3.npz")
    assert "START OF THE OTHER" in said
    said = run_in(folder, "--dry-run")
    assert "write_report" in said
    assert "cnn_untrained, seeds 3;" in said
    assert "cnn, seeds" not in said, "the other project's settings have the last word"


def test_home_that_cannot_be_written_to_is_told_with_what_to_set(repository):
    home = {"HOME": "/dev/null", "XDG_CACHE_HOME": ""}
    done = subprocess.run(
        ["make", "--no-print-directory", "home"],
        cwd=repository,
        env={**{k: v for k, v in os.environ.items() if k not in home}, "HOME": "/dev/null"},
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    (line, _) = done.stderr.splitlines()
    assert "Error: /dev/null/.cache cannot be written to; set XDG_CACHE_HOME" in line


def test_folder_with_a_space_is_told_before_anything_is_installed(repository, tmp_path):
    place = tmp_path / "my studies"
    place.mkdir()
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(repository / name, place)
    done = subprocess.run(
        ["make", "--no-print-directory", "demo"], cwd=place, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "Snakemake cannot start jobs; put the packages elsewhere: make VENV=" in done.stderr
    assert sorted(path.name for path in place.iterdir()) == ["Makefile", "requirements.txt"]
