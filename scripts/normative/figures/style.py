"""The look that all figures share, and how they are saved."""

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.backends.backend_pdf import FigureCanvasPdf

from normative.display_names import COMPARATOR_NAMES, real_minus
from normative.workflow.tables import write_table

MM = 1 / 25.4  # inches
# Widths of figures in journals: one column, one and a half, two.
NARROW, MEDIUM, WIDE = 89 * MM, 120 * MM, 183 * MM
ORIENTATION_TICKS = [-90, -45, 0, 45, 90]  # degrees
DIRECTION_TICKS = [-90, 0, 90, 180, 270]  # where both polarities of a grating are kept
RECORDING_COLOR = "#444444"
LAYER_COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7"]  # Okabe & Ito, safe for the color-blind
MOST_SEEDS = 40  # above, their distribution is drawn instead of a point or line for each

plt.style.use(
    {
        "figure.constrained_layout.use": True,
        "font.family": "DejaVu Sans",  # ships with matplotlib: the same on every machine
        "font.size": 7,
        "axes.titlesize": 7,
        "axes.labelsize": 7,
        "xtick.labelsize": 6,
        "ytick.labelsize": 6,
        "legend.fontsize": 6,
        "legend.frameon": False,
        "figure.titlesize": 8,
        "axes.linewidth": 0.6,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "lines.linewidth": 1.0,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "figure.dpi": 300,  # text is as wide when laid out as when saved
        "savefig.dpi": 300,
        "pdf.fonttype": 42,  # embedded TrueType: text stays text
        "ps.fonttype": 42,  # by which matplotlib 3.11 splits a PDF's font, too: as 42, not at all
    }
)


def population_colors(layers):
    """Color of the recording and of each layer, the same in all figures."""
    return {"recording": RECORDING_COLOR, **dict(zip(layers, LAYER_COLORS, strict=False))}


def population_titles(dataset, model, layers):
    """Name the recording and each layer as titles of panels; the recording by its dataset."""
    return {
        "recording": f"{dataset} recording",
        **{layer: f"{model}, layer {layer}" for layer in layers},
    }


def similarity_label(comparator):
    """Name a similarity of RDMs with its unit, for an axis."""
    return f"Similarity of RDMs ({COMPARATOR_NAMES[comparator]})"


def correlation_label(comparator):
    """Name a correlation of RDMs, partial ones among them, for a color bar."""
    return f"Correlation of RDMs ({COMPARATOR_NAMES[comparator]})"


def orientation_ticks(orientation):
    """Choose ticks for orientations (degrees, ascending): to 90°, or to 270° if any is above."""
    return DIRECTION_TICKS if is_full_circle(orientation) else ORIENTATION_TICKS


def is_full_circle(orientation):
    """Tell whether both polarities of a grating are kept: orientations run to 270°, not 90°."""
    return orientation[-1] > ORIENTATION_TICKS[-1]


def degrees(angle):
    """Write an angle in whole degrees, with a real minus sign as on the axes."""
    return real_minus(f"{angle:.0f}°")


def letter(figure, name):
    """Put the letter of a panel at the top left of a subfigure."""
    figure.text(0.003, 0.997, name, fontsize=8, fontweight="bold", ha="left", va="top")


def lay_out(figure):
    """Place the axes of a figure for good, so that its PDF and its PNG are laid out alike."""
    # Axes of equal aspect, and ticks whose labels change with the size of their axis, move in the
    # first layout and settle in the second.
    for _ in range(2):
        figure.get_layout_engine().execute(figure)
    figure.set_layout_engine("none")


def save(figure, output, data):
    """Write a figure to `output.pdf` and `output.png`, without the date, and what it shows.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    output : types.SimpleNamespace
        Paths.
    data : pandas.DataFrame or list of pandas.DataFrame
        Written to the path `output.source`, or to its paths.
    """
    lay_out(figure)
    # Not by `savefig`, which would go through all artists once more for each file.
    figure.canvas.print_png(output.png)
    FigureCanvasPdf(figure).print_pdf(output.pdf, metadata={"CreationDate": None})
    if isinstance(output.source, str):
        write_table(data, output.source)
    else:
        for frame, path in zip(data, output.source, strict=True):
            write_table(frame, path)


def say(axis, text):
    """Write on an axis, which has nothing to show, why."""
    axis.set_axis_off()
    axis.text(0.5, 0.5, text, transform=axis.transAxes, ha="center", va="center")
