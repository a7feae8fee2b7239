"""How similar the patterns of two populations are, by measures that take no RDM.

Each takes the patterns of the same stimuli in two populations as their `principal_coordinates`,
and gives a number: 1 where one population is the other turned, moved and scaled; NaN where all
patterns of one are the same.
"""

import numpy as np

LEAST_EIGENVALUE = 1e-10  # of the largest; smaller ones are rounding
ROUNDING = 1e-10  # of the length of patterns, below which their differences are rounding


def principal_coordinates(features):
    """Turn patterns to their principal axes: the same distances and ridge from fewer columns.

    Parameters
    ----------
    features : array, shape (stimuli, features)

    Returns
    -------
    array of float64, shape (stimuli, rank)
        Without columns where all stimuli have the same features.
    """
    features = features.astype(np.float64)
    centered = features - features.mean(axis=0)
    eigenvalues, vectors = np.linalg.eigh(centered @ centered.T)
    rounding = ROUNDING**2 * np.sum(features**2)
    is_kept = eigenvalues > max(LEAST_EIGENVALUE * eigenvalues[-1], rounding)
    return vectors[:, is_kept] * np.sqrt(eigenvalues[is_kept])


def debiased_cka(first, second):
    """Linear centered kernel alignment with unbiased estimates of its three products.

    The biased one (Kornblith et al. 2019, arXiv:1905.00414) nears 1 with more units than stimuli
    also for populations that have nothing in common. This one has a mean of about 0 there: products
    are of U-centered kernels (Song et al. 2012, JMLR 13:1393; Székely & Rizzo 2014,
    doi:10.1214/14-AOS1255). It may be negative.

    Parameters
    ----------
    first, second : array, shape (stimuli, axes)
        `principal_coordinates`, of four stimuli or more.

    Returns
    -------
    float
    """
    first, second = (u_center(patterns @ patterns.T) for patterns in (first, second))
    with np.errstate(invalid="ignore"):
        return float(np.sum(first * second) / np.sqrt(np.sum(first**2) * np.sum(second**2)))


def u_center(kernel):
    """Center a kernel, (stimuli, stimuli), without what each stimulus has with itself."""
    n_stimuli = len(kernel)
    kernel = kernel - np.diag(np.diag(kernel))
    of_rows = kernel.sum(axis=0) / (n_stimuli - 2)
    centered = kernel - of_rows - of_rows[:, None] + of_rows.sum() / (n_stimuli - 1)
    np.fill_diagonal(centered, 0)
    return centered


def procrustes(first, second):
    """Similarity of two shapes, 1 − d²/2 of the Procrustes distance d between them.

    d is what is left between both once they are moved, scaled to a length of one and turned onto
    each other (Williams et al. 2021, arXiv:2110.14739, by their nuclear norm). Populations with
    more units than stimuli have something in common by chance, which is not subtracted.

    Parameters
    ----------
    first, second : array, shape (stimuli, axes)
        `principal_coordinates`.

    Returns
    -------
    float
        0 to 1.
    """
    turned = np.linalg.svd(first.T @ second, compute_uv=False).sum()
    with np.errstate(invalid="ignore"):
        return float(turned / (np.linalg.norm(first) * np.linalg.norm(second)))


PATTERN_MEASURES = {function.__name__: function for function in (debiased_cka, procrustes)}
