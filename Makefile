# `make` lints and tests; `make demo` shows Kuleshov at work; `make help` lists the rest.
# Every target sets up what it needs in .venv, from nothing but Python 3.11+, a C++ compiler and a package index.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
# Where to take torch from; empty is the default index, whose Linux build carries CUDA (2.5 GB).
# A small build: make TORCH_INDEX=https://download.pytorch.org/whl/cpu demo
TORCH_INDEX ?=
# Real clips and labelled data for tests and benchmarks; what needs them is skipped, visibly, where they are absent.
export KULESHOV_TEST_DATA ?= $(abspath $(wildcard ../shared/data))
WORKERS ?= 2
FILM ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt
INSTALLED := .venv/.installed
NATIVE := $(wildcard csrc/cpu/*.cpp csrc/cpu/*.h csrc/include/kuleshov/*.h)
KERNELS := $(wildcard csrc/cuda/*.cu csrc/cuda/*.cuh csrc/emulation/*)

.PHONY: all help demo test lint fix bench docs quality clean
all: lint test

help:
	@echo "make          lint and test"
	@echo "make demo     ingest real footage and search it; FILM=/path/to/film.mkv takes your own"
	@echo "make test     run all tests"
	@echo "make lint     check formatting, style and types;  make fix mends what can be mended"
	@echo "make bench    measure speed and memory;  make quality measures detection quality"
	@echo "make docs     write the pages that are generated"
	@echo "make clean    remove .venv, build outputs and caches"

$(INSTALLED): pyproject.toml setup.py CMakeLists.txt constraints.txt $(NATIVE)
	@echo "Setting up .venv (once; a few minutes) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) setuptools wheel pybind11 cmake ninja
	@$(PIP) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch
	@$(PIP) --no-build-isolation --editable '.[dev]'
	@touch $@

demo: $(INSTALLED)
	@$(BIN)/python examples/demo.py $(if $(FILM),"$(FILM)")

test: $(INSTALLED)
	@# One thread a worker: networks on more threads than cores fight for them.
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

lint: $(INSTALLED)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/clang-format --dry-run -Werror $(NATIVE) $(KERNELS)

fix: $(INSTALLED)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/clang-format -i $(NATIVE) $(KERNELS)

bench: $(INSTALLED)
	$(BIN)/python benchmarks/kernels.py
	$(BIN)/python benchmarks/throughput.py
	$(BIN)/python benchmarks/flow.py
	$(BIN)/python benchmarks/memory.py

docs: $(INSTALLED)
	$(BIN)/python docs/generate.py

quality: $(INSTALLED)
	$(BIN)/python benchmarks/quality/shots.py
	$(BIN)/python benchmarks/quality/scenes.py
	$(BIN)/python benchmarks/quality/camera.py

clean:
	rm -rf .venv build .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis engine/kuleshov/_cpu*.so engine/*.egg-info
