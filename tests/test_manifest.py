"""Results are known by their bytes, and how each was made is written down."""

import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from normative.workflow.manifest import TOLERANCES, differing_values
from write_manifest import main as write_manifest

DATASET = "simulated_small"


@pytest.fixture
def results(study, tmp_path):
    """Give a copy of the small study's results, and one that stands for another run."""
    copy = tmp_path / "results"
    shutil.copytree(study.folder / "results", copy, copy_function=shutil.copy2)
    shutil.copytree(copy / DATASET / "tables", tmp_path / "reference/tables")
    shutil.copy(copy / DATASET / "MANIFEST.json", tmp_path / "reference")
    return copy


@pytest.fixture
def verify(results, repository):
    def verify():
        command = [sys.executable, repository / "scripts/verify.py"]
        return subprocess.run(
            [*command, results / DATASET, results.parent / "reference"],
            capture_output=True,
            text=True,
        )

    return verify


def rewrite(path, change):
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


def test_manifest_holds_the_digest_of_every_result(study):
    """All but the notes on how they were made, the report, and itself."""
    manifest = json.loads((study.folder / f"results/{DATASET}/MANIFEST.json").read_text())
    expected = {
        name: digest
        for name, digest in study.results().items()
        if re.match(f"{DATASET}/|models/|networks/|training_stimuli/", name)
        and not re.search("/(provenance/.*|MANIFEST.json|report.html)$", name)
    }
    assert manifest["files"] == expected
    assert manifest["simulated"] is True
    assert manifest["config"]["seeds"] == [3, 4, 12]
    assert "device" not in manifest["config"], "how to run changes no result"
    assert manifest["packages"]["torch"] == importlib.metadata.version("torch")
    assert manifest["machine"]["instructions"]


def test_processor_without_further_instructions_is_described(repository):
    """NumPy then leaves out the key in which it lists those that it found."""
    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    done = subprocess.run(
        [
            *[sys.executable, "-c"],
            "from normative.workflow.manifest import describe_machine; "
            "print(describe_machine()['instructions'])",
        ],
        env={**os.environ, "NPY_DISABLE_CPU_FEATURES": ",".join(simd.get("found", []))},
        cwd=repository / "scripts",
        capture_output=True,
        text=True,
    )
    assert done.stdout == f"{simd.get('baseline', [])}\n", done.stderr


def test_untouched_results_are_verified(verify):
    done = verify()
    assert done.returncode == 0
    assert done.stdout.endswith("Verified.\n")
    assert done.stderr == ""


def change_table(path):
    path.write_text(path.read_text().replace("0.", "0.1", 1))


def change_pixel(path):
    with Image.open(path) as image:
        image.load()
        image.putpixel((0, 0), (255, 255, 254, 255))
        image.save(path)


def change_weight(path):
    weights = torch.load(path, weights_only=True)
    weights[3]["fc.bias"][0] += 1e-6
    torch.save(weights, path)


def change_value(path):
    with np.load(path) as file:
        arrays = dict(file)
    arrays["pool"][0, 0, 1] += 1e-6
    np.savez(path, **arrays)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        (f"{DATASET}/tables/inference.csv", change_table),
        (f"{DATASET}/figures/similarity.png", change_pixel),
        ("models/cnn/seeds-3-4/weights.pt", change_weight),
        (f"{DATASET}/rdms/cnn/seeds-3-4.npz", change_value),
        (f"{DATASET}/paper/figure_2.pdf", lambda path: path.unlink()),
    ],
)
def test_one_changed_value_pixel_or_weight_is_named(verify, results, name, change):
    change(results / name)
    done = verify()
    assert done.returncode == 1
    named = [line for line in done.stdout.splitlines() if str(results / name) in line]
    assert len(named) == 1
    assert done.stderr == "Error: 1 difference; not verified\n"


def test_other_bytes_from_the_same_kind_of_machine_are_not_verified(verify, results):
    def change(manifest):
        manifest["files"][f"{DATASET}/tables/partial.csv"] = "0" * 64

    rewrite(results.parent / "reference/MANIFEST.json", change)
    done = verify()
    assert done.returncode == 1
    assert f"{DATASET}/tables/partial.csv: other bytes" in done.stdout


@pytest.mark.parametrize(
    ("table", "column", "difference", "verified"),
    [
        ("inference", "similarity", 0.01, True),
        ("inference", "similarity", 0.1, False),
        ("inference", "p_shift", 0.01, True),
        ("inference", "seeds", 1, False),
        ("performance", "score", 0.01, True),
        ("encoding", "median", 0.01, True),  # beside a column `score` of names
        ("encoding", "median", 0.1, False),
    ],
)
def test_another_kind_of_machine_is_held_to_tolerances(
    verify, results, table, column, difference, verified
):
    reference = results.parent / "reference"
    values = pd.read_csv(reference / f"tables/{table}.csv")
    values.loc[1, column] += difference
    values.to_csv(reference / f"tables/{table}.csv", index=False)

    def change(manifest):
        manifest["machine"]["instructions"] = ["another"]
        for name in (f"{DATASET}/tables/{table}.csv", f"{DATASET}/figures/similarity.pdf"):
            manifest["files"][name] = "0" * 64

    rewrite(reference / "MANIFEST.json", change)
    done = verify()
    assert "another kind of machine (machine.instructions)" in done.stdout
    assert (done.returncode == 0) == verified, done.stdout + done.stderr
    assert verified or f"{table}.csv: row 3, column `{column}`" in done.stdout


def test_every_number_that_a_processor_may_change_has_a_tolerance(study):
    of_settings = {"p_shift_least", "gate", "published", "tolerance"}
    for path in (study.folder / "results/simulated_small/tables").glob("*.csv"):
        numbers = pd.read_csv(path).select_dtypes("float")
        with_fractions = {name for name in numbers if (numbers[name].dropna() % 1 != 0).any()}
        assert with_fractions <= TOLERANCES.keys() | of_settings, path.name


def test_every_table_of_the_reference_can_be_compared(repository):
    """Also columns of words and of true and false, and those that are empty."""
    tables = sorted((repository / "reference/simulated/tables").glob("*.csv"))
    assert tables
    for path in tables:
        differences, largest = differing_values(path, path)
        assert differences == []
        assert not np.nan_to_num([*largest.values()]).any(), path.name


@pytest.mark.parametrize("which", ["results", "reference"])
def test_file_that_only_one_of_two_runs_has_is_named(verify, results, which):
    folder = {"results": results / DATASET, "reference": results.parent / "reference"}[which]
    other = {"results": "reference", "reference": f"results/{DATASET}"}[which]
    missing = f"{DATASET}/tables/partial.csv"
    rewrite(folder / "MANIFEST.json", lambda manifest: manifest["files"].pop(missing))
    done = verify()
    assert done.returncode == 1
    (line,) = [line for line in done.stdout.splitlines() if ": only in " in line]
    assert line.startswith(f"{missing}: only in ")
    assert line.endswith(other)


def test_manifest_is_written_of_all_files_that_it_is_given(tmp_path):
    """Of results and of what lies between, by their paths below the folder of results."""
    folder = tmp_path / "elsewhere/results"
    names = ["mine/answers.md", "mine/tables/a.csv", "models/cnn/weights.pt", "mine/stimuli.npz"]
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    answers, *results, intermediate = (str(folder / name) for name in names)
    write_manifest(
        SimpleNamespace(answers=answers, results=results, intermediate=[intermediate]),
        SimpleNamespace(manifest=tmp_path / "MANIFEST.json"),
        SimpleNamespace(dataset="mine"),
        SimpleNamespace(packages={"numpy": "1"}, config={"seeds": [3]}),
    )
    manifest = json.loads((tmp_path / "MANIFEST.json").read_text())
    digests = {name: hashlib.sha256(name.encode()).hexdigest() for name in names}
    assert manifest["files"] == digests
    assert (manifest["dataset"], manifest["simulated"]) == ("mine", False)
    assert manifest["config"] == {"seeds": [3]}
    assert manifest["packages"].keys() == {"python", "numpy"}


def test_another_study_is_not_compared(verify, results):
    def change(manifest):
        manifest["config"]["training"]["epochs"] = 25

    rewrite(results.parent / "reference/MANIFEST.json", change)
    done = verify()
    assert done.returncode == 1
    assert "another study" in done.stdout
    assert "training.epochs" in done.stdout


@pytest.mark.parametrize("content", [None, "", "[]", '{"files": {}}'])
def test_missing_or_broken_manifest_ends_in_one_line(verify, results, content):
    path = results / DATASET / "MANIFEST.json"
    path.unlink() if content is None else path.write_text(content)
    done = verify()
    assert done.returncode == 1
    assert re.fullmatch(r"Error: .*MANIFEST\.json: .*\n", done.stderr)


def test_every_figure_and_table_tells_how_it_was_made(study):
    """Its note names it, its rule and script, and inputs that are in the manifest."""
    root = study.folder / "results"
    files = json.loads((root / DATASET / "MANIFEST.json").read_text())["files"]
    notes = [
        json.loads(path.read_text()) for path in (root / DATASET).rglob("provenance/**/*.json")
    ]
    made = set()
    for note in notes:
        assert (study.workflow / note["script"]).is_file()
        assert f"rule {note['rule']}:" in "".join(
            path.read_text() for path in study.workflow.glob("rules/*.smk")
        )
        outputs = np.hstack([*note["outputs"].values()])
        made |= {path.removeprefix("results/") for path in outputs}
        for path in np.hstack([[], *note["inputs"].values()]):
            assert path.removeprefix("results/") in files, note["rule"]
        assert note["packages"]["pandas"] == importlib.metadata.version("pandas")
        assert re.fullmatch("[0-9a-f]{64}", note["code"])
        assert "library" not in note["parameters"]
    assert made == {
        name for name in files if re.search(r"/(tables|figures|paper)/|/encoding_neurons", name)
    }


def test_note_holds_the_parameters_of_its_job(study):
    path = study.folder / f"results/{DATASET}/provenance/figures/cnn/rdms.json"
    note = json.loads(path.read_text())
    assert note["parameters"].pop("look")["font_size"] == 7
    assert note["parameters"] == {"layers": ["pool", "fc"], "seed": 4}
    assert note["wildcards"] == {"dataset": DATASET, "model": "cnn"}
    assert note["packages"]["matplotlib"] == importlib.metadata.version("matplotlib")
