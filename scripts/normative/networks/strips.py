"""A convolution and the max pooling that follows it, in one: faster to train on a processor.

Six filters fill a fraction of a processor's vector registers. So images are cut into strips, one
for each row of pooled units, and each filter shifted to each row of a strip counts as a filter:
eight times as many, on twice the inputs. And as only the largest value of each pooled unit has a
gradient, the backward pass reads one patch of the image in 64.

In shapes below, `strips` is height // POOL_SIZE, `squares` is width // POOL_SIZE, `columns` is
width + KERNEL_SIZE − 1 and `shifts` is POOL_SIZE.
"""

import torch
from torch.nn import functional

from normative.networks.architecture import KERNEL_SIZE, POOL_SIZE

STRIP_HEIGHT = POOL_SIZE + KERNEL_SIZE - 1  # rows of an image that one row of pooled units reads
# A patch of a strip, whose columns lie one after the other in memory: in its last column only the
# rows of the filter count.
PATCH_LENGTH = (KERNEL_SIZE - 1) * STRIP_HEIGHT + KERNEL_SIZE


def cut_strips(images):
    """Lay images out for `convolve_and_pool`, zeros around them.

    Parameters
    ----------
    images : tensor, shape (images, height, width)

    Returns
    -------
    tensor, shape (images, strips, columns, STRIP_HEIGHT)
    """
    padded = functional.pad(images, (KERNEL_SIZE // 2,) * 4)  # (images, height + 6, columns)
    windows = padded.unfold(1, STRIP_HEIGHT, POOL_SIZE)  # (images, strips, columns, STRIP_HEIGHT)
    return windows.contiguous()


def convolve_and_pool(strips, weight, bias):
    """Convolve images and take the maximum of squares that do not overlap.

    Parameters
    ----------
    strips : tensor, shape (images, strips, columns, STRIP_HEIGHT)
        From `cut_strips`.
    weight : tensor, shape (channels, 1, KERNEL_SIZE, KERNEL_SIZE)
    bias : tensor, shape (channels,)

    Returns
    -------
    tensor, shape (images, channels, strips, squares)
        `max_pool2d(conv2d(images, weight, bias, padding=KERNEL_SIZE // 2), POOL_SIZE)` to rounding,
        with gradients for weight and bias.
    """
    maxima = _ConvolvedMaxima.apply(strips, weight)  # (images, strips, squares, channels)
    return (maxima + bias).permute(0, 3, 1, 2)  # (images, channels, strips, squares)


class _ConvolvedMaxima(torch.autograd.Function):
    """The largest value of each channel in each square, before the bias is added.

    From strips and weight to (images, strips, squares, channels).
    """

    @staticmethod
    def forward(context, strips, weight):
        planes = strips.permute(0, 3, 1, 2)  # (images, STRIP_HEIGHT, strips, columns)
        # (images, shifts · channels, strips, width)
        convolved = functional.conv2d(planes, shifted_filters(weight))
        maxima, row, position = pool_with_argmax(convolved)
        context.save_for_backward(strips, row, position)
        return maxima

    @staticmethod
    def backward(context, gradient):
        strips, row, position = context.saved_tensors
        starts = patch_starts(strips.shape, row, position)
        return None, sum_patches(strips, starts, gradient)


def shifted_filters(weight):
    """Shift each filter to each row of a strip.

    Parameters
    ----------
    weight : tensor, shape (channels, 1, KERNEL_SIZE, KERNEL_SIZE)

    Returns
    -------
    tensor, shape (shifts · channels, STRIP_HEIGHT, 1, KERNEL_SIZE)
        The rows of a strip are channels to the convolution, which moves along columns only.
    """
    margin = POOL_SIZE - 1
    padded = functional.pad(weight[:, 0], (0, 0, margin, margin))  # (channels, 21, KERNEL_SIZE)
    # Windows from the top hold the filter at the bottom first, hence the flip.
    # (channels, shifts, KERNEL_SIZE, STRIP_HEIGHT)
    shifted = padded.unfold(1, STRIP_HEIGHT, 1).flip(1)
    shifted = shifted.permute(1, 0, 3, 2)  # (shifts, channels, STRIP_HEIGHT, KERNEL_SIZE)
    # (shifts · channels, STRIP_HEIGHT, 1, KERNEL_SIZE)
    filters = shifted.flatten(0, 1).unsqueeze(2)
    # The layout in which oneDNN and max_pool2d work on many channels at once.
    return filters.contiguous(memory_format=torch.channels_last)


def pool_with_argmax(convolved):
    """Take the maximum of each square, first along columns and then along rows.

    Among equals the first wins, row by row, as in max_pool2d.

    Parameters
    ----------
    convolved : tensor, shape (images, shifts · channels, strips, width)

    Returns
    -------
    maxima : tensor, shape (images, strips, squares, channels)
    row : tensor of int64, the same shape
        Row of each maximum within its strip.
    position : tensor of int64, the same shape
        Strip and column of each maximum, as strip · width + column.
    """
    # Both (images, shifts · channels, strips, squares).
    of_rows, positions = functional.max_pool2d(convolved, (1, POOL_SIZE), return_indices=True)
    # Both (images, strips, squares, shifts, channels).
    of_rows, positions = (
        each.permute(0, 2, 3, 1).unflatten(3, (POOL_SIZE, -1)) for each in (of_rows, positions)
    )
    pooled_shape = of_rows[..., 0, :].shape  # (images, strips, squares, channels)
    # For the second pooling all axes but the shifts are channels, n of them.
    of_rows = of_rows.movedim(3, 0).reshape(1, POOL_SIZE, 1, -1)  # (1, shifts, 1, n)
    of_rows = of_rows.permute(0, 3, 1, 2)  # (1, n, shifts, 1)
    # Both (1, n, 1, 1).
    maxima, row = functional.max_pool2d(of_rows, (POOL_SIZE, 1), return_indices=True)
    maxima, row = maxima.reshape(pooled_shape), row.reshape(pooled_shape)
    # (images, strips, squares, channels)
    position = positions.gather(3, row.unsqueeze(3)).squeeze(3)
    return maxima, row, position


def patch_starts(strips_shape, row, position):
    """Find the patches of the strips that the maxima come from.

    Parameters
    ----------
    strips_shape : (images, strips, columns, STRIP_HEIGHT)
    row, position : tensor, shape (images, strips, squares, channels)
        From `pool_with_argmax`.

    Returns
    -------
    tensor of int64, shape (images, strips, squares, channels)
        Index of each patch's first pixel among all pixels of the strips.
    """
    n_images, n_strips, n_columns, _ = strips_shape
    # `position` counts convolved columns, fewer than those of a strip, within one image.
    strip = torch.arange(n_strips, device=position.device).view(-1, 1, 1)  # (strips, 1, 1)
    image = torch.arange(n_images, device=position.device).view(-1, 1, 1, 1)  # (images, 1, 1, 1)
    skipped, first_column = strip * (KERNEL_SIZE - 1), image * (n_strips * n_columns)
    # (images, strips, squares, channels)
    return (position + skipped + first_column) * STRIP_HEIGHT + row


def sum_patches(strips, starts, gradient):
    """Sum the patches that the maxima come from, weighted by the maxima's gradients.

    Parameters
    ----------
    strips : tensor, shape (images, strips, columns, STRIP_HEIGHT)
    starts, gradient : tensor, shape (images, strips, squares, channels)

    Returns
    -------
    tensor, shape (channels, 1, KERNEL_SIZE, KERNEL_SIZE)
        The gradient of the convolution's weight.
    """
    n_channels = gradient.shape[3]
    # Patches that start at each pixel, overlapping in memory: no copy is made.
    n_patches = strips.numel() - PATCH_LENGTH + 1
    patches = strips.as_strided((n_patches, PATCH_LENGTH), (1, 1))  # (patches, PATCH_LENGTH)
    # (images, strips, squares, channels)
    channel = torch.arange(n_channels, device=starts.device).expand_as(starts)
    weights = torch.sparse_coo_tensor(  # (channels, patches)
        torch.stack([channel.flatten(), starts.flatten()]),
        gradient.flatten(),
        (n_channels, n_patches),
        check_invariants=False,
    )
    sums = weights @ patches  # (channels, PATCH_LENGTH)
    sums = functional.pad(sums, (0, STRIP_HEIGHT - KERNEL_SIZE))
    sums = sums.unflatten(1, (KERNEL_SIZE, STRIP_HEIGHT))  # (channels, KERNEL_SIZE, STRIP_HEIGHT)
    sums = sums[..., :KERNEL_SIZE].transpose(1, 2)  # (channels, KERNEL_SIZE, KERNEL_SIZE)
    return sums.unsqueeze(1)  # (channels, 1, KERNEL_SIZE, KERNEL_SIZE)
