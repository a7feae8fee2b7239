"""Write the table of docs/calibration.md, after `make calibrate WORLDS=all`: make calibrated."""

from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/calibration.md"
START, END = "<!-- table: made by `make calibrated` -->\n", "<!-- end -->\n"


def table(frame):
    """Give the table of each quantity, rows methods and columns worlds, as Markdown."""
    worlds = frame["world"].unique().tolist()
    lines = []
    for quantity, part in frame.groupby("quantity", sort=False):
        lines += [f"\n**{quantity.capitalize()}**\n"]
        lines += ["| method | " + " | ".join(worlds) + " |", "|---" * (len(worlds) + 1) + "|"]
        for method, rows in part.groupby("method", sort=False):
            cells = {row.world: cell(row, quantity) for row in rows.itertuples()}
            lines.append(f"| {method} | " + " | ".join(cells.get(w, "–") for w in worlds) + " |")
    counts = frame.groupby("world", sort=False)["simulations"].first()
    lines += ["", "Simulated studies: " + ", ".join(f"{w} {n}" for w, n in counts.items()) + "."]
    return "\n".join(lines) + "\n"


def cell(row, quantity):
    """Write what was observed, bold where it is outside the promise."""
    value = f"{row.observed:.3f}" if quantity == "bias" else f"{100 * row.observed:.0f} %"
    return f"**{value}**" if row.verdict not in ("holds", "") else value


if __name__ == "__main__":
    frame = pd.read_csv(ROOT / "results/calibration/calibration.csv", keep_default_na=False)
    page = PAGE.read_text(encoding="utf-8")
    start, end = page.index(START) + len(START), page.index(END)
    PAGE.write_text(page[:start] + table(frame) + page[end:], encoding="utf-8")
