"""The runtime of each device: opened at first use, one a device and process."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from kuleshov.cuda.cupy_runtime import CupyRuntime
from kuleshov.cuda.runtime import Runtime

#: The runtimes opened so far, by device name. Tests put the emulation here.
RUNTIMES: dict[str, Runtime] = {}


def runtime(device: str) -> Runtime:
    """Return the runtime of a device (``"cuda:0"``), opening it on first use.

    Raises ``DeviceError`` where the device can't be had.
    """
    if device not in RUNTIMES:
        RUNTIMES[device] = CupyRuntime(device)
    return RUNTIMES[device]


def stream_of(device: str) -> AbstractContextManager[Any]:
    """Give this thread a stream of its own on a device; nothing to do on ``"cpu"``."""
    return nullcontext() if device == "cpu" else runtime(device).stream()


def marked(device: str, name: str) -> AbstractContextManager[Any]:
    """Name what is launched inside the context in a profiler's trace; nothing to do on ``"cpu"``."""
    return nullcontext() if device == "cpu" else runtime(device).mark(name)
