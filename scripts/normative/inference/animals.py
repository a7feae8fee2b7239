"""From animals to a population: means, intervals and tests with animals as a random factor.

All animals are compared with the same networks. What another sample of animals and other seeds
would change are two variances that add up.
"""

from itertools import product

import numpy as np
from scipy import stats

from normative.inference.averaging import mean_of_defined
from normative.inference.permutation_tests import label_p
from normative.inference.resampling import (
    Moments,
    pair_weights,
    resample_blocks,
    resample_units,
    weighted_similarity,
)
from normative.inference.uncertainty import standard_error
from normative.rsa.rdm import standardize

MOST_EXACT = 13  # animals whose signs are flipped in all ways; of more, at random
N_FLIPS = 9999
FEWEST_STIMULI = 5  # in common; the RDMs of fewer have too few entries to be compared
FEWEST_BLOCKS = 3  # of stimuli; of fewer, how much they vary is not known
REPLICATES_AT_ONCE = 50  # of the weights of pairs in memory


def sources_over_animals(values):
    """Estimate how a mean over animals and seeds varies with the animals and with the seeds.

    Their variances are those of the means of rows and of columns. What an animal and a seed have of
    their own is in both, so that the sum is rather too large. Of two or three animals the degrees
    of freedom make intervals rather too narrow all the same, see docs/animals.md.

    Parameters
    ----------
    values : array, shape (animals, seeds)
        NaN for networks that do not count. One column for what has no seeds.

    Returns
    -------
    dict of (float, float)
        "animals", "seeds" → the variance of the mean and its degrees of freedom; only those of
        which there are two.
    """
    sources = {}
    for name, means in (
        ("animals", mean_of_defined(values.T)),
        ("seeds", mean_of_defined(values)),
    ):
        means = means[~np.isnan(means)]
        if len(means) > 1:
            sources[name] = np.var(means, ddof=1) / len(means), len(means) - 1
    return sources


def count_seeds(values):
    """Count the seeds, of (animals, seeds), whose networks count in one animal at least."""
    return int((~np.isnan(values)).any(axis=0).sum())


def flips(n_animals, rng):
    """List the signs of animals, the real ones first: (2 ** animals, animals), or some of more."""
    if n_animals <= MOST_EXACT:
        return np.array(list(product((1, -1), repeat=n_animals)))
    random = rng.choice((1, -1), size=(N_FLIPS, n_animals))
    return np.vstack([np.ones(n_animals, int), random])


def flipped(of_animals, signs):
    """Compare the means of animals with those when some of their signs are flipped.

    Of a difference that is zero in the population and symmetric, either sign is as probable. The
    absolute mean is divided by the root of the mean square, which no flip changes: it grows with
    the absolute t.

    Parameters
    ----------
    of_animals : array, shape (animals, tests)
    signs : array, shape (flips, animals)

    Returns
    -------
    array, shape (flips, tests)
        For `label_p` and `step_down_max`. NaN where nothing differs from zero.
    """
    size = np.sqrt(np.mean(of_animals**2, axis=0))
    return np.abs(signs @ of_animals) / len(of_animals) / np.where(size > 0, size, np.nan)


def flip_p(of_animals, signs):
    """Two-sided p-values of means of zero, exact where all signs are listed: array, (tests,)."""
    return label_p(flipped(of_animals, signs))


def least_flip_p(signs):
    """Smallest p-value that flips can give: of all of them, the real signs and all turned."""
    is_exact = len(signs) == 2 ** signs.shape[1]
    return (2 if is_exact else 1) / len(signs)


def ceilings_over_animals(rdms, comparator):
    """Compare each animal's RDM with the mean RDM of the others, and with that of all.

    Nili et al. (2014), doi:10.1371/journal.pcbi.1003553: no model can be more similar to all
    animals than the mean RDM of all; the mean of the others is one that knows nothing of them.
    RDMs are standardized, or ranked for Spearman's correlation, before they are averaged.

    Parameters
    ----------
    rdms : array, shape (animals, pairs)
    comparator : {"pearson", "spearman", "cosine"}

    Returns
    -------
    lower, upper : array, shape (animals,)
    """
    standard = standardize(rdms, comparator)
    # Of ranks, sums without rounding: equal ones stay equal as the mean of ranks is ranked.
    scaled = stats.rankdata(rdms, axis=1) if comparator == "spearman" else standard
    total = scaled.sum(axis=0)
    others = standardize(total - scaled, comparator)
    return np.sum(standard * others, axis=1), standard @ standardize(total, comparator)


def ceilings_without_one(rdms, comparator):
    """Give the mean lower ceiling of all animals but one, for each of them: (animals,).

    NaN of two animals, of which one alone has no ceiling.
    """
    others = (np.delete(rdms, animal, axis=0) for animal in range(len(rdms)))
    return np.array([ceilings_over_animals(each, comparator)[0].mean() for each in others])


def sources_below_ceiling(similarity, ceiling_without):
    """Estimate how the distance of a mean from the lower ceiling varies with animals and seeds.

    The ceilings of two animals have the other animals in common, and are not independent. The
    variance due to animals is therefore the jackknife's, which leaves out one after the other.

    Parameters
    ----------
    similarity : array, shape (animals, seeds)
        NaN for networks that do not count.
    ceiling_without : array, shape (animals,)
        Of `ceilings_without_one`.

    Returns
    -------
    dict of (float, float)
        As of `sources_over_animals`.
    """
    of_animals, n = mean_of_defined(similarity.T), len(similarity)
    distances = ceiling_without - (of_animals.sum() - of_animals) / (n - 1)
    return sources_over_animals(similarity) | {
        "animals": (np.var(distances) * (n - 1), n - 1)  # (n − 1) / n times the sum of squares
    }


def resample_similarities(rdms, networks, coverage, block_deg, comparator, n_replicates, rng):
    """Compare networks with each animal's RDM, blocks of stimuli drawn anew, alike in all animals.

    Parameters
    ----------
    rdms : array, shape (animals, pairs)
    networks : array, shape (networks, pairs)
    coverage : Coverage
    block_deg : float
    comparator : {"pearson", "spearman", "cosine"}
    n_replicates : int
    rng : numpy.random.Generator

    Returns
    -------
    array, shape (replicates, animals, networks)
    """
    counts = resample_blocks(coverage, block_deg, n_replicates, rng)
    prepared, found = Moments.of(networks), np.empty((n_replicates, len(rdms), len(networks)))
    for start in range(0, n_replicates, REPLICATES_AT_ONCE):
        few = slice(start, start + REPLICATES_AT_ONCE)
        weights = pair_weights(counts[few])
        for animal, rdm in enumerate(rdms):
            found[few, animal] = weighted_similarity(weights, rdm[None], prepared, comparator)
    return found


def two_factor_variance(similarities, replicates, n_blocks, rng):
    """Estimate the variance of a mean over animals, were both animals and stimuli others.

    A bootstrap of both at once counts the noise of single measurements three times. Schütt et al.
    (2023), doi:10.7554/eLife.82566, correct for it by the variances of either alone. With n animals
    and m blocks of stimuli, n' = n / (n − 1) and m' = m / (m − 1),

        v = n' v_animals + m' v_stimuli − n' m' (v_both − v_animals − v_stimuli),

    at least the larger one of the first two terms, at most v_both.

    Parameters
    ----------
    similarities : array, shape (animals, layers)
        Of the sample.
    replicates : array, shape (replicates, animals, layers)
        Stimuli drawn anew; NaN where a similarity is not defined.
    n_blocks : float
        See `Coverage.n_blocks`.
    rng : numpy.random.Generator
        For the animals.

    Returns
    -------
    array, shape (layers,)
    """
    n_replicates, n_animals, _ = replicates.shape
    drawn = resample_units(n_animals, n_replicates, rng) / n_animals  # (replicates, animals)
    of_animals = np.var(drawn @ similarities, axis=0, ddof=1)
    of_stimuli = np.nanvar(replicates.mean(axis=1), axis=0, ddof=1)
    both = np.nanvar(np.einsum("ra,ral->rl", drawn, replicates), axis=0, ddof=1)
    of_pairs = both - of_animals - of_stimuli
    n, m = n_animals / (n_animals - 1), n_blocks / (n_blocks - 1)
    corrected = n * of_animals + m * of_stimuli - n * m * of_pairs
    return np.minimum(np.maximum(corrected, np.maximum(n * of_animals, m * of_stimuli)), both)


def sources_over_stimuli(variance, n_blocks, sources):
    """Join the variance of `two_factor_variance` with that of seeds.

    It is not below that of the animals alone, as the bootstrap of few animals may be.

    Parameters
    ----------
    variance, n_blocks : float
    sources : dict of (float, float)
        Of `sources_over_animals`.

    Returns
    -------
    dict of (float, float)
        As many degrees of freedom as the fewer of animals and blocks give.
    """
    of_animals, df = sources["animals"]
    of_both = {"animals+stimuli": (max(variance, of_animals), min(df, n_blocks - 1))}
    return of_both | {name: source for name, source in sources.items() if name == "seeds"}


def reaches_p(below, sources):
    """One-sided p-value of a model that reaches the lower ceiling: small if it is well below.

    One that is the mean of the population is above it, since the mean of the other animals is not
    that of the population.

    Parameters
    ----------
    below : float
        Lower ceiling minus similarity, mean over animals and seeds.
    sources : dict of (float, float)
        Of `sources_below_ceiling`.

    Returns
    -------
    float
    """
    error, df = standard_error(sources)
    return float(stats.t.sf(below / error, df))


def spreads(values, errors):
    """Part the spread of similarities into that between animals, within them, and between seeds.

    Parameters
    ----------
    values : array, shape (animals, seeds)
        NaN for networks that do not count. One column for what has no seeds.
    errors : array, shape (animals, 2)
        Standard errors of each due to its neurons and its trials; NaN where not known.

    Returns
    -------
    dict of float
        `sd_animals`, of their means; of that `sd_within`, what their neurons and trials alone would
        give, as far as known, and `sd_between`, what is left: the difference of the squares, not
        below zero, with what differs in the quality of the recordings. Both NaN where no error is;
        `sd_seeds`, of the means of seeds over animals, NaN with one.
    """
    of_animals, of_seeds = mean_of_defined(values.T), mean_of_defined(values)
    of_seeds = of_seeds[~np.isnan(of_seeds)]
    observed = np.var(of_animals, ddof=1)
    is_known = not np.isnan(observed) and not np.isnan(errors).all(axis=1).any()
    within = np.nansum(errors**2, axis=1).mean() if is_known else np.nan
    return {
        "sd_animals": np.sqrt(observed),
        "sd_between": np.sqrt(max(0, observed - within)) if is_known else np.nan,
        "sd_within": np.sqrt(within),
        "sd_seeds": np.std(of_seeds, ddof=1) if len(of_seeds) > 1 else np.nan,
    }
