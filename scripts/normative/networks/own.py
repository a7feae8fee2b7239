"""Networks of the user's own: any `torch.nn.Module`, shown images as it wants them."""

import functools
import math
from textwrap import shorten

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.nn.parameter import is_lazy

from normative.tasks import find_task
from normative.workflow.errors import UserError
from normative.workflow.own_code import load_own, telling

cut = functools.partial(shorten, placeholder=" …")  # texts of others, at a space
MOST_NAMED = 40  # layers, of an error's line


class OwnNetwork(nn.Module):
    """A network of the user's own, with images before it and the task's answer after it.

    Parameters
    ----------
    own : torch.nn.Module
    design : dict
        See `build_own`.
    task : str
    """

    def __init__(self, own, design, task):
        super().__init__()
        self.own = own
        self.reference = design["code"]
        self.task = None if task == "none" else find_task(task)
        self.n_channels = design["input"].get("channels", 1)
        size = design["input"].get("size")
        self.size = [size, size] if isinstance(size, int) else size
        for name, value in (("mean", 0.0), ("sd", 1.0)):
            values = torch.tensor(design["input"].get(name, value)).float().reshape(-1, 1, 1)
            self.register_buffer(name, values, persistent=False)  # (channels or 1, 1, 1)

    @property
    def named(self):
        """The module whose parts are the layers, by their names: the user's."""
        return self.own

    def state_dict(self, *args, **kwargs):
        """Give the state of the user's module, which it can load without us."""
        return self.own.state_dict(*args, **kwargs)

    def load_state_dict(self, *args, **kwargs):
        """Load such a state."""
        return self.own.load_state_dict(*args, **kwargs)

    def show(self, images):
        """Turn images, (images, height, width), into (images, channels, height, width).

        Where another size is asked for, the largest part in the middle that has its proportions is
        enlarged or reduced, so that no angle changes.
        """
        images = images.unsqueeze(1)
        if self.size is not None:
            height, width = crop(images.shape[2:], self.size)
            top, left = (images.shape[2] - height) // 2, (images.shape[3] - width) // 2
            images = images[:, :, top : top + height, left : left + width]
            images = functional.interpolate(
                images, tuple(self.size), mode="bilinear", antialias=True
            )
        return (images.expand(-1, self.n_channels, -1, -1) - self.mean) / self.sd

    def forward(self, images):
        """Answer images, (images, height, width), with (images, n_outputs).

        Raises
        ------
        UserError
            If the network fails, or gives another number of outputs than the task asks for.
        """
        with telling(self.reference, "correct the network, or its `arguments` or `input`"):
            outputs = self.own(self.show(images))
        if self.task is None:
            return outputs
        n_outputs = self.task.n_outputs
        found = getattr(outputs, "shape", None)
        if found is None or outputs.numel() != len(images) * n_outputs:
            what = f"shape {tuple(found)}" if found is not None else type(outputs).__name__
            raise UserError(
                f"{self.reference}: found outputs of {what}, expected one tensor of shape "
                f"({len(images)}, {n_outputs}) for {len(images)} images; build the network with "
                "the number of outputs that it is given"
            )
        return self.task.answer(outputs.reshape(len(images), n_outputs))

    def prepare(self, images):
        """Keep images as they are: shown as the network wants them they may be too many."""
        return images

    def answer_prepared(self, prepared):
        """Answer images from `prepare`; in training."""
        return self(prepared)


def crop(shape, size):
    """Give height and width of the largest part of an image with the proportions of a size."""
    (height, width), (new_height, new_width) = shape, size
    scale = min(height / new_height, width / new_width)
    return max(1, math.floor(new_height * scale)), max(1, math.floor(new_width * scale))


def build_own(design, image_shape, task):
    """Construct a network of the user's own, or take it as its weights file has it.

    Parameters
    ----------
    design : dict
        `code`, a reference to a class or function that gives a `torch.nn.Module`; its `arguments`;
        `outputs`, the name of the argument for the number of outputs; `input`, how images are
        shown; `weights`, the path of a state dict, or None.
    image_shape : (height, width), pixels
    task : str
        "none": the network has outputs of its own.

    Returns
    -------
    OwnNetwork
        Its initial weights come from torch's global generator.

    Raises
    ------
    UserError
        If the user's code fails, or the weights are not those of the network.
    """
    reference = design["code"]
    make = load_own(reference)
    arguments = dict(design["arguments"])
    if task != "none":
        if design["outputs"] in arguments:
            raise UserError(
                f"{reference}: found `{design['outputs']}` in its `arguments`, which takes the "
                "number of outputs that the task asks for; leave it out there"
            )
        arguments[design["outputs"]] = find_task(task).n_outputs
    try:
        with telling(reference, "correct the network, or its `arguments`"):
            own = make(**arguments)
    except UserError as error:
        if isinstance(error.__cause__, TypeError) and "argument" in str(error):
            raise UserError(
                f"{error}. It was called with {', '.join(arguments) or 'nothing'}; `outputs: NAME` "
                "says which argument takes the number of outputs"
            ) from error
        raise
    if not isinstance(own, nn.Module):
        raise UserError(f"{reference}: found {type(own).__name__}, expected a torch.nn.Module")
    net = OwnNetwork(own, design, task)
    if any(map(is_lazy, [*own.parameters(), *own.buffers()])):
        with torch.no_grad():  # so that lazy layers draw their weights now, as all others do
            net.eval()(torch.zeros(2, *image_shape))
        net.train()
    if design["weights"] is not None:
        load_weights(own, design["weights"])
    return net


def load_weights(own, path):
    """Load a state dict of tensors, and nothing else, from a file.

    Raises
    ------
    UserError
        If the file holds anything but tensors, or those of another network.
    """
    save = "save them with torch.save(net.state_dict(), path)"
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise UserError(f"{path}: no such file of weights; correct its path") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read as a file ({error.strerror})") from None
    except Exception:  # of ten kinds, by where in the file torch stumbles
        raise UserError(
            f"{path}: refused, as it holds more than tensors, such as a whole network, or none; "
            f"{save}"
        ) from None
    if not isinstance(state, dict) or not all(map(torch.is_tensor, state.values())):
        found = ", ".join(map(str, state)) if isinstance(state, dict) else type(state).__name__
        raise UserError(f"{path}: found {cut(found, 100)}, expected tensors by their names; {save}")
    try:
        own.load_state_dict(state)
    except RuntimeError as error:
        lines = "; ".join(line.strip() for line in str(error).splitlines()[1:])
        raise UserError(f"{path}: not the weights of this network: {cut(lines, 250)}") from None


def shape_of_shown(net, image_shape):
    """List channels, height and width of an image, (height, width), as a network is shown it."""
    if not isinstance(net, OwnNetwork):
        return [1, *image_shape]
    return list(net.show(torch.zeros(1, *image_shape)).shape[1:])


def describe_layers(net, image_shape):
    """List the parts of a network in the order in which they are used.

    Parameters
    ----------
    net : normative.networks.networks.Network or OwnNetwork
    image_shape : (height, width), pixels

    Returns
    -------
    list of dict
        `name`; `kind`, its class; `shape` of what comes out of it for one image, None where this is
        no tensor with an axis of images; `n_used`, how often in one pass; `kernel`, (height,
        width), of convolutions and pooling; `is_leaf`, whether it has no parts; `has_weights`.
    """
    found, n_images = {}, 2

    def record(name, module):
        def hook(module, args, output):
            if name in found:
                found[name]["n_used"] += 1
                return
            is_whole = torch.is_tensor(output) and output.ndim > 1 and len(output) == n_images
            kernel = getattr(module, "kernel_size", None)
            found[name] = {
                "name": name,
                "kind": type(module).__name__,
                "shape": list(output.shape[1:]) if is_whole else None,
                "n_used": 1,
                "kernel": [kernel, kernel] if isinstance(kernel, int) else kernel and list(kernel),
                "is_leaf": not any(True for _ in module.children()),
                "has_weights": any(True for _ in module.parameters(recurse=False)),
            }

        return hook

    handles = [
        module.register_forward_hook(record(name, module))
        for name, module in net.named.named_modules()
        if name
    ]
    net.eval()
    try:
        with torch.no_grad():
            net(torch.zeros(n_images, *image_shape))
    finally:
        for handle in handles:
            handle.remove()
    return list(found.values())


def find_wrong_layer(layers, described, model):
    """Tell in one line which of some layers cannot be recorded; None if all can.

    Parameters
    ----------
    layers : list of str
    described : list of dict
        See `describe_layers`.
    model : str
    """
    by_name = {layer["name"]: layer for layer in described}
    right = [name for name, layer in by_name.items() if is_recordable(layer)]
    shown = ", ".join(right[:MOST_NAMED]) + (", …" if len(right) > MOST_NAMED else "")
    expected = f"expected one of {shown}" if right else "and no layer gives one, once in a pass"
    for index, layer in enumerate(layers):
        if layer in right:
            continue
        where = f"config key `models.{model}.layers.{index}`"
        if layer not in by_name:
            return f"{where}: found {layer!r}, no layer that the network uses, {expected}"
        if by_name[layer]["n_used"] > 1:
            n_used = by_name[layer]["n_used"]
            return f"{where}: `{layer}` is used {n_used} times in a pass, {expected}"
        return f"{where}: `{layer}` gives no tensor of several units, {expected}"
    return None


def is_recordable(layer):
    """Tell whether a layer has one output in a pass, of two units or more."""
    return layer["n_used"] == 1 and layer["shape"] is not None and np.prod(layer["shape"]) > 1
