"""A machine with a GPU, as far as our code can tell: the emulated device, the stand-in for its decoding library."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kuleshov import device
from kuleshov.cuda.devices import RUNTIMES
from kuleshov.decode import nvdec


def load(path: Path) -> ModuleType:
    """Import a file of the tests by its path: their folders are no packages."""
    name = f"stand_in_{path.stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def install(monkeypatch: pytest.MonkeyPatch, library: Any = None) -> tuple[Any, Any]:
    """Make ``cuda:0`` an emulated device with that decoding library; return runtime and library."""
    emulation = load(Path(__file__).parent / "cuda/emulation.py")
    if not emulation.has_compiler():
        pytest.skip("no g++: kernels can't be run under emulation")
    library = library or load(Path(__file__).parent / "decode/fake_nvc.py").FakeLibrary()
    on = emulation.EmulatedRuntime()
    monkeypatch.setitem(RUNTIMES, "cuda:0", on)
    monkeypatch.setitem(sys.modules, "PyNvVideoCodec", library)
    monkeypatch.setattr(device, "why_not_cuda", lambda index: None)
    for module in (device, nvdec):
        monkeypatch.setattr(module, "device_name", lambda index: "Stand-in GPU")
    nvdec.decoder_caps.cache_clear()
    return on, library
