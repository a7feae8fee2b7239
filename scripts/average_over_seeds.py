"""Average the similarities of each model's layers over its seeds, in every bootstrap replicate."""

import logging
from collections import defaultdict

import numpy as np
import pandas as pd

from normative.inference.averaging import average_model
from normative.inference.resampling import resample_units
from normative.inference.streams import Stream, generator
from normative.workflow.runner import run
from normative.workflow.stacks import read_in_order
from normative.workflow.tables import files_by_model, read_status, write_table

logger = logging.getLogger(__name__)


def main(input, output, params):
    """Write the arrays of `average_model`, the layers of all models side by side, and their counts.

    `effect` has the layers of the models that have an untrained twin.
    """
    with np.load(input.references) as file:
        references = dict(file)
    n_draws = np.ones((len(params.seeds), len(references["bootstrap"])))
    if "seeds" in params.resample:
        rng = generator(params.seed, Stream.SEEDS)
        n_draws[:, 1:] = resample_units(len(params.seeds), n_draws.shape[1] - 1, rng).T
    status = read_status(input.performance)
    files = files_by_model(input.networks, params.layers)

    columns, rows = defaultdict(list), []
    for model, layers in params.layers.items():
        has_passed = [status[model, seed] != "failed" for seed in params.seeds]
        twin = params.twins.get(model)
        averages, n_undefined = average_model(
            read_in_order(files[model], params.seeds),
            has_passed,
            n_draws,
            references["bootstrap"],
            read_in_order(files[twin], params.seeds) if twin else None,
        )
        for name, values in averages.items():
            columns[name].append(values)
        n_failed = len(params.seeds) - sum(has_passed)
        for layer, undefined in zip(layers, n_undefined, strict=True):
            n_counted = len(params.seeds) - n_failed - undefined
            rows.append((model, layer, n_counted, n_failed, undefined))
            logger.info("%s, %s: %d seeds counted, %d failed, %d undefined", *rows[-1])
    arrays = {name: np.concatenate(values, axis=1) for name, values in columns.items()}
    arrays |= {f"reference_{name}": references[name] for name in ("shifts", "permutations")}
    arrays["reference_similarity"] = references["bootstrap"][..., 0]
    np.savez(output.means, **arrays)
    table = pd.DataFrame(rows, columns=["model", "layer", "seeds", "failed", "undefined"])
    write_table(table, output.layers)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
