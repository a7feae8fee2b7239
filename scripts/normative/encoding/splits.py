"""Folds of stimuli: which responses a model is fitted to, and which it has to predict."""

from dataclasses import dataclass

import numpy as np

from normative.stimuli.gratings import SAME_DEG

CIRCLE_DEG = 180  # of the images: θ and θ + 180° are one
LEAST_LEFT = 1 / 3  # of the images, to be fitted to; a gap that leaves fewer is narrowed


@dataclass(frozen=True)
class Fold:
    """One fold.

    Attributes
    ----------
    train, test : array of int
        Stimuli that are fitted to, and those that are predicted. A stimulus may be in neither.
    inner : list of (array of int, array of int)
        Folds of `train`, as positions in it, by which the penalty is chosen.
    gap_deg : float
        Stimuli nearer than this to one of `test` are not in `train`; 0 without a gap.
    """

    train: np.ndarray
    test: np.ndarray
    inner: list
    gap_deg: float


def block_folds(orientation_deg, gap_deg, n_folds, n_inner):
    """Hold out contiguous blocks of orientation, with a gap on both sides.

    Neighbors look alike to the animal and to a model: one that has seen them need not predict. A
    model cannot tell θ from θ + 180° either, so that both are in one block. The penalty is chosen
    in blocks of what is left, in the same way.

    Parameters
    ----------
    orientation_deg : array, shape (stimuli,)
        Of a circle or an arc of it, in any order.
    gap_deg : float
        Wanted gap. It is narrowed where less than a third of the images would be left.
    n_folds, n_inner : int
        Wanted numbers of folds, and of folds within each; no more than there are images.

    Returns
    -------
    list of Fold
        Each stimulus is in the `test` of one.

    Raises
    ------
    ValueError
        If there are fewer than three different images.
    """
    orientation_deg = np.asarray(orientation_deg, dtype=np.float64)
    folds = []
    n_images = len(find_images(orientation_deg)[0])
    n_folds = 3 if n_images == 3 else n_folds  # two images are left, one to choose the penalty by
    for train, test, gap in hold_out_blocks(orientation_deg, gap_deg, n_folds):
        left = orientation_deg[train]
        inner = [split[:2] for split in hold_out_blocks(left, gap_deg, n_inner)]
        folds.append(Fold(train, test, inner, gap))
    return folds


def hold_out_blocks(orientation_deg, gap_deg, n_blocks):
    """Yield stimuli to fit to, those to predict and the gap between them, for each block."""
    images, image_of = find_images(orientation_deg)
    if len(images) < 2:
        raise ValueError(f"{len(images)} different images, expected two or more to hold out one")
    difference = np.abs(np.subtract.outer(images, images)) % CIRCLE_DEG
    distance = np.minimum(difference, CIRCLE_DEG - difference)
    for block in np.array_split(np.arange(len(images)), min(n_blocks, len(images))):
        to_block = distance[:, block].min(axis=1)
        others = np.sort(np.delete(to_block, block))[::-1]
        n_left = max(2, int(np.ceil(LEAST_LEFT * len(images))))
        gap = min(gap_deg, others[min(n_left, len(others)) - 1])
        is_left = to_block > gap - SAME_DEG
        is_left[block] = False
        (train,) = np.nonzero(is_left[image_of])
        (test,) = np.nonzero(np.isin(image_of, block))
        yield train, test, float(gap)


def find_images(orientation_deg):
    """Find the different images among stimuli.

    Returns
    -------
    images : array, shape (images,)
        Their orientations, one after the other along the circle of 180°; the largest gap between
        neighbors is behind the last.
    image_of : array of int, shape (stimuli,)
        Which of them each stimulus shows.
    """
    angle = np.asarray(orientation_deg, dtype=np.float64) % CIRCLE_DEG
    order = np.argsort(angle, kind="stable")
    steps = np.diff(angle[order], append=angle[order[0]] + CIRCLE_DEG)  # behind each
    start = np.argmax(steps) + 1
    order, steps = np.roll(order, -start), np.roll(steps, -start)
    is_new = np.append(True, steps[:-1] > SAME_DEG)
    image_of = np.empty(len(order), dtype=int)
    image_of[order] = np.cumsum(is_new) - 1
    return angle[order][is_new], image_of


def random_folds(order, n_folds, n_inner):
    """Hold out stimuli at random, as is often done: their neighbors stay, and give them away.

    Parameters
    ----------
    order : array of int, shape (stimuli,)
        All stimuli in a random order.
    n_folds, n_inner : int

    Returns
    -------
    list of Fold
    """
    folds = []
    for test in np.array_split(order, min(n_folds, len(order))):
        shuffled = order[~np.isin(order, test)]
        train = np.sort(shuffled)
        inner = []
        for part in np.array_split(shuffled, min(n_inner, len(train))):
            is_part = np.isin(train, part)
            inner.append((np.flatnonzero(~is_part), np.flatnonzero(is_part)))
        folds.append(Fold(train, np.sort(test), inner, 0.0))
    return folds
