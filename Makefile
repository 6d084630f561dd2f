# `make` alone prints this help.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help setup run test test-long lint fix bench

help: ## this help
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

setup: .venv/.ready ## make .venv with everything in it

.venv/.ready: requirements.txt requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Zelian needs Python 3.11 or newer; set PYTHON=/path/to/python3.11 (需要 Python 3.11 或更新版本)"; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python lacks ensurepip: install the system package python3-venv (请安装系统软件包 python3-venv)"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

run: setup ## a served ledger with the demo stories; prints what to open
	$(BIN)/zelian demo --serve

# Compiled once, not by each worker and by each program that a test starts, whatever the shell says.
test test-long: export PYTHONDONTWRITEBYTECODE =

test: setup ## the tests, under six minutes
	$(BIN)/python -m pytest -n auto -m "not long"

test-long: setup ## full mangling, kill -9 rounds and other tests of minutes
	$(BIN)/python -m pytest -n auto -m long

lint: setup ## ruff, and mypy strict on all that is installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fix: setup ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## one table of speeds, each as a ratio to a limit measured in the same run
	$(BIN)/python -m benchmarks
