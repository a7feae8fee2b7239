"""Tables as CSV files, the same bytes for the same numbers, and files by model."""


def write_table(frame, path):
    """Write a pandas.DataFrame, floats to eight significant digits, missing ones as `nan`.

    Parameters
    ----------
    frame : pandas.DataFrame
    path : str
    """
    frame.to_csv(
        path,
        index=False,
        float_format="%.8g",
        na_rep="nan",
        lineterminator="\n",
        encoding="utf-8",
    )


def read_status(performance):
    """Read how each network did at its task.

    Parameters
    ----------
    performance : str
        Path of `tables/performance.csv`.

    Returns
    -------
    pandas.Series
        By model and seed: "passed", "failed", "untrained" or "given".
    """
    import pandas as pd  # half a second, which those who only write tables have spent already

    return pd.read_csv(performance).set_index(["model", "seed"])["status"]


def files_by_model(paths, models):
    """Part a rule's list of files, one a block of seeds, model by model.

    Parameters
    ----------
    paths : list of str
        Of the first model's blocks, then the second's …; all models have the same blocks.
    models : sequence of str

    Returns
    -------
    dict of list of str
    """
    n_blocks, remainder = divmod(len(paths), len(models))
    if remainder:
        raise ValueError(f"{len(paths)} files of {len(models)} models, expected as many of each")
    return {
        model: paths[index * n_blocks : (index + 1) * n_blocks]
        for index, model in enumerate(models)
    }


def read_tables(paths, models, **options):
    """Read the tables of all models and blocks into one, with the column `model` first."""
    import pandas as pd

    files = files_by_model(paths, models)
    tables = {
        model: pd.concat([pd.read_csv(path, **options) for path in files[model]])
        for model in models
    }
    return pd.concat(tables, names=["model"]).reset_index("model").reset_index(drop=True)
