"""What every script does around its `main`: a log, whole outputs, errors in one line."""

import contextlib
import importlib.metadata
import inspect
import json
import logging
import os
import platform
import signal
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

from normative.errors import UserError

logger = logging.getLogger(__name__)


@contextlib.contextmanager
def whole_outputs(outputs):
    """Give a temporary path for each output; move all into place when the block has succeeded.

    Each temporary file keeps its name, in a hidden folder beside the real one, so that the move
    is a rename on one file system and an output is there whole or not at all.

    Parameters
    ----------
    outputs : dict
        Name → final path, or list of final paths.

    Yields
    ------
    types.SimpleNamespace
        Name → temporary path, or list of temporary paths.
    """
    with contextlib.ExitStack() as stack:
        folders, moves = {}, []

        def temporary(path):
            parent, name = os.path.split(path)
            if parent not in folders:
                folder = tempfile.TemporaryDirectory(prefix=".unfinished-", dir=parent or ".")
                folders[parent] = stack.enter_context(folder)
            moves.append((os.path.join(folders[parent], name), path))
            return moves[-1][0]

        yield SimpleNamespace(
            **{
                name: temporary(paths) if isinstance(paths, str) else [*map(temporary, paths)]
                for name, paths in outputs.items()
            }
        )
        for unfinished, path in moves:
            os.replace(unfinished, path)


def run(main, snakemake):
    """Call a script's `main` with what its parameters name of the job.

    Log lines and warnings go to the rule's log file. A `UserError` ends the job with its one line,
    in the log and on the terminal; any other exception is logged with its traceback and raised.

    Parameters
    ----------
    main : function
        Its parameters are any of input, output, params, wildcards, threads, resources; `output`
        holds temporary paths.
    snakemake : snakemake.script.Snakemake
    """
    # Ended by Snakemake or a scheduler, a job still removes its temporary files.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    logging.basicConfig(
        filename=snakemake.log[0],
        filemode="w",
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        force=True,
    )
    logging.captureWarnings(True)
    arguments = {name: getattr(snakemake, name) for name in inspect.signature(main).parameters}
    try:
        with whole_outputs(dict(snakemake.output.items())) as arguments["output"]:
            main(**arguments)
            for note in getattr(arguments["output"], "provenance", []):
                with open(note, "w") as file:
                    json.dump(provenance(main, snakemake), file, indent=1, ensure_ascii=False)
    except UserError as error:
        logger.error("%s", error)
        sys.exit(f"Error: {error}")
    except Exception:
        logger.exception("rule %s, wildcards %s", snakemake.rule, dict(snakemake.wildcards.items()))
        raise


def provenance(main, snakemake):
    """Tell how a job made its outputs.

    Returns
    -------
    dict
        Its rule, script, wildcards, inputs, outputs and parameters; the digest of its code; the
        versions of Python and of the packages used, as this job found them.
    """
    params = dict(snakemake.params.items())
    library = params.pop("library")
    packages = {name: importlib.metadata.version(name) for name in library["packages"]}
    return {
        "rule": snakemake.rule,
        "script": f"scripts/{Path(main.__globals__['__file__']).name}",
        "wildcards": dict(snakemake.wildcards.items()),
        "inputs": dict(snakemake.input.items()),
        "outputs": {
            name: paths for name, paths in snakemake.output.items() if name != "provenance"
        },
        "parameters": params,
        "code": library["code"],
        "packages": {"python": platform.python_version(), **packages},
    }
