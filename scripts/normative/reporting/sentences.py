"""Parts of sentences with numbers, for the answers and the captions of figures."""

import pandas as pd

from normative.display_names import real_minus

LEAST_P = 1e-4  # p-values below are written as less than this


def layer(row):
    """Name a layer of a model, given a row of a table with `layer` and `model`."""
    return f"`{row.layer}` of `{row.model}`"


def counted(number, noun="seed", nouns=None):
    """Write a number of things: "1 seed", "2 seeds"."""
    return f"{number:.0f} {noun if number == 1 else nouns or noun + 's'}"


def of_all(number, n_all, noun="layer"):
    """Write how many of all things: "all 3 layers", "1 of 3 layers", "none of 3 layers"."""
    if n_all == 1:
        return f"{'the one' if number else 'no'} {noun}"
    if number == n_all == 2:
        return f"both {noun}s"
    which = {n_all: "all", 0: "none of"}.get(number, f"{number} of")
    return f"{which} {counted(n_all, noun)}"


def enumerated(words):
    """Write a list of words: "stimuli, neurons and seeds"."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def listed(rows, write, limit):
    """Write rows of a table, the first few each by the function `write`, and count the others."""
    words = [write(row) for row in rows[:limit]]
    others = [counted(len(rows) - limit, "other")] if len(rows) > limit else []
    return enumerated(words + others)


def task(row):
    """Name a task, given a row of `tasks.csv`."""
    return f"`{row.task}`"


def first(row):
    """Write how often a layer is the most similar one: in samples of each kind that there is."""
    shares = {"samples": row.share_first, "other representations": row.share_first_stimuli}
    known = [f"{share(value)} of {of}" for of, value in shares.items() if value is not None]
    return f"; first in {enumerated(known)}" if known else ""


def in_orders(row):
    """Write in how many orders a layer is first, behind its name."""
    return f"{layer(row)} (in {row.n_first})"


def percent(fraction):
    """Write a fraction as a percentage: 0.95 as "95 %"."""
    return f"{100 * fraction:g} %"


def share(fraction):
    """Write a fraction as a whole percentage; one that is neither 0 nor 1 never as such."""
    if 0 < fraction < 0.005:
        return "< 1 %"
    return "> 99 %" if 0.995 <= fraction < 1 else f"{100 * fraction:.0f} %"


def probability(p):
    """Write a p-value with two digits."""
    return f"p = {p:.2g}" if p >= LEAST_P else f"p < {LEAST_P:.4f}"


def corrected(p, p_holm):
    """Write a p-value and what Holm's correction makes of it."""
    after = probability(p_holm).removeprefix("p ").removeprefix("= ")
    return f"{probability(p)} ({after} after Holm's correction)"


def interval(low, high, confidence):
    """Write a confidence interval after its confidence, such as "95 %"."""
    return f"{confidence} CI {bounds(low, high)}" if pd.notna(low) else bounds(low, high)


def bounds(low, high):
    """Write the bounds of an interval."""
    return f"[{signed(low)}, {signed(high)}]" if pd.notna(low) else "(no interval)"


def signed(value):
    """Write a number with three digits and a real minus sign."""
    return real_minus(f"{round(value, 3) + 0.0:.3f}")  # without the minus sign of a zero


def capitalized(text):
    """Begin a sentence with a capital letter."""
    return text[:1].upper() + text[1:]


def as_sentence(clauses):
    """Join clauses, as of `describe_intervals`, to a sentence and a space; nothing of none."""
    return f"{capitalized('; '.join(clauses))}. " if clauses else ""


def describe_intervals(table, confidence):
    """Name both CIs by their questions, for a title or a caption.

    Parameters
    ----------
    table : pandas.DataFrame
        With `ci_over`, `stimuli_ci_low` and, of layers, `stimuli_ci_warning`.
    confidence : float

    Returns
    -------
    list of str
        A clause for each kind of interval that there is, or one that says that there is none.
    """
    # A model of one seed lacks seeds, and a reference has none.
    over = max(table["ci_over"].replace("nothing", ""), key=len, default="")
    clauses = []
    if over:
        missing = [name for name in ("neurons", "trials", "seeds") if name not in over]
        without = f" (without {' and '.join(missing)})" if missing else ""
        others = enumerated(over.split("+"))
        clauses.append(f"thick: these gratings, other {others}{without}")
    if table["stimuli_ci_low"].notna().any():
        clauses.append("thin: other representations as smooth, too")
    if not clauses:
        return ["no CI, as nothing is resampled"]
    return [f"{100 * confidence:g} % CIs, {clauses[0]}", *clauses[1:]]


def describe_group_intervals(table, confidence, animals):
    """Name both CIs of a group's similarities, `group.csv`, likewise; `animals` as `species`."""
    over = max(table["ci_over"].replace("nothing", ""), key=len, default="")
    lines = []
    if over:
        others = enumerated(over.replace("animals", animals).split("+"))
        lines.append(f"{100 * confidence:g} % CIs, thick: these gratings, other {others}")
    if table["stimuli_ci_low"].notna().any():
        others = [animals, "seeds"] if "seeds" in over else [animals]
        lines.append(f"thin: other {enumerated([*others, 'representations as smooth'])}")
    return lines


def describe_warnings(table):
    """Say of which rows an interval over stimuli is outside its promise, or nothing."""
    warned = table.dropna(subset="stimuli_ci_warning")
    if not len(warned):
        return ""
    counts = warned["stimuli_ci_warning"].str.split("; ").explode().value_counts(sort=False)
    warnings = [f"{text} ({count})" if len(counts) > 1 else text for text, count in counts.items()]
    return f" Thin lines of {len(warned)} of {len(table)} rows: {'; '.join(warnings)}."


def is_simulated(dataset):
    """Tell from its name whether a recording is simulated; the configuration makes sure of it."""
    return dataset.startswith("simulated")


def species(animals):
    """Name what the datasets of a group are of, one and several: mice where each is `mouse…`."""
    if all(animal.lower().startswith("mouse") for animal in animals):
        return "mouse", "mice"
    return "animal", "animals"


def about_group(dataset, animals):
    """Name a group of animals, called as by `species`, and say so if they are simulated."""
    simulated = " (simulated: they say nothing about mice)" if is_simulated(dataset) else ""
    return f"{animals} of `{dataset}`{simulated}"


def about(dataset):
    """Name a recording, and say so if it is simulated."""
    if is_simulated(dataset):
        return f"`{dataset}` recording (simulated: it says nothing about mice)"
    return f"`{dataset}` recording"


def write_caption(path, title, *panels):
    """Write the caption of a figure as a paragraph of Markdown, one sentence or more a panel."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"**{title}**\n" + "\n".join(panels) + "\n")
