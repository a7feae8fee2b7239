"""Find out what a network is made of, and whether its layers can be recorded."""

import json

import torch

from normative.networks.networks import build_network
from normative.networks.own import describe_layers, find_wrong_layer, shape_of_shown
from normative.stimuli.gratings import EXAMPLES_DEG, grating
from normative.tasks import find_task
from normative.workflow.errors import UserError
from normative.workflow.runner import run


def main(output, params, wildcards, threads):
    """Write what the network is shown, its task, and its parts, see `describe_layers`.

    Raises
    ------
    UserError
        If one of the layers to compare cannot be recorded.
    """
    torch.set_num_threads(threads)
    image_shape = grating(0, **params.stimulus).shape
    torch.manual_seed(0)
    net = build_network(params.network, image_shape, task=params.task)
    described = describe_layers(net, image_shape)
    if wrong := find_wrong_layer(params.layers, described, wildcards.model):
        raise UserError(wrong)
    with open(output.network, "w", encoding="utf-8") as file:
        found = {
            "image": shape_of_shown(net, image_shape),
            "task": describe_task(params.task),
            "layers": described,
        }
        json.dump(found, file, indent=1, ensure_ascii=False)


def describe_task(name):
    """Give the words of a task, and what it asks for of gratings; None without one."""
    if name == "none":
        return None
    task = find_task(name)
    is_of_gratings = task.truth == "orientation"
    return {
        "question": task.question,
        "n_outputs": task.n_outputs,
        "answer_name": task.answer_name,
        "loss_name": task.loss_name,
        "answers": [task.write(angle) for angle in EXAMPLES_DEG] if is_of_gratings else None,
    }


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
