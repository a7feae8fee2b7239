"""Tell how often each test is wrong, and each interval right, where the answer is known."""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from normative.inference.calibration import WORLDS
from normative.workflow.runner import run
from normative.workflow.tables import write_table

ALPHA = 0.05
FALSE_POSITIVES = 0.03, 0.07  # where a test at 5 % is good
COVERAGE = 0.03  # how far an interval may be from its confidence
BIAS = 0.02  # how far a ceiling may be from the truth on average
TESTS = {
    "p_shift": "p_shift, unrelated layer",
    "p_shift_max_t": "p_shift_max_t, any of two unrelated layers",
    "p_shift_angle": "p_shift, reference angle",
    "p_shift_tilt": "p_shift, reference tilt",
    "p": "p, layers alike for these gratings",
    "p_holm": "p after Holm, any of three such pairs",
    "p_seeds": "p_seeds, layers alike",
    "stimuli_p": "stimuli_p, layers alike on average",
    "p_mantel": "Mantel's permutations (not used)",
    "group_p": "group: p, layers alike for these gratings",
    "group_p_flips": "group: p_flips, these networks alike",
    "group_p_flips_max_t": "group: p_flips_max_t, any of three such pairs",
    "group_p_ceiling": "group: p_ceiling, a model at the lower ceiling",
}
POWERS = {
    "power_p": "p, a layer and one less similar",
    "power_stimuli_p": "stimuli_p, a layer and one less similar",
    "power_group_p": "group: p, a layer and one less similar",
    "power_group_p_flips": "group: p_flips, a layer and one less similar",
    "power_group_p_ceiling": "group: p_ceiling, a layer that is below",
}
INTERVALS = {
    "similarity": "ci of a similarity",
    "difference": "ci of a difference",
    "partial": "ci of a partial correlation",
    "given_difference": "ci given any function of the difference",
    "stimuli_similarity": "stimuli_ci of a similarity",
    "stimuli_difference": "stimuli_ci of a difference",
    "group_similarity": "group: ci of a similarity",
    "group_difference": "group: ci of a difference",
    "stimuli_group_similarity": "group: stimuli_ci of a similarity",
}
CEILINGS = {
    "ceiling": "ceiling from equal parts",
    "ceiling_unequal": "ceiling from parts 3 : 1",
    "ceiling_old": "the same by Spearman and Brown (not used)",
    "ceiling_unequal_old": "parts 3 : 1 by Spearman and Brown (not used)",
}
COLUMNS = ["world", "role", "method", "quantity", "nominal", "observed", "ci_low", "ci_high"]
COLUMNS += ["simulations", "verdict"]


def main(input, output, params):
    """Write one row a world and method: what was observed, its 95 % interval, and a verdict."""
    rows = []
    paths = pd.Series(list(input.simulations))
    for world, of_world in paths.groupby([Path(path).parent.name for path in paths], sort=False):
        table = pd.concat([pd.read_csv(path) for path in of_world], ignore_index=True)
        for row in judge(table, params.confidence):
            rows.append((world, WORLDS[world].role, *row))
    write_table(pd.DataFrame(rows, columns=COLUMNS), output.calibration)


def judge(table, confidence):
    """Yield what a world's simulations tell of each method.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a simulation, of `analyze_study`.
    confidence : float
        Of the intervals.

    Yields
    ------
    tuple
        Method, quantity, nominal and observed value, its interval, number of simulations, verdict.
    """
    for column, method in (TESTS | POWERS).items():
        if column not in table or table[column].isna().all():
            continue
        rate, low, high = proportion(table[column] <= ALPHA)
        if column in POWERS:
            yield method, "power", np.nan, rate, low, high, len(table), ""
            continue
        least, most = FALSE_POSITIVES
        verdict = "holds"
        if rate > most and low > ALPHA:
            verdict = "too liberal"
        elif rate < least and high < ALPHA:
            verdict = "conservative"
        yield method, "false positives", ALPHA, rate, low, high, len(table), verdict
    for column, method in INTERVALS.items():
        is_over_stimuli = column.startswith("stimuli_")
        name = column.removeprefix("stimuli_")
        if name not in table:
            continue
        # Over stimuli: the mean over all that is random in this world.
        truth = table[name].mean() if is_over_stimuli else table[f"{name}_truth"]
        covers = (table[f"{column}_low"] <= truth) & (truth <= table[f"{column}_high"])
        rate, low, high = proportion(covers)
        verdict = "holds"
        if rate < confidence - COVERAGE and high < confidence:
            verdict = "too narrow"
        elif rate > confidence + COVERAGE and low > confidence:
            verdict = "too wide"
        yield method, "coverage", confidence, rate, low, high, len(table), verdict
    for column, method in CEILINGS.items():
        if column not in table:
            continue
        bias, reach = table[column].mean(), 1.96 * table[column].sem()
        verdict = "too high" if bias > BIAS else "too low" if bias < -BIAS else "holds"
        yield method, "bias", 0, bias, bias - reach, bias + reach, len(table), verdict


def proportion(events):
    """Give the proportion of events, (simulations,) of bool, and its exact 95 % interval."""
    test = stats.binomtest(int(np.sum(events)), len(events))
    return test.statistic, *test.proportion_ci()


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
