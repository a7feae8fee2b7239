"""Standard errors of similarities and of their differences; t intervals and tests from them.

Two questions, two sums of variances. These gratings, and other neurons, trials and seeds: the plain
intervals and tests. Other representations of the same smoothness, too: those over stimuli.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from normative.inference.smoothness import SMOOTH_DEG
from normative.inference.trials import ETA
from normative.stimuli.coverage import Coverage

BANDWIDTH_DEG = 30  # of the variance over stimuli, see docs/methods.md
# With fewer, intervals for these gratings hold the truth too seldom, or too often.
FEW_SEEDS, FEW_NEURONS = 5, 50
N_SAMPLES = 10_000  # in which layers are first


@dataclass(frozen=True)
class Sampling:
    """What a study sampled, and what its intervals are over.

    Attributes
    ----------
    coverage : Coverage
        Of the circle by the stimuli.
    n_neurons, n_neuron_draws : int
        Of the recording, and how often they were drawn again.
    resample : list of str
        "stimuli", "neurons", "trials", "seeds": those that the configuration names.
    confidence : float
    """

    coverage: Coverage
    n_neurons: int
    n_neuron_draws: int
    resample: list
    confidence: float

    @classmethod
    def of(cls, responses, means, resample, confidence):
        """Read it from the archives (paths) that `bin_responses`, `average_over_seeds` wrote."""
        with np.load(responses) as recording, np.load(means) as archive:
            return cls(
                coverage=Coverage.of(recording["orientation"]),
                n_neurons=recording["responses"].shape[1],
                n_neuron_draws=int(archive["n_neuron_draws"]),
                resample=resample,
                confidence=confidence,
            )


def sources_of_variance(rows, by_seed, sampling):
    """Estimate how a mean over seeds varies with the neurons, the trials and the seeds.

    Parameters
    ----------
    rows : array, shape (1 + neuron draws + trial draws,)
        The quantity of the recording as it is, and of each draw, see `comparison.compare`. Draws in
        which it is not defined are left out.
    by_seed : array, shape (seeds,)
        Of the recording as it is; NaN for seeds that do not count. Empty for a reference.
    sampling : Sampling

    Returns
    -------
    dict of (float, float)
        "neurons", "trials", "seeds" → the variance and its degrees of freedom, of what is drawn.
        Empty where the quantity is not defined.
    """
    if np.isnan(rows[0]):
        return {}
    sources, by_seed = {}, by_seed[~np.isnan(by_seed)]
    neurons, trials = np.split(rows[1:], [sampling.n_neuron_draws])
    if len(neurons):
        sources["neurons"] = np.nanvar(neurons, ddof=1), sampling.n_neurons - 1
    if len(trials):
        sources["trials"] = np.nanvar(trials) / ETA**2, sampling.coverage.n_stimuli
    if "seeds" in sampling.resample and len(by_seed) > 1:
        sources["seeds"] = np.var(by_seed, ddof=1) / len(by_seed), len(by_seed) - 1
    return sources


def variance_over_stimuli(projection, coverage):
    """Estimate how a similarity, or a difference of two, varies with the stimuli.

    The variance of the mean of projections that are correlated among neighbors on the circle, with
    weights that fall on a straight line to zero at `BANDWIDTH_DEG`: Newey & West (1987),
    doi:10.2307/1913610.

    Parameters
    ----------
    projection : array, shape (stimuli,)
        See `comparison.project`.
    coverage : Coverage

    Returns
    -------
    float, float
        The variance and its degrees of freedom.
    """
    variance = projection @ stimulus_weights(coverage) @ projection / len(projection) ** 2
    return max(0.0, float(variance)), coverage.n_blocks(BANDWIDTH_DEG) - 1


def stimulus_weights(coverage):
    """Weigh pairs of stimuli by their nearness on the circle: array, shape (stimuli, stimuli)."""
    distance = np.abs(np.subtract.outer(coverage.angle_deg, coverage.angle_deg))
    distance = np.minimum(distance, coverage.circle_deg - distance)
    return np.clip(1 - distance / BANDWIDTH_DEG, 0, None)


def standard_error(sources):
    """Add variances, and their degrees of freedom by Welch (1947) and Satterthwaite (1946).

    Parameters
    ----------
    sources : dict of (float, float)
        Name → variance, degrees of freedom.

    Returns
    -------
    float, float
        Standard error and degrees of freedom; NaN where there is no source, or no variance.
    """
    if not sources:
        return np.nan, np.nan
    variance, degrees = np.array(list(sources.values()), dtype=float).T
    total = variance.sum()
    if not total > 0:
        return np.nan, np.nan
    return float(np.sqrt(total)), float(total**2 / np.sum(variance**2 / degrees))


def t_interval(estimate, sources, confidence):
    """Give the t interval of an estimate, and its degrees of freedom: low, high, df."""
    error, df = standard_error(sources)
    reach = stats.t.ppf((1 + confidence) / 2, df) * error
    return estimate - reach, estimate + reach, df


def describe_interval(estimate, sources, confidence, largest=1, n_seeds=None):
    """Give the t interval of an estimate as columns of a table: bounds, what it is over, and df.

    It ends at ± `largest`, above which the quantity cannot be. There is a `ci_warning` where
    animals, seeds or neurons are few; of one seed (`n_seeds`), which says nothing about others,
    too. An estimate that is not defined has none of these.
    """
    if np.isnan(estimate):
        sources = {}
    low, high, df = t_interval(estimate, sources, confidence)
    low, high = np.clip([low, high], -largest, largest)
    found = {"ci_low": low, "ci_high": high, "ci_over": "+".join(sources) or "nothing", "df": df}
    warnings = []
    if n_seeds == 1 and sources:
        warnings.append("too narrow for other seeds: there is one alone")
    if "animals" in sources and sources["animals"][1] == 1:
        warnings.append("rather narrow: two animals")
    if "seeds" in sources and sources["seeds"][1] + 1 < FEW_SEEDS:
        warnings.append(f"rather narrow: fewer than {FEW_SEEDS} seeds")
    if "neurons" in sources and sources["neurons"][1] + 1 < FEW_NEURONS:
        warnings.append(f"rather wide: fewer than {FEW_NEURONS} neurons")
    return found | ({"ci_warning": "; ".join(warnings)} if warnings else {})


def t_p(estimate, sources):
    """Two-sided p-value of a zero estimate, by the t distribution."""
    error, df = standard_error(sources)
    return float(2 * stats.t.sf(abs(estimate) / error, df))


def compare_layers(first, second, means, sampling, smooth_deg=0):
    """Compare the similarities of two layers, paired by seed.

    Parameters
    ----------
    first, second : int
        Columns of the means.
    means : dict of array
        As `average_over_seeds` writes them: `similarity`, `similarity_by_seed`, `projections`.
    sampling : Sampling
    smooth_deg : float
        Over how many degrees the layers or the recording are correlated, see `choose_block`.

    Returns
    -------
    dict
        `seeds` that count in both; the `difference`, a mean over these; `ci_low`, `ci_high`,
        `ci_over`, `df`, `p` of these gratings; `stimuli_ci_low`, `stimuli_ci_high`, `stimuli_p`
        over stimuli as well. There is neither where `smooth_deg` is more than `SMOOTH_DEG`: it
        would hold the truth too seldom, and find differences that are not there.
    """
    columns = [first, second]
    of_seeds = -np.diff(means["similarity_by_seed"][:, columns], axis=1)[:, 0]
    of_seeds = of_seeds[~np.isnan(of_seeds)]
    rows = -np.diff(means["similarity"][:, columns], axis=1)[:, 0]
    estimate = of_seeds.mean() if len(of_seeds) else np.nan
    sources = sources_of_variance(rows, of_seeds, sampling) if len(of_seeds) else {}
    found = {"seeds": len(of_seeds), "difference": estimate, "p": t_p(estimate, sources)}
    found |= describe_interval(
        estimate, sources, sampling.confidence, largest=2, n_seeds=len(of_seeds)
    )
    over_stimuli = {}
    if "stimuli" in sampling.resample and len(of_seeds):
        projection = -np.diff(means["projections"][:, columns], axis=1)[:, 0]
        stimuli = variance_over_stimuli(projection, sampling.coverage)
        over_stimuli = {"stimuli": stimuli, **sources}
    if smooth_deg > SMOOTH_DEG:
        over_stimuli = {}
    low, high, _ = t_interval(estimate, over_stimuli, sampling.confidence)
    p = t_p(estimate, over_stimuli)
    return found | {"stimuli_ci_low": low, "stimuli_ci_high": high, "stimuli_p": p}


def share_first(means, sampling, over_stimuli, rng):
    """Give the share of samples in which each layer is the most similar one.

    Samples are normal, with the means of the layers and their covariance over neurons, trials and
    seeds, and over stimuli if asked.

    Parameters
    ----------
    means : dict of array
        See `compare_layers`.
    sampling : Sampling
    over_stimuli : bool
    rng : numpy.random.Generator

    Returns
    -------
    array, shape (layers,)
        NaN for layers whose similarity is not defined, and for all where nothing varies.
    """
    is_defined = ~np.isnan(means["similarity"][0])
    rows, by_seed, projections = (
        means[name][:, is_defined] for name in ("similarity", "similarity_by_seed", "projections")
    )
    neurons, trials = np.split(rows[1:], [sampling.n_neuron_draws])
    neurons = neurons[~np.isnan(neurons).any(axis=1)]
    covariance = np.zeros((rows.shape[1],) * 2)
    if len(neurons) > 1:
        covariance += np.cov(neurons, rowvar=False)
    if len(trials):
        covariance += np.cov(trials, rowvar=False) / ETA**2
    if "seeds" in sampling.resample and len(by_seed) > 1:
        # Each as far as its mean; a seed that does not count adds nothing.
        n_seeds = (~np.isnan(by_seed)).sum(axis=0)
        centered = np.nan_to_num(by_seed - rows[0]) / np.sqrt(
            np.maximum(1, n_seeds * (n_seeds - 1))
        )
        covariance += centered.T @ centered
    if over_stimuli:
        weights = stimulus_weights(sampling.coverage)
        covariance += projections.T @ weights @ projections / len(projections) ** 2
    share = np.full(len(is_defined), np.nan)
    if is_defined.any() and covariance.any():
        samples = rng.multivariate_normal(rows[0], covariance, N_SAMPLES, method="eigh")
        first = np.bincount(samples.argmax(axis=1), minlength=rows.shape[1])
        share[is_defined] = first / N_SAMPLES
    return share
