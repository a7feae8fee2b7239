"""The configuration of a study, checked before any job starts."""

import contextlib
import difflib
import math
import os

import jsonschema

from normative.workflow.errors import shorten

# Of the workflow beside those of the datasets, in `results`.
FOLDERS = ("benchmarks", "calibration", "logs", "models", "training_stimuli")
WORDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "nothing (null)",
    "number": "a number",
    "object": "keys and values",
    "string": "text",
}
WIDTH_PER_POINT = 23  # mm of a figure as wide as a page, for a point of its text
SOURCES = ("url", "path", "simulate", "md5")  # keys of a dataset that are not about reading it


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


def read_numbers(value, schema):
    """Take text as a number where the schema asks for one.

    Snakemake hands numbers within the lists and mappings of `--config` over as text.

    Parameters
    ----------
    value : dict, list or scalar
        A configuration, or a part of it.
    schema : dict
        That of the part.

    Returns
    -------
    dict, list or scalar
        A copy. Text that is no number stays as it is, for `find_mistake` to name.
    """
    if isinstance(value, dict):
        named, others = schema.get("properties", {}), schema.get("additionalProperties")
        others = others if isinstance(others, dict) else {}
        return {key: read_numbers(part, named.get(key, others)) for key, part in value.items()}
    if isinstance(value, list):
        return [read_numbers(part, schema.get("items", {})) for part in value]
    if isinstance(value, str) and schema.get("type") in ("integer", "number", "boolean"):
        for read in (int, float, {"true": True, "false": False}.__getitem__):
            with contextlib.suppress(ValueError, KeyError):
                return read(value.lower())
    return value


def refuse_spaces(interpreter):
    """Tell that Snakemake cannot start scripts by an interpreter whose path has a space.

    Its issue 2645: jobs end with exit status 127. Give one line, or None if all is well.
    """
    if " " not in interpreter:
        return None
    return (
        f"Python's path has a space, {interpreter!r}, with which Snakemake cannot start jobs; put "
        "the packages elsewhere: make VENV=~/normative-venv demo"
    )


def describe_file(path):
    """Give size (bytes) and date (ns) of a file, or of each file in a folder, as lists.

    None without a path, or where nothing is there.
    """
    if path is None or not os.path.exists(path):
        return None
    if os.path.isdir(path):
        names = sorted(os.listdir(path))
        return [[name, describe_file(os.path.join(path, name))] for name in names]
    found = os.stat(path)
    return [found.st_size, found.st_mtime_ns]


def resolve_paths(config, files):
    """Let relative paths count from the configuration file that they stand in, and `~` be home.

    A path of which nothing is there, but is in the working directory, counts from that, as does one
    of no file; then from where the command was given, which is another place with `--directory`.

    Parameters
    ----------
    config : dict
        Of all files and of `--config`; changed in place.
    files : list of tuple
        Folder and content of each configuration file, in the order in which they are merged.
    """
    folders = {
        (name, key): (folder, path)
        for folder, content in files
        for name, key, path, _ in _paths(content)
    }
    for name, key, given, source in _paths(config):
        folder, path = folders.get((name, key), (None, None))
        source[key] = os.path.expanduser(given)
        if path == given and not os.path.isabs(source[key]):
            beside = os.path.relpath(os.path.join(os.path.realpath(folder), given))
            # Where the command was given, if Snakemake runs elsewhere by `--directory`.
            there = os.path.join(os.environ.get("PWD", ""), given)
            if os.path.exists(beside) or not (os.path.exists(given) or os.path.exists(there)):
                source[key] = beside
            elif not os.path.exists(given):
                source[key] = os.path.relpath(there)


def _paths(config):
    """Yield dataset, key, path and the dataset's entry of each path, mistakes left out."""
    datasets = config.get("datasets")
    for name, source in datasets.items() if isinstance(datasets, dict) else ():
        for key in ("path", "stimuli") if isinstance(source, dict) else ():
            if isinstance(source.get(key), str) and source[key]:
                yield name, key, source[key], source


def differing_keys(ours, theirs, parent=""):
    """List the keys whose values differ between two nested dicts, by their full names."""
    keys = []
    for key in sorted(ours.keys() | theirs.keys()):
        name, mine, other = f"{parent}{key}", ours.get(key), theirs.get(key)
        if isinstance(mine, dict) and isinstance(other, dict):
            keys += differing_keys(mine, other, f"{name}.")
        elif mine != other:
            keys.append(name)
    return keys


def find_mistake(config, schema, has_other_keys=False):
    """Look for what is wrong with a configuration.

    Parameters
    ----------
    config : dict
    schema : dict
        A JSON schema. What it cannot say (names that must exist elsewhere in the configuration,
        sources that exclude each other, files that must be there) is checked here.
    has_other_keys : bool
        Whether another workflow shares the configuration and has keys of its own at the top level.

    Returns
    -------
    str or None
        One line: the key, what was found, what is expected. None if all is well.
    """
    if has_other_keys:
        config = {key: value for key, value in config.items() if key in schema["properties"]}
    errors = _Validator(schema).iter_errors(config)
    error = jsonschema.exceptions.best_match(errors)
    if error is not None:
        return _line(error, schema)
    return next(_contradictions(config), None)


def epochs_by_model(config):
    """Count the epochs of each model: its own, or those of `training`."""
    return {
        model: design.get("epochs", config["training"]["epochs"])
        for model, design in config["models"].items()
    }


def untrained_twins(config):
    """Name the untrained twin of each trained model of the study that has one.

    A twin is the first model of the study that is not trained, with the same network, layers and
    initial filters; filters that are not trained start as those that are.

    Returns
    -------
    dict of str
        In the order of the study.
    """
    epochs = epochs_by_model(config)

    def start(model):
        design = config["models"][model]
        return design["network"], design["filters"] == "random", design["layers"]

    twins = {}
    for model in config["study"]:
        untrained = (other for other in config["study"] if epochs[other] == 0)
        twin = next((other for other in untrained if start(other) == start(model)), None)
        if epochs[model] > 0 and twin is not None:
            twins[model] = twin
    return twins


def _line(error, schema):
    """Tell a schema error in one line."""
    key = ".".join(str(part) for part in error.absolute_path)
    where = f"config key `{key}`" if key else "config"
    found = error.instance
    if error.validator == "additionalProperties":
        allowed = list(error.schema["properties"])
        unknown = next(name for name in found if name not in allowed)
        meant = _meant(str(unknown), allowed, schema)
        hint = f"; did you mean {' or '.join(f'`{name}`' for name in meant)}?" if meant else ""
        return f"{where}: unknown key `{unknown}`, expected one of {', '.join(allowed)}{hint}"
    if error.validator == "type":
        types = error.validator_value
        types = [types] if isinstance(types, str) else types
        expected = error.schema.get("expected", ", or ".join(WORDS[name] for name in types))
        return f"{where}: found {shorten(repr(found))}, expected {expected}"
    if error.validator == "required":
        absent = next(name for name in error.validator_value if name not in found)
        return f"{where}: the key `{absent}` is missing"
    if error.validator == "uniqueItems":
        twice = next(item for item in found if found.count(item) > 1)
        return f"{where}: found {twice!r} more than once, expected different items"
    if error.validator == "enum":
        expected = ", ".join(map(str, error.validator_value))
        hint = _hint(found, error.validator_value)
        return f"{where}: found {found!r}, expected one of {expected}{hint}"
    if error.validator == "pattern" and "propertyNames" in error.absolute_schema_path:
        return (
            f"{where}: found the name {found!r}, expected letters, digits, `_` and `-`, "
            "starting with a letter, and none that tables take for missing, such as NA; for a "
            "model not `reference`"
        )
    if "expected" in error.schema:
        return f"{where}: found {shorten(repr(found))}, expected {error.schema['expected']}"
    return f"{where}: {shorten(error.message)}"


def _hint(found, names):
    """Ask whether the closest of some names was meant; empty if none is close."""
    meant = difflib.get_close_matches(str(found), list(map(str, names)), n=1)
    return f"; did you mean `{meant[0]}`?" if meant else ""


def _meant(unknown, allowed, schema):
    """List the keys that an unknown one may stand for: here or elsewhere in the configuration."""
    here = difflib.get_close_matches(unknown, allowed, n=1)
    elsewhere = {}
    for key in _every_key(schema):
        elsewhere.setdefault(key.split(".")[-1], []).append(key)
    if unknown not in elsewhere and not here:
        unknown = next(iter(difflib.get_close_matches(unknown, elsewhere, n=1)), None)
    return here + sorted(elsewhere.get(unknown, []), key=lambda key: key.count("<name>"))


def _every_key(schema, parent=""):
    """Yield all keys below the top level of a schema, by their full names."""
    named, others = schema.get("properties", {}), schema.get("additionalProperties")
    named = named | ({"<name>": others} if isinstance(others, dict) else {})
    for name, part in named.items():
        if parent and name != "<name>":
            yield f"{parent}{name}"
        yield from _every_key(part, f"{parent}{name}.")


def _contradictions(config):
    """Yield a line for each thing that the schema cannot check."""
    datasets, models = config["datasets"], config["models"]
    if config["dataset"] not in datasets:
        yield (
            f"config key `dataset`: found {config['dataset']!r}, expected one of the names under "
            f"`datasets`: {', '.join(datasets)}{_hint(config['dataset'], datasets)}"
        )
    for index, model in enumerate(config["study"]):
        if model not in models:
            yield (
                f"config key `study.{index}`: found {model!r}, expected one of the names under "
                f"`models`: {', '.join(models)}{_hint(model, models)}"
            )
    for name, source in datasets.items():
        key = f"config key `datasets.{name}`"
        kinds = [kind for kind in ("url", "path", "simulate") if kind in source]
        if len(kinds) != 1:
            found = " and ".join(kinds) or "none"
            yield f"{key}: found {found}, expected exactly one of url, path, simulate"
        if name.lower() in FOLDERS:  # upper and lower case are one on some disks
            yield f"{key}: found the name of a folder of the workflow; rename the dataset"
        if "url" in kinds and "md5" not in source:
            yield f"{key}: the key `md5` is missing; a download is verified by it"
        if "simulate" in kinds and "md5" in source:
            yield f"{key[:-1]}.md5`: a simulated recording has no MD5 to verify; remove the key"
        for name_of_path in ("path", "stimuli"):
            if set("{}") & set(source.get(name_of_path, "")):
                yield (
                    f"{key[:-1]}.{name_of_path}`: found braces in {source[name_of_path]!r}, which "
                    "Snakemake takes for wildcards; rename the file or folder"
                )
        own = [name_of_key for name_of_key in source if name_of_key not in SOURCES]
        if own and "path" not in source:
            yield (
                f"{key}: found `{own[0]}`, which is for files of your own (`path`); remove the key"
            )
        if isinstance(source.get("cells"), str) and source["cells"] not in ("all", "iscell"):
            yield f"{key[:-1]}.cells`: found {source['cells']!r}, expected a list, all or iscell"
        if ("simulate" in kinds) != name.startswith("simulated"):
            yield (
                f"{key}: names that start with `simulated` are for simulated recordings, and "
                "only for them, so that tables and figures say so; rename the dataset"
            )
    frequencies = sorted({"cycles_per_image", "spatial_frequency"} & config["stimulus"].keys())
    if len(frequencies) != 1:
        found = " and ".join(frequencies) or "none"
        yield (
            f"config key `stimulus`: found {found}, expected exactly one of spatial_frequency, "
            "cycles_per_image"
        )
    look = config["figures"]
    if look["width"] is not None and look["width"] < WIDTH_PER_POINT * look["font_size"]:
        yield (
            f"config key `figures.width`: found {look['width']} (mm), in which text of "
            f"{look['font_size']} points would overlap; expected at least "
            f"{math.ceil(WIDTH_PER_POINT * look['font_size'])}, or a smaller `figures.font_size`"
        )
    if isinstance(config["seeds"], dict) and sum(config["seeds"].values()) > 2**32:
        yield (
            f"config key `seeds`: found a last seed of {sum(config['seeds'].values()) - 1}, "
            f"expected at most {2**32 - 1}"
        )
    for key in ("path", "stimuli"):
        path = datasets.get(config["dataset"], {}).get(key)
        if path is not None and not os.path.exists(path):
            yield (
                f"config key `datasets.{config['dataset']}.{key}`: found no file "
                f"{os.path.abspath(path)!r}; a path counts from the configuration file that it "
                f"stands in, or else from the working directory, {os.getcwd()!r}; correct the path"
            )
