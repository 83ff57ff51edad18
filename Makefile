# The habits of this project, one word each. Everything sets itself up in .venv first; see CONTRIBUTING.md.
# Paths are relative, so that a checkout may lie in any folder, spaces included.

PY := .venv/bin/python
TL := $(PY) -m grader.cli

# On two busy cores a second OpenMP thread costs far more than it gives (and results may differ in the last bit).
export OMP_NUM_THREADS ?= 1

# The tests are dealt out to the cores, and to four at most: each part has a torch and a sandbox of its own in memory.
PYTEST := $(PY) -m pytest -n logical --maxprocesses 4 --dist loadscope

.DEFAULT_GOAL := setup
.PHONY: setup test test-all demo bench channels lint format build verify clean distclean

setup:  ## Make .venv with everything that the project needs; instant when that is done already.
	@sh tools/setup

test: setup  ## Are the exercises up to date, and do the quick tests pass?
	@status=0; $(TL) build --check || status=$$?; $(PYTEST) && exit $$status

test-all: setup  ## The same with the slow tests.
	@status=0; $(TL) build --check || status=$$?; $(PYTEST) -m "slow or not slow" && exit $$status

demo: setup  ## Grade the class that ships with the project and write its pages.
	@$(TL) demo --out build/demo
	@echo "The pages: $(CURDIR)/build/demo/index.html"

bench: setup  ## The same class through tl, nbgrader and otter; the last line is JSON. N=8 submissions.
	@$(PY) benchmarks/bench.py --n $(or $(N),8)

channels: setup  ## A few learners through every channel, into docs/channels-table.md; EVERYBODY=1 takes half an hour.
	@$(PY) benchmarks/channels.py $(if $(EVERYBODY),--everybody --work build/channels-of-everybody,--work build/channels)

lint: setup  ## Lint, format, types and which room uses which, without changing anything.
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' --no-cache --no-logo

format: setup  ## Let ruff mend what it can.
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

build: setup  ## Build the exercise notebooks from the solutions.
	@$(TL) build

verify: setup  ## Prove every question: reference, blank, misconceptions, alternatives.
	@$(TL) verify

clean:  ## Remove what the other targets made, but not .venv.
	@rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -path ./.venv -prune -o -name __pycache__ -type d -print0 | xargs -0 rm -rf

distclean: clean  ## Remove .venv too.
	@rm -rf .venv
