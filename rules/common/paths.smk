import re

from normative.workflow.config import describe_file, epochs_by_model, untrained_twins
from normative.workflow.seeds import list_seeds, seed_blocks, seeds_in

STUDY = config["study"]  # models, in the order of tables and figures
SEEDS = list_seeds(config["seeds"])
BLOCKS = seed_blocks(SEEDS, config["seeds_per_file"])  # values of the wildcard `seeds`
# Whose network the figures of a single network show.
SHOWN_SEED = config["shown_seed"] if config["shown_seed"] in SEEDS else SEEDS[0]
SHOWN_BLOCK = next(block for block in BLOCKS if SHOWN_SEED in seeds_in(block))
VECTOR = config["figures"]["format"]  # of each figure, beside PNG
EPOCHS = epochs_by_model(config)
TWINS = untrained_twins(config)


wildcard_constraints:
    dataset="|".join(map(re.escape, config["datasets"])),
    model="|".join(map(re.escape, config["models"])),
    task="|".join(sorted({design["task"] for design in config["models"].values()})),
    seeds=r"(0|[1-9]\d*)(-[1-9]\d*)?",


def seeds_of(wildcards):
    """Seeds that a file holds."""
    return seeds_in(wildcards.seeds)


def each_network(pattern):
    """Paths of the files of all models and seeds, model by model; `{dataset}` is left."""
    return expand(pattern, model=STUDY, seeds=BLOCKS, allow_missing=True)


def training_stimuli(wildcards):
    """Path of what a model's networks learn from."""
    task = config["models"][wildcards.model]["task"]
    return f"results/training_stimuli/{task}/seeds-{wildcards.seeds}.npz"


def recording(wildcards):
    """Path of a user's own recording."""
    return config["datasets"][wildcards.dataset]["path"]


def stimulus_table(wildcards):
    """Path of the table of stimuli that belongs to a recording, if it has one."""
    return config["datasets"][wildcards.dataset].get("stimuli", [])


def own_files(wildcards):
    """Sizes and dates of a user's own files, so that other ones are noticed, older or newer."""
    source = config["datasets"][wildcards.dataset]
    return [describe_file(source.get(key)) for key in ("path", "stimuli")]


def downloaded_md5(wildcards):
    """MD5 of a recording that was downloaded; that of a user's own file is verified as it is read."""
    source = config["datasets"][wildcards.dataset]
    return source["md5"] if "url" in source else None


def datasets_from(kind):
    """Regular expression of the datasets whose source is of a kind; of nothing if none is."""
    return "|".join(name for name, source in config["datasets"].items() if kind in source) or "(?!)"


def memory(mb, mb_per_seed=0, mb_per_input_mb=0):
    """Memory of a job in MB, by the seeds or the input, and as much again at each attempt.

    300 MB of it are Snakemake's own within the job of a cluster.
    """

    def mem_mb(wildcards, input, attempt):
        n_seeds = len(seeds_of(wildcards)) if mb_per_seed else 0
        input_mb = input.size_mb if mb_per_input_mb else 0
        return attempt * int(mb + mb_per_seed * n_seeds + mb_per_input_mb * input_mb)

    return mem_mb


def training_minutes(wildcards):
    """Run time of a training job in minutes."""
    return 10 + len(seeds_of(wildcards))
