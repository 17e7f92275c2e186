# The commands a developer needs; `make` alone lists them.
# A machine needs Python 3.11 or newer and make. Where apt-get and the rights are at hand, the rest installs itself.

PYTHON ?= python3
ARGS ?=# handed on, as in: make demo ARGS=--no-serve, make test ARGS='-k sign_off', make lock ARGS=--upgrade
BIN := .venv/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check

# dovecot-imapd: the IMAP server that offices run. postfix: a server that mail goes out through.
# postgresql: the second engine of the ledger.
# poppler-utils, zbar-tools: printed notices are looked at as pictures, and their codes read.
# systemd: judges the units of deploy/systemd; nothing of it is started.
# chromium, libatomic1 (Playwright's driver needs it): pages are looked at in a real browser.
# fonts-noto-cjk: without it that browser draws Chinese as boxes.
# faketime: a site built on another day is the same bytes.
DEBIAN_PACKAGES := dovecot-imapd postfix postgresql chromium libatomic1 fonts-noto-cjk poppler-utils systemd zbar-tools faketime

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup demo test bench check lock venv packages

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-7s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: venv packages ## a .venv with everything, and the Debian packages that some tests need
	@echo "Ready. make demo tells the story; make test runs the tests."

demo: venv ## the whole story: letters arrive, are signed off, answered, published; then the site is served
	@$(BIN)/tenday demo $(ARGS)

test: venv packages ## all tests
	@echo "Running the tests ..."
	@$(BIN)/python -m pytest $(ARGS)

bench: venv packages ## measurements, as ratios to a floor of the same run
	@$(BIN)/python -m tests.bench $(ARGS)

check: venv ## style, types and import rules
	@echo "Style ..."
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@echo "Types ..."
	@$(BIN)/mypy
	@echo "Import rules ..."
	@$(BIN)/lint-imports

lock: .venv/made ## resolve pyproject.toml into requirements.lock anew
	@echo "Resolving pyproject.toml into requirements.lock ..."
	@$(PIP) install 'uv>=0.9'
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --all-extras --group dev \
		--no-emit-package tenday --custom-compile-command "make lock" --output-file requirements.lock $(ARGS) pyproject.toml

venv: .venv/ready # the Python half of setup

.venv/ready: .venv/made requirements.lock pyproject.toml
	@echo "Installing the locked Python packages into .venv (some minutes the first time) ..."
	@$(PIP) install --require-hashes --requirement requirements.lock
	@echo "Installing this checkout in place ..."
	@$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Tenday needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; \
		echo "Name another one: make setup PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || .ci/debian-packages $(notdir $(PYTHON))-venv || { \
		echo "Without it $(PYTHON) cannot make .venv." >&2; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv --clear .venv
	@touch $@

packages: # the Debian half of setup; where CI=true a missing package is a failure
	@.ci/debian-packages $(DEBIAN_PACKAGES) || { \
		echo "Tests that need them are skipped, each by its name; where CI=true they fail." >&2; \
		[ "$$CI" != true ]; }
