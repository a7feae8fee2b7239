"""What the columns of the tables hold, from one list for the report, captions and documentation."""

import yaml

MADE = "Made by `make docs` from rules/report/columns.yaml:"  # what follows this line is


def read_columns(path):
    """Read the line that describes each column of each table.

    Parameters
    ----------
    path : pathlib.Path
        The file rules/report/columns.yaml.

    Returns
    -------
    dict of dict of str
        By table and column, in the order of the table.
    """
    source = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {
        table: {column: line or source["shared"][column] for column, line in columns.items()}
        for table, columns in source["tables"].items()
    }


def start_of(path):
    """Give the text of a page or caption up to the line with `MADE`, which ends it."""
    text = path.read_text(encoding="utf-8")
    return text[: text.index("\n", text.index(MADE)) + 1]


def caption_of(path):
    """Give the sentences of a caption, without line breaks and columns."""
    return " ".join(start_of(path).partition(f".. {MADE}")[0].split())
