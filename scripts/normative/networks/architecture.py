"""Sizes of what our networks are made of."""

CHANNELS = 6  # convolution kernels
KERNEL_SIZE = 7  # pixels
POOL_SIZE = 8  # pixels
HIDDEN_UNITS = 10

# Of the deeper network: what its second stage has, and the pooling of both, in pixels of each.
STAGE_CHANNELS, STAGE_KERNEL, STAGE_POOLS = 12, 5, (4, 2)
SEMISATURATION = 1.0  # of divisive normalization, in units of the convolution's output
