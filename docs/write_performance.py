"""Write docs/performance.md from what `make bench` measured: make docs."""

import json
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parent


def page():
    """Give the text of the page."""
    measured = HERE / "performance"
    table = pd.read_csv(measured / "performance.csv")
    scaling = pd.read_csv(measured / "scaling.csv")
    machine = json.loads((measured / "machine.json").read_text(encoding="utf-8"))
    study = table[table["task"].str.startswith("Study")]
    return (
        (measured / "page.md.in")
        .read_text(encoding="utf-8")
        .format(
            **machine,
            runs=table["runs"].min(),
            study_s=study["ours_s"].iloc[0],
            least=scaling["memory_mib"].min(),
            table=as_markdown(
                ["task", "peer", "ours", "peer's time", "ratio (range)", "difference"],
                (
                    [
                        *(row.task, row.peer, seconds(row.ours_s), seconds(row.peer_s)),
                        f"**{row.ratio:.3g}** ({row.ratio_low:.3g}–{row.ratio_high:.3g})",
                        "" if pd.isna(row.difference) else f"{row.difference:.1g} ({row.of})",
                    ]
                    for row in table.itertuples()
                ),
            ),
            scaling=as_markdown(
                ["number of", "sizes", "time", "exponent of time", "peak memory (MiB)"],
                (
                    [
                        name,
                        ", ".join(f"{size:,}" for size in group["size"]),
                        ", ".join(seconds(each) for each in group["seconds"]),
                        f"{group['exponent'].iloc[0]:.2f}",
                        ", ".join(f"{each:,.0f}" for each in group["memory_mib"]),
                    ]
                    for name, group in scaling.groupby("against", sort=False)
                ),
            ),
        )
    )


def seconds(value):
    """Write a time with three digits, in ms below a second."""
    return f"{value:.3g} s" if value >= 1 else f"{1000 * value:.3g} ms"


def as_markdown(header, rows):
    """Write a table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    (HERE / "performance.md").write_text(page(), encoding="utf-8")
