"""Tell whether results are what their run made, and what another run made: make verify."""

import argparse
import sys
from pathlib import Path

from normative.workflow.config import differing_keys
from normative.workflow.errors import UserError
from normative.workflow.manifest import (
    altered_files,
    differing_values,
    read_manifest,
)

SHOWN = 20  # lines of one kind


def main():
    """Compare the bytes; on another kind of machine, the numbers. Exit with 1 if any differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", help="folder of a study's results, such as results/simulated")
    parser.add_argument("reference", help="folder with another run's MANIFEST.json and tables")
    arguments = parser.parse_args()
    try:
        mistakes = list(verify(arguments.results, arguments.reference))
    except UserError as error:
        sys.exit(f"Error: {error}")
    for line in mistakes[:SHOWN]:
        print(line)
    if len(mistakes) > SHOWN:
        print(f"… and {len(mistakes) - SHOWN} more")
    if mistakes:
        differences = f"{len(mistakes)} difference{'s' * (len(mistakes) > 1)}"
        sys.exit(f"Error: {differences}; not verified")
    print("Verified.")


def verify(results, reference):
    """Yield one line for each thing that is not as it should be; print what was compared."""
    ours = read_manifest(results)
    altered = list(altered_files(results, ours))
    yield from altered
    whole = len(ours["files"]) - len(altered)
    print(f"{whole} of {len(ours['files'])} files of {results} are as their run wrote them.")

    theirs = read_manifest(reference)
    if keys := differing_keys(ours["config"], theirs["config"]):
        yield f"{results}: another study than {reference}: {', '.join(keys)} differ"
        return
    for name in sorted(ours["files"].keys() ^ theirs["files"].keys()):
        where = results if name in ours["files"] else reference
        yield f"{name}: only in {where}"
    common = [name for name in theirs["files"] if name in ours["files"]]
    other = [name for name in common if ours["files"][name] != theirs["files"][name]]
    print(f"{len(common) - len(other)} of {len(common)} files have the bytes of {reference}.")
    if not other:
        return
    kinds = [{key: run[key] for key in ("machine", "packages")} for run in (ours, theirs)]
    unlike = differing_keys(*kinds)
    if not unlike:
        for name in other:
            yield f"{name}: other bytes than in {reference}, from the same kind of machine"
        return
    print(f"The others come from another kind of machine ({', '.join(unlike)}).")
    yield from compare_tables(Path(results).absolute().parent, Path(reference), other)


def compare_tables(root, reference, names):
    """Yield the numbers of tables that lie too far apart; print how far the others do."""
    tables = [name for name in names if (reference / "tables" / Path(name).name).exists()]
    tables = [name for name in tables if Path(name).parent.name == "tables"]
    print(f"{len(tables)} tables are compared by number, within the tolerances of")
    print("docs/reproducibility.md; the largest differences within them:")
    for name in tables:
        found, largest = differing_values(root / name, reference / "tables" / Path(name).name)
        yield from found
        for column, difference in largest.items():
            print(f"  {name}, {column}: {difference:.2g}")
    print(f"{len(names) - len(tables)} arrays, weights and figures cannot be compared by digest.")


if __name__ == "__main__":
    main()
