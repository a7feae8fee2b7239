"""What a task is made of.

Tasks import PyTorch only where they compute with it, so that whoever asks for their names does not
wait for it.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """A task: the form of the answers, the loss to train on, the measure to test by."""

    n_outputs: int  # numbers in an answer
    answer: Callable  # tensor of the last layer's values → answers, both (images, n_outputs)
    targets: Callable  # orientations (degrees) → array of the right answers, (images, n_outputs)
    loss: Callable  # tensors of answers and targets → mean loss
    measure: str  # name of what `score` gives
    score: Callable  # arrays of answers and orientations (degrees) → float
