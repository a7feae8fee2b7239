"""The exception for mistakes of the user, and its words for a full disk."""

import shutil

LEAST_FREE = 1 << 16  # bytes of a disk that is not full
AGAIN = "then run the same command again"


def one_line(text):
    """Escape line ends and other signs that steer a terminal, such as a file's name may hold."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def shorten(text):
    """Write a text in one line of bounded length, its middle left out where it is too long."""
    line = one_line(text)
    return line if len(line) <= 300 else f"{line[:200]} … {line[-80:]}"


class UserError(Exception):
    """A mistake in the input, or a failure outside the program, told in one line.

    The message says which file or key, what was found, what was expected and what to do.
    `normative.workflow.runner.run` shows it without a traceback.
    """

    def __init__(self, message):
        super().__init__(one_line(message))


def disk_is_full(folder):
    """Tell whether the disk that a folder is on has no room left to speak of."""
    return shutil.disk_usage(folder).free < LEAST_FREE


def no_space(folder):
    """Say so in the words of a `UserError`."""
    return f"{folder}: no space left on the disk; make room, {AGAIN}"
