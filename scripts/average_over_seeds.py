"""Average the similarities of each model's layers over its seeds, in every bootstrap replicate."""

import logging
from collections import defaultdict

import numpy as np
import pandas as pd

from normative.inference.averaging import average_model
from normative.inference.resampling import resample_units
from normative.inference.streams import Stream, generator
from normative.workflow.runner import run
from normative.workflow.stacks import read_in_order, read_stack
from normative.workflow.tables import files_by_model, read_status, write_table

logger = logging.getLogger(__name__)

COLUMNS = ["model", "layer", "units", "seeds", "failed", "undefined", "half_width_deg", "block_deg"]
REFERENCE_ARRAYS = ["similarity", "replicates", "shifts", "half_width_deg", "block_deg"]


def main(input, output, params):
    """Write the arrays of `average_model`, the layers of all models side by side, and their counts.

    What the references have of these stands beside them, with `reference_` before its name.
    """
    with np.load(input.references) as file:
        references = dict(file)
    n_replicates = len(references["replicates"])
    n_draws = np.ones((len(params.seeds), n_replicates))
    if "seeds" in params.resample:
        rng = generator(params.seed, Stream.SEEDS)
        n_draws[:] = resample_units(len(params.seeds), n_replicates, rng).T
    status = read_status(input.performance)
    files = files_by_model(input.networks, params.layers)
    shown = files_by_model(input.shown, params.layers)

    columns, rows = defaultdict(list), []
    for model, layers in params.layers.items():
        has_passed = [status[model, seed] != "failed" for seed in params.seeds]
        averages, n_undefined = average_model(
            read_in_order(files[model], params.seeds), has_passed, n_draws, references
        )
        for name, values in averages.items():
            columns[name].append(values)
        n_failed = len(params.seeds) - sum(has_passed)
        with np.load(files[model][0]) as first:
            widths, blocks = first["half_width_deg"][0], first["block_deg"][0]
        _, activations = next(read_stack(shown[model][0]))
        for layer, undefined, width, block in zip(layers, n_undefined, widths, blocks, strict=True):
            n_counted = len(params.seeds) - n_failed - undefined
            counts = n_counted, n_failed, undefined
            rows.append((model, layer, activations[layer].shape[1], *counts, width, block))
            logger.info("%s, %s: %d seeds counted, %d failed, %d undefined", model, layer, *counts)
    arrays = {name: np.concatenate(values, axis=1) for name, values in columns.items()}
    arrays |= {f"reference_{name}": references[name] for name in REFERENCE_ARRAYS}
    np.savez(output.means, n_neuron_draws=references["n_neuron_draws"], **arrays)
    write_table(pd.DataFrame(rows, columns=COLUMNS), output.layers)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
