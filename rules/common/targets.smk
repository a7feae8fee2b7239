from normative import published

PAPER_MODEL = STUDY[0]  # the one that the first two figures of the paper are about
PANELS = {1: "ac", 2: "ab", 3: "abc"}  # of each figure of the paper: those with data of their own


def of_dataset(dataset):
    """Files between a recording and the tables, so that one deleted by hand is made again."""
    names = ["recording.npz", "responses.npz", "recording.md", "stimuli.npz"]
    names += ["rdms/recording.npz", "rdms/references.npz"]
    names += ["bootstrap/neurons.npy", "bootstrap/trials.npy"]
    names += [f"similarities/{name}" for name in ("references.npz", "means.npz", "layers.csv")]
    names += [f"embeddings/{model}.npz" for model in STUDY]
    return [f"results/{dataset}/{name}" for name in names]


def of_networks():
    """Files of networks, a block of seeds each."""
    tasks = dict.fromkeys(config["models"][model]["task"] for model in STUDY)
    return expand(
        "results/training_stimuli/{task}/seeds-{seeds}.npz", task=tasks, seeds=BLOCKS
    ) + each_network(
        [
            "results/models/{model}/seeds-{seeds}/weights.pt",
            "results/models/{model}/seeds-{seeds}/training_log.csv",
            "results/models/{model}/seeds-{seeds}/performance.csv",
            "results/{dataset}/activations/{model}/seeds-{seeds}.npz",
            "results/{dataset}/rdms/{model}/seeds-{seeds}.npz",
            "results/{dataset}/similarities/{model}/seeds-{seeds}.npz",
            "results/{dataset}/multiverse/{model}/seeds-{seeds}.csv",
        ]
    )


def tables():
    names = ["inference", "pairwise", "training_effect", "partial", "ceilings", "multiverse"]
    names += ["rdm_correlations", "reference_correlations", "model_correlations"]
    names += ["training", "performance"]
    if published.MODEL in STUDY and published.SEED in SEEDS:
        names.append("reproduction")
    return [f"results/{{dataset}}/tables/{name}.csv" for name in names]


def figures(formats=(VECTOR, "png", "csv")):
    names = ["gratings", "reference_rdms", "learning_curves", "similarity", "pairwise"]
    names += ["training_effect", "partial_correlations", "model_space", "multiverse"]
    of_model = ["rdms", "rdm_correlations", "rdm_rows", "tuning_curves", "embeddings"]
    names += expand("{model}/{name}", model=STUDY, name=of_model)
    pattern = "results/{dataset}/figures/{name}.{format}"
    return expand(pattern, name=names, format=formats, allow_missing=True)


def paper(formats=(VECTOR, "png", "md", "csv")):
    """Files of the figures of a paper: each twice, its caption, the data of its panels."""
    names = [f"{number}.{format}" for number in PANELS for format in formats if format != "csv"]
    if "csv" in formats:
        names += [f"{number}{panel}.csv" for number in PANELS for panel in PANELS[number]]
    return [f"results/{{dataset}}/paper/figure_{name}" for name in names]


def provenance():
    """Notes on how each table and figure was made."""
    made = tables() + figures(["png"]) + paper(["png"])
    return [re.sub(r"(.*?{dataset})/(.*)\.\w+", r"\1/provenance/\2.json", path) for path in made]


def results(dataset):
    """All results of a recording and of the networks that are compared with it."""
    pages = [f"results/{dataset}/{name}" for name in ("answers.md", "MANIFEST.json", "report.html")]
    parts = [*of_networks(), *tables(), *figures(), *paper(), *provenance()]
    return pages + of_dataset(dataset) + expand(parts, dataset=dataset)
