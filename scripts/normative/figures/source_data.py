"""The data that panels show, read from results and written beside the figures."""

import numpy as np
import pandas as pd

from normative.workflow.tables import read_status


def tabulate_images(orientations, images):
    """Give the pixels of images: orientation, row, and one column for each column of pixels."""
    height, width = images.shape[1:]
    rows = pd.MultiIndex.from_product([orientations, range(height)], names=["orientation", "row"])
    return pd.DataFrame(images.reshape(-1, width), rows).reset_index()


def tabulate_rdms(orientation, rdms):
    """Give the dissimilarity of each pair of stimuli, one column an RDM."""
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
    of_seeds : pandas.DataFrame
        Similarity of every network: model, layer, seed, similarity, status.
    """
    table = pd.read_csv(inference)
    networks = table[table["model"] != "reference"]
    status = read_status(performance)
    with np.load(means) as archive:
        by_seed = archive["all_seeds"]
    rows = [
        (row.model, row.layer, seed, by_seed[i, position], status[row.model, seed])
        for position, row in enumerate(networks.itertuples())
        for i, seed in enumerate(seeds)
    ]
    columns = ["model", "layer", "seed", "similarity", "status"]
    return table, pd.DataFrame(rows, columns=columns)


def tabulate_similarities(table, seeds):
    """Give what `draw_similarity` draws: means with intervals and ceiling, then each seed."""
    columns = {"estimate": "similarity", "ci_low": "ci_low", "ci_high": "ci_high"}
    means = table[["model", "layer", *columns]].rename(columns=columns)
    means.insert(2, "seed", "mean")
    ceiling = ["ceiling_low", "ceiling_high", "ceiling_from"]
    return pd.concat([means.join(table[ceiling]), seeds], ignore_index=True)
