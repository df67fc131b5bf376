# make run   the site at http://localhost:8000 (PORT=… moves it), Ctrl-C ends it
# make test  the whole suite; ARGS="tests/toolkit -k finder" runs a part of it

PORT ?= 8000
export PORT

# The first of these that starts and is new enough. PYTHON=… names one.
NEW_ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))
CANDIDATES = $(if $(filter command line environment,$(origin PYTHON)),$(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python)
FOUND := $(shell for name in $(CANDIDATES); do "$$name" -c '$(NEW_ENOUGH)' 2>/dev/null && echo "$$name" && break; done)
VENV = .venv/bin/python

.PHONY: run test lint format bench bench-api bench-procedures bench-import messages guide-pictures password requirements python dev clean

run: python
	@exec $(FOUND) site/run.py

test: dev
	@$(VENV) -m tests $(ARGS)

lint: dev
	@$(VENV) site/lint.py

format: dev
	$(VENV) -m ruff check --fix-only .
	$(VENV) -m ruff format .

bench: dev
	$(VENV) -m bench $(ARGS)

# The content API against Wagtail's own two and a bare view. BENCH_RECORDS, BENCH_DATABASES, BENCH_ROUNDS: docs/bench.md.
bench-api: dev
	$(VENV) -m bench.api $(ARGS)

# The list of procedures with 10,000 of them against the same with 100. BENCH_RECORDS, BENCH_DATABASES, BENCH_ROUNDS.
bench-procedures: dev
	$(VENV) -m bench.procedures $(ARGS)

# An import of 2,000 procedures against the same made one by one. BENCH_RECORDS, BENCH_DATABASES, BENCH_ROUNDS.
bench-import: dev
	$(VENV) -m bench.imports $(ARGS)

# Collect texts into the catalogues and compile them, after a change of any text. ARGS=--compile only compiles.
messages: dev
	@$(VENV) site/messages.py $(ARGS)

# Take the pictures of the guide anew, by doing its tasks in a browser.
guide-pictures: dev
	GUIDE_PICTURES=1 $(VENV) -m pytest -q -n 0 tests/site/test_guide.py

# A new password for the editor's login of `make run`.
password: python
	@$(FOUND) site/prepare.py runtime
	@$(VENV) site/first_run.py --new-password

# New pins after a change of pyproject.toml; UPGRADE=--upgrade takes newer versions.
requirements:
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header $(UPGRADE) \
		--extra site pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header $(UPGRADE) \
		--extra site --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt

dev: python
	@$(FOUND) site/prepare.py dev

python:
ifeq ($(FOUND),)
	@echo "Error: Python 3.11 or newer is needed, and none of these is: $(CANDIDATES). Install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1
endif
	@:

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache var/tools var/coverage
