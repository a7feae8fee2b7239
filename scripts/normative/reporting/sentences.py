"""Parts of sentences with numbers, for the answers and the captions of figures."""

import pandas as pd

from normative.display_names import real_minus


def layer(row):
    """Name a layer of a model, given a row of a table with `layer` and `model`."""
    return f"`{row.layer}` of `{row.model}`"


def counted(n_seeds):
    """Write a number of seeds."""
    return f"{n_seeds:.0f} seed" if n_seeds == 1 else f"{n_seeds:.0f} seeds"


def enumerated(words):
    """Write a list of words: "stimuli, neurons and seeds"."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def capitalized(text):
    """Begin a sentence with a capital letter."""
    return text[:1].upper() + text[1:]


def percent(fraction):
    """Write a fraction as a percentage: 0.95 as "95 %"."""
    return f"{100 * fraction:g} %"


def interval(low, high, confidence):
    """Write a confidence interval after its confidence, such as "95 %"."""
    return f"{confidence} CI {bounds(low, high)}" if pd.notna(low) else bounds(low, high)


def bounds(low, high):
    """Write the bounds of an interval."""
    return f"[{signed(low)}, {signed(high)}]" if pd.notna(low) else "(no interval)"


def signed(value):
    """Write a number with three digits and a real minus sign."""
    return real_minus(f"{round(value, 3) + 0.0:.3f}")  # without the minus sign of a zero


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
    over = max(table["ci_over"], key=len, default="nothing")  # a model of one seed lacks seeds
    clauses = []
    if over != "nothing":
        missing = [name for name in ("neurons", "trials", "seeds") if name not in over]
        without = f" (without {' and '.join(missing)})" if missing else ""
        others = enumerated(over.split("+"))
        clauses.append(f"thick: these gratings, other {others}{without}")
    if table["stimuli_ci_low"].notna().any():
        clauses.append("thin: other representations as smooth, too")
    if not clauses:
        return ["no CI, as nothing is resampled"]
    return [f"{100 * confidence:g} % CIs, {clauses[0]}", *clauses[1:]]


def describe_warnings(table):
    """Say of which rows an interval over stimuli is outside its promise, or nothing."""
    warned = table.dropna(subset="stimuli_ci_warning")
    if not len(warned):
        return ""
    warnings = enumerated(list(warned["stimuli_ci_warning"].unique()))
    return f" Thin lines of {len(warned)} of {len(table)} rows: {warnings}."


def is_simulated(dataset):
    """Tell from its name whether a recording is simulated; the configuration makes sure of it."""
    return dataset.startswith("simulated")


def about(dataset):
    """Name a recording, and say so if it is simulated."""
    if is_simulated(dataset):
        return f"`{dataset}` recording (simulated: it says nothing about mice)"
    return f"`{dataset}` recording"


def write_caption(path, title, *panels):
    """Write the caption of a figure as a paragraph of Markdown, one sentence or more a panel."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"**{title}**\n" + "\n".join(panels) + "\n")
