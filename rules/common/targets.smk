from normative import published

PAPER_MODEL = STUDY[0]  # the one that the first two figures of the paper are about
FITTED_KINDS = ["linear", "cnn"]  # of networks that are fitted to the neurons
# Of each figure of the paper: those with data of their own.
PANELS = {1: "ac", 2: "ab", 3: "abc", 4: "abc"}


def of_dataset(dataset):
    """Files between a recording and the tables, so that one deleted by hand is made again."""
    names = ["recording.npz", "responses.npz", "recording.md", "stimuli.npz"]
    names += ["rdms/recording.npz", "rdms/references.npz"]
    names += ["bootstrap/neurons.npy", "bootstrap/trials.npy"]
    names += [f"similarities/{name}" for name in ("references.npz", "means.npz", "layers.csv")]
    names += [f"embeddings/{model}.npz" for model in STUDY]
    names += [f"encoding/{name}.npz" for name in ("sample", "references", "encoding_neurons")]
    names += [f"encoding/{model}/shown.npz" for model in STUDY]
    names += [f"encoding/v1_fitted/{name}.npz" for name in ("bonus", *FITTED_KINDS)]
    return [f"results/{dataset}/{name}" for name in names]


def of_networks():
    """Files of networks, a block of seeds each."""
    tasks = dict.fromkeys(own_task_name(config["models"][model]["task"]) for model in STUDY)
    tasks.pop("none", None)
    return (
        expand("results/networks/{model}.json", model=STUDY)
        + expand("results/training_stimuli/{task}/seeds-{seeds}.npz", task=tasks, seeds=BLOCKS)
        + each_network(
            [
                "results/models/{model}/seeds-{seeds}/weights.pt",
                "results/models/{model}/seeds-{seeds}/training_log.csv",
                "results/models/{model}/seeds-{seeds}/performance.csv",
                "results/{dataset}/activations/{model}/seeds-{seeds}.npz",
                "results/{dataset}/rdms/{model}/seeds-{seeds}.npz",
                "results/{dataset}/similarities/{model}/seeds-{seeds}.npz",
                "results/{dataset}/multiverse/{model}/seeds-{seeds}.csv",
                "results/{dataset}/encoding/{model}/seeds-{seeds}.npz",
            ]
        )
    )


def tables():
    names = ["inference", "pairwise", "training_effect", "tasks", "partial", "ceilings"]
    names += ["multiverse"]
    names += ["rdm_correlations", "reference_correlations", "model_correlations"]
    names += ["training", "performance"]
    names += ["encoding", "encoding_groups"]
    names += ["v1_fitted_losses", "v1_fitted"]
    if published.MODEL in STUDY and published.SEED in SEEDS:
        names.append("reproduction")
    return [f"results/{{dataset}}/tables/{name}.csv" for name in names]


def figures(formats=(VECTOR, "png", "csv")):
    names = ["gratings", "reference_rdms", "learning_curves", "similarity", "pairwise"]
    names += ["training_effect", "tasks", "layers", "partial_correlations", "model_space"]
    names += ["multiverse"]
    names += ["encoding", "predictions"]
    names += ["bonus_network", "v1_fitted"]
    of_model = ["rdms", "rdm_correlations", "rdm_rows", "tuning_curves", "embeddings"]
    names += expand("{model}/{name}", model=STUDY, name=of_model)
    pattern = "results/{dataset}/figures/{name}.{format}"
    return expand(pattern, name=names, format=formats, allow_missing=True)


def paper(formats=(VECTOR, "png", "md", "csv"), panels=PANELS):
    """Files of the figures of a paper: each twice, its caption, the data of its panels."""
    names = [f"{number}.{format}" for number in panels for format in formats if format != "csv"]
    if "csv" in formats:
        names += [f"{number}{panel}.csv" for number in panels for panel in panels[number]]
    return [f"results/{{dataset}}/paper/figure_{name}" for name in names]


def notes_on(made):
    """Paths of the notes on how tables and figures were made."""
    return [re.sub(r"(.*?{dataset})/(.*)\.\w+", r"\1/provenance/\2.json", path) for path in made]


def provenance():
    """Notes on how each table and figure was made."""
    return notes_on(tables() + figures(["png"]) + paper(["png"]))


def group_tables():
    names = ["group", "animals", "group_pairwise", "group_training_effect", "group_partial"]
    names += ["group_encoding"]
    return [f"results/{{dataset}}/tables/{name}.csv" for name in names]


def group_figures(formats=(VECTOR, "png", "csv")):
    pattern = "results/{dataset}/figures/{name}.{format}"
    names = ["group_similarity", "animals_space", "group_encoding"]
    return expand(pattern, name=names, format=formats, allow_missing=True)


def group_paper(formats=(VECTOR, "png", "md", "csv")):
    """Likewise; the first figure, of the task, is that of any animal."""
    return paper(formats, {number: PANELS[number] for number in (2, 3)})


def group_provenance():
    return notes_on(group_tables() + group_figures(["png"]) + group_paper(["png"]))


def results(dataset):
    """All results of a recording, or of a group and its animals, and of the networks."""
    if dataset in GROUPS:
        names = ["answers.md", "animals.md", "MANIFEST.json", "report.html"]
        made = [f"results/{{dataset}}/{name}" for name in [*names, "similarities/animals.npz"]]
        made += [*group_tables(), *group_figures(), *group_paper(), *group_provenance()]
        of_animals = [path for animal in GROUPS[dataset] for path in results(animal)]
        return [*expand(made, dataset=dataset), *dict.fromkeys(of_animals)]
    pages = [f"results/{dataset}/{name}" for name in ("answers.md", "MANIFEST.json", "report.html")]
    parts = [*of_networks(), *tables(), *figures(), *paper(), *provenance()]
    return pages + of_dataset(dataset) + expand(parts, dataset=dataset)
