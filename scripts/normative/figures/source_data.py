"""The data that panels show, as read from results and as written beside the figures."""

import numpy as np
import pandas as pd

from normative.workflow.tables import read_status


def tabulate_images(orientations, images):
    """Give the pixels of images: orientation, row, and one column for each column of pixels.

    Parameters
    ----------
    orientations : array, shape (n_images,), degrees
    images : array, shape (n_images, height, width)
    """
    height, width = images.shape[1:]
    rows = pd.MultiIndex.from_product([orientations, range(height)], names=["orientation", "row"])
    return pd.DataFrame(images.reshape(-1, width), rows).reset_index()


def tabulate_rdms(orientation, rdms):
    """Give the dissimilarity of each pair of stimuli, one column an RDM.

    Parameters
    ----------
    orientation : array, shape (n_stimuli,), degrees
    rdms : dict of array, shape (n_stimuli, n_stimuli)
    """
    first, second = np.triu_indices(len(orientation), 1)
    pairs = {"orientation_1": orientation[first], "orientation_2": orientation[second]}
    return pd.DataFrame({**pairs, **{name: rdm[first, second] for name, rdm in rdms.items()}})


def read_similarities(inference, means, performance, seeds):
    """Read what `draw_similarity` draws, one row a layer or reference.

    Parameters
    ----------
    inference, means, performance : str
        Paths of the tables of these names and of the archive of means over seeds.
    seeds : list of int
        In the order of the archive.

    Returns
    -------
    table : pandas.DataFrame
        The rows of `inference.csv`.
    by_seed : pandas.DataFrame
        Similarity of every network: model, layer, seed, similarity, status.
    """
    table = pd.read_csv(inference)
    layers = table[table["model"] != "reference"]
    status = read_status(performance)
    with np.load(means) as archive:
        similarities = archive["all_seeds"]  # (n_seeds, n_layers)
    rows = [
        (row.model, row.layer, seed, similarities[i, j], status[row.model, seed])
        for j, row in enumerate(layers.itertuples())
        for i, seed in enumerate(seeds)
    ]
    columns = ["model", "layer", "seed", "similarity", "status"]
    return table, pd.DataFrame(rows, columns=columns)


def read_by_seed(means, layers):
    """Read the similarity of every network that passed its task.

    Parameters
    ----------
    means, layers : str
        Paths of the archive of means over seeds and of the table of its layers.

    Returns
    -------
    dict of array, shape (n_seeds,)
        By (model, layer).
    """
    names = pd.read_csv(layers)[["model", "layer"]].itertuples(index=False, name=None)
    with np.load(means) as archive:
        return dict(zip(names, archive["similarity_by_seed"].T, strict=True))


def tabulate_similarities(table, by_seed):
    """Give what `draw_similarity` draws: means with CIs and noise ceiling, then each seed."""
    columns = ["similarity", "ci_low", "ci_high", "stimuli_ci_low", "stimuli_ci_high"]
    columns += ["ceiling_low", "ceiling_high", "ceiling_from"]
    means = table[["model", "layer", *columns]]
    means.insert(2, "seed", "mean")
    return pd.concat([means, by_seed], ignore_index=True)


def read_animals(group, animals):
    """Read what `draw_similarity` draws of a group, with animals in the place of seeds.

    Parameters
    ----------
    group, animals : str
        Paths of the tables of these names.

    Returns
    -------
    table, by_animal : pandas.DataFrame
        The rows of `group.csv`; those of `animals.csv` that have a similarity.
    """
    by_animal = pd.read_csv(animals).dropna(subset="similarity")
    return pd.read_csv(group), by_animal.assign(status="passed")


def tabulate_animals(table, by_animal):
    """Give what `draw_similarity` draws of a group: means, CIs and ceiling, then each animal."""
    columns = ["model", "layer", "animal", "similarity", "ci_low", "ci_high"]
    of_means = ["stimuli_ci_low", "stimuli_ci_high", "ceiling_low", "ceiling_high"]
    means = table.assign(animal="mean")[[*columns, *of_means]]
    return pd.concat([means, by_animal[columns]], ignore_index=True)


def read_partial(partial, inference):
    """Read what `draw_partial` draws: for each layer its raw correlation, then the partial ones.

    Parameters
    ----------
    partial, inference : str
        Paths of the tables of these names.

    Returns
    -------
    pandas.DataFrame
        The rows of `partial.csv` below those of the raw correlations, which are given "nothing".
    """
    table = pd.read_csv(inference).query("model != 'reference'")
    raw = table[["dataset", "model", "layer", "similarity", "ci_low", "ci_high", "ci_over"]]
    raw = raw.rename(columns={"similarity": "partial"})
    return pd.concat([raw.assign(given="nothing"), pd.read_csv(partial)], ignore_index=True)
