"""How far representations are correlated along the circle, and blocks as long as that."""

import numpy as np

from normative.inference.resampling import difference_groups
from normative.workflow.errors import UserError

# Of a half-width above this, fewer intervals over stimuli hold the truth than they say: the
# calibration.
WIDE_DEG = 20
# Likewise of intervals and tests of differences over stimuli.
SMOOTH_DEG = 15
ROUND_DEG = 5  # blocks are whole multiples of this, so that layers share them


def half_width(entries, coverage):
    """Find the difference of orientation at which mean dissimilarity is half of its largest.

    Where the correlation of patterns falls from one to zero, this is where it is one half.

    Parameters
    ----------
    entries : array, shape (pairs,)
        Of an RDM, above the diagonal.
    coverage : Coverage

    Returns
    -------
    float
        Degrees, between the mean differences of two groups on a straight line. NaN where a
        dissimilarity is, or where none is above zero.
    """
    groups = difference_groups(coverage)
    n_pairs = np.bincount(groups)
    dissimilarity = np.append(0, np.bincount(groups, weights=entries) / n_pairs)
    difference = np.append(0, np.bincount(groups, weights=coverage.differences_deg()) / n_pairs)
    half = dissimilarity.max() / 2
    if not half > 0:
        return np.nan
    after = np.argmax(dissimilarity >= half)
    share = (half - dissimilarity[after - 1]) / (dissimilarity[after] - dissimilarity[after - 1])
    return difference[after - 1] + share * (difference[after] - difference[after - 1])


def choose_block(block_deg, half_widths_deg, coverage):
    """Choose how long the blocks of stimuli are that are drawn together.

    Parameters
    ----------
    block_deg : float or "auto"
        Of the configuration. "auto": the largest of the half-widths, rounded up to 5° (and at least
        one stimulus long, at most half of what the orientations cover).
    half_widths_deg : sequence of float
        Of the recording and a layer; NaN counts for nothing.
    coverage : Coverage

    Returns
    -------
    float
        Degrees.

    Raises
    ------
    UserError
        If a block of the configuration's length is more than half of what is covered.
    """
    longest = coverage.covered_deg / 2
    if block_deg == "auto":
        wanted = ROUND_DEG * np.ceil(np.nanmax([*half_widths_deg, 0]) / ROUND_DEG)
        return float(min(max(wanted, coverage.step_deg), longest))
    if block_deg > longest:
        raise UserError(
            f"config key `inference.block_deg`: {block_deg:g}°, expected at most half of the "
            f"{coverage.covered_deg:.4g}° that the orientations cover, or auto"
        )
    return float(block_deg)
