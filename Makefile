# One word for each thing a developer does; CI runs exactly these. `make help` lists them.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/installed.lock
PYTEST := $(BIN)/python -m pytest
FAST := -n auto --dist worksteal
# Compiled modules are kept, whatever an image sets: each worker would compile all of them anew, and rewrite every test.
export PYTHONDONTWRITEBYTECODE =
LOCK := --universal --upgrade --quiet --generate-hashes --fork-strategy fewest --python-version 3.11 \
	--no-annotate --no-header --no-emit-index-url --no-emit-find-links

.PHONY: help init demo demo-reset test test-broad test-browser screenshots test-chaos soak bench bench-dashboard bench-night rules lint format types imports check lock messages

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

init: $(STAMP)  ## make or refresh .venv from the lock

$(STAMP): requirements-dev.lock
	@sh .ci/init "$(PYTHON)"
	@cp requirements-dev.lock $@

demo: init  ## everything with one command: shop, books, program, on one machine
	@$(BIN)/python manage.py demo

demo-reset: init  ## the same, starting over
	@$(BIN)/python manage.py demo --reset

test: init  ## the fast suite; DATABASE_URL and CELERY_BROKER_URL choose the services
	$(PYTEST) $(FAST)

test-broad: init  ## what is tried with many documents or in every combination, through the stand-ins
	$(PYTEST) $(FAST) -m broad

test-browser: init  ## the screens, in Chromium
	$(PYTEST) -m browser -n 2 --dist worksteal tests/browser

screenshots: init  ## a picture of every screen, in var/screenshots
	SCREENSHOTS=var/screenshots $(PYTEST) -m browser -n 2 --dist worksteal tests/browser

test-chaos: init  ## processes killed at every point
	$(PYTEST) -m chaos tests/chaos

soak: init  ## a large load, every document exactly once and to the cent
	@# each with a database of its own: their shops have the same numbers
	for file in tests/soak/test_*.py; do $(PYTEST) -m soak -s $$file || exit 1; done

bench: init  ## speed, as ratios to floors; BENCH=--short for a quick look
	@$(BIN)/python -m tests.bench $(BENCH)

bench-dashboard: init  ## speed of the tabs with a million documents, on PostgreSQL; BENCH=--short for a tenth
	@$(BIN)/python -m tests.bench.dashboard $(BENCH)

bench-night: init  ## what a night of 50 shops costs, on PostgreSQL; BENCH=--short for a tenth
	@$(BIN)/python -m tests.bench.night $(BENCH)

rules: init  ## which rules have no test
	@$(BIN)/python tests/rule_report.py

lint: init  ## ruff and djlint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --lint --quiet templates

format: init  ## put code and templates in shape
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

types: init  ## mypy, strict
	$(BIN)/mypy

imports: init  ## import-linter
	$(BIN)/lint-imports --no-logo

check: lint types imports  ## all that needs no running test
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check --fail-level WARNING

lock:  ## pin the newest versions that pyproject.toml allows; needs uv
	@command -v uv >/dev/null || { echo "make lock needs uv: $(PYTHON) -m pip install uv" >&2; exit 1; }
	uv pip compile $(LOCK) pyproject.toml -o requirements.lock
	uv pip compile $(LOCK) -c requirements.lock --group dev pyproject.toml -o requirements-dev.lock

messages: init  ## collect and compile the translations
	$(BIN)/python .ci/messages.py
