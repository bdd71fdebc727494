# Everything a person does with this project. `make run` and `make test` need nothing but make and Python >= 3.11.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check bench faults transcripts lock clean format

run: $(VENV)/.run-ready ## start the demo: chat page, desk, sample officers
	@MOTCUA_DEMO=$${MOTCUA_DEMO:-1} $(BIN)/motcua serve

test: $(VENV)/.test-ready browser check ## everything, PostgreSQL and a real browser included
	@$(BIN)/pytest -n 2 --dist loadfile -q

check: $(VENV)/.test-ready ## format, lint, types, floors, catalog
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/pytest -q tests/test_floors.py
	@$(BIN)/motcua catalog check > $(VENV)/catalog-check.txt || { cat $(VENV)/catalog-check.txt; exit 1; }

bench: $(VENV)/.test-ready ## speed, as ratios to a baseline in the same run
	@$(BIN)/python -m tests.bench

faults: $(VENV)/.test-ready ## kill -9 in the middle of a burst, again and again
	@$(BIN)/pytest -q -m faults

transcripts: $(VENV)/.test-ready ## write what the transcripts say now; review it in the diff
	@$(BIN)/pytest -q tests/transcripts --refresh

format: $(VENV)/.test-ready
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: $(VENV)/.test-ready ## choose versions anew, with hashes
	@$(BIN)/pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header pyproject.toml --extra test -c requirements.txt -o requirements-test.txt

clean: ## everything but your data in var/
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11" >&2; exit 3; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "The venv module is missing. As root: apt-get install python3-venv" >&2; exit 3; }

$(VENV)/.run-ready: requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing the locked dependencies…"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test-ready: requirements-test.txt $(VENV)/.run-ready
	@echo "Installing what the tests need…"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.txt
	@touch $@

.PHONY: browser
browser:
	@command -v chromium >/dev/null || { \
		echo "The browser tests need Debian's chromium: installing it."; \
		if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
		else echo "As root: apt-get install chromium" >&2; exit 3; fi; }
