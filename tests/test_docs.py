"""The documentation does not drift from what it documents."""

import re
import runpy


def test_configuration_page_is_made_from_the_schema(repository):
    """After a change of the schema or the defaults: make docs."""
    page = runpy.run_path(str(repository / "docs/write_configuration.py"))["page"]
    assert (repository / "docs/configuration.md").read_text() == page()


def test_links_between_pages_lead_somewhere(repository):
    pages = [*repository.glob("*.md"), *(repository / "docs").glob("*.md")]
    assert len(pages) >= 6
    for page in pages:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_columns_that_the_methods_name_are_in_the_tables(study, repository):
    methods = (repository / "docs/methods.md").read_text()
    tables = study.folder / "results/simulated_small/tables"
    columns = {
        c for path in tables.glob("*.csv") for c in path.read_text().split("\n")[0].split(",")
    }
    named = set(re.findall(r"`((?:p|ci)_\w+|unique_variance)`", methods))
    assert len(named) >= 7
    assert named <= columns
