"""Low-dimensional maps of population responses."""

from sklearn.decomposition import PCA
from sklearn.manifold import TSNE


def embed(patterns, dimensions=20, perplexity=30):
    """Reduce by PCA and then by t-SNE to two dimensions, as the tutorial does.

    Parameters
    ----------
    patterns : array, shape (stimuli, units)
    dimensions : int
        Of the PCA; fewer where there are fewer units or stimuli.
    perplexity : float
        Of the t-SNE; lower where there are not more stimuli than that.

    Returns
    -------
    array of float32, shape (stimuli, 2)
    """
    components = min(dimensions, *patterns.shape)
    reduced = PCA(components, random_state=0).fit_transform(patterns)
    return TSNE(random_state=0, perplexity=min(perplexity, len(patterns) - 1)).fit_transform(
        reduced
    )
