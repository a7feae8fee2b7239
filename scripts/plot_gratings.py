"""Figure: five gratings from −90° to 90°."""

import numpy as np

from normative.figures.panels import draw_gratings
from normative.figures.source_data import tabulate_images
from normative.figures.style import MM, WIDE, plt, save
from normative.stimuli.gratings import grating
from normative.workflow.runner import run


def main(output, params):
    """Draw the stimuli as the networks see them."""
    orientations = np.linspace(-90, 90, 5)
    images = grating(orientations, **params.stimulus)
    figure, axes = plt.subplots(1, len(orientations), figsize=(WIDE, 40 * MM))
    draw_gratings(axes, orientations, images)
    height, width = images.shape[1:]
    figure.suptitle(f"Gratings by orientation from vertical ({height} × {width} pixels)")
    save(figure, output, tabulate_images(orientations, images))


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
