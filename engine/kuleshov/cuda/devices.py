"""The runtimes: one for each device in a process, opened at first use."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from kuleshov.cuda.cupy_runtime import CupyRuntime
from kuleshov.cuda.runtime import Runtime

#: The open runtimes by device name. Tests put the emulation here.
RUNTIMES: dict[str, Runtime] = {}


def runtime(device: str) -> Runtime:
    """Return the runtime of a device (``"cuda:0"``), opening it on first use.

    Raises ``DeviceError`` if the device is unavailable.
    """
    if device not in RUNTIMES:
        RUNTIMES[device] = CupyRuntime(device)
    return RUNTIMES[device]


def stream_of(device: str) -> AbstractContextManager[Any]:
    """Make this thread's own stream on a device current; does nothing on ``"cpu"``."""
    return nullcontext() if device == "cpu" else runtime(device).stream()


def marked(device: str, name: str) -> AbstractContextManager[Any]:
    """Name the launches inside the context in a profiler's trace; does nothing on ``"cpu"``."""
    return nullcontext() if device == "cpu" else runtime(device).mark(name)
