"""Write down what a run made, of which configuration and with what."""

import json
import platform
from pathlib import Path

from normative.workflow.manifest import describe_commit, describe_machine, digest
from normative.workflow.runner import run


def main(input, output, wildcards, params):
    """Write the SHA-256 of every result, by its path below `results`."""
    root = Path(input.answers).parents[1]
    results = sorted([input.answers, *input.results, *input.intermediate])
    manifest = {
        "dataset": wildcards.dataset,
        "simulated": wildcards.dataset.startswith("simulated"),
        "commit": describe_commit(),
        "machine": describe_machine(),
        "packages": {"python": platform.python_version(), **params.packages},
        "config": params.config,
        "files": {str(Path(path).relative_to(root)): digest(path) for path in results},
    }
    with open(output.manifest, "w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=1, ensure_ascii=False)
        file.write("\n")


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
