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
PACKAGES := $(wildcard tests/test_*.py) tests/rnnbook tests/rnncourse tests/lessons tests/engine
STAGES := lint types rnnbook rnncourse chapters-test site-test

.DEFAULT_GOAL := help
.PHONY: help book html lab notebooks experiments bench lint types rnnbook rnncourse \
	chapters-test site-test chapters-again draws slow test test-all bounds canary lock clean chapter

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
	$(PIP) --group test --editable '.[course]'
	@touch $@

book: html  ## build the book and serve it on this machine
	$(BIN)/python book/_tools/serve.py --port $(PORT)

html: $(VENV)/.reading  ## build the book into _build/html
	$(BIN)/python book/_tools/build.py

lab: $(VENV)/.working  ## open the chapters in JupyterLab
	@$(BIN)/python -m jupyter trust chapters/*.ipynb >/dev/null  # else it hides the pictures until a chapter is run
	$(BIN)/python -m jupyterlab chapters

chapter: $(VENV)/.working  ## make a chapter from the template: NAME=11-name
	$(BIN)/python book/_tools/new_chapter.py "$(NAME)"

notebooks: $(VENV)/.working  ## run the chapters that changed, in place, and normalise them
	$(BIN)/python book/_tools/notebooks.py execute --changed chapters/[!_]*.ipynb

experiments: $(VENV)/.working  ## run or resume the recorded experiments: ten seeds each
	$(BIN)/python -m rnncourse experiments run all --seeds 10 --jobs $(JOBS)

bench: $(VENV)/.working html  ## how fast ours is beside torch.nn, how light beside a stock book
	$(BIN)/python tests/bench.py
	$(BIN)/python tests/engine/bench_engine.py
	$(BIN)/python tests/site/bench_pages.py
	$(BIN)/python tests/site/bench_lighthouse.py

lint: $(VENV)/.working
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.working
	$(BIN)/python -m mypy

rnnbook: $(VENV)/.working
	$(PYTEST) $(wildcard tests/test_*.py) tests/rnnbook

rnncourse: $(VENV)/.working
	$(PYTEST) tests/rnncourse tests/lessons tests/engine

chapters-test: $(VENV)/.working
	$(NBVAL)

# One page is looked at by one test, and so tests and not files are dealt out. A reader waits as long
# as the page works, since a figure speaks every 1.2 seconds at most: two readers for each core.
site-test: $(VENV)/.working html
	$(PYTEST) --dist worksteal --numprocesses $$((2 * $(JOBS))) tests/site

# Two random orders more. Two lines, so that the first cannot fail unseen.
chapters-again: $(VENV)/.working
	$(NBVAL)
	$(NBVAL)

# Of Hypothesis fewer: each seed is up to 150 draws there.
draws: $(VENV)/.working  ## what must hold for every draw, under many seeds
	$(PYTEST) $(PACKAGES) -m draws --draws 30
	$(PYTEST) $(PACKAGES) -m hypothesis --draws 10

slow: $(VENV)/.working html
	$(BIN)/python -m pytest -q tests/slow
	$(PYTEST) --dist worksteal tests/site/test_pages_in_browser.py -k 'server or accessible' --whole
	$(PYTEST) tests/rnncourse/test_figures_playground.py --whole

test:  ## everything that a change must pass, stage by stage

test-all: STAGES += chapters-again draws slow
test-all:  ## the slow rest too: nbval again, many draws, JupyterLab, oldest dependencies

# One stage's failure hides no other's: all run, and a table says how each ended. `make -n` runs none.
test test-all: $(VENV)/.working
	@trap 'exit 130' INT; rows=; status=0; \
	for stage in $(STAGES); do \
		echo "== $$stage"; start=$$SECONDS; \
		result=$(if $(findstring n,$(filter-out --%,$(firstword $(MAKEFLAGS)))),unrun,passed); \
		$(MAKE) --no-print-directory "$$stage" || { result=FAILED; status=1; }; \
		printf -v row '%-16s %-6s %5d s\n' "$$stage" "$$result" $$((SECONDS - start)); \
		rows+=$$row; \
	done; \
	printf '\n%s' "$$rows"; exit $$status

# No nbval: the chapters read the running Python's library, so their outputs are those of 3.11.
bounds:  ## test on PYTHON with the newest versions within the bounds (TORCH=torch: beyond them)
	$(PYTHON) -m venv --clear _build/bounds
	_build/bounds/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	_build/bounds/bin/python -m pip install --quiet --group test --editable '.[course]'
	$(if $(TORCH),_build/bounds/bin/python -m pip install --quiet --upgrade '$(TORCH)')
	_build/bounds/bin/python -m pip list | grep -E '^(torch|numpy|pandas|matplotlib|onnx) '
	_build/bounds/bin/python -m pytest -q -n $(JOBS) --dist loadfile $(PACKAGES) tests/notebooks

canary:  ## build the book with the newest Sphinx and MyST-NB, beyond the bounds, in _build/canary
	$(PYTHON) book/_tools/canary.py

lock: $(BIN)/python  ## write requirements.lock anew from the bounds, in a venv of its own
	$(BIN)/python book/_tools/lock.py

clean:  ## forget what was built (not .venv)
	rm -rf _build book/_generated .pytest_cache .mypy_cache .ruff_cache
