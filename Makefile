# demo and test do all set-up themselves; Python 3.11+ and make are all they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
WORKERS ?= 2
PROPERTIES := tests/unit tests/sandbox/company tests/sandbox/http/test_tba_vectors.py

.PHONY: demo serve test proof lint docs format clean lock

demo: $(VENV)/runtime.stamp
	$(BIN)/connector demo $(if $(ROWS),--rows $(ROWS))

serve: $(VENV)/runtime.stamp
	$(BIN)/connector demo --stay $(if $(ROWS),--rows $(ROWS))

test: $(VENV)/dev.stamp lint third-party browser
	$(BIN)/python -m pytest -n $(WORKERS) -m "not proof"

proof: $(VENV)/dev.stamp third-party browser
	$(BIN)/python -m pytest -n $(WORKERS) -m proof
	$(BIN)/python -m pytest -n $(WORKERS) -m "not proof" --hypothesis-profile=proof $(PROPERTIES)

lint: $(VENV)/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The pages that show the sandbox's company; tests compare them with what this makes.
docs: $(VENV)/dev.stamp
	$(BIN)/python docs/company_page.py
	$(BIN)/python -m tests.integration.auditors_walk

format: $(VENV)/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: third-party
third-party: $(VENV)/dev.stamp
	$(BIN)/python tests/third_party/install.py

.PHONY: browser
browser: $(VENV)/dev.stamp
	$(BIN)/python tests/browser/chromium.py

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/runtime.stamp: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) --require-hashes -r requirements-dev.lock
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

# Needs uv (from PyPI); everybody else installs what the locks say.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --group install pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --group dev pyproject.toml -o requirements-dev.lock
	for name in requirements node; do uv pip compile --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header tests/third_party/$$name.in -o tests/third_party/$$name.lock; done

clean:
	rm -rf $(VENV) demo.xlsx node_modules tests/third_party/node_modules tests/third_party/.venv tests/third_party/.node
