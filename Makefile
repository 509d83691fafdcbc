# Two commands: `make run` and `make test`. Both set themselves up in .venv and need only make and Python 3.11 or newer.
# ARGS goes on to the program: make test ARGS="-k browser", make run ARGS="--server.port 9000".

PYTHON_HERE = .venv/bin/python
# Streamlit opens the browser itself, and stays quiet on a Linux machine without a display; on CI nobody would look.
HEADLESS = $(if $(CI),--server.headless true)

# glibc gives each of the server's threads memory of its own and keeps what they free: for a hundred sessions, half of
# all that the server holds. Python's threads take turns anyway, so one place for all of them is enough.

.PHONY: help run desktop serve-class test check bench clean setup setup-dev
.DEFAULT_GOAL := help

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: setup  ## set up, and open the app in the browser
	@MALLOC_ARENA_MAX=1 exec $(PYTHON_HERE) -m streamlit run app.py $(HEADLESS) $(ARGS)

desktop: setup  ## set up, and open the app in a window of its own (Chromium, Chrome or Edge)
	@exec $(PYTHON_HERE) -m explorer app --desktop $(ARGS)

serve-class: setup  ## set up, and serve the page to a class in this network
	@exec $(PYTHON_HERE) -m explorer serve-class $(ARGS)

test: setup-dev  ## set up, and run every test, those in a real browser too
	@$(PYTHON_HERE) -m tools.find_chromium --install
	@$(PYTHON_HERE) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup-dev  ## format, lint, types, tests
	@$(PYTHON_HERE) -m ruff format --check .
	@$(PYTHON_HERE) -m ruff check .
	@.venv/bin/oxlint --deny-warnings
	@$(PYTHON_HERE) -m mypy
	@$(MAKE) --no-print-directory test

bench: setup-dev  ## measure the engine and the page against what people write today
	@$(PYTHON_HERE) -m tools.find_chromium --install
	@$(PYTHON_HERE) -m benchmarks $(ARGS)

clean:  ## remove the virtual environment and every cache
	@rm -rf .venv out .pytest_cache .ruff_cache .mypy_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup:
	@sh tools/setup.sh requirements.txt

setup-dev:
	@sh tools/setup.sh requirements.txt requirements-dev.txt
