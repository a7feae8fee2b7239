"""Write the report for the browser: one page with the answers, figures, tables and methods."""

import json
from pathlib import Path

import jinja2
import pandas as pd
import yaml

from normative.reporting.html import cells, embed, paragraphs
from normative.workflow.runner import run

PARTS = Path(__file__).parents[1] / "rules" / "report"  # the template and the captions
MOST_ROWS = 200  # of a table
MOST_BYTES = 9_000_000  # of all pictures


def main(input, output, wildcards, params):
    """Fill the template. Further rows of long tables and further pictures are linked, not shown."""
    folder = Path("results") / wildcards.dataset
    left = MOST_BYTES
    figures = []
    for path in input.figures:
        figure = describe_figure(path, folder)
        left -= len(figure["picture"]["uri"])
        if left < 0:
            figure["picture"] = None
        figures.append(figure)
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FileSystemLoader(PARTS),
    )
    page = environment.get_template("report.html.j2").render(
        dataset=wildcards.dataset,
        answers=paragraphs(Path(input.answers).read_text(encoding="utf-8"), deeper=1),
        figures=figures,
        tables=[describe_table(path, folder) for path in input.tables],
        config=params.config,
        configuration=yaml.safe_dump(params.config, sort_keys=False, allow_unicode=True),
        manifest=read(input.manifest),
    )
    Path(output.report).write_text(page + "\n", encoding="utf-8")


def describe_figure(path, folder):
    """Gather a figure's picture, caption and provenance.

    A figure of the paper has a caption with numbers, written beside it; the others have that of
    their kind.
    """
    name = Path(path).relative_to(folder).with_suffix("")
    alternative = caption(name.name)
    own = Path(path).with_suffix(".md")
    text = own.read_text(encoding="utf-8") if own.exists() else alternative
    return {
        "id": "-".join(name.parts),
        "title": title(name.name),
        "model": name.parts[1] if len(name.parts) == 3 else None,
        "paper": name.parts[0] == "paper",
        "path": str(name),
        "picture": embed(path),
        "alternative": alternative,
        "caption": paragraphs(text),
        "note": read(folder / "provenance" / name.with_suffix(".json")),
    }


def describe_table(path, folder):
    """Gather a table's rows and caption."""
    name = Path(path).stem
    frame = pd.read_csv(path)
    return {
        "id": f"table-{name}",
        "title": title(name),
        "path": str(Path(path).relative_to(folder)),
        "caption": caption(f"table_{name}"),
        "columns": list(frame),
        "rows": cells(frame[:MOST_ROWS]),
        "all_rows": len(frame),
    }


def title(name):
    """Write the name of a figure or table as a heading."""
    return name.replace("_", " ").capitalize().replace("Rdm", "RDM").replace("rdms", "RDMs")


def caption(name):
    """Read a caption of the workflow's."""
    return " ".join((PARTS / f"{name}.rst").read_text(encoding="utf-8").split())


def read(path):
    """Read a JSON file."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
