"""Seeds of a study, and the blocks of them that files hold."""

from itertools import groupby


def list_seeds(seeds):
    """List the seeds of a study in ascending order, given as a list or `{start: …, count: …}`."""
    if isinstance(seeds, dict):
        return list(range(seeds["start"], seeds["start"] + seeds["count"]))
    return sorted(seeds)


def seed_blocks(seeds, seeds_per_file):
    """Divide seeds among files: runs of consecutive seeds within aligned blocks.

    The block of a seed is `seed // seeds_per_file`, whatever other seeds there are, so that more
    seeds leave full blocks as they are.

    Parameters
    ----------
    seeds : list of int
        Ascending.
    seeds_per_file : int

    Returns
    -------
    list of str
        A name for each run: its first and last seed ("10-14"), or its only one ("12").
    """
    # Within a run of consecutive seeds, a seed less its position is constant.
    runs = groupby(enumerate(seeds), lambda pair: (pair[1] // seeds_per_file, pair[1] - pair[0]))
    names = []
    for _, run in runs:
        run = [seed for _, seed in run]
        names.append(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}")
    return names


def seeds_in(block):
    """List the seeds of a block by its name.

    Raises
    ------
    ValueError
        If the last seed is not after the first.
    """
    first, is_run, last = block.partition("-")
    if is_run and int(last) <= int(first):
        raise ValueError(f"seeds-{block}: expected the first seed before the last")
    return list(range(int(first), int(last or first) + 1))
