"""Average the similarities of each model's layers over its seeds, in every bootstrap replicate."""

import logging
from collections import defaultdict

import numpy as np
import pandas as pd

from normative.partial import partial_correlation
from normative.resampling import resample_units
from normative.runner import run
from normative.tables import write_table

logger = logging.getLogger(__name__)


class Mean:
    """A mean over seeds that grows seed by seed, so that thousands take no more memory than one."""

    def __init__(self):
        self.total = self.weight = 0
        self.samples = []

    def add(self, values, counted, drawn):
        """Add a seed's values, rows × layers …, for layers that count, as often as it was drawn."""
        trailing = (1,) * (values.ndim - 2)
        weight = (drawn[:, None] * counted).reshape(len(drawn), len(counted), *trailing)
        self.total = self.total + np.where(weight > 0, weight * values, 0)
        self.weight = self.weight + weight
        self.samples.append(np.where(counted.reshape(-1, *trailing), values[0], np.nan))

    def result(self, name):
        """Give the mean, and the sample's value of each seed, NaN for those that do not count."""
        with np.errstate(invalid="ignore"):  # no seed counts, or none that a replicate drew
            return {name: self.total / self.weight, f"{name}_by_seed": np.stack(self.samples)}


def main(input, output, params):
    """Write arrays of rows × layers; rows are those of `compare_rdms`, layers those of all models.

    Networks that failed their task, and layers whose similarity is not defined (NaN), are left out
    of the means and counted. `partial` and `unique` have a third axis: each reference given, and
    all of them. `effect` is each trained model less its untrained twin of the same seed. Arrays
    named `…_by_seed`, seeds × layers, hold the sample.
    """
    references = read(input.references)
    between = references["bootstrap"]
    counts = np.ones((len(params.seeds), len(between)))
    if "seeds" in params.resample:
        rng = np.random.default_rng([params.seed, 2])
        counts[:, 1:] = resample_units(len(params.seeds), counts.shape[1] - 1, rng).T
    status = pd.read_csv(input.performance).set_index(["model", "seed"])["status"]
    networks = [tuple(network.values()) for network in params.networks]  # model and seed
    paths = dict(zip(networks, input.networks, strict=True))

    columns, layers = defaultdict(list), []
    for model in params.study:
        means, failed, undefined = defaultdict(Mean), 0, 0
        every = []
        for seed, drawn in zip(params.seeds, counts, strict=True):
            network = read(paths[model, seed])
            similarity = network["bootstrap"][..., 0]
            passed, defined = status[model, seed] != "failed", ~np.isnan(similarity[0])
            counted = passed & defined
            partial, unique = partials(network["bootstrap"], between)
            for name, values in (
                ("similarity", similarity),
                ("partial", partial),
                ("unique", unique),
            ):
                means[name].add(values, counted, drawn)
            for name in ("shifts", "permutations"):
                means[name].add(network[name], counted, np.ones(len(network[name])))
            if model in params.twins:
                other = read(paths[params.twins[model], seed])["bootstrap"][..., 0]
                means["effect"].add(similarity - other, counted & ~np.isnan(other[0]), drawn)
            every.append(similarity[0])
            failed += not passed
            undefined = undefined + (passed & ~defined)
        columns["all_seeds"].append(np.stack(every))  # also those that do not count
        for name, mean in means.items():
            for key, values in mean.result(name).items():
                columns[key].append(values)
        for layer, missing in zip(network["names"], undefined, strict=True):
            layers.append((model, layer, len(params.seeds) - failed - missing, failed, missing))
            logger.info("%s, %s: %d seeds counted, %d failed, %d undefined", *layers[-1])
    rows = {name: np.concatenate(values, axis=1) for name, values in columns.items()}
    rows |= {f"reference_{name}": references[name] for name in ("shifts", "permutations")}
    np.savez(output.means, **rows, reference_similarity=between[..., 0])
    table = pd.DataFrame(layers, columns=["model", "layer", "seeds", "failed", "undefined"])
    write_table(table, output.layers)


def read(path):
    """Read a file of `compare_rdms`."""
    with np.load(path) as file:
        return dict(file)


def partials(bootstrap, between):
    """Partial correlations and unique variances given each reference, and all.

    Parameters
    ----------
    bootstrap : array, shape (rows, layers, 1 + references)
        Similarity of layers with the recording and each reference.
    between : array, shape (rows, references, 1 + references)
        Of references with the same.

    Returns
    -------
    partial, unique : array, shape (rows, layers, references + 1)
    """
    xy, yz = bootstrap[..., 0], bootstrap[..., 1:]
    xz, zz = between[:, None, :, 0], between[:, None, :, 1:]
    count = between.shape[1]
    covariates = [[index] for index in range(count)] + [list(range(count))]
    results = [
        partial_correlation(xy, xz[..., of], yz[..., of], zz[..., of, :][..., of])
        for of in covariates
    ]
    return tuple(np.stack(quantity, axis=-1) for quantity in zip(*results, strict=True))


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
