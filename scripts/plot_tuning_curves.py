"""Figure: tuning curves of three random units of each population."""

import numpy as np
import pandas as pd

from normative.figures.panels import draw_curve
from normative.figures.style import (
    MM,
    orientation_ticks,
    population_panels,
    population_titles,
    save,
)
from normative.recordings.populations import read_populations, read_values
from normative.workflow.runner import run

MOST_UNITS = 3
SHADES = ["#0072B2", "#D55E00", "#009E73"]  # Okabe & Ito


def main(input, output, wildcards, params):
    """Draw response by orientation; the recording has its own unit, activations have none."""
    orientation, populations = read_populations(input.responses, input.activations, params.seed)
    titles = population_titles(wildcards.dataset, wildcards.model, params.layers)
    values, ticks = read_values(input.responses), orientation_ticks(orientation)
    rng = np.random.default_rng(0)
    shown = []
    figure, axes = population_panels(len(populations), 64 * MM)
    for axis, (name, responses) in zip(axes, populations.items(), strict=True):
        n_units = min(MOST_UNITS, responses.shape[1])
        units = np.sort(rng.choice(responses.shape[1], n_units, replace=False))
        for unit, color in zip(units, SHADES, strict=False):
            draw_curve(axis, orientation, responses[:, unit], color=color, label=f"unit {unit}")
            of_unit = {"population": name, "unit": unit, "orientation": orientation}
            shown.append(pd.DataFrame({**of_unit, "response": responses[:, unit]}))
        axis.set(title=titles[name], xlabel="Orientation (°)", xticks=ticks)
        axis.set_ylabel(f"Response ({values})" if name == "recording" else "Activation (a.u.)")
        axis.legend(
            loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=n_units, handlelength=1.2
        )
    figure.suptitle(f"Tuning curves of three random units, seed {params.seed}")
    save(figure, output, pd.concat(shown))


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
