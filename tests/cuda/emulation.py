"""A runtime that runs the kernels' own source on the CPU, compiled by g++ against ``csrc/emulation``."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.cuda.signature import Pointer, Signature, bind, signatures
from kuleshov.cuda.source import kernel_source
from kuleshov.errors import DeviceError

CSRC = Path(__file__).resolve().parents[2] / "csrc"
WARNINGS = ("-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas")
#: Flags of the scheduler and of the kernels. The scheduler must not be instrumented by the thread sanitizer.
BUILDS = {
    "plain": ((), ()),
    "address": (
        ("-g", "-fsanitize=address", "-DKULESHOV_ADDRESS_SANITIZER"),
        ("-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"),
    ),
    "thread": (("-g", "-DKULESHOV_THREAD_SANITIZER"), ("-g", "-fsanitize=thread")),
}
UNWRITTEN = 0xAA


def compile_kernels(source: str, *, build: str = "plain", shared: bool = True, main: str = "") -> Path:
    """Compile a kernel source (and a ``main``) with the emulation; return the library or program, from a cache."""
    known = "".join(f"KULESHOV_EMULATED({name})\n" for name in signatures(source))
    text = f"{source}\n{known}{main}"
    scheduler_flags, kernel_flags = BUILDS[build]
    optimise = ("-O2",) if build == "plain" else ("-O1",)
    common = ("-std=c++17", "-ffp-contract=off", *optimise, *WARNINGS, *(("-fPIC",) if shared else ()))
    key = hashlib.blake2b(digest_size=12)
    for part in (text, build, str(shared), *((CSRC / "emulation" / name).read_text() for name in _EMULATION)):
        key.update(part.encode())
    cache = Path(tempfile.gettempdir()) / f"kuleshov-emulation-{os.getuid()}"
    cache.mkdir(exist_ok=True)
    target = cache / f"{key.hexdigest()}-{build}{'.so' if shared else ''}"
    if target.exists():
        return target
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        kernels = Path(folder) / "kernels.cpp"
        kernels.write_text(text)
        includes = ("-I", str(CSRC / "emulation"), "-I", str(CSRC / "include"))
        _run("g++", *common, *kernel_flags, *includes, "-c", str(kernels), "-o", f"{folder}/kernels.o")
        scheduler = str(CSRC / "emulation/emulation.cpp")
        _run("g++", *common, *scheduler_flags, "-c", scheduler, "-o", f"{folder}/scheduler.o")
        link = ("-shared",) if shared else ()
        _run("g++", *link, *kernel_flags, f"{folder}/kernels.o", f"{folder}/scheduler.o", "-o", f"{folder}/linked")
        Path(f"{folder}/linked").replace(target)  # other test processes may be at the same
    return target


_EMULATION = ("emulation.h", "emulation.cpp")


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[:4000]


def has_compiler() -> bool:
    return shutil.which("g++") is not None


class EmulatedRuntime:
    """``kuleshov.cuda.runtime.Runtime`` over NumPy arrays; what ``empty`` returns is full of 0xAA."""

    def __init__(self, source: str | None = None, *, build: str = "plain", device: str = "cuda:0") -> None:
        self.device = device
        self.fetched_bytes = 0
        self.source = kernel_source() if source is None else source
        self.signatures = signatures(self.source)
        self.launches: list[str] = []
        self._library = ctypes.CDLL(str(compile_kernels(self.source, build=build)))
        self._library.kuleshov_emulated_types.restype = ctypes.c_char_p
        self._lock = Lock()

    def empty(self, shape: Any, dtype: Any) -> NDArray[Any]:
        array = np.empty(tuple(shape), dtype=dtype)
        array.view(np.uint8).fill(UNWRITTEN) if array.size and array.ndim else None
        return array

    def zeros(self, shape: Any, dtype: Any) -> NDArray[Any]:
        return np.zeros(tuple(shape), dtype=dtype)

    def upload(self, array: NDArray[Any]) -> NDArray[Any]:
        return np.array(array, order="C", copy=True)

    def copy(self, array: NDArray[Any]) -> NDArray[Any]:
        return np.array(array, order="C", copy=True)

    def fetch(self, arrays: Mapping[str, NDArray[Any]]) -> _Fetched:
        with self._lock:
            self.fetched_bytes += sum(array.nbytes for array in arrays.values())
        return _Fetched({name: np.array(array, copy=True) for name, array in arrays.items()})

    def hand_over(self, array: Any) -> Any:
        return array

    def take(self, token: Any) -> Any:
        return token

    @contextmanager
    def stream(self) -> Iterator[int]:
        yield 0

    def current_stream(self) -> int:
        return 0

    def ordered_with_default_stream(self) -> Any:
        return nullcontext()

    def mark(self, name: str) -> Any:
        return nullcontext()

    def launch(self, kernel: str, *, grid: Any, block: Any, arguments: Mapping[str, Any]) -> None:
        signature = self.signatures[kernel]
        values = bind(signature, arguments)
        _check_block(signature, self.source, block)
        cells = [_cell(kernel, value) for value in values]
        packed = (ctypes.c_void_p * len(cells))(*(ctypes.addressof(cell) for cell in cells))
        error = ctypes.create_string_buffer(1000)
        with self._lock:  # the emulation has one set of fibers
            self.launches.append(kernel)
            failed = self._library.kuleshov_emulated_launch(
                kernel.encode(), _extent(grid), _extent(block), packed, error, ctypes.c_size_t(len(error))
            )
        if failed:
            raise DeviceError(error.value.decode())

    def parameter_types(self, kernel: str) -> str:
        """The types of a kernel's parameters as the C++ compiler knows them: ``*kB`` for ``const uint8_t*``, ..."""
        return self._library.kuleshov_emulated_types(kernel.encode()).decode()


class _Fetched:
    def __init__(self, arrays: dict[str, NDArray[Any]]) -> None:
        self._arrays = arrays

    def result(self) -> dict[str, NDArray[Any]]:
        return self._arrays


def _extent(extent: Any) -> Any:
    return (ctypes.c_uint * 3)(*extent)


def _check_block(signature: Signature, source: str, block: Any) -> None:
    """A block may be no larger than the kernel declares: `__launch_bounds__` fails the launch on a GPU."""
    limit = signature.threads
    if not limit.isdecimal():
        declared = source.partition(f"constexpr int {limit} = ")[2].partition(";")[0]
        assert declared.isdecimal(), f"kernel {signature.name}: its largest block {limit!r} is no plain constant"
        limit = declared
    if int(np.prod(block)) > int(limit):
        raise DeviceError(f"{signature.name}: a block of {block} threads; its launch bounds are {limit}")


def _cell(kernel: str, value: Pointer | np.generic) -> Any:
    """The argument in memory, as a kernel finds it."""
    if isinstance(value, Pointer):
        array = value.array
        if array is None:
            return ctypes.c_void_p(None)
        if hasattr(array, "data_ptr"):  # a torch tensor on the host stands for a decoded surface
            return ctypes.c_void_p(array.data_ptr())
        if array.size and not array.flags.c_contiguous and array.strides[-1] != array.itemsize:
            raise ValueError(f"kernel {kernel}: an argument has strides {array.strides}")
        if value.writable and not array.flags.writeable:
            raise ValueError(f"kernel {kernel}: an array that it writes to is read only")
        return ctypes.c_void_p(array.ctypes.data)
    return (ctypes.c_char * value.itemsize).from_buffer_copy(value.tobytes())
