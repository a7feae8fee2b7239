"""The configuration of a study, checked before any job starts."""

import contextlib
import difflib
import math
import os
from itertools import combinations

import jsonschema

from normative.workflow.errors import UserError, shorten
from normative.workflow.own_code import is_own, own_task_name, own_version, split_reference

# Of the workflow beside those of the datasets, in `results`.
FOLDERS = ("benchmarks", "calibration", "logs", "models", "networks", "training_stimuli")
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
KINDS = ("url", "path", "simulate", "members")  # of a dataset
SOURCES = (*KINDS, "md5", "left_out")  # keys of a dataset that are not about reading it
OWN_KEYS = ("arguments", "outputs", "input", "weights")  # of networks of the user's own
# Layers whose names files have a use for.
RESERVED = ("file", "orientation", "reason", "recording", "seeds")
MISSING = ("na", "nan", "null", "none", "inf")  # in lower case: what tables take for no text


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
    if isinstance(value, str) and _types(schema) - {"string", "array", "object"}:
        words = {"true": True, "false": False}
        if "null" in _types(schema):
            words["null"] = None
        for read in (int, float, words.__getitem__):
            with contextlib.suppress(ValueError, KeyError):
                return read(value.lower())
    return value


def _types(schema):
    """Give the types that a schema names, also by alternatives or by values."""
    if "enum" in schema:
        return {"string" if isinstance(value, str) else "number" for value in schema["enum"]}
    types = schema.get("type", [])
    of_others = (_types(other) for other in schema.get("anyOf", []))
    return {types} if isinstance(types, str) else set(types).union(*of_others)


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
        place: (folder, path) for folder, content in files for place, path, *_ in _paths(content)
    }
    for place, given, (source, key, rest) in _paths(config):
        folder, path = folders.get(place, (None, None))
        found = os.path.expanduser(given)
        if path == given and not os.path.isabs(found):
            beside = os.path.relpath(os.path.join(os.path.realpath(folder), given))
            # Where the command was given, if Snakemake runs elsewhere by `--directory`.
            there = os.path.join(os.environ.get("PWD", ""), given)
            if os.path.exists(beside) or not (os.path.exists(given) or os.path.exists(there)):
                found = beside
            elif not os.path.exists(given):
                found = os.path.relpath(there)
        source[key] = f"{found}{rest}"


def _paths(config):
    """Yield each path, mistakes left out: its full key, the path, and where it is to be set.

    The last is a dict, its key, and what follows the path there: of a reference to code the colon
    and the name after it.
    """
    for section, names in (("datasets", ["path", "stimuli"]), ("models", ["weights"])):
        entries = config.get(section)
        for name, source in entries.items() if isinstance(entries, dict) else ():
            if not isinstance(source, dict):
                continue
            for key in names:
                if isinstance(source.get(key), str) and source[key]:
                    yield (section, name, key), source[key], (source, key, "")
            for key in ("network", "task") if section == "models" else ():
                path, colon, rest = str(source.get(key, "")).rpartition(":")
                if path.endswith(".py"):
                    yield (section, name, key), path, (source, key, f"{colon}{rest}")


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
        model: 0 if design["task"] == "none" else design.get("epochs", config["training"]["epochs"])
        for model, design in config["models"].items()
    }


def untrained_twins(config):
    """Name the untrained twin of each trained model of the study that has one.

    A twin is the first model of the study that is not trained, with the same network, layers and
    initial filters; filters that are not trained start as those that are. A network of the user's
    own has the same `arguments`, `outputs`, `input` and `weights` as well, and was made for a task.

    Returns
    -------
    dict of str
        In the order of the study.
    """
    epochs, twins = epochs_by_model(config), {}
    starts = {model: _start(config["models"][model]) for model in config["study"]}
    for model in config["study"]:
        untrained = (other for other in config["study"] if epochs[other] == 0)
        twin = next((other for other in untrained if starts[other] == starts[model]), None)
        if epochs[model] > 0 and twin is not None:
            twins[model] = twin
    return twins


def group_by_task(config):
    """Group the trained models of the study that differ in their task alone, and its epochs.

    Returns
    -------
    dict of dict
        By the first model of each group: the names of the tasks by model, in the order of the
        study. Of groups with one task there is nothing to compare.
    """
    epochs, groups = epochs_by_model(config), []
    for model in config["study"]:
        if epochs[model] == 0:
            continue
        design = config["models"][model]
        start = _start(design), design.get("filters")
        models = next((models for other, models in groups if other == start), None)
        if models is None:
            models = {}
            groups.append((start, models))
        models[model] = own_task_name(design["task"])
    return {next(iter(models)): models for _, models in groups if len(set(models.values())) > 1}


def _start(design):
    """Give what networks of the same architecture, initial weights and layers share."""
    own = [design.get(key) for key in OWN_KEYS]
    is_free = design["task"] == "none"  # it may have other outputs
    return design["network"], design.get("filters") == "random", design["layers"], own, is_free


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
        if section := None if key else _section(unknown, found, schema):
            hint = f"; if it belongs to `{section}`, indent it by spaces below `{section}:`"
        return f"{where}: unknown key `{unknown}`, expected one of {', '.join(allowed)}{hint}"
    if "propertyNames" in error.absolute_schema_path:
        return (
            f"{where}: found the name {str(found)!r}, expected letters, digits, `_` and `-`, "
            "starting with a letter, and none that YAML or tables take for something else, such as "
            "2024, yes or NA; for a model not `reference`"
        )
    if error.validator == "type":
        types = error.validator_value
        types = [types] if isinstance(types, str) else types
        expected = error.schema.get("expected", ", or ".join(WORDS[name] for name in types))
        name, hint = error.absolute_path[-1], ""
        if name in error.schema.get("properties", {}):
            hint = f"; if `{name}` belongs to a name above it, indent it by more spaces than that"
        elif found is None and "object" in types:
            hint = f"; indent what belongs to `{name}` by more spaces than its name"
        elif types == ["array"] and isinstance(found, str | int):
            expected = f"a list: [{shorten(str(found))}]"
        found = "nothing" if found is None else shorten(repr(found))
        return f"{where}: found {found}, expected {expected}{hint}"
    if error.validator == "required":
        absent = next(name for name in error.validator_value if name not in found)
        return f"{where}: the key `{absent}` is missing"
    if error.validator == "uniqueItems":
        twice = next(item for item in found if found.count(item) > 1)
        return f"{where}: found {twice!r} more than once, expected different items"
    if error.validator == "minItems":
        n_wanted = error.validator_value
        return f"{where}: found {len(found)} of at least {n_wanted} items; add to the list"
    if error.validator == "enum":
        expected = ", ".join(map(str, error.validator_value))
        hint = _hint(found, error.validator_value)
        return f"{where}: found {found!r}, expected one of {expected}{hint}"
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


def _section(key, config, schema):
    """Name the section below which a key of the top level may belong, or None.

    It is the section with such keys if it is empty, as where the indent was forgotten, or the one
    of whose entries the key has a key itself, such as `models`.
    """
    below = config[key] if isinstance(config[key], dict) else {}
    for name, section in schema["properties"].items():
        entries = section.get("additionalProperties") or {}
        is_left_empty = config.get(name) is None and key in section.get("properties", {})
        if is_left_empty or below.keys() & entries.get("properties", {}).keys():
            return name
    return None


def _every_key(schema, parent=""):
    """Yield all keys below the top level of a schema, by their full names."""
    named, others = schema.get("properties", {}), schema.get("additionalProperties")
    named = named | ({"<name>": others} if isinstance(others, dict) else {})
    for name, part in named.items():
        if parent and name != "<name>":
            yield f"{parent}{name}"
        yield from _every_key(part, f"{parent}{name}.")


def animals_of(source):
    """List the members of a group that are not left out, in its order; none of other datasets."""
    left_out = source.get("left_out", {})
    return [member for member in source.get("members", []) if member not in left_out]


def _mistakes_of_members(key, source, datasets):
    """Yield a line for each member of a group that cannot be one."""
    for index, member in enumerate(source.get("members", [])):
        animals = [name for name, other in datasets.items() if "members" not in other]
        if member not in animals:
            yield (
                f"{key}.members.{index}`: found {member!r}, expected one of the names under "
                f"`datasets` that is no group: {', '.join(animals)}{_hint(member, animals)}"
            )
    members = source.get("members", [])
    for member in source.get("left_out", []):
        if member not in members:
            yield (
                f"{key}.left_out`: found {member!r}, expected one of the group's `members`: "
                f"{', '.join(members) or 'none'}"
            )
    if members and len(animals_of(source)) < 2:
        yield f"{key}.left_out`: found fewer than two members that are left; leave out fewer"
    known = [member for member in members if member in datasets]
    for first, second in combinations(known, 2):
        if first != second and datasets[first] == datasets[second]:
            yield (
                f"{key}.members`: found one recording twice, `{first}` and `{second}`, expected "
                "that of another animal each; take one out"
            )
    kinds = {"simulate" in datasets[member] for member in known}
    if len(kinds) > 1:
        yield (
            f"{key}.members`: found simulated and recorded animals, expected either; make a group "
            "of each"
        )


def _wrong_model(model, design, is_studied):
    """Yield a line for each thing that is wrong with a model, and that the schema cannot check."""
    key = f"config key `models.{model}"
    if is_own(design["network"]):
        if "filters" in design:
            yield f"{key}.filters`: found for a network of your own; remove the key"
    else:
        if own := [name for name in OWN_KEYS if name in design]:
            yield f"{key}.{own[0]}`: found for {design['network']}; it is for networks of your own"
        if "filters" not in design:
            yield f"{key}`: the key `filters` is missing"
        if design["task"] == "none":
            yield f"{key}.task`: found 'none', which is for networks of your own"
    if design["task"] == "none" and design.get("epochs", 0):
        yield f"{key}.epochs`: found {design['epochs']} without a task; remove the key"
    for name in ("network", "task", "weights"):
        yield from _braces(f"{key}.{name}`", design.get(name, ""))
    shown = design.get("input", {})
    n_channels = shown.get("channels", 1)
    for name in ("mean", "sd"):
        values = shown.get(name)
        if isinstance(values, list) and len(values) not in (1, n_channels):
            yield (
                f"{key}.input.{name}`: found {len(values)} numbers, expected one, or one for each "
                f"of `channels`, {n_channels}"
            )
    for index, layer in enumerate(design["layers"]):
        number = layer.replace(".", "", 1).replace("_", "").isdigit()
        if layer in RESERVED or layer.lower() in MISSING or number:
            yield (
                f"{key}.layers.{index}`: found {layer!r}, which files and tables take for "
                "something else; give the module another name, in a Sequential by an OrderedDict"
            )
    if not is_studied:
        return
    for name in ("network", "task"):
        place, _ = split_reference(design[name])
        if place.endswith(".py") and not os.path.isfile(place):
            yield _no_file(f"{key}.{name}`", place)
        elif is_own(design[name]):
            try:
                own_version(design[name])
            except UserError as error:
                yield f"{key}.{name}`: {error}"
    if not os.path.isfile(design.get("weights", __file__)):
        yield _no_file(f"{key}.weights`", design["weights"])


def _braces(key, path):
    """Yield a line if there are braces in a path."""
    if set("{}") & set(path):
        yield (
            f"{key}: found braces in {path!r}, which Snakemake takes for wildcards; rename the "
            "file or folder"
        )


def _no_file(key, path):
    return (
        f"{key}: found no file {os.path.abspath(path)!r}; a path counts from the configuration "
        f"file that it stands in, or else from the working directory, {os.getcwd()!r}; correct the "
        "path"
    )


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
    for name, design in models.items():
        yield from _wrong_model(name, design, name in config["study"])
    tasks = {}
    for model in config["study"]:
        task = models[model]["task"]
        other = tasks.setdefault(own_task_name(task), task)
        if other != task:
            yield f"config key `models.{model}.task`: {task} and {other} have one name; rename one"
    for name, source in datasets.items():
        key = f"config key `datasets.{name}`"
        kinds = [kind for kind in KINDS if kind in source]
        if len(kinds) != 1:
            found = " and ".join(kinds) or "none"
            yield f"{key}: found {found}, expected exactly one of {', '.join(KINDS)}"
        if name.lower() in FOLDERS:  # upper and lower case are one on some disks
            yield f"{key}: found the name of a folder of the workflow; rename the dataset"
        if "url" in kinds and "md5" not in source:
            yield f"{key}: the key `md5` is missing; a download is verified by it"
        if "simulate" in kinds and "md5" in source:
            yield f"{key[:-1]}.md5`: a simulated recording has no MD5 to verify; remove the key"
        for name_of_path in ("path", "stimuli"):
            yield from _braces(f"{key[:-1]}.{name_of_path}`", source.get(name_of_path, ""))
        own = [name_of_key for name_of_key in source if name_of_key not in SOURCES]
        if own and "path" not in source:
            yield (
                f"{key}: found `{own[0]}`, which is for files of your own (`path`); remove the key"
            )
        if isinstance(source.get("cells"), str) and source["cells"] not in ("all", "iscell"):
            yield f"{key[:-1]}.cells`: found {source['cells']!r}, expected a list, all or iscell"
        yield from _mistakes_of_members(key[:-1], source, datasets)
        is_simulated = "simulate" in kinds or (
            "members" in kinds
            and all("simulate" in datasets.get(member, {}) for member in source["members"])
        )
        if is_simulated != name.startswith("simulated"):
            yield (
                f"{key}: names that start with `simulated` are for recordings that this workflow "
                "simulates (`simulate`) and groups of them, and only for these, so that tables and "
                "figures say so; rename the dataset"
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
    for name in (config["dataset"], *animals_of(datasets.get(config["dataset"], {}))):
        for key in ("path", "stimuli"):
            path = datasets.get(name, {}).get(key)
            if path is not None and not os.path.exists(path):
                way_out = f", or leave the animal out: `left_out: {{{name}: the reason}}`"
                yield (
                    _no_file(f"config key `datasets.{name}.{key}`", path)
                    + way_out * (name != config["dataset"])
                )
