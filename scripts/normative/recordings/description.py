"""What was done to a recording and what is left of it, in words."""

import numpy as np

from normative.display_names import real_minus
from normative.recordings.binning import MOST_ORIENTATIONS, find_gaps, group_rows
from normative.stimuli.distinct import find_distinct
from normative.stimuli.gratings import SAME_DEG

# Above this ratio of variances the activity that all stimuli share makes up more than 80 % of a
# pattern's variance over neurons, and the dissimilarity of unrelated stimuli is below a fifth.
MOST_SHARED = 4


def shared_to_tuning(responses):
    """Compare how neurons differ in their mean with how they are tuned.

    The variance over neurons of their mean over stimuli, divided by the mean over neurons of their
    variance over stimuli. At a ratio q the mean of 1 − Pearson r between two stimuli is about
    1 / (1 + q). Neurons that are z-scored over the stimuli have q = 0.

    Parameters
    ----------
    responses : array, shape (stimuli, neurons)

    Returns
    -------
    float
        Infinite where no neuron is tuned.
    """
    means = responses.mean(axis=0, dtype=np.float64)
    tuning = np.mean(responses.var(axis=0, dtype=np.float64))
    return float(np.var(means) / tuning) if tuning else np.inf


def describe_orientations(orientation_deg):
    """Say how many orientations there are, their range, spacing and gaps: a sentence.

    Parameters
    ----------
    orientation_deg : array, shape (stimuli,)
        From vertical, ascending.
    """
    orientation = np.asarray(orientation_deg, float)
    steps, is_gap = np.diff(orientation), find_gaps(orientation)
    text = f"{len(orientation)} orientations from {write(orientation[0])}° to "
    text += f"{write(orientation[-1])}°, where 0° is vertical and angles up to 90° tilt right"
    if orientation[-1] > 90:
        n_images = len(find_distinct((orientation % 180).round(3))[0])
        text += f"; θ and θ + 180° are one image, so that {counted(n_images, 'image')} differ"
    if np.ptp(steps) < 2 * SAME_DEG:
        text += f", evenly spaced by {write(steps[0])}°"
    else:
        text += f", unevenly spaced by {write(steps.min())}° to {write(steps.max())}°"
    if is_gap.any():
        ends = zip(orientation[:-1][is_gap], orientation[1:][is_gap], strict=True)
        gaps = [f"{write(low)}° and {write(high)}°" for low, high in ends]
        text += f"; nothing was shown between {', between '.join(gaps[:5])}"
        text += f" and in {len(gaps) - 5} more gaps" if len(gaps) > 5 else ""
    return text + "."


def write(angle):
    """Write an angle with at most two decimals and a real minus sign, without its unit."""
    return real_minus(f"{round(float(angle), 2) + 0.0:g}")


def counted(number, noun):
    """Write a number of things."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def describe_angles(angle_deg, kept_deg, groups, above_180, bin_width, n_trials=None):
    """Say which stimuli were left out, folded, binned and averaged.

    Parameters
    ----------
    angle_deg : array, shape (rows,)
        Of the file, 0–360.
    kept_deg : array of bool, shape (groups,)
        Whether each group of rows is kept.
    groups : list of array of int
        Rows that are averaged.
    above_180 : str
    bin_width : float or None
    n_trials : array of int, shape (rows,), optional
        How many trials each row is a mean of.

    Returns
    -------
    list of str
    """
    is_left = np.ones(len(angle_deg), dtype=bool)
    for rows, is_kept in zip(groups, kept_deg, strict=True):
        is_left[rows] = not is_kept
    n_kept_rows = int((~is_left).sum())
    is_above = angle_deg >= 180 + SAME_DEG

    # Rows of a file that was averaged already are its angles.
    noun = "row" if len(group_rows(angle_deg, None)) < len(angle_deg) else "angle"

    def amount(is_meant, where=""):
        """Count angles, and the trials or rows that they are of."""
        text = counted(len(group_rows(angle_deg[is_meant], None)), "angle") + where
        if n_trials is not None:
            return f"{text} ({counted(int(n_trials[is_meant].sum()), 'trial')})"
        return text if noun == "angle" else f"{text} ({counted(int(is_meant.sum()), noun)})"

    everything = np.ones(len(angle_deg), dtype=bool)
    sentences = [
        f"{amount(everything)} from {write(angle_deg.min())}° to {write(angle_deg.max())}° in the "
        "tutorial's convention (0° is horizontal, 90° vertical, above 90° tilts right)."
    ]
    if above_180 == "drop" and is_left.any():
        # In bins, those of 180° itself are in the first bin that is left out.
        where = f" {'above' if is_above[is_left].all() else 'from'} 180°"
        sentences.append(
            f"{amount(is_left, where)} {was(angle_deg[is_left])} left out (`above_180: drop`)."
        )
    # 180° itself is folded onto 0°.
    is_folded = angle_deg >= 180 - SAME_DEG
    if above_180 == "fold" and is_folded.any():
        n_both = sum(1 for rows in groups if 0 < is_folded[rows].sum() < len(rows))
        is_unequal = n_trials is not None and any(
            n_trials[rows[is_folded[rows]]].sum() != n_trials[rows[~is_folded[rows]]].sum()
            for rows in groups
            if 0 < is_folded[rows].sum() < len(rows)
        )
        weighed = ", each weighed by its trials, which are unequal" if is_unequal else ""
        sentences.append(
            f"{amount(is_folded, ' from 180°')} {was(angle_deg[is_folded])} folded: counted as the "
            f"orientation 180° below. Both directions are averaged in "
            f"{counted(n_both, 'orientation')}{weighed} (`above_180: fold`)."
        )
    elif above_180 == "keep" and is_above.any():
        sentences.append(
            f"{amount(is_above, ' above 180°')} {was(angle_deg[is_above])} kept as "
            "stimuli of their own (`above_180: keep`). To a network θ and θ + 180° are one image."
        )
    n_orientations = sum(kept_deg)
    if bin_width is not None:
        sentences.append(
            f"{amount(~is_left)} were averaged in {counted(n_orientations, 'bin')} of "
            f"orientation, {bin_width:g}° wide."
            + f" There were more than {MOST_ORIENTATIONS} orientations."
            * (bin_width == 1)
        )
    elif repeats := n_kept_rows - n_orientations:
        sentences.append(
            f"{counted(n_kept_rows, noun)} were averaged into {n_orientations} orientations: "
            f"{counted(repeats, noun)} {'repeats' if repeats == 1 else 'repeat'} one "
            f"(angles that differ by less than {SAME_DEG:g}° are the same)."
        )
    return sentences


def was(angle_deg):
    """Give the verb of one angle or more."""
    return "was" if len(group_rows(angle_deg, None)) == 1 else "were"


def describe_values(values, is_assumed):
    """Say what the responses are."""
    if not is_assumed:
        return f"What the responses are: {str(values).removesuffix('.')}."
    if values == "z-score":
        return "The responses are z-scores, as in the tutorial's files."
    return f"The file does not say what the responses are: figures give {values} as their unit."


def describe_trials(forms, n_trials):
    """Say whether there are halves of trials, and how many trials a stimulus has."""
    halves = (
        "There are means over separate halves of the trials."
        if "half_1" in forms
        else "There are no separate halves of the trials: the noise ceiling is estimated from "
        "halves of the neurons and is too high."
    )
    if n_trials is None:
        return [halves, "How many trials each row is a mean of is not in the file."]
    low, high = n_trials.min(), n_trials.max()
    each = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    return [halves, f"{n_trials.sum():,} trials in all, {each} of each orientation."]


def warn_of_means(ratio):
    """Say that neurons' means dominate the patterns, where they do; None where not."""
    if ratio <= MOST_SHARED:
        return None
    share = f"{100 - 100 / (1 + ratio):.0f} %"
    return (
        f"**Warning:** neurons differ far more in their mean response than they are tuned: {share} "
        "of the variance of a pattern over neurons is the same for all orientations. "
        "Dissimilarities are small, and similarities of RDMs mostly tell of these means. Set "
        "`normalize: zscore` in the dataset's entry to compare tuning."
    )


def write_description(path, dataset, is_simulated, warning, sentences):
    """Write the page on a recording: a list in Markdown.

    Parameters
    ----------
    path : str
    dataset : str
        Its name.
    is_simulated : bool
    warning : str or None
    sentences : list of str
    """
    parts = [f"# The recording: {dataset}"]
    if is_simulated:
        parts.append("The recording is **simulated**: it says nothing about mice.")
    if warning:
        parts.append(warning)
    # Names in a user's file are text, not parts of the page for the browser.
    words = [" ".join(sentence.split()).replace("<", "&lt;") for sentence in sentences]
    parts.append("\n".join(f"- {sentence}" for sentence in words))
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n\n".join(parts) + "\n")
