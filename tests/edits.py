"""What lists of careless edits share."""


def edits(group, path, tests, *pairs):
    """Give edits of one file, each (old, new), which the same tests should notice."""
    return [(group, path, old, new, tests) for old, new in pairs]
