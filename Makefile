# Chokepoint from a fresh checkout: `make run` shows a study, `make test` checks everything.
# All of it happens in .venv; a Python of your own choice: make run PYTHON=/path/to/python

SCENARIO ?= scenarios/latam_europe.yaml
OUT ?= runs/$(basename $(notdir $(SCENARIO)))
TEST_PROCESSES ?= 2

BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --no-input --no-compile --disable-pip-version-check
# Twice as fast as letting pip compile, file by file, the tests of other packages too.
COMPILE := $(BIN)/python -m compileall -qq -j 0 -x '/tests?/' .venv/lib
PINNED := --require-hashes --only-binary :all:
UV_VERSION := 0.13.9
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.12 --no-python-downloads \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --upgrade

.DELETE_ON_ERROR:
.PHONY: help run test test-slow test-cluster setup lint lock bench baseline soak clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: .venv/ready ## set up, run a scenario and write its report (SCENARIO=, OUT=)
	$(BIN)/python -m sim.kernels.compiling
	$(BIN)/chokepoint run $(SCENARIO) -o $(OUT) --force
	$(BIN)/chokepoint report $(OUT)

test: .venv/ready-to-test ## set up, then style, types, floors and all tests in one run
	$(BIN)/python -m sim.kernels.compiling
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist worksteal

test-slow: .venv/ready-to-test ## more of what the literature expects of the model, claim by claim over pairs of worlds
	$(BIN)/python -m sim.kernels.compiling
	$(BIN)/python -m pytest -m slow -n $(TEST_PROCESSES) --dist loadfile

test-cluster: .venv/ready-to-test ## sweeps on a real Slurm of one node, which is started for it (Debian: slurm-wlm, munge)
	$(BIN)/python -m sim.kernels.compiling
	$(BIN)/python -m pytest -m cluster tests/cluster

setup: .venv/ready-to-test ## everything installed for work on the code

lint: .venv/ready-to-test ## style, types and floors alone
	$(BIN)/python -m pytest tests/promises/test_house_rules.py

bench: .venv/ready-to-test ## measure speed and size against peers and limits
	$(BIN)/python -m benchmarks

baseline: .venv/ready-to-test ## renew the regression baseline; say why in the commit
	$(BIN)/python tests/regression/renew.py

soak: .venv/ready-to-test ## the long tests: another processor, and thousands of random worlds, other ones every day
	$(BIN)/python -m pytest -m soak -s

lock: .venv/made ## renew both requirements files from pyproject.toml
	$(INSTALL) uv==$(UV_VERSION)
	$(UV_COMPILE) pyproject.toml --group build --output-file requirements.txt >/dev/null
	$(UV_COMPILE) pyproject.toml --group build --extra dev --extra bench --extra viz --extra analysis \
		--extra readers --extra cluster --constraints requirements.txt --output-file requirements-dev.txt >/dev/null

clean: ## remove .venv and caches; results in runs/ stay
	rm -rf .venv build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up: each step leaves a file behind, and is taken again when what it depends on is newer

.venv/ready: requirements.txt pyproject.toml .venv/made
	@echo "Installing what Chokepoint needs into .venv (the first time takes a few minutes) ..."
	$(INSTALL) $(PINNED) -r requirements.txt
	$(INSTALL) --no-deps --no-index --no-build-isolation --editable .
	@$(COMPILE) || true
	@touch $@

.venv/ready-to-test: requirements-dev.txt .venv/ready
	@echo "Installing what the checks and tests need ..."
	$(INSTALL) $(PINNED) -r requirements-dev.txt
	@$(COMPILE) || true
	@touch $@

.venv/made:
	@python=$$(sh -c "$$FIND_PYTHON") && echo "Making .venv with $$python" && "$$python" -m venv --clear .venv
	@touch $@

# A name on the PATH may be a version manager's stand-in that does not start, so each candidate is run before
# it is believed. It must be 3.12 or newer and able to make environments.
define FIND_PYTHON
pyenv=$${PYENV_ROOT:-$$(pyenv root 2>/dev/null || printf '%s' "$$HOME/.pyenv")}
found=
for name in "$$PYTHON" python3.13 python3.12 python3.14 python3 python "$$pyenv"/versions/3.1[2-9]*/bin/python3; do
  path=$$(command -v "$$name" 2>/dev/null) || continue
  said=$$("$$path" -c "$$TRY_PYTHON" 2>&1) && { printf '%s\n' "$$said"; exit 0; }
  found="$$found  $$path: $${said%%
*}
"
done
printf 'Chokepoint needs Python 3.12 or newer, and this machine shows none that works.\n' >&2
printf 'Found:\n%s' "$${found:-  no Python at all
}" >&2
printf 'Install one (python.org, your system, pyenv or conda), or name it: make PYTHON=/path/to/python\n' >&2
exit 1
endef

define TRY_PYTHON
import sys
version = sys.version.split()[0]
if sys.version_info < (3, 12):
    sys.exit(version + " is too old")
try:
    import ensurepip, venv
except ImportError:
    sys.exit(version + " cannot make environments (on Debian and Ubuntu: apt install python3-venv)")
print(sys.executable)
endef

# Images often forbid it, and then every process compiles this package again: some hundred of them in the tests.
export PYTHONDONTWRITEBYTECODE =

export FIND_PYTHON TRY_PYTHON
