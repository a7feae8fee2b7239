"""Tabulate how well the neurons of a group's animals are predicted, over animals and seeds."""

import numpy as np
import pandas as pd

from normative.inference.animals import count_seeds, sources_over_animals
from normative.inference.averaging import mean_of_defined
from normative.inference.corrections import holm
from normative.inference.uncertainty import describe_interval, t_p
from normative.workflow.runner import run
from normative.workflow.tables import write_table

COLUMNS = ["dataset", "model", "layer", "score", "animal", "median"]
COLUMNS += ["ci_low", "ci_high", "ci_over", "ci_warning", "df", "sd_animals", "p", "p_holm"]
COLUMNS += ["animals", "neurons", "seeds"]
# Scores whose mean over animals is tested against zero.
TESTED = ["r2_beyond_mean", "r2_beyond_orientation"]


def main(input, output, params, wildcards):
    """Write one row a layer or reference and score, and one of each animal below it.

    Neurons are pooled within the animal: its value is the median over its neurons, for each network
    that did not fail, averaged over these. Layers come first, then references.
    """
    tables = {
        animal: pd.read_csv(path)
        for animal, path in zip(params.animals, input.encoding, strict=True)
    }
    table = pd.concat(tables, names=["animal"]).reset_index("animal").reset_index(drop=True)
    is_reference = table["model"] == "reference"
    is_shown = (table["folds"] == "blocks") & (is_reference | table["seed"].notna())
    table["median"] = table["median"].where(table["status"] != "failed")
    table = (
        table[is_shown]
        .assign(seed=table["seed"].fillna(-1))
        .sort_values("model", key=lambda model: model == "reference", kind="stable")
    )
    rows = []
    for names, of_layer in table.groupby(["model", "layer", "score"], sort=False):
        wide = of_layer.pivot(index="animal", columns="seed", values="median")
        # Not all animals have each reference, such as the angle on the circle of 360°.
        values = wide.reindex(params.animals).to_numpy()  # (animals, seeds)
        row = dict(zip(["model", "layer", "score"], names, strict=True))
        of_animals = mean_of_defined(values.T)
        n_neurons = of_layer.groupby("animal")["neurons"].max()
        n_seeds = count_seeds(values) if row["model"] != "reference" else 0
        found = summarize(values, of_animals, row["score"], n_seeds, params)
        rows.append({**row, **found, "seeds": n_seeds})
        rows += [
            {**row, "animal": animal, "median": median, "neurons": n_neurons[animal]}
            for animal, median in zip(params.animals, of_animals, strict=True)
            if animal in n_neurons
        ]
    table = pd.DataFrame(rows).assign(dataset=wildcards.dataset).reindex(columns=COLUMNS)
    for score in TESTED:  # whose tests of layers are one family
        is_tested = (table["model"] != "reference") & (table["score"] == score)
        table.loc[is_tested, "p_holm"] = holm(table.loc[is_tested, "p"])
    counts = dict.fromkeys(["animals", "neurons", "seeds"], "Int64")
    write_table(table.astype(counts), output.encoding)


def summarize(values, of_animals, score, n_seeds, params):
    """Give the mean over animals of a score, (animals, seeds), its t interval and its test."""
    known = of_animals[~np.isnan(of_animals)]
    if not len(known):
        return {"ci_over": "nothing", "animals": 0}
    sources = sources_over_animals(values)
    found = {"median": known.mean(), "animals": len(known)}
    found |= describe_interval(
        found["median"], sources, params.confidence, largest=np.inf, n_seeds=n_seeds
    )
    if len(known) > 1:
        found["sd_animals"] = np.std(known, ddof=1)
    return found | ({"p": t_p(found["median"], sources)} if score in TESTED else {})


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
