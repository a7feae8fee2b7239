"""Look for mistakes in configuration files: python scripts/check_config.py FILE ..."""

import subprocess
import sys
from pathlib import Path

import yaml

SNAKEFILE = Path(__file__).resolve().parents[1] / "Snakefile"


def syntax_error(path):
    """Tell where a file is no YAML, in one line; None if it is."""
    try:
        content = yaml.safe_load(Path(path).read_bytes())
    except FileNotFoundError:
        return (
            f"{path}: no such file; correct its name. A target, such as paper, stands before "
            "--configfile: snakemake --cores all paper --configfile FILE"
        )
    except OSError as error:
        return f"{path}: cannot be read ({error.strerror}); give the path of a file"
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{path}, line {mark.line + 1}, column {mark.column + 1}"
        found = " ".join(filter(None, [error.context, error.problem]))
        return f"{place}: {found}; indent with spaces, the keys of one level by the same number"
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return f"{path}: found {' '.join(str(error).split())}, expected text in UTF-8"
    if not isinstance(content, dict):
        return f"{path}: found no keys, expected lines such as `bin_width: 6`"
    return None


def main(paths):
    """Check the files as a run with all of them after `--configfile` would."""
    if not paths:
        sys.exit(f"Error: {__doc__}")
    if mistakes := [mistake for path in paths if (mistake := syntax_error(path))]:
        sys.exit("\n".join(f"Error: {mistake}" for mistake in mistakes))
    command = [sys.executable, "-m", "snakemake", "--snakefile", SNAKEFILE, "--list"]
    done = subprocess.run([*command, "--configfile", *paths], capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.splitlines()
        sys.exit("\n".join([line for line in said if line.startswith("Error: ")] or said))
    print(f"No mistake found in {', '.join(paths)}")


if __name__ == "__main__":
    main(sys.argv[1:])
