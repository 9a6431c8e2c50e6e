# What one does with this repository. `make setup` needs Python 3.11 or newer; everything else follows from it.

PYTHON_HERE := .venv/bin/python
SOURCES := benchmarks clients functions gpu_tasks layers local requirements samples tests tools
CHECKS := check-format check-lint check-types check-imports check-template check-sam check-architecture
PROCESSES := 2

.PHONY: help demo up setup test check bench $(CHECKS)

help:           ## list these targets
	@sed -n 's/^\([a-z]*\): .*## /make \1\t/p' $(MAKEFILE_LIST)

demo: setup     ## the whole product on a sample clip, in about a minute
	@.venv/bin/cinedex demo

up: setup       ## the whole product on this machine; Ctrl-C stops it
	@.venv/bin/cinedex up

setup:          ## install everything below this folder
	@sh local/setup.sh run

test: setup     ## all tests, in PROCESSES processes at once
	@$(PYTHON_HERE) -m pytest -n $(PROCESSES) --ignore=tests/architecture tests

check:          ## format, lint, types, architecture, template
	@sh local/setup.sh check
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target $(CHECKS)

check-format:
	@.venv/bin/ruff format --check $(SOURCES)

check-lint:
	@.venv/bin/ruff check $(SOURCES)

check-types:
	@.venv/bin/mypy

check-imports:
	@.venv/bin/lint-imports

check-template:
	@.venv/bin/cfn-lint template.yaml

check-sam:
	@AWS_DEFAULT_REGION=us-east-1 .venv-sam/bin/sam validate --lint --template template.yaml

check-architecture:
	@$(PYTHON_HERE) -m pytest tests/architecture

bench: setup    ## measure: how fast videos are analysed here
	@$(PYTHON_HERE) -m benchmarks
