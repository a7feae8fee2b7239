"""Averages of similarities over the seeds of a model, in every bootstrap replicate."""

from collections import defaultdict

import numpy as np

from normative.rsa.partial import partials_given_references


def mean_of_defined(values):
    """Average seeds, (seeds, layers) -> (layers,), without those that are not defined."""
    return np.ma.masked_invalid(values).mean(axis=0).filled(np.nan)


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
            Of each row the mean is taken; the first is kept of each seed as well.
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
        if len(values):
            first = np.where(is_valid.reshape(-1, *trailing), values[0], np.nan)
            self.samples.append(first)

    def result(self, name):
        """Give the mean, and the first row of each seed, by their names.

        Returns
        -------
        dict of array
            `name`, shape (rows, layers, …); NaN where no valid seed was drawn. `name_by_seed`,
            shape (seeds, layers, …); NaN for what is not valid.
        """
        with np.errstate(invalid="ignore"):
            means = {name: self.total / self.weight}
        return means | ({f"{name}_by_seed": np.stack(self.samples)} if self.samples else {})


def average_model(networks, has_passed, n_draws, references):
    """Average the similarities of one model's networks.

    Networks that failed their task, and layers whose similarity is not defined (NaN), are left out.

    Parameters
    ----------
    networks : iterable of dict of array
        Of each seed: the arrays of `comparison.compare`.
    has_passed : sequence of bool
        Whether the network of each seed may enter the means.
    n_draws : array, shape (seeds, replicates)
        How often each replicate of the stimuli drew each seed.
    references : dict of array
        Those of `comparison.compare` of the references.

    Returns
    -------
    averages : dict of array
        `similarity`, (rows, layers); `partial` and `unique`, (rows, layers, references + 2): given
        each reference, any function of the difference, and all references; `replicates`,
        (replicates, layers); `projections`, (stimuli, layers); `shifts`, (orders, layers). Each has
        an array `…_by_seed` of its first row beside it, see `Mean`. `all_seeds`, (seeds, layers),
        has the similarity of networks that failed, too.
    n_undefined : array of int, shape (layers,)
        How many networks that passed have no defined similarity.
    """
    means, all_seeds, n_undefined = defaultdict(Mean), [], 0
    for network, passed, draws in zip(networks, has_passed, n_draws, strict=True):
        of_sample = network["similarity"][0]
        is_defined = ~np.isnan(of_sample)
        is_valid = passed & is_defined
        partial, unique = partials_given_references(network, references)
        values = {"similarity": network["similarity"], "partial": partial, "unique": unique}
        values |= {name: network[name] for name in ("projections", "shifts")}
        for name, array in values.items():
            means[name].add(array, is_valid, np.ones(len(array)))
        means["replicates"].add(network["replicates"], is_valid, draws)
        all_seeds.append(of_sample)
        n_undefined = n_undefined + (passed & ~is_defined)
    averages = {"all_seeds": np.stack(all_seeds)}
    for name, mean in means.items():
        averages |= mean.result(name)
    return averages, n_undefined
