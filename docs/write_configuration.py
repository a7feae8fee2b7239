"""Write docs/configuration.md from the schema and the defaults: make docs."""

import json
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
START = """# Configuration

This page lists every setting of [config.yaml](../config.yaml), which has a comment on each. Write
the settings that you change to a file of your own and add it with `--configfile`. Settings are
merged by name, and a list replaces the default list. A mistake ends in one line that names the key,
or the line and column, before any job starts; `python scripts/check_config.py my_study.yaml` looks
for mistakes and runs nothing. `make docs` generates this page from the
[schema](../rules/schemas/config.schema.yaml).

| key | meaning | allowed | default |
|---|---|---|---|
"""
LIMITS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
}


def page():
    """Give the text of the page."""
    schema = yaml.safe_load((ROOT / "rules/schemas/config.schema.yaml").read_text(encoding="utf-8"))
    defaults = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    return START + "".join(f"| {' | '.join(row)} |\n" for row in rows(schema, defaults))


def rows(schema, defaults, parent=""):
    """Yield key, description, what is allowed and default of the keys of a part of the schema."""
    named = dict(schema.get("properties", {}))
    if isinstance(schema.get("additionalProperties"), dict):
        named["<name>"] = schema["additionalProperties"]
    for name, part in named.items():
        key = f"{parent}.{name}" if parent else name
        default = defaults.get(name) if isinstance(defaults, dict) else None
        if part.get("type") == "object":
            if "description" in part:
                yield f"`{key}`", part["description"], "", ""
            yield from rows(part, default, key)
        else:
            shown = "" if default is None else f"`{json.dumps(default)}`"
            yield f"`{key}`", part["description"], allowed(part), shown


def allowed(part):
    """Say in words what a value may be."""
    if "anyOf" in part:
        return ", or ".join(map(allowed, part["anyOf"]))
    if "const" in part:
        return f"`{part['const']}`"
    if "enum" in part:
        return ", ".join(f"`{value}`" for value in part["enum"])
    if isinstance(part["type"], list):
        return " or ".join(part["type"])
    words = [part["type"]]
    if part["type"] == "array" and "enum" in part.get("items", {}):
        words.append("of " + ", ".join(f"`{value}`" for value in part["items"]["enum"]))
    words += [words_of.format(part[limit]) for limit, words_of in LIMITS.items() if limit in part]
    return " ".join(words[:1]) + ("; " if len(words) > 1 else "") + ", ".join(words[1:])


if __name__ == "__main__":
    (ROOT / "docs/configuration.md").write_text(page(), encoding="utf-8")
