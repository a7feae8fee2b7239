"""Fit the bonus tutorial's network to neurons of one part of the trials, test it on the other."""

import numpy as np
import torch

from normative.networks.readouts import start_filters
from normative.training.bonus import (
    LEFT_OUT,
    Fit,
    bin_parts,
    draw_images,
    fit_neurons,
    least_error,
    standardize,
)
from normative.workflow.runner import run

FITS = {"with": Fit(), "without": Fit(l2=0, l1=0)}  # the penalties
N_EXAMPLES = 15  # neurons that are shown
DIVERGED = "diverged: the tutorial's learning rate is for thousands of neurons"


def main(input, output, params, threads):
    """Write what the tutorial prints and shows, or why nothing could be fitted.

    `note`, of each fit, is empty where all went well. `penalties`, the names of the fits;
    `n_neurons`; `losses` (fits × iterations × train and test × with and
    without the penalties); `least_error`, of any model without penalties;
    `orientation` (bins); `neurons` (examples, by number in the recording); `train` and `test`
    (bins × examples); `predictions` (fits × bins × examples); `filters`, as the convolution starts,
    and `fitted_filters` (fits × filters × height × width).
    """
    torch.set_num_threads(threads)
    with np.load(input.sample) as file:
        neurons = file["neurons"]
    with np.load(input.recording) as file:  # which `bin_responses` has checked
        names = [name for name in ("resp_train", "resp_test") if name in file]
        parts = [file[name][:, neurons].astype(np.float32) for name in names]
        angle, n_trials, values = file["stimuli"].ravel(), file.get("n_trials"), file.get("values")
    examples = np.unique(np.linspace(0, len(neurons) - 1, N_EXAMPLES).astype(int))
    known = {"penalties": list(FITS), "n_neurons": len(neurons), "neurons": neurons[examples]}
    if not parts:
        np.savez(output.network, note=[LEFT_OUT] * len(FITS), **known)
        return
    orientation, parts = bin_parts(angle, parts, None if n_trials is None else n_trials.ravel())
    train, test = parts if values is None or values == "z-score" else standardize(parts)
    images = draw_images(orientation, params.stimulus)
    np.savez(
        output.network,
        **known,
        orientation=orientation,
        train=train[:, examples],
        test=test[:, examples],
        least_error=least_error(images, train),
        filters=start_filters(),
        **fit_each(images, train, test, examples),
    )


def fit_each(images, train, test, examples):
    """Fit the network with and without the penalties; give arrays whose first axis are the fits."""
    columns = {}
    for fit in FITS.values():
        net, losses = fit_neurons(images, train, test, fit)
        with torch.no_grad():
            predicted = net(torch.from_numpy(images))[:, examples].numpy()
        found = {
            "losses": losses,
            "predictions": predicted,
            "fitted_filters": net.conv.weight.detach().squeeze(1).numpy(),
            "note": "" if np.isfinite(losses).all() else DIVERGED,
        }
        for name, array in found.items():
            columns.setdefault(name, []).append(array)
    return columns


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
