"""Figure: five gratings from −90° to 90°."""

import numpy as np

from normative.figures import MM, degrees, plt, save
from normative.gratings import grating
from normative.runner import run


def main(output, params):
    """Draw the stimuli as the networks see them."""
    orientations = np.linspace(-90, 90, 5)
    images = grating(orientations, **params.stimulus)
    figure, axes = plt.subplots(1, len(orientations), figsize=(183 * MM, 40 * MM))
    for axis, orientation, image in zip(axes, orientations, images, strict=True):
        axis.imshow(image, cmap="binary", vmin=0, vmax=1)
        axis.set(xticks=[], yticks=[], title=degrees(orientation))
        axis.spines[:].set_visible(True)
    height, width = images.shape[1:]
    figure.suptitle(f"Gratings by orientation from vertical ({height} × {width} pixels)")
    save(figure, output)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
