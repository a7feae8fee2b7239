"""Code of the user's own: found, told by a digest, imported, and named where it fails.

A reference is `my_networks.py:MyNet`, of a file, or `package.module:MyNet`, of a package.
Only what the configuration names is imported.
"""

import ast
import contextlib
import hashlib
import importlib.metadata
import importlib.util
import sys
import traceback
from pathlib import Path

from normative.workflow.code import DISTRIBUTIONS, module_files
from normative.workflow.errors import AGAIN, UserError

_loaded = {}  # place of a reference → its module
_own_places = set()  # files, and folders of packages, whose errors are the user's


def is_own(name):
    """Tell whether a network or task is a reference to the user's code, and not a name of ours."""
    return ":" in name


def split_reference(reference):
    """Part a reference into its place, a file or a module, and a name in it."""
    place, _, name = reference.rpartition(":")
    return place, name


def own_task_name(task):
    """Name a task in paths and tables: `my_tasks.py:Contrast` is `my_tasks.Contrast`."""
    place, name = split_reference(task)
    return f"{Path(place).stem if is_file(place) else place}.{name}" if place else task


def is_file(place):
    """Tell whether the place of a reference is a file, and not a module."""
    return place.endswith(".py")


def own_files(path, folder=None):
    """List a file, and in turn the files that it imports, without importing any.

    Parameters
    ----------
    path : str or pathlib.Path
    folder : pathlib.Path, optional
        Below which imports are looked for; by default that of the file.

    Returns
    -------
    dict of ast.Module
        By absolute path: the file itself first, then the others in a fixed order.

    Raises
    ------
    UserError
        If there is no such file, or one of them is no Python.
    """
    first = Path(path).resolve()
    if not first.is_file():
        raise UserError(f"{path}: no such file; put it back or correct its path")
    found, waiting, folder = {}, [first], folder or first.parent
    while waiting:
        file = waiting.pop()
        if file in found:
            continue
        try:
            found[file] = ast.parse(file.read_bytes())
        except SyntaxError as error:
            raise UserError(_syntax_error(error, file)) from None
        waiting += _beside(found[file], file, folder)
    return {first: found.pop(first), **dict(sorted(found.items()))}


def _syntax_error(error, file):
    return f"{file}, line {error.lineno}: {error.msg}; correct it"


def _beside(tree, file, folder):
    """Yield the files below a folder that a file imports, anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names, start = [alias.name for alias in node.names], folder
        elif isinstance(node, ast.ImportFrom):
            # Each name may be a module of the package.
            names = [".".join(filter(None, [node.module, alias.name])) for alias in node.names]
            start = file.parents[node.level - 1] if node.level else folder
        else:
            continue
        for name in names:
            yield from module_files(name, start)


def own_version(reference):
    """Stand in a rule's params for the user's code: when it changes, Snakemake re-runs the job.

    Returns
    -------
    dict
        Of a file: `digest`, of it and of those beside it that it imports. Of a package: its
        `package` and `version`. Of a module that no package holds, or of a package that is
        installed as an editable one: `digest`, of its files that the module imports.

    Raises
    ------
    UserError
        If there is nothing of that name, or a file is no Python.
    """
    place, name = split_reference(reference)
    if not is_file(place):
        top = place.split(".")[0]
        spec = importlib.util.find_spec(top)
        if spec is None or spec.origin is None:
            raise UserError(
                f"{reference}: no package `{top}` is installed in {sys.prefix}; install it, or "
                "name a file, such as my_networks.py:MyNet"
            )
        name = DISTRIBUTIONS.get(top, top)
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            distribution = importlib.metadata.distribution(name)
            if '"editable": true' not in (distribution.read_text("direct_url.json") or ""):
                return {"package": name, "version": distribution.version}
        folder = Path(spec.origin).parents[1 if spec.submodule_search_locations else 0]
        files = {file for first in module_files(place, folder) for file in own_files(first, folder)}
        return {"digest": _digest(sorted(files))}
    files = own_files(place)
    body = next(iter(files.values())).body
    if not any(_defines(node, name) for node in body):
        there = [node.name for node in body if isinstance(node, (ast.ClassDef, ast.FunctionDef))]
        raise UserError(
            f"{place}: found no `{name}`, expected one of {', '.join(there) or 'none'}; correct "
            "the name after the colon"
        )
    return {"digest": _digest(files)}


def _defines(node, name):
    """Tell whether a statement at the top of a module may give a name in it."""
    if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
        return node.name == name
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [part for target in targets for part in ast.walk(target)]
        return any(isinstance(part, ast.Name) and part.id == name for part in names)
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return any((alias.asname or alias.name) in (name, "*") for alias in node.names)
    return isinstance(node, (ast.If, ast.Try))  # within which it may be


def _digest(files):
    digest = hashlib.sha256()
    for file in files:
        digest.update(hashlib.sha256(Path(file).read_bytes()).digest())
    return digest.hexdigest()


def load_own(reference):
    """Import what a reference names.

    A file is loaded with its folder as the first in which its imports are looked for.

    Raises
    ------
    UserError
        If it cannot be imported, or a file beside it was not the one that was imported.
    """
    place, name = split_reference(reference)
    if place not in _loaded:
        try:
            _loaded[place] = _import_file(place) if is_file(place) else _import_module(place)
        except UserError:
            raise
        except (Exception, SystemExit) as error:
            text = blame(error) or f"{type(error).__name__}: {error}; install what is missing"
            raise UserError(f"{reference} cannot be imported: {text}") from error
    try:
        return getattr(_loaded[place], name)
    except AttributeError:
        raise UserError(
            f"{reference}: found no `{name}` in {place}; correct the name after the colon"
        ) from None


def _import_module(place):
    module = importlib.import_module(place)
    folder = Path(module.__file__).parent
    if "site-packages" not in folder.parts:  # of an installed package, no line is to be corrected
        _own_places.add(str(folder))
    return module


def _import_file(place):
    path = Path(place).resolve()
    first, *beside = own_files(path)
    _own_places.update(map(str, [first, *beside]))
    spec = importlib.util.spec_from_file_location(f"own_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look there
    sys.path.insert(0, str(path.parent))
    spec.loader.exec_module(module)
    for file in beside:
        other = getattr(sys.modules.get(file.stem), "__file__", None)
        if file.parent == path.parent and other and Path(other).resolve() != file:
            raise UserError(f"{place}: `import {file.stem}` gave {other}, not {file}; rename it")
    return module


@contextlib.contextmanager
def telling(reference, advice="correct it"):
    """Turn an error within the user's code, or its wish to end, into one line that names it."""
    try:
        yield
    except UserError:
        raise
    except (Exception, SystemExit) as error:
        told = blame(error) or f"{type(error).__name__}: {error}; {advice}"
        raise UserError(f"{reference}: {told}") from error


def blame(error):
    """Tell where in the user's code an error arose, and what it is; None if it did not."""
    own = None
    if isinstance(error, SyntaxError) and error.filename and _is_own_file(error.filename):
        return _syntax_error(error, error.filename)
    for frame in traceback.extract_tb(error.__traceback__):
        if _is_own_file(frame.filename):
            own = frame
    if own is None:
        return None
    what = f"{type(error).__name__}: {error}"
    return f"{own.filename}, line {own.lineno}: {what}; correct it, {AGAIN}"


def _is_own_file(filename):
    path = Path(filename)
    return any(str(place) in _own_places for place in (path, *path.parents))
