"""Gives the stand-in for a GPU to the tests, because this folder is no package."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_SPEC = importlib.util.spec_from_file_location("gpu_stand_in", Path(__file__).parents[1] / "gpu_stand_in.py")
assert _SPEC is not None
assert _SPEC.loader is not None
_STAND_IN = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_STAND_IN)


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """``gpu(dropping={3})``: make this a machine with a GPU; returns its runtime and its decoding library."""

    def install(**faults: Any) -> Any:
        fake = _STAND_IN.load(Path(__file__).with_name("fake_nvc.py"))
        return _STAND_IN.install(monkeypatch, fake.FakeLibrary(**faults))

    return install
