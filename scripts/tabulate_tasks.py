"""Compare the tasks that networks of the same architecture and initial weights have learned."""

import pandas as pd

from normative.inference.pairs import of_layer, pairs_of
from normative.workflow.runner import run
from normative.workflow.tables import write_table

COLUMNS = ["dataset", "design", "layer", "model", "task", "seeds", "failed"]
COLUMNS += ["similarity", "ci_low", "ci_high", "ci_over", "rank"]
PAIR = {
    "difference": "difference",
    "ci_low": "difference_ci_low",
    "ci_high": "difference_ci_high",
    "p_holm": "p_holm",
    "stimuli_p_holm": "stimuli_p_holm",
}
PAIR_COLUMNS = ["best_task", "paired_seeds", *PAIR.values()]


def main(input, output, params, wildcards):
    """Write one row a task and layer, and one of the untrained twin, which is a baseline.

    Each is compared with the task whose networks are most similar in that layer, by that very pair
    of `pairwise.csv`: the same difference, interval and corrected p-values.
    """
    inference, pairwise = pd.read_csv(input.inference), pd.read_csv(input.pairwise)
    tables = [pd.DataFrame(columns=[*COLUMNS, *PAIR_COLUMNS])]
    for design, tasks in params.task_groups.items():
        untrained = params.twins.get(design)
        models = {**({untrained: "untrained"} if untrained else {}), **tasks}
        rows = inference[inference["model"].isin(list(models))]
        rows = rows.assign(design=design, task=rows["model"].map(models))
        for layer in rows["layer"].unique():
            of_design = rows[rows["layer"] == layer].set_index("model").loc[list(models)]
            tables.append(compare_tasks(of_design.reset_index(), pairwise))
    table = pd.concat(tables).assign(dataset=wildcards.dataset)
    counts = dict.fromkeys(["seeds", "failed", "rank", "paired_seeds"], "Int64")
    write_table(table.astype(counts)[[*COLUMNS, *PAIR_COLUMNS]], output.tasks)


def compare_tasks(rows, pairwise):
    """Rank the tasks of one design and layer, and compare each with the first: a row a model."""
    learned = rows["similarity"].where(rows["task"] != "untrained")
    rows["rank"] = learned.rank(ascending=False, method="min")
    if learned.isna().all():
        return rows
    best = rows.loc[learned.idxmax()]
    pairs = pairs_of(best, pairwise)
    for index, row in rows.iterrows():
        for pair in of_layer(row, pairs).to_dict("records"):
            rows.loc[index, [*PAIR.values()]] = [pair[name] for name in PAIR]
            rows.loc[index, "paired_seeds"] = pair["seeds"]
    return rows.assign(best_task=best["task"])


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
