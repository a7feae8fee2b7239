"""Figure 1 of the paper: the task, the network, and how it learns."""

import numpy as np
import pandas as pd
from matplotlib.patches import Circle, Rectangle

from normative.display_names import real_minus
from normative.figures.panels import draw_gratings, draw_losses, leave_out_least_losses
from normative.figures.source_data import tabulate_images
from normative.figures.style import MM, WIDE, letter, plt, population_colors, save
from normative.networks.architecture import KERNEL_SIZE, POOL_SIZE, stages
from normative.networks.filters import filter_bank
from normative.reporting.sentences import counted, write_caption
from normative.stimuli.gratings import grating
from normative.workflow.runner import run

ORIENTATIONS = np.linspace(-75, 75, 6)  # degrees
ANSWERS = {"tilt": "P(right)", "orientation": "sin 2θ, cos 2θ"}
LOSSES = {"tilt": "(cross-entropy, nats)", "orientation": "(mean square)"}
NOT_COMPARED = "#777777"
STEP, SIZE = 1.75, 1.0  # of the sketch: between stages, and the width of an image


def main(input, output, params):
    """Draw gratings with the answers to learn, a sketch of the network, and its losses."""
    images = grating(ORIENTATIONS, **params.stimulus)
    losses = pd.read_csv(input.training).query("model == @params.model")
    performance = pd.read_csv(input.performance).query("model == @params.model")

    figure = plt.figure(figsize=(WIDE, 98 * MM))
    top, bottom = figure.subfigures(2, 1, height_ratios=[35, 63])
    left, right = bottom.subfigures(1, 2, width_ratios=[118, 65])
    axes = top.subplots(1, len(ORIENTATIONS))
    draw_gratings(axes, ORIENTATIONS, images)
    for axis, orientation in zip(axes, ORIENTATIONS, strict=True):
        axis.set_xlabel(answer(orientation, params.task))
    draw_network(left.subplots(), images[-1], params)
    axis = right.subplots()
    axis.set_title(params.model)
    if len(losses):
        draw_losses(axis, losses.pivot(index="epoch", columns="seed", values="loss"), params.model)
        leave_out_least_losses(axis)
        axis.legend()
        axis.set_ylabel(f"Loss on the last mini-batch\n{LOSSES[params.task]}")
    else:
        axis.set_axis_off()
        axis.text(0.5, 0.5, "not trained", transform=axis.transAxes, ha="center")
    for subfigure, name in ((top, "a"), (left, "b"), (right, "c")):
        letter(subfigure, name)
    save(figure, output, [tabulate_images(ORIENTATIONS, images), losses])
    write_caption(
        output.caption,
        "Figure 1. The task and the network.",
        *describe(images.shape[1:], losses, performance, params),
    )


def answer(orientation, task):
    """Write what a network must answer to a grating."""
    if task == "tilt":
        return "right" if orientation > 0 else "left"
    sine, cosine = np.sin(2 * np.deg2rad(orientation)), np.cos(2 * np.deg2rad(orientation))
    return real_minus(f"{sine:.1f}, {cosine:.1f}")


def draw_network(axis, image, params):
    """Draw each stage from the image to the answer; layers that are compared are colored."""
    shapes = {
        **stages(params.network, image.shape),
        "answer": (len(ANSWERS[params.task].split(",")),),
    }
    colors = population_colors(params.layers)
    height, width = SIZE * image.shape[0] / image.shape[1], SIZE
    notes = {
        "image": "",
        "conv": f"filters {KERNEL_SIZE} × {KERNEL_SIZE},\nReLU",
        "pool": f"largest of\n{POOL_SIZE} × {POOL_SIZE}",
        "fc": "then ReLU",
        "answer": ANSWERS[params.task],
    }
    for index, (name, shape) in enumerate(shapes.items()):
        x, color = index * STEP, colors.get(name, NOT_COMPARED)
        if name == "image":
            extent = (x - width / 2, x + width / 2, -height / 2, height / 2)
            axis.imshow(image, cmap="binary", vmin=0, vmax=1, extent=extent)
        elif len(shape) == 3:
            scale = 1 if name == "conv" else 0.45
            for layer in range(shape[0]):
                shift = 0.06 * (layer - (shape[0] - 1) / 2)
                corner = (x - scale * width / 2 + shift, -scale * height / 2 - shift)
                axis.add_patch(
                    Rectangle(
                        *(corner, scale * width, scale * height),
                        facecolor="white",
                        edgecolor=color,
                        linewidth=0.8,
                    )
                )
        else:
            for unit in range(shape[0]):
                center = (x, 0.17 * (unit - (shape[0] - 1) / 2))
                axis.add_patch(Circle(center, 0.07, facecolor="white", edgecolor=color))
        size = " × ".join(map(str, shape)) + (" units" if len(shape) == 1 and name == "fc" else "")
        size = size if name != "answer" else ""
        axis.text(x, -1.05, name, ha="center", va="top", color=color, weight="bold")
        axis.text(x, -1.25, f"{size}\n{notes[name]}".strip(), ha="center", va="top", fontsize=6)
        if index:
            middle = x - STEP / 2 + 0.06
            axis.annotate(
                "",
                (middle + 0.14, 0),
                (middle - 0.14, 0),
                arrowprops={"arrowstyle": "->", "linewidth": 0.8, "color": NOT_COMPARED},
            )
    if "conv" in shapes and params.filters != "random":
        for index, kernel in enumerate(filter_bank()):
            x = STEP + 0.42 * (index - 2.5)
            extent = (x - 0.18, x + 0.18, 1.0, 1.36)
            axis.imshow(kernel, cmap="RdBu_r", vmin=-1, vmax=1, extent=extent)
        axis.text(STEP, 1.46, "filters at the start", ha="center", va="bottom", fontsize=6)
    axis.set(xlim=(-0.7, STEP * (len(shapes) - 1) + 0.7), ylim=(-1.9, 1.75), aspect="equal")
    axis.set_axis_off()


def describe(image_shape, losses, performance, params):
    """Give the sentences of the caption, one panel each."""
    height, width = image_shape
    task = {
        "tilt": "whether it tilts left or right",
        "orientation": "the sine and cosine of twice its orientation",
    }[params.task]
    yield (
        f"(a) Gratings as the networks see them ({height} × {width} pixels), by orientation from "
        f"vertical; below, what to answer. A network learns to tell {task}."
    )
    compared = " and ".join(f"`{layer}`" for layer in params.layers)
    start = "PyTorch's default" if params.filters == "random" else "center-surround and Gabor"
    filters = f" Its convolution starts from {start} filters." if params.network != "FC" else ""
    yield (
        f"(b) The model `{params.model}`; the output of {compared}, in color, is compared with the "
        f"recording.{filters}"
    )
    if losses.empty:
        yield f"(c) `{params.model}` is not trained."
        return
    last = losses[losses["epoch"] == losses["epoch"].max()]["loss"]
    scores = performance["score"]
    failed = int((performance["status"] == "failed").sum())
    measure = {"accuracy": "accuracy", "error_deg": "mean error in degrees"}[
        performance["measure"].iloc[0]
    ]
    held_out = performance["stimuli"].iloc[0]
    yield (
        f"(c) Loss on the last mini-batch of each epoch, {counted(len(last))}; the median ends at "
        f"{last.median():.2g}. On {held_out:,} held-out gratings the {measure} is "
        f"{scores.mean():.3g} ({scores.min():.3g} to {scores.max():.3g}); {failed} of "
        f"{len(scores)} networks failed."
    )


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
