"""The one exception that is the user's to mend."""


class UserError(Exception):
    """A mistake in the input, or a failure outside the program, told in one line.

    The message says which file or key, what was found, what was expected and what to do.
    `normative.runner.run` shows it without a traceback.
    """
