"""Draw the rules of the default study, and the rooms of the library, with arrows: make docs."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from normative.workflow.code import LIBRARY, SCRIPTS, imports
from normative.workflow.errors import UserError
from normative.workflow.runner import run

SNAKEFILE = SCRIPTS.parent / "Snakefile"
LOOK = """    nodesep=0.12; ranksep=0.25;
    node[shape=box, style="rounded,filled", fillcolor="#eef4fa", color="#0072B2", fontname="sans"];
    edge[color="#777777", arrowsize=0.7];
"""


def main(output):
    """Write both graphs, laid out by Graphviz."""
    draw(output.workflow, *list_rules(), "LR")
    draw(output.rooms, *list_rooms(), "TB")


def list_rules():
    """Let Snakemake list rules, and edges from each to those that follow."""
    with tempfile.TemporaryDirectory() as elsewhere:  # where nothing is done yet
        graph = pipe(
            *(sys.executable, "-m", "snakemake", "--snakefile", SNAKEFILE),
            *("--directory", elsewhere, "--rulegraph", "dot"),
        )
    rules = dict(re.findall(r'^\s*(\d+)\[label = "(\w+)",', graph, re.M))
    edges = re.findall(r"^\s*(\d+) -> (\d+)$", graph, re.M)
    return [*rules.values()], [(rules[first], rules[then]) for first, then in edges]


def list_rooms():
    """List the rooms of the library, and edges from each to those that import it."""
    library = SCRIPTS / LIBRARY
    rooms = sorted(path.parent.name for path in library.glob("*/__init__.py"))
    edges = {
        (module.relative_to(library).parts[0], room)
        for room in rooms
        for path in (library / room).rglob("*.py")
        for module in imports(path)[1]
    }
    return rooms, sorted(edge for edge in edges if edge[0] in rooms and edge[0] != edge[1])


def draw(path, nodes, edges, direction):
    """Draw a graph without the edges that follow from others."""
    lines = [*nodes, *(f"{first} -> {then}" for first, then in edges)]
    graph = f"digraph drawn {{\n    rankdir={direction};\n{LOOK}" + ";\n".join(lines) + ";\n}\n"
    Path(path).write_text(pipe("dot", "-Tsvg", text=pipe("tred", text=graph)), encoding="utf-8")


def pipe(*command, text=""):
    """Run a command on a text; give what it writes."""
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, encoding="utf-8", check=True
        )
    except FileNotFoundError:
        raise UserError(
            f"found no program `{command[0]}`; install Graphviz (Debian: apt install graphviz)"
        ) from None
    return done.stdout


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
