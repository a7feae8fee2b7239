"""Rules give scripts the files and settings that they are about.

Read from the notes that jobs leave beside tables and figures, and from plans of other studies.
"""

import json
import re

import numpy as np
import pandas as pd
import pytest
import yaml

from normative.workflow.stacks import read_seed

DATASET = "results/simulated_small"


@pytest.fixture(scope="module")
def note(study):
    """Give the note on how a table or figure was made, by its path below the dataset's folder."""

    def note(name):
        path = study.folder / DATASET / f"provenance/{name}.json"
        return json.loads(path.read_text(encoding="utf-8"))

    return note
