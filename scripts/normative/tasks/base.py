"""What a task is: the contract of ours and of users' own.

Tasks import PyTorch only where they compute with it, so that whoever asks for their names does not
wait for it.
"""


class Task:
    """A task: its stimuli, the right answers, the loss to train on, the measure to test by.

    Attributes
    ----------
    n_outputs : int
        Numbers in an answer.
    measure : str
        Name of what `score` gives.
    gate : float
        Score that a trained network must reach, unless the configuration says another.
    higher_is_better : bool
        Of scores.
    n_stimuli : int or None
        Images to learn from; None: as many as `training.stimuli` of the configuration says.
    truth : str
        Name of what `stimuli` gives beside the images, in the file of training stimuli.
    question, answer_name, loss_name : str
        What a network learns, what it answers, and the loss with its unit, for figures.
    """

    higher_is_better = True
    n_stimuli = None
    truth = "truth"
    question = "a task of one's own"
    answer_name = "answer"
    loss_name = "loss of the task"

    def stimuli(self, seed, n_images, held_out, gratings):
        """Draw images and what is true of them; the same for the same seed.

        Parameters
        ----------
        seed : int
        n_images : int
        held_out : bool
            Whether they are to test on, and not to learn from.
        gratings : dict
            Settings of `normative.stimuli.gratings.grating`, whose size images must have.

        Returns
        -------
        images : array of float32, shape (n_images, height, width)
        truth : array, shape (n_images, …)
        """
        raise NotImplementedError(f"{type(self).__name__} draws no stimuli")

    def answer(self, values):
        """Turn the network's outputs into answers, tensors of shape (images, n_outputs)."""
        return values

    def targets(self, truth):
        """Give the right answers, array of float32, shape (images, n_outputs)."""
        raise NotImplementedError(f"{type(self).__name__} has no targets")

    def loss(self, answers, targets):
        """Give the mean loss of answers, both tensors of shape (images, n_outputs)."""
        raise NotImplementedError(f"{type(self).__name__} has no loss")

    def score(self, answers, truth):
        """Score answers, array of shape (images, n_outputs), as a float."""
        raise NotImplementedError(f"{type(self).__name__} has no score")

    def write(self, truth):
        """Write the right answer to one image for a figure."""
        return str(truth)
