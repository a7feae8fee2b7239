"""The neurons that are predicted: their responses, reliability and folds, from one archive."""

from dataclasses import dataclass

import numpy as np

from normative.encoding.ridge import predict_held_out
from normative.encoding.scores import score
from normative.encoding.splits import block_folds, random_folds
from normative.rsa.patterns import principal_coordinates

N_INNER = 4  # folds within each, by which penalties are chosen
EXAMPLES = [0.98, 0.9, 0.75, 0.5, 0.25, 0.1]  # quantiles of reliability whose neurons are shown


@dataclass(frozen=True)
class Sample:
    """A sample of neurons.

    Attributes
    ----------
    responses : array, shape (stimuli, neurons)
    reliability : array, shape (neurons,)
        NaN where it is not known.
    examples : array of int
        Positions of the neurons whose predictions are shown.
    folds : dict of list of Fold
        "blocks", which the results are about, and "random".
    """

    responses: np.ndarray
    reliability: np.ndarray
    examples: np.ndarray
    folds: dict

    @classmethod
    def read(cls, path, n_folds):
        """Read the archive that `sample_neurons` wrote, and lay out so many folds."""
        with np.load(path) as file:
            blocks = block_folds(file["orientation"], float(file["gap_deg"]), n_folds, N_INNER)
            at_random = random_folds(file["shuffled"], n_folds, N_INNER)
            return cls(
                responses=file["responses"],
                reliability=file["reliability"],
                examples=file["examples"],
                folds={"blocks": blocks, "random": at_random},
            )

    def predict(self, *features, folds="blocks", neurons=slice(None)):
        """Predict responses from spaces of features (stimuli × features), see `predict_held_out`.

        Of all neurons or of some. NaN where a feature is not finite, as in a network whose training
        diverged.
        """
        responses = self.responses[:, neurons]
        if not all(np.isfinite(values).all() for values in features):
            return np.full(responses.shape, np.nan)
        spaces = [principal_coordinates(values) for values in features]
        return predict_held_out(spaces, responses, self.folds[folds])

    def score(self, predictions):
        """Score predictions, see `scores.score`."""
        return score(predictions, self.responses, self.reliability)


def choose_examples(reliability, responses):
    """Choose the neurons whose predictions are shown, from reliable to unreliable ones.

    By the variance of their responses where reliability is not known.
    """
    rank = responses.var(axis=0) if np.isnan(reliability).all() else np.nan_to_num(reliability)
    order = np.argsort(rank, kind="stable")
    return order[np.round(np.multiply(EXAMPLES, len(order) - 1)).astype(int)]
