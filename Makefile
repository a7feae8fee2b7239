# make demo: set up and run the study on the simulated recording. make test: set up and test.
# make verify: check that your results match the reference results.
# CPU=1, with the first of these, takes PyTorch's CPU-only build, which is smaller on Linux.

PYTHON ?= python3
# Where the packages are installed; its path must have no space.
VENV ?= .venv
BIN := $(VENV)/bin
SNAKEMAKE := $(BIN)/snakemake
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --quiet
# PyTorch's own index. Its 2.13.0+cpu fits the pin torch==2.13.0, so that pip keeps it for the rest.
CPU_ONLY := https://download.pytorch.org/whl/cpu
RESULTS := results/simulated
REFERENCE := reference/simulated
MEASURED := performance.csv performance.png scaling.csv scaling.png machine.json

.PHONY: demo test test-slow test-all mutants home chaos bench bench-only performance verify reference gallery lint calibrate calibrated docs inspect

demo: $(VENV)/ready home
	$(SNAKEMAKE) --cores all --config dataset=$(or $(DATASET),simulated)

# What is in a recording and how it would be read: make inspect FILE=my_session.nwb. What layers a
# network has: make inspect NETWORK=my_networks.py:MyNet.
inspect: $(VENV)/ready
	@$(BIN)/python $(if $(NETWORK),scripts/inspect_network.py "$(NETWORK)",\
		scripts/inspect_recording.py $(if $(FILE),"$(FILE)"))

# Every claim about the science, one small study end to end, plans, one kill: minutes.
test: $(VENV)/ready home
	$(BIN)/pytest --numprocesses 2 --dist loadfile

# What that leaves out: documented commands, bad days, Slurm and a browser where they are installed.
test-slow: $(VENV)/ready home
	$(BIN)/pytest -m slow --numprocesses 2 --dist loadfile

# Everything.
test-all: test test-slow

# Careless edits, one at a time: which do the tests notice? ONLY=words of a group or a file,
# SAMPLE=20 takes some at random.
mutants: $(VENV)/ready home
	$(BIN)/python tests/mutants.py $(if $(SAMPLE),--sample $(SAMPLE)) --only "$(ONLY)"

# A hundred runs killed at random moments: an hour.
chaos: $(VENV)/ready home
	KILLS=100 $(BIN)/pytest -m "" tests/chaos

# Beside what one would run instead: half an hour, with nothing else running. One thread, but for the
# study. RUNS=5 says how often each is run, ONLY=words which.
bench: $(VENV)/ready
	$(PIP_INSTALL) --requirement requirements-bench.txt
	@$(MAKE) --no-print-directory bench-only

bench-only:
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 PYTHONPATH=scripts:benchmarks \
		$(BIN)/python benchmarks/bench.py $(if $(RUNS),--runs $(RUNS)) --only "$(ONLY)"

# Takes what was measured here as what the documentation says.
performance:
	cp $(addprefix results/benchmarks/,$(MEASURED)) docs/performance
	$(BIN)/python docs/write_performance.py

# Of a study of your own: make verify RESULTS=results/mine REFERENCE=folder/of/an/earlier/copy
verify: $(VENV)/ready
	$(BIN)/python scripts/verify.py $(RESULTS) $(REFERENCE)

# Takes what the demo gave here as the new reference, and its figure for the README.
reference:
	rm -rf $(REFERENCE)
	mkdir -p $(REFERENCE)
	cp -r $(RESULTS)/MANIFEST.json $(RESULTS)/tables $(REFERENCE)
	cp $(RESULTS)/paper/figure_2.png docs

# Takes the figures of both demos, of one recording and of the group, for the page that shows them.
gallery: $(VENV)/ready
	$(BIN)/python docs/write_gallery.py

# How often the tests and intervals are right, on simulations with a known answer: minutes.
# WORLDS=all takes all kinds of them.
calibrate: $(VENV)/ready home
	$(SNAKEMAKE) --cores all --config dataset=simulated \
		$(if $(WORLDS),"calibration={worlds: $(WORLDS)}") -- calibration
	@printf '\nFigure: results/calibration/calibration.png\n\n'
	@cat results/calibration/calibration.csv

# Takes what was calibrated here as what the documentation says.
calibrated:
	$(BIN)/python docs/write_calibration.py

# The pages on the configuration, on performance and on results, captions of tables, and the picture
# of the rules (needs Graphviz).
docs: $(VENV)/ready
	$(BIN)/python docs/write_configuration.py
	$(BIN)/python docs/write_performance.py
	PYTHONPATH=scripts $(BIN)/python docs/write_columns.py
	$(SNAKEMAKE) --cores 1 results/workflow.svg
	cp results/workflow.svg results/rooms.svg docs

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile rules
	$(SNAKEMAKE) --lint

# Snakemake keeps copies of scripts in a cache below the home folder, and stops without one.
home:
	@cache="$${XDG_CACHE_HOME:-$$HOME/.cache}"; mkdir -p "$$cache" 2>/dev/null && test -w "$$cache" || \
		{ echo "Error: $$cache cannot be written to; set XDG_CACHE_HOME to a folder that can: XDG_CACHE_HOME=/tmp/cache make $(MAKECMDGOALS)" >&2; exit 1; }

# Made whole or not at all: an install that breaks off leaves no `ready`, and the next one goes on.
# Snakemake cannot start scripts by a Python whose path has a space (its issue 2645).
$(VENV)/ready: requirements.txt
	@case "$(VENV)" in /* | ~*) place="$(VENV)" ;; *) place="$(CURDIR)/$(VENV)" ;; esac; \
	case "$$place" in *" "*) echo "Error: $$place has a space, with which Snakemake cannot start jobs; put the packages elsewhere: make VENV=~/normative-venv $(MAKECMDGOALS)" >&2; exit 1 ;; esac
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Error: $(PYTHON) is Python %d.%d, expected 3.11 or newer; run: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" % sys.version_info[:2])'
	$(PYTHON) -m venv $(VENV)
	$(if $(CPU),$(PIP_INSTALL) --no-deps --index-url $(CPU_ONLY) --constraint requirements.txt torch)
	$(PIP_INSTALL) --requirement requirements.txt
	@touch $@
