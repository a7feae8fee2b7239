"""What can be found out about a recording, and what its user must decide."""

import re

import numpy as np
import yaml

from normative.recordings.convention import group_angles
from normative.recordings.readers.stimuli import (
    comparable,
    distinct,
    is_function,
    is_one_of,
    missing,
)
from normative.stimuli.gratings import SAME_DEG

FEW_ORIENTATIONS = 10  # fewer than these are not folded: too little would be left
N_OF_TUTORIAL, N_OF_AUTHORS = 360, 60  # angles of the tutorial's files; of others, at least
ALIKE = 0.8, 1.25  # between which SDs are of nearly all cells that are z-scored
FILLERS = (-99, 99, -999, 999, -9999, 9999)  # that stand for missing values
SHOWN = 12  # values that are listed
FAR = 3  # steps of an even grid from its end, beyond which an angle may be none


def guess_period(angle_deg, name=""):
    """Tell orientations alone (below 180°) from directions or polarities (up to 360°).

    180° is the 0° that orientations began with, unless the name is of directions.
    """
    finite = angle_deg[np.isfinite(angle_deg)]
    is_direction = re.search(r"(?<![a-z])(dir|motion)", str(name).lower())
    end = -SAME_DEG if is_direction else SAME_DEG
    return 180 if not finite.size or np.ptp(finite) < 180 + end else 360


def is_of_tutorial(entry, angle_deg):
    """Tell by format, names and angles whether a file is the tutorial's, or of the same authors.

    The former's angles go around the whole circle by 1°, the latter's are continuous.

    Parameters
    ----------
    entry : dict
        The dataset's: `format`, `responses` and `orientation`.
    angle_deg : array
        Finite.
    """
    different = group_angles(angle_deg)[0]
    names = entry.get("responses"), entry.get("orientation")
    if names == ("sresp", "istim"):
        return entry["format"] != "table" and len(different) >= N_OF_AUTHORS
    is_named = names[0] in (None, "resp", "resp_train") and names[1] in (None, "stimuli")
    is_by_degree = len(different) == N_OF_TUTORIAL and np.allclose(
        np.diff(different), 1, atol=10 * SAME_DEG
    )
    return entry["format"] == "npz" and is_named and is_by_degree


def guess_convention(period, is_tutorial):
    """Choose the commonest convention of angles, which no file tells.

    Returns
    -------
    vertical : int
    turning : str
    reason : str
    """
    if is_tutorial:
        return 90, "clockwise", "the tutorial's arrays: 90° is vertical, above it tilts right"
    if period == 180:
        return 90, "counterclockwise", "as angles of a line with the horizontal"
    return 0, "counterclockwise", "as directions of motion, 0° to the right, 90° up"


def guess_values(responses):
    """Name what numbers look like, and whether they want normalization.

    Parameters
    ----------
    responses : array, shape (rows, cells)

    Returns
    -------
    values : str
    normalize : str
    reason : str
    """
    finite = np.where(np.isfinite(responses), responses, np.nan)
    finite = finite[:, ~np.isnan(finite).all(axis=0)]
    if not finite.size:
        return "a.u.", "none", "no number is finite"
    means, sds = np.nanmean(finite, axis=0), np.nanstd(finite, axis=0)
    low, high = np.quantile(sds[sds > 0], [0.05, 0.95]) if sds.any() else (0, 0)
    if np.median(np.abs(means)) < 0.2 and low > ALIKE[0] and high < ALIKE[1]:
        return "z-score", "none", "all cells have means near 0 and SDs near 1: z-scored already"
    if np.nanmin(finite) >= 0:
        is_whole = np.all(finite[np.isfinite(finite)] % 1 == 0)
        kind = "spike counts" if is_whole else "rates or raw fluorescence"
        return (
            kind,
            "zscore",
            f"no number is negative: {kind}",
        )
    return "dF/F", "zscore", "numbers of both signs, not z-scored: dF/F or the like"


def guess_above_180(angle_deg, is_tutorial):
    """Choose what becomes of angles above 180°; None where there are none."""
    if not np.any(angle_deg > 180 + SAME_DEG):
        return None, ""
    if is_tutorial:
        return "drop", "as the tutorial does"
    n_folded = len(group_angles(angle_deg % 180)[0])
    if n_folded < FEW_ORIENTATIONS:
        return "keep", f"folded, only {n_folded} orientations would be left"
    return "fold", "θ and θ + 180° are one image to a network, and no data are lost"


def choose_rows(conditions, angle, rows=(), average_over=()):
    """Choose one value of each condition that was varied: the highest contrast, else the commonest.

    Each is chosen among the rows that are left by those before, contrast first, so that some are.

    Parameters
    ----------
    conditions : dict of array, shape (rows,)
    angle : array, shape (rows,)
        NaN for blanks, which do not count.
    rows : dict
        Name → value or values, of conditions that are chosen already.
    average_over : sequence of str

    Returns
    -------
    dict
        Name → value, and the values found among these rows.
    """
    is_left = np.isfinite(angle)
    for name, wanted in dict(rows).items():
        if name in conditions:
            wanted = wanted if isinstance(wanted, list) else [wanted]
            is_left = is_left & is_one_of(conditions[name], wanted)
    open_ones = [name for name in conditions if name not in rows and name not in average_over]
    chosen = {}
    for name in sorted(open_ones, key=is_contrast, reverse=True):
        values = conditions[name]
        is_there = is_left & ~missing(values)
        found = distinct(values[is_there])
        if not found or (len(found) == 1 and is_there.sum() == is_left.sum()):
            continue
        counts = [is_one_of(values[is_there], [value]).sum() for value in found]
        value = found[-1] if is_contrast(name) else found[int(np.argmax(counts))]
        is_left = is_there & is_one_of(values, [value])
        chosen[name] = value, found
    return chosen


def find_angles(conditions, angle):
    """List conditions of which each value has one angle, and some angles several values.

    Directions beside orientations: one value of them would leave one orientation.

    Parameters
    ----------
    conditions : dict of array, shape (rows,)
    angle : array, shape (rows,)
        NaN for blanks, which do not count.
    """
    shown = np.isfinite(angle)
    codes = np.unique(angle[shown], return_inverse=True)[1]
    return [
        name
        for name, values in conditions.items()
        if codes.max(initial=0) > 0 and is_function(codes, comparable(values[shown]))
    ]


def is_contrast(name):
    """Tell a condition by its name to be contrast."""
    return "contrast" in name.lower()


def describe_spacing(angles, period):
    """Say how angles are spaced around their circle."""
    steps = np.diff(np.append(angles, angles[0] + period))
    if np.ptp(steps) < 10 * SAME_DEG:
        return f"evenly spaced by {steps[0]:g}°, all around {period}°"
    return f"unevenly spaced, by {steps.min():g}° to {steps.max():g}° on the circle of {period}°"


def find_odd_angle(angle_deg):
    """Find the one angle without which the others are an even grid: it may mark blanks.

    Parameters
    ----------
    angle_deg : array, shape (rows,)
        Finite.

    Returns
    -------
    float or None
        None where it is a point of that grid, not more than `FAR` steps from the others.
    """
    different = group_angles(angle_deg)[0]
    if len(different) < 6:
        return None
    for index, angle in enumerate(different):
        others = np.delete(different, index)
        if is_even(others):
            steps = (angle - others[0]) / (others[1] - others[0])
            n_away = max(-steps, steps - len(others) + 1)
            is_odd = n_away > FAR or abs(steps - round(steps)) > 0.01
            return float(angle) if is_odd else None
    return None


def ask_of_blanks(angle_deg):
    """Ask whether 0° marks blanks, where it has far more rows than the others."""
    different, index = group_angles(angle_deg)
    counts = np.bincount(index)
    if len(counts) < 3 or different[0] != 0 or counts[0] < 1.5 * counts[1:].max():
        return []
    return [
        f"LOOK: orientation: 0 has {counts[0]} rows, the others at most {counts[1:].max()}: does "
        "it mark blanks, too? write NaN instead, or leave out its rows with `rows`"
    ]


def ask_of_fillers(responses):
    """Ask whether a number such as 999 or −99, far from all others, stands for no response."""
    found = [
        number
        for number in FILLERS
        if (responses == number).any()
        and np.nanmax(np.abs(responses[np.abs(responses) != abs(number)]), initial=0)
        < abs(number) / 5
    ]
    return [
        f"LOOK: responses: {(responses == number).sum()} are {number}, far from all others: if "
        "they stand for missing ones, write NaN instead"
        for number in found
    ]


def is_even(angle_deg):
    """Tell whether ascending angles have equal steps."""
    return np.ptp(np.diff(angle_deg)) < 10 * SAME_DEG


def draw_in_text(orientation_deg):
    r"""Draw gratings as signs: | vertical, / tilted right, \ tilted left, – horizontal."""
    signs = {0: "|", 45: "/", 90: "–", 135: "\\"}
    folded = np.asarray(orientation_deg) % 180
    nearest = [min(signs, key=lambda a: min(abs(a - o), 180 - abs(a - o))) for o in folded]
    return [signs[angle] for angle in nearest]


def write_overlay(name, entry, comments, header):
    """Write a configuration overlay, each choice with a comment.

    Parameters
    ----------
    name : str
        Of the dataset.
    entry : dict
    comments : dict of str
        By key of the entry.
    header : list of str
        Comments above.

    Returns
    -------
    str
        YAML.
    """
    key = dump(name)
    lines = [*(f"# {escape(line)}" for line in header), f"dataset: {key}", "datasets:"]
    lines.append(f"  {key}:")
    for key, value in entry.items():
        comment = f"  # {escape(comments[key])}" if comments.get(key) else ""
        lines.append(f"    {key}: {dump(value)}{comment}")
    return "\n".join(lines) + "\n"


def dump(value):
    """Write a value in a line of YAML, quoted where it would be read as something else."""
    style = {"default_flow_style": True, "allow_unicode": True, "width": np.inf}
    text = yaml.safe_dump(value, **style).removesuffix("...\n").strip()
    if len(text.splitlines()) > 1:  # only double quotes can keep a line break in a line
        text = yaml.safe_dump(value, **style, default_style='"').strip()
    return text


def escape(text):
    r"""Write characters that would end a comment, or that YAML forbids, as \n and the like."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(text))
