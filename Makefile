# Commands of this repository. `make setup` needs Python 3.11, 3.12 or 3.13; every other target runs it first.

PYTHON_HERE := .venv/bin/python
SOURCES := benchmarks clients functions gpu_tasks layers local requirements samples tests tools
PRODUCT := clients functions gpu_tasks layers local requirements tools
CHECKS := check-format check-lint check-types check-imports check-template check-sam check-architecture check-security check-advisories
PROCESSES := 2
N := 10
SEED := 1

FAST := tests/unit tests/functional tests/architecture/test_language.py tests/architecture/test_layout.py \
	tests/architecture/test_assertions.py tests/architecture/test_wiring.py
# These encode video, load a model, start a process or send thousands of requests: they run in `make test` only.
NOT_FAST := tests/functional/analysis/test_state_machine.py tests/functional/api/test_odd_requests.py \
	tests/unit/gpu_tasks/engines/test_tiny_whisper.py tests/unit/gpu_tasks/media tests/unit/gpu_tasks/test_tasks.py \
	tests/unit/samples/test_demo.py

.PHONY: help demo up setup test test-fast mutants check sbom bench $(CHECKS)

help:           ## list these targets
	@sed -n 's/^\([a-z-]*\): .*## /make \1\t/p' $(MAKEFILE_LIST)

demo: setup     ## upload, analyse and search a sample clip, in about a minute
	@.venv/bin/cinedex demo

up: setup       ## run the local stack in the foreground; Ctrl-C stops it
	@.venv/bin/cinedex up

setup:          ## install all environments inside this folder
	@sh local/setup.sh run

test: setup     ## run all tests in PROCESSES parallel processes
	@$(PYTHON_HERE) -m pytest -n $(PROCESSES) --ignore=tests/architecture tests

test-fast: setup ## run most tests that need no stack, in about a minute
	@$(PYTHON_HERE) -m pytest -n $(PROCESSES) $(NOT_FAST:%=--ignore=%) $(FAST)

mutants:        ## change N places of each capability, or of MODULES or those changed SINCE a commit, and run their tests
	@sh local/setup.sh mutation
	@nice -n 19 .venv-mutation/bin/python -m tests.mutation $(MODULES) $(if $(SINCE),--since $(SINCE)) \
		--count $(N) --seed $(SEED) $(if $(WRITE),--write)

check:          ## check format, lint, types, imports, template, architecture and known vulnerabilities
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

check-security:
	@.venv-sam/bin/bandit --quiet -ll --recursive $(PRODUCT) 2>.venv-sam/bandit.log || { cat .venv-sam/bandit.log; false; }

check-advisories:
	@$(PYTHON_HERE) -m tools.advisories

check-architecture:
	@$(PYTHON_HERE) -m pytest tests/architecture

sbom:           ## write the packages of .venv to sbom.cdx.json (CycloneDX)
	@sh local/setup.sh check
	@.venv-sam/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-format JSON \
		--output-file sbom.cdx.json .venv/bin/python
	@echo "sbom.cdx.json: the packages of .venv, with versions, licences and dependencies (CycloneDX)"

bench: setup    ## run the benchmarks
	@$(PYTHON_HERE) -m benchmarks
