"""The tutorial's network and training."""

from normative.training.config import TrainingConfig

TUTORIAL = TrainingConfig(
    network="ConvPoolFC",
    filters="gabor",
    task="tilt",
    epochs=25,
    batch_size=100,
    learning_rate=0.0005,
    momentum=0.99,
)
