"""Figure: tuning curves of three random units of each population."""

import numpy as np
import pandas as pd

from normative.figures.style import MM, ORIENTATION_TICKS, WIDE, plt, population_titles, save
from normative.recordings.populations import read_populations
from normative.workflow.runner import run

UNITS = 3
SHADES = ["#0072B2", "#D55E00", "#009E73"]  # Okabe & Ito


def main(input, output, wildcards, params):
    """Draw response by orientation; the recording is z-scored, activations have no unit."""
    orientation, populations = read_populations(input.responses, input.activations, params.seed)
    titles = population_titles(wildcards.dataset, wildcards.model, params.layers)
    rng = np.random.default_rng(0)
    shown = []
    figure, axes = plt.subplots(1, len(populations), figsize=(WIDE, 64 * MM))
    for axis, (name, responses) in zip(axes, populations.items(), strict=True):
        units = np.sort(rng.choice(responses.shape[1], UNITS, replace=False))
        for unit, color in zip(units, SHADES, strict=True):
            axis.plot(orientation, responses[:, unit], color=color, label=f"unit {unit}")
            of_unit = {"population": name, "unit": unit, "orientation": orientation}
            shown.append(pd.DataFrame({**of_unit, "response": responses[:, unit]}))
        axis.set(title=titles[name], xlabel="Orientation (°)", xticks=ORIENTATION_TICKS)
        axis.set_ylabel("Response (z-score)" if name == "recording" else "Activation (a.u.)")
        axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=UNITS, handlelength=1.2)
    figure.suptitle(f"Tuning curves of three random units, seed {params.seed}")
    save(figure, output, pd.concat(shown))


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
