"""Write the report for the browser: one page, from the recording to methods."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jinja2
import pandas as pd
import yaml

from normative.reporting.columns import caption_of, read_columns
from normative.reporting.html import embed_picture, format_cells, render_markdown
from normative.workflow.runner import run

TEMPLATES = Path(__file__).parents[1] / "rules" / "report"  # and captions
MAX_ROWS = 200  # of a table
MAX_BYTES = 9_000_000  # of all pictures


def main(input, output, wildcards, params, threads):
    """Fill the template. Further rows of long tables and further pictures are linked, not shown."""
    folder = Path(input.answers).parent
    n_bytes_left = MAX_BYTES
    figures = []
    with ThreadPoolExecutor(threads) as pool:
        pictures = list(pool.map(embed_picture, input.figures))
    for path, picture in zip(input.figures, pictures, strict=True):
        figure = describe_figure(path, picture, folder)
        n_bytes_left -= len(figure["picture"]["uri"])
        if n_bytes_left < 0:
            figure["picture"] = None
        figures.append(figure)
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FileSystemLoader(TEMPLATES),
    )
    page = environment.get_template("report.html.j2").render(
        dataset=wildcards.dataset,
        recording=render_page(input.recording),
        answers=render_page(input.answers),
        figures=figures,
        tables=[describe_table(path, folder) for path in input.tables],
        config=params.config,
        configuration=yaml.safe_dump(params.config, sort_keys=False, allow_unicode=True),
        manifest=read_json(input.manifest),
    )
    Path(output.report).write_text(page + "\n", encoding="utf-8")


def render_page(path):
    """Turn a page of Markdown into a section of this one."""
    return render_markdown(Path(path).read_text(encoding="utf-8"), n_levels_deeper=1)


def describe_figure(path, picture, folder):
    """Gather a figure's picture, caption and provenance.

    A figure of the paper has a caption with numbers, written beside it; the others have that of
    their kind.
    """
    name = Path(path).relative_to(folder).with_suffix("")
    alternative = read_caption(name.name)
    own = Path(path).with_suffix(".md")
    text = own.read_text(encoding="utf-8") if own.exists() else alternative
    return {
        "id": "-".join(name.parts),
        "title": heading(name.name),
        "model": name.parts[1] if len(name.parts) == 3 else None,
        "paper": name.parts[0] == "paper",
        "path": str(name),
        "picture": picture,
        "alternative": alternative,
        "caption": render_markdown(text),
        "note": read_json(folder / "provenance" / name.with_suffix(".json")),
    }


def describe_table(path, folder):
    """Gather a table's rows and caption, and what each column holds."""
    name = Path(path).stem
    frame = pd.read_csv(path)
    described = read_columns(TEMPLATES / "columns.yaml")[name]
    return {
        "id": f"table-{name}",
        "title": heading(name),
        "path": str(Path(path).relative_to(folder)),
        "caption": caption_of(TEMPLATES / f"table_{name}.rst"),
        "columns": {column: described[column] for column in frame},
        "rows": format_cells(frame[:MAX_ROWS]),
        "n_rows": len(frame),
    }


def heading(name):
    """Write the name of a figure or table as a heading."""
    return name.replace("_", " ").capitalize().replace("Rdm", "RDM").replace("rdms", "RDMs")


def read_caption(name):
    """Read a caption of the workflow, without its line breaks."""
    return " ".join((TEMPLATES / f"{name}.rst").read_text(encoding="utf-8").split())


def read_json(path):
    """Read a JSON file."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
