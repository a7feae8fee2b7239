"""Whether a run would replace results that another configuration made."""

import json
from pathlib import Path

from normative.workflow.config import animals_of, differing_keys
from normative.workflow.errors import shorten
from normative.workflow.seeds import list_seeds

# What adds to a study, or how it is run or shown, and not what is found. Models, seeds and animals
# that a study no longer has are told.
NOT_COMPARED = {"dataset", "datasets", "models", "study", "seeds", "seeds_per_file", "shown_seed"}
NOT_COMPARED |= {"figures"}
OF_NETWORKS = {"stimulus", "training"}
OF_GROUPS = {"members", "left_out"}


def find_overwritten(config, outputs, folder="results"):
    """Look for finished studies that other settings made, and of which files would be replaced.

    Parameters
    ----------
    config : dict
    outputs : list of str
        Paths of what the jobs of a run make.
    folder : str or pathlib.Path
        Of all results.

    Returns
    -------
    list of str
        One line a study: its folder, how many files would go, and which settings differ.
    """
    folder, lines = Path(folder), []
    there = [path for path in map(Path, outputs) if folder in path.parents and path.exists()]
    replaced = {path.relative_to(folder).as_posix() for path in there}
    for path in sorted(folder.glob("*/MANIFEST.json")):
        name = path.parent.name
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            made, files = manifest["config"], manifest["files"]
        except (ValueError, KeyError, TypeError):
            continue  # no manifest: `make verify` tells
        gone = sorted(replaced & {*files})
        is_its_own = any(file.startswith(f"{name}/") for file in gone)
        if gone and (changes := _changes(config, made, name, is_its_own)):
            more = f" and {len(gone) - 1} more" if len(gone) > 1 else ""
            what = "" if is_its_own else "the networks of "
            lines.append(
                f"{what}{path.parent} ({folder}/{gone[0]}{more}), made with other settings: "
                f"{', '.join(changes)}"
            )
    return lines


def warn_of_overwriting(lines, folder=""):
    """Say what a run replaces, below the folder of its `--directory`, and how to keep both."""
    where, how = (f"{folder}: ", "another") if folder else ("", "adding")
    return (
        f"{where}this run replaces {'; '.join(lines)}. To keep both, give this study a folder of "
        f"its own by {how} --directory studies/NAME; to replace, add overwrite=true to --config"
    )


def _changes(config, made, name, is_its_own):
    """List the settings that differ, each with both values."""
    keys = config.keys() & made.keys() - NOT_COMPARED if is_its_own else OF_NETWORKS
    parts = [{key: settings[key] for key in keys} for settings in (config, made)]
    for section, names in (("models", made["study"]), ("datasets", [name] * is_its_own)):
        both = [name for name in names if name in config[section] and name in made[section]]
        for part, settings in zip(parts, (config, made), strict=True):
            part[section] = {
                name: {k: v for k, v in settings[section][name].items() if k not in OF_GROUPS}
                for name in both
            }
    lost = {}
    if is_its_own:
        now = {"study": config["study"], "seeds": list_seeds(config["seeds"])}
        then = {key: made[key] for key in now}
        now["members"], then["members"] = (
            animals_of(settings["datasets"].get(name, {})) for settings in (config, made)
        )
        lost = {key: [item for item in then[key] if item not in now[key]] for key in now}
    values = {key: [_value(part, key) for part in parts] for key in differing_keys(*parts)}
    return [
        f"{key} lacks {shorten(', '.join(map(str, items)))}" for key, items in lost.items() if items
    ] + [
        f"{key} is {shorten(repr(now))}, was {shorten(repr(then))}"
        for key, (now, then) in values.items()
    ]


def _value(part, key):
    for name in key.split("."):
        part = part.get(name) if isinstance(part, dict) else None
    return part
