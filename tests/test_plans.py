"""What a run would do after a change: all that depends on it, and nothing else.

The plans are dry runs on the finished small study: models cnn, cnn_untrained and cnn_orientation,
seeds in the blocks 3-4 and 12.
"""

import contextlib
import os
import re
import shutil

import numpy as np
import pytest
import yaml

from normative.stimuli.gratings import grating

DATASET = "results/simulated_small"
OF_NETWORKS = ["extract_activations", "compute_rdms", "compare_networks", "compare_multiverse"]
OF_NETWORKS += ["encode_networks"]


@contextlib.contextmanager
def put_back(path):
    """Let a test change or delete a file; put it back with its time stamps."""
    content, times = path.read_bytes(), path.stat()
    try:
        yield path
    finally:
        path.write_bytes(content)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_running_again_does_nothing(study):
    assert study.planned() == {}


LAST = {"write_manifest": 1, "write_report": 1}
AFTER_RDM = {
    "correlate_rdms": 1,
    "compare_with_published": 1,
    "plot_rdm_correlations": 3,
    "correlate_models": 1,
    "plot_model_space": 1,
    "tabulate_v1_fitted": 1,
    "plot_v1_fitted": 1,
    "write_answers": 1,
}
AFTER_AVERAGES = {
    "tabulate_inference": 1,
    "tabulate_pairwise": 1,
    "tabulate_training_effect": 1,
    "tabulate_tasks": 1,
    "tabulate_partial": 1,
    "plot_similarity": 1,
    "plot_pairwise": 1,
    "plot_training_effect": 1,
    "plot_tasks": 1,
    "plot_layers": 1,
    "plot_partial_correlations": 1,
    "plot_figure_2": 1,
    "plot_figure_3": 1,
    "plot_figure_4": 1,
    "write_answers": 1,
}
AFTER_SIMILARITIES = {"average_over_seeds": 1, **AFTER_AVERAGES}
AFTER_MULTIVERSE = {"tabulate_multiverse": 1, "plot_multiverse": 1, "write_answers": 1}
AFTER_ENCODING = {
    **AFTER_MULTIVERSE,
    "tabulate_encoding": 1,
    "plot_encoding": 1,
    "plot_figure_4": 1,
    "plot_v1_fitted": 1,
    "write_answers": 1,
}
AFTER_SAMPLE = {
    "fit_bonus_network": 1,
    "plot_bonus_network": 1,
    "fit_networks_to_v1": 2,
}
AFTER_TRAINING = {"tabulate_training": 1, "plot_learning_curves": 1, "plot_figure_1": 1}


@pytest.mark.parametrize(
    ("result", "remade"),
    [
        (
            "results/training_stimuli/tilt/seeds-12.npz",
            {
                "generate_training_stimuli": 1,
                "train_networks": 2,
                **dict.fromkeys(OF_NETWORKS, 2),
                **AFTER_TRAINING,
                **AFTER_RDM,
                **AFTER_SIMILARITIES,
                **AFTER_MULTIVERSE,
                **AFTER_ENCODING,
            },
        ),
        (
            f"{DATASET}/activations/cnn/seeds-12.npz",
            {
                **dict.fromkeys(OF_NETWORKS, 1),
                **AFTER_RDM,
                **AFTER_SIMILARITIES,
                **AFTER_MULTIVERSE,
                **AFTER_ENCODING,
            },
        ),
        (
            f"{DATASET}/rdms/recording.npz",
            {
                "compute_recording_rdm": 1,
                "plot_rdms": 3,
                "plot_rdm_rows": 3,
                "correlate_references": 1,
                "plot_reference_rdms": 1,
                "compare_references": 1,
                "compare_networks": 6,
                "sample_neurons": 1,
                "encode_references": 1,
                "encode_networks": 6,
                "encode_shown_network": 3,
                "plot_predictions": 1,
                **AFTER_SAMPLE,
                **AFTER_RDM,
                **AFTER_SIMILARITIES,
                **AFTER_ENCODING,
            },
        ),
        (
            f"{DATASET}/bootstrap/neurons.npy",
            {
                "resample_recording": 1,
                "compare_references": 1,
                "compare_networks": 6,
                **AFTER_SIMILARITIES,
            },
        ),
        (f"{DATASET}/multiverse/cnn/seeds-12.csv", {"compare_multiverse": 1, **AFTER_MULTIVERSE}),
        (
            f"{DATASET}/encoding/cnn/shown.npz",
            {"encode_shown_network": 1, "plot_predictions": 1, **AFTER_ENCODING},
        ),
        (f"{DATASET}/embeddings/cnn.npz", {"compute_embeddings": 1, "plot_embeddings": 1}),
        (f"{DATASET}/figures/gratings.png", {"plot_gratings": 1}),
    ],
)
def test_deleted_result_is_remade_with_what_depends_on_it_and_no_more(study, result, remade):
    with put_back(study.folder / result) as path:
        path.unlink()
        assert study.planned() == remade | LAST


@pytest.mark.slow
def test_any_one_deleted_result_is_noticed(study):
    """Also one that lies between others.

    One file of each kind: figures, tables and notes count as one kind, whatever their names, and so
    do models and seeds.
    """
    kinds = {}
    for result in study.results():
        kind = re.sub(r"(figures|tables|paper)/.*(\.\w+)$", r"\1\2", result)
        kinds[re.sub(r"(cnn\w*|tilt|orientation)/seeds-[\d-]+", "", kind)] = result
    assert len(kinds) > 25
    for result in kinds.values():
        with put_back(study.folder / "results" / result) as path:
            path.unlink()
            assert study.planned(), result


@pytest.mark.parametrize(
    ("edited", "used", "unused"),
    [
        (
            "scripts/normative/rsa/rdm.py",
            {"compute_rdms": 6, "compute_recording_rdm": 1},
            {"train_networks"},
        ),
        (
            "scripts/normative/stimuli/gratings.py",
            {"train_networks": 6, "generate_stimuli": 1},
            {"simulate_responses"},
        ),
        (
            "scripts/normative/figures/style.py",
            {"plot_rdms": 3, "plot_gratings": 1},
            {"compute_rdms", "compute_embeddings"},
        ),
    ],
)
def test_edited_library_module_reruns_what_uses_it(study, edited, used, unused):
    with put_back(study.workflow / edited) as path:
        path.write_text(path.read_text() + "\n# edited\n")
        planned = study.planned()
    assert used.items() <= planned.items()
    assert not unused & planned.keys()


@pytest.mark.parametrize(
    ("edited", "remade"),
    [
        ("scripts/plot_rdms.py", {"plot_rdms": 3, **LAST}),
        ("scripts/plot_figure_3.py", {"plot_figure_3": 1, **LAST}),
        ("scripts/tabulate_partial.py", None),
        ("rules/report/rdms.rst", {"write_report": 1}),
        ("rules/report/report.html.j2", {"write_report": 1}),
    ],
)
def test_edited_script_or_caption_remakes_itself_and_what_holds_it(study, edited, remade):
    after_partial = {
        "tabulate_partial": 1,
        "plot_partial_correlations": 1,
        "plot_figure_3": 1,
        "write_answers": 1,
        **LAST,
    }
    with put_back(study.workflow / edited) as path:
        path.write_text(path.read_text() + "\n")
        assert study.planned() == (remade or after_partial)


def test_other_version_of_a_package_reruns_what_imports_it(study, tmp_path, monkeypatch):
    other = tmp_path / "matplotlib-99.9.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: matplotlib\nVersion: 99.9\n")
    monkeypatch.syspath_prepend(tmp_path)
    planned = study.planned()
    assert planned.keys() > {"plot_rdms", "write_report"}
    assert not planned.keys() & {"train_networks", "compute_rdms", "tabulate_inference"}


def test_touched_library_module_reruns_nothing(study):
    with put_back(study.workflow / "scripts/normative/rsa/rdm.py") as path:
        path.touch()
        assert study.planned() == {}


SECTIONS = {  # a changed key of the configuration → jobs that it turns, without what follows
    "bin_width": (6, {"bin_responses"}),
    "stimulus.spatial_frequency": (
        0.04,
        {
            *("generate_stimuli", "generate_training_stimuli", "train_networks"),
            "describe_network",
            *("compute_reference_rdms", "plot_gratings", "plot_figure_1"),
            *("encode_references", "encode_shown_network"),
            *("fit_bonus_network", "fit_networks_to_v1"),
        },
    ),
    "models.cnn.filters": (
        "frozen",  # no longer the same network as that of the other task
        {"train_networks", "plot_figure_1", "tabulate_pairwise", "tabulate_tasks"},
    ),
    "models.cnn.task": (
        "orientation",  # with other stimuli, an input of the training
        {
            *("describe_network", "extract_activations", "tabulate_training"),
            *("tabulate_pairwise", "tabulate_tasks"),
        },
    ),
    "models.cnn.epochs": (1, {"train_networks", "tabulate_training"}),
    "models.cnn.layers": (
        ["fc"],
        {
            *("describe_network", "extract_activations", "average_over_seeds", "plot_rdms"),
            *(
                "plot_rdm_rows",
                "plot_tuning_curves",
                "plot_embeddings",
                "plot_figure_1",
                "plot_figure_2",
            ),
            # Since it has lost its untrained twin.
            *("tabulate_training_effect", "tabulate_pairwise", "tabulate_tasks", "plot_layers"),
        },
    ),
    "shown_seed": (
        3,
        {
            *("compute_embeddings", "plot_rdms", "plot_rdm_rows", "plot_tuning_curves"),
            *("plot_embeddings", "plot_figure_2", "plot_predictions", "plot_figure_4"),
            *("encode_shown_network", "tabulate_encoding", "write_answers"),
        },
    ),
    "training.stimuli": (100, {"generate_training_stimuli"}),
    "training.held_out": (50, {"train_networks"}),
    "training.batch_size": (50, {"train_networks"}),
    "training.learning_rate": (0.01, {"train_networks"}),
    "training.momentum": (0.5, {"train_networks"}),
    "gates.accuracy": (1, {"tabulate_training"}),
    "gates.error_deg": (1, {"tabulate_training"}),
    "gates.rotation_error_deg": (1, {"tabulate_training"}),
    "gates.objects_accuracy": (1, {"tabulate_training"}),
    "inference.comparator": (
        "cosine",
        {
            *("compare_references", "compare_networks", "estimate_ceilings", "tabulate_inference"),
            *("plot_training_effect", "plot_pairwise", "plot_figure_3", "plot_figure_4"),
            "plot_tasks",
            "tabulate_v1_fitted",
        },
    ),
    "inference.resample": (
        ["stimuli"],
        {
            *("resample_recording", "average_over_seeds", "tabulate_inference"),
            *("tabulate_pairwise", "tabulate_training_effect", "tabulate_partial"),
            "tabulate_encoding",
        },
    ),
    "inference.block_deg": (30, {"compare_references", "compare_networks"}),
    "inference.replicates": (
        200,
        {"resample_recording", "compare_references", "compare_networks"},
    ),
    "inference.confidence": (
        0.5,
        {
            *("tabulate_inference", "tabulate_pairwise", "tabulate_training_effect"),
            *("tabulate_partial", "plot_similarity", "plot_training_effect", "plot_figure_2"),
            *("plot_figure_3", "write_answers", "tabulate_encoding", "plot_encoding"),
            *("plot_figure_4", "plot_tasks", "plot_layers"),
        },
    ),
    "inference.seed": (
        1,
        {
            *("resample_recording", "compare_references", "compare_networks"),
            *("average_over_seeds", "estimate_ceilings", "tabulate_training_effect"),
            *("tabulate_inference", "sample_neurons"),
        },
    ),
    "encoding.neurons": (100, {"sample_neurons"}),
    "encoding.folds": (
        4,
        {
            *("encode_references", "encode_networks", "encode_shown_network"),
            *("fit_networks_to_v1", "tabulate_encoding"),
        },
    ),
    "device": ("auto", {"train_networks"}),
}


def test_spatial_frequency_in_cycles_per_image_takes_the_place_of_the_default(new_study):
    study = new_study()
    file = "results/training_stimuli/tilt/seeds-12.npz"
    study.run(file, overlay={"stimulus": {"cycles_per_image": 5}})
    with np.load(study.folder / file) as stimuli:
        expected = grating(stimuli["orientation"][0], 2 * np.pi * 5 / 640)
        np.testing.assert_array_equal(stimuli["images"][0], expected)


@pytest.mark.parametrize("key", SECTIONS)
def test_changed_key_of_the_configuration_reruns_the_jobs_that_it_turns(study, key):
    value, turned = SECTIONS[key]
    section, _, name = key.partition(".")
    overlay = {key: value}
    if name:
        defaults = yaml.safe_load((study.workflow / "config.yaml").read_text(encoding="utf-8"))
        overlay = {section: study.overlay.get(section, defaults[section])}
        model, _, part = name.partition(".")
        if part:
            overlay[section] = {**overlay[section], model: {**overlay[section][model], part: value}}
        else:
            overlay[section] = {**overlay[section], name: value}
    summary = study.snakemake("--summary", overlay=overlay).stdout
    lines = [line.split("\t") for line in summary.splitlines() if line.startswith("results/")]
    changed = {rule for _, _, rule, _, status, *_ in lines if status == "params changed"}
    # The configuration stands in these two, but for how to run.
    assert changed == turned | (set() if key == "device" else set(LAST))


def blocks_trained(study, **options):
    """Blocks of seeds that a plan would train networks of."""
    return sorted(set(re.findall(r"Train networks \w+, seeds ([\d-]+);", study.plan(**options))))


@pytest.mark.parametrize(
    ("seeds", "trained", "n_compared"),
    [
        ([3, 4, 12, 7], ["7"], 1),
        ([3, 4, 12, 20, 21], ["20-21"], 1),
        ([2, 3, 4, 12], ["2-4"], 2),
        ([3, 4, 12, 13], ["12-13"], 1),
        ([12], [], 1),
        ([3, 12], ["3"], 2),
    ],
)
def test_other_seeds_train_the_blocks_that_are_new_or_changed(study, seeds, trained, n_compared):
    """All are compared again where the shown block, whose half-widths count, is another."""
    assert blocks_trained(study, overlay={"seeds": seeds}) == trained
    planned = study.planned(overlay={"seeds": seeds})
    n_blocks = len(trained)
    expected = dict.fromkeys(["train_networks", *OF_NETWORKS], 3 * n_blocks)
    expected["generate_training_stimuli"] = 2 * n_blocks  # of two tasks
    expected["compare_networks"] = 3 * n_compared
    found = {rule: planned.get(rule, 0) for rule in expected}
    assert found == expected
    assert "compute_recording_rdm" not in planned
    assert planned["tabulate_training"] == planned["correlate_rdms"] == 1


def test_with_one_seed_a_file_a_seed_is_added_or_taken_away_alone(new_study):
    study = new_study()
    one = {"seeds_per_file": 1, "study": ["cnn_untrained"]}
    study.run(*("--until", "train_networks"), overlay={**one, "seeds": [3, 4, 5]})
    assert blocks_trained(study, overlay={**one, "seeds": [3, 5]}) == []
    assert blocks_trained(study, overlay={**one, "seeds": [3, 4, 5, 6]}) == ["6"]


def test_a_thousand_seeds_of_seven_models_are_few_jobs_and_files(study, repository):
    """A job makes the file of 50 networks."""
    cnn = yaml.safe_load((repository / "config.yaml").read_text(encoding="utf-8"))["models"]["cnn"]
    models = {f"model{index}": cnn for index in range(7)}
    overlay = {
        "models": models,
        "study": [*models],
        "seeds": {"start": 100, "count": 1000},
        "seeds_per_file": 50,
    }
    planned = study.planned(overlay=overlay)
    assert planned["train_networks"] == planned["compute_rdms"] == 7 * 20
    assert planned["generate_training_stimuli"] == 20
    assert sum(planned.values()) < 1000
    files = study.snakemake("--summary", overlay=overlay).stdout
    assert 500 < files.count("\nresults/") <= 2000


def test_snakemakes_options_by_the_name_of_a_rule_do_what_its_manual_says(study):
    assert study.planned("-R", "train_networks")["train_networks"] == 6
    until = study.planned("--forceall", "--until", "extract_activations")
    assert until["extract_activations"] == until["train_networks"] == 6
    assert "compute_rdms" not in until
    listed = study.snakemake("--list").stdout.split()
    assert {"train_networks", "extract_activations", "compare_networks"} <= {*listed}
    graph = study.snakemake("--rulegraph", "dot").stdout
    boxes = re.findall(r'\[label = "(\w+)"', graph)
    assert "train_networks" in boxes
    assert len(boxes) == len(set(boxes)), "one box a rule"
    assert not any(re.search(r"(?<!figure)_\d+$", box) for box in boxes)


def test_resources_and_threads_can_be_set_by_the_name_of_a_rule(new_study):
    """A job finds what was set."""
    study = new_study()
    script = study.workflow / "scripts/generate_training_stimuli.py"
    told = 'open("told", "w").write(f"{snakemake.threads} {snakemake.resources.mem_mb}")\n'
    script.write_text(f"{script.read_text(encoding='utf-8')}    {told}", encoding="utf-8")
    rule = "generate_training_stimuli"
    study.run(
        *("--set-resources", f"{rule}:mem_mb=4000", "--set-threads", f"{rule}=2"),
        *("--", "results/training_stimuli/tilt/seeds-12.npz"),
    )
    assert (study.folder / "told").read_text() == "2 4000"


def test_jobs_ask_for_more_memory_and_time_the_more_seeds_they_handle(new_study):
    study = new_study()
    script = study.workflow / "scripts/train_networks.py"
    told = (
        "from pathlib import Path; asked = snakemake.resources; "
        'Path(f"told{len(snakemake.params.seeds)}").write_text(f"{asked.mem_mb} {asked.runtime}")\n'
    )
    script.write_text(f"{script.read_text(encoding='utf-8')}    {told}", encoding="utf-8")
    models = "results/models/cnn_untrained"
    study.run("--", f"{models}/seeds-12/weights.pt", f"{models}/seeds-3-4/weights.pt")
    one, two = ((study.folder / f"told{n}").read_text().split() for n in (1, 2))
    assert [int(more) - int(less) for less, more in zip(one, two, strict=True)] == [15, 1]
    script.write_text(told)  # which trains no network
    longer = {"training": {"epochs": 100, "stimuli": 1000}, "overwrite": True}
    study.snakemake("--cores", "2", "--", "results/models/cnn/seeds-12/weights.pt", overlay=longer)
    assert (study.folder / "told1").read_text().split()[1] == "14", "4 minutes a seed"


def test_jobs_ask_for_more_memory_the_larger_the_layers_of_a_seed_are(study, new_study):
    """Of activations of 600 MB, 300 MB a seed, an RDM needs three copies of a seed's."""
    copy = new_study()
    shutil.copytree(study.folder, copy.folder, dirs_exist_ok=True)
    os.truncate(copy.folder / DATASET / "activations/cnn/seeds-3-4.npz", 600 * 2**20)
    script = copy.workflow / "scripts/compute_rdms.py"
    script.write_text('open("told", "w").write(str(snakemake.resources.mem_mb))\n')
    rdms = f"{DATASET}/rdms/cnn/seeds-3-4.npz"
    copy.snakemake("--cores", "1", "--forcerun", "compute_rdms", "--", rdms)
    asked = int((copy.folder / "told").read_text())
    assert asked == pytest.approx(900 + 2 * 2 + 3 * 300, abs=2)


def test_recordings_side_by_side_share_their_networks(study):
    """One run makes two recordings' results: the dataset is a wildcard."""
    datasets = {
        **study.overlay["datasets"],
        "simulated_other": {"simulate": {"neurons": 9, "stimuli": 72, "trials": 1, "seed": 1}},
    }
    targets = [f"results/{name}/answers.md" for name in datasets]
    planned = study.planned(*targets, overlay={"datasets": datasets})
    assert "train_networks" not in planned
    assert planned["simulate_responses"] == planned["write_answers"] == 1
    assert planned["extract_activations"] == 6


@pytest.fixture
def own(study, new_study):
    """Give a study of a recording of one's own, run up to its responses."""
    study_of_own = new_study()
    recording = study_of_own.folder / "mine.npz"
    shutil.copy(study.folder / DATASET / "recording.npz", recording)
    study_of_own.overlay |= {
        "dataset": "mine",
        "datasets": {"mine": {"path": "mine.npz", "above_180": "drop"}},
    }
    study_of_own.target = "results/mine/responses.npz"
    study_of_own.run(study_of_own.target)
    return study_of_own, recording


@pytest.mark.parametrize("seconds", [-1e6, 1e6])
def test_recording_replaced_by_an_older_or_newer_file_is_noticed(own, seconds):
    """As by mv, cp -p, rsync -a or unzip, which keep the date."""
    study, recording = own
    assert study.planned(study.target) == {}
    now = recording.stat().st_mtime
    os.utime(recording, (now + seconds, now + seconds))
    assert study.planned(study.target) == {"read_recording": 1, "bin_responses": 1}
