"""The code behind a rule, told by a digest, so that an edit re-runs what uses it."""

import ast
import contextlib
import hashlib
import importlib.metadata
import re
import sys
from functools import cache
from pathlib import Path

from normative.workflow.errors import UserError

SCRIPTS = Path(__file__).resolve().parents[2]
LIBRARY = "normative"

# Packages that are imported by another name than they are installed by.
DISTRIBUTIONS = {
    "PIL": "pillow",
    "jinja2": "Jinja2",
    "markdown": "Markdown",
    "sklearn": "scikit-learn",
    "yaml": "PyYAML",
}


# A statement to its end; `ast.parse` of whole files would take a third of the time of a plan.
IMPORT = re.compile(r"^[ \t]*((?:import|from)[ \t][^\n(]*(?:\([^)]*\))?)", re.M)


@cache
def imports(path):
    """List what a Python file imports, anywhere in it.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    packages : frozenset of str
        Packages that are neither Python's nor ours, by the names under which they are installed.
    modules : frozenset of pathlib.Path
        Files of our library, with the `__init__.py` of each package on the way.
    """
    packages, modules = set(), set()
    for node in import_statements(path.read_text(encoding="utf-8")):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            # Each name may be a module of the package.
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            package = name.split(".")[0]
            if package == LIBRARY:
                modules |= set(module_files(name, SCRIPTS))
            elif package not in sys.stdlib_module_names:
                packages.add(DISTRIBUTIONS.get(package, package))
    return frozenset(packages), frozenset(modules)


def import_statements(text):
    """Yield the statements of Python code that import, and lines of texts that look as they do."""
    for statement in IMPORT.findall(text):
        with contextlib.suppress(SyntaxError):  # prose that starts with "from"
            yield from ast.parse(statement).body


def module_files(name, folder):
    """Yield the files of a module below a folder, and of the packages that hold it."""
    path = folder
    for part in name.split("."):
        path = path / part
        for file in (path / "__init__.py", path.with_suffix(".py")):
            if file.is_file():
                yield file


@cache
def code_files(script):
    """List a script of ours and, in turn, the files of the library that it imports.

    Parameters
    ----------
    script : str
        Its name, without `.py`.

    Returns
    -------
    files : list of pathlib.Path
        In a fixed order.
    packages : list of str
        Packages that any of them imports.
    """
    found, waiting = set(), [SCRIPTS / f"{script}.py"]
    packages = set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            of_file, modules = imports(path)
            packages |= of_file
            waiting += modules
    return sorted(found), sorted(packages)


def code_version(script, *other_files, pins=None):
    """Stand in a rule's params for its code: when it changes, Snakemake re-runs the job.

    A digest, unlike a list of input files, asks for nothing when a file is only touched, and holds
    when the working directory is elsewhere.

    Parameters
    ----------
    script : str
    *other_files : pathlib.Path
        What else a job reads of the workflow, such as captions.
    pins : str, optional
        See `package_version`.

    Returns
    -------
    dict
        `digest`, and `packages`: name → version.
    """
    files, packages = code_files(script)
    digest = hashlib.sha256()
    for path in [*files, *other_files]:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return {
        "digest": digest.hexdigest(),
        "packages": {name: package_version(name, pins) for name in packages},
    }


@cache
def package_version(package, pins=None):
    """Tell the version of a package.

    Parameters
    ----------
    package : str
    pins : str, optional
        Text of a requirements file, where jobs use other environments than this process.

    Raises
    ------
    UserError
        If it is not installed.
    """
    if pins is not None:
        return re.search(rf"^{package}==([^;\s]+)", pins, re.M)[1]
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        raise UserError(
            f"Python package `{package}` is not installed in {sys.prefix}; run: "
            "pip install -r requirements.txt"
        ) from None
