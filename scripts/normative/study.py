"""The study that a configuration describes: checked before any job starts, divided into jobs."""

import difflib
import json
import math
import os
import re

import jsonschema

from .errors import (  # relative: the Snakefile finds this package below `scripts`
    UserError,
    disk_is_full,
    no_space,
    one_line,
)


def _is_integer(checker, value):
    return type(value) is int  # not 12.0, which would name a file


def _is_number(checker, value):
    return _is_integer(checker, value) or (type(value) is float and math.isfinite(value))


_Validator = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"integer": _is_integer, "number": _is_number}
    ),
)


def find_mistake(config, schema):
    """Look for what is wrong with a configuration.

    Parameters
    ----------
    config : dict
    schema : dict
        A JSON schema. What it cannot say (names that must exist elsewhere in the configuration,
        sources that exclude each other, files that must be there) is checked here.

    Returns
    -------
    str or None
        One line: the key, what was found, what is expected. None if all is well.
    """
    errors = _Validator(schema).iter_errors(config)
    error = jsonschema.exceptions.best_match(errors)
    if error is not None:
        return _line(error, schema)
    return next(_contradictions(config), None)


def list_seeds(seeds):
    """List the seeds of a study, given as a list or as `{start: …, count: …}`."""
    if isinstance(seeds, dict):
        return list(range(seeds["start"], seeds["start"] + seeds["count"]))
    return list(seeds)


def group_seeds(seeds, size, earlier):
    """Divide seeds among jobs.

    Seeds that an earlier run has grouped stay together, so that a longer list of seeds, or another
    size, leaves finished jobs as they are and only new seeds make new jobs.

    Parameters
    ----------
    seeds : list of int
    size : int
        Most seeds of a new group.
    earlier : list of list of int
        Groups of earlier runs.

    Returns
    -------
    list of list of int
        All earlier groups in their order, and then the new ones.
    """
    grouped = {seed for group in earlier for seed in group}
    new = [seed for seed in seeds if seed not in grouped]
    return earlier + [new[start : start + size] for start in range(0, len(new), size)]


def read_groups(path):
    """Read the groups that earlier runs have kept; none if there were no earlier runs.

    Raises
    ------
    UserError
        If the file holds anything else.
    """
    try:
        with open(path) as file:
            groups = json.load(file)
        seeds = [seed for group in groups for seed in group]
        if not all(type(seed) is int for seed in seeds) or len(set(seeds)) < len(seeds):
            raise ValueError
    except FileNotFoundError:
        return []
    except (ValueError, TypeError) as error:
        raise UserError(
            f"{path}: expected lists of different seeds; delete the file, and what is not grouped "
            "as before is computed again"
        ) from error
    return groups


def write_groups(groups, path):
    """Write the groups for `read_groups`, whole or not at all; the folder is made."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(f"{path}.{os.getpid()}", "w") as file:
        json.dump(groups, file)
    os.replace(file.name, path)


def summarize_failures(log, lines=3):
    """List the jobs that failed in a run.

    Parameters
    ----------
    log : str
        Path of Snakemake's log of the run.
    lines : int
        How many of the last lines of each job's own log to show.

    Returns
    -------
    str
        One paragraph a job: its rule, the path of its log, the last lines of that. Each job once,
        also when it was tried again. Empty if it was no job that failed; one line if the disk is
        full.
    """
    if disk_is_full("."):  # and then this log may lack what failed
        return f"Error: {no_space(os.getcwd())}"
    with open(log, encoding="utf-8", errors="replace") as file:
        text = file.read()
    pattern = r"^Error in rule (\S+):\n(?:    .*\n)*?    log: (.+?) \(check log"
    jobs = {path: rule for rule, path in re.findall(pattern, text, re.M)}
    if not jobs:
        return ""
    shown = [f"{len(jobs)} jobs failed:" if len(jobs) != 1 else "1 job failed:"]
    for path, rule in jobs.items():
        shown.append(f"  {rule}, log {path}")
        written = []
        if os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                written = [line for line in file.read().splitlines() if line.strip()]
        written = written or ["nothing in it: ended from outside, perhaps for lack of memory"]
        shown += [f"    {shorten(line)}" for line in written[-lines:]]
    shown.append(
        "What is done stays, and the same command goes on from there; with --keep-going, jobs that "
        "do not depend on these run first."
    )
    return "\n".join(shown)


def _line(error, schema):
    """Tell a schema error in one line."""
    key = ".".join(str(part) for part in error.absolute_path)
    where = f"config key `{key}`" if key else "config"
    found = error.instance
    if error.validator == "additionalProperties":
        allowed = list(error.schema["properties"])
        unknown = next(name for name in found if name not in allowed)
        close = difflib.get_close_matches(str(unknown), allowed, n=1)
        hint = f"; did you mean `{close[0]}`?" if close else ""
        return f"{where}: unknown key `{unknown}`, expected one of {', '.join(allowed)}{hint}"
    if error.validator == "required":
        absent = next(name for name in error.validator_value if name not in found)
        return f"{where}: the key `{absent}` is missing"
    if error.validator == "uniqueItems":
        twice = next(item for item in found if found.count(item) > 1)
        return f"{where}: {twice!r} stands there more than once, expected different items"
    if error.validator == "enum":
        return f"{where}: found {found!r}, expected one of {', '.join(error.validator_value)}"
    if error.validator == "pattern" and "propertyNames" in error.absolute_schema_path:
        return (
            f"{where}: found the name {found!r}, expected letters, digits, `_` and `-`, "
            "starting with a letter, and for a model not `reference`"
        )
    return f"{where}: {shorten(error.message)}"


def shorten(text):
    """Write a text in one line of bounded length, its middle left out where it is too long."""
    line = one_line(text)
    return line if len(line) <= 300 else f"{line[:200]} … {line[-80:]}"


def _contradictions(config):
    """Yield a line for each thing that the schema cannot check."""
    datasets, models = config["datasets"], config["models"]
    if config["dataset"] not in datasets:
        yield (
            f"config key `dataset`: found {config['dataset']!r}, expected one of the names under "
            f"`datasets`: {', '.join(datasets)}"
        )
    for index, model in enumerate(config["study"]):
        if model not in models:
            yield (
                f"config key `study.{index}`: found {model!r}, expected one of the names under "
                f"`models`: {', '.join(models)}"
            )
    for name, source in datasets.items():
        key = f"config key `datasets.{name}`"
        kinds = [kind for kind in ("url", "path", "simulate") if kind in source]
        if len(kinds) != 1:
            found = " and ".join(kinds) or "none"
            yield f"{key}: found {found}, expected exactly one of url, path, simulate"
        if "url" in kinds and "md5" not in source:
            yield f"{key}: the key `md5` is missing; a download is verified by it"
        if "simulate" in kinds and "md5" in source:
            yield f"{key[:-1]}.md5`: a simulated recording has no MD5 to verify; remove the key"
        if set("{}") & set(source.get("path", "")):
            yield (
                f"{key[:-1]}.path`: found braces in {source['path']!r}, which Snakemake takes for "
                "wildcards; rename the file or folder"
            )
        if ("simulate" in kinds) != name.startswith("simulated"):
            yield (
                f"{key}: names that start with `simulated` are for simulated recordings, and "
                "only for them, so that tables and figures say so; rename the dataset"
            )
    if isinstance(config["seeds"], dict) and sum(config["seeds"].values()) > 2**32:
        yield (
            f"config key `seeds`: found a last seed of {sum(config['seeds'].values()) - 1}, "
            f"expected at most {2**32 - 1}"
        )
    path = datasets.get(config["dataset"], {}).get("path")
    if path is not None and not os.path.isfile(path):
        yield (
            f"config key `datasets.{config['dataset']}.path`: found no file {path!r} "
            f"(from {os.getcwd()}), expected an .npz file; correct the path"
        )
