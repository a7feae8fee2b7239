"""How well the responses of each neuron are predicted, of what its trials allow."""

import numpy as np

# Of a neuron whose variance is less than this reliable, normalized scores are mostly noise: Cadena
# et al. (2019), doi:10.1371/journal.pcbi.1006897, leave it out.
LEAST_RELIABILITY = 0.15
SCORES = ["correlation", "r2", "normalized_r_squared", "fev"]


def correlate(predictions, responses):
    """Pearson correlation over stimuli of each neuron, (stimuli, neurons) -> (neurons,).

    NaN where responses or predictions are constant.
    """
    first, second = (
        values - values.mean(axis=0, dtype=np.float64) for values in (predictions, responses)
    )
    norms = np.linalg.norm(first, axis=0) * np.linalg.norm(second, axis=0)
    is_defined = (np.ptp(predictions, axis=0) > 0) & (np.ptp(responses, axis=0) > 0)
    return np.sum(first * second, axis=0) / np.where(is_defined, norms, np.nan)


def determination(predictions, responses):
    """Share of each neuron's variance over stimuli that is predicted, R²: (neurons,).

    One minus the squared error over the variance: negative where the neuron's own mean would do
    better, NaN where responses are constant.
    """
    responses = responses.astype(np.float64)
    error = np.mean((responses - predictions) ** 2, axis=0)
    is_defined = np.ptp(responses, axis=0) > 0
    return 1 - error / np.where(is_defined, responses.var(axis=0), np.nan)


def reliability(part_1, part_2, weights):
    """Share of the variance of each neuron's mean of all trials that is signal: (neurons,).

    What both parts of the trials share, their covariance over stimuli, is signal. Of the mean
    w₁ x₁ + w₂ x₂ of the parts,

        reliability = cov(x₁, x₂) / var(w₁ x₁ + w₂ x₂),

    and for halves of equal variance 2 r / (1 + r), as Spearman and Brown's. It is the highest R²,
    and the square of the highest correlation, that a noiseless model can reach.

    Parameters
    ----------
    part_1, part_2 : array, shape (stimuli, neurons)
    weights : tuple of float
        Of the parts in the mean, see `recordings.parts.part_weights`; their sum is 1.

    Returns
    -------
    array, shape (neurons,)
        An estimate, which noise may make negative, or a little more than 1; NaN for a silent
        neuron.
    """
    first, second = (part - part.mean(axis=0, dtype=np.float64) for part in (part_1, part_2))
    signal = np.mean(first * second, axis=0)
    variance = np.mean((weights[0] * first + weights[1] * second) ** 2, axis=0)
    return signal / np.where(variance > 0, variance, np.nan)


def score(predictions, responses, reliable):
    """Score the predictions of each neuron.

    Parameters
    ----------
    predictions, responses : array, shape (stimuli, neurons)
    reliable : array, shape (neurons,)
        `reliability`; NaN where it is not known.

    Returns
    -------
    dict of array, shape (neurons,)
        `correlation`; `r2`, R²; and of what the trials allow, NaN where nothing is reliable:
        `normalized_r_squared`, the squared correlation over the reliability, with the sign of the
        correlation; `fev`, R² over the reliability, the fraction of explainable variance.
    """
    correlation = correlate(predictions, responses)
    r2 = determination(predictions, responses)
    known = np.where(reliable > 0, reliable, np.nan)
    return {
        "correlation": correlation,
        "r2": r2,
        "normalized_r_squared": correlation * np.abs(correlation) / known,
        "fev": r2 / known,
    }


def ceiling(reliable):
    """Give the highest scores that a noiseless model can reach, by the reliability, (neurons,)."""
    return {"correlation": np.sqrt(np.clip(reliable, 0, 1)), "r2": reliable}


def split_variance(energy, layer, both):
    """Split the R² of two feature spaces into what each has alone, and what they share.

    Parameters
    ----------
    energy, layer, both : array, shape (neurons,)
        R² on held-out orientations, of Gabor energy, the layer and a banded ridge on both.

    Returns
    -------
    dict of array
        These, and the parts of `both`, which may be negative, since R² is of held-out stimuli.
    """
    return {
        "Gabor energy": energy,
        "layer": layer,
        "both": both,
        "Gabor energy alone": both - layer,
        "layer alone": both - energy,
        "shared": energy + layer - both,
    }
