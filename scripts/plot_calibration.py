"""Figure: false positives, power, coverage and bias of each method in each simulated world."""

import pandas as pd
from matplotlib.colors import ListedColormap

from normative.display_names import real_minus
from normative.figures.style import MM, PT, WIDE, plt, save
from normative.workflow.runner import run

QUANTITIES = {
    "false positives": "False positives at 5 %",
    "coverage": "Coverage of intervals",
    "power": "Power at 5 %",
    "bias": "Error of the ceiling",
}
VERDICTS = {"holds": 0, "": 1, "conservative": 2, "too wide": 2, "too high": 3, "too low": 3}
VERDICTS |= {"too liberal": 3, "too narrow": 3}
COLORS = ListedColormap(["#cfe8d8", "#f2f2f2", "#d5e3f3", "#f6c6a8"])  # by the numbers above


def main(input, output):
    """Draw a table: rows are methods, columns worlds, cells what was observed, by verdict."""
    table = pd.read_csv(input.calibration, keep_default_na=False, na_values={"nominal": [""]})
    worlds = table["world"].unique().tolist()
    parts = [(q, table[table["quantity"] == q]) for q in QUANTITIES]
    parts = [(q, part) for q, part in parts if len(part)]
    n_methods = [part["method"].nunique() for _, part in parts]
    height = (36 + 8 * sum(n_methods) + 9 * len(parts)) * MM
    figure, axes = plt.subplots(
        len(parts), 1, figsize=(WIDE, height), height_ratios=n_methods, squeeze=False
    )
    for axis, (quantity, part) in zip(axes[:, 0], parts, strict=True):
        draw(axis, part, worlds)
        axis.set_title(QUANTITIES[quantity])
    roles = table.drop_duplicates("world").set_index("world")["role"]
    names = [f"{world}\n({roles[world]})".replace("_", " ") for world in worlds]
    axes[-1, 0].set_xticks(range(len(worlds)), names, rotation=90)
    figure.suptitle(
        f"Calibration: {table['simulations'].iloc[0]} simulated studies in each world\n"
        "green: as promised; blue: rather conservative or wide; orange: outside the promise;\n"
        "small: 95 % binomial interval (of ceilings: of the mean)"
    )
    save(figure, output, table)


def draw(axis, part, worlds):
    """Draw the cells of one quantity."""
    methods = part["method"].unique().tolist()
    shown = pd.DataFrame(index=methods, columns=worlds, dtype=float)
    for row in part.itertuples():
        shown.loc[row.method, row.world] = VERDICTS[row.verdict]
        place = worlds.index(row.world), methods.index(row.method)
        value = real_minus(f"{row.observed:.3f}")
        axis.text(*place, value, ha="center", va="bottom", fontsize=5 * PT)
        bounds = real_minus(f"{row.ci_low:.2f} {row.ci_high:.2f}")
        axis.text(*place, bounds, ha="center", va="top", fontsize=3.5 * PT)
    axis.imshow(shown, cmap=COLORS, vmin=0, vmax=3, aspect="auto")
    axis.set_yticks(range(len(methods)), methods, fontsize=6 * PT)
    axis.set_xticks([])
    axis.tick_params(length=0)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
