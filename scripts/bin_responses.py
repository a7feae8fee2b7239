"""Average a recording by orientation, count from vertical, and tell what was done to it."""

import logging

import numpy as np

from normative.recordings.binning import (
    MINIMUM_STIMULI,
    average_angles,
    average_orientations,
    choose_bin_width,
    from_vertical,
    group_rows,
    is_kept,
    treat_above_180,
)
from normative.recordings.closed_circle import fold_half_circle
from normative.recordings.description import (
    describe_angles,
    describe_orientations,
    describe_trials,
    describe_values,
    shared_to_tuning,
    warn_of_means,
    write_description,
)
from normative.recordings.download import verify_md5
from normative.recordings.responses import load_recording, read_details
from normative.reporting.sentences import is_simulated
from normative.workflow.errors import UserError
from normative.workflow.runner import run

logger = logging.getLogger(__name__)


def main(input, output, wildcards, params):
    """Write each form of the responses (stimuli × neurons), `orientation` (degrees), and a page.

    Orientations are −90…90, or up to 270 with `above_180: keep`. `n_trials` (stimuli,) and `values`
    (what the responses are) are written where the file has them, and where angles above 180° are
    left out, the closed circle that both half circles make (see `fold_half_circle`).
    """
    if params.md5:
        verify_md5(input.recording, params.md5)
    recorded, stimuli = load_recording(input.recording)
    n_trials, values, notes = read_details(input.recording)
    above_180 = params.above_180

    angle = treat_above_180(stimuli, above_180)
    bin_width = choose_bin_width(angle, above_180, params.bin_width)
    groups = group_rows(angle, bin_width)
    means = average_angles(angle, groups, n_trials)
    kept = is_kept(means, above_180)
    if kept.sum() < MINIMUM_STIMULI:
        raise UserError(tell_why_few(params.file, stimuli, int(kept.sum()), above_180, params))
    rows_kept = [rows for rows, keep in zip(groups, kept, strict=True) if keep]
    # Repeats in double precision; bins in the tutorial's own.
    dtype = np.float64 if bin_width is None else None
    forms = {
        name: average_orientations(resp, rows_kept, n_trials, dtype)
        for name, resp in recorded.items()
    }
    orientation = from_vertical(means[kept])

    details = {}
    if n_trials is not None:
        details["n_trials"] = np.array([n_trials[rows].sum() for rows in rows_kept])
    is_assumed = values is None  # of the tutorial's files, and of simulated ones
    if is_assumed:
        values = "z-score"
    else:
        details["values"] = np.array(values)
    if not kept.all():
        details |= fold_half_circle(
            stimuli, recorded["responses"], means[kept], params.bin_width, n_trials
        )
    np.savez(output.responses, orientation=orientation, **forms, **details)

    warning = warn_of_means(shared_to_tuning(forms["responses"]))
    sentences = [
        *notes,
        *describe_angles(stimuli, kept, groups, above_180, bin_width, n_trials),
        f"{forms['responses'].shape[1]:,} neurons.",
        describe_orientations(orientation),
        describe_values(values, is_assumed),
        *describe_trials(forms, details.get("n_trials")),
    ]
    dataset = wildcards.dataset
    write_description(output.description, dataset, is_simulated(dataset), warning, sentences)
    for sentence in sentences:
        logger.info(sentence)
    if warning:
        logger.warning(warning.replace("**", ""))


def tell_why_few(path, stimuli, n_kept, above_180, params):
    """Say what has left so few orientations, and which key would leave enough."""

    def n_left(above_180, bin_width):
        angle = treat_above_180(stimuli, above_180)
        groups = group_rows(angle, choose_bin_width(angle, above_180, bin_width))
        return int(is_kept(average_angles(angle, groups), above_180).sum())

    n_angles = len(group_rows(stimuli, None))
    found, cures = [f"the file has {n_angles} different angles"], []
    n_above = len(group_rows(stimuli[~is_kept(stimuli, "drop")], None))
    if above_180 == "drop" and n_above:
        found.append(f"{n_above} of them above 180° were left out (`above_180: drop`)")
    if above_180 == "fold" and n_above:
        found.append("those above 180° were averaged with those below (`above_180: fold`)")
    if params.bin_width > 1:
        found.append(f"they were averaged in bins of {params.bin_width:g}° (`bin_width`)")
        if n_left(above_180, 1) >= MINIMUM_STIMULI:
            cures.append("a smaller `bin_width`")
    if n_left("keep", params.bin_width) >= MINIMUM_STIMULI:
        cures.append("`above_180: keep`")
    cures.append("a recording of more orientations")
    return (
        f"{path}: {n_kept} orientations are left, expected at least {MINIMUM_STIMULI}: "
        f"{', '.join(found)}; use {' or '.join(cures)}"
    )


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
