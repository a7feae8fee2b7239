"""The network that the bonus tutorial fits to the responses of neurons, exactly.

Neuromatch Academy, W1D5 Tutorial 4, "Diving Deeper into Decoding & Encoding", section 3.
"""

import logging
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import mse_loss

from normative.networks.readouts import ConvReadout
from normative.recordings.binning import average_orientations, group_rows
from normative.stimuli.distinct import find_distinct
from normative.stimuli.gratings import grating
from normative.training.sgd import step

logger = logging.getLogger(__name__)

BIN_DEG = 6
LEFT_OUT = "left out: the recording has no two parts of the trials"  # the note on a fit
RESOLUTION = 0.025  # of images: 12 × 16 pixels
N_TOLD = 20  # iterations from one line of the log to the next


@dataclass(frozen=True)
class Fit:
    """How the network is fitted, by gradient descent on all stimuli at once.

    Attributes
    ----------
    l2, l1 : float
        Penalties on the sum of squares and of absolute values of the output weights.
    learning_rate, momentum : float
    n_iterations : int
    seed : int
        Of the initial weights; the tutorial sets none.
    """

    l2: float = 5e-4
    l1: float = 1e-6
    learning_rate: float = 2.0
    momentum: float = 0.9
    n_iterations: int = 200
    seed: int = 1


def bin_parts(angle_deg, parts, n_trials=None):
    """Average two parts of the trials in the tutorial's bins of 6°.

    Parameters
    ----------
    angle_deg : array, shape (rows,)
        0–360.
    parts : sequence of array, shape (rows, neurons)
    n_trials : array of int, shape (rows,), optional

    Returns
    -------
    orientation_deg : array, shape (bins,)
        Where each bin begins, less 180°: that of the grating that stands for it.
    binned : list of array of float32, shape (bins, neurons)
    """
    angle_deg = np.asarray(angle_deg, np.float64) % 360
    groups = group_rows(angle_deg, BIN_DEG)
    starts = [angle_deg[rows[0]] // BIN_DEG * BIN_DEG for rows in groups]
    return np.array(starts) - 180, [average_orientations(part, groups, n_trials) for part in parts]


def standardize(parts):
    """Z-score neurons, as the tutorial's are, by mean and SD over stimuli in the first part.

    Parameters
    ----------
    parts : sequence of array, shape (stimuli, neurons)

    Returns
    -------
    list of array of float32
        Zeros of a neuron that is silent in the first part.
    """
    mean, sd = parts[0].mean(axis=0), parts[0].std(axis=0)
    scale = np.divide(1, sd, out=np.zeros_like(sd), where=sd > 0)
    return [((part - mean) * scale).astype(np.float32) for part in parts]


def draw_images(orientation_deg, gratings):
    """Draw gratings of 12 × 16 pixels, gray 0, black and white ±0.5: (stimuli, 12, 16), float32.

    Parameters
    ----------
    orientation_deg : array, shape (stimuli,)
        Opposite ones are one image to the last pixel.
    gratings : dict
        Settings of `grating`; their `resolution` is not used.
    """
    return grating(orientation_deg % 180, **{**gratings, "resolution": RESOLUTION}) - 0.5


def fit_neurons(images, train, test, fit):
    """Fit the network to one part of the trials, and test it on the other.

    The state of torch's global generator is left as it was.

    Parameters
    ----------
    images : array of float32, shape (stimuli, height, width)
    train, test : array of float32, shape (stimuli, neurons)
        Responses in two parts of the trials.
    fit : Fit

    Returns
    -------
    net : ConvReadout
    losses : array of float64, shape (iterations, 2, 2)
        Of `train` before the step that it causes, of `test` after it: mean squared error over
        stimuli and neurons, with the penalties and without them. NaN after they are no longer
        finite: of a few hundred neurons or fewer, over which errors are averaged instead of
        thousands, the learning rate is too high.
    """
    first, index = find_distinct(images)  # θ and θ + 180° are answered at once
    shown, train, test = map(torch.from_numpy, (images[first], train, test))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(fit.seed)
        net = ConvReadout(*images.shape[1:], train.shape[1])
    weights = list(net.parameters())
    velocities = [None] * len(weights)
    losses = np.full((fit.n_iterations, 2, 2), np.nan)
    predicted, penalties = net(shown)[index], penalize(net, fit)
    for iteration in range(fit.n_iterations):
        error = mse_loss(predicted, train)
        losses[iteration, 0] = error.item() + penalties, error.item()
        gradients = torch.autograd.grad(error, weights)
        *_, of_output, _ = gradients  # of weights, before that of biases
        of_output.add_(net.out.weight.detach(), alpha=2 * fit.l2)
        of_output.add_(net.out.weight.detach().sign(), alpha=fit.l1)
        step(weights, gradients, velocities, fit)
        predicted, penalties = net(shown)[index], penalize(net, fit)
        test_error = mse_loss(predicted.detach(), test).item()
        losses[iteration, 1] = test_error + penalties, test_error
        if not np.isfinite(losses[iteration]).all():
            break
        if iteration == 0 or (iteration + 1) % N_TOLD == 0:
            logger.info(
                "iteration %d of %d: loss %.4f, on the other part of the trials %.4f",
                *(iteration + 1, fit.n_iterations, *losses[iteration, :, 0]),
            )
    return net, losses


def penalize(net, fit):
    """Sum the penalties on the output weights; a number."""
    weights = net.out.weight.detach()
    return fit.l2 * torch.sum(weights * weights).item() + fit.l1 * torch.sum(weights.abs()).item()


def least_error(images, train):
    """Give the least mean squared error of any model, which answers equal images alike.

    Parameters
    ----------
    images : array, shape (stimuli, height, width)
    train : array, shape (stimuli, neurons)
    """
    _, index = find_distinct(images)
    sums = np.zeros((index.max() + 1, train.shape[1]))
    np.add.at(sums, index, train)
    means = sums / np.bincount(index)[:, None]
    return float(np.mean((train - means[index]) ** 2))
