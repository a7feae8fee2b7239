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
