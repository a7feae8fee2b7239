INFERENCE = config["inference"]


# Of the study's own code: in the params of the jobs that use it, so that an edit re-runs them.
OWN_NETWORK_CODE = {
    model: own_version(config["models"][model]["network"]) for model in OWN_NETWORKS
}
OWN_TASKS = {task: own_version(task) for task in TASKS.values() if is_own(task)}
GATES = {
    "tilt": config["gates"]["accuracy"],
    "orientation": config["gates"]["error_deg"],
    "rotation": config["gates"]["rotation_error_deg"],
    "objects": config["gates"]["objects_accuracy"],
}


def own_code_of_model(wildcards):
    """Versions of the user's own network, its weights and its task, None where they are ours."""
    design = config["models"][wildcards.model]
    return [
        OWN_NETWORK_CODE.get(wildcards.model),
        describe_file(design.get("weights")),
        OWN_TASKS.get(design["task"]),
    ]


def network(wildcards):
    """The network of a model: the name of one of ours, or what makes the user's own."""
    design = config["models"][wildcards.model]
    if not is_own(design["network"]):
        return design["network"]
    return {
        "code": design["network"],
        "arguments": design.get("arguments", {}),
        "outputs": design.get("outputs", "n_outputs"),
        "input": design.get("input", {}),
        "weights": design.get("weights"),
    }


def training(wildcards):
    """Settings of a model's training, those of `TrainingConfig`."""
    design = config["models"][wildcards.model]
    return {
        "network": network(wildcards),
        "filters": design.get("filters"),
        "task": design["task"],
        "epochs": EPOCHS[wildcards.model],
        **{key: config["training"][key] for key in ("batch_size", "learning_rate", "momentum")},
    }


def comparison(wildcards):
    """Settings of the comparison of RDMs."""
    return {
        "comparator": INFERENCE["comparator"],
        "block_deg": INFERENCE["block_deg"] if "stimuli" in INFERENCE["resample"] else None,
        "n_replicates": INFERENCE["replicates"],
        "seed": INFERENCE["seed"],
    }


# The captions and the template of the report for the browser.
REPORT_PARTS = sorted(f"report/{path.name}" for path in (RULES / "report").iterdir())
RULE_FILES = sorted(str(path.relative_to(RULES)) for path in RULES.rglob("*.smk"))
LIBRARY_FILES = sorted(str(path) for path in (RULES.parent / "scripts/normative").rglob("*.py"))


def packages():
    """Versions of all packages that scripts use."""
    scripts = [path.stem for path in (REPOSITORY / "scripts").glob("*.py")]
    versions = [code(script)["packages"] for script in scripts]
    return dict(sorted(item for found in versions for item in found.items()))


def intermediate(wildcards):
    return of_dataset(wildcards.dataset)


def of_group(wildcards):
    """Files between the animals' own results and the group's tables, and those results."""
    names = ["stimuli.npz", "responses.npz", "rdms/recording.npz", "rdms/references.npz"]
    names += ["similarities/means.npz", "similarities/layers.csv", "tables/inference.csv"]
    of_each = expand("results/{animal}/{name}", animal=animals(wildcards), name=names)
    own = [
        f"results/{wildcards.dataset}/{name}" for name in ("animals.md", "similarities/animals.npz")
    ]
    return own + of_each + networks_of_first_animal(wildcards)


SIMULATIONS = config["calibration"]["simulations"]
BATCH = 50  # simulations of one job
CALIBRATION_WORLDS = config["calibration"]["worlds"]
if CALIBRATION_WORLDS == "default":
    CALIBRATION_WORLDS = ["width_15", "width_40", "neurons_30", "shipped"]
elif CALIBRATION_WORLDS == "all":
    of_calibration = SCHEMA["properties"]["calibration"]["properties"]
    CALIBRATION_WORLDS = of_calibration["worlds"]["anyOf"][1]["items"]["enum"]


def first_simulation(wildcards):
    return int(wildcards.start)


def n_simulations(wildcards):
    return min(BATCH, SIMULATIONS - int(wildcards.start))
