import ast
import hashlib
import sys
from functools import cache
from pathlib import Path

import yaml

from scripts.normative import published
from scripts.normative.errors import UserError
from scripts.normative.study import find_mistake, group_seeds, list_seeds, read_groups, write_groups

SCHEMA = yaml.safe_load(Path(workflow.basedir, "rules/schemas/config.schema.yaml").read_text())
SCRIPTS = Path(workflow.basedir, "scripts")

if mistake := find_mistake(config, SCHEMA):
    sys.exit(f"Error: {mistake}")

DATASET = config["dataset"]
SEEDS = list_seeds(config["seeds"])
SHOWN_SEED = SEEDS[0]  # whose network the figures of a single network show
EPOCHS = {
    model: design.get("epochs", config["training"]["epochs"])
    for model, design in config["models"].items()
}

# One job makes the networks of a group of seeds, and each seed has files of its own. The groups are
# kept when a run starts, so that one with more seeds finds the old ones grouped as they were and has
# nothing to do for them, and the jobs that a cluster starts elsewhere find the same.
GROUPS_FILE = "results/seed_groups.json"
try:
    GROUPS = group_seeds(SEEDS, config["seeds_per_job"], read_groups(GROUPS_FILE))
except UserError as error:
    sys.exit(f"Error: {error}")
# Index of a group in its rules' names, and its seeds.
USED_GROUPS = [(i, seeds) for i, seeds in enumerate(GROUPS) if not set(seeds).isdisjoint(SEEDS)]


def untrained_twin(model):
    """Name the model of the study that is another before its training; None if there is none."""

    def start(name):
        design = config["models"][name]
        return design["network"], design["filters"] == "random", design["layers"]

    untrained = (other for other in config["study"] if EPOCHS[other] == 0)
    return next((other for other in untrained if start(other) == start(model)), None)


TWINS = {
    model: twin
    for model in config["study"]
    if EPOCHS[model] > 0 and (twin := untrained_twin(model))
}


wildcard_constraints:
    dataset="|".join(config["datasets"]),
    model="|".join(config["models"]),
    seed=r"\d+",


def of_seeds(pattern, seeds):
    """Paths of a file of each seed of a group; the model is left as a wildcard.

    Not the dataset: the longer the start of a path without wildcards, the faster Snakemake finds
    the rule that makes it, and a thousand seeds of seven models have 42,000 files.
    """
    return expand(pattern, dataset=DATASET, seed=seeds, allow_missing=True)


def name_of(seeds):
    """Name of a group in the names of its logs."""
    return f"seed-{seeds[0]}" if len(seeds) == 1 else f"seed-{seeds[0]}-and-{len(seeds) - 1}-more"


def growing(mem_mb):
    """Memory of a job in MB, and as much again at each further attempt.

    300 MB of it are Snakemake's own within the job of a cluster.
    """

    def memory(wildcards, attempt):
        return attempt * mem_mb

    return memory


def recording(wildcards):
    """Path of a recording: the user's own file, or what was downloaded or simulated."""
    source = config["datasets"][wildcards.dataset]
    return source.get("path", f"results/{wildcards.dataset}/recording.npz")


def datasets_from(kind):
    """Regular expression of the datasets whose source is of a kind; of nothing if none is."""
    return "|".join(name for name, source in config["datasets"].items() if kind in source) or "(?!)"


def networks():
    """One dict of model and seed for each network of the study, in the order of the tables."""
    return [dict(model=model, seed=seed) for model in config["study"] for seed in SEEDS]


def each_network(pattern):
    """Paths of a file of each network; `{dataset}`, if there, is left for the wildcard."""
    pairs = {key: [network[key] for network in networks()] for key in ("model", "seed")}
    return expand(pattern, zip, **pairs, allow_missing=True)


def intermediate_results():
    """Files between the recording and the tables, so that one deleted by hand is made again."""
    names = ["responses", "stimuli", "rdms/recording", "rdms/references"]
    names += ["similarities/references", "similarities/means"]
    names += expand("embeddings/{model}", model=config["study"])
    if "path" not in config["datasets"][DATASET]:
        names.append("recording")
    of_networks = [
        "results/models/{model}/seed-{seed}/weights.pt",
        "results/models/{model}/seed-{seed}/training_log.csv",
        "results/models/{model}/seed-{seed}/performance.csv",
        "results/{dataset}/activations/{model}/seed-{seed}.npz",
        "results/{dataset}/rdms/{model}/seed-{seed}.npz",
        "results/{dataset}/similarities/{model}/seed-{seed}.npz",
        "results/{dataset}/multiverse/{model}/seed-{seed}.csv",
    ]
    others = ["bootstrap/stimulus_counts.npy", "bootstrap/dissimilarities.npy"]
    others.append("similarities/layers.csv")
    return [
        expand("results/training_stimuli/seed-{seed}.npz", seed=SEEDS),
        expand("results/{dataset}/{name}.npz", dataset=DATASET, name=names),
        expand("results/{dataset}/{name}", dataset=DATASET, name=others),
        expand(each_network(of_networks), dataset=DATASET),
    ]


def tables():
    names = ["rdm_correlations", "reference_correlations", "training", "performance"]
    names += ["inference", "pairwise", "training_effect", "partial", "ceilings", "multiverse"]
    names += ["model_correlations"]
    if published.MODEL in config["study"] and published.SEED in SEEDS:
        names.append("reproduction")
    return expand("results/{dataset}/tables/{name}.csv", dataset=DATASET, name=names)


def figures():
    of_study = ["gratings", "reference_rdms", "learning_curves", "similarity", "training_effect"]
    of_study += ["partial_correlations", "model_space", "multiverse"]
    of_model = ["rdms", "rdm_correlations", "rdm_rows", "tuning_curves", "embeddings"]
    names = of_study + expand("{model}/{name}", model=config["study"], name=of_model)
    return expand(
        "results/{dataset}/figures/{name}.{format}",
        dataset=DATASET,
        name=names,
        format=["pdf", "png"],
    )


@cache
def code_digest(path):
    """Digest of a Python file and, in turn, of each module of our library that it imports."""
    source = path.read_bytes()
    digest = hashlib.sha256(source)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("normative"):
            imported = SCRIPTS.joinpath(*node.module.split(".")).with_suffix(".py")
            digest.update(code_digest(imported).encode())
    return digest.hexdigest()


def library(script):
    """Stand in a rule's params for its code: when the digest changes, Snakemake re-runs the job.

    A digest, unlike a list of input files, asks for nothing when a file is only touched, and holds
    when the working directory is elsewhere.
    """
    return code_digest(SCRIPTS / f"{script}.py")
