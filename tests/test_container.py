"""The image has what a run needs, although no container engine builds it here."""

import re
import shlex
import shutil
import subprocess
import sys


def test_what_the_image_copies_runs_the_demo_from_an_empty_folder(repository, tmp_path):
    """Planned, by the command that the image starts, as far as both are in the Dockerfile."""
    text = (repository / "Dockerfile").read_text().replace("\\\n", "")
    image, study = tmp_path / "normative", tmp_path / "study"
    image.mkdir()
    study.mkdir()
    ignored = (repository / ".dockerignore").read_text().split("\n")
    for sources in re.findall(r"^COPY (.+) \S+$", text, re.M):
        for name in sources.split():
            assert f"!{name}" in ignored
            path = repository / name
            copy = shutil.copytree if path.is_dir() else shutil.copy
            copy(path, image / name)
    program, *options = [
        word.replace("/normative", str(image))
        for kind in ("ENTRYPOINT", "CMD")
        for word in shlex.split(re.search(rf"^{kind} \[(.+)\]$", text, re.M)[1].replace(",", " "))
    ]
    assert program == "snakemake"
    command = [sys.executable, "-m", program, *options, "--dry-run", "--quiet", "all"]
    done = subprocess.run(command, cwd=study, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not any(study.glob("results/*"))


def test_image_has_the_pinned_versions_and_the_python_of_the_environments(repository):
    text = (repository / "Dockerfile").read_text()
    assert text.count("requirements.txt") == 3  # copied, PyTorch by it, all by it
    (version,) = re.findall(r"^FROM python:([\d.]+)-slim", text, re.M)
    for path in (repository / "envs").glob("*.yaml"):
        assert f"- python={version}\n" in path.read_text()
