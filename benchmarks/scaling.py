"""Time and memory as a study grows."""

import multiprocessing
import re
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from settings import TUTORIAL

from normative.inference.resampling import Moments, count_draws, pair_weights, weighted_similarity
from normative.networks.activations import layer_activations
from normative.rsa.rdm import correlation_distance, rdm_correlation, upper_triangle
from normative.stimuli.gratings import grating, training_orientations
from normative.training.sgd import train_networks

SIZES = {
    "seeds": [1, 10, 100],
    "stimuli": [181, 724, 2896],
    "neurons": [2_000, 20_000, 200_000],
    "replicates": [100, 1_000, 10_000],
}


def seeds(count):
    """Train, record, compare: one network after the other, as a job does; two epochs each."""
    angles = {seed: training_orientations(seed, 1000) for seed in range(count)}
    stimuli = ((grating(each), each) for each in angles.values())
    shown = grating(np.linspace(-90, 90, 181))
    recording = correlation_distance(shown.reshape(181, -1))
    with tempfile.TemporaryDirectory() as folder:
        trained = train_networks(stimuli, range(count), replace(TUTORIAL, epochs=2))
        for seed, (net, _) in enumerate(trained):
            layers = layer_activations(net, shown, ["pool", "fc"])
            np.savez(Path(folder, f"{seed}.npz"), **layers)
            rdm_correlation(recording, correlation_distance(layers["pool"]))


def stimuli(count):
    """RDM of 20,000 neurons."""
    correlation_distance(np.random.default_rng(0).random((count, 20_000), dtype=np.float32))


def neurons(count):
    """RDM of 181 stimuli."""
    correlation_distance(np.random.default_rng(0).random((181, count), dtype=np.float32))


def replicates(count):
    """Bootstrap over 180 stimuli, six models."""
    rng = np.random.default_rng(0)
    rdms = [upper_triangle(correlation_distance(rng.random((180, 100)))) for _ in range(7)]
    prepared = Moments.of(np.array(rdms[1:]))
    for _ in range(0, count, 50):
        weights = pair_weights(count_draws(rng.integers(180, size=(50, 180)), 180))
        weighted_similarity(weights, rdms[0][None], prepared, "pearson")


WORK = {work.__name__: work for work in (seeds, stimuli, neurons, replicates)}


def alone(name, count, pipe):
    """Do it in a process of its own; send seconds and the peak of its memory in MiB."""
    WORK[name](SIZES[name][0])  # libraries load
    start = time.perf_counter()
    WORK[name](count)
    seconds = time.perf_counter() - start
    # Not getrusage, which on Linux starts from the peak of the process that started this one.
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"))[1]
    pipe.send((seconds, int(peak) / 1024))


def scale(runs=3):
    """Measure every size; the median of some runs.

    Returns
    -------
    pandas.DataFrame
        `against`, `size`, `seconds`, `memory_mib` (peak of the process), and `exponent`: the slope
        of the line through log seconds against log size.
    """
    context = multiprocessing.get_context("spawn")
    rows = []
    for name, sizes in SIZES.items():
        measured = []
        for size in sizes:
            found = []
            for _ in range(runs):
                here, there = context.Pipe()
                process = context.Process(target=alone, args=(name, size, there))
                process.start()
                found.append(here.recv())
                process.join()
            seconds, memory = np.median(found, axis=0)
            measured.append(
                {"against": name, "size": size, "seconds": seconds, "memory_mib": memory}
            )
        logs = np.log([[each["size"], each["seconds"]] for each in measured])
        exponent = np.polyfit(*logs.T, 1)[0]
        rows += [{**each, "exponent": exponent} for each in measured]
    return pd.DataFrame(rows)
