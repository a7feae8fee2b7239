"""Tabulate networks that are fitted to the recording, beside those that have not seen it."""

import numpy as np
import pandas as pd

from normative.rsa.comparators import COMPARATORS
from normative.rsa.rdm import correlation_distance, distance_of_distinct, upper_triangle
from normative.workflow.runner import run
from normative.workflow.stacks import read_stacks
from normative.workflow.tables import files_by_model, read_status, write_table

OF_PARTS = ["train_loss", "train_error", "test_loss", "test_error"]
LOSSES = ["dataset", "penalty", "iteration", *OF_PARTS, "least_error", "neurons", "note"]
COLUMNS = ["dataset", "kind", "model", "layer", "seed", "comparator", "similarity", "sd_seeds"]
COLUMNS += ["seeds", "r2", "r2_beyond_mean", "r2_beyond_orientation", "r2_iterations"]
COLUMNS += ["iterations", "note"]


def main(input, output, wildcards, params):
    """Write the losses of the bonus tutorial's network, and what all networks reach.

    Of fitted networks: a row a layer, its mean over seeds, and below all of these each seed.
    """
    write_table(tabulate_losses(input.bonus, wildcards.dataset), output.losses)
    with np.load(input.recording) as file:
        parts = [upper_triangle(file[name]) for name in ("half_1", "half_2") if name in file]
    compare = COMPARATORS[params.comparator]

    def similarity(rdms):
        """Compare an RDM with that of each part; the mean."""
        entries = (upper_triangle(rdm) for rdm in rdms)
        return np.mean([compare(*both) for both in zip(entries, parts, strict=True)])

    with np.load(input.orientation) as file:
        baselines = dict(zip(file["names"].tolist(), file["r2"], strict=True))
    means, of_seeds = [], []
    for kind, path in zip(params.kinds, input.fitted, strict=True):
        with np.load(path) as file:
            fitted = dict(file)
        model = {"kind": "fitted to V1", "model": f"v1_fitted_{kind}"}
        for layer in fitted["layers"].tolist():
            of_layer = {**model, "layer": layer, "note": str(fitted["note"])}
            rows = []
            for position, seed in enumerate(fitted["seeds"].tolist() if parts else []):
                rdms = [
                    distance_of_distinct(correlation_distance, activations)
                    for activations in fitted[layer][position]
                ]
                row = {"seed": seed, "similarity": similarity(rdms[::-1])}  # of the other part
                row["iterations"] = np.median(fitted["part_iterations"][position])
                if layer == "out":
                    r2 = fitted["r2"][position]
                    row["r2"] = np.nanmedian(r2)
                    for name in ("mean", "orientation"):
                        row[f"r2_beyond_{name}"] = np.nanmedian(r2 - baselines[name])
                    row["r2_iterations"] = np.median(fitted["iterations"][position])
                rows.append({**of_layer, **row})
            means.append({**of_layer, **average(rows)})
            of_seeds += rows
    if parts:
        status = read_status(input.performance)
        for model, paths in files_by_model(input.networks, params.models).items():
            rows = {}
            for seed, rdms in read_stacks(paths):
                if status[model, seed] != "failed":
                    for layer, rdm in rdms.items():
                        rows.setdefault(layer, []).append({"similarity": similarity([rdm, rdm])})
            for layer, of_layer in rows.items():
                named = {"kind": "normative", "model": model, "layer": layer}
                means.append({**named, **average(of_layer)})
        with np.load(input.references) as file:
            for name, rdm in file.items():
                named = {"kind": "reference", "model": "reference", "layer": name}
                means.append({**named, "similarity": similarity([rdm, rdm])})
        between = {"kind": "recording", "model": "recording", "layer": "other part of the trials"}
        means.append({**between, "similarity": compare(*parts)})
    table = pd.DataFrame(means + of_seeds).reindex(columns=COLUMNS)
    table = table.assign(dataset=wildcards.dataset, comparator=params.comparator)
    write_table(table.astype({"seed": "Int64", "seeds": "Int64"}), output.fitted)


def average(rows):
    """Average the numbers of seeds, with the SD of their similarity; nothing of none."""
    table = pd.DataFrame(rows)
    if table.empty:
        return {}
    numbers = table.select_dtypes("number").drop(columns="seed", errors="ignore")
    similarity = numbers["similarity"]
    spread = {"sd_seeds": similarity.std(), "seeds": similarity.count()}
    return {**numbers.mean().to_dict(), **spread}


def tabulate_losses(path, dataset):
    """Give one row a fit and iteration; a single row a fit where it was left out."""
    with np.load(path) as file:
        bonus = dict(file)
    unknown = np.full((len(bonus["penalties"]), 1, 2, 2), np.nan)
    rows = []
    for penalty, losses, note in zip(
        bonus["penalties"], bonus.get("losses", unknown), bonus["note"], strict=True
    ):
        of_fit = pd.DataFrame(losses.reshape(-1, 4), columns=OF_PARTS)
        of_fit["iteration"] = np.arange(1, len(losses) + 1) if "losses" in bonus else None
        rows.append(of_fit.assign(penalty=penalty, note=note))
    table = pd.concat(rows, ignore_index=True).assign(
        dataset=dataset,
        neurons=int(bonus["n_neurons"]),
        least_error=float(bonus.get("least_error", np.nan)),
    )
    return table.astype({"iteration": "Int64"}).reindex(columns=LOSSES)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
