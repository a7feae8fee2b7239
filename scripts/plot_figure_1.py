"""Figure 1 of the paper: the task, the network, and how it learns."""

import numpy as np
import pandas as pd
from matplotlib.patches import Circle, Rectangle

from normative.display_names import real_minus
from normative.figures.panels import cut_off_least_losses, draw_gratings, draw_losses
from normative.figures.source_data import tabulate_images
from normative.figures.style import MM, PT, WIDE, letter, plt, population_colors, save
from normative.networks.architecture import KERNEL_SIZE, POOL_SIZE, stages
from normative.networks.filters import filter_bank
from normative.reporting.sentences import counted, write_caption
from normative.stimuli.gratings import grating
from normative.workflow.runner import run

ORIENTATIONS = np.linspace(-75, 75, 6)  # degrees
ANSWERS = {"tilt": "P(right)", "orientation": "sin 2θ, cos 2θ"}
LOSSES = {"tilt": "(cross-entropy, nats)", "orientation": "(mean squared error)"}
FILTERS = {
    "gabor": "The convolution starts from center-surround and Gabor filters.",
    "frozen": "The convolution has fixed center-surround and Gabor filters.",
    "random": "The convolution starts from PyTorch's default initialization.",
}
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
        cut_off_least_losses(axis)
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
    n_answers = len(ANSWERS[params.task].split(","))
    shapes = {**stages(params.network, image.shape), "answer": (n_answers,)}
    colors = population_colors(params.layers)
    notes = {
        "image": " × ".join(map(str, image.shape)),
        "conv": f"{{size}}\nfilters {KERNEL_SIZE} × {KERNEL_SIZE},\nReLU",
        "pool": f"{{size}}\nmaximum of\n{POOL_SIZE} × {POOL_SIZE}",
        "fc": "{size} units\nthen ReLU",
        "answer": ANSWERS[params.task],
    }
    for index, (name, shape) in enumerate(shapes.items()):
        x, color = index * STEP, colors.get(name, NOT_COMPARED)
        if name == "image":
            draw_image(axis, x, image)
        elif len(shape) == 3:
            draw_maps(axis, x, shape[0], image.shape, color, scale=1 if name == "conv" else 0.45)
        else:
            draw_units(axis, x, shape[0], color)
        note = notes[name].format(size=" × ".join(map(str, shape)))
        axis.text(x, -1.05, name, ha="center", va="top", color=color, weight="bold")
        axis.text(x, -1.25, note, ha="center", va="top", fontsize=6 * PT)
        if index:
            draw_arrow(axis, x - STEP / 2 + 0.06)
    if "conv" in shapes and params.filters != "random":
        draw_filters(axis, STEP)
    axis.set(xlim=(-0.7, STEP * (len(shapes) - 1) + 0.7), ylim=(-1.9, 1.75), aspect="equal")
    axis.set_axis_off()


def draw_image(axis, x, image):
    """Draw the image that the network sees."""
    height = SIZE * image.shape[0] / image.shape[1]
    extent = (x - SIZE / 2, x + SIZE / 2, -height / 2, height / 2)
    axis.imshow(image, cmap="binary", vmin=0, vmax=1, extent=extent)


def draw_maps(axis, x, n_channels, image_shape, color, scale):
    """Draw a stack of feature maps, one rectangle a channel."""
    width, height = scale * SIZE, scale * SIZE * image_shape[0] / image_shape[1]
    for channel in range(n_channels):
        shift = 0.06 * (channel - (n_channels - 1) / 2)
        corner = (x - width / 2 + shift, -height / 2 - shift)
        look = {"facecolor": "white", "edgecolor": color, "linewidth": 0.8 * PT}
        axis.add_patch(Rectangle(corner, width, height, **look))


def draw_units(axis, x, n_units, color):
    """Draw a column of circles, one a unit."""
    for unit in range(n_units):
        center = (x, 0.17 * (unit - (n_units - 1) / 2))
        axis.add_patch(Circle(center, 0.07, facecolor="white", edgecolor=color))


def draw_arrow(axis, x):
    """Draw an arrow from one stage to the next."""
    look = {"arrowstyle": "->", "linewidth": 0.8 * PT, "color": NOT_COMPARED}
    axis.annotate("", (x + 0.14, 0), (x - 0.14, 0), arrowprops=look)


def draw_filters(axis, x):
    """Draw the filters that the convolution starts from, above it."""
    for index, kernel in enumerate(filter_bank()):
        center = x + 0.42 * (index - 2.5)
        extent = (center - 0.18, center + 0.18, 1.0, 1.36)
        axis.imshow(kernel, cmap="RdBu_r", vmin=-1, vmax=1, extent=extent)
    axis.text(x, 1.46, "initial filters", ha="center", va="bottom", fontsize=6 * PT)


def describe(image_shape, losses, performance, params):
    """Give the sentences of the caption, one panel each."""
    height, width = image_shape
    task = {
        "tilt": "whether a grating tilts left or right",
        "orientation": "the sine and cosine of twice the orientation",
    }[params.task]
    yield (
        f"(a) Gratings as the networks see them ({height} × {width} pixels). Above: orientation "
        f"from vertical. Below: correct answer. The networks learn {task}."
    )
    compared = " and ".join(f"`{layer}`" for layer in params.layers)
    filters = f" {FILTERS[params.filters]}" if params.network != "FC" else ""
    yield (
        f"(b) The model `{params.model}`. The output of {compared} (in color) is compared with the "
        f"recording.{filters}"
    )
    if losses.empty:
        yield f"(c) `{params.model}` is not trained."
        return
    last_losses = losses[losses["epoch"] == losses["epoch"].max()]["loss"]
    scores = performance["score"]
    n_failed = int((performance["status"] == "failed").sum())
    measure = {"accuracy": "accuracy", "error_deg": "error of the orientation in degrees"}[
        performance["measure"].iloc[0]
    ]
    n_held_out = performance["stimuli"].iloc[0]
    yield (
        f"(c) Loss on the last mini-batch of each epoch, {counted(len(last_losses))}. Its median "
        f"in the last epoch is {last_losses.median():.2g}. On {n_held_out:,} held-out gratings the "
        f"mean {measure} is {scores.mean():.3g} (range {scores.min():.3g} to {scores.max():.3g}). "
        f"Networks that failed the task: {n_failed} of {len(scores)}."
    )


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
