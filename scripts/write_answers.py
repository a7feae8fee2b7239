"""Answer the study's questions in sentences, every number from the tables."""

import pandas as pd

from normative.display_names import COMPARATOR_NAMES, REFERENCE_NAMES
from normative.reporting.sentences import bounds, counted, layer, signed
from normative.workflow.runner import run

SURE = 0.05


def main(input, output, wildcards, params):
    """Write a page of Markdown."""
    tables = {name: pd.read_csv(path) for name, path in input.items()}
    inference = tables["inference"].sort_values("estimate", ascending=False, kind="stable")
    networks = inference[inference["model"] != "reference"].dropna(subset="estimate")
    references = inference[inference["model"] == "reference"].dropna(subset="estimate")
    sections = {
        "Which layer is most like the recording?": most_alike(networks, references, tables),
        "Does training matter?": training(tables["training_effect"]),
        "What explains it?": explained(networks, tables["partial"]),
        "How good could it be?": ceilings(tables["ceilings"], inference),
        "What to keep in mind": caveats(tables, networks, wildcards.dataset, params),
    }
    with open(output.answers, "w", encoding="utf-8") as page:
        page.write(f"# Answers: the {wildcards.dataset} recording\n")
        if wildcards.dataset.startswith("simulated"):
            page.write("\nThe recording is **simulated**: this page says nothing about mice.\n")
        for question, sentences in sections.items():
            page.write(f"\n## {question}\n\n" + "\n".join(sentences) + "\n")


def most_alike(networks, references, tables):
    """Name the most similar layer, how sure that is, and whether a reference does better."""
    if networks.empty:
        return ["No layer has a similarity that is defined."]
    best = networks.iloc[0]
    over = best.ci_over.replace("+", ", ")
    sentences = [
        f"- {layer(best)}: similarity {best.estimate:.3f} ({COMPARATOR_NAMES[best.comparator]}), "
        f"{bounds(best.ci_low, best.ci_high)}, over {over}, {counted(best.seeds)}."
    ]
    pairwise = tables["pairwise"]
    first = (pairwise["model_a"] == best.model) & (pairwise["layer_a"] == best.layer)
    second = (pairwise["model_b"] == best.model) & (pairwise["layer_b"] == best.layer)
    others = pairwise[first | second].dropna(subset="p_conservative")
    if len(others):
        apart = int((others["p_holm"] <= SURE).sum())
        uncorrected = int((others["p_conservative"] <= SURE).sum())
        sentences.append(
            f"- Of {len(others)} other layers it is told apart from {apart} after Holm's "
            f"correction for all {len(pairwise)} pairs, from {uncorrected} without a correction."
        )
    multiverse = tables["multiverse"]
    mine = multiverse[(multiverse["model"] == best.model) & (multiverse["layer"] == best.layer)]
    order = multiverse.drop_duplicates(["dissimilarity", "comparator"])["agreement"]
    sentences.append(
        f"- Of {len(order)} measures, {int((mine['rank'] == 1).sum())} put it first; its worst "
        f"rank is {mine['rank'].max():.0f} of {len(networks)}. The order of all layers agrees "
        f"with the tutorial's measure by Kendall's τ from {signed(order.min())} on."
    )
    if len(references):
        reference = references.iloc[0]
        above = int((references["estimate"] > best.estimate).sum())
        sentences.append(
            f"- {above} of {len(references)} references, which learn nothing, are more similar; "
            f"the best is {REFERENCE_NAMES[reference.layer]} with {reference.estimate:.3f}, "
            f"{bounds(reference.ci_low, reference.ci_high)}."
        )
    return sentences


def training(table):
    """List what training adds to each model that has an untrained twin."""
    if table.empty:
        return ["No trained model of this study has an untrained twin."]
    sentences = []
    for row in table.itertuples():
        sentence = f"- {layer(row)}: no seed to compare."
        if row.seeds:
            sentence = f"- {layer(row)}: {signed(row.effect)}, {bounds(row.ci_low, row.ci_high)}"
            sentence += f"; {counted(row.seeds)}"
            if pd.notna(row.p_seeds):
                sentence += f", p = {row.p_seeds:.2g} over seeds on this recording"
                sentence += f", after Holm {row.p_holm:.2g}"
            sentence += "."
        sentences.append(sentence)
    return sentences


def explained(networks, partial):
    """Tell what is left of the best layer given each reference, and given all."""
    if networks.empty:
        return ["No layer has a similarity that is defined."]
    best = networks.iloc[0]
    mine = partial[(partial["model"] == best.model) & (partial["layer"] == best.layer)]
    return [
        f"What is left of the {best.estimate:.3f} of {layer(best)}, as a partial correlation:",
        "",
    ] + [
        f"- given {REFERENCE_NAMES.get(row.given, row.given)}: {signed(row.partial)}, "
        f"{bounds(row.partial_ci_low, row.partial_ci_high)}; its own share of the recording's "
        f"variance is {100 * row.unique_variance:.1f} %."
        for row in mine.itertuples()
    ]


def ceilings(table, inference):
    """Tell each noise ceiling, and how far it is from the truth where that is known."""
    sentences = [f"The band of the figures comes from {inference['ceiling_from'].iloc[0]}.", ""]
    for row in table.itertuples():
        of = "" if row.estimand.endswith(row.halves_of) else f", from halves of {row.halves_of}"
        truth = f"; the truth is {row.truth:.3f}" if pd.notna(row.truth) else ""
        sentences.append(f"- {row.estimand}{of}: {row.estimate:.3f}{truth} ({row.warning}).")
    return sentences


def caveats(tables, networks, dataset, params):
    """List what failed and what the numbers cannot tell."""
    performance = tables["performance"]
    failed = performance[performance["status"] == "failed"]
    names = [
        f"{row.model} seed {row.seed} ({row.measure} {row.score:.3g})"
        for row in failed.itertuples()
    ]
    shown = ", ".join(names[:10]) + (", …" if len(names) > 10 else "")
    shifts = int((networks["p_holm"] <= SURE).sum())
    sentences = [
        f"- {len(failed)} of {len(performance)} networks failed their task and are left out"
        + (f": {shown}." if len(failed) else "."),
        f"- By the exact test of shifts and reflections, after Holm's correction, {shifts} of "
        f"{len(networks)} layers resemble the recording beyond what any alignment of two such "
        "circles would. It cannot tell what depends on the difference of orientation alone.",
        "- Intervals speak of other stimuli, neurons and seeds of this kind, as far as these are "
        f"resampled ({', '.join(params.resample) or 'none is'}); not of other animals: the "
        "recording is one.",
    ]
    if params.n_seeds == 1:
        sentences.append("- One seed: nothing is said of others.")
    return sentences


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
