# make run | test | check | fix | eval | bench | screenshots. All is installed into .venv; nothing else is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(PYTHON) -m pip --python $(VENV) install --disable-pip-version-check
PACKAGES := answer index ingest prompts web tests app.py errors.py settings.py terminal.py
export HF_HUB_OFFLINE ?= 1

.PHONY: run test check fix eval bench screenshots

run: $(VENV)/.runs
	$(BIN)/python app.py

test: $(VENV)/.tests
	$(BIN)/python -m pytest

check: $(VENV)/.tests
	$(BIN)/ruff format --check $(PACKAGES)
	$(BIN)/ruff check $(PACKAGES)
	$(BIN)/mypy
	$(BIN)/mypy app.py errors.py settings.py terminal.py
	$(BIN)/lint-imports

fix: $(VENV)/.tests
	$(BIN)/ruff check --fix $(PACKAGES)
	$(BIN)/ruff format $(PACKAGES)

eval: $(VENV)/.tests
	$(BIN)/python -m tests.evaluation

bench: $(VENV)/.tests
	$(BIN)/python -m tests.benchmarks.bench_answers
	$(BIN)/python -m tests.benchmarks.bench_page
	$(BIN)/python -m tests.benchmarks.bench_load
	$(BIN)/python -m tests.benchmarks.bench_encoders
	$(BIN)/python -m tests.benchmarks.bench_retrieval $(addprefix tests/questions/,users.jsonl agents.jsonl near_answerable.jsonl followups.jsonl)

screenshots: $(VENV)/.tests
	$(BIN)/python -m tests.screenshots

# --without-pip: Debian's python3 makes environments without the package python3-venv that way.
$(VENV)/bin/python:
	$(PYTHON) -m venv --without-pip $(VENV)

$(VENV)/.runs: requirements.txt constraints.txt | $(VENV)/bin/python
	$(PIP) -r requirements.txt -c constraints.txt
	touch $@

$(VENV)/.tests: requirements-dev.txt requirements-training.txt requirements.txt constraints.txt | $(VENV)/bin/python
	$(PIP) -r requirements-dev.txt -c constraints.txt
	touch $@ $(VENV)/.runs
