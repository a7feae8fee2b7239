"""Medians of scores over neurons, with quartiles and intervals."""

import numpy as np
from scipy.stats.mstats import mjci

from normative.inference.averaging import mean_of_defined
from normative.inference.uncertainty import describe_interval


def mean_over_seeds(values):
    """Average over seeds, (seeds, neurons) -> (neurons,), those that are defined; of none, NaN."""
    return mean_of_defined(values) if len(values) else np.full(values.shape[1], np.nan)


def summarize_neurons(values, resample, confidence, is_mean=False):
    """Summarize the scores of neurons: quartiles over neurons, means of these over seeds.

    The interval is a t interval of the median, for other neurons and seeds. The standard error over
    neurons is that of Maritz & Jarrett (1978), doi:10.1080/01621459.1978.10480027: the bootstrap's,
    without drawing, of the means over seeds.

    Parameters
    ----------
    values : array, shape (seeds, neurons)
        Of the seeds that count; NaN where a score is not defined.
    resample : list of str
        "neurons", "seeds": what the interval is over.
    confidence : float
    is_mean : bool
        Whether this is a mean over seeds: with a warning, then, where it is of one.

    Returns
    -------
    dict
        Columns of a table: `median`, `low_quartile`, `high_quartile`, `ci_low`, `ci_high`,
        `ci_over`, `df`, `neurons`, perhaps `ci_warning`; only the last counts where there are none.
    """
    values = values[~np.isnan(values).all(axis=1)]
    of_neurons = mean_over_seeds(values)
    of_neurons = of_neurons[~np.isnan(of_neurons)]
    if not len(of_neurons):
        return {"ci_over": "nothing", "neurons": 0}
    quartiles = np.nanquantile(values, [0.25, 0.5, 0.75], axis=1)  # (3, seeds)
    low, median, high = quartiles.mean(axis=1)
    sources = {}
    if "neurons" in resample and len(of_neurons) > 1:
        sources["neurons"] = mjci(of_neurons, [0.5])[0] ** 2, len(of_neurons) - 1
    if "seeds" in resample and len(values) > 1:
        sources["seeds"] = np.var(quartiles[1], ddof=1) / len(values), len(values) - 1
    n_seeds = len(values) if is_mean else None
    interval = describe_interval(median, sources, confidence, largest=np.inf, n_seeds=n_seeds)
    quartiles = {"median": median, "low_quartile": low, "high_quartile": high}
    return {**quartiles, **interval, "neurons": len(of_neurons)}
