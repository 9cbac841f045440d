"""The device of the kernels' tests: a GPU where one is required, the emulation of one elsewhere."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest


def load(name: str, *, folder: Path = Path(__file__).parent) -> ModuleType:
    """Import a file of a tests' folder by its path: the folders are no packages."""
    full = f"{folder.name}_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, folder / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full])
    return sys.modules[full]


@pytest.fixture(scope="session")
def emulation() -> ModuleType:
    """``emulation.py``; skips where there is no compiler."""
    module = load("emulation")
    if not module.has_compiler():
        pytest.skip("no g++: kernels can't be run under emulation")
    return module


@pytest.fixture(scope="session")
def sanitized(emulation: ModuleType) -> ModuleType:
    """``sanitized.py``."""
    return load("sanitized")


@pytest.fixture(scope="session")
def emulated(emulation: ModuleType) -> Any:
    """Our kernels on an emulated device; ``sanitized.py`` asks for other builds, and for sources with an error."""
    source = os.environ.get("KULESHOV_EMULATION_SOURCE")
    return emulation.EmulatedRuntime(
        Path(source).read_text() if source else None, build=os.environ.get("KULESHOV_EMULATION_BUILD", "plain")
    )


@pytest.fixture(scope="session")
def device_runtime(request: pytest.FixtureRequest) -> Any:
    """The device that the parity tests run on: with ``KULESHOV_REQUIRE_CUDA=1`` a GPU, which must be there then."""
    if os.environ.get("KULESHOV_REQUIRE_CUDA") == "1":
        from kuleshov.cuda.devices import runtime

        return runtime("cuda:0")
    return request.getfixturevalue("emulated")


@pytest.fixture(scope="session")
def from_device(device_runtime: Any) -> Any:
    """``from_device(array, ...)``: device arrays as NumPy's."""

    def get(*arrays: Any) -> Any:
        found = device_runtime.fetch({str(number): array for number, array in enumerate(arrays)}).result()
        each = tuple(found[str(number)] for number in range(len(arrays)))
        return each[0] if len(each) == 1 else each

    return get


@pytest.fixture
def values() -> np.random.Generator:
    return np.random.default_rng(1924)
