"""A study small enough to be run a hundred times, and its results when nothing goes wrong."""

import time

import pytest

ONE_NETWORK = {"study": ["cnn"], "seeds": [12]}


class Clean:
    """Digests of the results of a run that nobody disturbed, and how long it took."""

    def __init__(self, study):
        start = time.monotonic()
        study.run()
        self.seconds = time.monotonic() - start
        self.results = study.results()


@pytest.fixture(scope="session")
def tiny_study(new_study):
    def tiny_study(study=None):
        study = study or new_study()
        study.overlay |= ONE_NETWORK
        return study

    return tiny_study


@pytest.fixture(scope="session")
def clean(tiny_study):
    return Clean(tiny_study())


def run_again(study, **options):
    """Give the same command again, after the unlock that its message asks for."""
    done = study.snakemake("--cores", "2", **options)
    if "cannot be locked" in done.stdout:
        unlocked = study.snakemake("--unlock", **options)
        assert unlocked.returncode == 0, unlocked.stdout
        done = study.snakemake("--cores", "2", **options)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="session")
def again():
    return run_again
