# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
SHELL   = /bin/bash

.PHONY: demo test lint fmt bench docs install install-test system clean

demo: $(VENV)/.installed            ## sample portfolio, night, server; prints the address and the demo logins
	$(BIN)/python tools/system.py demo
	$(BIN)/fairdue demo

test: $(VENV)/.installed-test       ## everything that must hold, on SQLite and PostgreSQL, in real Chromium
	$(BIN)/python tools/system.py test
	$(BIN)/python tools/check.py

lint: $(VENV)/.installed-test       ## style, types, import contract, house linters, translations
	$(BIN)/python tools/check.py --only lint

fmt: $(VENV)/.installed-test
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

bench: $(VENV)/.installed-test      ## measurements; nothing here asserts a wall clock
	@for file in benchmarks/*_bench.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

docs: $(VENV)/.installed-test       ## rewrite the generated parts of the reference
	$(BIN)/python tools/reference.py write

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "fairdue needs Python 3.11 or newer; set PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[postgres]"
	touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check -e ".[postgres,test]"
	touch $@

install: $(VENV)/.installed
install-test: $(VENV)/.installed-test

clean:
	rm -rf $(VENV) var build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
