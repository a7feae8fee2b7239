"""Parts of the report for the browser: pictures within the page, tables, paragraphs."""

import base64
import io

import markdown
import pandas as pd
from PIL import Image

from normative.display_names import real_minus


def embed_picture(path):
    """Encode a picture as a data URI, without loss, in the smaller format WebP.

    Returns
    -------
    dict
        `uri`, and `width` and `height` in pixels.
    """
    with Image.open(path) as picture, io.BytesIO() as buffer:
        picture.convert("RGB").save(buffer, "WEBP", lossless=True, method=4)
        data = base64.b64encode(buffer.getvalue()).decode("ascii")
        width, height = picture.size
        return {"uri": f"data:image/webp;base64,{data}", "width": width, "height": height}


def render_markdown(text, n_levels_deeper=0):
    """Turn Markdown into HTML, its headings some levels further down."""
    html = markdown.markdown(text)
    for level in range(6 - n_levels_deeper, 0, -1):
        html = html.replace(f"<h{level}>", f"<h{level + n_levels_deeper}>")
        html = html.replace(f"</h{level}>", f"</h{level + n_levels_deeper}>")
    return html


def format_cells(frame):
    """Give the cells of a table, row by row, as what to show and what to sort by.

    Parameters
    ----------
    frame : pandas.DataFrame

    Returns
    -------
    list of list of (str, str)
        Of each row, of each column. Numbers are shown with four digits and sorted by all of theirs;
        missing ones come as "–".
    """
    return [
        [_format_cell(value) for value in row]
        for row in frame.astype(object).itertuples(index=False)
    ]


def _format_cell(value):
    if pd.isna(value):
        return "–", ""
    if isinstance(value, float):
        return real_minus(f"{value:.4g}"), repr(value)
    return str(value), str(value)
