INFERENCE = config["inference"]


def training(wildcards):
    """Settings of a model's training, those of `TrainingConfig`."""
    design = config["models"][wildcards.model]
    return {
        **{key: design[key] for key in ("network", "filters", "task")},
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


def packages():
    """Versions of all packages that scripts use."""
    scripts = [path.stem for path in (REPOSITORY / "scripts").glob("*.py")]
    versions = [code(script)["packages"] for script in scripts]
    return {name: version for found in versions for name, version in sorted(found.items())}


def intermediate(wildcards):
    return of_dataset(wildcards.dataset)


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
