"""Parts of sentences with numbers, for the answers and the captions of figures."""

import pandas as pd

from normative.display_names import real_minus


def layer(row):
    """Name a layer of a model."""
    return f"`{row.layer}` of `{row.model}`"


def counted(seeds):
    """Write a number of seeds."""
    return f"{seeds:.0f} seed" if seeds == 1 else f"{seeds:.0f} seeds"


def bounds(low, high):
    """Write an interval."""
    return f"[{signed(low)}, {signed(high)}]" if pd.notna(low) else "no interval"


def signed(value):
    """Write a number with three digits and a real minus sign."""
    return real_minus(f"{value:.3f}")


def about(dataset):
    """Name a recording, and say so if it is simulated."""
    if dataset.startswith("simulated"):
        return f"`{dataset}` recording (simulated: it says nothing about mice)"
    return f"`{dataset}` recording"


def write_caption(path, title, *panels):
    """Write the caption of a figure as a paragraph of Markdown, one sentence or more a panel."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"**{title}**\n" + "\n".join(panels) + "\n")
