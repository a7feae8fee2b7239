import ast
import hashlib
import importlib.metadata
import re
import sys
from functools import cache
from pathlib import Path

import yaml

from scripts.normative import published
from scripts.normative.errors import UserError
from scripts.normative.study import (
    find_mistake,
    group_seeds,
    list_seeds,
    read_groups,
    summarize_failures,
    write_groups,
)

RULES, SCRIPTS = Path(workflow.basedir, "rules"), Path(workflow.basedir, "scripts")
SCHEMA = yaml.safe_load((RULES / "schemas/config.schema.yaml").read_text())
# The captions and the template of the report for the browser.
REPORT_PARTS = sorted(f"report/{path.name}" for path in Path(RULES, "report").iterdir())
RULE_FILES = sorted(path.name for path in RULES.glob("*.smk"))
WITH_CONDA = any(
    method.name == "CONDA" for method in workflow.deployment_settings.deployment_method
)

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

PAPER_MODEL = config["study"][0]  # the one that the first two figures of the paper are about
PANELS = {1: "ac", 2: "ab", 3: "abc"}  # those with data of their own


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
        *expand("results/training_stimuli/seed-{seed}.npz", seed=SEEDS),
        *expand("results/{dataset}/{name}.npz", dataset=DATASET, name=names),
        *expand("results/{dataset}/{name}", dataset=DATASET, name=others),
        *expand(each_network(of_networks), dataset=DATASET),
    ]


def tables():
    names = ["inference", "pairwise", "training_effect", "partial", "ceilings", "multiverse"]
    names += ["rdm_correlations", "reference_correlations", "model_correlations"]
    names += ["training", "performance"]
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
        format=["pdf", "png", "csv"],
    )


def paper():
    """Files of the figures of a paper: each as PDF and PNG, its caption, the data of its panels."""
    files = [f"figure_{number}.{format}" for number in PANELS for format in ("pdf", "png", "md")]
    files += [f"figure_{number}{panel}.csv" for number in PANELS for panel in PANELS[number]]
    return expand("results/{dataset}/paper/{file}", dataset=DATASET, file=files)


def provenance():
    """Paths of the notes on how each table and figure was made."""
    made = tables() + [path for path in figures() + paper() if path.endswith(".png")]
    return [re.sub(r"(results/[^/]+)/(.*)\.\w+", r"\1/provenance/\2.json", path) for path in made]


def studied():
    """Configuration of what is computed: without how to run it, and what this study leaves out."""
    left_out = ["calibration", "seeds_per_job", "device"]
    return {
        **{key: value for key, value in config.items() if key not in left_out},
        "datasets": {DATASET: config["datasets"][DATASET]},
        "models": {model: config["models"][model] for model in config["study"]},
        "seeds": SEEDS,
    }


def packages():
    """Versions of all packages that scripts use."""
    scripts = [path.stem for path in SCRIPTS.glob("*.py")]
    names = set().union(*(library(script)["packages"] for script in scripts))
    return {name: version(name) for name in sorted({*names, "snakemake"})}


def figure_files(name):
    """Outputs of a figure: as PDF and PNG, the data drawn, and a note on how it was made."""
    path = f"results/{{dataset}}/figures/{name}"
    figure = name.split("/")[-1]
    labels = {"figure": figure.replace("_", " "), "model": "all"}
    if "{model}" in name:
        labels["model"] = "{model}"
    return dict(
        pdf=f"{path}.pdf",
        png=report(
            f"{path}.png", caption=f"report/{figure}.rst", category="Figures", labels=labels
        ),
        source=f"{path}.csv",
        provenance=[f"results/{{dataset}}/provenance/figures/{name}.json"],
    )


def table_files(**tables):
    """Outputs of a job that makes tables: each of them, and a note on how it was made."""
    files = {
        key: report(
            f"results/{{dataset}}/tables/{name}.csv",
            caption=f"report/table_{name}.rst",
            category="Tables",
            labels={"table": name.replace("_", " ")},
        )
        for key, name in tables.items()
    }
    files["provenance"] = [
        f"results/{{dataset}}/provenance/tables/{name}.json" for name in tables.values()
    ]
    return files


def paper_files(number):
    """Outputs of a figure of the paper: as PDF and PNG, its caption, the data of each panel."""
    path = f"results/{{dataset}}/paper/figure_{number}"
    return dict(
        pdf=f"{path}.pdf",
        png=report(
            f"{path}.png",
            caption=f"report/figure_{number}.rst",
            category="Figures of the paper",
            labels={"figure": f"Figure {number}"},
        ),
        caption=f"{path}.md",
        source=[f"{path}{panel}.csv" for panel in PANELS[number]],
        provenance=[f"results/{{dataset}}/provenance/paper/figure_{number}.json"],
    )


# Packages that are imported by another name than they are installed by.
DISTRIBUTIONS = {
    "PIL": "pillow",
    "jinja2": "Jinja2",
    "markdown": "Markdown",
    "sklearn": "scikit-learn",
    "yaml": "PyYAML",
}


@cache
def imports(path):
    """Packages that a Python file imports, and paths of the modules of our library."""
    packages, modules = set(), []
    for node in ast.walk(ast.parse(path.read_bytes())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module]
        for name in names:
            package = name.split(".")[0]
            if package == "normative":
                modules.append(SCRIPTS.joinpath(*name.split(".")).with_suffix(".py"))
            elif package not in sys.stdlib_module_names:
                packages.add(DISTRIBUTIONS.get(package, package))
    return packages, modules


@cache
def code(path):
    """Digest and packages of a Python file and, in turn, of the modules that it imports."""
    packages, modules = imports(path)
    digest = hashlib.sha256(path.read_bytes())
    for module in modules:
        of_module, more = code(module)
        digest.update(of_module.encode())
        packages = packages | more
    return digest.hexdigest(), packages


@cache
def version(package):
    """Version of a package as installed here or, with conda, as its environments have it."""
    if WITH_CONDA:
        pins = Path(workflow.basedir, "requirements.txt").read_text()
        return re.search(rf"^{package}==([^;\s]+)", pins, re.M)[1]
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        sys.exit(
            f"Error: Python package `{package}` is not installed in {sys.prefix}; run: "
            "pip install -r requirements.txt"
        )


def library(script, *other_files):
    """Stand in a rule's params for its code: when it changes, Snakemake re-runs the job.

    It is a digest of the script, of the modules of our library that it uses and of other files
    below `rules`, and the versions of the packages that they import. A digest, unlike a list of
    input files, asks for nothing when a file is only touched, and holds when the working directory
    is elsewhere.
    """
    digest, packages = code(SCRIPTS / f"{script}.py")
    for name in other_files:
        digest += hashlib.sha256((RULES / name).read_bytes()).hexdigest()
    return {"code": digest, "packages": {name: version(name) for name in sorted(packages)}}
