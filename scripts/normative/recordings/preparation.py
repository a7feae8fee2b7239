"""From a recording as it was read to one in the tutorial's layout, every choice told.

Trials are averaged by orientation, in blocks of cells, so that single trials of thousands of cells
need little more memory than they take in the file.
"""

import numpy as np

from normative.recordings.binning import MOST_ORIENTATIONS, choose_bin_width, treat_above_180
from normative.recordings.convention import canonical_angle, group_angles
from normative.recordings.parts import noise_variances, part_weights
from normative.recordings.readers import stimuli
from normative.stimuli.gratings import SAME_DEG
from normative.workflow.errors import UserError

CELLS_AT_ONCE = 500
FEWEST_COMPARED, CELLS_COMPARED = 10, 100  # by which trials are looked up that are there twice
CONSTANT = 1e-9  # SD by mean, below which a cell varies by rounding alone
VALUES = {  # what numbers are after each normalization; `none` leaves them as they are
    "zscore": "z-score",
    "zscore_trials": "z-score",
    "spontaneous": "SD of spontaneous activity",
}


def prepare(recording, entry, path):
    """Select, normalize and average a recording.

    Parameters
    ----------
    recording : Recording
    entry : dict
        The dataset's entry of the configuration.
    path : str
        Of the file, for messages.

    Returns
    -------
    dict of array
        `resp`, shape (angles, cells), float32; `stimuli`, canonical angles in degrees; `n_trials`,
        shape (angles,), if known; `resp_train` and `resp_test`, means of halves of the trials, if
        there are any; `cells`; `values`, what the numbers are; `notes`, sentences.

    Raises
    ------
    UserError
        If a choice is missing that changes the answer, or the data cannot be used.
    """
    notes = list(recording.notes)
    rows = select_rows(recording, entry, path, notes)
    cells = select_cells(recording, entry, path, notes)
    rows = leave_out_empty(recording, rows, cells, path, notes)
    if entry.get("nan") == "drop_trials":
        rows = leave_out_incomplete(recording, rows, cells, path, notes)
    angle = convert(recording.angle[rows], entry)
    notes.append(describe_conversion(recording.angle[rows], entry))
    warn_of_copies(recording, rows, cells, notes)
    check_above_180(angle, entry, path)
    above_180 = entry.get("above_180", "drop")
    if choose_bin_width(treat_above_180(angle, above_180), above_180, bin_width=1):
        notes.append(
            f"The {len(rows)} rows have more than {MOST_ORIENTATIONS} orientations; they are "
            "averaged in bins of 1° around whole degrees."
        )
        angle = np.round(angle) % entry.get("period", 360)
    different, index = group_angles(angle)
    prepared = {"stimuli": np.round(different, 4)}  # no digits that conversion has left
    weights = np.ones(len(rows), dtype=int)
    if recording.n_trials is not None and not recording.is_trials:
        weights = count_trials(recording, rows, path)
    if recording.n_trials is not None or recording.is_trials:
        prepared["n_trials"] = np.bincount(index, weights).astype(int)

    notes += describe_unequal(recording, rows, index, entry, weights)
    halves = find_halves(recording, rows, index, different, entry, notes)
    normalize = entry.get("normalize", "none")
    names = ["resp"] if halves is None else ["resp", "resp_train", "resp_test"]
    means = {name: np.empty((len(different), len(cells)), np.float32) for name in names}
    is_kept = np.ones(len(cells), dtype=bool)
    is_silent = np.zeros(len(cells), dtype=bool)
    for start in range(0, len(cells), CELLS_AT_ONCE):
        few = slice(start, start + CELLS_AT_ONCE)
        some = cells[few]
        block = read_block(recording.responses, rows, some)  # rows × cells
        blocks = [block] if halves is not None else [block, *read_parts(recording, rows, some)]
        is_kept[few] = np.isfinite(blocks).all(axis=(0, 1))
        block = normalize_rows(block, recording, some, normalize, path)
        averages = {"resp": average(block, index, weights)}
        if halves is not None:
            averages["resp_train"] = average(block, index, halves == 0)
            averages["resp_test"] = average(block, index, halves == 1)
        averages = zscore(averages) if normalize == "zscore" else averages
        is_silent[few] = ~varies(*moments(averages["resp"]))
        for name, of_cells in averages.items():
            means[name][:, few] = of_cells
    if not is_kept.all():
        refuse_or_tell_nan(recording, cells, is_kept, entry, path, notes)
        means = {name: of_cells[:, is_kept] for name, of_cells in means.items()}
    cells_kept = cells[is_kept]
    prepared |= means
    if halves is not None:
        by = " and ".join(["angle", *find_averaged(recording, rows, entry)])
        notes.append(
            f"Halves of the trials: every second trial of each {by}, in the order of the file, "
            "equally many in both; but "
            + (
                "of an odd number, one is in neither."
                if find_averaged(recording, rows, entry)
                else "of an odd number, the first has one more"
                + ", or the second for every other of the angles that are folded into one"
                * (above_180 == "fold")
                + "."
            )
        )
    elif recording.parts:
        if normalize in ("zscore_trials", "spontaneous"):
            raise UserError(
                f"{path}: `normalize: {normalize}` is for single trials, and the file has means "
                "over parts of them; choose zscore or none"
            )
        parts = combine_parts(recording, rows, index, weights, cells_kept, notes)
        parts = zscore(parts) if normalize == "zscore" else parts
        is_silent[is_kept] = ~varies(*moments(parts["resp"]))
        prepared |= {name: of_cells.astype(np.float32) for name, of_cells in parts.items()}
    notes.append(describe_normalization(normalize))
    n_silent = int(is_silent[is_kept].sum())
    if n_silent == len(cells_kept) and len(different) > 1:
        raise UserError(
            f"{path}: all {n_silent} cells respond alike to all angles, expected responses that "
            "differ; check `responses` and `orientation` in the dataset's entry"
        )
    if n_silent:
        notes.append(
            f"{n_silent} of {len(cells_kept)} cells are silent: they respond alike to all angles."
        )
    prepared["cells"] = np.asarray(recording.cells)[cells_kept]
    prepared["values"] = np.array(VALUES.get(normalize, entry.get("values", recording.values)))
    prepared["notes"] = np.array(notes)
    return prepared


def leave_out_empty(recording, rows, cells, path, notes):
    """Leave out rows that are NaN in all cells: trials that were not recorded."""
    maybe = np.arange(len(rows))  # all cells so far are NaN
    for start in range(0, len(cells), CELLS_AT_ONCE):
        block = read_block(recording.responses, rows[maybe], cells[start : start + CELLS_AT_ONCE])
        maybe = maybe[np.isnan(block).all(axis=1)]
        if not len(maybe):
            return rows
    if len(maybe) == len(rows):
        raise UserError(f"{path}: all responses are NaN; check `responses` in the dataset's entry")
    notes.append(f"{len(maybe)} of {len(rows)} rows that are NaN in all cells are left out.")
    return np.delete(rows, maybe)


def leave_out_incomplete(recording, rows, cells, path, notes):
    """Leave out rows with NaN or infinite responses in any cell."""
    is_whole = np.ones(len(rows), dtype=bool)
    for start in range(0, len(cells), CELLS_AT_ONCE):
        some = cells[start : start + CELLS_AT_ONCE]
        blocks = [read_block(recording.responses, rows, some), *read_parts(recording, rows, some)]
        is_whole &= np.isfinite(blocks).all(axis=(0, 2))
    if not is_whole.any():
        raise UserError(
            f"{path}: all {len(rows)} rows have NaN in some cell, so that `nan: drop_trials` "
            "leaves none; use `nan: drop_cells` in the dataset's entry, or choose `cells`"
        )
    if n_left := int((~is_whole).sum()):
        lost = np.setdiff1d(recording.angle[rows], recording.angle[rows[is_whole]])
        notes.append(
            f"{n_left} of {len(rows)} rows that have NaN in some cells are left out"
            + f", and with them all of the angles {stimuli.list_names(lost, 8)}" * bool(len(lost))
            + "."
        )
    return rows[is_whole]


def warn_of_copies(recording, rows, cells, notes):
    """Warn of trials that are there twice, as in a file that was joined with itself."""
    few = cells[:CELLS_COMPARED]
    if not recording.is_trials or len(few) < FEWEST_COMPARED:
        return
    block = read_block(recording.responses, rows, few)
    if (block == np.round(block)).all():
        return  # counts of spikes may well be alike
    trials = np.column_stack([recording.angle[rows], block])
    n_copies = len(trials) - len(np.unique(trials, axis=0))
    if 2 * n_copies >= len(trials):
        notes.append(
            f"Warning: {n_copies} of {len(trials)} trials have the responses of another one to the "
            f"same angle, to the last digit, in {len(few)} cells: if the file holds trials twice, "
            "take them out; halves of the trials would be too much alike."
        )


def convert(angle, entry):
    """Turn angles of the file into canonical ones, by the convention of the entry."""
    keys = ("unit", "vertical", "turning", "period")
    return canonical_angle(angle, **{key: entry[key] for key in keys if key in entry})


def describe_conversion(angle, entry):
    """Say how angles were converted, with the first two as examples."""
    shown = np.unique(angle)[:2]
    examples = " and ".join(
        f"{old:.4g} → {new:.4g}°" for old, new in zip(shown, convert(shown, entry), strict=True)
    )
    return (
        f"Angles of the file are in {entry.get('unit', 'degrees')}; its gratings are vertical at "
        f"{entry.get('vertical', 90):g}°, turn {entry.get('turning', 'clockwise')} as the angle "
        f"grows and repeat after {entry.get('period', 360)}°. In the tutorial's convention its "
        f"{examples}."
    )


def read_block(responses, rows, cells):
    """Read some cells of some rows, as float64, and no more of a file than these cells."""
    is_run = (np.diff(cells) == 1).all()
    columns = slice(cells[0], cells[-1] + 1) if is_run else cells
    return np.asarray(responses[:, columns])[rows].astype(np.float64)


def read_parts(recording, rows, cells):
    """Read the same of the means over parts of the trials; none where there are none."""
    return [read_block(recording.parts[name], rows, cells) for name in sorted(recording.parts)]


def refuse_or_tell_nan(recording, cells, is_kept, entry, path, notes):
    """Refuse cells with NaN or infinite responses, or count them where they are to be left out."""
    n_bad = int((~is_kept).sum())
    if entry.get("nan", "refuse") == "refuse":
        raise UserError(
            f"{path}: {n_bad} cells have NaN or infinite responses, the first is cell "
            f"{np.asarray(recording.cells)[cells[~is_kept][0]]}; leave such cells out with "
            "`nan: drop_cells` in the dataset's entry, or such trials with `nan: drop_trials`"
        )
    if is_kept.sum() < 2:
        raise UserError(
            f"{path}: {is_kept.sum()} cells have no NaN responses, expected at least 2; choose "
            "`cells` of the same trials, or use `nan: drop_trials`"
        )
    notes.append(f"{n_bad} of {len(cells)} cells with NaN or infinite responses are left out.")


def select_rows(recording, entry, path, notes):
    """List the rows that are used: without blanks, and of one value of each condition.

    Conditions of `average_over` may have several values.
    """
    n_rows = len(recording.angle)
    is_used = np.isfinite(recording.angle)
    if n_blank := int((~is_used).sum()):
        notes.append(f"{n_blank} of {n_rows} rows without an angle (blanks) are left out.")
    if entry.get("rows") and not recording.is_selected:
        is_wanted, more = stimuli.select_rows(path, recording.conditions, entry["rows"])
        is_used &= is_wanted
        notes += more
    rows = np.flatnonzero(is_used)
    if not len(rows):
        raise UserError(
            f"{path}: no row has an angle{' of those that `rows` leaves' * bool(entry.get('rows'))}"
            "; check `orientation` and `rows` in the dataset's entry"
        )
    averaged = find_averaged(recording, rows, entry)
    for name, values in recording.conditions.items():
        n_values = len(stimuli.distinct(values[rows]))
        if name in averaged:
            notes.append(f"Responses are averaged over {n_values} values of {name}.")
        elif n_values > 1 and not is_one_an_angle(recording, name, rows, entry):
            shown = stimuli.list_names(stimuli.distinct(values[rows]), 8)
            raise UserError(
                f"{path}: `{name}` has {n_values} values ({shown}), which are not averaged "
                f"unasked; choose with `rows: {{{name}: …}}` in the dataset's entry, or average "
                f"with `average_over: [{name}]`"
            )
    return rows


def select_cells(recording, entry, path, notes):
    """List the columns of the cells that are used."""
    wanted = None if recording.is_selected else entry.get("cells")
    columns = stimuli.select_cells(path, recording.cells, wanted)
    if len(columns) < len(recording.cells):
        notes.append(f"{len(columns)} of {len(recording.cells)} cells are used.")
    if len(columns) < 2:
        raise UserError(
            f"{path}: found {len(columns)} cells, expected at least 2: patterns of one cell have "
            "no correlation"
        )
    return columns


def check_above_180(angle, entry, path):
    """Refuse angles above 180° of which the entry does not say what becomes of them."""
    n_above = int(np.sum(angle > 180 + SAME_DEG))
    if n_above and "above_180" not in entry:
        raise UserError(
            f"{path}: {n_above} of {len(angle)} rows have canonical angles above 180°, whose "
            "gratings are the same images as those below; say with `above_180` in the dataset's "
            "entry what becomes of them: drop (as the tutorial does), fold (average θ and "
            "θ + 180°) or keep (as stimuli of their own)"
        )


def count_trials(recording, rows, path):
    """Give the number of trials of each row, (rows,), as whole numbers."""
    counts = np.asarray(recording.n_trials)[rows]
    is_count = (counts >= 1) & (counts % 1 == 0)
    if not is_count.all():
        first = np.argmin(is_count)
        raise UserError(
            f"{path}: found {counts[first]:g} as the number of trials at the angle "
            f"{recording.angle[rows[first]]:g}, expected a whole number above zero; correct it, or "
            "leave the numbers of trials out"
        )
    return counts.astype(int)


def find_averaged(recording, rows, entry):
    """Name the conditions that are averaged over and have several values."""
    return [
        name
        for name, values in recording.conditions.items()
        if name in entry.get("average_over", [])
        and len(stimuli.distinct(values[rows])) > 1
        and not is_one_an_angle(recording, name, rows, entry)
    ]


def is_one_an_angle(recording, name, rows, entry):
    """Tell whether a condition that the entry names has one value at each angle: no average."""
    if name not in {*entry.get("average_over", []), *entry.get("rows", {})}:
        return False
    different, index = group_angles(convert(recording.angle[rows], entry))
    if len(different) > MOST_ORIENTATIONS:
        index = np.round(different[index])  # as they will be binned
    values = stimuli.comparable(recording.conditions[name][rows])
    return stimuli.is_function(np.unique(values, return_inverse=True)[1], index)


def describe_unequal(recording, rows, index, entry, weights):
    """Say of each averaged condition whose values were not shown equally often at all angles.

    `weights` are the numbers of trials of the rows.

    Returns
    -------
    list of str
    """
    sentences = []
    for name in find_averaged(recording, rows, entry):
        values = stimuli.comparable(recording.conditions[name][rows])
        different, codes = np.unique(values, return_inverse=True)
        counts = np.zeros((index.max() + 1, len(different)), int)  # angles × values
        np.add.at(counts, (index, codes), weights)
        if np.ptp(counts):
            sentences.append(
                f"Values of {name} were shown {counts.min()} to {counts.max()} times at an angle: "
                "each weighs in the average as often as it was shown there, so that angles may "
                "differ by it. With one value in `rows` they do not."
            )
    return sentences


def find_halves(recording, rows, index, different, entry, notes):
    """Part single trials into halves, as equal as can be, of each angle and averaged condition.

    None where there are no single trials, or an angle has none to spare, which is told.
    """
    if not recording.is_trials:
        return None
    group = index
    for name in find_averaged(recording, rows, entry):
        _, value = np.unique(
            stimuli.comparable(recording.conditions[name][rows]), return_inverse=True
        )
        _, group = np.unique(group * (value.max() + 1) + value, return_inverse=True)
    # A condition that one half has more of would be taken for noise.
    is_folded = entry.get("above_180") == "fold"
    _, orientation = group_angles(treat_above_180(different, "fold" if is_folded else "drop"))
    halves = half_of_each(group, orientation[index], keeps_last=group is index)
    n_each = [np.bincount(index[halves == half], minlength=len(different)) for half in (0, 1)]
    without = different[np.min(n_each, axis=0) == 0]
    if not len(without):
        return halves
    if len(without) < len(different):
        same = " of the same conditions" if group is not index else ""
        notes.append(
            f"There are no halves of the trials: {stimuli.list_names(without, 8)}° (in the "
            f"tutorial's convention) {'has' if len(without) == 1 else 'have'} no two trials{same}."
        )
    return None


def half_of_each(index, orientation, keeps_last):
    """Part the rows of each group into two halves, by turns.

    Parameters
    ----------
    index, orientation : array of int, shape (rows,)
        Of each row's group, and of what groups are averaged into later.
    keeps_last : bool
        Whether a last one that is left over is in one of the halves, or in neither. It is in the
        first and the second by turns of the groups of one orientation.

    Returns
    -------
    array of int, shape (rows,)
        0, 1 or −1.
    """
    half = np.full(len(index), -1)
    first = np.zeros(orientation.max() + 1, int)  # half that gets the next one that is left over
    for group in np.unique(index):
        members = np.flatnonzero(index == group)
        if not keeps_last:
            members = members[: len(members) // 2 * 2]
        of = orientation[members[:1]]
        half[members] = (np.arange(len(members)) + first[of]) % 2
        first[of] = (first[of] + len(members)) % 2
    return half


def average(block, index, weights):
    """Average the rows of each group, (rows, cells) → (groups, cells), by their weights."""
    member = np.zeros((index.max() + 1, len(index)))  # groups × rows
    member[index, np.arange(len(index))] = weights
    with np.errstate(invalid="ignore"):  # of infinite responses
        return member / member.sum(axis=1, keepdims=True) @ block


def normalize_rows(block, recording, cells, normalize, path):
    """Normalize rows before they are averaged, (rows, cells)."""
    if normalize == "zscore_trials":
        return standardize(block, *moments(block))
    if normalize == "spontaneous":
        if recording.spontaneous is None:
            raise UserError(
                f"{path}: found no spontaneous activity for `normalize: spontaneous`; choose "
                "zscore, zscore_trials or none in the dataset's entry"
            )
        mean, sd = (np.asarray(of_cells, dtype=float)[cells] for of_cells in recording.spontaneous)
        return standardize(block, mean, sd)
    return block


def standardize(block, mean, sd):
    """Subtract a mean and divide by an SD; a cell that never varies becomes zero."""
    return (block - mean) / np.where(varies(mean, sd), sd, np.inf)


def moments(block):
    """Give the mean and SD of each column; NaN where it has an infinite number."""
    with np.errstate(invalid="ignore"):
        return block.mean(axis=0), block.std(axis=0)


def varies(mean, sd):
    """Tell which cells vary by more than rounding: 0.1 throughout has an SD of 1e-17."""
    return ~(sd <= CONSTANT * np.abs(mean))


def zscore(averages):
    """Z-score each cell over the different angles; halves of the trials by the same mean and SD."""
    mean, sd = moments(averages["resp"])
    return {name: standardize(of_cells, mean, sd) for name, of_cells in averages.items()}


def describe_normalization(normalize):
    """Say how responses were normalized."""
    return {
        "none": "Responses are not normalized.",
        "zscore": "Each cell is z-scored over the different angles.",
        "zscore_trials": "Each cell is z-scored over the single trials, before they are averaged.",
        "spontaneous": "From each cell its mean spontaneous activity is subtracted, and the rest "
        "divided by the SD of that activity.",
    }[normalize]


def combine_parts(recording, rows, index, weights, cells, notes):
    """Take means over separate parts of the trials as halves; combine them by their noise.

    Parts may be of unequal size. The mean of both, weighted by the inverse of their noise, is that
    of all trials where the file has no other.
    """
    parts = [average(part, index, weights) for part in read_parts(recording, rows, cells)]
    if not recording.is_mean_of_parts:
        whole = average(read_block(recording.responses, rows, cells), index, weights)
        return {"resp": whole, "resp_train": parts[0], "resp_test": parts[1]}
    noise, shares = noise_variances(*parts), part_weights(*parts)
    if min(noise) > 0:
        notes.append(
            f"The file has two parts of the trials of unknown sizes. By their noise (variances "
            f"{noise[0]:.3g} and {noise[1]:.3g}) they are weighted {shares[0]:.2f} : "
            f"{shares[1]:.2f} in their mean."
        )
    else:
        notes.append(
            "The file has two parts of the trials of unknown sizes, whose noise could not be told; "
            "they are weighted equally in their mean."
        )
    combined = shares[0] * parts[0] + shares[1] * parts[1]
    return {"resp": combined, "resp_train": parts[0], "resp_test": parts[1]}
