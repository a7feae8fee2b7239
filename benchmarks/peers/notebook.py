"""Run the tutorial's script as a notebook: its cells in an .ipynb, executed by nbconvert.

RECORDING=recording.npz SEED=12 OUT=folder python benchmarks/peers/notebook.py
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat

OUT = Path(os.environ["OUT"])

source = (Path(__file__).parent / "tutorial.py").read_text()
source = source.replace('matplotlib.use("Agg")', "")  # a notebook has its own
cells = re.split(r"^# %%.*\n", source, flags=re.M)
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
OUT.mkdir(parents=True, exist_ok=True)
nbformat.write(notebook, OUT / "tutorial.ipynb")
subprocess.run(
    [
        *[sys.executable, "-m", "jupyter", "nbconvert", "--to", "notebook", "--execute"],
        *["--log-level", "WARN", "--output", "executed.ipynb", OUT / "tutorial.ipynb"],
    ],
    check=True,
)
