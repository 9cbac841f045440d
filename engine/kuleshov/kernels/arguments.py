"""Checks of the batches that operators are given, before native code gets them."""

from __future__ import annotations

from typing import Any

import numpy as np

from kuleshov.decode.frames import FrameBatch
from kuleshov.errors import DeviceError


def check_batch(operator: str, batch: FrameBatch) -> None:
    """Raise ``ValueError`` unless native code can read the arrays of ``batch`` on its device."""
    for name in ("luma", "chroma"):
        array = getattr(batch, name)
        if batch.device == "cpu" and not isinstance(array, np.ndarray):
            raise ValueError(f"{operator}: {name} of a batch on the CPU is a {type(array).__name__}, not a NumPy array")
        if not _is_contiguous(array):
            raise ValueError(f"{operator}: {name} is strided; it must be C-contiguous")
    if batch.height < 2 or batch.width < 2:
        raise ValueError(f"{operator}: frames are {batch.width}x{batch.height}; the least is 2x2")


def check_previous(operator: str, batch: FrameBatch, previous: FrameBatch | None) -> FrameBatch | None:
    """Return the last frame of ``previous`` as a batch of one; raise as ``check_batch``, or if it does not match."""
    if previous is None:
        return None
    check_batch(operator, previous)
    if len(previous) == 0:
        raise ValueError(f"{operator}: previous is empty; use None for the first frame of a film")
    if previous.device != batch.device:
        raise DeviceError(f"{operator}: previous is on {previous.device!r}, the batch on {batch.device!r}")
    if (previous.width, previous.height) != (batch.width, batch.height):
        raise ValueError(
            f"{operator}: previous is {previous.width}x{previous.height}, the batch {batch.width}x{batch.height}; "
            "they must be equal"
        )
    return previous[-1:]


def _is_contiguous(array: Any) -> bool:
    """Whether an array of NumPy or torch is C-contiguous."""
    return bool(array.flags.c_contiguous) if isinstance(array, np.ndarray) else bool(array.is_contiguous())
