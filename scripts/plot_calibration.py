"""Figure: false-positive rate of each test, coverage of each CI, bias of each ceiling."""

import pandas as pd

from normative.display_names import real_minus
from normative.figures.style import LAYER_COLORS, MM, WIDE, plt, save
from normative.workflow.runner import run

PANELS = {
    "false positives": (
        "False-positive rate at a nominal 5 %\n(fraction of simulations)",
        (0.03, 0.07),
    ),
    "coverage": ("Coverage of the CIs\n(fraction of simulations)", (-0.03, 0.03)),
    "bias": ("Mean error of the noise ceiling\n(similarity of RDMs)", (-0.02, 0.02)),
}


def main(input, output):
    """Draw one panel a quantity, one row a method; the gray band is where a method is good."""
    table = pd.read_csv(input.calibration)
    n_methods = [max(1, (table["quantity"] == quantity).sum()) for quantity in PANELS]
    figure, axes = plt.subplots(3, 1, figsize=(WIDE, 130 * MM), height_ratios=n_methods)
    for axis, (quantity, (label, (low, high))) in zip(axes, PANELS.items(), strict=True):
        rows = table[table["quantity"] == quantity].reset_index()
        nominal = rows["nominal"].iloc[0]
        if quantity == "coverage":
            low, high = nominal + low, nominal + high
        axis.axvspan(low, min(high, 1) if quantity == "coverage" else high, color="0.9")
        axis.axvline(nominal, color="0.6", linewidth=0.6)
        for row in rows.itertuples():
            color = LAYER_COLORS[0 if row.verdict == "holds" else 1]
            axis.plot([row.ci_low, row.ci_high], [row.Index] * 2, color=color)
            axis.plot(row.observed, row.Index, "o", color=color, markersize=4)
            axis.annotate(
                real_minus(f"{row.observed:.3f} {row.verdict}"),
                (1.02, row.Index),
                xycoords=("axes fraction", "data"),
                va="center",
                fontsize=6,
            )
        axis.set_yticks(range(len(rows)), rows["method"])
        axis.set(xlabel=label, ylim=(len(rows) - 0.5, -0.5))
    figure.suptitle(f"Calibration on {table['simulations'].iloc[0]} simulated studies")
    save(figure, output, table)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
