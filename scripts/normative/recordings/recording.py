"""A recording as it was read from a file: responses, what was shown, and how it was read."""

from dataclasses import dataclass, field

import numpy as np

UNKNOWN = "a.u."  # unit of numbers of which the file does not say what they are


@dataclass
class Recording:
    """Responses of cells to gratings, one row a trial or a mean of trials.

    Attributes
    ----------
    responses : array of float, shape (rows, cells)
        May be a memory map: read it in pieces.
    angle : array of float64, shape (rows,)
        As in the file and in its unit, `unit` of the dataset's entry. NaN for blanks, which are
        left out.
    conditions : dict of array, shape (rows,)
        What else was varied, by name: contrast, spatial frequency, the half of the trials …
    cells : array, shape (cells,)
        Names or numbers of the cells in the file.
    n_trials : array of int, shape (rows,), optional
        How many trials each row is a mean of; None where the file does not say.
    is_trials : bool
        Whether rows are single trials.
    spontaneous : tuple of array (mean, SD), shape (cells,) each, optional
        Of the activity without stimuli, for `normalize: spontaneous`.
    parts : dict of array, shape (rows, cells)
        Means over separate trials, where the file has no single ones: `half_1`, `half_2`.
    is_mean_of_parts : bool
        Whether the responses are but the plain mean of the parts.
    is_selected : bool
        Whether the reader has applied `rows` of the entry.
    values : str
        What the numbers are, such as "dF/F", if the format tells.
    notes : list of str
        What was read and what was left out, a sentence each.
    """

    responses: np.ndarray
    angle: np.ndarray
    conditions: dict = field(default_factory=dict)
    cells: np.ndarray = None
    n_trials: np.ndarray = None
    is_trials: bool = False
    spontaneous: tuple = None
    parts: dict = field(default_factory=dict)
    is_mean_of_parts: bool = False
    is_selected: bool = False
    values: str = UNKNOWN
    notes: list = field(default_factory=list)
