"""Write the table of docs/calibration.md, after `make calibrate WORLDS=all`: make calibrated."""

from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/calibration.md"
# Of single recordings, and of groups of animals.
STARTS = [f"<!-- {name}: made by `make calibrated` -->\n" for name in ("table", "groups")]
END = "<!-- end -->\n"


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
    is_group = frame["world"].str.startswith("animals_")
    for begin, part in zip(STARTS, (frame[~is_group], frame[is_group]), strict=True):
        if len(part):  # worlds that were not calibrated keep their table
            start = page.index(begin) + len(begin)
            page = page[:start] + table(part) + page[page.index(END, start) :]
    PAGE.write_text(page, encoding="utf-8")
