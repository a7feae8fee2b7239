"""Figure 4 of the paper: neurons predicted from layers, and whether those alike predict best."""

import numpy as np
import pandas as pd
from scipy import stats

from normative.display_names import ENCODING_NAMES
from normative.figures.encoding import (
    R2_LABEL,
    draw_encoding,
    name_row,
    select_encoding,
    select_seeds,
)
from normative.figures.panels import LAYER_COLORS
from normative.figures.style import (
    MM,
    PT,
    WIDE,
    letter,
    plt,
    population_colors,
    save,
    similarity_label,
    subfigures,
)
from normative.inference.pairs import of_layer
from normative.reporting.sentences import about, bounds, layer, percent, signed, write_caption
from normative.workflow.runner import run

PARTS = ["Gabor energy alone", "shared", "layer alone"]
BASELINES = {"mean": ":", "orientation": "--"}  # and their lines


def main(input, output, wildcards, params):
    """Draw R² by layer, R² against similarity, and the parts of R² with Gabor energy."""
    table, inference = pd.read_csv(input.encoding), pd.read_csv(input.inference)
    groups = pd.read_csv(input.groups)
    rows, at_random = select_encoding(table)
    both = join_similarity(rows, inference)
    parts = groups[groups["part"].isin(PARTS)]

    heights = [(22 + 5 * len(rows)) * MM, max(62, 26 + 5 * len(both)) * MM]
    figure = plt.figure(figsize=(WIDE, sum(heights)))
    top, bottom = subfigures(figure, 2, 1, height_ratios=heights)
    axis = top.subplots()
    draw_encoding(axis, rows, at_random, select_seeds(table))
    axis.set(title=f"Neurons of the {wildcards.dataset} recording, predicted", xlabel=R2_LABEL)
    left, right = subfigures(bottom, 1, 2)
    draw_scatter(left.subplots(), both, params.comparator, rows[rows["layer"].isin(BASELINES)])
    draw_parts(right.subplots(), parts)
    for part, name in zip((top, left, right), "abc", strict=True):
        letter(part, name)
    save(figure, output, [pd.concat([rows, at_random]), both, parts])
    beyond_mean, _ = select_encoding(table, "r2_beyond_mean")
    sentences = describe(rows, beyond_mean, both, wildcards.dataset, params)
    write_caption(output.caption, "Figure 4. Encoding models.", *sentences)


def join_similarity(rows, inference):
    """Put the similarity of each layer's RDM beside its median R²."""
    columns = ["model", "layer", "similarity", "ci_low", "ci_high"]
    shown = rows.loc[rows["model"] != "reference", ["model", "layer", "median"]]
    both = shown.rename(columns={"median": "r2"}).merge(inference[columns], how="left")
    return both.dropna(subset=["r2", "similarity"])


def draw_scatter(axis, both, comparator, baselines):
    """Draw the median R² of each layer against the similarity of its RDM, and of baselines."""
    colors = population_colors(both["layer"].unique())
    for name, points in both.groupby("layer", sort=False):
        axis.plot(points["similarity"], points["r2"], "o", color=colors[name], label=name)
    for row in baselines.itertuples():
        look = {"color": "0.5", "linestyle": BASELINES[row.layer], "zorder": 0}
        axis.axhline(row.median, label=ENCODING_NAMES[row.layer], **look)
    axis.set(xlabel=similarity_label(comparator), ylabel="R² on held-out orientations (median)")
    axis.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)


def draw_parts(axis, parts):
    """Draw the parts of the R² of Gabor energy and a layer together, one row a layer."""
    layers = parts[["model", "layer"]].drop_duplicates()
    names = [name_row(row) for row in layers.itertuples()]
    for shift, (part, color) in enumerate(zip(PARTS, LAYER_COLORS, strict=False)):
        of_part = parts[parts["part"] == part]
        heights = np.arange(len(of_part)) + (shift - 1) * 0.22
        quartiles = of_part[["low_quartile", "high_quartile"]].to_numpy().T
        axis.plot(quartiles, np.array([heights, heights]), color=color, linewidth=0.7 * PT)
        axis.plot(of_part["median"], heights, "o", color=color, markersize=3 * PT, label=part)
    axis.axvline(0, color="0.7", linewidth=0.6 * PT)
    axis.set_yticks(range(len(names)), names)
    axis.set(ylim=(len(names) - 0.5, -0.5), xlabel="R² (median and quartiles over neurons)")
    axis.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, handletextpad=0.1)


def describe(rows, beyond_mean, both, dataset, params):
    """Give the sentences of the caption, one panel each."""
    layers = rows[(rows["model"] != "reference") & rows["median"].notna()]
    references = rows[rows["model"] == "reference"].set_index("layer")
    over = max(layers["ci_over"], key=len, default="neurons")  # a model of one seed lacks seeds
    text = (
        f"(a) R² of the responses of single neurons of the {about(dataset)} to held-out "
        f"orientations (blocks, a gap of {rows['gap_deg'].iloc[0]:.1f}° or more), predicted by "
        "ridge regression. Ticks: median over neurons; of layers, mean over seeds. Line: quartiles "
        f"over neurons. Bar: {percent(params.confidence)} CI of the median, for other "
        f"{over.replace('+', ' and ')}. Dots: seeds that did not fail. Open squares: folds at "
        f"random, not held-out orientations (seed {params.seed}, where it did not fail)."
    )
    if len(layers):
        best = layers.loc[layers["median"].idxmax()]
        text += (
            f" The highest median of a layer is that of {layer(best)}, {signed(best['median'])} "
            f"{bounds(best.ci_low, best.ci_high)}; that of a smooth function of orientation is "
            f"{signed(references.loc['orientation', 'median'])}."
        )
        (beyond,) = of_layer(best, beyond_mean).itertuples()
        text += (
            f" Neuron by neuron, {layer(best)} is {signed(beyond.median)} "
            f"{bounds(beyond.ci_low, beyond.ci_high)} beyond the {ENCODING_NAMES['mean']}."
        )
    ceiling = "There is no ceiling, as the trials have no two parts."
    if "trials" in references.index:
        ceiling = f"The trials allow {signed(references.loc['trials', 'median'])}."
    yield f"{text} {ceiling}"
    order = ""
    if len(both) > 2:
        tau = stats.kendalltau(both["similarity"], both["r2"]).statistic
        order = f" Kendall's τ of both orders: {signed(tau)}."
    yield (
        "(b) Median R² of each layer against the similarity of its RDM. Lines: baselines, the mean "
        f"of the responses that are fitted to and a smooth function of orientation.{order}"
    )
    yield (
        "(c) R² of a banded ridge on Gabor energy and a layer, split into what each has alone and "
        f"what they share (seed {params.seed}); negative where a space misleads."
    )


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
