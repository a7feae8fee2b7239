def figure_files(name):
    """Outputs of a figure: as PDF or SVG, and PNG, the data drawn, and a note on how it was made."""
    path = f"results/{{dataset}}/figures/{name}"
    figure = name.split("/")[-1]
    labels = {"figure": figure.replace("_", " ")}
    labels["model"] = "{model}" if "{model}" in name else "all"
    return dict(
        vector=f"{path}.{VECTOR}",
        png=report(
            f"{path}.png", caption=f"report/{figure}.rst", category="Figures", labels=labels
        ),
        source=f"{path}.csv",
        provenance=[f"results/{{dataset}}/provenance/figures/{name}.json"],
    )


def table_files(**tables):
    """Outputs of a job that makes tables: each of them, and a note on how it was made."""
    files = {
        key: report(
            f"results/{{dataset}}/tables/{name}.csv",
            caption=f"report/table_{name}.rst",
            category="Tables",
            labels={"table": name.replace("_", " ")},
        )
        for key, name in tables.items()
    }
    files["provenance"] = [
        f"results/{{dataset}}/provenance/tables/{name}.json" for name in tables.values()
    ]
    return files


def paper_files(number):
    """Outputs of a figure of the paper: as PDF or SVG, and PNG, its caption, the data of each panel."""
    path = f"results/{{dataset}}/paper/figure_{number}"
    return dict(
        vector=f"{path}.{VECTOR}",
        png=report(
            f"{path}.png",
            caption=f"report/figure_{number}.rst",
            category="Figures of the paper",
            labels={"figure": f"Figure {number}"},
        ),
        caption=f"{path}.md",
        source=[f"{path}{panel}.csv" for panel in PANELS[number]],
        provenance=[f"results/{{dataset}}/provenance/paper/figure_{number}.json"],
    )
