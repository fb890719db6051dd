# `make` = `make run`. Everything is set up by the command itself; see README.md.
unexport PYTHONDONTWRITEBYTECODE
PY := .venv/bin/python

.PHONY: run test quick lint types format e2e bench rehearse messages venv lock clean
run:
	@./bootstrap.sh run
	@$(PY) -m huddleboard.run

test:
	@./bootstrap.sh test
	@$(PY) -m scripts.verify

quick: venv
	@$(PY) -m pytest -q -m "not slow and not e2e" $(ARGS)

lint: venv
	@$(PY) -m scripts.verify lint

types: venv
	@$(PY) -m scripts.verify types

format: venv
	@$(PY) -m ruff check --fix-only --quiet . ; $(PY) -m ruff format .

e2e:
	@./bootstrap.sh test
	@$(PY) -m pytest -m e2e $(ARGS)

bench: venv
	@$(PY) -m bench $(ARGS)

# A model hospital's day, played with the real actions; every hand-over with its time.
rehearse: venv
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py rehearse_day $(ARGS)

# Spanish: takes in what the code says and compiles it; names what has no translation. See docs/translating.md.
messages: venv
	@$(PY) -m scripts.messages $(ARGS)

venv:
	@./bootstrap.sh dev

lock: venv
	@./bootstrap.sh lock

clean:
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Removed the environment and caches. The data under var/ stays; remove it by hand if you mean to."
