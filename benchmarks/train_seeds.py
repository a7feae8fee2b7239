"""Seeds trained per second, one after the other on a CPU core and together on a device.

    python benchmarks/train_seeds.py --device cuda --seeds 10 100 1000

Prints one line for each number of seeds: seconds, seeds per second, the ratio to one CPU core, and
the largest relative difference of the losses at the end of each fifth epoch.
"""

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

sys.path.append(str(Path(__file__).resolve().parents[1] / "scripts"))

from settings import TUTORIAL

from normative.stimuli.gratings import grating, training_orientations
from normative.training import batched, sgd
from normative.training.device import choose_device


def timed(train_networks, seeds, config, *device):
    """Train a network for each seed; give the seconds and the losses, (seeds, epochs, batches)."""
    stimuli = [(grating(angles), angles) for angles in map(orientations_of, seeds)]
    start = time.perf_counter()
    losses = [losses for _, losses in train_networks(stimuli, seeds, config, *device)]
    return time.perf_counter() - start, np.array(losses)


def orientations_of(seed):
    """Give the tutorial's thousand orientations."""
    return training_orientations(seed, 1000)


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="auto", choices=["cpu", "cuda", "auto"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--reference-seeds", type=int, default=3, help="trained on a CPU core")
    parser.add_argument("--epochs", type=int, default=25)
    arguments = parser.parse_args()

    torch.set_num_threads(1)
    device = choose_device(arguments.device)
    reference = range(arguments.reference_seeds)
    config = replace(TUTORIAL, epochs=arguments.epochs)
    alone, expected = timed(sgd.train_networks, reference, config)
    rate = len(reference) / alone
    name = torch.cuda.get_device_name() if device == "cuda" else "one core"
    print(f"one after the other on a core: {rate:.3f} seeds/s; together on {device} ({name}):")
    print("seeds,seconds,seeds_per_second,ratio,loss_difference")
    for count in arguments.seeds:
        seconds, losses = timed(batched.train_networks, range(count), config, device)
        shared = min(count, len(reference))
        fifth = np.s_[:shared, 4::5, -1]
        difference = np.abs(losses[fifth] / expected[fifth] - 1).max(initial=0)
        speed = count / seconds
        print(f"{count},{seconds:.1f},{speed:.3f},{speed / rate:.2f},{difference:.1e}", flush=True)


if __name__ == "__main__":
    main()
