"""Ridge regression from feature spaces to neurons, the penalty of each neuron cross-validated.

Banded ridge as himalaya's: Dupré la Tour, Eickenberg, Nunez-Elizalde & Gallant (2022),
doi:10.1016/j.neuroimage.2022.119728. Many neurons have the same features, so that each penalty is
one matrix, which is found once and multiplied with the responses of all of them.
"""

import numpy as np

from normative.rsa.patterns import ROUNDING

# Times the mean squared length of the centered features, so that they mean the same everywhere.
ALPHAS = np.logspace(-4, 5, 10)
# Shares of the first of two feature spaces in the kernel of a banded ridge.
SHARES = [0, 0.2, 0.8, 1]
# Bounds memory. No setting: linear algebra takes other instructions for blocks of another width,
# with another last digit.
NEURONS_AT_ONCE = 512


def predict_held_out(spaces, responses, folds):
    """Predict the responses of each fold by a ridge that is fitted to the others.

    Features and responses are centered on the stimuli that are fitted to; features are not scaled
    but for the length of each space. The penalty of each neuron is the one of `ALPHAS` with the
    least squared error in the inner folds. With two spaces each neuron also has the shares of them
    chosen, of `SHARES`: banded ridge.

    Parameters
    ----------
    spaces : list of array, shape (stimuli, features)
        `principal_coordinates` of one or two; none, or one without columns, predicts the mean.
    responses : array, shape (stimuli, neurons)
    folds : list of Fold
        Each stimulus is tested in one.

    Returns
    -------
    array of float64, shape (stimuli, neurons)
    """
    predictions = np.full(responses.shape, np.nan)
    for fold in folds:
        mixed = mix(
            [scale(space, fold.train) for space in spaces if space.shape[1]], len(responses)
        )
        inner = [(fold.train[fitted], fold.train[held]) for fitted, held in fold.inner]
        fits = [[fit(features, *stimuli) for features in mixed] for stimuli in inner]
        last = [fit(features, fold.train, fold.test) for features in mixed]
        for start in range(0, responses.shape[1], NEURONS_AT_ONCE):
            neurons = slice(start, start + NEURONS_AT_ONCE)
            block = responses[:, neurons].astype(np.float64)
            errors = 0  # (mixes · penalties, neurons)
            for (fitted, held), each in zip(inner, fits, strict=True):
                predicted = predict(each, block[fitted])
                predicted -= block[held]
                errors += np.square(predicted, out=predicted).mean(axis=1)
            best = np.argmin(errors, axis=0)[None, None]
            predicted = predict(last, block[fold.train])
            predictions[fold.test, neurons] = np.take_along_axis(predicted, best, axis=0)[0]
    return predictions


def scale(space, train):
    """Center features on the mean of some stimuli, and make their mean squared length there 1.

    Features that are the same in all of these tell nothing, and become zeros.
    """
    centered = space - space[train].mean(axis=0)
    length = np.sqrt(np.mean(np.sum(centered[train] ** 2, axis=1)))
    return centered / length if length > ROUNDING * np.linalg.norm(space) else 0 * centered


def mix(spaces, n_stimuli):
    """Join two spaces by each of the shares; give one, or none, as it is."""
    shares = [(share, 1 - share) for share in SHARES] if len(spaces) == 2 else [(1,)]
    empty = np.empty((n_stimuli, 0))
    return [
        np.hstack([empty, *(np.sqrt(s) * space for s, space in zip(of_mix, spaces, strict=False))])
        for of_mix in shares
    ]


def fit(features, train, test):
    """Solve the ridge of each penalty, but for the responses.

    Returns
    -------
    weights : array, shape (penalties, test, axes)
        What is predicted of stimuli, by what responses have of each axis.
    axes : array, shape (axes, train) or None
        Of features, where they are fewer than stimuli; None where each stimulus is an axis.
    """
    mean = features[train].mean(axis=0)
    fitted, held = features[train] - mean, features[test] - mean
    few = fitted.shape[1] < len(fitted)
    eigenvalues, vectors = np.linalg.eigh(fitted.T @ fitted if few else fitted @ fitted.T)
    projected = held @ vectors if few else held @ (fitted.T @ vectors)
    weights = projected / (eigenvalues + ALPHAS[:, None, None])
    return (weights, (fitted @ vectors).T) if few else (weights @ vectors.T, None)


def predict(fits, responses):
    """Predict from the responses that are fitted to, (train, neurons).

    Returns
    -------
    array, shape (fits · penalties, test, neurons)
    """
    (n_penalties, n_test, _), n_neurons = fits[0][0].shape, responses.shape[1]
    predicted = np.empty((len(fits), n_penalties * n_test, n_neurons))
    for (weights, axes), of_fit in zip(fits, predicted, strict=True):
        known = responses if axes is None else axes @ responses
        np.matmul(weights.reshape(len(of_fit), -1), known, out=of_fit)
    predicted += responses.mean(axis=0)
    return predicted.reshape(-1, n_test, n_neurons)
