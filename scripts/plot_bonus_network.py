"""Figure: the bonus tutorial's network, fitted to neurons, as the tutorial shows it."""

import numpy as np
import pandas as pd

from normative.figures.panels import draw_curve
from normative.figures.style import (
    LAYER_COLORS,
    MM,
    PT,
    RECORDING_COLOR,
    WIDE,
    letter,
    plt,
    save,
    say_alone,
    subfigures,
)
from normative.workflow.runner import run

TICKS = [-180, -90, 0, 90, 180]  # degrees
CURVES = {  # label and color
    "train": ("part of the trials that is fitted to", "0.7"),
    "test": ("other part of the trials", RECORDING_COLOR),
    "predicted": ("predicted, fitted with penalties", LAYER_COLORS[1]),
}


def main(input, output, wildcards):
    """Draw tuning curves, losses, predictions and filters, or say why there are none."""
    with np.load(input.bonus) as file:
        bonus = dict(file)
    title = f"The bonus tutorial's network, fitted to neurons of the {wildcards.dataset} recording"
    if "losses" not in bonus:
        nothing = pd.DataFrame(columns=["panel"])
        save(say_alone(f"{title}:\n{bonus['note'][0]}", WIDE), output, nothing)
        return
    figure = plt.figure(figsize=(WIDE, 190 * MM))
    heights = [68, 42, 48, 32]
    parts = dict(zip("abcd", subfigures(figure, 4, 1, height_ratios=heights), strict=True))
    draw_neurons(parts["a"], bonus, (3, 5), ["train", "test"])
    draw_losses(parts["b"], bonus)
    draw_neurons(parts["c"], bonus, (2, 5), ["train", "test", "predicted"], bonus["note"][0])
    draw_filters(parts["d"], bonus)
    for name, part in parts.items():
        letter(part, name)
    parts["a"].suptitle(title)
    save(figure, output, tabulate(bonus))


def draw_neurons(part, bonus, shape, names, note=""):
    """Draw the response of some neurons by angle; of a fit with a note, that instead of it."""
    names = [name for name in names if name != "predicted" or not note]
    part.suptitle(note and f"no predictions: {note}")
    axes = part.subplots(*shape, sharex=True)
    n_neurons = min(len(bonus["neurons"]), axes.size)
    for index, axis in enumerate(axes.flat):
        if index >= n_neurons:
            axis.set_axis_off()
            continue
        for name in names:
            label, color = CURVES[name]
            values = bonus["predictions"][0] if name == "predicted" else bonus[name]
            look = {"color": color, "label": label, "linewidth": 0.8 * PT}
            draw_curve(axis, bonus["orientation"], values[:, index], **look)
        axis.set_title(f"neuron {bonus['neurons'][index]}", pad=2 * PT)
        axis.set_xticks(TICKS)
        if index + shape[1] >= n_neurons:  # nothing is below it
            axis.tick_params(labelbottom=True)
            if index % shape[1] == min(shape[1] // 2, n_neurons - 1):
                axis.set_xlabel("Angle (°)")
    part.supylabel("Response (z-score)", fontsize=7 * PT)
    handles, labels = axes.flat[0].get_legend_handles_labels()
    part.legend(handles, labels, loc="outside lower center", ncols=3)


def draw_losses(part, bonus):
    """Draw both losses by iteration, with and without penalties, and what no model can go below."""
    for axis, penalty, losses, note in zip(
        part.subplots(1, 2), bonus["penalties"], bonus["losses"], bonus["note"], strict=True
    ):
        for values, name in zip(losses[..., 0].T, ("train", "test"), strict=True):
            label, color = CURVES[name]
            axis.plot(np.arange(1, len(values) + 1), values, color=color, label=label)
        label = "least error of any model, without penalties"
        axis.axhline(bonus["least_error"], color="0.5", linestyle=":", label=label)
        axis.set(xlabel="Iteration (number)", ylabel="Loss (mean square)")
        axis.set_title(f"{penalty} penalties" + (f"\n{note}" if note else ""))
    handles, labels = axis.get_legend_handles_labels()
    part.legend(handles, labels, loc="outside lower center", ncols=3)


def draw_filters(part, bonus):
    """Draw the filters before and after, each on a scale of its own."""
    rows, diverged = {"start": bonus["filters"]}, []
    for penalty, filters, note in zip(
        bonus["penalties"], bonus["fitted_filters"], bonus["note"], strict=True
    ):
        name = f"fitted {penalty}\npenalties"
        if note:
            name += ":\ndiverged"
            diverged.append(name)
        rows[name] = filters
    axes = part.subplots(len(rows), len(bonus["filters"]))
    for of_row, (name, filters) in zip(axes, rows.items(), strict=True):
        for axis, weights in zip(of_row, filters, strict=True):
            axis.set(xticks=[], yticks=[])
            if name in diverged:
                axis.set_axis_off()
                continue
            largest = np.abs(weights).max()
            axis.imshow(weights, cmap="RdBu_r", vmin=-largest, vmax=largest)
        place = {"transform": of_row[0].transAxes, "ha": "right", "va": "center"}
        of_row[0].text(-0.1, 0.5, name, **place)


def tabulate(bonus):
    """Give what is drawn: neurons by angle, losses by iteration, filters by row and column."""
    neurons = [
        pd.DataFrame(
            {"panel": "a, c", "neuron": neuron, "curve": name, "angle": bonus["orientation"]}
        ).assign(value=values[:, index])
        for index, neuron in enumerate(bonus["neurons"])
        for name, values in [
            *((name, bonus[name]) for name in ("train", "test")),
            ("predicted", bonus["predictions"][0]),
        ]
    ]
    losses = [
        pd.DataFrame({"panel": "b", "penalty": penalty, "curve": name, "value": values}).assign(
            iteration=np.arange(1, len(values) + 1)
        )
        for penalty, of_fit in zip(bonus["penalties"], bonus["losses"], strict=True)
        for name, values in zip(("train", "test"), of_fit[..., 0].T, strict=True)
    ]
    stacked = np.stack([bonus["filters"], *bonus["fitted_filters"]])
    axes = [["start", *bonus["penalties"]], *(range(n) for n in stacked.shape[1:])]
    index = pd.MultiIndex.from_product(axes, names=["penalty", "filter", "row", "column"])
    filters = pd.DataFrame({"panel": "d", "value": stacked.ravel()}, index).reset_index()
    return pd.concat([*neurons, *losses, filters], ignore_index=True)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
