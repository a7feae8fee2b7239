"""The list of careless edits can be tried: each edit can be made, and its tests exist."""

import pytest
from mutants import choose, read_lists

GROUPS = {"science", "calibration", "tables", "answers", "captions", "figures", "rules", "plumbing"}
GROUPS |= {"recordings", "encoding", "tasks"}


def test_every_careless_edit_can_be_made_and_has_its_tests(repository):
    edits = read_lists()
    assert {edit[0] for edit in edits} == GROUPS
    for group, path, old, new, tests in edits:
        text = (repository / path).read_text(encoding="utf-8")
        assert text.count(old) == 1, (group, path, old)
        assert new != old, (group, path, old)
        for test in tests:
            file, _, name = test.partition("::")
            assert f"def {name.split('[')[0]}" in (repository / file).read_text(), test


@pytest.mark.parametrize(("words", "groups"), [("", GROUPS), ("answers", {"answers"})])
def test_sample_has_some_edits_of_each_group(words, groups):
    chosen = choose(read_lists(), words, 16)
    assert {edit[0] for edit in chosen} >= groups
    assert len(chosen) <= 16
