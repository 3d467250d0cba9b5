# The Digit Playground: two commands, `make run` and `make test`, do all that they need themselves.

# A variable that the environment sets to nothing is not set.
$(foreach name,PYTHON GPU PORT CLUSTER_DATA,\
	$(if $($(name)),,$(if $(filter environment,$(origin $(name))),$(eval undefine $(name)))))

# A Python that the app runs on: python3 if it fits, else one of the versions by name.
PYTHON ?= $(firstword $(foreach candidate,python3 python3.13 python3.12 python3.11,\
	$(shell $(candidate) scripts/check_python.py >/dev/null 2>&1 && echo $(candidate))) python3)
# With an NVIDIA GPU, TensorFlow comes with the libraries that use it; `make GPU= run` goes without.
GPU ?= $(shell nvidia-smi -L >/dev/null 2>&1 && echo yes)
PORT ?= 8501
# Where `make cluster` keeps its database, files and logs.
CLUSTER_DATA ?= data/cluster
# Passed on to pytest: make test ARGS="tests/unit -k dataset"
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
REQUIREMENTS := $(if $(GPU),requirements-gpu.txt,requirements.txt)
INSTALLED := $(VENV)/.installed-$(REQUIREMENTS)
INSTALLED_DEV := $(VENV)/.installed-requirements-dev.txt
PYTEST := $(BIN)/python -m pytest
QUICK_TESTS := -n 2 --dist loadfile tests/unit tests/app

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-pythons test-another-python setup check bench audit cluster \
	test-cluster test-keras screenshots

help: ## List the commands
	@echo "The Digit Playground. Commands:"
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-14s%s\n", $$1, $$2}'

run: $(INSTALLED) ## Install what is missing, fetch MNIST, open the app (PORT=8501)
	@$(BIN)/python scripts/check_port.py $(PORT)
	@test -e data/mnist/mnist.npz || $(BIN)/python -m digits.dataset data/mnist
	@$(BIN)/streamlit run app.py --server.port $(PORT) --server.showEmailPrompt false

# Unit and app tests share two processes. The others start processes of their own, on a machine that
# has nothing else to do; they run also if one of the first has failed.
test: setup ## Install what is missing, a browser too, and run every test (ARGS=... for pytest)
	@chromium="$$($(BIN)/python -m scripts.get_chromium)" && export CHROMIUM="$$chromium" && \
	$(if $(strip $(ARGS)),$(PYTEST) $(ARGS),{ $(PYTEST) $(QUICK_TESTS); failed=$$?; \
		$(PYTEST) --ignore=tests/unit --ignore=tests/app && exit $$failed; })

test-pythons: ## Run every test on each Python that the README names and that is installed here
	@pythons="$$($(PYTHON) scripts/find_pythons.py)" && for python in $$pythons; do \
		version=$$($$python -c 'import sys; print("%d.%d" % sys.version_info[:2])') && \
		echo "== Python $$version" && $(MAKE) test PYTHON=$$python VENV=.venv-$$version || exit 1; \
	done

test-another-python: $(BIN)/python ## Run unit and app tests on another Python, where one is installed
	@version=$$($(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])') && \
	other="$$($(BIN)/python scripts/find_pythons.py --other-than $$version | tail -n 1)" && \
	if [ -z "$$other" ]; then echo "No Python but $$version that the app runs on is installed"; \
	else $(MAKE) test PYTHON=$$other VENV=.venv-another ARGS="$(QUICK_TESTS)"; fi

cluster: $(INSTALLED) ## Start replicas, workers, PostgreSQL and nginx on this machine (PORT=8501)
	@$(BIN)/python scripts/check_port.py $(PORT)
	@$(BIN)/python -m digits.dataset data/mnist
	@$(BIN)/python -m scripts.cluster --port $(PORT) --data $(CLUSTER_DATA)

test-cluster: setup ## Test all of that, after installing PostgreSQL and nginx if they are missing
	@$(BIN)/python -m scripts.cluster --install
	@chromium="$$($(BIN)/python -m scripts.get_chromium)" && \
		CHROMIUM="$$chromium" $(PYTEST) -m cluster $(ARGS)

test-keras: setup ## Open a network taken home in five versions of Keras, after installing them
	@$(BIN)/python -m scripts.get_keras_versions
	@$(PYTEST) tests/unit/test_keras_versions.py $(ARGS)

setup: $(INSTALLED_DEV) ## Install the app and its developers' tools into .venv, and fetch MNIST
	@$(BIN)/python -m digits.dataset data/mnist

check: $(INSTALLED_DEV) ## Check format, lint and types
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy .

audit: $(INSTALLED_DEV) ## Look the dependencies up among known vulnerabilities, and keep the report
	@$(BIN)/pip-audit --strict --progress-spinner off --requirement requirements.txt \
		--format json --output docs/dependency-audit.json

bench: $(INSTALLED) ## Measure training, and write the figures to benchmarks/results/
	@$(BIN)/python -m digits.dataset data/mnist
	@mkdir -p benchmarks/results
	@$(BIN)/python -m benchmarks.speed.training --json benchmarks/results/training.json

screenshots: setup ## Take the README's pictures, its film, and every state of every page
	@chromium="$$($(BIN)/python -m scripts.get_chromium)" && export CHROMIUM="$$chromium" && \
	$(BIN)/python -m scripts.take_screenshots

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python is missing: there is no $(PYTHON). \
	Install Python 3.11, 3.12 or 3.13, or name one: make PYTHON=python3.12 run" >&2; exit 1; }
	@$(PYTHON) scripts/check_python.py
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear $(VENV)

# A stamp is newer than its list of requirements as long as nothing in the list has changed.
$(INSTALLED): requirements.txt $(REQUIREMENTS) | $(BIN)/python
	@echo "Installing $(REQUIREMENTS) (about 3 GB on disk, some minutes; only when it changes)"
	@$(BIN)/python -m pip install -r $(REQUIREMENTS)
	@touch $@

$(INSTALLED_DEV): requirements-dev.txt $(INSTALLED)
	@echo "Installing requirements-dev.txt"
	@$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	@touch $@
