"""Whether this process can use a CUDA device, and if not, the first reason to fix."""

from __future__ import annotations

from ctypes import CDLL

from kuleshov.errors import DeviceError

_LEAST_CAPABILITY = (7, 5)  # Turing: the oldest that CUDA 13 compiles for


def device_index(device: str) -> int:
    """Return the number of a device named ``"cuda"`` (the first) or ``"cuda:N"``; raises ``DeviceError`` on others."""
    kind, colon, number = device.partition(":")
    if kind != "cuda" or (colon and not number.isdecimal()):
        raise DeviceError(f"device {device!r} is unknown; use auto, cpu, cuda or cuda:N")
    return int(number or 0)


def why_not_cuda(index: int = 0) -> str | None:  # noqa: PLR0911
    """Return why device ``index`` can't run the kernels and what to do, or ``None`` if it can."""
    try:
        CDLL("libcuda.so.1")
    except OSError as error:
        return f"no NVIDIA driver ({error}): install one, or use --device cpu"
    import torch

    if torch.version.cuda is None:
        return f"torch {torch.__version__} is built without CUDA: install a CUDA build of it"
    if not torch.cuda.is_available():
        return "torch finds no CUDA device: see nvidia-smi"
    if index >= torch.cuda.device_count():
        return f"there are {torch.cuda.device_count()} CUDA devices, numbered from 0"
    capability = torch.cuda.get_device_capability(index)
    if capability < _LEAST_CAPABILITY:
        return f"its compute capability is {capability}; at least {_LEAST_CAPABILITY} is needed"
    try:
        import cupy
    except Exception as error:  # CuPy's import fails in many ways if its libraries do not match the driver
        return f"CuPy can't be loaded ({error}): pip install 'kuleshov[cuda]'"
    if not cupy.cuda.is_available():
        return "CuPy finds no CUDA device: its CUDA version may not match the driver (pip install 'kuleshov[cuda]')"
    return None


def device_name(index: int) -> str:
    """Return the name of a usable device."""
    import torch

    return str(torch.cuda.get_device_name(index))
