"""Draw the rules of the default study and what follows from what: make docs."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from normative.workflow.errors import UserError
from normative.workflow.runner import run

SNAKEFILE = Path(__file__).parents[1] / "Snakefile"
LOOK = """    rankdir=LR; nodesep=0.12; ranksep=0.25;
    node[shape=box, style="rounded,filled", fillcolor="#eef4fa", color="#0072B2", fontname="sans"];
    edge[color="#777777", arrowsize=0.7];
"""


def main(output):
    """Let Snakemake write the graph and Graphviz lay it out, without what follows from the rest."""
    with tempfile.TemporaryDirectory() as elsewhere:  # where nothing is done yet
        graph = pipe(
            *(sys.executable, "-m", "snakemake", "--snakefile", SNAKEFILE),
            *("--directory", elsewhere, "--rulegraph", "dot"),
        )
    edges = re.findall(r"^\s*\d+ -> \d+$", graph, re.M)
    nodes = re.findall(r'^\s*(\d+)\[label = "(\w+)",', graph, re.M)
    lines = [*(f'{number}[label="{rule}"];' for number, rule in nodes), *edges]
    graph = "digraph workflow {\n" + LOOK + "\n".join(lines) + "\n}\n"
    Path(output.svg).write_text(
        pipe("dot", "-Tsvg", text=pipe("tred", text=graph)), encoding="utf-8"
    )


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
