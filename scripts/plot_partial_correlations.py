"""Figure: what is left of each layer's similarity to the recording, given the references."""

import pandas as pd

from normative.figures import MM, plt, save
from normative.names import REFERENCE_NAMES, real_minus
from normative.runner import run


def main(input, output, wildcards):
    """Draw a matrix of partial correlations, layers by references given; the raw ones first."""
    partial = pd.read_csv(input.partial)
    raw = pd.read_csv(input.inference).query("model != 'reference'")
    layers = partial[["model", "layer"]].drop_duplicates().apply(tuple, axis=1).tolist()
    given = partial["given"].unique().tolist()
    matrix = partial.set_index(["model", "layer", "given"])["partial"].unstack()
    matrix = matrix.loc[layers, given]
    sure = partial[partial["partial_ci_low"] * partial["partial_ci_high"] > 0]
    sure = set(sure[["model", "layer", "given"]].apply(tuple, axis=1))
    matrix.insert(0, "nothing", raw["estimate"].to_numpy())

    figure, axis = plt.subplots(figsize=(183 * MM, (45 + 6 * len(layers)) * MM))
    mesh = axis.imshow(matrix, cmap="RdBu_r", vmin=-1, vmax=1, aspect="auto")
    for i, (model, layer) in enumerate(layers):
        for j, name in enumerate(matrix):
            value = matrix.iloc[i, j]
            text = real_minus(f"{value:.2f}") if pd.notna(value) else "not defined"
            bold = "bold" if (model, layer, name) in sure else "normal"
            shade = "white" if abs(value) > 0.6 else "black"
            axis.text(j, i, text, ha="center", va="center", color=shade, fontsize=6, weight=bold)
    axis.set_yticks(range(len(layers)), [f"{model}, {layer}" for model, layer in layers])
    labels = [REFERENCE_NAMES.get(name, name).replace(", ", ",\n") for name in matrix]
    axis.set_xticks(range(len(labels)), [label.replace(" ", "\n", 1) for label in labels])
    axis.tick_params(length=0)
    axis.set(xlabel="Given (reference RDM)", ylabel="Model and layer (mean of seeds)")
    axis.axvline(0.5, color="white", linewidth=3)
    figure.colorbar(mesh, ax=axis, label="Partial correlation (r)", shrink=0.8)
    axis.set_title(
        f"Similarity to the {wildcards.dataset} recording, given what references tell\n"
        "bold: the interval leaves zero out"
    )
    save(figure, output)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
