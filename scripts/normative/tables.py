"""Tidy tables as CSV files, the same bytes for the same numbers."""


def write_table(frame, file, header=True):
    """Write a pandas.DataFrame, floats to eight significant digits, missing ones as `nan`.

    Parameters
    ----------
    frame : pandas.DataFrame
    file : str or open file
    header : bool
        False for the further rows of a table that is written part by part.
    """
    frame.to_csv(
        file, index=False, header=header, float_format="%.8g", na_rep="nan", lineterminator="\n"
    )
