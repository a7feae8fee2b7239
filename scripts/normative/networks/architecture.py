"""What the networks are made of: sizes and stages."""

CHANNELS = 6  # convolution kernels
KERNEL_SIZE = 7  # pixels
POOL_SIZE = 8  # pixels
HIDDEN_UNITS = 10


def stages(network, image_shape):
    """List the stages of a network from the image to its hidden layer, in order.

    Parameters
    ----------
    network : {"FC", "ConvFC", "ConvPoolFC"}
    image_shape : (height, width), pixels

    Returns
    -------
    dict
        Name of the stage (of the module, but for "image") → shape of what comes out of it:
        (height, width), (channels, height, width) or (units,).
    """
    height, width = image_shape
    shapes = {"image": (height, width)}
    if network != "FC":
        shapes["conv"] = (CHANNELS, height, width)
    if network == "ConvPoolFC":
        shapes["pool"] = (CHANNELS, height // POOL_SIZE, width // POOL_SIZE)
    return {**shapes, "fc": (HIDDEN_UNITS,)}
