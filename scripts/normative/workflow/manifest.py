"""What a run made, of what and with what; and whether another run made the same."""

import hashlib
import json
import os
import platform
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import threadpoolctl
from pandas.api.types import is_numeric_dtype

from normative.workflow.errors import UserError

# Variables that make libraries take other instructions than the processor has.
INSTRUCTIONS = [
    "ATEN_CPU_CAPABILITY",
    "MKL_CBWR",
    "MKL_ENABLE_INSTRUCTIONS",
    "NPY_DISABLE_CPU_FEATURES",
    "ONEDNN_MAX_CPU_ISA",
    "OPENBLAS_CORETYPE",
]


def digest(path):
    """SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def describe_machine():
    """Describe what about a machine determines the last bits of results.

    Returns
    -------
    dict
        Operating system and processor; the instructions that NumPy found; the kind of processor
        that its BLAS takes this one for; C library and zlib; variables that change any of these.
    """
    simd = np.show_config(mode="dicts")["SIMD Extensions"]  # without the keys of what is none
    blas = {library.get("architecture") for library in threadpoolctl.threadpool_info()}
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "instructions": simd.get("baseline", []) + simd.get("found", []),
        "blas": sorted(filter(None, blas)),
        "libc": " ".join(platform.libc_ver()),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "variables": {name: os.environ[name] for name in INSTRUCTIONS if name in os.environ},
    }


def describe_commit():
    """Name the commit of the workflow, with "-dirty" if files differ from it; None if unknown."""
    workflow = Path(__file__).resolve().parents[3]
    command = ["git", "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*"]
    if not (workflow / ".git").exists():
        return None  # a copy without its history, perhaps within another repository
    try:
        found = subprocess.run(command, cwd=workflow, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None  # no git, or no commit
    return found.stdout.strip()


def read_manifest(folder):
    """Read the manifest in a folder.

    Raises
    ------
    UserError
        There is none, or it is not one.
    """
    path = Path(folder) / "MANIFEST.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        manifest["files"], manifest["machine"], manifest["packages"], manifest["config"]
    except FileNotFoundError:
        raise UserError(f"{path}: no such file; run the workflow to its end first") from None
    except (ValueError, KeyError, TypeError, UnicodeDecodeError):
        raise UserError(
            f"{path}: not a manifest; delete it and run the workflow, which writes it anew"
        ) from None
    return manifest


def altered_files(folder, manifest):
    """List files that are missing or have other bytes than when the manifest was written.

    Parameters
    ----------
    folder : str
        Of the manifest; its files lie below the folder above.
    manifest : dict

    Yields
    ------
    str
        One line a file.
    """
    root = Path(folder).absolute().parent
    for name, expected in manifest["files"].items():
        try:
            found = digest(root / name)
        except OSError as error:
            yield f"{root / name}: cannot be read ({error.strerror})"
            continue
        if found != expected:
            yield f"{root / name}: changed since the run (SHA-256 {found}, expected {expected})"


# How far numbers of one study may lie apart on two kinds of machine, absolute and relative, in
# tables by column; what is not named must be equal. One to four times what was measured: see
# docs/reproducibility.md.
_SIMILARITY, _P, _LOSS = (0.03, 0), (0.07, 0), (0.01, 0.5)
TOLERANCES = {
    **dict.fromkeys(["correlation", "similarity", "difference", "effect"], _SIMILARITY),
    **dict.fromkeys(["partial", "unique_variance", "similarity_with_failed"], _SIMILARITY),
    **dict.fromkeys(["ci_low", "ci_high", "stimuli_ci_low", "stimuli_ci_high"], _SIMILARITY),
    **dict.fromkeys(["se_neurons", "se_trials", "se_seeds"], (0.005, 0.2)),
    "df": (1, 0.5),
    **dict.fromkeys(["half_width_deg", "gap_deg"], (2, 0)),
    "block_deg": (5, 0),  # to the next multiple of 5°
    **dict.fromkeys(["share_first", "share_first_stimuli"], (0.2, 0)),
    **dict.fromkeys(["estimate", "ceiling_low", "ceiling_high", "truth", "error"], _SIMILARITY),
    **dict.fromkeys(["difference_ci_low", "difference_ci_high", "sd_seeds"], _SIMILARITY),
    **dict.fromkeys(["sd_animals", "sd_between", "sd_within"], _SIMILARITY),
    **dict.fromkeys(["group_ceiling_low", "group_ceiling_high"], _SIMILARITY),
    **dict.fromkeys([f"below_ceiling{end}" for end in ("", "_ci_low", "_ci_high")], _SIMILARITY),
    **dict.fromkeys(["median", "low_quartile", "high_quartile"], _SIMILARITY),
    **dict.fromkeys(["r2", "r2_beyond_mean", "r2_beyond_orientation"], _SIMILARITY),
    **dict.fromkeys(["p", "p_shift", "p_shift_max_t", "p_seeds", "stimuli_p"], _P),
    **dict.fromkeys(["p_holm", "p_seeds_holm", "stimuli_p_holm"], _P),
    **dict.fromkeys(["p_flips", "p_flips_max_t", "p_ceiling"], _P),
    **dict.fromkeys(["loss", "this_run", "least_error"], _LOSS),
    **dict.fromkeys(
        [f"{part}_{of}" for part in ("train", "test") for of in ("loss", "error")], _LOSS
    ),
    **dict.fromkeys(["iterations", "r2_iterations"], (5, 0.5)),  # of a flat loss
    "score": (0.02, 0.1),  # an accuracy, or an error in degrees
    "rank": (1, 0),  # of layers nearly alike
    "agreement": (0.06, 0),  # of a few such changes of rank
    "agrees": (1, 0),  # follows from `this_run`, and may be near its limit
}


def differing_values(path, reference):
    """Compare a table with that of another kind of machine.

    Returns
    -------
    differences : list of str
        One line for each value that lies further away than `TOLERANCES` allow.
    largest : dict
        Column → largest absolute difference within a tolerance.
    """
    ours, theirs = pd.read_csv(path), pd.read_csv(reference)
    if list(ours) != list(theirs) or len(ours) != len(theirs):
        return [f"{path}: {ours.shape} rows and columns, expected {theirs.shape}"], {}
    differences, largest = [], {}
    for column in ours:
        a, b = ours[column], theirs[column]
        if column in TOLERANCES and is_numeric_dtype(a) and is_numeric_dtype(b):
            absolute, relative = TOLERANCES[column]
            wrong = ~np.isclose(a, b, rtol=relative, atol=absolute, equal_nan=True)
            apart = np.abs(a.astype(float) - b.astype(float))
            largest[column] = float(apart[~wrong].max())
        else:
            wrong = ~((a == b) | (a.isna() & b.isna())).to_numpy()
        differences += [
            f"{path}: row {row + 2}, column `{column}`: {a[row]}, expected {b[row]}"
            for row in np.flatnonzero(wrong)
        ]
    return differences, largest
