"""Measure this workflow beside what a user would run instead: make bench.

Writes results/benchmarks/performance.csv and .png, scaling.csv and .png, and machine.json. The
Makefile keeps libraries to one thread, which must be said before they load.
"""

import argparse
import json
import os
import platform
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import pandas as pd
import torch
from matplotlib import pyplot as plt
from measure import measure
from rows import all_rows
from scaling import scale

OUT = Path("results/benchmarks")
plt.rcParams["font.size"] = 7


def machine():
    """Tell what the times were measured on."""
    info = Path("/proc/cpuinfo")
    names = [
        line.split(":")[1].strip()
        for line in (info.read_text(encoding="utf-8") if info.exists() else "").splitlines()
        if line.startswith("model name")
    ]
    return {
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "torch": torch.__version__,
    }


def draw_performance(table, path):
    """One bar a peer, on a logarithmic axis; right of one, ours is faster."""
    figure, axis = plt.subplots(figsize=(7.2, 0.32 * len(table) + 0.9), layout="constrained")
    labels = [f"{row.task}\n{row.peer}" for row in table.itertuples()]
    errors = [table.ratio - table.ratio_low, table.ratio_high - table.ratio]
    axis.barh(labels, table.ratio - 1, left=1, xerr=errors, color="#0072B2", height=0.6)
    axis.axvline(1, color="0.3", linewidth=0.8)
    axis.set(xscale="log", xlabel="Time of the peer / ours (median and range)")
    axis.xaxis.set_major_formatter("{x:g}")
    axis.margins(y=0.01)
    axis.invert_yaxis()
    axis.tick_params(labelsize=6)
    figure.savefig(path, dpi=200)


def draw_scaling(table, path):
    """Time and memory against each size, on logarithmic axes."""
    groups = list(table.groupby("against", sort=False))
    figure, axes = plt.subplots(2, len(groups), figsize=(7.2, 3.6), layout="constrained")
    for column, (name, group) in zip(axes.T, groups, strict=True):
        column[0].loglog(group["size"], group.seconds, "o-", color="#0072B2")
        column[0].set_title(f"exponent {group.exponent.iloc[0]:.2f}")
        column[1].loglog(group["size"], group.memory_mib, "o-", color="#D55E00")
        column[1].set_xlabel(name.capitalize())
        column[1].set_ylim(100, 10_000)
    axes[0, 0].set_ylabel("Seconds")
    axes[1, 0].set_ylabel("Peak memory (MiB)")
    for axis in axes.flat:
        axis.tick_params(labelsize=6)
        axis.xaxis.set_minor_formatter("")
        axis.yaxis.set_minor_formatter("")
    figure.savefig(path, dpi=200)


def main():
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="of every row, interleaved")
    parser.add_argument("--only", default="", help="rows whose task has these words")
    arguments = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    tables = []
    for row in all_rows(arguments.only):
        tables.append(measure(row, arguments.runs))
        print(tables[-1].to_string(index=False, header=False, float_format="%.3g"), flush=True)
    if not tables:
        parser.error(f"--only: found no task with {arguments.only!r}, expected words of one")
    if arguments.only:
        return
    table = pd.concat(tables)
    table.to_csv(OUT / "performance.csv", index=False, float_format="%.4g")
    draw_performance(table, OUT / "performance.png")
    table = scale()
    print(table.to_string(index=False, float_format="%.3g"))
    table.to_csv(OUT / "scaling.csv", index=False, float_format="%.4g")
    draw_scaling(table, OUT / "scaling.png")
    (OUT / "machine.json").write_text(json.dumps(machine(), indent=1) + "\n")


if __name__ == "__main__":
    main()
