"""Draw all figures of the small study in a look of the configuration; print what is wrong.

    python tests/look.py FOLDER '{"font_size": 14, "width": null, "palette": null}'

In a process of its own, since a look is chosen as the library is loaded.
"""

import itertools
import json
import sys
from pathlib import Path
from types import SimpleNamespace

snakemake = SimpleNamespace(params=SimpleNamespace(look=json.loads(sys.argv[2])))
sys.path.append(str(Path(__file__).resolve().parents[1] / "scripts"))

from drawing import INPUTS, draw, hidden_tick_labels, texts  # noqa: E402, after the look


def problems(figure):
    """Tell what is cut off or lies on something else, by its text."""
    page, hidden = figure.bbox, list(hidden_tick_labels(figure))
    shown = [text for text in texts(figure) if text not in hidden]
    boxes = {text: text.get_window_extent() for text in shown}
    for text, box in boxes.items():
        if not page.x0 <= box.x0 <= box.x1 <= page.x1 or not page.y0 <= box.y0 <= box.y1 <= page.y1:
            yield f"cut off: {text.get_text()!r}"
    for (first, box), (second, other) in itertools.combinations(boxes.items(), 2):
        common = box.intersection(box, other)
        # Boxes of turned letters hold a margin: one point.
        if common is not None and min(common.width, common.height) > figure.dpi / 72:
            yield f"{first.get_text()!r} lies on {second.get_text()!r}"


study = SimpleNamespace(folder=Path(sys.argv[1]))
for name in INPUTS:
    figure = draw(study, name).figure
    size = figure.axes[0].title.get_fontsize()
    print(f"{name}: {figure.get_figwidth() * 25.4:.1f} mm, {size:g} points")
    for problem in problems(figure):
        print(f"{name}: {problem}")
