"""Write docs/gallery.md: each figure of the demo and of the simulated group: make gallery."""

import shutil
import sys
from pathlib import Path

from PIL import Image

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
GALLERY = HERE / "gallery"
HEAD = """\
# Gallery

The figures of `make demo` and of `make demo DATASET=simulated_animals`, each with its caption.
**The recordings are simulated.** Of the figures that each model has, those of `cnn` are shown.
`make gallery` makes this page from results.
"""
# Dataset → heading, and folders of its results in the order of the page.
PARTS = {
    "simulated": ("One recording", ["paper", "figures", "figures/cnn"]),
    "simulated_animals": ("A group of animals", ["paper", "figures"]),
}


def copy_pictures():
    """Take the figures of the results, without loss, in the smaller format WebP."""
    shutil.rmtree(GALLERY, ignore_errors=True)
    for dataset, (_, folders) in PARTS.items():
        for folder in folders:
            place = GALLERY / dataset / folder
            place.mkdir(parents=True)
            found = sorted((REPOSITORY / "results" / dataset / folder).glob("*.png"))
            if not found:
                sys.exit(f"Error: results/{dataset}: no figures; run: make demo DATASET={dataset}")
            for path in found:
                with Image.open(path) as picture:
                    picture.convert("RGB").save(
                        place / f"{path.stem}.webp", lossless=True, method=6
                    )


def page():
    """Give the text of the page, of the pictures that there are."""
    lines = [HEAD]
    for dataset, (heading, folders) in PARTS.items():
        lines.append(f"## {heading}\n")
        for folder in folders:
            for path in sorted((GALLERY / dataset / folder).glob("*.webp")):
                caption = (REPOSITORY / f"rules/report/{path.stem}.rst").read_text(encoding="utf-8")
                name = path.stem.replace("_", " ").capitalize().replace("Rdm", "RDM")
                target = path.relative_to(HERE).as_posix()
                lines.append(f"### {name}\n\n{caption}\n![{name}]({target})\n")
    return "\n".join(lines)


if __name__ == "__main__":
    copy_pictures()
    (HERE / "gallery.md").write_text(page(), encoding="utf-8")
