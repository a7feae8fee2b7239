"""Tasks of the user's own, whose parts are checked as they are used."""

import math
import numbers

import numpy as np

from normative.stimuli.gratings import grating
from normative.tasks.base import Task
from normative.workflow.errors import UserError
from normative.workflow.own_code import load_own, telling

PARTS = ["n_outputs", "measure", "gate", "stimuli", "targets", "loss", "score"]
UNCHECKED = ["n_outputs", "measure", "gate", "higher_is_better", "n_stimuli", "truth"]
UNCHECKED += ["question", "answer_name", "loss_name", "write"]


class OwnTask(Task):
    """A task of the user's own: what `normative.tasks.base.Task` says, or an error that names it.

    Parameters
    ----------
    reference : str

    Raises
    ------
    UserError
        If it cannot be constructed, or lacks a part. All that is called raises one where the user's
        code fails, or gives something else than a task gives.
    """

    def __init__(self, reference):
        self.reference = reference
        with telling(reference):
            self.own = load_own(reference)()
        absent = [part for part in PARTS if not hasattr(self.own, part)]
        if absent:
            names = ", ".join(f"`{part}`" for part in absent)
            raise self.mistake(f"found no {names}, expected a class that has them")
        there = {name: getattr(self.own, name) for name in UNCHECKED if hasattr(self.own, name)}
        vars(self).update(there)
        if not isinstance(self.n_outputs, numbers.Integral) or self.n_outputs < 1:
            raise self.mistake(f"found n_outputs = {self.n_outputs!r}, expected 1, 2, …")
        if not isinstance(self.gate, numbers.Real):
            raise self.mistake(f"found gate = {self.gate!r}, expected a score, a number")

    def mistake(self, what):
        """Make an error that names the task."""
        return UserError(f"{self.reference}: {what}; see docs/adapting.md")

    def stimuli(self, seed, n_images, held_out, gratings):
        """Draw images, (n_images, height, width), float32, and what is true of each."""
        with telling(self.reference):
            images, truth = self.own.stimuli(seed, n_images, held_out, gratings)
            images, truth = np.asarray(images, np.float32), np.asarray(truth)
        shape = (n_images, *grating(0, **gratings).shape)
        if images.shape != shape or len(truth) != n_images:
            raise self.mistake(
                f"`stimuli` gave images of shape {images.shape} and truth of shape {truth.shape}, "
                f"expected images of shape {shape} and truth of {n_images} images"
            )
        if truth.dtype == object:
            kind = type(truth.flat[0]).__name__
            raise self.mistake(f"`stimuli` gave truth that is {kind}, expected an array of numbers")
        if not np.isfinite(images).all():
            raise self.mistake("`stimuli` gave images with NaN or infinity, expected numbers")
        return images, truth

    def answer(self, values):
        """Turn outputs into answers, of the same shape."""
        with telling(self.reference):
            answers = getattr(self.own, "answer", super().answer)(values)
        if getattr(answers, "shape", None) != values.shape:
            found = getattr(answers, "shape", type(answers).__name__)
            raise self.mistake(f"`answer` gave {found}, expected the shape {tuple(values.shape)}")
        return answers

    def targets(self, truth):
        """Give the right answers, (images, n_outputs), float32."""
        with telling(self.reference):
            targets = np.asarray(self.own.targets(truth), np.float32)
        shape = (len(truth), self.n_outputs)
        if targets.shape != shape:
            raise self.mistake(f"`targets` gave shape {targets.shape}, expected {shape}")
        return targets

    def loss(self, answers, targets):
        """Give the mean loss: one number, as a tensor that can be differentiated."""
        with telling(self.reference):
            loss = self.own.loss(answers, targets)
        if getattr(loss, "shape", None) != () or not loss.requires_grad:
            found = getattr(loss, "shape", type(loss).__name__)
            raise self.mistake(
                f"`loss` gave {found}, expected one number as a tensor, the mean over images, "
                "computed by PyTorch from the answers"
            )
        return loss

    def score(self, answers, truth):
        """Score answers by the task's measure."""
        with telling(self.reference):
            score = float(self.own.score(answers, truth))
        return score if math.isfinite(score) else math.nan  # of a network that diverged: it failed
