"""Networks that are fitted to the responses of neurons, stopped early and tested elsewhere.

They have seen the recording. What they reach is an upper mark for networks that have not.
"""

import copy

import numpy as np
import torch
from torch.nn.functional import mse_loss

from normative.networks.readouts import build_readout
from normative.stimuli.gratings import grating
from normative.training.bonus import BIN_DEG, draw_images

LAYERS = {"linear": ["conv", "out"], "cnn": ["pool", "fc", "out"]}  # by kind of network
LEARNING_RATES = {"linear": 0.001, "cnn": 0.003}  # of Adam
MOST_ITERATIONS = 150
READOUT_SD = 0.001  # of the initial weights; of zeros, the first gradients would be rounding alone
PATIENCE = 15  # iterations without a lower error of validation, after which a fit ends


def draw_for(kind, orientation_deg, gratings):
    """Draw gratings as a kind of network is shown them: (stimuli, height, width), float32."""
    if kind == "linear":
        return draw_images(orientation_deg, gratings)
    return grating(np.asarray(orientation_deg) % 180, **gratings)


def average_bins(orientation_deg, responses):
    """Average stimuli in bins of 6° of orientation, fewer of which are faster to fit to.

    Parameters
    ----------
    orientation_deg : array, shape (stimuli,)
    responses : array, shape (stimuli, neurons)

    Returns
    -------
    orientation_deg : array, shape (bins,)
        Mean of each bin.
    responses : array of float32, shape (bins, neurons)
    """
    _, bins = np.unique(np.floor(np.asarray(orientation_deg) / BIN_DEG), return_inverse=True)
    weights = np.eye(bins.max() + 1)[bins].T  # (bins, stimuli)
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ orientation_deg, (weights @ responses).astype(np.float32)


def fit_until_best(kind, seed, fitted, validation):
    """Fit a network by Adam, and stop where the error of a validation is least.

    Readout weights start near zero and biases at the mean responses: at the start the network
    predicts nearly the mean. The state of torch's global generator is left as it was.

    Parameters
    ----------
    kind : {"linear", "cnn"}
    seed : int
        Of the initial weights.
    fitted, validation : (images, responses)
        (stimuli, height, width) and (stimuli, neurons), float32.

    Returns
    -------
    net : torch.nn.Module
        As it was after the best iteration.
    n_iterations : int
        Until then; 0 where no iteration is better than the mean of what is fitted to.
    """
    images, responses, others, their_responses = map(torch.from_numpy, (*fitted, *validation))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = build_readout(kind, images.shape[1:], responses.shape[1])
        torch.nn.init.normal_(net.out.weight, std=READOUT_SD)
    with torch.no_grad():
        net.out.bias.copy_(responses.mean(dim=0))
        least = mse_loss(net(others), their_responses).item()
    optimizer = torch.optim.Adam(net.parameters(), lr=LEARNING_RATES[kind])
    best, state = 0, copy.deepcopy(net.state_dict())
    for iteration in range(1, MOST_ITERATIONS + 1):
        optimizer.zero_grad()
        mse_loss(net(images), responses).backward()
        optimizer.step()
        with torch.no_grad():
            error = mse_loss(net(others), their_responses).item()
        if error < least:
            least, best, state = error, iteration, copy.deepcopy(net.state_dict())
        if iteration - best >= PATIENCE:
            break
    net.load_state_dict(state)
    return net, best


def predict_held_out(kind, seed, orientation_deg, responses, folds, gratings):
    """Predict the responses to each fold of orientations by a network that is fitted to others.

    Fits end by the error in the first of the inner blocks of orientation, which is not fitted to.

    Parameters
    ----------
    kind : {"linear", "cnn"}
    seed : int
    orientation_deg : array, shape (stimuli,)
    responses : array of float32, shape (stimuli, neurons)
    folds : list of normative.encoding.splits.Fold
    gratings : dict

    Returns
    -------
    predictions : array of float32, shape (stimuli, neurons)
    n_iterations : list of int
        Of each fold.
    """
    images = draw_for(kind, orientation_deg, gratings)
    predictions, n_iterations = np.empty_like(responses), []
    for fold in folds:
        train, validation = (fold.train[positions] for positions in fold.inner[0])
        orientation, binned = average_bins(orientation_deg[train], responses[train])
        net, n = fit_until_best(
            *(kind, seed, (draw_for(kind, orientation, gratings), binned)),
            (images[validation], responses[validation]),
        )
        with torch.no_grad():
            predictions[fold.test] = net(torch.from_numpy(images[fold.test])).numpy()
        n_iterations.append(n)
    return predictions, n_iterations
