"""A machine without a GPU made to look like one by the tests' stand-in: to exercise the program, not to measure."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2] / "tests"


@contextmanager
def stand_in() -> Iterator[None]:
    """Install ``tests/gpu_stand_in.py`` for the time of the context."""
    import pytest

    spec = importlib.util.spec_from_file_location("gpu_stand_in", TESTS / "gpu_stand_in.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with pytest.MonkeyPatch.context() as patch:
        module.install(patch)
        yield
