"""What every script does around its `main`: a log, whole outputs, errors in one line."""

import contextlib
import errno
import gc
import glob
import importlib.metadata
import inspect
import json
import logging
import os
import platform
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

from normative.workflow.errors import AGAIN, UserError, disk_is_full, no_space
from normative.workflow.own_code import blame

logger = logging.getLogger(__name__)


@contextlib.contextmanager
def whole_outputs(outputs):
    """Give a temporary path for each output; move all into place when the block has succeeded.

    Each temporary file keeps its name, in a hidden folder beside the real one, so that the move
    is a rename on one file system and an output is there whole or not at all. What an earlier try
    of the same job left in such a folder when it was killed is removed.

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
                prefix = f".unfinished-{name}-"
                for left in Path(parent or ".").glob(f"{glob.escape(prefix)}*"):
                    shutil.rmtree(left, ignore_errors=True)
                folder = tempfile.TemporaryDirectory(prefix=prefix, dir=parent or ".")
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
    in the log and on the terminal, and so does what the disk or another program has done; any other
    exception is logged with its traceback and raised.

    Parameters
    ----------
    main : function
        Its parameters are any of input, output, params, wildcards, threads, resources; `output`
        holds temporary paths.
    snakemake : snakemake.script.Snakemake
    """
    gc.freeze()  # what was imported stays to the end: a tenth of a second less to go through
    logging.raiseExceptions = False  # a log that cannot be written is no reason to fail
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
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # a hundred lines a figure
    arguments = {name: getattr(snakemake, name) for name in inspect.signature(main).parameters}
    full = False
    try:
        with whole_outputs(dict(snakemake.output.items())) as arguments["output"]:
            try:
                main(**arguments)
                for note in getattr(arguments["output"], "provenance", []):
                    with open(note, "w", encoding="utf-8") as file:
                        json.dump(provenance(main, snakemake), file, indent=1, ensure_ascii=False)
            except Exception:
                full = disk_is_full(folder_of_output(snakemake))  # before it is cleared
                raise
    except UserError as error:
        logger.error("%s", error)
        sys.exit(f"Error: {error}")
    except Exception as error:
        logger.exception("rule %s, wildcards %s", snakemake.rule, dict(snakemake.wildcards.items()))
        if reason := from_outside(error, snakemake, full) or blame(error):
            sys.exit(f"Error: {UserError(reason)}")
        raise


def folder_of_output(snakemake):
    """Absolute path of the folder of a job's first output."""
    return Path(_paths(snakemake.output)[0]).absolute().parent


def from_outside(error, snakemake, full):
    """Tell what went wrong outside the program, and what to do; None if nothing is known to have.

    Libraries raise many kinds of errors when they cannot write, so that `full` tells of the disk.
    """
    folder = folder_of_output(snakemake)
    number = error.errno if isinstance(error, OSError) else None
    if full or number in (errno.ENOSPC, errno.EDQUOT):
        return no_space(folder)
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{folder}: cannot be written to ({error.strerror}); make it writable, {AGAIN}"
    for path in _paths(snakemake.input):
        if not Path(path).exists():
            return f"{path}: vanished while the run was under way; put it back, or just {AGAIN[5:]}"
    if isinstance(error, MemoryError):
        return f"rule {snakemake.rule}: not enough memory ({error}); close other programs, {AGAIN}"
    return None


def _paths(files):
    """List the paths of a job's named inputs or outputs, some of which are lists."""
    named = [paths for _, paths in files.items()]
    return [path for paths in named for path in ([paths] if isinstance(paths, str) else paths)]


def provenance(main, snakemake):
    """Tell how a job made its outputs.

    Returns
    -------
    dict
        Its rule, script, wildcards, inputs, outputs and parameters; the digest of its code; the
        versions of Python and of the packages used, as this job found them.
    """
    params = dict(snakemake.params.items())
    code = params.pop("code")
    packages = {name: importlib.metadata.version(name) for name in code["packages"]}
    return {
        "rule": snakemake.rule,
        "script": f"scripts/{Path(main.__globals__['__file__']).name}",
        "wildcards": dict(snakemake.wildcards.items()),
        "inputs": dict(snakemake.input.items()),
        "outputs": {
            name: paths for name, paths in snakemake.output.items() if name != "provenance"
        },
        "parameters": params,
        "code": code["digest"],
        "packages": {"python": platform.python_version(), **packages},
    }
