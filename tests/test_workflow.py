"""The workflow end to end, as its users run it."""

import contextlib
import hashlib
import http.server
import os
import re
import shutil
import socket
import subprocess
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

DATASET = "results/simulated_small"
FIGURES = [
    "gratings",
    "reference_rdms",
    "learning_curves",
    "similarity",
    "training_effect",
    "partial_correlations",
    "model_space",
    "multiverse",
    "cnn/rdms",
    "cnn/rdm_correlations",
    "cnn/rdm_rows",
    "cnn/tuning_curves",
    "cnn/embeddings",
]


@contextlib.contextmanager
def put_back(path):
    """Let a test change or delete a file; put it back with its time stamps."""
    content, times = path.read_bytes(), path.stat()
    try:
        yield path
    finally:
        path.write_bytes(content)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def table(study, name, dataset=DATASET):
    return pd.read_csv(study.folder / dataset / "tables" / f"{name}.csv")


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
        (model, seed, layer)
        for model in ("cnn", "cnn_untrained")
        for seed in (12, 3)
        for layer in ("pool", "fc")
    ]
    assert (correlations["status"] == 4 * ["passed"] + 4 * ["untrained"]).all()
    assert correlations["correlation"].between(-1, 1).all()
    assert (correlations["dataset"] == "simulated_small").all()

    training = table(study, "training")
    assert list(training) == ["model", "seed", "epoch", "loss"]
    log = pd.read_csv(study.folder / "results/models/cnn/seed-3/training_log.csv")
    assert log[["epoch", "batch"]].apply(tuple, axis=1).tolist() == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert training.query("seed == 3")["loss"].tolist() == log.query("batch == 2")["loss"].tolist()

    performance = table(study, "performance")
    columns = "model seed task epochs device stimuli measure score gate status"
    assert list(performance) == columns.split()
    assert list(performance["epochs"]) == [2, 2, 0, 0]
    assert (performance["device"] == "cpu").all()
    assert (performance["measure"] == "accuracy").all()
    assert performance["score"].between(0, 1).all()
    assert (training["model"] == "cnn").all(), "an untrained model has no losses"


def test_another_gate_marks_networks_anew_and_trains_none(study):
    planned = study.planned(overlay={"gates": {"accuracy": 1, "error_deg": 0}})
    assert "train_networks" not in planned
    assert planned["tabulate_training"] == planned["correlate_rdms"] == 1


def test_a_study_unlike_the_tutorials_does_not_claim_to_reproduce_it(study):
    reproduction = table(study, "reproduction")
    assert list(reproduction) == ["quantity", "published", "this_run", "tolerance", "agrees"]
    assert len(reproduction) == 5, "a simulated recording is not held against published values"
    assert not reproduction["agrees"].any()
    assert reproduction["this_run"].isna().all(), "no epoch 5 in two epochs"


def test_correlations_are_those_of_a_few_lines_of_numpy(study):
    with np.load(study.folder / DATASET / "recording.npz") as recording:
        shown = recording["stimuli"] <= 180
        mouse = np.corrcoef(recording["resp"][shown])
    upper = np.triu_indices(len(mouse), 1)
    for seed in (12, 3):
        with np.load(study.folder / DATASET / f"activations/cnn/seed-{seed}.npz") as layers:
            for layer, activations in layers.items():
                expected = np.corrcoef(mouse[upper], np.corrcoef(activations)[upper])[0, 1]
                correlations = table(study, "rdm_correlations")
                found = correlations.query(f"model=='cnn' and seed=={seed} and layer=='{layer}'")
                assert found["correlation"].item() == pytest.approx(expected, abs=1e-6)


def test_running_again_does_nothing(study):
    assert study.planned() == {}


def test_another_place_user_language_date_and_number_of_cores_give_the_same_bytes(
    study, new_study, at_another_time, tmp_path
):
    """Turkish where its locale can be made, years later where faketime is installed."""
    other = new_study()
    language = "C"
    if shutil.which("localedef") and Path("/usr/share/i18n/locales/tr_TR").exists():
        language = "tr_TR.UTF-8"
        command = ["localedef", "-i", "tr_TR", "-f", "UTF-8", tmp_path / language]
        subprocess.run(command, check=True, capture_output=True)
    years_later = at_another_time("+1500d") if shutil.which("faketime") else {}
    done = other.snakemake(
        *("--cores", "1"),
        overlay={"seeds_per_job": 2},
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
    assert len(results) == 160
    assert other.results() == results


LAST = {"write_manifest": 1, "write_report": 1}
AFTER_RDM = {
    "correlate_rdms": 1,
    "compare_with_published": 1,
    "plot_rdm_correlations": 2,
    "correlate_models": 1,
    "plot_model_space": 1,
}
AFTER_SIMILARITIES = {
    "average_over_seeds": 1,
    "tabulate_inference": 1,
    "tabulate_pairwise": 1,
    "tabulate_training_effect": 1,
    "tabulate_partial": 1,
    "plot_similarity": 1,
    "plot_training_effect": 1,
    "plot_partial_correlations": 1,
    "plot_figure_2": 1,
    "plot_figure_3": 1,
    "write_answers": 1,
}
AFTER_MULTIVERSE = {"tabulate_multiverse": 1, "plot_multiverse": 1, "write_answers": 1}


@pytest.mark.parametrize(
    ("result", "remade"),
    [
        (
            "results/training_stimuli/seed-3.npz",
            {
                "generate_training_stimuli": 1,
                "train_networks": 2,
                "tabulate_training": 1,
                "plot_learning_curves": 1,
                "plot_figure_1": 1,
                "extract_activations": 2,
                "compute_rdms": 2,
                "compare_networks": 2,
                "compare_dissimilarities": 2,
                **AFTER_RDM,
                **AFTER_SIMILARITIES,
                **AFTER_MULTIVERSE,
            },
        ),
        (
            f"{DATASET}/activations/cnn/seed-3.npz",
            {
                "extract_activations": 1,
                "compute_rdms": 1,
                "compare_networks": 1,
                "compare_dissimilarities": 1,
                **AFTER_RDM,
                **AFTER_SIMILARITIES,
                **AFTER_MULTIVERSE,
            },
        ),
        (
            f"{DATASET}/rdms/cnn/seed-3.npz",
            {"compute_rdms": 1, "compare_networks": 1, **AFTER_RDM, **AFTER_SIMILARITIES},
        ),
        (
            f"{DATASET}/rdms/recording.npz",
            {
                "compute_recording_rdm": 1,
                "plot_rdms": 2,
                "plot_rdm_rows": 2,
                "correlate_references": 1,
                "plot_reference_rdms": 1,
                "compare_references": 1,
                "compare_networks": 4,
                **AFTER_RDM,
                **AFTER_SIMILARITIES,
            },
        ),
        (
            f"{DATASET}/bootstrap/dissimilarities.npy",
            {
                "resample_recording": 1,
                "compare_references": 1,
                "compare_networks": 4,
                **AFTER_SIMILARITIES,
            },
        ),
        (
            f"{DATASET}/multiverse/cnn/seed-3.csv",
            {"compare_dissimilarities": 1, **AFTER_MULTIVERSE},
        ),
        (f"{DATASET}/embeddings/cnn.npz", {"compute_embeddings": 1, "plot_embeddings": 1}),
        (f"{DATASET}/tables/reproduction.csv", {"compare_with_published": 1}),
        (f"{DATASET}/figures/gratings.png", {"plot_gratings": 1}),
    ],
)
def test_deleted_result_is_remade_with_what_depends_on_it_and_no_more(study, result, remade):
    with put_back(study.folder / result) as path:
        path.unlink()
        assert study.planned() == remade | LAST


def test_any_one_deleted_result_is_noticed(study):
    """Also one that lies between others.

    One file of each kind: figures, tables and notes count as one kind, whatever their names, and so
    do models and seeds.
    """
    kinds = {}
    for result in study.results():
        kind = re.sub(r"(figures|tables|paper)/.*(\.\w+)$", r"\1\2", result)
        kinds[re.sub(r"(cnn|cnn_untrained)/seed-\d+", "", kind)] = result
    assert len(kinds) > 25
    for result in kinds.values():
        with put_back(study.folder / "results" / result) as path:
            path.unlink()
            plan = study.snakemake("--dry-run")
            assert "Nothing to be done" not in plan.stdout, result


@pytest.mark.parametrize(
    ("module", "used", "unused"),
    [
        ("rdm.py", {"compute_rdms": 4, "compute_recording_rdm": 1}, {"train_networks"}),
        ("gratings.py", {"train_networks": 4, "generate_stimuli": 1}, {"simulate_responses"}),
        (
            "figures.py",
            {"plot_rdms": 2, "plot_gratings": 1},
            {"compute_rdms", "compute_embeddings"},
        ),
    ],
)
def test_edited_library_module_reruns_what_uses_it(study, module, used, unused):
    with put_back(study.workflow / "scripts/normative" / module) as path:
        path.write_text(path.read_text() + "\n# edited\n")
        planned = study.planned()
    assert used.items() <= planned.items()
    assert not unused & planned.keys()


@pytest.mark.parametrize(
    ("edited", "remade"),
    [
        ("scripts/plot_rdms.py", {"plot_rdms": 2, **LAST}),
        ("scripts/plot_figure_3.py", {"plot_figure_3": 1, **LAST}),
        ("rules/report/rdms.rst", {"write_report": 1}),
        ("rules/report/report.html.j2", {"write_report": 1}),
    ],
)
def test_edited_figure_or_caption_remakes_itself_and_what_holds_it(study, edited, remade):
    with put_back(study.workflow / edited) as path:
        path.write_text(path.read_text().replace("shrink=0.8", "shrink=0.9") + "\n")
        assert study.planned() == remade


def test_other_version_of_a_package_reruns_what_imports_it(study):
    with put_back(study.workflow / "rules/common.smk") as path:
        installed = "return importlib.metadata.version(package)"
        other = f"{installed} + '.1' * (package == 'matplotlib')"
        assert installed in path.read_text()
        path.write_text(path.read_text().replace(installed, other))
        planned = study.planned()
    assert planned.keys() > {"plot_rdms", "write_report"}
    assert not planned.keys() & {"train_networks", "compute_rdms", "tabulate_inference"}


def test_touched_library_module_reruns_nothing(study):
    with put_back(study.workflow / "scripts/normative/rdm.py") as path:
        path.touch()
        assert study.planned() == {}


@pytest.mark.parametrize("per_job", [1, 5])
def test_new_seeds_train_only_themselves(study, per_job):
    """Whatever the size of groups: seeds of earlier runs stay in theirs."""
    overlay = {"seeds": [7, 12, 3, 8], "seeds_per_job": per_job}
    planned = study.planned(overlay=overlay)
    groups = {1: 2, 5: 1}[per_job]
    assert planned["generate_training_stimuli"] == groups
    of_networks = ("train_networks", "extract_activations", "compute_rdms")
    for rule in (*of_networks, "compare_networks", "compare_dissimilarities"):
        assert planned[rule] == 2 * groups, "of two models"
    assert "compute_recording_rdm" not in planned


def test_fewer_seeds_train_none(study):
    planned = study.planned(overlay={"seeds": [12]})
    assert "train_networks" not in planned
    assert planned["correlate_rdms"] == 1


def test_a_thousand_seeds_of_seven_models_are_few_jobs(study, repository):
    """Each network has its files; a job makes those of 50 networks."""
    cnn = yaml.safe_load((repository / "config.yaml").read_text())["models"]["cnn"]
    models = {f"model{index}": cnn for index in range(7)}
    planned = study.planned(
        overlay={
            "models": models,
            "study": [*models],
            "seeds": {"start": 100, "count": 1000},
            "seeds_per_job": 50,
        }
    )
    assert planned["train_networks"] == planned["compute_rdms"] == 7 * 20
    assert planned["generate_training_stimuli"] == 20
    assert sum(planned.values()) < 800


def test_changed_knob_reruns_only_what_it_turns(study):
    inference = {**study.overlay["inference"], "confidence": 0.9}
    planned = study.planned(overlay={"inference": inference})
    assert "average_over_seeds" not in planned
    assert planned["tabulate_inference"] == planned["plot_similarity"] == 1
    inference = {**study.overlay["inference"], "block_deg": 30}
    planned = study.planned(overlay={"inference": inference})
    assert planned["resample_recording"] == 1
    assert "compute_rdms" not in planned
    assert "train_networks" not in study.planned(overlay={"bin_width": 6})
    training = {**study.overlay["training"], "held_out": 50}
    assert study.planned(overlay={"training": training})["train_networks"] == 4


def test_recording_of_ones_own_runs_through_to_all_figures(study):
    rng = np.random.default_rng(1)
    stimuli = rng.permutation(np.arange(0, 360, 4.5))
    resp = np.cos(np.deg2rad(stimuli)[:, None] - rng.uniform(0, 7, 50))
    path = study.folder / "my recording.npz"
    np.savez(path, resp=resp + rng.standard_normal(resp.shape), stimuli=stimuli)
    digest = hashlib.md5(path.read_bytes()).hexdigest()
    datasets = {"mine": {"path": "my recording.npz", "md5": digest}}
    study.run(overlay={"dataset": "mine", "datasets": datasets})
    assert hashlib.md5(path.read_bytes()).hexdigest() == digest, "a user's file is never changed"
    for name in FIGURES:
        assert (study.folder / "results/mine/figures" / f"{name}.pdf").is_file()

    with np.load(path) as recording:
        order = np.argsort(recording["stimuli"])[: (recording["stimuli"] <= 180).sum()]
        mouse = np.corrcoef(recording["resp"][order])
    upper = np.triu_indices(len(order), 1)
    for row in table(study, "rdm_correlations", "results/mine").itertuples():
        path = f"results/mine/activations/{row.model}/seed-{row.seed}.npz"
        with np.load(study.folder / path) as layers:
            model = np.corrcoef(layers[row.layer])
        expected = np.corrcoef(mouse[upper], model[upper])[0, 1]
        assert row.correlation == pytest.approx(expected, abs=1e-6)


def failure(study, target, overlay):
    """Run to a failure; give the one line for the user."""
    done = study.snakemake("--cores", "1", *target, overlay=overlay)
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("Error: ")]
    return line


@pytest.mark.parametrize(
    "name",
    [
        'it\'s "my" recording.npz',
        "$(touch sprung)`touch sprung`; touch sprung; .npz",
        "two\nlines & more | *.npz",
        "-å%s~#.npz",
    ],
)
def test_recording_of_any_name_is_read_and_its_name_never_run(study, name):
    with np.load(study.folder / DATASET / "recording.npz") as recording:
        np.savez(study.folder / "plain.npz", resp=recording["resp"], stimuli=recording["stimuli"])
    os.replace(study.folder / "plain.npz", study.folder / name)
    overlay = {"dataset": "odd", "datasets": {"odd": {"path": name}}}
    study.run("--forceall", "--", "results/odd/rdms/recording.npz", overlay=overlay)
    odd, plain = (
        np.load(study.folder / dataset / "rdms/recording.npz")["responses"]
        for dataset in ("results/odd", DATASET)
    )
    np.testing.assert_array_equal(odd, plain)
    assert not list(study.folder.rglob("sprung"))


def test_unfit_recording_ends_in_one_line_and_leaves_nothing(study):
    resp = np.ones((90, 5))
    resp[4, 2] = np.nan
    np.savez(study.folder / "broken.npz", resp=resp, stimuli=np.arange(90) * 4)
    overlay = {"dataset": "broken", "datasets": {"broken": {"path": "broken.npz"}}}
    line = failure(study, ["results/broken/responses.npz"], overlay)
    assert line.startswith("Error: broken.npz: `resp` holds 1 NaN")
    assert not list((study.folder / "results/broken").glob("*"))


def test_recording_of_too_few_stimuli_is_refused(study):
    np.savez(study.folder / "few.npz", resp=np.eye(12), stimuli=np.arange(12) * 30)
    overlay = {"dataset": "few", "datasets": {"few": {"path": "few.npz"}}}
    line = failure(study, ["results/few/responses.npz"], overlay)
    assert "few.npz: 7 stimuli between 0 and 180°" in line
    assert "at least 10" in line


def test_wrong_md5_of_ones_own_file_is_refused(study):
    np.savez(study.folder / "mine2.npz", resp=np.eye(72), stimuli=np.arange(72) * 5)
    source = {"path": "mine2.npz", "md5": "0" * 32}
    overlay = {"dataset": "mine2", "datasets": {"mine2": source}}
    assert "its MD5 is" in failure(study, ["results/mine2/responses.npz"], overlay)


def test_typo_in_the_configuration_ends_before_any_job(study):
    training = {**study.overlay["training"], "epoch": 3}
    line = failure(study, [], {"training": training})
    assert "config key `training`: unknown key `epoch`" in line
    assert study.planned() == {}


def test_missing_file_of_ones_own_ends_before_any_job(study):
    overlay = {"dataset": "gone", "datasets": {"gone": {"path": "gone.npz"}}}
    assert "found no file 'gone.npz'" in failure(study, [], overlay)


def test_recording_is_downloaded_from_its_address(study):
    content = (study.folder / DATASET / "recording.npz").read_bytes()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        source = {
            "url": f"http://127.0.0.1:{server.server_port}/download",
            "md5": hashlib.md5(content).hexdigest(),
        }
        study.run(
            "results/web/responses.npz", overlay={"dataset": "web", "datasets": {"web": source}}
        )
        server.shutdown()
    assert (study.folder / "results/web/recording.npz").read_bytes() == content
    with (
        np.load(study.folder / "results/web/responses.npz") as web,
        np.load(study.folder / DATASET / "responses.npz") as simulated,
    ):
        np.testing.assert_array_equal(web["responses"], simulated["responses"])


def test_no_network_ends_in_one_line_that_says_how_to_go_on(study):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        source = {"url": f"http://127.0.0.1:{unused.getsockname()[1]}/x", "md5": "0" * 32}
        overlay = {"dataset": "offline", "datasets": {"offline": source}}
        line = failure(study, ["results/offline/recording.npz"], overlay)
    assert "could not connect" in line
    assert "--config dataset=simulated" in line
    assert not list((study.folder / "results/offline").glob("*"))
