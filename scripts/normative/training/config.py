"""How a network is made and trained."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TrainingConfig:
    """How a network is made and trained; the same for all seeds.

    Parameters
    ----------
    network : str or dict
    filters : str or None
        See `normative.networks.networks.build_network`.
    task : str
        See `normative.tasks.find_task`; "none" for a network as it is.
    epochs : int
        Passes through the images. With 0 the network stays as it was constructed.
    batch_size : int
        Images in a mini-batch; fewer in the last one where it does not divide their number.
    learning_rate, momentum : float
        Of stochastic gradient descent on the task's loss.
    """

    network: str
    filters: str
    task: str
    epochs: int
    batch_size: int
    learning_rate: float
    momentum: float

    def n_batches(self, n_images):
        """Count the mini-batches of an epoch."""
        return -(-n_images // self.batch_size)
