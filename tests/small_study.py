"""A small study run by Snakemake, in a copy of the workflow that tests may change."""

import hashlib
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml
from snakemake.cli import main as snakemake

WORKFLOW = ["Snakefile", "config.yaml", "requirements.txt", "rules", "scripts", "envs", "profiles"]

# Tables that groups of animals have, and single recordings do not.
OF_GROUPS = ("group", "animals", "group_pairwise", "group_training_effect", "group_partial")
OF_GROUPS += ("group_encoding",)


class Study:
    """A copy of the workflow and a working directory elsewhere, both free to be changed."""

    def __init__(self, repository, folder):
        self.workflow, self.folder = folder / "workflow", folder / "work"
        self.workflow.mkdir(parents=True)
        self.folder.mkdir()
        for name in WORKFLOW:
            if (repository / name).is_dir():
                shutil.copytree(
                    repository / name,
                    self.workflow / name,
                    ignore=shutil.ignore_patterns("__pycache__"),
                )
            else:
                shutil.copy(repository / name, self.workflow)
        self.overlay = yaml.safe_load((repository / "tests/small_study.yaml").read_text())

    def start(self, *arguments, overlay=None, within=(), **environment):
        """Start Snakemake on the small study, some keys changed by `overlay`.

        `within` is a command that runs another, such as `env`.
        """
        return subprocess.Popen(
            [*within, sys.executable, "-m", "snakemake", *self.options(overlay), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **environment},
        )

    def options(self, overlay=None):
        """Options of Snakemake on the small study, some keys changed by `overlay`."""
        file = self.workflow.parent / "overlay.yaml"
        file.write_text(yaml.safe_dump({**self.overlay, **(overlay or {})}), encoding="utf-8")
        places = {
            "--snakefile": self.workflow / "Snakefile",
            "--directory": self.folder,
            "--configfile": file,
        }
        return [str(word) for pair in places.items() for word in pair]

    def snakemake(self, *arguments, **options):
        """Run Snakemake as `start` does, and wait for its end."""
        process = self.start(*arguments, **options)
        output, _ = process.communicate(timeout=600)
        return subprocess.CompletedProcess(process.args, process.returncode, output)

    def run(self, *arguments, **options):
        """Run to the end, or fail the test with what Snakemake said."""
        done = self.snakemake("--cores", "2", *arguments, **options)
        assert done.returncode == 0, done.stdout
        return done

    def plan(self, *arguments, overlay=None):
        """Dry-run; give what Snakemake says.

        In a child of this process, which has loaded Snakemake: half the time of a new one.
        """
        output = self.workflow.parent / "plan.txt"
        command = [*self.options(overlay), "--dry-run", *arguments]
        child = multiprocessing.get_context("fork").Process(target=run_here, args=(command, output))
        child.start()
        child.join(120)
        said = output.read_text(encoding="utf-8")
        assert child.exitcode == 0, said
        return said

    def log(self):
        """Give Snakemake's own log of the last run, of which the terminal shows little."""
        return max((self.folder / ".snakemake/log").iterdir()).read_text(encoding="utf-8")

    def planned(self, *arguments, overlay=None):
        """Rules that a run would execute now, and how often."""
        said = self.plan(*arguments, overlay=overlay)
        stats = re.search(r"^-+  -+\n(.*?)^total", said, re.S | re.M)
        if stats is None:
            assert "Nothing to be done" in said
            return {}
        rules = dict(line.split() for line in stats[1].splitlines())
        rules.pop("all", None)
        return {rule: int(n_jobs) for rule, n_jobs in rules.items()}

    def results(self):
        """Path and SHA-256 of every result of the networks and of the study's own recording."""
        root = self.folder / "results"
        folders = {"models", "networks", "training_stimuli", self.overlay["dataset"]}
        return {
            str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(root.rglob("*"))
            if path.is_file() and path.relative_to(root).parts[0] in folders
        }


def run_here(command, output):
    """Run Snakemake in this process, which is a child made for it, with the study's own library."""
    with open(output, "w", encoding="utf-8") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    ours = str(Path(__file__).resolve().parents[1] / "scripts")
    sys.path[:] = [path for path in sys.path if path != ours]
    for name in [name for name in sys.modules if name.split(".")[0] == "normative"]:
        del sys.modules[name]
    code = 0
    with open(1, "w", encoding="utf-8") as sys.stdout, open(2, "w", encoding="utf-8") as sys.stderr:
        try:
            snakemake(command)
        except SystemExit as end:
            code = end.code
    os._exit(code or 0)
