"""The look that all figures share, and how they are saved.

All lengths of a figure follow the size of its text, `PT` for points and `MM` for millimeters: at
another size nothing overlaps that did not before.
"""

import sys

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.colors import LinearSegmentedColormap, to_hex

from normative.display_names import COMPARATOR_NAMES, real_minus
from normative.workflow.tables import write_table

# The configuration's `figures`, of the job whose script is running; elsewhere, the default look.
_job = getattr(sys.modules["__main__"], "snakemake", None)
LOOK = _job.params.look if _job else {"font_size": 7, "width": None, "palette": None}

PT = LOOK["font_size"] / 7  # of sizes chosen for a text of 7 points
MM = PT / 25.4  # inches
_stretch = LOOK["width"] / (183 * PT) if LOOK["width"] else 1
# Widths of figures in journals: one column, one and a half, two.
NARROW, MEDIUM, WIDE = (width * MM * _stretch for width in (89, 120, 183))
ORIENTATION_TICKS = [-90, -45, 0, 45, 90]  # degrees
DIRECTION_TICKS = [-90, 0, 90, 180, 270]  # where both polarities of a grating are kept
RECORDING_COLOR = "#444444"
# Okabe & Ito, safe for the color-blind.
LAYER_COLORS = LOOK["palette"] or ["#0072B2", "#D55E00", "#009E73", "#CC79A7"]
MOST_COLUMNS = 4  # of panels, one a population; of more panels there are several rows
LONGEST_NAME, LONGEST_TITLE = 14, 24  # letters of a layer's name, and of a line of a longer one
MOST_SEEDS = 40  # above, their distribution is drawn instead of a point or line for each

plt.style.use(
    {
        "figure.constrained_layout.use": True,
        "font.family": "DejaVu Sans",  # ships with matplotlib: the same on every machine
        "font.size": 7 * PT,
        "axes.titlesize": 7 * PT,
        "axes.labelsize": 7 * PT,
        "xtick.labelsize": 6 * PT,
        "ytick.labelsize": 6 * PT,
        "legend.fontsize": 6 * PT,
        "legend.frameon": False,
        "figure.titlesize": 8 * PT,
        "axes.linewidth": 0.6 * PT,
        "xtick.major.width": 0.6 * PT,
        "ytick.major.width": 0.6 * PT,
        "lines.linewidth": 1.0 * PT,
        "lines.solid_capstyle": "butt",  # an interval ends where its line does
        "lines.markersize": 6 * PT,
        "lines.markeredgewidth": PT,
        "patch.linewidth": PT,
        "axes.titlepad": 6 * PT,
        "axes.labelpad": 4 * PT,
        **{f"{axis}tick.major.{name}": 3.5 * PT for axis in "xy" for name in ("size", "pad")},
        **{f"{axis}tick.minor.size": 2 * PT for axis in "xy"},
        **{f"{axis}tick.minor.pad": 3.4 * PT for axis in "xy"},
        **{f"{axis}tick.minor.width": 0.6 * PT for axis in "xy"},
        **{f"figure.constrained_layout.{side}_pad": 0.04167 * PT for side in "wh"},
        "axes.spines.top": False,
        "axes.spines.right": False,
        "figure.dpi": 300,  # text is as wide when laid out as when saved
        "savefig.dpi": 300,
        "pdf.fonttype": 42,  # embedded TrueType: text stays text
        "svg.hashsalt": "normative",  # the same names of parts in every run
        "ps.fonttype": 42,  # by which matplotlib 3.11 splits a PDF's font, too: as 42, not at all
    }
)


def of_many(n_shown, instead="their distribution"):
    """Say what is drawn in place of each of many seeds, or animals; nothing of few."""
    return f", of more than {MOST_SEEDS} {instead}" if n_shown > MOST_SEEDS else ""


def layer_colors(n_layers):
    """List a color for each of any number of layers.

    Of more layers than `LAYER_COLORS` has, they are even steps on a scale from dark to light, of
    which neighbors are alike, and of a palette of the user's own on a scale through its colors.
    """
    if n_layers <= len(LAYER_COLORS):
        return LAYER_COLORS[:n_layers]
    scale = matplotlib.colormaps["viridis"]
    if LOOK["palette"]:
        scale = LinearSegmentedColormap.from_list("palette", LOOK["palette"])
    end = 1 if LOOK["palette"] else 0.92  # yellow is hard to see on white
    return [to_hex(scale(end * index / (n_layers - 1))) for index in range(n_layers)]


def population_colors(layers):
    """Color of the recording and of each layer, the same in all figures."""
    return {
        "recording": RECORDING_COLOR,
        **dict(zip(layers, layer_colors(len(layers)), strict=True)),
    }


def count_columns(n_panels):
    """Count the panels in a row: all of few, three of many, whose names are longer."""
    return n_panels if n_panels <= MOST_COLUMNS else 3


def population_panels(n_panels, height, width=None, **options):
    """Make a figure with a panel for each population, in as many rows as they take.

    Parameters
    ----------
    n_panels : int
    height : float
        Of a row, in inches.
    width : float, optional
        Of the figure, in inches.
    **options
        Of `matplotlib.pyplot.subplots`.

    Returns
    -------
    figure : matplotlib.figure.Figure
    axes : list of matplotlib.axes.Axes
    """
    n_columns = count_columns(n_panels)
    n_rows = -(-n_panels // n_columns)
    figure, axes = plt.subplots(
        n_rows, n_columns, figsize=(width or WIDE, n_rows * height), squeeze=False, **options
    )
    for axis in axes.flat[n_panels:]:
        axis.set_axis_off()
    return figure, list(axes.flat[:n_panels])


def population_titles(dataset, model, layers):
    """Name the recording and each layer as titles of panels; the recording by its dataset."""
    return {
        "recording": f"{dataset} recording",
        **{layer: _title(model, layer) for layer in layers},
    }


def _title(model, layer):
    """Name a layer; a name too long for a panel goes over several lines, parted at its dots."""
    title = f"{model}, layer {layer}"
    if len(layer) <= LONGEST_NAME:
        return title
    lines = [""]
    for part in layer.replace(".", ".\0").split("\0"):
        if len(lines[-1]) + len(part) > LONGEST_TITLE:
            lines.append("")
        lines[-1] += part
    return "\n".join([f"{model}, layer", *filter(None, lines)])


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
    figure.text(0.003, 0.997, name, fontsize=8 * PT, fontweight="bold", ha="left", va="top")


def subfigures(figure, *shape, **options):
    """Part a figure; without backgrounds, whose edges are at 0 or, by rounding, at -0 in a PDF."""
    return figure.subfigures(*shape, frameon=False, **options)


def lay_out(figure):
    """Place the axes of a figure for good, so that its PDF and its PNG are laid out alike."""
    # Axes of equal aspect, and ticks whose labels change with the size of their axis, move in the
    # first layout and settle in the second.
    for _ in range(2):
        figure.get_layout_engine().execute(figure)
    figure.set_layout_engine("none")


def save(figure, output, data):
    """Write a figure as PNG and, without the date, as PDF or SVG, and what it shows.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    output : types.SimpleNamespace
        Paths: `png`, `vector`, which ends in the format.
    data : pandas.DataFrame or list of pandas.DataFrame
        Written to the path `output.source`, or to its paths.
    """
    lay_out(figure)
    # Not by `savefig`, which would go through all artists once more for each file.
    figure.canvas.print_png(output.png)
    if output.vector.endswith("svg"):
        from matplotlib.backends.backend_svg import FigureCanvasSVG  # which PDF does not need

        FigureCanvasSVG(figure).print_svg(output.vector, metadata={"Date": None})
    else:
        FigureCanvasPdf(figure).print_pdf(output.vector, metadata={"CreationDate": None})
    if isinstance(output.source, str):
        write_table(data, output.source)
    else:
        for frame, path in zip(data, output.source, strict=True):
            write_table(frame, path)


def say_alone(text, width=MEDIUM):
    """Make a figure that says why there is nothing to show."""
    figure, axis = plt.subplots(figsize=(width, 15 * MM))
    say(axis, text)
    return figure


def say(axis, text):
    """Write on an axis, which has nothing to show, why."""
    axis.set_axis_off()
    axis.text(0.5, 0.5, text, transform=axis.transAxes, ha="center", va="center")
