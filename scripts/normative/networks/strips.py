"""A convolution and the max pooling that follows it, in one: faster to train on a processor.

Six filters fill a fraction of a processor's vector registers. So images are cut into strips, one
for each row of pooled units, and each filter shifted to each row of a strip counts as a filter:
eight times as many, on twice the inputs. And as only the winner of each pooled unit has a gradient,
going back reads one patch of the image in 64.
"""

import torch
from torch.nn import functional

from normative.networks.architecture import KERNEL_SIZE, POOL_SIZE

TALL = POOL_SIZE + KERNEL_SIZE - 1  # rows of an image that a strip of convolved rows is made of


def cut_strips(images):
    """Lay images out for `convolve_and_pool`, zeros around them.

    Parameters
    ----------
    images : tensor, shape (images, height, width)

    Returns
    -------
    tensor, shape (images, height // POOL_SIZE, width + KERNEL_SIZE - 1, TALL)
    """
    padded = functional.pad(images, (KERNEL_SIZE // 2,) * 4)
    return padded.unfold(1, TALL, POOL_SIZE).contiguous()


def convolve_and_pool(strips, weight, bias):
    """Convolve images and take the maximum of squares that do not overlap.

    Parameters
    ----------
    strips : tensor
        From `cut_strips`.
    weight : tensor, shape (channels, 1, KERNEL_SIZE, KERNEL_SIZE)
    bias : tensor, shape (channels,)

    Returns
    -------
    tensor, shape (images, channels, height // POOL_SIZE, width // POOL_SIZE)
        `max_pool2d(conv2d(images, weight, bias, padding=KERNEL_SIZE // 2), POOL_SIZE)` to rounding,
        with gradients for weight and bias.
    """
    pooled = _Winners.apply(strips, weight)
    return (pooled + bias).permute(0, 3, 1, 2)


class _Winners(torch.autograd.Function):
    """The largest answer of each channel within a square of positions.

    From strips, (images, strips, columns, TALL), and the filters of `convolve_and_pool`:
    (images, strips, squares, channels). Among equals the first wins, row by row, as in max_pool2d.
    """

    @staticmethod
    def forward(context, strips, weight):
        layout = torch.channels_last  # in which oneDNN and max_pool2d work on many channels at once
        # Windows of a filter between zeros are that filter lower and lower, so from the last to the
        # first: (channels, rows, columns, TALL).
        shifted = functional.pad(weight[:, 0], (0, 0, POOL_SIZE - 1, POOL_SIZE - 1))
        shifted = shifted.unfold(1, TALL, 1).flip(1)
        filters = shifted.permute(1, 0, 3, 2).flatten(0, 1).unsqueeze(2)
        convolved = functional.conv2d(
            strips.permute(0, 3, 1, 2), filters.contiguous(memory_format=layout)
        )
        of_rows, position = functional.max_pool2d(convolved, (1, POOL_SIZE), return_indices=True)
        of_rows, position = (  # images, strips, squares, rows, channels
            each.permute(0, 2, 3, 1).unflatten(3, (POOL_SIZE, -1)) for each in (of_rows, position)
        )
        # For the second pooling, all but the rows are channels.
        shape = of_rows[..., 0, :].shape
        of_rows = of_rows.movedim(3, 0).reshape(1, POOL_SIZE, 1, -1)
        winners, row = functional.max_pool2d(
            of_rows.permute(0, 3, 1, 2), (POOL_SIZE, 1), return_indices=True
        )
        winners, row = winners.reshape(shape), row.reshape(shape)
        position = position.gather(3, row.unsqueeze(3)).squeeze(3)
        context.save_for_backward(strips, row, position)
        return winners

    @staticmethod
    def backward(context, gradient):
        strips, row, position = context.saved_tensors
        images, across, columns, _ = strips.shape
        channels = gradient.shape[3]
        # `position` counts convolved columns, which are fewer than those of the strips.
        strip = torch.arange(across).view(-1, 1, 1) * (KERNEL_SIZE - 1)
        image = torch.arange(images).view(-1, 1, 1, 1) * (across * columns)
        start = (position + strip + image) * TALL + row  # of a patch within the strips
        channel = torch.arange(channels).expand_as(start)
        # Patches of 7 columns, which lie side by side; no copy is made. In the last, only the rows
        # of the filter.
        length = (KERNEL_SIZE - 1) * TALL + KERNEL_SIZE
        patches = strips.as_strided((strips.numel() - length + 1, length), (1, 1))
        sums = (
            torch.sparse_coo_tensor(
                torch.stack([channel.flatten(), start.flatten()]),
                gradient.flatten(),
                (channels, len(patches)),
                check_invariants=False,
            )
            @ patches
        )
        sums = functional.pad(sums, (0, TALL - KERNEL_SIZE)).unflatten(1, (KERNEL_SIZE, TALL))
        return None, sums[..., :KERNEL_SIZE].transpose(1, 2).unsqueeze(1)
