"""Correction of p-values for the number of tests."""

import numpy as np

from normative import published

# Whose difference is the tutorial's question.
TUTORIAL = {(published.MODEL, layer) for layer in published.LAYERS}


def holm(p):
    """Adjust p-values for the family-wise error rate: Holm (1979).

    Parameters
    ----------
    p : array, shape (tests,)
        NaN is no test, and stays NaN.

    Returns
    -------
    array, shape (tests,)
    """
    p = np.asarray(p, dtype=float)
    adjusted = np.full(p.shape, np.nan)
    order = np.argsort(p)[: (~np.isnan(p)).sum()]  # NaN is sorted to the end
    n_remaining = np.arange(len(order), 0, -1)
    stepped = p[order] * n_remaining
    adjusted[order] = np.minimum(1, np.maximum.accumulate(stepped))
    return adjusted


def family(first, second, twins, task_groups):
    """Name the family of tests of a pair of layers, by its question.

    Parameters
    ----------
    first, second : tuple of str
        Model and layer.
    twins : dict of str
        Trained model → its untrained twin.
    task_groups : dict of dict
        See `normative.workflow.config.group_by_task`.

    Returns
    -------
    str
        "tutorial", "training", "tasks" or "others".
    """
    if {first, second} == TUTORIAL:
        return "tutorial"
    (model, layer), (other, other_layer) = first, second
    if layer != other_layer:
        return "others"
    if twins.get(model) == other or twins.get(other) == model:
        return "training"
    tasks = [{group.get(model), group.get(other)} - {None} for group in task_groups.values()]
    return "tasks" if any(len(different) == 2 for different in tasks) else "others"
