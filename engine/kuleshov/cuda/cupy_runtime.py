"""The runtime of a real GPU: torch owns memory and streams, CuPy builds the kernels (by NVRTC) and launches them.

No compiler is needed on the user's machine: CuPy compiles ``kernel_source()`` for the device on first use, in about a
second, and caches the result on disk. CuPy and torch share the device's primary context, so a torch tensor's address is
the kernel's argument: nothing is copied or wrapped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from threading import Lock, local
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from kuleshov.cuda.options import OPTIONS
from kuleshov.cuda.runtime import Extent, Shape
from kuleshov.cuda.signature import Argument, Pointer, bind, signatures
from kuleshov.cuda.source import kernel_source
from kuleshov.errors import DeviceError
from kuleshov.surface import DeviceArray


class CupyRuntime:
    """A CUDA device. Raises ``DeviceError`` if torch, CuPy or the device is unavailable."""

    def __init__(self, device: str) -> None:
        from kuleshov.cuda.probe import device_index, why_not_cuda

        self.device = device
        self.fetched_bytes = 0
        self._index = device_index(device)
        if reason := why_not_cuda(self._index):
            raise DeviceError(f"device {device!r}: {reason}")
        import cupy
        import torch

        self._torch: Any = torch
        self._cupy: Any = cupy
        self._lock = Lock()
        self._signatures = signatures(kernel_source())
        self._module = cupy.RawModule(code=kernel_source(), options=OPTIONS)
        self._kernels: dict[str, Any] = {}
        self._own = local()
        self._torch.cuda.init()

    def empty(self, shape: Shape, dtype: DTypeLike) -> DeviceArray:
        return self._torch.empty(tuple(shape), dtype=self._dtype(dtype), device=self.device)

    def zeros(self, shape: Shape, dtype: DTypeLike) -> DeviceArray:
        return self._torch.zeros(tuple(shape), dtype=self._dtype(dtype), device=self.device)

    def upload(self, array: NDArray[Any]) -> DeviceArray:
        return self._torch.from_numpy(np.ascontiguousarray(array)).to(self.device)

    def copy(self, array: DeviceArray) -> DeviceArray:
        return array.clone(memory_format=self._torch.contiguous_format)

    def fetch(self, arrays: Mapping[str, DeviceArray]) -> PinnedFetch:
        torch = self._torch
        pinned = {}
        for name, array in arrays.items():
            pinned[name] = torch.empty(tuple(array.shape), dtype=array.dtype, pin_memory=True)
            pinned[name].copy_(array, non_blocking=True)
        # With a blocking event the waiting thread sleeps instead of spinning on a core that decodes.
        event = torch.cuda.Event(blocking=True)
        event.record(torch.cuda.current_stream(self._index))
        with self._lock:
            self.fetched_bytes += sum(array.numel() * array.element_size() for array in pinned.values())
        return PinnedFetch(event, pinned)

    def launch(self, kernel: str, *, grid: Extent, block: Extent, arguments: Mapping[str, Argument]) -> None:
        bound = bind(self._signatures[kernel], arguments)
        values = tuple(_address(value) if isinstance(value, Pointer) else value for value in bound)
        with self._torch.cuda.device(self._index):
            self._kernel(kernel)(grid, block, values)

    def hand_over(self, array: DeviceArray) -> Any:
        event = self._torch.cuda.Event()
        event.record(self._torch.cuda.current_stream(self._index))
        return array, event

    def take(self, token: Any) -> DeviceArray:
        array, event = token
        stream = self._torch.cuda.current_stream(self._index)
        stream.wait_event(event)
        # Otherwise torch could reuse the memory as soon as the first thread's stream has finished with it.
        array.record_stream(stream)
        return array

    @contextmanager
    def stream(self) -> Iterator[int]:
        torch, cupy = self._torch, self._cupy
        if not hasattr(self._own, "stream"):
            self._own.stream = torch.cuda.Stream(self._index)
        with torch.cuda.device(self._index), torch.cuda.stream(self._own.stream):
            handle = self.current_stream()
            with cupy.cuda.Device(self._index), cupy.cuda.ExternalStream(handle, self._index):
                yield handle

    def current_stream(self) -> int:
        return int(self._torch.cuda.current_stream(self._index).cuda_stream)

    @contextmanager
    def ordered_with_default_stream(self) -> Iterator[None]:
        default, own = (
            which(self._index) for which in (self._torch.cuda.default_stream, self._torch.cuda.current_stream)
        )
        own.wait_stream(default)
        yield
        default.wait_stream(own)

    def mark(self, name: str) -> AbstractContextManager[None]:
        marked: AbstractContextManager[None] = self._torch.cuda.nvtx.range(name)
        return marked

    def _kernel(self, name: str) -> Any:
        if name not in self._kernels:
            with self._lock:
                try:
                    self._kernels[name] = self._module.get_function(name)
                except self._cupy.cuda.compiler.CompileException as error:
                    raise DeviceError(f"device {self.device!r}: kernel {name} can't be compiled: {error}") from error
        return self._kernels[name]

    def _dtype(self, dtype: DTypeLike) -> Any:
        return getattr(self._torch, np.dtype(dtype).name)


class PinnedFetch:
    """Copies to page-locked memory: only that can be written while the host does something else."""

    def __init__(self, event: Any, pinned: dict[str, Any]) -> None:
        self._event, self._pinned = event, pinned

    def result(self) -> dict[str, NDArray[Any]]:
        self._event.synchronize()
        # Copied, because page-locked memory is scarce and returns to torch's cache.
        return {name: array.numpy().copy() for name, array in self._pinned.items()}


def _address(pointer: Pointer) -> np.uint64:
    return np.uint64(0 if pointer.array is None else pointer.array.data_ptr())
