"""Write the columns of each table to docs/results.md and to Snakemake's captions: make docs."""

import textwrap
from pathlib import Path

from normative.reporting.columns import caption_of, read_columns, start_of

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "rules" / "report"


def pages():
    """Give the text of each file by its path: as written by hand, then its columns."""
    tables = read_columns(REPORT / "columns.yaml")
    captions = {table: REPORT / f"table_{table}.rst" for table in tables}
    sections = [
        f"\n### {table}.csv\n\n{textwrap.fill(caption_of(captions[table]), 110)}\n\n"
        "| column | content |\n|---|---|\n"
        + "".join(f"| `{column}` | {line} |\n" for column, line in columns.items())
        for table, columns in tables.items()
    ]
    results = ROOT / "docs/results.md"
    texts = {results: start_of(results) + "".join(sections)}
    for table, columns in tables.items():
        lists = (
            f"\n{column}\n{textwrap.indent(textwrap.fill(line, 106), '    ')}\n"
            for column, line in columns.items()
        )
        texts[captions[table]] = start_of(captions[table]) + "".join(lists)
    return texts


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
