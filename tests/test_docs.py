"""The documentation does not drift from what it documents."""

import hashlib
import json
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from test_docs_recordings import make_nwb

from normative.workflow.seeds import list_seeds


def test_configuration_page_is_made_from_the_schema(repository):
    """After a change of the schema or the defaults: make docs."""
    page = runpy.run_path(str(repository / "docs/write_configuration.py"))["page"]
    assert (repository / "docs/configuration.md").read_text() == page()


def test_performance_page_is_made_from_what_was_measured(repository):
    """After a change of its text or of what was measured: make docs."""
    page = runpy.run_path(str(repository / "docs/write_performance.py"))["page"]
    assert (repository / "docs/performance.md").read_text() == page()


def test_gallery_shows_each_kind_of_figure_with_its_caption(repository):
    """After a change of figures: make demo, make demo DATASET=simulated_animals, make gallery."""
    page = runpy.run_path(str(repository / "docs/write_gallery.py"))["page"]
    text = (repository / "docs/gallery.md").read_text()
    assert text == page()
    shown = {Path(path).stem for path in re.findall(r"!\[.*\]\((gallery/.*)\)", text)}
    captions = {path.stem for path in (repository / "rules/report").glob("*.rst")}
    assert shown == {name for name in captions if not name.startswith(("table_", "workflow"))}


@pytest.mark.slow
def test_benchmark_measures_and_compares(repository):
    """One quick row; all of them are for a quiet machine."""
    found = subprocess.run(
        ["make", "--old-file", ".venv/ready", "bench-only", "RUNS=1", "ONLY=1,000 gratings"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.search(r"^1,000 gratings one by one +1 +1 .* 0 pixels$", found.stdout, re.M)


def test_links_between_pages_lead_somewhere(repository):
    pages = [*repository.glob("*.md"), *(repository / "docs").glob("*.md")]
    assert len(pages) >= 6
    for page in pages:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_promises_are_kept_by_tests_that_exist(repository):
    """And each row says how many cases were tried and how many failed."""
    page = (repository / "docs/reliability.md").read_text()
    rows = [line for line in page.splitlines() if "::" in line]
    assert len(rows) >= 25
    for row in rows:
        assert re.search(r"\| [^|]*\| \d+ \|$", row), row
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", page)
    for file, test in named:
        assert f"def {test}(" in (repository / "tests" / file).read_text(), test
    assert len(set(named)) >= 40


def test_promises_name_the_tier_that_keeps_them(repository):
    """As pytest collects it: `make test` takes what is not marked slow."""
    tiers = {}
    for tier, marks in (("test", "not slow"), ("test-all", "slow")):
        command = [sys.executable, "-m", "pytest", "--collect-only", "-m", marks]
        listed = subprocess.run(command, cwd=repository, capture_output=True, text=True).stdout
        for name in set(re.findall(r"::(\w+)", listed)):
            tiers.setdefault(name, []).append(tier)
    for row in (repository / "docs/reliability.md").read_text().splitlines():
        if names := re.findall(r"::(\w+)`", row):
            expected = sorted({tier for name in names for tier in tiers[name]})
            assert row.split(" | ")[2] == ", ".join(expected), names


def test_columns_that_the_methods_name_are_in_the_tables(study, repository):
    methods = (repository / "docs/methods.md").read_text()
    tables = study.folder / "results/simulated_small/tables"
    columns = {
        c for path in tables.glob("*.csv") for c in path.read_text().split("\n")[0].split(",")
    }
    named = set(re.findall(r"`((?:p|ci)_\w+|unique_variance)`", methods))
    assert len(named) >= 7
    assert named <= columns


def blocks(page, language):
    """Code blocks of a page."""
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", page.read_text(), re.S | re.M)


def documented_commands(repository):
    """Every command of the documentation: lines of shell blocks, and code within sentences."""
    for page in [*repository.glob("*.md"), *(repository / "docs").glob("*.md")]:
        lines = "".join(blocks(page, "sh")).splitlines()
        text = re.sub(r"```.*?```", "", page.read_text(), flags=re.S)
        lines += re.findall(r"`((?:make|snakemake|python|pip|[A-Z_]+=\S+) [^`]+)`", text)
        for line in lines:
            if command := re.sub(r"\s+#.*", "", line).strip():
                yield re.sub(r"\s+", " ", command)


# Commands that a fresh clone runs in .ci/run, as they are.
BY_CI = {"make demo", "make test", "make test-slow", "make verify", "make lint", "make docs"}
BY_CI |= {"make mutants"}
BY_CI |= {"make .venv/ready", "pip install -r requirements-slurm.txt"}
# Commands that tests/test_slurm.py runs on a cluster.
BY_SLURM = {"snakemake --profile profiles/slurm", "profiles/slurm/cancel", "snakemake --unlock"}
BY_SLURM |= {"snakemake --profile profiles/slurm --dry-run"}
# Commands that tests/test_docs_recordings.py runs, each on a file that it makes.
BY_RECORDINGS = {"make inspect FILE=my_session.nwb"} | {
    f"python scripts/inspect_recording.py {words} > {name}.yaml"
    for words, name in {
        "my_session.npz": "my_session",
        "my_session.npy": "my_session",
        "my_session.mat": "my_session",
        "my_session.nwb": "my_session",
        "my_session.h5": "my_session",
        "my_session/suite2p --name my_session": "my_session",
        "my_cells.csv": "my_cells",
        "my_trials.xlsx": "my_trials",
    }.items()
}
# The look at a network, which tests/test_own_networks.py takes.
BY_NETWORKS = {"python scripts/inspect_network.py my_networks.py:MyNet > my_network.yaml"}
BY_NETWORKS |= {"make inspect NETWORK=my_networks.py:MyNet"}
# The check of a configuration file, which tests/test_check_config.py runs.
BY_CHECK = {"python scripts/check_config.py my_study.yaml"}
# Commands that need what is not here, and are not run.
NOT_RUN = {
    "source .venv/bin/activate": "of the shell itself",
    "make demo CPU=1": "PyTorch's own index; what it asks pip for is tested here",
    "snakemake --profile profiles/sge": "another scheduler; the page says so",
    "python benchmarks/train_seeds.py --device cuda": "a GPU",
    "make verify RESULTS=results/stringer2021 REFERENCE=my_earlier_run": "the real recording",
    "snakemake --cores all --software-deployment-method conda": "conda and its channel",
    "snakemake --containerize": "conda",
    "docker build --tag normative .": "a container engine; what it copies is tested",
    'docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD:/study" normative': "likewise",
    'docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD:/study" normative --cores all '
    "--configfile my_study.yaml": "likewise",
    "apptainer build normative.sif docker-daemon://normative:latest": "likewise",
    "export APPTAINERENV_XDG_CACHE_HOME=/study/.cache APPTAINERENV_MPLCONFIGDIR=/study/.cache": (
        "likewise"
    ),
    'apptainer run --pwd /study --bind "$PWD:/study" normative.sif --cores all '
    "--configfile my_study.yaml": "likewise",
    "make test-all": "make test and make test-slow, which a fresh clone runs",
    "make VENV=~/normative-venv demo": "another place for the packages",
    "make calibrate WORLDS=all": "half an hour; four of its fifteen worlds by make calibrate",
    "make demo DATASET=simulated_animals": "a quarter of an hour; a group of two by test_animals",
    "make calibrated": "takes what that run found into the page; the table is tested",
    "make bench": "half an hour on a quiet machine; one of its rows is run here",
    "make performance": "it changes the repository; what it made is tested here",
    "make chaos": "more than an hour; make test-all does the same with three kills",
    "make gallery": "it changes the repository; what it made is tested here",
    "make reference": "it changes the repository; what it made is tested here",
}
BY_CLONE = {"git clone URL normative", "cd normative"}  # of a fresh clone, made below
# Commands that are run here on the small study, and a file that each must make.
RUN = {
    "snakemake --cores all": "results/simulated_small/report.html",
    "snakemake --cores all --configfile my_study.yaml": "results/mine/report.html",
    "snakemake --cores all results/mine/answers.md --configfile my_study.yaml": (
        "results/mine/answers.md"
    ),
    "snakemake --cores all --directory studies/bin6 --configfile studies/bin6/study.yaml": (
        "studies/bin6/results/simulated_small/report.html"
    ),
    "snakemake --cores all --configfile my_recording.yaml": "results/my_recording/report.html",
    "snakemake --cores all --configfile my_session.yaml": "results/my_session/report.html",
    "snakemake --cores all --configfile offline.yaml": "results/stringer2021_copy/report.html",
    "snakemake --cores all --directory studies/my_network --configfile my_network.yaml "
    "--config dataset=simulated": (
        "studies/my_network/results/simulated_small/figures/mine/rdms.png"
    ),
    "snakemake --cores all --directory studies/controls --configfile my_controls.yaml "
    "--config dataset=simulated": (
        "studies/controls/results/simulated_small/figures/frozen/rdms.pdf"
    ),
    "snakemake --cores all --configfile poster.yaml": (
        "results/simulated_small/figures/similarity.svg"
    ),
    "snakemake --cores all paper --config dataset=simulated": (
        "results/simulated_small/paper/figure_1.pdf"
    ),
    "snakemake --report results/report.zip --config dataset=simulated": "results/report.zip",
}
MY_NETWORKS = """from torch import nn


class MyNet(nn.Module):
    def __init__(self, n_outputs, width):
        super().__init__()
        self.block1 = nn.Sequential()
        self.block1.add_module("conv", nn.Conv2d(1, width, 8, stride=8))
        self.fc1 = nn.Linear(width * 6 * 8, 10)
        self.fc2 = nn.Linear(10, n_outputs)

    def forward(self, images):
        return self.fc2(self.fc1(self.block1(images).relu().flatten(1)).relu())
"""
# Commands that would download or need a GPU: what they would do is planned here.
PLANNED = [
    "snakemake --cores all -n",
    "snakemake --cores all --config dataset=stringer2021_trial_split",
    "snakemake --cores all --directory studies/bin6 --configfile bin6.yaml",
    "snakemake --cores all --configfile bin6.yaml --config overwrite=true",
    "snakemake --cores all --resources gpu=1 --config device=cuda seeds_per_file=100",
]


def test_every_command_of_the_documentation_is_run_somewhere(repository):
    commands = set(documented_commands(repository))
    run = BY_CI | BY_SLURM | BY_RECORDINGS | BY_NETWORKS | BY_CHECK | NOT_RUN.keys() | RUN.keys()
    run |= {*PLANNED, *BY_CLONE, "make calibrate"}
    assert commands == run
    script = (repository / ".ci/run").read_text()
    for command in BY_CI - {"make .venv/ready"}:  # the first thing that each of the others does
        assert command.split()[-1] in script, command


@pytest.fixture(scope="module")
def finished(study, new_study, repository):
    """Give a copy of the finished small study, with the files of the examples."""
    copy = new_study()
    shutil.copytree(study.folder, copy.folder, dirs_exist_ok=True)
    for page in [repository / "README.md", *(repository / "docs").glob("*.md")]:
        for block in blocks(page, "yaml"):
            if name := re.match(r"# ([\w/]+\.yaml)\n", block):
                (copy.folder / name[1]).parent.mkdir(parents=True, exist_ok=True)
                small = block.replace("dataset: simulated\n", "dataset: simulated_small\n")
                (copy.folder / name[1]).write_text(small)
    rng = np.random.default_rng(0)
    angles = np.arange(0, 360, 6.0)
    responses = np.cos(np.deg2rad(angles)[:, None] - rng.uniform(0, 7, 40))
    responses += rng.standard_normal(responses.shape)
    for name in ("my_recording.npz", "W3D4_stringer_oribinned1.npz"):
        np.savez(copy.folder / name, resp=responses, stimuli=angles)
    offline = (copy.folder / "offline.yaml").read_text()
    md5 = hashlib.md5((copy.folder / "W3D4_stringer_oribinned1.npz").read_bytes()).hexdigest()
    (copy.folder / "offline.yaml").write_text(re.sub(r"(?<=md5: )\w+", md5, offline))
    (copy.folder / "my_networks.py").write_text(MY_NETWORKS)
    make_nwb(copy.folder / "my_session.nwb")
    script = repository / "scripts/inspect_recording.py"
    with open(copy.folder / "my_session.yaml", "w") as overlay:
        command = [sys.executable, script, "my_session.nwb"]
        subprocess.run(command, cwd=copy.folder, stdout=overlay, check=True)
    return copy


def run(study, command, *more):
    """Run a command of the documentation on the small study."""
    arguments = shlex.split(command.replace("dataset=simulated", "dataset=simulated_small"))[1:]
    overlay = dict(study.overlay)
    files = []
    if "--configfile" in arguments:
        place = arguments.index("--configfile")
        files = [study.folder / arguments[place + 1]]
        del arguments[place : place + 2]
        for key in yaml.safe_load(files[0].read_text()):
            if key != "seeds":  # a hundred
                overlay.pop(key, None)
    (study.folder / "small.yaml").write_text(yaml.safe_dump(overlay))
    return subprocess.run(
        [
            *[sys.executable, "-m", "snakemake", "--snakefile", study.workflow / "Snakefile"],
            *["--configfile", *files, study.folder / "small.yaml"],
            *[*arguments, *more],
        ],
        cwd=study.folder,
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.parametrize(("command", "made"), RUN.items())
def test_command_does_what_the_page_says(finished, command, made):
    (finished.folder / made).unlink(missing_ok=True)
    done = run(finished, command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (finished.folder / made).is_file()


@pytest.mark.slow
@pytest.mark.parametrize("command", PLANNED)
def test_command_is_understood(finished, command):
    done = run(finished, command, "--dry-run")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("target", ["demo", "test", "lint", "verify"])
def test_make_with_cpu_takes_pytorch_from_its_own_index(repository, tmp_path, target):
    """At the version of the requirements, and before these, which then find it there."""
    command = ["make", "--dry-run", f"VENV={tmp_path}/venv", target]
    made = subprocess.run([*command, "CPU=1"], cwd=repository, capture_output=True, text=True)
    pip = re.findall(r"^.*pip install .*$", made.stdout, re.M)
    assert len(pip) == 2, made.stderr
    only = "--index-url https://download.pytorch.org/whl/cpu --constraint requirements.txt torch"
    assert pip[0].endswith(f"--no-deps {only}")
    assert pip[1].endswith("--quiet --requirement requirements.txt")
    without = subprocess.run(command, cwd=repository, capture_output=True, text=True).stdout
    assert "--requirement requirements.txt" in without
    assert "download.pytorch.org" not in without


@pytest.mark.slow
def test_make_calibrate_prints_how_often_methods_are_right(finished, repository):
    overlay = {**finished.overlay, "calibration": {"simulations": 2}}
    (finished.folder / "few.yaml").write_text(yaml.safe_dump(overlay))
    snakemake = [sys.executable, "-m", "snakemake", "--snakefile", finished.workflow / "Snakefile"]
    snakemake += ["--configfile", "few.yaml"]
    done = subprocess.run(
        [
            *["make", "--file", repository / "Makefile", "--old-file", ".venv/ready"],
            *["SNAKEMAKE=" + shlex.join(map(str, snakemake)), "calibrate"],
        ],
        cwd=finished.folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "results/calibration/calibration.png" in done.stdout
    assert re.search(r"^\w+,.*p_shift", done.stdout, re.M)


def test_clone_has_what_the_two_commands_need(repository, tmp_path):
    """CI runs the commands in a fresh clone."""
    if not (repository / ".git").exists():
        pytest.skip("a copy without its history")
    lines = "".join(blocks(repository / "README.md", "sh")).splitlines()
    assert lines[:2] == ["git clone URL normative", "cd normative"]
    clone = ["git", *lines[0].replace("URL", repository.as_uri()).split()[1:]]
    subprocess.run(clone, cwd=tmp_path, capture_output=True, check=True)
    for line in lines[2:4]:
        make = [*shlex.split(line, comments=True), "--dry-run"]
        done = subprocess.run(make, cwd=tmp_path / "normative", capture_output=True, text=True)
        assert "-m venv .venv" in done.stdout, done.stderr


def test_numbers_of_the_readme_are_those_of_the_demo(repository):
    """After a change of results: make demo, make reference, and these four rows."""
    table = pd.read_csv(repository / "reference/simulated/tables/inference.csv")
    table = table.set_index(["model", "layer"])[["similarity", "ci_low", "ci_high"]]
    layers = [("cnn", "pool"), ("cnn_untrained", "pool"), ("cnn", "fc")]
    rows = re.findall(
        r"^\| .* \| ([\d.]+) \| \[([\d.]+), ([\d.]+)\] \|$",
        (repository / "README.md").read_text(),
        re.M,
    )
    shown = np.array(rows, float)
    expected = table.loc[[*layers, ("reference", "orientation")]]
    np.testing.assert_allclose(shown, expected, rtol=0, atol=5.1e-4)


def test_every_snippet_of_python_is_run_by_a_test(repository):
    """Those of this page below and, the tasks, in tests/test_own_networks.py; others likewise."""
    pages = [*repository.glob("*.md"), *(repository / "docs").glob("*.md")]
    snippets = {page.name: len(blocks(page, "python")) for page in pages}
    assert {name: n for name, n in snippets.items() if n} == {"adapting.md": 4, "results.md": 1}


def test_workflow_of_ones_own_uses_this_one_as_the_page_says(repository, tmp_path):
    *_, snakefile, library = blocks(repository / "docs/adapting.md", "python")
    (tmp_path / "normative-workflow").symlink_to(repository)
    (tmp_path / "Snakefile").write_text(snakefile)
    (tmp_path / "my_figure.py").touch()
    angles = np.arange(0.0, 180, 6)
    np.savez(tmp_path / "my_recording.npz", resp=np.eye(30), stimuli=angles)
    command = [sys.executable, "-m", "snakemake", "--dry-run", "my_figure"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "normative_tabulate_inference" in done.stdout
    code = f"{library}\nprint(correlation_distance([[0.0, 1, 0], [1, 0, 1]]))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True
    )
    assert "2." in done.stdout, "opposite patterns"


def test_picture_of_the_rules_shows_those_of_the_default_study(repository, tmp_path):
    """After a change of the rules: make docs."""
    graph = subprocess.run(
        [
            *[sys.executable, "-m", "snakemake", "--snakefile", repository / "Snakefile"],
            *["--directory", tmp_path, "--rulegraph", "dot"],
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    rules = re.findall(r'\[label = "(\w+)"', graph)
    drawn = re.findall(r"<text[^>]*>(\w+)</text>", (repository / "docs/workflow.svg").read_text())
    assert sorted(drawn) == sorted(rules)


def test_picture_of_rooms_is_that_of_their_imports(repository):
    """After a change of imports: make docs."""
    library = repository / "scripts/normative"
    rooms = sorted(path.parent.name for path in library.glob("*/__init__.py"))
    below = {room: set() for room in rooms}
    for path in library.glob("*/*.py"):
        used = re.findall(r"^\s*(?:from|import) normative\.(\w+)", path.read_text(), re.M)
        below[path.parent.name] |= {*used} & {*rooms} - {path.parent.name}

    def all_below(room):
        return set().union(*({near} | all_below(near) for near in below[room]))

    svg = (repository / "docs/rooms.svg").read_text()
    assert sorted(re.findall(r"<text[^>]*>(\w+)</text>", svg)) == rooms
    drawn = set(re.findall(r"<title>(\w+)&#45;&gt;(\w+)</title>", svg))
    for room in rooms:  # what follows from other arrows is left out
        through = set().union(*(all_below(near) for near in below[room]))
        assert {first for first, then in drawn if then == room} == below[room] - through, room


def test_reference_is_of_the_default_study_and_has_the_figure_of_the_readme(repository):
    """After a change of results: make demo, make reference."""
    reference = repository / "reference/simulated"
    manifest = json.loads((reference / "MANIFEST.json").read_text())
    config = yaml.safe_load((repository / "config.yaml").read_text())
    config["seeds"] = list_seeds(config["seeds"])
    for key in ("bin_width", "stimulus", "study", "seeds", "training", "gates", "inference"):
        assert manifest["config"][key] == config[key], key
    files = {path: path.read_bytes() for path in reference.glob("tables/*.csv")}
    names = {f"simulated/tables/{path.name}": content for path, content in files.items()}
    names["simulated/paper/figure_2.png"] = (repository / "docs/figure_2.png").read_bytes()
    assert len(names) == 18
    for name, content in names.items():
        assert manifest["files"][name] == hashlib.sha256(content).hexdigest(), name
