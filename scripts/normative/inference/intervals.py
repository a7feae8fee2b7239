"""Intervals from the replicates of a bootstrap of the stimuli."""

import numpy as np
from scipy import stats


def resampled_factors(resample, n_seeds):
    """List what a bootstrap really resamples: one seed tells nothing about others."""
    return [factor for factor in resample if factor != "seeds" or n_seeds > 1]


def effective_sample_size(replicates, by_seed, resample, n_blocks):
    """Count the independent draws behind a bootstrap, by the formula of Welch & Satterthwaite.

    Blocks of stimuli and seeds are few, and count by the variance of the replicates that is due to
    them; neurons are many. With n_s seeds, whose values have the variance s²,

        v_s = s² / n_s                                  variance of their mean, `var_seed_mean`
        v_o = var(replicates) − v_s (n_s − 1) / n_s     variance due to all else, `var_other`
        n   = (v_s + v_o)² / (v_s² / (n_s − 1) + v_o² / (n_b − 1)) + 1

    where n_b is the number of independent blocks of stimuli.

    Parameters
    ----------
    replicates : array, shape (replicates,)
    by_seed : array, shape (seeds,)
        The replicates are means over seeds, and these are the sample's values of each seed; NaN for
        seeds that do not count.
    resample : list of str
        What is resampled.
    n_blocks : float
        See `Coverage.n_blocks`.

    Returns
    -------
    float
        Infinite for neurons alone; NaN if nothing is resampled.
    """
    by_seed = by_seed[~np.isnan(by_seed)]
    n_seeds = len(by_seed)
    factors = resampled_factors(resample, n_seeds)
    if not factors:
        return np.nan
    if "stimuli" not in factors:
        n_blocks = np.inf
    var_seed_mean = by_seed.var(ddof=1) / n_seeds if "seeds" in factors else 0.0
    # Replicates vary by seeds as a population of n_seeds does, whose variance has the divisor n.
    var_other = max(0.0, np.nanvar(replicates) - var_seed_mean * (n_seeds - 1) / max(n_seeds, 1))
    denominator = var_other**2 / (n_blocks - 1)
    denominator += var_seed_mean**2 / (n_seeds - 1) if n_seeds > 1 else 0
    return (var_seed_mean + var_other) ** 2 / denominator + 1 if denominator > 0 else np.inf


def interval(replicates, by_seed, resample, n_blocks, confidence):
    """Percentile interval of bootstrap replicates, expanded for a small sample.

    The replicates of a sample of n spread as if it were the population, less than they should by
    √((n − 1) / n), and their tails are those of a normal and not of a t distribution. Wider
    percentiles make up for both: Hesterberg (2015), doi:10.1080/00031305.2015.1089789.

    Parameters
    ----------
    replicates : array, shape (replicates,)
        Those that are not defined (NaN) are left out.
    by_seed, resample, n_blocks
        See `effective_sample_size`.
    confidence : float

    Returns
    -------
    low, high : float
        NaN if no replicate is defined, or nothing was resampled.
    """
    replicates = replicates[~np.isnan(replicates)]
    n = (
        effective_sample_size(replicates, by_seed, resample, n_blocks)
        if len(replicates)
        else np.nan
    )
    if np.isnan(n):
        return np.nan, np.nan
    tail = (1 - confidence) / 2
    if np.isfinite(n):
        tail = stats.norm.cdf(stats.t.ppf(tail, n - 1) * np.sqrt(n / (n - 1)))
    return tuple(np.quantile(replicates, [tail, 1 - tail]))
