"""The digest of a rule's code changes with what its script uses, and with nothing else."""

import re
import shutil

import pytest

from normative.workflow import code
from normative.workflow.errors import UserError


@pytest.fixture
def scripts(tmp_path, monkeypatch):
    """Give a small library with a script, in which files may be written; caches are emptied."""
    files = {
        "draw.py": "import os\nfrom normative.rsa.rdm import distance\n",
        "normative/__init__.py": "",
        "normative/rsa/__init__.py": "",
        "normative/rsa/rdm.py": "def distance():\n    import scipy.stats\n",
        "normative/rsa/other.py": "import torch\n",
        "normative/tasks/__init__.py": "from normative.tasks.tilt import TILT\n",
        "normative/tasks/tilt.py": "import numpy as np\nfrom PIL import Image\nTILT = 1\n",
        "train.py": "from normative.tasks import TILT\nfrom normative import rsa\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(code, "SCRIPTS", tmp_path)
    clear()
    yield tmp_path
    clear()


def clear():
    code.imports.cache_clear()
    code.code_files.cache_clear()


def version(script, *files):
    clear()
    return code.code_version(script, *files)


def names(scripts, script):
    clear()
    return [str(path.relative_to(scripts)) for path in code.code_files(script)[0]]


def test_files_are_those_that_are_imported_in_turn(scripts):
    packages = ["normative/__init__.py", "normative/rsa/__init__.py"]
    assert names(scripts, "draw") == ["draw.py", *packages, "normative/rsa/rdm.py"]
    tasks = ["normative/tasks/__init__.py", "normative/tasks/tilt.py"]
    assert names(scripts, "train") == [*packages, *tasks, "train.py"]


def test_packages_are_those_that_are_imported_even_within_functions(scripts):
    assert list(version("draw")["packages"]) == ["scipy"]
    assert list(version("train")["packages"]) == ["numpy", "pillow"]


@pytest.mark.parametrize(
    ("edited", "changed"),
    [
        ("draw.py", {"draw"}),
        ("normative/rsa/rdm.py", {"draw"}),
        ("normative/tasks/tilt.py", {"train"}),
        ("normative/rsa/__init__.py", {"draw", "train"}),
        ("normative/rsa/other.py", set()),
    ],
)
def test_edit_changes_the_digest_of_what_imports_it(scripts, edited, changed):
    before = {script: version(script)["digest"] for script in ("draw", "train")}
    with (scripts / edited).open("a") as file:
        file.write("# edited\n")
    after = {script: version(script)["digest"] for script in ("draw", "train")}
    assert {script for script in before if before[script] != after[script]} == changed


def test_place_and_date_do_not_change_the_digest(scripts, monkeypatch, tmp_path_factory):
    before = version("train")["digest"]
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "scripts"
    shutil.copytree(scripts, elsewhere)
    monkeypatch.setattr(code, "SCRIPTS", elsewhere)
    assert version("train")["digest"] == before


def test_other_files_of_a_rule_count(scripts):
    caption = scripts / "caption.rst"
    caption.write_text("one")
    before = version("draw", caption)["digest"]
    assert before != version("draw")["digest"]
    caption.write_text("two")
    assert version("draw", caption)["digest"] != before


def test_version_is_the_installed_one_or_the_pinned_one():
    import numpy

    assert code.package_version("numpy") == numpy.__version__
    pins = "numpy-financial==9\nnumpy==1.2.3\nrsatoolbox==0.3; platform_machine != 'x'\n"
    assert code.package_version("numpy", pins) == "1.2.3"
    assert code.package_version("rsatoolbox", pins) == "0.3"
    with pytest.raises(UserError, match=r"`no-such-package` is not installed.*pip install"):
        code.package_version("no-such-package")


def test_every_rule_has_the_script_and_the_digest_of_its_name(repository):
    """A rule with the digest of another script would not see its own edited."""
    n_rules = 0
    for path in (repository / "rules").glob("*.smk"):
        for rule in re.split(r"^rule ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
            name = rule.split(":")[0]
            if "script:" in rule:
                if name in ("write_group_manifest", "write_group_report"):
                    name = name.replace("_group", "")  # of what a recording and a group share
                    n_rules -= 1
                assert re.findall(r'"\.\./scripts/(\w+)\.py"', rule) == [name]
                assert re.findall(r'code=code\(\s*"(\w+)"', rule) == [name]
                n_rules += 1
    scripts = {path.stem for path in (repository / "scripts").glob("*.py")}
    assert n_rules == len(
        scripts - {"verify", "inspect_recording", "inspect_network", "check_config"}
    ), "which users call themselves"


def test_arrows_between_rooms_never_run_upward(repository):
    """The floors of the library, from the lowest: a room imports from lower ones only."""
    floors = [
        {"workflow", "stimuli"},
        {"recordings", "tasks", "rsa"},
        {"networks", "encoding"},
        {"training", "inference"},
        {"figures", "reporting"},
    ]
    floor = {room: number for number, rooms in enumerate(floors) for room in rooms}
    library = repository / "scripts/normative"
    assert {path.parent.name for path in library.glob("*/__init__.py")} == floor.keys()
    for path in library.glob("*/*.py"):
        room = path.parent.name
        used = re.findall(r"normative\.(\w+)", path.read_text(encoding="utf-8"))
        for other in {name for name in used if name in floor} - {room}:
            assert floor[other] < floor[room], f"{path}: {room} imports {other}"
    for path in library.glob("*.py"):
        assert "normative." not in path.read_text(encoding="utf-8"), "every room may read the root"
