"""Figure: similarity of each network to the recording before and after training."""

import numpy as np
import pandas as pd

from normative.display_names import real_minus
from normative.figures.source_data import read_by_seed
from normative.figures.style import (
    LAYER_COLORS,
    MEDIUM,
    MM,
    MOST_SEEDS,
    NARROW,
    PT,
    WIDE,
    of_many,
    plt,
    save,
    say_alone,
    similarity_label,
)
from normative.workflow.runner import run

COLUMNS = 4
SOURCE = ["model", "layer", "seed", "untrained", "trained"]


def main(input, output, wildcards, params):
    """Draw one panel a trained model and layer that has an untrained twin: a line a seed."""
    table = pd.read_csv(input.training_effect)
    by_seed = read_by_seed(input.means, input.layers)
    if table.empty:
        reason = "no trained model of this study has an untrained twin"
        reason = f"{wildcards.dataset} recording: {reason}"
        save(say_alone(reason), output, pd.DataFrame(columns=SOURCE))
        return
    n_rows, n_columns = -(-len(table) // COLUMNS), min(COLUMNS, len(table))
    figure, axes = plt.subplots(
        n_rows,
        n_columns,
        figsize=({1: NARROW, 2: MEDIUM}.get(n_columns, WIDE), (20 + 66 * n_rows) * MM),
        sharey=True,
        squeeze=False,
    )
    for axis in axes.flat[len(table) :]:
        axis.set_axis_off()
    described = [describe(row) for row in table.itertuples()]
    n_lines = max(map(len, described))  # of each title, so that all begin at one height
    shown = []
    for index, (axis, row) in enumerate(zip(axes.flat, table.itertuples(), strict=False)):
        before, after = (by_seed[name, row.layer] for name in (row.untrained_model, row.model))
        is_valid = ~np.isnan(after - before)
        pairs = np.stack([before, after])[:, is_valid]  # (2, n_valid)
        of_seeds = [(row.model, row.layer, seed) for seed in np.array(params.seeds)[is_valid]]
        shown += [(*seed, *pair) for seed, pair in zip(of_seeds, pairs.T, strict=True)]
        color = LAYER_COLORS[index % len(LAYER_COLORS)]
        if is_valid.sum() > MOST_SEEDS:
            low, high = np.quantile(pairs, [0.05, 0.95], axis=1)
            axis.fill_between([0, 1], low, high, color=color, alpha=0.2, linewidth=0)
        else:
            axis.plot([0, 1], pairs, color=color, alpha=0.35, linewidth=0.7 * PT)
        if is_valid.any():
            shown.append((row.model, row.layer, "mean", *pairs.mean(axis=1)))
            look = {"color": color, "linewidth": 1.8 * PT, "markersize": 4 * PT}
            axis.plot([0, 1], pairs.mean(axis=1), "o-", **look)
        axis.set_xticks([0, 1], ["untrained", "trained"])
        axis.set(xlim=(-0.3, 1.3))
        lines = [f"{row.model}, {row.layer}", *described[index]]
        lines += [""] * (n_lines - len(described[index]))
        axis.set_title(real_minus("\n".join(lines)))
    for axis in axes[:, 0]:
        axis.set_ylabel(similarity_label(params.comparator))
    figure.suptitle(
        f"Similarity to the {wildcards.dataset} recording before and after training\n"
        f"thin: seeds{of_many(len(params.seeds), 'the middle 90 %')}; thick: mean\n"
        f"above: mean change with {100 * params.confidence:g} % CIs,\n"
        "[these gratings; other neurons, trials, seeds], (other representations as smooth, too),\n"
        "and p-values after Holm's correction"
    )
    save(figure, output, pd.DataFrame(shown, columns=SOURCE))


def describe(row):
    """Write an effect with its CIs and tests, as far as there are any, as lines."""
    if row.seeds == 0:
        return ["no seed to compare"]
    lines = [f"{row.effect:+.3f}"]
    if pd.notna(row.ci_low):
        lines[0] += f" [{row.ci_low:.3f}, {row.ci_high:.3f}]"
    if pd.notna(row.stimuli_ci_low):
        lines.append(f"({row.stimuli_ci_low:.3f}, {row.stimuli_ci_high:.3f})")
    lines.append(f"{row.seeds} seed{'s' * (row.seeds > 1)}")
    tests = {"p": row.p_holm, "seeds: p": row.p_seeds_holm, "stimuli: p": row.stimuli_p_holm}
    return lines + [f"{name} = {p:.2g}" for name, p in tests.items() if pd.notna(p)]


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
