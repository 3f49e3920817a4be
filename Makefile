# Heliograph: one command to run it, one to test it. Needs Python 3.11 or newer and make.

VENV := .venv
BIN := $(VENV)/bin
# -qq: errors are shown, notes about mirrors are not.
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
DATA ?= data
JOBS ?= 2
PYTEST_ARGS ?=
BENCH ?= core

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check format portal portal-dev bench bench-peers clean

help: ## Show what can be made
	@echo "make run      start Heliograph with a demo fleet (data folder: DATA=$(DATA))"
	@echo "make test     run every test (JOBS=$(JOBS), PYTEST_ARGS=...)"
	@echo "make check    lint, format, types, import directions, tidiness"
	@echo "make format   format the code and sort the imports"
	@echo "make portal   build the portal anew; make portal-dev shows changes at once, over what make run serves"
	@echo "make bench    measure speed (BENCH=$(BENCH))"
	@echo "make bench-peers  Kannel and Jasmin against us on the same path (Debian's packages; Jasmin from PyPI)"
	@echo "make clean    remove what was built, the virtual environment too; the data folder stays"

run: $(VENV)/installed
	@exec $(BIN)/heliograph serve --demo --data "$(DATA)"

# worksteal: a few tests run for a minute and most for a millisecond.
test: $(VENV)/installed-dev
	$(BIN)/pytest -n $(JOBS) --dist worksteal $(PYTEST_ARGS)

check: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -q tests/tidy

format: $(VENV)/installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --select I --fix .

portal: $(VENV)/installed-dev
	$(BIN)/python portal/build.py build

portal-dev: $(VENV)/installed-dev
	$(BIN)/python portal/build.py dev

bench: $(VENV)/installed-dev
	$(BIN)/python -m bench $(BENCH)

# Peers are not needed for anything else, so nothing installs them: each that lacks says what it needs.
bench-peers: $(VENV)/installed-dev
	$(BIN)/python -m bench.peers

clean:
	rm -rf $(VENV) .peers dist build portal/node_modules src/heliograph/interfaces/portal/built .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .schemathesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A command such as python3.11 can be there and not work (a version switcher's stub), so each is tried.
# pip before 25.1 does not know dependency groups, and Python 3.11 brings an older one.
$(VENV)/created:
	@for python in $(PYTHON) python3.11 python3 python3.13 python3.12; do \
	    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo "Heliograph needs Python 3.11 or newer; python3 here is: $$(python3 --version 2>&1)." >&2; \
	    echo "Install it (Debian: apt install python3 python3-venv), or name one: make PYTHON=/path/to/python3.11" >&2; \
	    exit 1; \
	fi; \
	if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then \
	    echo "$$found has no venv module (Debian: apt install python3-venv)." >&2; \
	    exit 1; \
	fi; \
	echo "Setting up $(VENV) with $$("$$found" --version)"; \
	"$$found" -m venv $(VENV)
	@$(PIP) install --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/installed: pyproject.toml $(VENV)/created
	@echo "Installing Heliograph"
	@$(PIP) install --editable .
	@touch $@

$(VENV)/installed-dev: pyproject.toml $(VENV)/created
	@echo "Installing Heliograph and what its tests need"
	@$(PIP) install --editable . --group dev
	@touch $@ $(VENV)/installed
