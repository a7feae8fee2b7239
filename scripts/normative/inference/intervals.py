"""Intervals, p-values and their correction."""

import numpy as np
from scipy import stats


def resampled_factors(resample, seeds):
    """List what a bootstrap really draws anew: one seed tells nothing of others."""
    return [factor for factor in resample if factor != "seeds" or seeds > 1]


def sample_size(replicates, by_seed, inference):
    """Count the independent draws behind a bootstrap, as Welch & Satterthwaite count freedom.

    Blocks of stimuli and seeds are few, and count in the measure in which they make the replicates
    vary; neurons are many. Overlapping blocks tell as much as half as many more that do not: Künsch
    (1989), doi:10.1214/aos/1176347265.

    Parameters
    ----------
    replicates : array, shape (replicates,)
    by_seed : array, shape (seeds,)
        Of what the replicates are means over seeds; NaN for seeds that do not count.
    inference : dict
        The section of the configuration: `resample`, `block_deg`.

    Returns
    -------
    float
        Infinite for neurons alone; NaN if nothing is resampled.
    """
    by_seed = by_seed[~np.isnan(by_seed)]
    seeds = len(by_seed)
    factors = resampled_factors(inference["resample"], seeds)
    if not factors:
        return np.nan
    blocks = 1.5 * 180 / inference["block_deg"] if "stimuli" in factors else np.inf
    of_seeds = by_seed.var(ddof=1) / seeds if "seeds" in factors else 0.0
    rest = max(0.0, np.nanvar(replicates) - of_seeds * (seeds - 1) / max(seeds, 1))
    freedom = rest**2 / (blocks - 1) + (of_seeds**2 / (seeds - 1) if seeds > 1 else 0)
    return (of_seeds + rest) ** 2 / freedom + 1 if freedom > 0 else np.inf


def interval(replicates, by_seed, inference):
    """Percentile interval of bootstrap replicates, expanded for a small sample.

    The replicates of a sample of n spread as if it were the population, less than they should by
    √((n − 1) / n), and their tails are those of a normal and not of a t distribution. Wider
    percentiles make up for both: Hesterberg (2015), doi:10.1080/00031305.2015.1089789.

    Parameters
    ----------
    replicates : array, shape (replicates,)
        Those that are not defined (NaN) are left out.
    by_seed, inference
        See `sample_size`; `inference` has the `confidence`, too.

    Returns
    -------
    low, high : float
        NaN if no replicate is defined, or nothing was resampled.
    """
    replicates = replicates[~np.isnan(replicates)]
    size = sample_size(replicates, by_seed, inference) if len(replicates) else np.nan
    if np.isnan(size):
        return np.nan, np.nan
    tail = (1 - inference["confidence"]) / 2
    if np.isfinite(size):
        tail = stats.norm.cdf(stats.t.ppf(tail, size - 1) * np.sqrt(size / (size - 1)))
    return tuple(np.quantile(replicates, [tail, 1 - tail]))


def bootstrap_p(differences, by_seed, inference):
    """Two-sided p-value of a zero difference: that of the widest `interval` that leaves zero out.

    Parameters and NaN are those of `interval`; with few replicates the value cannot be small.
    """
    differences = differences[~np.isnan(differences)]
    size = sample_size(differences, by_seed, inference) if len(differences) else np.nan
    if np.isnan(size):
        return np.nan
    beyond = min(np.sum(differences <= 0), np.sum(differences >= 0))
    tail = min(0.5, (1 + beyond) / (1 + len(differences)))
    if np.isfinite(size):
        tail = stats.t.cdf(stats.norm.ppf(tail) / np.sqrt(size / (size - 1)), size - 1)
    return float(2 * tail)
