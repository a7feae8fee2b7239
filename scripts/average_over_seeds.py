"""Average the similarities of each model's layers over its seeds, in every bootstrap replicate."""

import logging

import numpy as np
import pandas as pd

from normative.inference import partial_correlation
from normative.resampling import resample_units
from normative.runner import run

logger = logging.getLogger(__name__)


def main(input, output, params):
    """Write arrays of rows × layers; rows are those of `compare_rdms`, layers those of all models.

    Networks that failed their task, and layers whose similarity is not defined (NaN), are left out
    of the means and counted. `partial` and `unique` have a third axis: each reference given, and
    all of them. `effect` is each trained model less its untrained twin of the same seed.
    """
    with np.load(input.references) as file:
        references = dict(file)
    counts = np.ones((len(params.seeds), len(references["bootstrap"])))
    if "seeds" in params.resample:
        rng = np.random.default_rng([params.seed, 2])
        counts[:, 1:] = resample_units(len(params.seeds), counts.shape[1] - 1, rng).T
    status = pd.read_csv(input.performance).set_index(["model", "seed"])["status"]
    networks = [tuple(network.values()) for network in params.networks]  # model and seed
    paths = dict(zip(networks, input.networks, strict=True))

    def read(model):
        """Stack a model's seeds: seeds × rows × layers …, and which of seeds × layers count."""
        files = [dict(np.load(paths[model, seed])) for seed in params.seeds]
        stacked = {
            name: np.stack([file[name] for file in files])
            for name in ("bootstrap", "shifts", "permutations")
        }
        failed = np.array([status[model, seed] == "failed" for seed in params.seeds])
        undefined = np.isnan(stacked["bootstrap"][:, 0, :, 0])
        return list(files[0]["names"]), stacked, failed, undefined

    layers, columns, effects = [], [], []
    for model in params.study:
        names, stacked, failed, undefined = read(model)
        counted = (~failed[:, None] & ~undefined)[:, None]  # seeds × 1 × layers
        drawn = counted * counts[..., None]
        similarity = stacked["bootstrap"][..., 0]
        partial, unique = partials(stacked["bootstrap"], references["bootstrap"])
        columns.append(
            {
                "similarity": mean(similarity, drawn),
                "partial": mean(partial, drawn),
                "unique": mean(unique, drawn),
                "shifts": mean(stacked["shifts"], counted),
                "permutations": mean(stacked["permutations"], counted),
                "all_seeds": similarity[:, 0],  # also those that do not count
                "by_seed": by_seed(similarity, counted),
                "partial_by_seed": by_seed(partial, counted),
                "unique_by_seed": by_seed(unique, counted),
            }
        )
        for index, layer in enumerate(names):
            missing = int((undefined[:, index] & ~failed).sum())
            layers.append(
                (model, layer, int(counted[..., index].sum()), int(failed.sum()), missing)
            )
            logger.info("%s, %s: %d seeds counted, %d failed, %d undefined", *layers[-1])
        if model in params.twins:
            _, other, _, other_undefined = read(params.twins[model])
            both = counted & ~other_undefined[:, None]
            difference = similarity - other["bootstrap"][..., 0]
            effects.append(
                {
                    "effect": mean(difference, both * counts[..., None]),
                    "effect_by_seed": by_seed(difference, both),
                }
            )
    rows = {
        name: np.concatenate([column[name] for column in part], axis=1)
        for part in (columns, effects)
        for name in (part[0] if part else ())
    }
    rows |= {f"reference_{name}": references[name] for name in ("shifts", "permutations")}
    rows["reference_similarity"] = references["bootstrap"][..., 0]
    np.savez(output.means, **rows)
    table = pd.DataFrame(layers, columns=["model", "layer", "seeds", "failed", "undefined"])
    table.to_csv(output.layers, index=False)


def mean(values, weights):
    """Average seeds × rows × layers … over seeds, by weights of the first three axes."""
    weights = weights.reshape(weights.shape + (1,) * (values.ndim - 3))
    total = np.sum(np.where(weights > 0, weights * values, 0), axis=0)
    with np.errstate(invalid="ignore"):  # no seed counts, or none that a replicate drew
        return total / weights.sum(axis=0)


def by_seed(values, counted):
    """Take the sample's row, seeds × layers …, with NaN for seeds that do not count."""
    counted = counted[:, 0].reshape(counted[:, 0].shape + (1,) * (values.ndim - 3))
    return np.where(counted, values[:, 0], np.nan)


def partials(bootstrap, between):
    """Partial correlations and unique variances given each reference, and all.

    Parameters
    ----------
    bootstrap : array, shape (seeds, rows, layers, 1 + references)
        Similarity of layers with the recording and each reference.
    between : array, shape (rows, references, 1 + references)
        Of references with the same.

    Returns
    -------
    partial, unique : array, shape (seeds, rows, layers, references + 1)
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
