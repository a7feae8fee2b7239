"""Tidy tables as CSV files, the same bytes for the same numbers."""


def write_table(frame, path):
    """Write a pandas.DataFrame, floats to eight significant digits, missing ones as `nan`.

    Parameters
    ----------
    frame : pandas.DataFrame
    path : str
    """
    frame.to_csv(path, index=False, float_format="%.8g", na_rep="nan", lineterminator="\n")
