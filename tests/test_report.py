"""The report for the browser: whole in one file, true to the tables, readable by everyone."""

import base64
import html
import importlib.util
import io
import itertools
import json
import os
import re
import shutil
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image
from small_study import OF_GROUPS

import write_report
from normative.reporting.columns import read_columns
from normative.reporting.html import embed_picture, format_cells, render_markdown

DATASET = "results/simulated_small"
N_PICTURES = 15 + 3 * 5 + 4  # of the study, of each of three models, of a paper
CHROMIUM = shutil.which("chromium")
HERE = CHROMIUM and importlib.util.find_spec("playwright")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
needs_browser = pytest.mark.skipif(
    not HERE and "REQUIRE_BROWSER" not in os.environ,
    reason="needs Debian's chromium and requirements-browser.txt",
)
WIDTHS = [390, 1280]  # of a phone and of a laptop, in CSS pixels


class Page(HTMLParser):
    """The elements of a page, in order, and the text below each heading."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.headings = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append([int(tag[1]), ""])

    def handle_data(self, data):
        if self.headings and self.lasttag == f"h{self.headings[-1][0]}":
            self.headings[-1][1] += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def text(study):
    return (study.folder / DATASET / "report.html").read_text()


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_report_is_one_file_that_asks_for_no_other(text, page):
    assert len(text) < 10e6
    for _, attributes in page.elements:
        for name in ("src", "href", "srcset", "action"):
            value = attributes.get(name, "#")
            assert value.startswith(("#", "data:")), value
    assert "@import" not in text
    assert "url(" not in text


def test_every_figure_is_there_with_its_caption_and_words_for_who_cannot_see_it(study, page):
    pictures = [*(study.folder / DATASET).rglob("figures/**/*.png")]
    pictures += (study.folder / DATASET).glob("paper/*.png")
    assert len(page.all("img")) == len(pictures) == N_PICTURES
    assert all(len(image["alt"]) > 40 for image in page.all("img"))
    assert len(page.all("figcaption")) == len(pictures)
    ids = [attributes["id"] for attributes in page.all("figure")]
    assert len(set(ids)) == len(ids)


@pytest.fixture
def report(study, tmp_path, monkeypatch):
    """Write a report of few figures and tables here; give its text."""
    config = json.loads((study.folder / DATASET / "MANIFEST.json").read_text())["config"]

    def report(figures, tables, **changes):
        monkeypatch.chdir(study.folder)
        output = SimpleNamespace(report=tmp_path / "report.html")
        write_report.main(
            SimpleNamespace(
                recording=f"{DATASET}/recording.md",
                answers=f"{DATASET}/answers.md",
                figures=[f"{DATASET}/{name}.png" for name in figures],
                tables=[f"{DATASET}/tables/{name}.csv" for name in tables],
                manifest=f"{DATASET}/MANIFEST.json",
            ),
            output,
            SimpleNamespace(dataset="simulated_small"),
            SimpleNamespace(
                config={**config, "study": ["cnn", "cnn_untrained"], "seeds": [3, 4], **changes}
            ),
            threads=2,
        )
        return output.report.read_text(encoding="utf-8")

    return report


FIGURES = ["paper/figure_2", "figures/multiverse", "figures/cnn/rdms", "figures/cnn_untrained/rdms"]


def test_each_figure_stands_in_its_section_with_its_own_caption(report, study, repository):
    text = report(FIGURES, ["pairwise"])
    assert "Models: cnn, cnn_untrained; 2 seeds each." in text
    sections = dict(re.findall(r'<section id="(\w+)".*?>(.*?)</section>', text, re.S))
    ids = {name: re.findall('<figure id="(.*?)">', part) for name, part in sections.items()}
    assert ids["paper"] == ["paper-figure_2"]
    assert ids["study"] == ["figures-multiverse"]
    assert ids["models"] == ["figures-cnn-rdms", "figures-cnn_untrained-rdms"]
    folder = study.folder / DATASET
    own = (folder / "paper/figure_2.md").read_text()
    general = (repository / "rules/report/multiverse.rst").read_text()
    for name, caption in (("paper", own), ("study", general)):
        plain = html.unescape(re.sub("<[^>]+>", "", sections[name]))
        words = re.sub("[`*]", "", " ".join(caption.split()))
        assert words[:60] in " ".join(plain.split())
    titles = re.findall("<h[34]>(.*?)</h[34]>", sections["models"])
    assert titles == ["cnn", "RDMs", "cnn_untrained", "RDMs"]
    for part in re.findall('<figure id="(.*?)">(.*?)</figure>', sections["models"], re.S):
        model = part[0].split("-")[1]
        note = json.loads((folder / f"provenance/figures/{model}/rdms.json").read_text())
        assert f"{note['rule']}, {note['script']} (code {note['code'][:12]})" in part[1]
        assert f"{DATASET}/figures/{model}/rdms.csv" in part[1]


def test_pictures_beyond_the_size_of_a_page_are_linked(report, study, monkeypatch):
    folder = study.folder / DATASET
    sizes = [len(embed_picture(folder / f"{name}.png")["uri"]) for name in FIGURES[:3]]
    monkeypatch.setattr(write_report, "MAX_BYTES", sum(sizes))
    assert len(Page(report(FIGURES[:3], [])).all("img")) == 3
    monkeypatch.setattr(write_report, "MAX_BYTES", sum(sizes) - 1)
    text = report(FIGURES[:3], [])
    assert len(Page(text).all("img")) == 2
    assert '<a href="figures/cnn/rdms.png">figures/cnn/rdms.png</a>' in text


def test_first_rows_of_a_long_table_are_shown_and_all_counted(report, monkeypatch):
    monkeypatch.setattr(write_report, "MAX_ROWS", 10)
    text = report([], ["pairwise", "training_effect"])
    assert "tables/pairwise.csv</code>; the first 10 of 15 rows are shown." in text
    assert "tables/training_effect.csv</code>." in text
    assert text.count("<tr>") == 2 + 10 + 4
    assert '<h3 id="table-training_effect">Training effect</h3>' in text


def test_headings_of_figures_and_tables_are_words():
    assert write_report.heading("rdm_correlations") == "RDM correlations"
    assert write_report.heading("reference_rdms") == "Reference RDMs"
    assert write_report.heading("figure_2") == "Figure 2"


def test_page_limits_are_those_documented():
    """A page of 10 MB at most, and 200 rows of a table."""
    assert (write_report.MAX_ROWS, write_report.MAX_BYTES) == (200, 9_000_000)


def test_cells_are_shown_with_four_digits_and_sorted_by_all():
    frame = pd.DataFrame(
        {"n": [7, 8], "value": [-0.123456, np.nan], "name": ["a-b", None], "good": [True, False]}
    )
    assert format_cells(frame) == [
        [("7", "7"), ("−0.1235", "-0.123456"), ("a-b", "a-b"), ("True", "True")],
        [("8", "8"), ("–", ""), ("–", ""), ("False", "False")],
    ]


def test_headings_of_markdown_go_down_by_as_many_levels_as_asked():
    text = "# a\n\n## b\n\n**c** `d`"
    assert render_markdown(text) == (
        "<h1>a</h1>\n<h2>b</h2>\n<p><strong>c</strong> <code>d</code></p>"
    )
    assert render_markdown(text, n_levels_deeper=1).startswith("<h2>a</h2>\n<h3>b</h3>\n<p>")


def test_picture_is_embedded_without_loss(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (5, 8, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "p.png")
    picture = embed_picture(tmp_path / "p.png")
    assert (picture["width"], picture["height"]) == (8, 5)
    kind, data = picture["uri"].split(";base64,")
    assert kind == "data:image/webp"
    with Image.open(io.BytesIO(base64.b64decode(data))) as embedded:
        np.testing.assert_array_equal(np.asarray(embedded.convert("RGB")), pixels)


def test_configuration_is_written_in_its_order(report, study):
    config = json.loads((study.folder / DATASET / "MANIFEST.json").read_text())["config"]
    text = html.unescape(report([], []))
    written = yaml.safe_load(re.search('<pre tabindex="0">(.*?)</pre>', text, re.S)[1])
    assert written == {**config, "study": ["cnn", "cnn_untrained"], "seeds": [3, 4]}
    assert list(written) == list(config)


def test_report_says_that_a_simulated_recording_is_simulated(text):
    assert "<strong>The recording is simulated.</strong>" in text
    assert "it says nothing about mice" in text


def test_how_the_recording_was_read_is_shown_first(report, study):
    text = report([], [])
    first, second = re.findall(r'<section id="(\w+)"', text)[:2]
    assert (first, second) == ("recording", "answer")
    part = text[text.index('<section id="recording"') : text.index('<section id="answer"')]
    assert "<h2>The recording: simulated_small</h2>" in part
    assert "<li>35 angles above 180° were left out" in part
    assert text.index('<a href="#recording">') < text.index('<a href="#answer">The answer')


@pytest.mark.parametrize(
    ("above_180", "words"),
    [
        (None, "Gratings up to 180° are kept and counted from vertical, −90° to 90°."),
        ("drop", "Gratings up to 180° are kept and counted from vertical, −90° to 90°."),
        ("fold", "Gratings that differ by 180° are averaged"),
        ("keep", "counted from vertical, −90° to 270°"),
    ],
)
def test_methods_say_what_was_done_above_180(report, above_180, words):
    source = {"path": "a.npz"} | ({"above_180": above_180} if above_180 else {})
    assert words in report([], [], datasets={"simulated_small": source})


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"path": "a.npz"}, "as the recorded neurons do?</h1>"),
        ({"url": "https://a.org", "md5": "0"}, "as mouse visual cortex does?</h1>"),
    ],
)
def test_report_takes_a_recording_of_ones_own_for_no_mouse_of_others(report, source, words):
    text = report([], [], datasets={"simulated_small": source})
    assert words in text
    assert "<dt>The tutorial and its recording</dt>" in text


def test_headings_go_down_one_level_at_a_time(page):
    levels = [level for level, _ in page.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert all(heading.strip() for _, heading in page.headings)


def test_report_repeats_the_answers_and_the_captions(study, text):
    plain = html.unescape(re.sub("<[^>]+>", "", text))
    for path in ("recording.md", "answers.md", "paper/figure_2.md"):
        for line in (study.folder / DATASET / path).read_text().splitlines():
            words = re.sub(r"^#+ *|^- *|[`*]", "", line).strip()
            assert words in plain, line


def test_tables_are_those_of_the_files(study, text):
    for path in (study.folder / DATASET / "tables").glob("*.csv"):
        table = pd.read_csv(path, nrows=write_report.MAX_ROWS)
        start = text.index(f'<table aria-labelledby="table-{path.stem}">')
        part = text[start : text.index("</table>", start)]
        cells = re.findall(r'<td(?: data-value="([^"]*)")?>(.*?)</td>', part)
        assert len(cells) == table.size, path.stem
        columns = re.findall("<button[^>]*>(.*?)</button>", part)
        assert columns == list(table)
        numbers = table.select_dtypes("float").dropna(axis=1, how="any")
        for column in numbers:
            index = columns.index(column)
            shown = [float(full or cell) for full, cell in cells[index :: len(columns)]]
            assert shown == table[column].tolist()


def test_each_figure_tells_how_it_was_made(study, text):
    manifest = json.loads((study.folder / DATASET / "MANIFEST.json").read_text())
    digest = manifest["files"]["simulated_small/tables/inference.csv"]
    assert f"{DATASET}/tables/inference.csv: {digest[:12]}" in text
    assert "plot_similarity, scripts/plot_similarity.py" in text
    assert manifest["packages"]["torch"] in text


def test_snakemakes_own_report_has_every_figure_and_table_with_its_caption(
    study, repository, tmp_path
):
    done = study.snakemake("--report", tmp_path / "report.html")
    assert done.returncode == 0, done.stdout
    text = html.unescape((tmp_path / "report.html").read_text())
    for name in ("Figures", "Figures of the paper", "Tables"):
        assert f'"{name}"' in text
    shown = "".join(text.replace("\\n", " ").split())
    captions = [
        path
        for path in (repository / "rules/report").glob("*.rst")
        if not re.search("(?<!encoding_)group|animals", path.stem)
    ]
    expected = [path.read_text().split(".")[0] for path in captions if path.stem != "workflow"]
    columns = read_columns(repository / "rules/report/columns.yaml")
    columns = {table: lines for table, lines in columns.items() if table not in OF_GROUPS}
    for words in [*expected, *(line for lines in columns.values() for line in lines.values())]:
        words = "".join(words.split())
        assert json.dumps(words)[1:-1] in shown or words in shown
    assert "Itissimulated:nothingheresaysanythingaboutmice" in shown
    assert "simulated_small" in text
    assert '"replicates": 100' in text.replace("\\", ""), "the configuration of the run"


def test_text_stands_out_from_its_background(text):
    """By 4.5 to 1, as WCAG 2 asks for."""
    colors = dict(re.findall(r"--(\w+): (#\w+);", text))

    def luminance(color):
        digits = [
            color[i : i + 1] * 2 if len(color) == 4 else color[2 * i - 1 : 2 * i + 1]
            for i in (1, 2, 3)
        ]
        levels = [int(pair, 16) / 255 for pair in digits]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in levels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for ink in ("ink", "soft", "link"):
        for paper in ("#ffffff", colors["pale"], "#fdf1e7"):
            contrast = (luminance(paper) + 0.05) / (luminance(colors[ink]) + 0.05)
            assert contrast >= 4.5, (ink, paper, contrast)


@pytest.fixture(scope="module", params=WIDTHS)
def opened(request, study):
    """Open the report in Chromium; gather what it says and asks for."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        tab = browser.new_page(viewport={"width": request.param, "height": 900})
        said, asked = [], []
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on("request", lambda asking: asked.append(asking.url))
        tab.goto((study.folder / DATASET / "report.html").as_uri())
        yield tab, said, asked
        browser.close()


@pytest.mark.slow
@needs_browser
def test_browser_has_nothing_to_complain_of_and_asks_for_nothing_else(opened):
    tab, said, asked = opened
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [tab.url]


@pytest.mark.slow
@needs_browser
def test_every_picture_is_shown_and_the_page_is_as_wide_as_the_screen(opened):
    tab, _, _ = opened
    tab.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    loaded = "(image) => image.complete && image.naturalWidth > 0 && image.clientWidth > 250"
    assert tab.evaluate(f"[...document.images].every({loaded})")
    assert tab.evaluate("document.images.length") == N_PICTURES
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.slow
@needs_browser
def test_tables_sort_by_mouse_and_by_keyboard(opened, study):
    tab, _, _ = opened
    table = pd.read_csv(study.folder / DATASET / "tables/pairwise.csv")
    head = tab.locator('table[aria-labelledby="table-pairwise"] th', has_text="difference")
    rows = tab.locator('table[aria-labelledby="table-pairwise"] tbody tr')
    index = list(table).index("difference")

    def shown():
        cells = [row.locator("td").nth(index) for row in rows.all()]
        return [
            float(cell.get_attribute("data-value") or cell.inner_text().replace("−", "-"))
            for cell in cells
        ]

    head.locator("button").click()
    assert shown() == sorted(table["difference"])
    assert head.get_attribute("aria-sort") == "ascending"
    head.locator("button").focus()
    tab.keyboard.press("Enter")
    assert shown() == sorted(table["difference"], reverse=True)
    assert head.get_attribute("aria-sort") == "descending"


@pytest.mark.slow
@needs_browser
def test_all_is_printed_also_what_was_folded(opened):
    tab, _, _ = opened
    pdf = tab.pdf(format="A4")
    assert tab.evaluate("document.querySelectorAll('details:not([open])').length") == 0
    assert pdf.count(b"/Subtype /Image") >= N_PICTURES
