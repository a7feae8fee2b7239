"""Figure 1 of the paper: the task, the network, and how it learns."""

import json

import numpy as np
import pandas as pd
from matplotlib.patches import Circle, Rectangle
from matplotlib.transforms import offset_copy

from normative.display_names import real_minus
from normative.figures.panels import cut_off_least_losses, draw_gratings, draw_losses
from normative.figures.source_data import tabulate_images
from normative.figures.style import MM, PT, WIDE, letter, plt, population_colors, save, subfigures
from normative.networks.filters import filter_bank
from normative.reporting.sentences import counted, write_caption
from normative.stimuli.gratings import EXAMPLES_DEG, grating
from normative.workflow.own_code import is_own
from normative.workflow.runner import run

ORIENTATIONS = np.array(EXAMPLES_DEG, float)
FILTERS = {
    "gabor": "The convolution starts from center-surround and Gabor filters.",
    "frozen": "The convolution has fixed center-surround and Gabor filters.",
    "random": "The convolution starts from PyTorch's default initialization.",
}
MEASURES = {"error_deg": "error in degrees"}
AFTER = {"conv": ",\nReLU", "fc": "\nthen ReLU"}  # of our networks, what follows a stage
MOST_STAGES = 4  # of a sketch, between the image and the answer
MOST_MAPS, MOST_DRAWN = 8, 10  # of a stage, feature maps and units that are drawn
NOT_COMPARED = "#777777"
STEP, SIZE = 1.75, 1.0  # of the sketch: between stages, and the width of an image


def main(input, output, params):
    """Draw gratings with the answers to learn, a sketch of the network, and its losses."""
    images = grating(ORIENTATIONS, **params.stimulus)
    with open(input.network, encoding="utf-8") as file:
        described = json.load(file)
    task, layers = described["task"], described["layers"]
    losses = pd.read_csv(input.training).query("model == @params.model")
    performance = pd.read_csv(input.performance).query("model == @params.model")

    figure = plt.figure(figsize=(WIDE, 98 * MM))
    top, bottom = subfigures(figure, 2, 1, height_ratios=[35, 63])
    left, right = subfigures(bottom, 1, 2, width_ratios=[118, 65])
    axes = top.subplots(1, len(ORIENTATIONS))
    draw_gratings(axes, ORIENTATIONS, images)
    if task and task["answers"]:
        for axis, text in zip(axes, task["answers"], strict=True):
            axis.set_xlabel(real_minus(text))
    stages, is_whole = choose_stages(layers, params.layers)
    draw_network(left.subplots(), images[-1], described["image"], stages, is_whole, task, params)
    axis = right.subplots()
    axis.set_title(params.model)
    if len(losses):
        draw_losses(axis, losses.pivot(index="epoch", columns="seed", values="loss"), params.model)
        cut_off_least_losses(axis)
        axis.legend()
        axis.set_ylabel(f"Loss on the last mini-batch\n({task['loss_name']})")
    else:
        axis.set_axis_off()
        axis.text(0.5, 0.5, "not trained", transform=axis.transAxes, ha="center")
    for subfigure, name in ((top, "a"), (left, "b"), (right, "c")):
        letter(subfigure, name)
    save(figure, output, [tabulate_images(ORIENTATIONS, images), losses])
    write_caption(
        output.caption,
        "Figure 1. The task and the network.",
        *describe(images.shape[1:], losses, performance, described, is_whole, params),
    )


def choose_stages(layers, compared):
    """Choose what is drawn between image and answer, and tell whether that is all that there is.

    These are the parts that have weights or change the shape, but for the last, whose output is the
    answer; where they are too many, the layers that are compared.

    Parameters
    ----------
    layers : list of dict
        See `normative.networks.own.describe_layers`.
    compared : list of str
    """
    leaves = [layer for layer in layers if layer["is_leaf"] and layer["shape"]]
    stages, shape = [], None
    for layer in leaves:
        if layer["has_weights"] or layer["shape"] != shape or layer["name"] in compared:
            stages.append(layer)
        shape = layer["shape"]
    if stages and stages[-1]["name"] not in compared:
        stages = stages[:-1]
    is_whole = len(stages) <= MOST_STAGES and {*compared} <= {stage["name"] for stage in stages}
    if not is_whole:
        stages = [layer for layer in layers if layer["name"] in compared]
        step = -(-len(stages) // MOST_STAGES)
        stages = stages[::step]
    return stages, is_whole


def draw_network(axis, image, shown, stages, is_whole, task, params):
    """Draw each stage from the image to the answer; layers that are compared are colored."""
    colors = population_colors(params.layers)
    is_ours = not is_own(params.network)
    height, width = image.shape
    axis.text(0, -1.05, "image", ha="center", va="top", color=NOT_COMPARED, weight="bold")
    size = f"{height} × {width}"
    if shown != [1, height, width]:
        size += f",\nshown as\n{' × '.join(map(str, shown))}"
    axis.text(0, -1.25, size, ha="center", va="top", fontsize=6 * PT)
    draw_image(axis, 0, image)
    for index, stage in enumerate(stages, start=1):
        x, color, shape = index * STEP, colors.get(stage["name"], NOT_COMPARED), stage["shape"]
        if len(shape) == 3:
            scale = np.clip(shape[1] / height, 0.2, 1)
            scale = scale if scale == 1 else 0.45
            draw_maps(axis, x, min(shape[0], MOST_MAPS), image.shape, color, scale)
        else:
            draw_units(axis, x, min(int(np.prod(shape)), MOST_DRAWN), color)
        after = AFTER.get(stage["name"], "") if is_ours else ""
        name = stage["name"].replace(".", ".\n") if len(stage["name"]) > 9 else stage["name"]
        axis.text(x, -1.05, name, ha="center", va="top", color=color, weight="bold")
        lines = name.count("\n") * 1.2 * 7 * PT  # points, by which the note is lower
        below = offset_copy(axis.transData, axis.figure, y=-lines, units="points")
        look = {"ha": "center", "va": "top", "fontsize": 6 * PT, "transform": below}
        axis.text(x, -1.25, write_stage(stage) + after, **look)
        draw_arrow(axis, x - STEP / 2 + 0.06, "->" if is_whole else "…")
    x = (len(stages) + 1) * STEP
    draw_arrow(axis, x - STEP / 2 + 0.06, "->" if is_whole else "…")
    axis.text(x, -1.05, "answer", ha="center", va="top", color=NOT_COMPARED, weight="bold")
    if task:
        draw_units(axis, x, min(task["n_outputs"], MOST_DRAWN), NOT_COMPARED)
        axis.text(x, -1.25, task["answer_name"], ha="center", va="top", fontsize=6 * PT)
    if is_ours and stages[0]["name"] == "conv" and params.filters != "random":
        draw_filters(axis, STEP)
    axis.set(xlim=(-0.7, x + 0.7), ylim=(-1.9, 1.75), aspect="equal")
    axis.set_axis_off()


def write_stage(stage):
    """Write the size of a stage and, where it has one, its kernel."""
    if len(stage["shape"]) == 1:
        return f"{stage['shape'][0]} units"
    text = " × ".join(map(str, stage["shape"]))
    if stage["kernel"]:
        kernel = " × ".join(map(str, stage["kernel"]))
        kinds = {"MaxPool2d": f"maximum of\n{kernel}", "AvgPool2d": f"mean of\n{kernel}"}
        text += f"\n{kinds.get(stage['kind'], f'filters {kernel}')}"
    return text


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


def draw_arrow(axis, x, sign):
    """Draw an arrow from one stage to the next, or dots where others lie between them."""
    if sign != "->":
        axis.text(x, 0, sign, ha="center", va="center", color=NOT_COMPARED)
        return
    look = {"arrowstyle": "->", "linewidth": 0.8 * PT, "color": NOT_COMPARED}
    axis.annotate("", (x + 0.14, 0), (x - 0.14, 0), arrowprops=look)


def draw_filters(axis, x):
    """Draw the filters that the convolution starts from, above it."""
    for index, kernel in enumerate(filter_bank()):
        center = x + 0.42 * (index - 2.5)
        extent = (center - 0.18, center + 0.18, 1.0, 1.36)
        axis.imshow(kernel, cmap="RdBu_r", vmin=-1, vmax=1, extent=extent)
    axis.text(x, 1.46, "initial filters", ha="center", va="bottom", fontsize=6 * PT)


def describe(image_shape, losses, performance, described, is_whole, params):
    """Give the sentences of the caption, one panel each."""
    (height, width), task, shown = image_shape, described["task"], described["image"]
    told = "Below: correct answer. " if task and task["answers"] else ""
    learn = f"The networks learn {task['question']}." if task else "Nothing is learned."
    yield (
        f"(a) Gratings as they are shown ({height} × {width} pixels). Above: orientation "
        f"from vertical. {told}{learn}"
    )
    compared = " and ".join(
        filter(
            None, [", ".join(f"`{name}`" for name in params.layers[:-1]), f"`{params.layers[-1]}`"]
        )
    )
    filters = f" {FILTERS[params.filters]}" if params.filters and params.network != "FC" else ""
    if is_own(params.network):
        filters = f" The network is `{params.network}`."
        if shown != [1, height, width]:
            filters += f" It is shown images of {' × '.join(map(str, shown))}."
    if not is_whole:
        filters += " Dots stand for parts that are not drawn."
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
    measure = performance["measure"].iloc[0]
    measure = MEASURES.get(measure, measure)
    n_held_out = performance["stimuli"].iloc[0]
    yield (
        f"(c) Loss on the last mini-batch of each epoch, {counted(len(last_losses))}. Its median "
        f"in the last epoch is {last_losses.median():.2g}. On {n_held_out:,} held-out images the "
        f"mean {measure} is {scores.mean():.3g} (range {scores.min():.3g} to {scores.max():.3g}). "
        f"Networks that failed the task: {n_failed} of {len(scores)}."
    )


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
