# Two commands do all the set-up they need: `make book` to read, `make test` to change.
# Python 3.11 or later and make are enough; everything is put into .venv.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
PORT ?= 8000
JOBS ?= 2
export OMP_NUM_THREADS ?= 1
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --constraint requirements.lock
PYTEST := $(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile
NBVAL := $(PYTEST) --nbval --nbval-sanitize-with tests/notebooks/nbval_sanitize.cfg \
	chapters tests/notebooks

.DEFAULT_GOAL := help
.PHONY: help book html lab notebooks experiments bench lint types package chapters-test site-test \
	test test-all lock clean

help:  ## say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed, $$($(PYTHON) --version) is here: make PYTHON=…"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'

# What reading needs: no torch.
$(VENV)/.reading: $(BIN)/python requirements.lock pyproject.toml
	$(PIP) --group book
	@touch $@

# What running and testing need. torch goes first, at the version that was tested.
$(VENV)/.working: $(VENV)/.reading
	$(PIP) "$$(grep '^torch==' requirements.lock)"
	$(PIP) --group test --editable '.[lab]'
	@touch $@

book: html  ## build the book and serve it on this machine
	$(BIN)/python book/_tools/serve.py --port $(PORT)

html: $(VENV)/.reading  ## build the book into _build/html
	$(BIN)/python book/_tools/build.py

lab: $(VENV)/.working  ## open the chapters in JupyterLab
	$(BIN)/python -m jupyterlab chapters

notebooks: $(VENV)/.working  ## run the chapters that changed, in place, and normalise them
	$(BIN)/python book/_tools/notebooks.py execute --changed chapters/[!_]*.ipynb

experiments: $(VENV)/.working  ## run or resume the recorded studies: ten seeds each
	$(BIN)/python -m rnnbook experiments run all --seeds 10 --jobs $(JOBS)

bench: $(VENV)/.working  ## how fast ours is beside torch.nn, as ratios
	$(BIN)/python tests/bench.py
	$(BIN)/python tests/engine/bench_engine.py

lint: $(VENV)/.working
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.working
	$(BIN)/python -m mypy

package: $(VENV)/.working
	$(PYTEST) tests/package

chapters-test: $(VENV)/.working
	$(NBVAL)

# One page is looked at by one test, and so tests and not files are dealt out.
site-test: $(VENV)/.working html
	$(PYTEST) --dist worksteal tests/site

test: lint types package chapters-test site-test  ## everything that a change must pass

test-all: test  ## the slow rest: nbval again in random orders, JupyterLab, oldest dependencies
	for pass in 1 2; do $(NBVAL); done
	$(BIN)/python -m pytest -q tests/slow

lock: $(BIN)/python  ## write requirements.lock anew from the bounds, in a venv of its own
	$(BIN)/python book/_tools/lock.py

clean:  ## forget what was built (not .venv)
	rm -rf _build book/_generated .pytest_cache .mypy_cache .ruff_cache
