"""Look at a recording before it is used: what is in it, and how it would be read.

    python scripts/inspect_recording.py FILE > my_recording.yaml

Writes what was found to the terminal, and an overlay of the configuration to the output, ready for
snakemake --configfile. Every choice stands there with its reason; change what is wrong.
"""

import argparse
import re
import sys
import unicodedata
from dataclasses import replace
from pathlib import Path

import numpy as np
import yaml

from normative.recordings import inspection
from normative.recordings.binning import (
    MINIMUM_STIMULI,
    average_angles,
    choose_bin_width,
    group_rows,
    is_kept,
    treat_above_180,
)
from normative.recordings.convention import group_angles
from normative.recordings.preparation import convert, prepare
from normative.recordings.readers import (
    READERS,
    find_format,
    load_reader,
    read_recording,
    stimuli,
)
from normative.recordings.recording import UNKNOWN
from normative.workflow.config import FOLDERS, find_mistake
from normative.workflow.errors import UserError

REPOSITORY = Path(__file__).resolve().parents[1]
N_SIGNS, N_DRAWN = 12, 8  # gratings in the text, and in the picture


def main():
    """Look at the file of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", help="a recording, or a folder of suite2p")
    parser.add_argument("--name", help="of the dataset; else from the file's name")
    parser.add_argument("--picture", help="a PNG with the gratings as they will be shown")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="a choice of yours"
    )
    arguments = parser.parse_args()
    if arguments.file is None:
        tell("Recordings that can be read:")
        for name, what in READERS.items():
            tell(f"  {name:10}{what}")
        tell("Name a file: python scripts/inspect_recording.py FILE > my_recording.yaml")
        return
    try:
        overlay, obstacle = inspect(arguments)
    except UserError as error:
        sys.exit(f"Error: {error}")
    print(overlay, end="")
    if obstacle:
        sys.exit(f"Error: {arguments.file}: {obstacle}")


def tell(line=""):
    """Write a line to the terminal, beside the overlay."""
    print(line, file=sys.stderr)


def inspect(arguments):
    """Find out what can be found out; tell it.

    Returns
    -------
    overlay : str
    obstacle : str or None
        Why a run with this overlay would stop.
    """
    path = arguments.file
    if not Path(path).exists():
        raise UserError(f"{path}: no such file; correct the path")
    own = dict(parse_choice(choice) for choice in arguments.set)
    name = name_dataset(arguments.name or Path(path).stem)
    check_entry(name, {"path": path, **own})
    contents = load_reader(own.get("format") or find_format(path)).look(path)
    forget_guesses(contents, own)
    tell(f"{path}: {READERS[contents.format]}")
    for array in contents.arrays:
        tell(f"  {describe(array)}")

    entry = {"path": path, "format": contents.format, **contents.entry, **own}
    comments = {"format": "found by the file's content", **contents.comments}
    comments |= dict.fromkeys(own, "your choice")
    unknown = {"unit": "degrees"}  # until they are read: as degrees all angles can be
    recording = read_recording(path, {**unknown, **entry})
    header = choose_conditions(recording, entry, comments)
    if header and recording.is_selected:
        recording = read_recording(path, {**unknown, **entry})
    header += decide(recording, contents, entry, comments, own)
    arrays = prepare(recording, entry, path)
    header += ask_of_warnings(arrays["notes"][len(recording.notes) :])
    tell_result(recording, arrays, entry)
    if arguments.picture:
        draw(recording, entry, arguments.picture)
        tell(
            "The gratings as they will be shown, by the angle in the file and by that of the "
            f"results: {arguments.picture}"
        )
    obstacle = tell_if_few(arrays["stimuli"], entry.get("above_180", "drop"))
    if obstacle:
        header.insert(0, f"LOOK: {obstacle}")
    return inspection.write_overlay(name, entry, comments, header), obstacle


def forget_guesses(contents, own):
    """Take away what was guessed of other responses, or angles, than those that are chosen."""
    guesses = {"responses": ["axes"], "orientation": ["unit", "rows"]}
    table = contents.entry.get("orientation", "").rpartition("/")[0]
    if own.get("orientation", "").rpartition("/")[0] != table:  # of NWB
        guesses["orientation"].append("window")
    for chosen, keys in guesses.items():
        if own.get(chosen, contents.entry.get(chosen)) == contents.entry.get(chosen):
            continue
        for key in keys:
            contents.entry.pop(key, None)
            contents.open_questions = [
                question
                for question in contents.open_questions
                if question.partition(":")[0] != key
            ]


def tell_if_few(angle, above_180):
    """Say that fewer orientations are left than a run needs; None where there are enough."""
    treated = treat_above_180(angle, above_180)
    bin_width = choose_bin_width(treated, above_180, load_defaults()["bin_width"])
    means = average_angles(treated, group_rows(treated, bin_width))
    n_left = int(is_kept(means, above_180).sum())
    if n_left >= MINIMUM_STIMULI:
        return None
    return (
        f"{n_left} orientations are left, expected at least {MINIMUM_STIMULI}: a run would stop; "
        "choose others by `orientation`, `rows`, `nan` or `above_180`"
    )


def name_dataset(text):
    """Make a name that the configuration takes, and that is none of the workflow's own."""
    text = unicodedata.normalize("NFKD", text)  # an umlaut becomes its letter and dots
    text = "".join(c for c in text if not unicodedata.combining(c))
    name = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_")
    if not re.match("[A-Za-z]", name) or name.lower() in {"na", "nan", "null", "none"}:
        name = f"recording_{name}".strip("_")
    lower = name.lower()
    is_own = lower in {*load_defaults()["datasets"], *FOLDERS} or lower.startswith("simulated")
    return f"my_{name}" if is_own else name


def load_defaults():
    """Load the configuration that an overlay is laid over."""
    return yaml.safe_load((REPOSITORY / "config.yaml").read_text(encoding="utf-8"))


def parse_choice(text):
    """Read KEY=VALUE, the value as YAML."""
    key, is_there, value = text.partition("=")
    if not is_there:
        raise UserError(f"--set {text}: found no `=`, expected KEY=VALUE")
    try:
        return key, yaml.safe_load(value)
    except yaml.YAMLError:
        raise UserError(
            f"--set {text}: found {value!r}, expected a value in YAML, such as [1, 2]; correct it"
        ) from None


def check_entry(name, entry):
    """Refuse a choice that the configuration would refuse, before anything is read by it."""
    config = load_defaults()
    schema = REPOSITORY / "rules" / "schemas" / "config.schema.yaml"
    config |= {"dataset": name, "datasets": {name: entry}}
    mistake = find_mistake(config, yaml.safe_load(schema.read_text(encoding="utf-8")))
    if mistake:
        raise UserError(mistake)


def choose_conditions(recording, entry, comments):
    """Choose one value of each condition that is crossed; tell of each, for the header."""
    header = []
    for name in inspection.find_angles(recording.conditions, recording.angle):
        if name not in {*entry.get("average_over", []), *entry.get("rows", {})}:
            entry["average_over"] = [*entry.get("average_over", []), name]
            comments["average_over"] = "conditions whose values are averaged"
            header.append(
                f"LOOK: average_over: {name} (each value has one angle: if it is what was shown, "
                f"make it the `orientation`)"
            )
    named = {*entry.get("average_over", []), *entry.get("rows", {})}
    chosen = inspection.choose_rows(
        recording.conditions,
        recording.angle,
        {} if recording.is_selected else entry.get("rows", {}),
        named,
    )
    for name, (value, found) in chosen.items():
        entry["rows"] = {**entry.get("rows", {}), name: value}
        comments["rows"] = "one value of each condition; average_over: […] averages instead"
        header.append(
            f"LOOK: rows: {name} of {value}, one of {list_few(found)}; or average over all of them "
            f"by `average_over: [{name}]`{ask_of_session(name, entry)}"
        )
    return header


def ask_of_session(name, entry):
    """Ask whether cells of a long table have the same names in different sessions or planes."""
    if "cell" not in entry or not set(stimuli.words(name)) & (stimuli.SESSION | stimuli.PART):
        return ""
    cell = entry["cell"] if isinstance(entry["cell"], list) else [entry["cell"]]
    return f"; or, if it has cells of its own, `cell: [{', '.join([name, *cell])}]`"


def used_angle(recording, entry):
    """Give the angles of a recording, NaN of rows that `rows` leaves out."""
    if recording.is_selected or not entry.get("rows"):
        return recording.angle
    is_used, _ = stimuli.select_rows(entry["path"], recording.conditions, entry["rows"])
    return np.where(is_used, recording.angle, np.nan)


def decide(recording, contents, entry, comments, own):
    """Add to an entry what follows from the data; give what a user must look at, for the header."""
    header = []
    recording = replace(recording, angle=used_angle(recording, entry))

    def choose(key, value, reason, is_open=False):
        if key in own or value is None:
            return
        if key in contents.entry:  # the reader knows its format, and has read by it
            value, reason = contents.entry[key], contents.comments.get(key, reason)
        entry[key], comments[key] = value, reason
        if is_open:
            header.append(f"LOOK: {key}: {value} ({reason})")

    unit = stimuli.guess_unit(recording.angle)
    is_open = stimuli.is_small(recording.angle)
    choose("unit", unit, "by the range of the angles", is_open=is_open)
    in_degrees = np.rad2deg(recording.angle) if entry["unit"] == "radians" else recording.angle
    period = inspection.guess_period(in_degrees, entry.get("orientation", ""))
    choose("period", period, "by the range of the angles, in degrees", is_open=True)
    rows = np.isfinite(recording.angle)
    is_tutorial = inspection.is_of_tutorial(entry, in_degrees[rows])
    vertical, turning, reason = inspection.guess_convention(entry["period"], is_tutorial)
    choose("vertical", vertical, reason, is_open=True)
    choose("turning", turning, reason, is_open=True)
    odd = inspection.find_odd_angle(in_degrees[rows])
    if odd is not None:
        header.append(
            f"LOOK: orientation: {odd:g}° is off the even grid of the other angles; if it marks "
            "blanks, write NaN instead, or leave out its rows with `rows`"
        )
    canonical = convert(recording.angle[rows], entry)
    choose("above_180", *inspection.guess_above_180(canonical, is_tutorial), is_open=True)
    some = np.asarray(recording.responses[:, :2000])[rows]
    some = some[~np.isnan(some).all(axis=1)]  # rows without any response are left out
    is_bad = ~np.isfinite(some)
    if n_bad := int(is_bad.any(axis=0).sum()):
        what = "NaN or infinite numbers" if np.isinf(some).any() else "NaN"
        reason = f"{n_bad} of {some.shape[1]} cells looked at have {what}"
        is_padded = recording.is_trials and is_bad.any(axis=1).mean() < is_bad.any(axis=0).mean()
        if is_padded:
            reason += f", and {is_bad.any(axis=1).sum()} of {len(some)} trials"
        choose("nan", "drop_trials" if is_padded else "drop_cells", reason, is_open=is_padded)
    header += ask_of_warnings(recording.notes)
    header += inspection.ask_of_blanks(in_degrees[rows])
    header += inspection.ask_of_fillers(some)
    values, normalize, reason = inspection.guess_values(some)
    choose("normalize", normalize, reason, is_open=True)
    if entry["normalize"] == "none" and recording.values != UNKNOWN:
        choose("values", recording.values, "as the file says")
    elif entry["normalize"] == "none":
        choose("values", values, reason)
    open_ones = [
        each
        for each in contents.open_questions
        if each.partition(":")[0] not in own and not any(f"(`{key}`)" in each for key in own)
    ]
    return header + [f"LOOK: {question}" for question in open_ones]


def ask_of_warnings(notes):
    """Make a line to look at of each note that warns."""
    warnings = [note for note in notes if note.startswith("Warning: ")]
    return [f"LOOK: {note.removeprefix('Warning: ')}" for note in warnings]


def list_few(values):
    """Write the first values of a list."""
    shown = ", ".join(map(str, values[: inspection.SHOWN]))
    return shown + (", …" if len(values) > inspection.SHOWN else "")


def describe(array):
    """Write an array of a file in a line."""
    shape = " × ".join(map(str, array.shape)) or "one value"
    line = f"{array.name}: {shape}, {array.dtype}"
    if array.minimum is not None:
        line += f", {array.minimum:.4g} to {array.maximum:.4g}"
    if array.n_missing:
        line += f", {array.n_missing} NaN"
    if array.examples:
        line += f" ({list_few(array.examples)} …)"
    return line


def tell_result(recording, arrays, entry):
    """Tell what the recording is as it would be read."""
    angle, cells = arrays["stimuli"], arrays["resp"].shape[1]
    period = 180 if angle.max() < 180 else 360
    n_orientations = len(group_angles(angle % 180)[0])
    tell()
    tell("As it would be read:")
    tell(f"  {len(recording.angle)} rows, {cells} cells")
    tell(
        f"  {len(angle)} different angles, {n_orientations} orientations on the circle of 180°, "
        f"{inspection.describe_spacing(angle, period)}"
    )
    if "n_trials" in arrays:
        n = arrays["n_trials"]
        tell(f"  {n.min()} to {n.max()} trials each" if np.ptp(n) else f"  {n[0]} trials each")
    for note in arrays["notes"]:
        tell(f"  {note}")
    tell()
    tell("The gratings, by the angle in the file:")
    shown, orientation = choose_gratings(recording, entry, N_SIGNS)
    signs = inspection.draw_in_text(orientation)
    tell("  " + "   ".join(f"{a:g} {sign}" for a, sign in zip(shown, signs, strict=True)))
    tell()


def choose_gratings(recording, entry, most):
    """Choose up to some gratings: their angles in the file, and orientations from vertical."""
    angle = used_angle(recording, entry)
    different = np.unique(angle[np.isfinite(angle)])
    shown = different[:: -(-len(different) // most)]
    return shown, convert(shown, entry) - 90


def draw(recording, entry, path):
    """Draw a row of gratings, above each its angle in the file and what the results call it."""
    from normative.figures.panels import draw_gratings
    from normative.figures.style import MM, WIDE, degrees, plt
    from normative.stimuli.gratings import grating

    angles, orientations = choose_gratings(recording, entry, N_DRAWN)
    figure, axes = plt.subplots(1, len(angles), figsize=(WIDE, 30 * MM), squeeze=False)
    draw_gratings(axes[0], orientations, grating(orientations))
    for axis, angle, orientation in zip(axes[0], angles, orientations, strict=True):
        above = entry.get("above_180")
        # 180° of the tutorial's convention itself is folded onto 0°, and not dropped.
        name = degrees(orientation - 180 if orientation >= 90 and above == "fold" else orientation)
        is_dropped = orientation > 90 and above == "drop"
        axis.set_title(f"file: {angle:g}\n{'left out' if is_dropped else f'results: {name}'}")
    figure.savefig(path)


if __name__ == "__main__":
    main()
