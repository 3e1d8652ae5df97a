# Everything starts here. `make run` and `make test` need nothing but Python 3.11+ and make.
PYTHON ?= python3
PORT ?= 8000
export PORT
BIN := .venv/bin
# So that a locked wheel and nothing newer is taken, and pip's own news stay away.
PIP := $(BIN)/python -m pip --disable-pip-version-check install -q --require-hashes
BUNDLE := workflow_engine/static/workflow_engine/vendor/bpmn-js/LICENSE
# What is checked there are models and settings, not anybody's data.
IN_MEMORY := DEMO=1 DATABASE_URL=sqlite://:memory: $(BIN)/python manage.py
# A key for this machine only; a real site gives SECRET_KEY in the environment.
WITH_KEY = SECRET_KEY="$${SECRET_KEY:-$$(cat var/secret-key)}"

.DEFAULT_GOAL := help
.PHONY: help run serve sweeper test check lint types contract migrations bench chaos conformance openapi-coverage fuzz-api mutants fuzz audit setup setup-dev lock wheel clean

help:
	@echo "make run      the demo: site, sweeper and workers on PORT (8000); Ctrl-C ends it"
	@echo "make test     every test, on SQLite and on PostgreSQL; ARGS='-k name' goes to pytest"
	@echo "make check    lint, types, import contract, migrations in step"
	@echo "make serve    the web server alone (PORT, DATABASE_URL, WEB_WORKERS, WEB_THREADS, DEMO=1)"
	@echo "make sweeper  the sweeper alone (DATABASE_URL)"
	@echo "make bench    the benchmarks"
	@echo "make chaos    MINUTES of faults (1) on real processes, SEED, INSTANCES; see docs/chaos.md"
	@echo "make openapi-coverage, make fuzz-api, make audit (known weaknesses of the locked dependencies)"
	@echo "make mutants (each guard removed must turn a test red), make fuzz (long; parser, expressions, JSON)"
	@echo "make conformance, make setup, make setup-dev, make lock, make wheel, make clean"

run: setup
	@DEMO=1 $(BIN)/python manage.py migrate --no-input --verbosity 0
	@DEMO=1 exec $(BIN)/python manage.py workflow_demo --port $(PORT)

serve: setup var/secret-key
	@$(WITH_KEY) exec $(BIN)/python manage.py serve

sweeper: setup var/secret-key
	@$(WITH_KEY) exec $(BIN)/python manage.py workflow_sweeper

test: setup-dev
	$(BIN)/python -m scripts.run_tests $(ARGS)

check: lint types contract migrations

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# Without a cache: Django's plugin sometimes reads what it has written itself as an error.
types: setup-dev
	$(BIN)/mypy --cache-dir=/dev/null

contract: setup-dev
	$(BIN)/lint-imports --no-logo

# Whether they are in step with the models; `manage.py makemigrations` writes them.
migrations: setup-dev
	$(IN_MEMORY) makemigrations --check --dry-run
	$(IN_MEMORY) check

bench: setup-dev
	$(BIN)/python -m benchmarks $(ARGS)

# ARGS='--workers 6 --intensity 2 --json report.json' goes to it; exits with 1 if a promise was broken.
MINUTES ?= 1
chaos: setup-dev
	$(BIN)/python -m tests.chaos --minutes $(MINUTES) $(if $(SEED),--seed $(SEED)) $(if $(INSTANCES),--instances $(INSTANCES)) $(ARGS)

conformance: setup-dev
	$(BIN)/python -m scripts.conformance $(ARGS)

# ../shared holds Camunda's description; ARGS='PATH --missing' names another one and lists what is missing.
openapi-coverage: setup-dev
	$(BIN)/python -m scripts.openapi_coverage $(ARGS)

# Minutes long; the suite has a short run of the same. ARGS='postgres --seed 2 -n 50' goes to schemathesis.
fuzz-api: setup-dev
	$(BIN)/python -m scripts.fuzz_api --phases coverage,fuzzing --continue-on-failure $(or $(ARGS),-n 20)

# Removes one guard of the engine after another and looks whether a test notices. ARGS='--only csrf lock-token'
mutants: setup-dev
	$(BIN)/python -m tests.mutants $(ARGS)

# The suite has a short run of the same, always with the same seed; here more, with new seeds. EXAMPLES=20000
fuzz: setup-dev
	FUZZ_EXAMPLES=$(or $(EXAMPLES),5000) $(BIN)/python -m pytest -q -p no:randomly --timeout 0 tests/fuzz tests/unit/expressions/test_fuzz.py tests/rest/test_hostile_bodies.py::test_any_json $(ARGS)

audit: setup-dev
	$(BIN)/pip-audit -r requirements/run.txt --no-deps --disable-pip
	$(BIN)/pip-audit -r requirements/dev.txt --no-deps --disable-pip

setup: .venv/.run $(BUNDLE)
setup-dev: .venv/.dev $(BUNDLE)

# Stamp files make a second start quick: each step runs again only when what it reads has changed.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; make PYTHON=... names another one.")'
	$(PYTHON) -m venv .venv

.venv/.run: requirements/run.txt | $(BIN)/python
	$(PIP) -r requirements/run.txt
	@touch $@

.venv/.dev: requirements/dev.txt | $(BIN)/python
	$(PIP) -r requirements/dev.txt
	@touch $@

$(BUNDLE): package.json package-lock.json scripts/front_end.py | $(BIN)/python
	$(BIN)/python -m scripts.front_end
	@touch $@

var/secret-key:
	@umask 077; mkdir -p var; $(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))' > $@

# Locks without addresses: whoever installs uses the index that is set up on the machine.
LOCK := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile -q --universal --generate-hashes --no-annotate --python-version 3.11 $(ARGS)
lock: setup-dev
	$(LOCK) pyproject.toml --extra site --extra postgres --extra fast --extra worker --extra js --extra openapi -o requirements/run.txt
	$(LOCK) pyproject.toml --all-extras --group dev -c requirements/run.txt -o requirements/dev.txt
	$(LOCK) --group pyproject.toml:node -o requirements/node.txt

wheel: setup-dev
	$(BIN)/python -m build --no-isolation --wheel

clean:
	rm -rf .venv node_modules dist build workflow_engine/static/workflow_engine/vendor .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
