"""Low-dimensional maps of population responses."""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

LEAST_STIMULI = 20  # of fewer, neighborhoods are too small to be told from noise


def embed(patterns, n_components=20, perplexity=30):
    """Reduce by PCA and then by t-SNE to two dimensions, as the tutorial does.

    Parameters
    ----------
    patterns : array, shape (stimuli, units)
    n_components : int
        Of the PCA; fewer where there are fewer units or stimuli.
    perplexity : float
        Of the t-SNE; lower where there are not more stimuli than that.

    Returns
    -------
    array of float32, shape (stimuli, 2)
        NaN where all stimuli have the same response, as of units that have died, or where responses
        are not finite or too large to be squared, as of a network whose training diverged.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        is_finite = np.isfinite(np.square(patterns).sum())
    if not is_finite or not np.ptp(patterns, axis=0).any():
        return np.full((len(patterns), 2), np.nan, np.float32)
    n_components = min(n_components, *patterns.shape)
    # (stimuli, units) -> (stimuli, components)
    reduced = PCA(n_components, random_state=0).fit_transform(patterns)
    tsne = TSNE(random_state=0, perplexity=min(perplexity, len(patterns) - 1))
    return tsne.fit_transform(reduced)  # (stimuli, components) -> (stimuli, 2)
