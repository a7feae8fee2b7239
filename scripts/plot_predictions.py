"""Figure: responses of example neurons, and what is predicted of them on held-out orientations."""

import numpy as np
import pandas as pd

from normative.display_names import real_minus
from normative.figures.panels import draw_curve
from normative.figures.style import (
    MM,
    PT,
    RECORDING_COLOR,
    WIDE,
    orientation_ticks,
    plt,
    population_colors,
    save,
)
from normative.recordings.populations import read_values
from normative.workflow.runner import run


def main(input, output, wildcards, params):
    """Draw response by orientation: parts of the trials, all trials, layers, orientation alone."""
    with np.load(input.sample) as file:
        sample = dict(file)
    with np.load(input.references) as file:
        names, of_references = file["names"].tolist(), file["predictions"]
    with np.load(input.shown) as file:
        layers, of_layers = file["layers"].tolist(), file["predictions"]
    orientation, examples = sample["orientation"], sample["examples"]
    predicted = {
        f"{params.model}, {name}": values for name, values in zip(layers, of_layers, strict=True)
    }
    predicted["orientation alone"] = of_references[names.index("orientation")]
    colors = population_colors(predicted)
    figure, axes = plt.subplots(2, 3, figsize=(WIDE, 105 * MM), sharex=True)
    shown = []
    for number, (axis, example) in enumerate(zip(axes.flat, examples, strict=True)):
        neuron = sample["neurons"][example]
        measured = {
            f"part {part} of the trials": sample[f"half_{part}"][:, example]
            for part in (1, 2)
            if f"half_{part}" in sample
        }
        for name, values in measured.items():
            label = "each part of the trials" if name.startswith("part 1") else None
            draw_curve(axis, orientation, values, color="0.8", linewidth=0.6 * PT, label=label)
        measured["all trials"] = sample["responses"][:, example]
        look = {"color": RECORDING_COLOR, "label": "all trials"}
        draw_curve(axis, orientation, measured["all trials"], **look)
        curves = {name: values[:, number] for name, values in predicted.items()}
        for name, values in curves.items():
            draw_curve(axis, orientation, values, color=colors[name], label=name)
        for name, values in {**measured, **curves}.items():
            of_neuron = {"neuron": neuron, "curve": name, "orientation": orientation}
            shown.append(pd.DataFrame({**of_neuron, "response": values}))
        reliable = sample["reliability"][example]
        known = "" if np.isnan(reliable) else real_minus(f", reliability {reliable:.2f}")
        axis.set(title=f"neuron {neuron}{known}", xticks=orientation_ticks(orientation))
    for axis in axes[-1]:
        axis.set_xlabel("Orientation (°)")
    for axis in axes[:, 0]:
        axis.set_ylabel(f"Response ({read_values(input.responses)})")
    handles, labels = axes.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3)
    figure.suptitle(
        f"Neurons of the {wildcards.dataset} recording, and predictions of each orientation from "
        f"others, seed {params.seed}"
    )
    save(figure, output, pd.concat(shown))


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
