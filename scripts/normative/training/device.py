"""Where networks are trained."""

import torch

from normative.workflow.errors import UserError


def choose_device(device):
    """Settle on "cpu" or "cuda", given one of them or "auto": a GPU where there is one.

    Raises
    ------
    UserError
        If "cuda" is asked for and there is none.
    """
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cuda" and not torch.cuda.is_available():
        raise UserError(
            "config key `device`: found cuda, but PyTorch sees no GPU here; set it to cpu or auto, "
            "or send the job to a machine with a GPU and a CUDA build of PyTorch"
        )
    return device
