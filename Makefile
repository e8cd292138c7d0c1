# Every command of the project; `make` alone lists them. State lives in .venv and .trellis.
SHELL := /bin/bash
BIN := .venv/bin
# Two workers, a file at a time, in the order of tests/conftest.py: the long ones first.
WORKERS := -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: help demo test lint types suite postgres journeys look calibrate torture bench format lock clean
.DEFAULT_GOAL := help

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/demo.ready ## Build the demonstration district and serve it on http://127.0.0.1:8000
	@$(BIN)/trellis demo $(ARGS)

test: .venv/dev.ready ## Lint, types and every test; what continuous integration runs
	@$(MAKE) --no-print-directory lint types suite postgres

lint: .venv/dev.ready ## Check style, templates and the floors of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --lint --quiet src
	$(BIN)/lint-imports --no-logo

types: .venv/dev.ready ## Check types, strictly
	$(BIN)/mypy

suite: .venv/dev.ready ## Run every test on SQLite, the browser's journeys included
	TRELLIS_CHROMIUM="$$(scripts/chromium.sh)" $(BIN)/python -m pytest $(WORKERS) --durations=15 $(ARGS)

postgres: .venv/dev.ready ## Run the tests of the database again on a PostgreSQL of their own
	$(BIN)/python scripts/with_postgres.py $(BIN)/python -m pytest $(WORKERS) $(ARGS)

journeys: .venv/dev.ready ## Run the stories told in a real browser alone
	TRELLIS_CHROMIUM="$$(scripts/chromium.sh)" $(BIN)/python -m pytest tests/journeys $(ARGS)

look: .venv/dev.ready ## Keep pictures of every page of the journeys in screenshots/
	TRELLIS_SCREENSHOTS=screenshots $(MAKE) --no-print-directory journeys

calibrate: .venv/dev.ready ## Run the long simulations of coverage, size and moments
	TRELLIS_CALIBRATE=full $(BIN)/python -m pytest -n 2 -m calibration $(ARGS)

torture: .venv/dev.ready ## Kill imports a hundred times on each database, and print what was left
	TRELLIS_TORTURE=100 $(BIN)/python -m pytest tests/torture $(ARGS)
	TRELLIS_TORTURE_POSTGRES=1 TRELLIS_TORTURE=100 $(BIN)/python -m pytest tests/torture $(ARGS)

bench: .venv/dev.ready ## Measure speed against peers, as ratios within one run
	$(BIN)/python -m benchmarks $(ARGS)

format: .venv/dev.ready ## Put code into the house's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## Resolve pyproject.toml anew into requirements/*.txt (needs uv)
	@scripts/lock.sh

clean: ## Remove the environment and caches; keeps what Trellis wrote under .trellis
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

.venv/%.ready: requirements/%.txt pyproject.toml scripts/environment.sh
	@scripts/environment.sh $*
