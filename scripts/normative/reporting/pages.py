"""Pages of Markdown from templates and tables."""

from pathlib import Path

import jinja2

TEMPLATES = Path(__file__).parents[3] / "rules" / "report"


def fill(template, shown):
    """Fill a template, a name below `rules/report`, with what it shows, by name."""
    environment = jinja2.Environment(
        autoescape=False,  # Markdown
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        loader=jinja2.FileSystemLoader(TEMPLATES),
    )
    return environment.get_template(template).render(shown)


def rows(table):
    """Give the rows of a table as named tuples, None where a cell is empty."""
    return list(table.astype(object).where(table.notna(), None).itertuples(index=False))
