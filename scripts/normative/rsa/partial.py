"""Partial correlations."""

import numpy as np


def partial_correlation(xy, xz, yz, zz):
    """Correlation of x and y given z, and the share of x's variance that y adds to z's.

    Parameters
    ----------
    xy : array, shape (…)
        Correlations of x and y.
    xz, yz : array, shape (…, covariates)
    zz : array, shape (…, covariates, covariates)

    Returns
    -------
    partial, unique : array, shape (…)
        `unique` is R² of x on y and z, less R² of x on z alone: the squared semipartial
        correlation. NaN where a correlation is not defined or the covariates tell all of x or y.
    """
    xy, xz, yz, zz = (np.asarray(array, dtype=float) for array in (xy, xz, yz, zz))
    undefined = np.isnan(zz).any(axis=(-2, -1))
    inverse = np.linalg.pinv(np.where(undefined[..., None, None], 0, zz), hermitian=True)
    weights = np.einsum("...ij,...j->...i", inverse, yz)
    x_left = 1 - np.einsum("...i,...ij,...j->...", xz, inverse, xz)  # variance that z does not tell
    y_left = 1 - np.sum(yz * weights, axis=-1)
    residual = xy - np.sum(xz * weights, axis=-1)
    defined = ~undefined & (x_left > 1e-12) & (y_left > 1e-12)
    with np.errstate(invalid="ignore", divide="ignore"):
        partial, unique = residual / np.sqrt(x_left * y_left), residual**2 / y_left
    return np.where(defined, partial, np.nan), np.where(defined, unique, np.nan)


def partials_given_references(bootstrap, between):
    """Partial correlations and unique variances of layers, given each reference, and all.

    Parameters
    ----------
    bootstrap : array, shape (rows, layers, 1 + references)
        Similarity of layers with the recording and each reference.
    between : array, shape (rows, references, 1 + references)
        Of references with the same.

    Returns
    -------
    partial, unique : array, shape (rows, layers, references + 1)
    """
    xy, yz = bootstrap[..., 0], bootstrap[..., 1:]
    xz, zz = between[:, None, :, 0], between[:, None, :, 1:]
    n_references = between.shape[1]
    covariates = [[index] for index in range(n_references)] + [list(range(n_references))]
    results = [
        partial_correlation(xy, xz[..., of], yz[..., of], zz[..., of, :][..., of])
        for of in covariates
    ]
    return tuple(np.stack(quantity, axis=-1) for quantity in zip(*results, strict=True))
