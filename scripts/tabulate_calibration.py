"""Tell how often each test is wrong, and each interval right, where the answer is known."""

import logging

import numpy as np
import pandas as pd
from scipy import stats

from normative.workflow.runner import run
from normative.workflow.tables import write_table

logger = logging.getLogger(__name__)

ALPHA = 0.05
FALSE_POSITIVES = 0.03, 0.07  # where a test at 5 % is good
COVERAGE = 0.03  # how far an interval may be from its confidence
BIAS = 0.02  # how far a ceiling may be from the truth on average
TESTS = {
    "p_shifts": "shifts and reflections, unrelated RDMs",
    "p_mantel": "Mantel permutation, unrelated RDMs",
    "p_pairwise": "bootstrap difference of two models alike",
    "p_seeds": "sign flips, training without effect",
}
INTERVALS = {
    "similarity": "similarity",
    "difference": "difference of two models",
    "partial": "partial correlation",
    "plain_percentile": "similarity, plain percentiles (not used)",
}


def main(input, output, params):
    """Write one row a method: what was observed, its 95 % interval, and a verdict."""
    table = pd.concat([pd.read_csv(path) for path in input.simulations], ignore_index=True)
    n_simulations = len(table)
    rows = []

    def add(method, quantity, nominal, observed, low, high, verdict):
        rows.append((method, quantity, nominal, observed, low, high, n_simulations, verdict))
        logger.info("%s, %s: %.3f (%s)", method, quantity, observed, verdict)

    for column, method in TESTS.items():
        rate, low, high = proportion(table[column] <= ALPHA)
        lowest, highest = FALSE_POSITIVES
        verdict = "too liberal" if rate > highest else "conservative" if rate < lowest else "holds"
        add(method, "false positives", ALPHA, rate, low, high, verdict)
    for column, method in INTERVALS.items():
        # What an estimate is an estimate of: its mean over all that is random in these worlds.
        truth = table[column].mean()
        rate, low, high = proportion(
            (table[f"{column}_low"] <= truth) & (truth <= table[f"{column}_high"])
        )
        off = rate - params.confidence
        verdict = "too narrow" if off < -COVERAGE else "too wide" if off > COVERAGE else "holds"
        add(method, "coverage", params.confidence, rate, low, high, verdict)
    for column in (name for name in table if ": " in name):
        of, estimand = column.split(": ")
        bias = table[column].mean()
        half_width = 1.96 * table[column].sem()
        verdict = "too high" if bias > BIAS else "too low" if bias < -BIAS else "holds"
        method = f"ceiling from halves of {of}, similarity {estimand}"
        add(method, "bias", 0, bias, bias - half_width, bias + half_width, verdict)
    columns = ["method", "quantity", "nominal", "observed", "ci_low", "ci_high", "simulations"]
    write_table(pd.DataFrame(rows, columns=[*columns, "verdict"]), output.calibration)


def proportion(events):
    """Give the proportion of events, (simulations,) of bool, and its exact 95 % interval."""
    test = stats.binomtest(int(np.sum(events)), len(events))
    return test.statistic, *test.proportion_ci()


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
