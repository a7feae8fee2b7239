"""The tasks that are measured, each beside what a user would run instead."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import rsatoolbox
import torch
from himalaya.kernel_ridge import KernelRidgeCV
from measure import Row, largest_difference
from peers import tutorial
from reading import readers
from scipy.spatial.distance import pdist
from settings import TUTORIAL
from sklearn.cross_decomposition import PLSRegression
from sklearn.linear_model import RidgeCV

import tabulate_training
from normative.encoding.ridge import ALPHAS, fit, predict, predict_held_out, scale
from normative.encoding.scores import determination
from normative.encoding.splits import block_folds
from normative.inference.animals import resample_similarities, two_factor_variance
from normative.inference.permutation_tests import (
    label_p,
    relabeled_similarity,
    shifts_and_reflections,
)
from normative.inference.resampling import Moments, count_draws, pair_weights, weighted_similarity
from normative.networks.activations import layer_activations
from normative.networks.networks import build_network
from normative.recordings.responses import load_recording
from normative.recordings.simulation import simulate_recording
from normative.rsa.patterns import principal_coordinates
from normative.rsa.rdm import (
    correlation_distance,
    rdm_correlation,
    standardize,
    upper_triangle,
)
from normative.stimuli.coverage import Coverage
from normative.stimuli.gratings import grating, training_orientations
from normative.training.sgd import train_network

HERE = Path(__file__).resolve().parent
SEEDS = [*range(10, 20)]  # the default study's
SNAKEFILE = HERE.parent / "Snakefile"
N_NEURONS = 2000  # that encoding models predict, as many as the default study's
N_ALONE = 4  # of them, each by itself
PRODUCT = 2048  # size of the matrices by which the floor of training is measured
rng = np.random.default_rng(0)


def start(*command, **environment):
    """Run a command to its end in a process of its own, which may use all cores."""
    several = {name: value for name, value in os.environ.items() if "NUM_THREADS" not in name}
    subprocess.run(command, check=True, capture_output=True, env={**several, **environment})


def snakemake(snakefile, folder, *arguments):
    """Run Snakemake in a folder."""
    place = ["--snakefile", snakefile, "--directory", folder]
    start(sys.executable, "-m", "snakemake", *place, *arguments)


def start_up(folder):
    """Yield what takes time without running any job."""
    bare = folder / "Snakefile"
    bare.write_text("rule nothing:\n    shell: 'true'\n")
    floor = {"floor: Snakemake with one empty rule": lambda: snakemake(bare, folder, "--dry-run")}
    yield Row(
        "Dry run of the default study",
        lambda: snakemake(SNAKEFILE, folder, "--dry-run"),
        floor,
        threads=2,
    )
    # Where it is not done, the first run, which does not count, does it.
    yield Row("A second demo", lambda: start("make", "demo"), floor, threads=2)


def study(folder):
    """Ten seeds of the tutorial's network: its tables and figures."""
    path = folder / "recording.npz"
    recording = simulate_recording(neurons=20_000, stimuli=360, trials=12, seed=0)
    np.savez(path, resp=recording["resp"], stimuli=recording["stimuli"])
    overlay = folder / "study.yaml"
    overlay.write_text(
        f"dataset: mine\ndatasets: {{mine: {{path: {path}, above_180: drop}}}}\n"
        f"study: [cnn]\nseeds: {SEEDS}\n"
    )
    results = "results/mine"
    figures = ["rdms", "rdm_correlations", "rdm_rows", "tuning_curves", "embeddings"]
    targets = [f"{results}/tables/{name}.csv" for name in ("rdm_correlations", "training")]
    targets += [
        f"{results}/figures/{name}.png" for name in ("gratings", *(f"cnn/{f}" for f in figures))
    ]

    def ours():
        shutil.rmtree(folder / "work", ignore_errors=True)
        options = ["--cores", "2", "--configfile", overlay]
        snakemake(SNAKEFILE, folder / "work", *options, "--", *targets)
        return pd.read_csv(folder / "work" / targets[0]).set_index(["seed", "layer"]).correlation

    turns = {"tutorial": 0, "notebook": 0}

    def peer(script):
        def run():
            found = {}
            for _ in range(2):  # of ten
                seed = SEEDS[turns[script] % len(SEEDS)]
                turns[script] += 1
                out = folder / script / str(seed)
                environment = {"RECORDING": str(path), "SEED": str(seed), "OUT": str(out)}
                start(sys.executable, HERE / f"peers/{script}.py", **environment)
                layers = pd.read_csv(out / "correlations.csv", header=None, index_col=0)[1]
                found |= {(seed, layer): value for layer, value in layers.items()}
            return pd.Series(found)

        return run

    yield Row(
        "Study of ten seeds: tables and figures of the tutorial",
        ours,
        {"plain script, ten times": peer("tutorial"), "notebook, ten times": peer("notebook")},
        lambda found, expected: largest_difference(found[expected.index], expected),
        "similarities",
        threads=2,
        share={"plain script, ten times": 0.2, "notebook, ten times": 0.2},
    )


def training(folder):
    """One seed, and the arithmetic that it cannot do without."""
    angles = training_orientations(12, 1000)
    images = grating(angles)
    tensor = torch.from_numpy(images).unsqueeze(1)
    labels = torch.tensor(angles > 0).float().unsqueeze(1)

    def theirs():
        torch.manual_seed(12)
        return tutorial.train(tutorial.CNN(), tensor, labels)

    flop = 2 * 49 * 6 * 48 * 64 * 25_000  # forward convolutions of 25 epochs
    matrix = torch.rand(PRODUCT, PRODUCT)
    products = 2
    yield Row(
        "Training one seed",
        lambda: train_network(images, angles, 12, TUTORIAL)[1][:, -1],
        {
            "the tutorial's loop": theirs,
            "floor: forward convolutions at the rate of a matrix product": lambda: (
                [matrix @ matrix for _ in range(products)] and None
            ),
        },
        lambda found, expected: float(np.abs(found[4::5] / np.array(expected[4::5]) - 1).max()),
        "losses at every fifth epoch, relative",
        share={
            "floor: forward convolutions at the rate of a matrix product": products
            * 2
            * PRODUCT**3
            / flop
        },
    )


def stimuli(folder):
    """Gratings, and the responses of a network's layers to them."""
    angles = training_orientations(12, 1000)
    yield Row(
        "1,000 gratings",
        lambda: grating(angles),
        {"one by one": lambda: torch.stack([tutorial.grating(a) for a in angles]).numpy()[:, 0]},
        largest_difference,
        "pixels",
    )
    shown = grating(np.linspace(-90, 90, 181))
    net = build_network("ConvPoolFC", shown.shape[1:], "gabor")

    def one_by_one():
        with torch.no_grad():
            pooled = [
                net.pool(torch.relu(net.conv(image[None, None]))).flatten(1)
                for image in torch.from_numpy(shown)
            ]
            return np.concatenate([net.fc(each).numpy() for each in pooled])

    yield Row(
        "Activations of 181 stimuli",
        lambda: layer_activations(net, shown, ["pool", "fc"])["fc"],
        {"one by one": one_by_one},
        largest_difference,
        "activations",
    )


def rdms(folder):
    """RDMs of the recording, averaged and in single trials, and their comparison."""
    for count, part in ((181, 181), (4598, 460)):
        responses = rng.standard_normal((count, 23_589), dtype=np.float32)
        some = responses[:part]
        dataset = rsatoolbox.data.Dataset(some)
        scaled = "" if part == count else f", {part} of the stimuli, scaled by pairs"
        peers = {
            f"rsatoolbox{scaled}": lambda dataset=dataset: rsatoolbox.rdm.calc_rdm(
                dataset, method="correlation"
            ).dissimilarities[0],
            f"scipy's pdist{scaled}": lambda some=some: pdist(some, "correlation"),
        }
        share = dict.fromkeys(peers, part * (part - 1) / (count * (count - 1)))
        yield Row(
            f"RDM of {count:,} × 23,589 responses",
            lambda responses=responses: correlation_distance(responses),
            {
                **peers,
                "floor: the matrix product alone": lambda responses=responses: (
                    (responses @ responses.T) is None or None
                ),
            },
            lambda rdm, expected, part=part: largest_difference(
                upper_triangle(rdm[:part, :part]), expected
            ),
            "dissimilarities",
            share=share,
        )
    curves = rng.standard_normal((7, 180, 100)).cumsum(axis=1)
    square = [correlation_distance(each + curves[0]) for each in curves]
    recording, *models = (upper_triangle(each) for each in square)
    models = np.array(models)
    objects = [rsatoolbox.rdm.RDMs(each[None]) for each in (recording, *models)]
    yield Row(
        "Correlation of two RDMs of 180 stimuli",
        lambda: rdm_correlation(square[0], square[1]),
        {"rsatoolbox": lambda: rsatoolbox.rdm.compare(objects[0], objects[1], "corr").item()},
        largest_difference,
        "correlations",
    )
    yield from inference(recording, models, objects, square[0])


def inference(recording, models, objects, square):
    """Bootstrap over stimuli, and a test by labels."""
    draws = rng.integers(180, size=(1000, 180))

    def weights():
        prepared = Moments.of(models)
        return np.concatenate(
            [
                weighted_similarity(
                    pair_weights(count_draws(chunk, 180)), recording[None], prepared, "pearson"
                )
                for chunk in np.array_split(draws, 20)
            ]
        )

    def copies():
        """As eval_bootstrap_pattern does in its loop, with our draws."""
        sampled = [objects[0].subsample_pattern("index", draw) for draw in draws[::10]]
        return np.array(
            [
                [
                    rsatoolbox.rdm.compare(
                        each.subsample_pattern("index", draw), sample, "corr"
                    ).item()
                    for each in objects[1:]
                ]
                for draw, sample in zip(draws[::10], sampled, strict=True)
            ]
        )

    part = "rsatoolbox, 100 of the replicates, scaled"
    yield Row(
        "Bootstrap: 180 stimuli, 6 models, 1,000 replicates",
        weights,
        {part: copies},
        lambda found, expected: largest_difference(found[::10], expected),
        "similarities",
        share={part: 0.1},
    )
    orders = shifts_and_reflections(180)

    def relabel():
        similar = []
        for order in orders:
            other = rsatoolbox.rdm.RDMs(objects[0].dissimilarities)
            other.reorder(order)
            similar.append([rsatoolbox.rdm.compare(m, other, "corr").item() for m in objects[1:]])
        return label_p(similar)

    yield Row(
        "Exact test by 360 shifts and reflections, 6 models",
        lambda: label_p(relabeled_similarity(square, models, orders, "pearson")),
        {"rsatoolbox's reorder and compare": relabel},
        largest_difference,
        "p-values",
    )


def animals(folder):
    """Find how much a mean over animals would vary with other animals and gratings."""
    n_animals, n_stimuli, n_replicates, n_drawn = 6, 60, 1000, 50
    angles = np.linspace(-90, 90, n_stimuli, endpoint=False)
    coverage = Coverage.of(angles)
    n_pairs = n_stimuli * (n_stimuli - 1) // 2
    rdms = rng.random(n_pairs) + 0.5 * rng.random((n_animals, n_pairs))
    models = rdms.mean(axis=0) + rng.random((3, n_pairs))
    toolbox = rsatoolbox.model, rsatoolbox.rdm.RDMs(rdms)
    fixed = [toolbox[0].ModelFixed(f"model {i}", model) for i, model in enumerate(models)]

    def ours():
        single = 180 / n_stimuli  # blocks of one grating, as the peer draws them
        drawn = resample_similarities(rdms, models, coverage, single, "pearson", n_replicates, rng)
        means = standardize(rdms, "pearson") @ standardize(models, "pearson").T
        return np.sqrt(two_factor_variance(means, drawn, n_stimuli, rng))

    def dual():
        found = rsatoolbox.inference.eval_dual_bootstrap(
            fixed, toolbox[1], method="corr", N=n_drawn
        )
        return np.sqrt(np.atleast_2d(found.get_model_var()).ravel()[: len(models)])

    part = f"rsatoolbox's eval_dual_bootstrap, {n_drawn} of the replicates, scaled"
    yield Row(
        f"Animals and stimuli: {n_animals} animals, {n_stimuli} stimuli, 1,000 replicates",
        ours,
        {part: dual},
        largest_difference,
        "standard errors, by chance of the draws",
        share={part: n_drawn / n_replicates},
    )


def encoding(folder):
    """Predict neurons from a layer on held-out orientations, all peers on the same folds."""
    angles = np.linspace(-90, 90, 181)
    images = grating(angles)
    net = build_network("ConvPoolFC", images.shape[1:], "gabor")
    layer = principal_coordinates(layer_activations(net, images, ["pool"])["pool"])
    tuned = np.cos(np.deg2rad(angles[:, None] - rng.uniform(-180, 180, N_NEURONS)))
    responses = (tuned + rng.standard_normal(tuned.shape)).astype(np.float32)
    folds = block_folds(angles, 11, 10, 4)

    def by_peer(model, neurons=slice(None)):
        """Fit and predict fold by fold, the features scaled as ours are."""
        predictions = np.full((len(angles), N_NEURONS), np.nan)
        for fold in folds:
            features = scale(layer, fold.train)
            fitted = model(fold).fit(features[fold.train], responses[fold.train][:, neurons])
            found = fitted.predict(features[fold.test]).reshape(len(fold.test), -1)
            predictions[fold.test, neurons] = found
        return predictions

    def loop():
        """Cross-validate each neuron by itself, in the inner folds that ours has."""
        predictions = np.full((len(angles), N_NEURONS), np.nan)
        for neuron in range(N_ALONE):
            one = slice(neuron, neuron + 1)
            predictions[:, one] = by_peer(by_squared_error, one)[:, one]
        return predictions

    def by_squared_error(fold):
        return RidgeCV(ALPHAS, cv=fold.inner, scoring="neg_mean_squared_error")

    def himalaya(fold):
        batches = {"n_targets_batch": 512}
        return KernelRidgeCV(ALPHAS, fit_intercept=True, cv=fold.inner, solver_params=batches)

    def nearest_penalty(found, expected):
        """Of those of a penalty that ours tries: scikit-learn chooses by stimuli one by one."""
        nearest = []
        for fold in folds:
            fits = [fit(scale(layer, fold.train), fold.train, fold.test)]
            candidates = predict(fits, responses[fold.train].astype(float))
            differences = np.abs(candidates - expected[fold.test]).max(axis=1)
            nearest.append(differences.min(axis=0).max())
        return max(nearest)

    def medians(found, expected):
        """PLS is another model; it has no weights that ours should have."""
        r2 = [np.median(determination(each, responses)) for each in (found, expected)]
        return float(abs(np.subtract(*r2)))

    hats = [[rng.random((len(ALPHAS) * len(b), len(a))) for a, b in f.inner] for f in folds]
    last = [rng.random((len(ALPHAS) * len(fold.test), len(fold.train))) for fold in folds]
    known = responses.astype(float)

    def products():
        for of_fold, of_test in zip(hats, last, strict=True):
            for matrix in (*of_fold, of_test):
                matrix @ known[: matrix.shape[1]]

    task = f"Encoding model of {N_NEURONS:,} neurons, 181 stimuli, ten folds"

    def ours():
        return predict_held_out([layer], responses, folds)

    alone = f"scikit-learn's RidgeCV in a loop, {N_ALONE} of the neurons, scaled"
    yield Row(
        task,
        ours,
        {
            "himalaya's KernelRidgeCV": lambda: by_peer(himalaya),
            alone: loop,
            "floor: the matrix products alone": products,
        },
        largest_difference,
        "predictions",
        share={alone: N_ALONE / N_NEURONS},
    )
    yield Row(
        task,
        ours,
        {
            "scikit-learn's RidgeCV(alpha_per_target=True)": lambda: by_peer(
                lambda fold: RidgeCV(ALPHAS, alpha_per_target=True)
            )
        },
        nearest_penalty,
        "predictions of the penalty that it chooses",
    )
    yield Row(
        task,
        ours,
        {
            "scikit-learn's PLSRegression(25)": lambda: by_peer(
                lambda fold: PLSRegression(25, scale=False)
            )
        },
        medians,
        "median R² of two different models",
    )


def files(folder):
    """Read and write."""
    path = folder / "recording.npz"
    if not path.exists():
        recording = simulate_recording(neurons=20_000, stimuli=360, trials=12, seed=0)
        np.savez(path, resp=recording["resp"], stimuli=recording["stimuli"])

    def bare():
        with np.load(path) as arrays:
            return arrays["resp"]

    yield Row(
        "Reading the recording and checking it",
        lambda: load_recording(path)[0]["responses"],
        {"floor: numpy.load alone": bare},
        largest_difference,
        "responses",
    )
    layers = {"pool": np.zeros((181, 288), np.float32), "fc": np.zeros((181, 10), np.float32)}
    yield Row(
        "Writing the activations of ten networks",
        lambda: [np.savez(folder / f"{i}.npz", **layers) for i in range(10)] and None,
        {
            "compressed": lambda: (
                [np.savez_compressed(folder / f"c{i}.npz", **layers) for i in range(10)] and None
            )
        },
    )
    logs, scores = write_training_tables(folder, n_seeds=1000, n_per_file=50)

    def gather():
        tabulate_training.main(
            SimpleNamespace(logs=logs, performances=scores),
            SimpleNamespace(training=folder / "training.csv", performance=folder / "scores.csv"),
            SimpleNamespace(tasks={"cnn": "tilt"}, epochs={"cnn": 25}, gates={"accuracy": 0.9}),
        )
        return pd.read_csv(folder / "training.csv").loss

    def concatenate():
        everything = pd.concat([pd.read_csv(log) for log in logs])
        last = everything.groupby(["seed", "epoch"]).loss.last()
        last.to_csv(folder / "last.csv")
        pd.concat([pd.read_csv(score) for score in scores]).to_csv(folder / "concatenated.csv")
        return last

    yield Row(
        "Gathering the losses and scores of 1,000 seeds",
        gather,
        {"pandas alone": concatenate},
        largest_difference,
        "losses",
    )


def write_training_tables(folder, n_seeds, n_per_file):
    """Write losses and scores as training jobs do, a file a block of seeds; give the paths."""
    logs, scores = [], []
    for first in range(0, n_seeds, n_per_file):
        seeds = range(first, first + n_per_file)
        axes = {"seed": seeds, "epoch": range(1, 26), "batch": range(1, 11)}
        index = pd.MultiIndex.from_product(axes.values(), names=axes.keys())
        logs.append(folder / f"log-{first}.csv")
        pd.DataFrame({"loss": rng.random(len(index))}, index).to_csv(logs[-1])
        scores.append(folder / f"score-{first}.csv")
        score = {"device": "cpu", "stimuli": 1000, "measure": "accuracy", "score": 0.99}
        pd.DataFrame({"seed": seeds, **score}).to_csv(scores[-1], index=False)
    return logs, scores


def all_rows(words=""):
    """Every row whose task has some words; one's arrays are gone before the next's are made."""
    with tempfile.TemporaryDirectory() as folder:
        for part in (training, stimuli, rdms, animals, encoding, files, readers, start_up, study):
            yield from (row for row in part(Path(folder)) if words in row.task)
