"""Recordings of one's own: read, refused in one line, downloaded."""

import hashlib
import http.server
import os
import shutil
import socket
import threading

import numpy as np
import pandas as pd
import pytest
from test_workflow import FIGURES

from normative.workflow.stacks import read_stack

DATASET = "results/simulated_small"


@pytest.mark.slow
def test_recording_of_ones_own_runs_through_to_all_figures(study):
    rng = np.random.default_rng(1)
    stimuli = rng.permutation(np.arange(0, 360, 4.5))
    resp = np.cos(np.deg2rad(stimuli)[:, None] - rng.uniform(0, 7, 50))
    path = study.folder / "my recording.npz"
    np.savez(path, resp=resp + rng.standard_normal(resp.shape), stimuli=stimuli)
    digest = hashlib.md5(path.read_bytes()).hexdigest()
    source = {"path": "my recording.npz", "md5": digest, "above_180": "drop"}
    datasets = {"mine": source}
    study.run(overlay={"dataset": "mine", "datasets": datasets})
    assert hashlib.md5(path.read_bytes()).hexdigest() == digest, "a user's file is never changed"
    for name in FIGURES:
        assert (study.folder / "results/mine/figures" / f"{name}.pdf").is_file()

    with np.load(path) as recording:
        order = np.argsort(recording["stimuli"])[: (recording["stimuli"] <= 180).sum()]
        mouse = np.corrcoef(recording["resp"][order])
    upper = np.triu_indices(len(order), 1)
    results = study.folder / "results/mine"
    table = pd.read_csv(results / "tables/rdm_correlations.csv").set_index(["seed", "layer"])
    table = table[table["model"] == "cnn"]["correlation"]
    for block in ("3-4", "12"):
        for seed, layers in read_stack(results / f"activations/cnn/seeds-{block}.npz"):
            for layer, activations in layers.items():
                model = np.corrcoef(activations)
                expected = np.corrcoef(mouse[upper], model[upper])[0, 1]
                assert table[seed, layer] == pytest.approx(expected, abs=1e-6)


def test_recording_beside_its_configuration_is_found_from_any_folder(study):
    """The file with the settings lies beside the working directory, and the recording with it."""
    beside = study.folder.parent / "beside.npz"
    shutil.copy(study.folder / DATASET / "recording.npz", beside)
    overlay = {"dataset": "mine", "datasets": {"mine": {"path": "beside.npz", "above_180": "drop"}}}
    target = "results/mine/recording.npz"
    assert "input: ../beside.npz\n" in study.plan(target, overlay=overlay)
    of_command_line = f"datasets={{mine: {{path: {study.folder.name}/../../beside.npz}}}}"
    (study.folder / study.folder.name).mkdir()
    said = study.plan(target, "--config", of_command_line, overlay=overlay)
    assert f"input: {study.folder.name}/../../beside.npz\n" in said, "from the working directory"
    beside.unlink()
    assert f"found no file {str(beside)!r}; a path counts from" in failure(study, [], overlay)


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
    overlay = {"dataset": "odd", "datasets": {"odd": {"path": name, "above_180": "drop"}}}
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
    source = {"path": "broken.npz", "above_180": "drop"}
    overlay = {"dataset": "broken", "datasets": {"broken": source}}
    line = failure(study, ["results/broken/responses.npz"], overlay)
    assert line.startswith("Error: broken.npz: 1 cells have NaN or infinite responses")
    assert "`nan: drop_cells`" in line
    assert not list((study.folder / "results/broken").glob("*"))


def test_recording_of_too_few_stimuli_is_refused(study):
    np.savez(study.folder / "few.npz", resp=np.eye(6), stimuli=np.arange(6) * 60)
    overlay = {"dataset": "few", "datasets": {"few": {"path": "few.npz", "above_180": "drop"}}}
    line = failure(study, ["results/few/responses.npz"], overlay)
    assert "few.npz: 4 orientations are left, expected at least 5" in line
    assert "2 of them above 180° were left out (`above_180: drop`)" in line


def test_wrong_md5_of_ones_own_file_is_refused(study):
    np.savez(study.folder / "mine2.npz", resp=np.eye(72), stimuli=np.arange(72) * 5)
    source = {"path": "mine2.npz", "md5": "0" * 32}
    overlay = {"dataset": "mine2", "datasets": {"mine2": source}}
    assert "its MD5 is" in failure(study, ["results/mine2/responses.npz"], overlay)


def test_missing_file_of_ones_own_ends_before_any_job(study):
    overlay = {"dataset": "gone", "datasets": {"gone": {"path": "gone.npz"}}}
    assert f"found no file '{study.folder.parent}/gone.npz'" in failure(study, [], overlay)


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
