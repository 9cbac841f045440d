"""The protocol of what runs kernels: a CUDA device in production, the CPU under emulation in the tests.

Conventions of this room. A *device array* is what the runtime's ``empty`` returned: a torch tensor on CUDA, a NumPy
array under emulation; it has ``shape``, ``dtype`` and slices. All work of a thread goes in order to one stream, the one
that ``Runtime.stream`` made current; only ``Fetch.result`` waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from numpy.typing import DTypeLike, NDArray

from kuleshov.cuda.signature import Argument
from kuleshov.surface import DeviceArray

Shape = Sequence[int]
Extent = tuple[int, int, int]


class Fetch(Protocol):
    """Arrays that are being copied to the host."""

    def result(self) -> dict[str, NDArray[Any]]:
        """Wait for the copies and return them; the arrays are the caller's own."""


class Runtime(Protocol):
    """Memory, launches and copies on one device. Safe to use from several threads, each with its own stream."""

    device: str  #: ``"cuda:0"``, ...
    fetched_bytes: int  #: copied from the device to the host so far, by all threads

    def empty(self, shape: Shape, dtype: DTypeLike) -> DeviceArray:
        """Return an array of undefined content, C-contiguous."""

    def zeros(self, shape: Shape, dtype: DTypeLike) -> DeviceArray:
        """Return an array of zeros, C-contiguous."""

    def upload(self, array: NDArray[Any]) -> DeviceArray:
        """Return a copy of a host array on the device."""

    def copy(self, array: DeviceArray) -> DeviceArray:
        """Return a C-contiguous copy of a device array on the device."""

    def fetch(self, arrays: Mapping[str, DeviceArray]) -> Fetch:
        """Start to copy arrays to the host, after the work that this thread has launched so far."""

    def launch(self, kernel: str, *, grid: Extent, block: Extent, arguments: Mapping[str, Argument]) -> None:
        """Launch a kernel on this thread's stream; ``arguments`` by the names of its parameters.

        Raises ``TypeError`` or ``ValueError`` if they do not match the kernel's signature (``signature.bind``), and
        ``DeviceError`` if the kernel can't be built or launched.
        """

    def hand_over(self, array: DeviceArray) -> Any:
        """Return a token with which another thread may ``take`` an array that this thread's stream is still writing."""

    def take(self, token: Any) -> DeviceArray:
        """Return an array that was handed over; this thread's stream waits for it, and its memory stays valid."""

    def stream(self) -> AbstractContextManager[int]:
        """Make this thread's own stream current while the context is open; yields its handle (a ``cudaStream_t``).

        A thread always gets the same stream, so objects bound to it can be reused.
        """

    def current_stream(self) -> int:
        """Return the handle of this thread's current stream."""

    def ordered_with_default_stream(self) -> AbstractContextManager[None]:
        """Make this thread's stream wait for the default stream, and the default stream for the launches inside."""

    def mark(self, name: str) -> AbstractContextManager[None]:
        """Name the launches inside the context in a profiler's trace (an NVTX range)."""
