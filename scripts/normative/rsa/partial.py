"""Partial correlations."""

import numpy as np

# Of few stimuli, the references of a bootstrap replicate depend on each other to rounding. Shares
# of their variance below the first number are left out of an inverse, which rounding would rule;
# the error of what they leave unexplained is then far below the second.
DEPENDENT, EXPLAINED = 1e-9, 1e-6


def partial_correlation(xy, xz, yz, zz):
    """Correlation of x and y given z, and the share of x's variance that y adds to z's.

    Parameters
    ----------
    xy : array, shape (…)
        Correlations of x and y.
    xz, yz : array, shape (…, covariates)
        Of x, and of y, with each covariate.
    zz : array, shape (…, covariates, covariates)
        Of the covariates with each other.

    Returns
    -------
    partial, unique : array, shape (…)
        `unique` is R² of x on y and z, less R² of x on z alone: the squared semipartial
        correlation. NaN where a correlation is not defined or the covariates explain all of x or y.
    """
    xy, xz, yz, zz = (np.asarray(array, dtype=float) for array in (xy, xz, yz, zz))
    is_undefined = np.isnan(zz).any(axis=(-2, -1))
    inverse = np.linalg.pinv(
        np.where(is_undefined[..., None, None], 0, zz), rcond=DEPENDENT, hermitian=True
    )
    weights = np.einsum("...ij,...j->...i", inverse, yz)  # of z in the regression of y
    # Variance of x, and of y, that z does not explain.
    x_left = 1 - np.einsum("...i,...ij,...j->...", xz, inverse, xz)
    y_left = 1 - np.sum(yz * weights, axis=-1)
    residual = xy - np.sum(xz * weights, axis=-1)
    is_defined = ~is_undefined & (x_left > EXPLAINED) & (y_left > EXPLAINED)
    with np.errstate(invalid="ignore", divide="ignore"):
        partial, unique = residual / np.sqrt(x_left * y_left), residual**2 / y_left
    return np.where(is_defined, partial, np.nan), np.where(is_defined, unique, np.nan)


def partials_given_references(network, references):
    """Partial correlations and unique variances of layers, given what tells orientations apart.

    Parameters
    ----------
    network, references : dict of array
        Of `comparison.compare`, of a network and of the references; of these, with
        `left_by_difference` as well.

    Returns
    -------
    partial, unique : array, shape (rows, layers, references + 2)
        See `partial_correlation`: x is the recording, y a layer, and z each reference, any function
        of the difference of orientation, and all references.
    """
    xy, yz = network["similarity"], network["with_references"]  # (rows, layers), (layers, refs)
    xz, zz = references["similarity"][:, None], references["with_references"]  # (rows, 1, refs)
    n_references = len(zz)
    covariates = [[index] for index in range(n_references)] + [list(range(n_references))]
    results = [
        partial_correlation(xy, xz[..., of], yz[..., of], zz[np.ix_(of, of)]) for of in covariates
    ]
    given_difference = network["given_difference"]
    unique = given_difference**2 * references["left_by_difference"]
    results.insert(n_references, (given_difference, unique))
    return tuple(np.stack(quantity, axis=-1) for quantity in zip(*results, strict=True))
