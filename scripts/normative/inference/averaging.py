"""Averages of similarities over the seeds of a model, in every bootstrap replicate."""

from collections import defaultdict
from itertools import repeat

import numpy as np

from normative.rsa.partial import partials_given_references


class Mean:
    """A mean over seeds that grows seed by seed, so that thousands take no more memory than one."""

    def __init__(self):
        self.total = self.weight = 0
        self.samples = []

    def add(self, values, is_valid, n_draws):
        """Add a seed.

        Parameters
        ----------
        values : array, shape (rows, layers, …)
            The first row is the sample, or the real order.
        is_valid : array of bool, shape (layers,)
            Layers whose values enter the mean.
        n_draws : array, shape (rows,)
            How often each row drew the seed.
        """
        trailing = (1,) * (values.ndim - 2)
        weight = n_draws[:, None] * is_valid  # (rows, 1) × (layers,) -> (rows, layers)
        weight = weight.reshape(*weight.shape, *trailing)  # (rows, layers, 1, …)
        self.total = self.total + np.where(weight > 0, weight * values, 0)  # a NaN may weigh 0
        self.weight = self.weight + weight
        self.samples.append(np.where(is_valid.reshape(-1, *trailing), values[0], np.nan))

    def result(self, name):
        """Give the mean and the sample's value of each seed, by their names.

        Returns
        -------
        dict of array
            `name`, shape (rows, layers, …); NaN where no valid seed was drawn. `name_by_seed`,
            shape (seeds, layers, …); NaN for what is not valid.
        """
        with np.errstate(invalid="ignore"):
            return {name: self.total / self.weight, f"{name}_by_seed": np.stack(self.samples)}


def average_model(networks, has_passed, n_draws, references, twins=None):
    """Average the similarities of one model's networks.

    Networks that failed their task, and layers whose similarity is not defined (NaN), are left out.

    Parameters
    ----------
    networks : iterable of dict of array
        Of each seed: `bootstrap`, `shifts` and `permutations` of `comparison.compare`.
    has_passed : sequence of bool
        Whether the network of each seed may enter the means.
    n_draws : array, shape (seeds, rows)
        How often each row of the bootstrap drew each seed; in the sample, the first, once.
    references : array, shape (rows, references, 1 + references)
        `bootstrap` of the references.
    twins : iterable of dict of array, optional
        The untrained network of each seed.

    Returns
    -------
    averages : dict of array
        `similarity`, (rows, layers); `partial` and `unique`, (rows, layers, references + 1): given
        each reference, and all; `shifts` and `permutations`, (orders, layers); with twins `effect`,
        (rows, layers): trained less untrained. Each has an array `…_by_seed` beside it, see `Mean`.
        `all_seeds`, (seeds, layers), has the similarity of networks that failed, too.
    n_undefined : array of int, shape (layers,)
        How many networks that passed have no defined similarity.
    """
    means, all_seeds, n_undefined = defaultdict(Mean), [], 0
    twins = repeat(None, len(has_passed)) if twins is None else twins
    for network, twin, passed, draws in zip(networks, twins, has_passed, n_draws, strict=True):
        similarity = network["bootstrap"][..., 0]  # (rows, layers)
        is_defined = ~np.isnan(similarity[0])
        is_valid = passed & is_defined
        partial, unique = partials_given_references(network["bootstrap"], references)
        means["similarity"].add(similarity, is_valid, draws)
        means["partial"].add(partial, is_valid, draws)
        means["unique"].add(unique, is_valid, draws)
        for name in ("shifts", "permutations"):  # of the sample, in which each seed is once
            means[name].add(network[name], is_valid, np.ones(len(network[name])))
        if twin is not None:
            untrained = twin["bootstrap"][..., 0]
            is_pair = is_valid & ~np.isnan(untrained[0])
            means["effect"].add(similarity - untrained, is_pair, draws)
        all_seeds.append(similarity[0])
        n_undefined = n_undefined + (passed & ~is_defined)
    averages = {"all_seeds": np.stack(all_seeds)}
    for name, mean in means.items():
        averages |= mean.result(name)
    return averages, n_undefined
