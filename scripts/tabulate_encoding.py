"""Tabulate how well neurons are predicted from each layer and reference, and beyond baselines."""

import numpy as np
import pandas as pd

from normative.encoding.sample import Sample
from normative.encoding.scores import LEAST_RELIABILITY, SCORES, ceiling, split_variance
from normative.inference.summaries import mean_over_seeds, summarize_neurons
from normative.workflow.runner import run
from normative.workflow.tables import files_by_model, read_status, write_table

NORMALIZED = ["normalized_r_squared", "fev"]
BASELINES = ["mean", "orientation"]
SUMMARY = ["median", "low_quartile", "high_quartile", "ci_low", "ci_high", "ci_over", "ci_warning"]
COLUMNS = ["dataset", "model", "layer", "seed", "status", "folds", "score", *SUMMARY, "df"]
COLUMNS += ["neurons", "seeds", "failed", "gap_deg"]
GROUP_COLUMNS = ["dataset", "model", "layer", "seed", "part", *SUMMARY, "df", "neurons"]


def main(input, output, params, wildcards):
    """Write the tables of scores and of parts of the variance, and the scores of every neuron.

    Of a layer: its mean over the seeds of networks that did not fail, without a seed, and below all
    of these each network. Normalized scores are summarized over reliable neurons, others over all.
    """
    with np.load(input.sample) as file:
        sample = {name: file[name] for name in ("neurons", "reliability")}
    blocks = Sample.read(input.sample, params.folds).folds["blocks"]
    gap_deg = min(fold.gap_deg for fold in blocks)
    sample["is_reliable"] = sample["reliability"] >= LEAST_RELIABILITY
    references, at_random = read_references(input.references)
    baselines = {"blocks": {**references}, "random": at_random}
    references["trials"] = ceiling(sample["reliability"])
    options = {"resample": params.resample, "confidence": params.confidence}

    def add(rows, of_layer, scores, folds="blocks"):
        """Add a row for each score, (seeds, neurons), and for the R² beyond that of baselines."""
        of_layer = {**of_layer, "folds": folds, "gap_deg": gap_deg if folds == "blocks" else 0}
        beyond = {
            f"r2_beyond_{name}": scores["r2"] - baselines[folds][name]["r2"] for name in BASELINES
        }
        for name, values in {**scores, **beyond}.items():
            if name in NORMALIZED:
                values = values[:, sample["is_reliable"]]
            found = summarize_neurons(values, **options, is_mean="seeds" in of_layer)
            rows.append({**of_layer, "score": name, **found})

    rows, of_seeds, groups = [], [], []
    for name, scores in references.items():
        add(rows, {"model": "reference", "layer": name}, one_seed(scores))
    for name, scores in at_random.items():
        add(rows, {"model": "reference", "layer": name}, one_seed(scores), "random")
    means = {}
    status = read_status(input.performance)
    files = files_by_model(input.networks, params.models)
    for model, shown in zip(params.models, input.shown, strict=True):
        seeds, layers, scores = read_model(files[model])
        statuses = [status[model, seed] for seed in seeds]
        has_passed = np.array([found != "failed" for found in statuses])
        counts = {"seeds": int(has_passed.sum()), "failed": int((~has_passed).sum())}
        with np.load(shown) as file:
            of_shown = dict(file)
        for index, layer in enumerate(layers):
            of_layer = {"model": model, "layer": layer}
            of_all = {name: values[:, index] for name, values in scores.items()}
            passed = {name: values[has_passed] for name, values in of_all.items()}
            add(rows, {**of_layer, **counts}, passed)
            means[model, layer] = {name: mean_over_seeds(of) for name, of in passed.items()}
            for position, (seed, found) in enumerate(zip(seeds, statuses, strict=True)):
                of_one = {name: values[[position]] for name, values in of_all.items()}
                add(of_seeds, {**of_layer, "seed": seed, "status": found}, of_one)
            of_layer["seed"] = params.seed
            random_scores = {name: of_shown[f"random_{name}"][[index]] for name in SCORES}
            of_random = {**of_layer, "status": status[model, params.seed]}
            add(of_seeds, of_random, random_scores, "random")
            layer_r2 = of_all["r2"][seeds.index(params.seed)]
            energy = references["gabor_energy"]["r2"]
            parts = split_variance(energy, layer_r2, of_shown["banded_r2"][index])
            groups += [
                {**of_layer, "part": part, **summarize_neurons(values[None], **options)}
                for part, values in parts.items()
            ]
    write(rows + of_seeds, COLUMNS, wildcards.dataset, output.encoding)
    write(groups, GROUP_COLUMNS, wildcards.dataset, output.groups)
    models, layers = zip(*means, strict=True)
    unknown = np.full(len(sample["neurons"]), np.nan)
    np.savez(
        output.neurons,
        **sample,
        models=models,
        layers=layers,
        references=list(references),
        **{name: [scores[name] for scores in means.values()] for name in SCORES},
        **{
            f"reference_{name}": [of.get(name, unknown) for of in references.values()]
            for name in SCORES
        },
    )


def one_seed(scores):
    """Give scores of neurons the axis of seeds."""
    return {name: values[None] for name, values in scores.items()}


def read_references(path):
    """Read the scores of each neuron by reference, with blocks and with folds at random."""
    with np.load(path) as file:
        arrays = dict(file)
    return [
        {
            name: {score: arrays[f"{prefix}{score}"][index] for score in SCORES}
            for index, name in enumerate(arrays["names"].tolist())
        }
        for prefix in ("", "random_")
    ]


def read_model(paths):
    """Read the seeds of a model, its layers, and the scores, (seeds, layers, neurons) each."""
    archives = []
    for path in paths:
        with np.load(path) as file:
            archives.append(dict(file))
    seeds = [seed for archive in archives for seed in archive["seeds"].tolist()]
    scores = {name: np.concatenate([archive[name] for archive in archives]) for name in SCORES}
    return seeds, archives[0]["layers"].tolist(), scores


def write(rows, columns, dataset, path):
    """Write a table, whole numbers as such."""
    table = pd.DataFrame(rows).assign(dataset=dataset).reindex(columns=columns)
    counts = [name for name in ("seed", "neurons", "seeds", "failed") if name in table]
    write_table(table.astype(dict.fromkeys(counts, "Int64")), path)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
