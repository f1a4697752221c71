# One command runs the console (make run), one command gates a change (make test).
# Paths are relative and nothing is called through a script's first line: a clone may stand in a
# folder whose name has spaces.

SHELL := /bin/bash
PYTHON ?= $(shell python3.11 -c pass 2>/dev/null && echo python3.11 || echo python3)
PY := .venv/bin/python
SOURCES := governance integrity alerts tests manage.py

# A start-up that must satisfy every demand of production; no database is touched.
AS_PRODUCTION = env -u DATABASE_OWNER_URL APP_ENV=production APP_RELEASE=gate \
  ALLOWED_HOSTS=console.invalid DATABASE_URL=postgresql://console_app@console.invalid/console \
  SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')

# What `make bench-peers` measures beside the console, outside of its environment.
PEERS := var/peers/alerta

# Translations as Django reads them; *.mo is made, never committed.
WORDS := locale/en/LC_MESSAGES/django.mo

.DEFAULT_GOAL := help
GATES := formatted linted layered templates types deployable migrated
.PHONY: help run test lint format lock audit messages definitions plans bench bench-beside bench-peers clean screenshots soak ha-test container-test database-test $(GATES)

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 22

run: .venv/runtime $(WORDS) ## Set everything up and serve on http://127.0.0.1:8000 (PORT=8001 chooses another)
	@$(PY) manage.py run

test: lint $(WORDS) ## Every gate: what lint does, then the tests (ARGS="-k ack" chooses, PG=/usr/lib/postgresql/15/bin another server)
	TEST_PG_BIN=$(PG) $(PY) -m pytest -n logical --maxprocesses 4 --dist worksteal $(ARGS)

lint: $(GATES) ## The gates that read code: format, lint, import contracts, templates, types, deployment

formatted: .venv/dev
	$(PY) -m ruff format --check .

linted: .venv/dev
	$(PY) -m ruff check .

layered: .venv/dev
	$(PY) .venv/bin/lint-imports --no-logo

templates: .venv/dev
	$(PY) -m djlint --lint --quiet templates

types: .venv/dev
	$(PY) -m mypy $(SOURCES)

deployable: .venv/dev
	$(AS_PRODUCTION) $(PY) -W error manage.py check --deploy --fail-level WARNING

migrated: .venv/dev
	$(PY) -W 'ignore:Got an error checking' manage.py makemigrations --check --dry-run

format: .venv/dev ## Rewrite code the way lint wants it
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

lock: .venv/dev ## Resolve pyproject.toml anew into the lock files (UPGRADE=1 takes newer versions)
	$(PY) -m uv pip compile $(LOCK) pyproject.toml -o requirements.lock
	$(PY) -m uv pip compile $(LOCK) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	$(PY) -m uv pip compile $(LOCK) tests/bench/peers.in -o tests/bench/peers.lock

LOCK = --quiet --universal --python-version 3.11 --generate-hashes --no-header $(if $(UPGRADE),--upgrade)

audit: .venv/dev ## Hashes in the locks, known vulnerabilities, committed secrets (exit 2: the data are unreachable)
	@$(PY) -m governance.devtools.audit $(if $(URL),--url $(URL))

messages: .venv/dev ## Collect the texts that people read; translate what locale/*/django.po has empty
	$(PY) -m governance.devtools.messages

$(WORDS): %.mo: %.po | .venv/runtime
	$(PY) -m governance.devtools.messages compile

definitions: .venv/dev $(WORDS) ## Write anew what a database must run (after changing a function, trigger or policy)
	WRITE_DEFINITIONS=1 $(PY) -m pytest -q tests/ledger/test_definitions.py -k manifest

screenshots: .venv/dev $(WORDS) ## Take the pictures in docs/images again (needs Chromium)
	REQUIRE_BROWSER=1 $(PY) -m pytest -q tests/browser/screenshots.py

bench: .venv/dev $(WORDS) ## Measure what the console costs, beside the aims (SIZE=full takes an hour, SIZE=quick tries it)
	BENCH_SIZE=$(SIZE) $(PY) -m pytest -q -s -p no:logging $(BENCHES)

plans: .venv/dev $(WORDS) ## Write PostgreSQL's plans of the hot queries and of the history at a million entries to var/
	HOT_QUERIES_FILE=var/hot-queries.md $(PY) -m pytest -q tests/speed
	HISTORY_PLANS_ENTRIES=1000000 HISTORY_PLANS_FILE=var/history-plans.md $(PY) -m pytest -q tests/history/test_plans.py

bench-peers: .venv/dev $(WORDS) $(PEERS)/installed ## Measure Alerta beside the console, on the same work
	BENCH_SIZE=$(SIZE) $(PY) -m pytest -q -s -p no:logging tests/bench/bench_peers.py

bench-beside: .venv/dev $(WORDS) ## Measure this tree beside another revision, in turns: REV=601c754 (TURNS=5)
	BENCH_SIZE=$(SIZE) $(PY) -m tests.bench.beside --turns $(or $(TURNS),5) $(REV)

BENCHES = $(filter-out tests/bench/bench_peers.py,$(wildcard tests/bench/bench_*.py tests/bench/browser.py))
$(PEERS)/installed: tests/bench/peers.lock | .venv/dev
	@rm -rf $(PEERS)
	@echo "Installing Alerta from the package registry into $(PEERS); it stays there and outside of .venv."
	@$(PYTHON) -m venv $(PEERS) && \
	  $(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $< || \
	  { rm -rf $(PEERS); echo "Alerta could not be installed; without a package registry there is nothing to measure against."; exit 1; }
	@touch $@

soak: .venv/dev $(WORDS) ## Kill all parts at random for ten minutes, two workers for ten more, a million random steps, ten thousand histories of a source that stands or moves, a hundred kills of a scan, two thousand of who sends messages (SOAK_SECONDS, SOAK_STEPS, SOAK_SEED)
	CRASH_SECONDS=$(or $(SOAK_SECONDS),600) $(PY) -m pytest tests/crashes -s
	SOAK_SECONDS=$(or $(SOAK_SECONDS),600) $(PY) -m pytest tests/schedule/test_chaos.py -s
	SOAK_STEPS=$(or $(SOAK_STEPS),1000000) $(PY) -m pytest tests/alerts/test_random_scans.py -s
	SOAK_HISTORIES=10000 $(PY) -m pytest tests/scans/test_histories.py -s
	SOAK_MESSAGES=2000 SOAK_KILLS=2000 SOAK_CHANGES=200 $(PY) -m pytest tests/notifications/test_kills.py tests/notifications/test_soon.py -s
	SOAK_KILLS=100 SOAK_SEEDS=50 SOAK_INPUTS=50000 $(PY) -m pytest $(LONGER)

# Tests that repeat themselves: a slice in the suite, the long run in `make soak`.
LONGER = tests/schedule/test_kill.py tests/history/test_replay.py tests/volumetrics/test_sql_twin.py

ha-test: .venv/dev $(WORDS) ## Kill the primary of a cluster in a storm of acknowledgements (Patroni, etcd, HAProxy, PgBouncer; as root)
	@$(PY) -m tests.ha

container-test: .venv/dev $(WORDS) ## Do the container file's steps in a clean root, and start the result (debootstrap, PostgreSQL 15; as root)
	@$(PY) -m tests.container

# The parts of the suite whose outcome depends on the server: `make database-test PG=/usr/lib/postgresql/15/bin`.
database-test: .venv/dev $(WORDS) ## The database part of the suite, on the server that PG names
	TEST_PG_BIN=$(PG) $(PY) -m pytest -n logical --maxprocesses 4 --dist worksteal $(DATABASE_PART) $(ARGS)

DATABASE_PART = tests/alerts tests/ledger tests/scans tests/history tests/rules tests/access tests/volumetrics \
  tests/sources tests/upgrade tests/foundation/test_grants.py tests/foundation/test_transactions.py tests/foundation/test_accounts.py

clean: ## Remove the virtual environment and caches; var/ with its data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# The development lock holds everything of the other, so after `make test` `make run` installs nothing.
.venv/runtime: requirements.lock | .venv/bin/pip
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/dev: requirements-dev.lock requirements.lock | .venv/bin/pip
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch .venv/runtime $@

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed, and $(PYTHON) is $$($(PYTHON) -V 2>&1). Name one: make run PYTHON=/path/to/python3.12"; exit 1; }
	@echo "Creating .venv; the first installation takes a minute."
	@$(PYTHON) -m venv .venv || \
	  { rm -rf .venv; echo "$(PYTHON) cannot make a virtual environment (Debian: apt install python3-venv)."; exit 1; }
