import re

from normative.workflow.config import (
    animals_of,
    describe_file,
    epochs_by_model,
    group_by_task,
    untrained_twins,
)
from normative.workflow.own_code import is_own, own_task_name, own_version
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
# Not trained here, and maybe elsewhere.
GIVEN = [
    model
    for model in STUDY
    if EPOCHS[model] == 0
    and ("weights" in config["models"][model] or config["models"][model]["task"] == "none")
]
TASK_GROUPS = group_by_task(config)
# By their names in paths; a model without a task has none. Code of other models is not looked at.
TASKS = {
    own_task_name(design["task"]): design["task"]
    for model, design in config["models"].items()
    if model in STUDY or not is_own(design["task"])
}
OWN_NETWORKS = [model for model in STUDY if is_own(config["models"][model]["network"])]


GROUPS = {  # of animals: their datasets, without those that are left out
    name: animals_of(source) for name, source in config["datasets"].items() if "members" in source
}


wildcard_constraints:
    dataset="|".join(re.escape(name) for name in config["datasets"] if name not in GROUPS) or "(?!)",
    model="|".join(map(re.escape, config["models"])),
    task="|".join(map(re.escape, sorted(TASKS))),
    seeds=r"(0|[1-9]\d*)(-[1-9]\d*)?",


def seeds_of(wildcards):
    """Seeds that a file holds."""
    return seeds_in(wildcards.seeds)


def each_network(pattern):
    """Paths of the files of all models and seeds, model by model; `{dataset}` is left."""
    return expand(pattern, model=STUDY, seeds=BLOCKS, allow_missing=True)


def training_stimuli(wildcards):
    """Path of what a model's networks learn from."""
    task = own_task_name(config["models"][wildcards.model]["task"])
    return [] if task == "none" else f"results/training_stimuli/{task}/seeds-{wildcards.seeds}.npz"


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


def animals(wildcards):
    """Datasets of a group's animals."""
    return GROUPS[wildcards.dataset]


def of_animals(pattern):
    """Give a function that lists a file of each animal of a group, whose name is `{animal}`."""
    return lambda wildcards: expand(pattern, animal=animals(wildcards))


def of_first_animal(pattern):
    """Give a function that names a file of the first animal of a group, likewise."""
    return lambda wildcards: pattern.format(animal=animals(wildcards)[0])


def networks_of_first_animal(wildcards):
    """Paths of the RDMs of all networks on the gratings of a group's first animal."""
    pattern = "results/{dataset}/rdms/{model}/seeds-{seeds}.npz"
    return expand(each_network(pattern), dataset=animals(wildcards)[0])


def memory(mb, mb_per_seed=0, mb_per_input_mb=0, copies_of_a_seed=0):
    """Memory of a job in MB, by the seeds or the input, and as much again at each attempt.

    Layers are read seed by seed: `copies_of_a_seed` counts how often those of one, which is a share
    of the input, stand in memory at once. 300 MB of it are Snakemake's own within the job of a cluster.
    """

    def mem_mb(wildcards, input, attempt):
        n_seeds = len(seeds_of(wildcards)) if mb_per_seed or copies_of_a_seed else 0
        input_mb = input.size_mb if mb_per_input_mb or copies_of_a_seed else 0
        per_input_mb = mb_per_input_mb + copies_of_a_seed / max(1, n_seeds)
        return attempt * int(mb + mb_per_seed * n_seeds + per_input_mb * input_mb)

    return mem_mb


def training_minutes(wildcards, attempt):
    """Run time of a training job in minutes, as much again at each attempt.

    A minute a seed, and more where there are more epochs or images than the tutorial's.
    """
    n_shown = EPOCHS[wildcards.model] * config["training"]["stimuli"]
    each = max(1, n_shown / (25 * 1000))
    return attempt * math.ceil(10 + each * len(seeds_of(wildcards)))
