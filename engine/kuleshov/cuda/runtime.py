"""What runs our kernels: a CUDA device in production, the CPU under emulation in the tests. One protocol for both.

Conventions of this room. A *device array* is what the runtime's ``empty`` returned: a torch tensor on CUDA, a NumPy
array under emulation; it has ``shape``, ``dtype`` and slices. All work of a thread goes to one stream in order, the one
that ``Runtime.stream`` made current; nothing waits for it but ``Fetch.result``.
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
    """Arrays on their way to the host."""

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
        """Begin to copy arrays to the host, behind the work that this thread has launched so far."""

    def launch(self, kernel: str, *, grid: Extent, block: Extent, arguments: Mapping[str, Argument]) -> None:
        """Launch a kernel on this thread's stream; ``arguments`` by the names of its parameters.

        Raises ``TypeError`` or ``ValueError`` where they do not fit the kernel's signature (``signature.bind``), and
        ``DeviceError`` if the kernel can't be built or launched.
        """

    def hand_over(self, array: DeviceArray) -> Any:
        """Return a token by which another thread may ``take`` an array that this thread's stream still works on."""

    def take(self, token: Any) -> DeviceArray:
        """Return an array that was handed over; this thread's stream waits for it, its memory stays until then."""

    def stream(self) -> AbstractContextManager[int]:
        """Make this thread's own stream current while the context is open; yields its handle (a ``cudaStream_t``).

        A thread has one such stream, however often it asks: what is bound to a stream can be used again.
        """

    def current_stream(self) -> int:
        """Return the handle of this thread's current stream."""

    def ordered_with_default_stream(self) -> AbstractContextManager[None]:
        """Let this thread's stream wait for the device's default stream, and that one for what is launched inside."""

    def mark(self, name: str) -> AbstractContextManager[None]:
        """Name what is launched inside the context in a profiler's trace (an NVTX range)."""
