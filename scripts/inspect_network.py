"""Look at a network of your own before it is used: its layers, and an entry for it.

    python scripts/inspect_network.py my_networks.py:MyNet > my_network.yaml

Writes the layers that can be compared to the terminal, and an overlay of the configuration to the
output, ready for snakemake --configfile.
"""

import argparse
import copy
import sys

import numpy as np
import torch
import yaml

from normative.networks.networks import build_network
from normative.networks.own import describe_layers, is_recordable, shape_of_shown
from normative.stimuli.gratings import grating
from normative.workflow.errors import UserError
from normative.workflow.own_code import blame, is_own, own_version, split_reference

MANY_UNITS = 100_000  # of a layer: a file of 10 seeds and 181 stimuli takes 700 MB
N_COMPARED = 4  # layers of the ready entry


def main():
    """Look at the network of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("network", help="my_networks.py:MyNet, or package.module:MyNet")
    parser.add_argument("--task", default="tilt", help="none: as it is; tilt by default")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="a key of the entry"
    )
    arguments = parser.parse_args()
    try:
        entry = inspect(arguments)
    except UserError as error:
        sys.exit(f"Error: {error}")
    except Exception as error:
        if told := blame(error):
            sys.exit(f"Error: {UserError(told)}")
        raise
    print(entry, end="")


def inspect(arguments):
    """Build the network, tell its layers, and give the entry."""
    if not is_own(arguments.network):
        raise UserError(
            f"{arguments.network}: found no colon, expected a file or module and a name in it, "
            "such as my_networks.py:MyNet"
        )
    own_version(arguments.network)
    keys = dict(parse(choice) for choice in arguments.set)
    design = {
        "code": arguments.network,
        "arguments": keys.get("arguments", {}),
        "outputs": keys.get("outputs", "n_outputs"),
        "input": keys.get("input", {}),
        "weights": keys.get("weights"),
    }
    image_shape = grating(0).shape
    torch.manual_seed(0)
    net = build_network(design, image_shape, task=arguments.task)
    described = describe_layers(net, image_shape)
    shown = " × ".join(map(str, shape_of_shown(net, image_shape)))
    tell(f"{arguments.network}: shown images of {shown} (channels × height × width)")
    for layer in described:
        tell(f"  {describe(layer)}")
    right = [layer for layer in described if is_recordable(layer)]
    few = [layer for layer in right if np.prod(layer["shape"]) <= MANY_UNITS and layer["is_leaf"]]
    step = max(1, -(-len(few) // N_COMPARED))
    name = split_reference(arguments.network)[1].lstrip("_")
    layers = [layer["name"] for layer in few[::-1][::step][::-1]]
    entry = {"network": arguments.network, **keys, "task": arguments.task, "layers": layers}
    models = {name: entry}
    if arguments.task != "none":  # and its twin, which tells what training does
        models[f"{name}_untrained"] = {**copy.deepcopy(entry), "epochs": 0}
    overlay = {"models": models, "study": list(models)}
    return yaml.safe_dump(overlay, sort_keys=False, default_flow_style=None, allow_unicode=True)


def parse(text):
    """Read KEY=VALUE, the value as YAML."""
    key, is_there, value = text.partition("=")
    if not is_there or key not in ("arguments", "outputs", "input", "weights"):
        raise UserError(
            f"--set {text}: expected KEY=VALUE, the key one of arguments, outputs, input, weights"
        )
    try:
        return key, yaml.safe_load(value)
    except yaml.YAMLError:
        raise UserError(f"--set {text}: found {value!r}, expected a value in YAML") from None


def describe(layer):
    """Write a layer in a line."""
    if layer["n_used"] > 1:
        return (
            f"{layer['name']}: {layer['kind']}, used {layer['n_used']} times: no layer to compare"
        )
    if layer["shape"] is None:
        return f"{layer['name']}: {layer['kind']}, gives no single tensor: no layer to compare"
    n_units = int(np.prod(layer["shape"]))
    if n_units == 1:
        return f"{layer['name']}: {layer['kind']}, 1 unit: no layer to compare"
    line = f"{layer['name']}: {layer['kind']}, {' × '.join(map(str, layer['shape']))}"
    return f"{line}, {n_units:,} units" + (" (large)" if n_units > MANY_UNITS else "")


def tell(line):
    """Write a line to the terminal, beside the entry."""
    print(line, file=sys.stderr)


if __name__ == "__main__":
    main()
