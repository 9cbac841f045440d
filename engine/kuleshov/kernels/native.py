"""Which native twin works where a batch lies: C++ on the CPU, CUDA on a GPU; functions of the same names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from kuleshov import _cpu
from kuleshov.cuda.devices import runtime
from kuleshov.cuda.runtime import Fetch
from kuleshov.cuda.twin import CudaTwin


def native(device: str) -> Any:
    """Return the native operators for batches on ``device``: arrays in and out are that device's."""
    return _cpu if device == "cpu" else CudaTwin(runtime(device))


def fetch(device: str, arrays: Mapping[str, Any]) -> Fetch:
    """Begin to copy a device's arrays to the host; those of the CPU are there already."""
    return _AtHand(dict(arrays)) if device == "cpu" else runtime(device).fetch(arrays)


class _AtHand:
    """Arrays that are on the host already."""

    def __init__(self, arrays: dict[str, NDArray[Any]]) -> None:
        self._arrays = arrays

    def result(self) -> dict[str, NDArray[Any]]:
        return self._arrays
