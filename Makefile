# make demo: set up and run the study on the simulated recording. make test: set up and test.
# make verify: tell whether that run gave what ours did.

PYTHON ?= python3
BIN := .venv/bin
SNAKEMAKE := $(BIN)/snakemake
RESULTS := results/simulated
REFERENCE := reference/simulated
MEASURED := performance.csv performance.png scaling.csv scaling.png machine.json

.PHONY: demo test chaos bench bench-only performance verify reference lint calibrate docs

demo: .venv/ready
	$(SNAKEMAKE) --cores all --config dataset=simulated
	@printf '\n'
	@cat $(RESULTS)/answers.md
	@printf '\nReport:  %s (open it in a browser)\nFigures: %s\nTables:  %s\n' \
		$(RESULTS)/report.html $(RESULTS)/figures/ $(RESULTS)/tables/

test: .venv/ready
	$(BIN)/pytest

# A hundred runs killed at random moments: an hour.
chaos: .venv/ready
	KILLS=100 $(BIN)/pytest tests/chaos

# Beside what one would run instead: half an hour, with nothing else running. One thread, but for the
# study. RUNS=5 says how often each is run, ONLY=words which.
bench: .venv/ready
	$(BIN)/python -m pip install --disable-pip-version-check --quiet -r requirements-bench.txt
	@$(MAKE) --no-print-directory bench-only

bench-only:
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 PYTHONPATH=scripts:benchmarks \
		$(BIN)/python benchmarks/bench.py $(if $(RUNS),--runs $(RUNS)) --only "$(ONLY)"

# Takes what was measured here as what the documentation says.
performance:
	cp $(addprefix results/benchmarks/,$(MEASURED)) docs/performance
	$(BIN)/python docs/write_performance.py

# Of a study of your own: make verify RESULTS=results/mine REFERENCE=folder/of/an/earlier/copy
verify: .venv/ready
	$(BIN)/python scripts/verify.py $(RESULTS) $(REFERENCE)

# Takes what the demo gave here as the new reference, and its figure for the README.
reference:
	rm -rf $(REFERENCE)
	mkdir -p $(REFERENCE)
	cp -r $(RESULTS)/MANIFEST.json $(RESULTS)/tables $(REFERENCE)
	cp $(RESULTS)/paper/figure_2.png docs

# How often the tests and intervals are right, on simulations with a known answer.
calibrate: .venv/ready
	$(SNAKEMAKE) --cores all --config dataset=simulated -- calibration
	@printf '\nFigure: results/calibration/calibration.png\n\n'
	@cat results/calibration/calibration.csv

# The pages on the configuration and on performance, and the picture of the rules (needs Graphviz).
docs: .venv/ready
	$(BIN)/python docs/write_configuration.py
	$(BIN)/python docs/write_performance.py
	$(SNAKEMAKE) --cores 1 results/workflow.svg
	cp results/workflow.svg docs

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile rules
	$(SNAKEMAKE) --lint

# Made whole or not at all: an install that breaks off leaves no `ready`, and the next one goes on.
.venv/ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Error: $(PYTHON) is Python %d.%d, expected 3.11 or newer; run: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" % sys.version_info[:2])'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --requirement requirements.txt
	@touch $@
