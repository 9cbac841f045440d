"""The native twin for a device: C++ on the CPU, CUDA on a GPU, with functions of the same names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from kuleshov import _cpu
from kuleshov.cuda.devices import runtime
from kuleshov.cuda.runtime import Fetch
from kuleshov.cuda.twin import CudaTwin


def native(device: str) -> Any:
    """Return the native operators for batches on ``device``; their arguments and results are arrays of that device."""
    return _cpu if device == "cpu" else CudaTwin(runtime(device))


def fetch(device: str, arrays: Mapping[str, Any]) -> Fetch:
    """Start to copy a device's arrays to the host; for the CPU there is nothing to copy."""
    return _OnHost(dict(arrays)) if device == "cpu" else runtime(device).fetch(arrays)


class _OnHost:
    """Arrays that are on the host already."""

    def __init__(self, arrays: dict[str, NDArray[Any]]) -> None:
        self._arrays = arrays

    def result(self) -> dict[str, NDArray[Any]]:
        return self._arrays
