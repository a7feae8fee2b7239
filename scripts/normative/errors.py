"""The one exception that is the user's to mend."""


class UserError(Exception):
    """A mistake in the input, or a failure outside the program, told in one line.

    The message says which file or key, what was found, what was expected and what to do.
    `normative.runner.run` shows it without a traceback.
    """

    def __init__(self, message):
        # A file's name may hold line ends and other signs that steer a terminal.
        super().__init__("".join(c if c.isprintable() else ascii(c)[1:-1] for c in message))
