"""Dictionaries of Stringer et al., pickled by NumPy: neurons × trials, angles in radians."""

import numpy as np

from normative.recordings.readers import arrays, pickles
from normative.workflow.errors import UserError

RESPONSES, ANGLES = "sresp", "istim"
SPONTANEOUS = ("mean_spont", "std_spont")
# Of the neurons, or of the mouse while it saw the stimuli: no conditions.
OWN = (*SPONTANEOUS, "u_spont", "v_spont", "run", "xyz", "stat", "info")


def recognizes(path):
    """Tell whether a file is an `.npy` of a pickled object."""
    return pickles.is_pickled(path)


def store(value):
    """List a value of the dictionary; a list of numbers or of text is an array of them."""
    if isinstance(value, pickles.PickledArray) and isinstance(value.content, list):
        value = value.content if len(value.shape) == 1 else value
    if isinstance(value, (list, tuple)) and value:
        if all(isinstance(one, (bool, int, float, str, np.generic)) for one in value):
            value = np.array(value)
        else:
            return arrays.Stored((len(value),), f"list of {type(value[0]).__name__}")
    if isinstance(value, np.ndarray):
        return arrays.Stored(value.shape, value.dtype, lambda: value)
    if isinstance(value, pickles.PickledArray):
        return arrays.Stored(value.shape, f"array of {value.type}")
    return arrays.Stored((), type(value).__name__)


def open_arrays(path):
    """Read the dictionary.

    Returns
    -------
    stored : dict of Stored
    """
    content = pickles.load_dictionary(path)
    with arrays.told_in_one_line(path, pickles.SAVE_SO):
        return {name: store(value) for name, value in content.items()}


def read(path, entry):
    """Read a recording from such a dictionary.

    Returns
    -------
    recording : Recording
        Of single trials. Its responses are a view of what was read, neurons × trials transposed.
    """
    stored = open_arrays(path)
    own = [name for name in OWN if name in stored]
    usual = "cells_first" if entry.get("responses", RESPONSES) == RESPONSES else None
    recording = arrays.build(path, entry, stored, (RESPONSES, ANGLES), usual, own, is_trials=True)
    recording.notes.append("Rows are single trials.")
    found = [name for name in SPONTANEOUS if name in stored]
    if len(found) == 2:
        recording.spontaneous = tuple(
            read_spontaneous(path, name, stored, len(recording.cells)) for name in SPONTANEOUS
        )
        recording.notes.append("Spontaneous activity: `mean_spont`, `std_spont` of each neuron.")
        own = [name for name in own if name not in SPONTANEOUS]
    if own:
        recording.notes.append(f"Not used: {', '.join(f'`{name}`' for name in own)}.")
    return recording


def read_spontaneous(path, name, stored, n_cells):
    """Read the mean or the SD of each neuron's activity without stimuli."""
    array = stored[name]
    if not array.is_numeric or array.length != n_cells:
        raise UserError(
            f"{path}: `{name}` has shape {array.shape} and type {array.dtype}, expected a number "
            f"for each of {n_cells} neurons; leave it out of the dictionary"
        )
    return arrays.as_float(np.ravel(array.load()))


def look(path):
    """List the dictionary, and guess what is which."""
    stored = open_arrays(path)
    contents = arrays.look_at("stringer", stored, (RESPONSES, ANGLES), "cells_first")
    if all(name in stored for name in SPONTANEOUS):
        contents.entry["normalize"] = "spontaneous"
        contents.comments["normalize"] = (
            "as its authors do: less `mean_spont`, divided by `std_spont`"
        )
    own = {f"`{name}` has" for name in OWN}
    contents.open_questions = [
        question for question in contents.open_questions if not question.startswith(tuple(own))
    ]
    return contents
