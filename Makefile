# The one interface of a developer; `make` alone prints the targets.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The system's Python where it will do: a user namespace can read it, a private one under a home
# directory perhaps not.
PYTHON ?= $(shell for p in /usr/bin/python3 python3; do \
	$$p -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$p && break; done)
BIN := .venv/bin
UV := $(BIN)/uv
MINISTACK := .venv/tools/ministack
AWS := .venv/tools/aws
CHECKOV := .venv/tools/checkov
STAMPS := .venv/.stamps

# No test, build or lab may ever reach a real account, or tell anyone that it ran.
export AWS_EC2_METADATA_DISABLED := true
export SAM_CLI_TELEMETRY := 0
export UV_LINK_MODE := copy
export UV_PYTHON_DOWNLOADS := never

INSTALL := $(UV) pip install --quiet --require-hashes
SYNC := $(UV) pip sync --quiet --require-hashes
TYPED := $(wildcard layers functions cli lab bench)
TEMPLATES := $(wildcard template.yaml member.yaml vpc.yaml)
SEED ?= 1
SCENARIOS := $(wildcard lab/scenarios/*.yaml)
SOURCES := $(shell find layers functions -type f -not -name '*.pyc' 2>/dev/null) $(TEMPLATES)

.PHONY: help
help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup setup-demo
setup: $(STAMPS)/dev $(STAMPS)/ministack $(STAMPS)/aws ## Everything: run, tests, lab, SAM CLI, AWS CLI
setup-demo: $(STAMPS)/run $(STAMPS)/ministack $(STAMPS)/aws ## Only what the demo needs

$(STAMPS)/uv: requirements/uv.txt scripts/system-packages
	@scripts/system-packages
	@test -n "$(PYTHON)" || { echo "no Python 3.11 or later with venv found" >&2; exit 3; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/uv.txt
	@mkdir -p $(STAMPS) && touch $@

# The tools' files are copied, not linked: .venv must live on when a cache is cleaned.
$(STAMPS)/run: $(STAMPS)/uv requirements/run.txt pyproject.toml
	@$(INSTALL) --python $(BIN)/python -r requirements/run.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# uv and pip are not in the locks, so a sync would take them away: install, never sync, in .venv.
$(STAMPS)/dev: $(STAMPS)/run requirements/dev.txt
	@$(INSTALL) --python $(BIN)/python -r requirements/run.txt -r requirements/dev.txt
	@touch $@

$(STAMPS)/ministack: $(STAMPS)/uv requirements/ministack.txt
	@test -x $(MINISTACK)/bin/python || $(PYTHON) -m venv --without-pip $(MINISTACK)
	@$(SYNC) --python $(MINISTACK)/bin/python requirements/ministack.txt
	@touch $@

$(STAMPS)/aws: $(STAMPS)/uv requirements/aws.txt
	@test -x $(AWS)/bin/python || $(PYTHON) -m venv --without-pip $(AWS)
	@$(SYNC) --python $(AWS)/bin/python requirements/aws.txt
	@touch $@

$(STAMPS)/checkov: $(STAMPS)/uv requirements/checkov.txt
	@test -x $(CHECKOV)/bin/python || $(PYTHON) -m venv --without-pip $(CHECKOV)
	@$(SYNC) --python $(CHECKOV)/bin/python requirements/checkov.txt
	@touch $@

.PHONY: demo
demo: setup-demo build ## Break an API from inside one VPC of a local AWS, and read the page that tells why
	@$(BIN)/gatewatch demo

.PHONY: test
test: setup build ## All tests, and every scenario once (fixed seed)
	@$(BIN)/pytest -q -n 2 --dist loadfile
	@$(if $(SCENARIOS),$(MAKE) --no-print-directory scenarios,:)

.PHONY: scenarios
scenarios: setup build ## Every scenario (SEED=n, ONLY=name), and build/results/scenarios.json
	@$(BIN)/gatewatch lab run $(or $(ONLY),--all) --scale 10 --seed $(SEED) --jobs 2 \
		--json-out build/results/scenarios.json

.PHONY: latency
latency: setup build ## How long from the change to the page, in real time (build/results/latency.json)
	@$(BIN)/python -m lab.latency build/results/latency.json

EXAMPLES ?= 10000
.PHONY: fuzz
fuzz: setup ## Hostile documents, DNS and HTTP answers (EXAMPLES=n, SEED=n, build/results/fuzz.json)
	@$(BIN)/python -m tests.fuzz --examples $(EXAMPLES) --seed $(SEED) build/results/fuzz.json

.PHONY: leaks
leaks: setup ## Every secret, looked for in all that comes out (build/results/leaks.json)
	@$(BIN)/python -m tests.leaks build/results/leaks.json

.PHONY: registry
registry: setup ## Time and size of a registry of 5,000 endpoints (build/results/registry.json)
	@$(BIN)/python -m tests.registry_size build/results/registry.json

.PHONY: bench
bench: setup build ## What a look costs, beside its peers from Debian (build/results/bench.json)
	@scripts/system-packages bench
	@$(BIN)/python -m bench build/results/bench.json

.PHONY: guard
guard: setup ## Forbidden and allowed targets in every spelling, counted by the kernel (build/results/guard.json)
	@$(BIN)/python -m tests.guard build/results/guard.json

.PHONY: iam
iam: setup build ## What each role may do, held against what it does (build/results/iam.json)
	@$(BIN)/python -m lab.iam build/results/iam.json

.PHONY: permissions
permissions: setup ## docs/permissions.md, from the templates and lab/iam/reasons.yaml
	@$(BIN)/python -m lab.iam.document

.PHONY: check
check: setup $(STAMPS)/checkov lint ## What a review asks for: format, lint, types, templates, house rules
	@$(BIN)/mypy $(TYPED)
	@$(if $(TEMPLATES),$(BIN)/cfn-lint $(TEMPLATES),:)
	@$(BIN)/python -m lab.iam.document --check
	@mkdir -p build && $(BIN)/gatewatch render --prefix gatewatch > build/member.json
	@$(BIN)/cfn-lint build/member.json
	@$(BIN)/python -m lab.iam.checkov
	@$(BIN)/pytest -q tests/house

.PHONY: lint
lint: setup ## Format and lint, changing nothing
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/ruff check --quiet .

.PHONY: fmt
fmt: setup ## Format, and mend what the linter can mend
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

.PHONY: build
build: .aws-sam/build/template.yaml ## sam build of the shipped templates, when a source changed

.aws-sam/build/template.yaml: $(SOURCES) | setup-demo
	@mkdir -p build
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(AWS)/bin/sam build --template-file template.yaml \
		> build/sam-build.log 2>&1 || { cat build/sam-build.log >&2; exit 1; }
	@touch $@

COMPILE = $(UV) pip compile --quiet --upgrade --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links
DEPLOYED := $(wildcard functions/*/requirements.in layers/*/requirements.in)
.PHONY: lock
lock: $(STAMPS)/uv ## Resolve every requirements file again, with hashes
	@for name in uv run dev ministack aws checkov; do (cd requirements && \
		../$(COMPILE) --universal --python-version 3.11 $$name.in -o $$name.txt) || exit 1; done
	@for file in $(DEPLOYED); do (cd $$(dirname $$file) && \
		$(CURDIR)/$(COMPILE) --python-version 3.13 --python-platform aarch64-manylinux_2_28 \
		requirements.in -o requirements.txt) || exit 1; done
	@! grep -nE '^ *(--index-url|--extra-index-url|--find-links|.*://)' \
		requirements/*.txt $(DEPLOYED:.in=.txt)

.PHONY: clean
clean: ## Take away what was built; .venv stays
	@rm -rf build .aws-sam .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find layers functions cli lab tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
