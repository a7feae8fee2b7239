"""How a recording's orientations cover the circle, found from their angles."""

from dataclasses import dataclass

import numpy as np

# Share of a step by which another may differ and is the same: angles rounded to a tenth of a
# degree, or to single precision. Bins averaged over random angles differ by more.
TOLERANCE = 0.01


@dataclass(frozen=True)
class Coverage:
    """The orientations of a recording on their circle.

    The circle has 180°, or 360° where orientations above 90° from vertical tell of both polarities.

    Attributes
    ----------
    angle_deg : array of float64, shape (stimuli,)
        Relative to vertical, ascending.
    circle_deg : float
        180 or 360.
    step_deg : float
        The smallest gap between neighbors.
    largest_gap_deg : float
        Between neighbors on the circle.
    is_even : bool
        Whether all gaps but the largest are one step.
    is_all_around : bool
        Whether no part of the circle is left out: where they are even, the largest gap is a step
        as well; where they are not, it is at most twice the next.
    has_both_ends : bool
        Whether the first and the last angle are one point of the circle and two stimuli, as −90°
        and 90° of the tutorial: a half circle, which is not closed.
    """

    angle_deg: np.ndarray
    circle_deg: float
    step_deg: float
    largest_gap_deg: float
    is_even: bool
    is_all_around: bool
    has_both_ends: bool

    @classmethod
    def of(cls, orientation_deg):
        """Find the coverage of distinct orientations.

        Parameters
        ----------
        orientation_deg : array, shape (stimuli,)
            Relative to vertical, ascending, −90…90, or −90…270 with both polarities.

        Raises
        ------
        ValueError
            If there are fewer than two, they are not ascending, or the circle is too short.
        """
        angle_deg = np.asarray(orientation_deg, dtype=np.float64)
        if angle_deg.ndim != 1 or len(angle_deg) < 2:
            raise ValueError(f"orientations of shape {angle_deg.shape}, expected two or more")
        gaps = np.diff(angle_deg)
        if not gaps.min() > 0:
            raise ValueError("orientations that repeat or descend, expected ascending ones")
        tolerance = TOLERANCE * gaps.min()
        circle_deg = 180.0 if angle_deg[-1] <= 90 + tolerance else 360.0
        closing = circle_deg - (angle_deg[-1] - angle_deg[0])
        if closing < -tolerance:
            raise ValueError(
                f"orientations from {angle_deg[0]:g} to {angle_deg[-1]:g}°, expected at most "
                f"{circle_deg:g}° in all"
            )
        # The tutorial has both ends of the half circle, each a stimulus. They are neighbors there.
        if closing > tolerance:
            gaps = np.append(gaps, closing)
        *others, largest = np.sort(gaps)
        step, second = (others[0], others[-1]) if others else (largest, largest)
        is_even = bool(second <= (1 + TOLERANCE) * step)
        most = (1 + TOLERANCE) * step if is_even else 2 * second
        return cls(
            angle_deg=angle_deg,
            circle_deg=circle_deg,
            step_deg=float(step),
            largest_gap_deg=float(largest),
            is_even=is_even,
            is_all_around=bool(largest <= most),
            has_both_ends=bool(closing <= tolerance),
        )

    @property
    def n_stimuli(self):
        """Count the orientations."""
        return len(self.angle_deg)

    @property
    def is_circle(self):
        """Whether each orientation has a neighbor one step ahead: a shift changes labels alone."""
        return self.is_even and self.is_all_around

    @property
    def covered_deg(self):
        """Degrees of the circle that have orientations, the largest gap taken for one step."""
        return self.circle_deg - self.largest_gap_deg + self.step_deg

    def n_blocks(self, block_deg):
        """Count the independent blocks that the stimuli are worth, at most one a stimulus.

        Overlapping blocks tell as much as half as many more that do not overlap: Künsch (1989),
        doi:10.1214/aos/1176347265.
        """
        return min(1.5 * self.covered_deg / block_deg, self.n_stimuli)

    def differences_deg(self, folded=True):
        """List the difference of each pair of stimuli, (pairs,), along the circle if `folded`."""
        # Row by row: matrices of all pairs would take far more memory.
        rows = [self.angle_deg[i + 1 :] - angle for i, angle in enumerate(self.angle_deg[:-1])]
        difference = np.concatenate(rows)
        return np.minimum(difference, self.circle_deg - difference) if folded else difference

    def why_no_shifts(self):
        """Say why labels cannot be shifted around the circle; nothing if they can."""
        if self.is_circle and not self.has_both_ends:
            return ""
        if self.is_circle:
            return (
                f"{self.angle_deg[0]:g}° and {self.angle_deg[-1]:g}° are two stimuli at one point "
                "of the circle, which is not closed there"
            )
        if self.is_even:
            return (
                f"the orientations do not go all around the circle of {self.circle_deg:g}°, with "
                f"steps of {self.step_deg:.4g}° and a gap of {self.largest_gap_deg:.4g}°"
            )
        return (
            f"the orientations are not evenly spaced, with gaps of {self.step_deg:.4g} to "
            f"{self.largest_gap_deg:.4g}°"
        )
