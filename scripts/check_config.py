"""Look for mistakes in configuration files: python scripts/check_config.py FILE ..."""

import difflib
import subprocess
import sys
from pathlib import Path

import yaml

SNAKEFILE = Path(__file__).resolve().parents[1] / "Snakefile"


class Loader(yaml.SafeLoader):
    """Refuses a key that stands twice in a mapping, of which YAML's own loader drops the first."""

    def construct_mapping(self, node, deep=False):
        """Make a dict."""
        marks = {}
        for key, _ in node.value:
            first = marks.setdefault(key.value, key.start_mark)
            if first is not key.start_mark:
                raise KeyError(key.value, first.line + 1, key.start_mark.line + 1)
        return super().construct_mapping(node, deep)


def syntax_error(path):
    """Tell where a file is no YAML, or has a key twice, in one line; None if all is well."""
    try:
        content = yaml.load(Path(path).read_bytes(), Loader)
    except KeyError as error:
        key, first, second = error.args
        return (
            f"{path}, line {second}: found the key `{key}` a second time, after line {first}; put "
            "what belongs to it in one place"
        )
    except FileNotFoundError:
        return f"{path}: no such configuration file; {what_was_meant(Path(path))}"
    except OSError as error:
        return f"{path}: cannot be read ({error.strerror}); give the path of a file"
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{path}, line {mark.line + 1}, column {mark.column + 1}"
        found = " ".join(filter(None, [error.context, error.problem]))
        return (
            f"{place}: {found}; look here and at the line above: a space after each colon, "
            "brackets closed, keys of one level indented by the same number of spaces"
        )
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return f"{path}: found {' '.join(str(error).split())}, expected text in UTF-8"
    if not isinstance(content, dict):
        return f"{path}: found no keys, expected lines such as `bin_width: 6`"
    return None


def what_was_meant(path):
    """Say what to do about a file that is not there, which may be a target after `--configfile`."""
    if path.suffix not in (".yaml", ".yml", ".json"):
        return (
            "a target stands before --configfile, which takes every word after it for such a file: "
            f"snakemake --cores all {path} --configfile FILE"
        )
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}; correct its path"
    there = {found.stem: found for found in sorted(path.parent.glob("*.y*ml"))}
    meant = difflib.get_close_matches(path.stem, there, n=1)
    return f"did you mean {there[meant[0]]}?" if meant else "correct its name or folder"


def check_command(words):
    """End a run, before it starts, in one line that says which configuration file cannot be read.

    The workflow's own is one of them. Snakemake itself would end in a traceback. The profile
    `profiles/default` calls this.

    Parameters
    ----------
    words : list of str
        Of the command, as in `sys.argv`.
    """
    paths, are_files = [], False
    for word in words:
        option, _, path = word.partition("=")
        if word.startswith("-"):
            are_files = option in ("--configfile", "--configfiles")
            if are_files and path:  # `--configfile=FILE`, which takes no other words
                paths, are_files = [*paths, path], False
        elif are_files:
            paths.append(word)
    # A pipe can be read but once.
    files = [SNAKEFILE.with_name("config.yaml"), *paths]
    files = [path for path in files if not Path(path).is_fifo()]
    if mistakes := [mistake for path in files if (mistake := syntax_error(path))]:
        sys.exit("\n".join(f"Error: {mistake}" for mistake in mistakes))


def main(paths):
    """Check the files as a run with all of them after `--configfile` would."""
    if not paths:
        sys.exit(f"Error: {__doc__}")
    check_command(["--configfile", *paths])
    command = [sys.executable, "-m", "snakemake", "--snakefile", SNAKEFILE, "--list"]
    done = subprocess.run([*command, "--configfile", *paths], capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.splitlines()
        sys.exit("\n".join([line for line in said if line.startswith("Error: ")] or said))
    print(f"No mistake found in {', '.join(paths)}")


if __name__ == "__main__":
    main(sys.argv[1:])
