# `make` installs what is needed and builds the dataset from the documents that sources/ declares.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV ?= uv

.DEFAULT_GOAL := dataset
.PHONY: dataset install everything sql-page test fuzz stability bench pages screens lint lint-style lint-types lint-sql check dev lock clean help docs

dataset: install ## Build the dataset from corpus/ into dist/ (the default)
	@$(BIN)/pactwatch build

install: $(VENV)/.installed ## Install into .venv, from the hashed lock file

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null || { \
	  echo "Pactwatch needs Python 3.11 to 3.14, and $(PYTHON) is $$($(PYTHON) --version 2>&1 | head -1): make PYTHON=python3.12" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV) || { \
	  echo "$(PYTHON) cannot make virtual environments: install its venv module (python3-venv on Debian)" >&2; exit 1; }
	@echo "Installing into $(VENV), once (about a minute) …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes --compile -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q pipelines
	@touch $@

test: install ## Run the tests, two at a time
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder

SECONDS ?= 600
fuzz: install ## Fuzz what reads foreign bytes (TARGETS="html robots", SECONDS=600 for each)
	@$(BIN)/python -m tests.fuzz $(TARGETS) --seconds $(SECONDS)

stability: install ## Try 1,000 random histories of releases (minutes)
	@PACTWATCH_WORLDS=1000 $(BIN)/python -m pytest -q tests/test_stability.py

lint: lint-style lint-types lint-sql ## Check style, types and SQL
lint-style: install
	@$(BIN)/ruff check --quiet --output-format concise .
	@$(BIN)/ruff format --quiet --check .
lint-types: install
	@$(BIN)/mypy
lint-sql: install
	@$(BIN)/sqlfluff lint --disable-progress-bar sql

calibrate: install ## Fit the confidence of records to the annotated documents anew (writes sql/resolve/65_weights.sql)
	@$(BIN)/python bench/calibrate.py

bench: everything ## Run every benchmark and write docs/measured.md (half an hour; the page's needs nginx and Chromium)
	@PYTHONPATH=. $(BIN)/python bench/everything.py $(BENCHMARKS)

docs: $(VENV)/.installed-dev ## Build the documentation site into site/, without the network
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict --clean

pages: install ## Write the pages of docs/ that are made from declarations
	@work=$$(mktemp -d) && trap 'rm -rf "$$work"' EXIT && \
	  PACTWATCH_HOME="$$work/home" $(BIN)/pactwatch build --documents corpus --out "$$work/dist" > /dev/null && \
	  $(BIN)/python -m manual "$$work/dist"

screens: everything ## Take the pictures of the page that docs/ shows (needs Chromium)
	@work=$$(mktemp -d) && trap 'rm -rf "$$work"' EXIT && \
	  PACTWATCH_HOME="$$work/home" $(BIN)/pactwatch build --documents corpus --out "$$work/dist" > /dev/null && mkdir -p docs/screens && \
	  PACTWATCH_SCREENS=docs/screens PACTWATCH_SCREENS_OF="$$work/dist/latest" $(BIN)/python -m pytest -q tests/test_explorer_screens.py

check: lint test ## Everything that must be green before a change goes in

everything: $(VENV)/.installed-dev ## Install all extras as well: Dagster's pages, PostgreSQL, the tools of the tests

dev: $(VENV)/.installed-dev ## Open Dagster's pages at http://localhost:3000, on the same state as the command line
	@DAGSTER_HOME="$$($(BIN)/python -m pipelines.assets.instance)" $(BIN)/dagster dev

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes --compile -r requirements-dev.lock
	@touch $@

SQL_PAGE := $(VENV)/share/pactwatch-sql
sql-page: $(SQL_PAGE)/node_modules ## Get DuckDB-WASM from npm: builds then put a page for SQL beside the releases

$(SQL_PAGE)/node_modules: $(VENV)/.installed pipelines/explorer/sql/package-lock.json
	@command -v npm > /dev/null || { echo "npm is not installed: without it there is no page for SQL in the browser" >&2; exit 1; }
	@mkdir -p $(SQL_PAGE) && cp pipelines/explorer/sql/package.json pipelines/explorer/sql/package-lock.json $(SQL_PAGE)
	@cd $(SQL_PAGE) && npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

COMPILE := pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock: ## Resolve the lock files anew (needs uv)
	@# The larger set first: Dagster's pages need a Dagster of their own version.
	@$(UV) $(COMPILE) --upgrade pyproject.toml --all-extras -o requirements-dev.lock
	@$(UV) $(COMPILE) --upgrade -c requirements-dev.lock pyproject.toml --extra test --extra check --extra build -o requirements.lock

clean: ## Remove what was made, except releases and state
	@rm -rf $(VENV) site .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
	@find pipelines tests -name __pycache__ -type d -exec rm -rf {} +

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile
