"""Analysis frames shrunk further, to any aspect ratio: for networks and fingerprints that need few pixels."""

from __future__ import annotations

from typing import Any

from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels.arguments import check_batch
from kuleshov.kernels.native import native


def shrink(batch: FrameBatch, *, width: int, height: int) -> Any:
    """Return luma, Cb and Cr of every frame, area-averaged: uint8 ``[N, 3, height, width]``, on the batch's device.

    The average is exact, in integers (see ``csrc/include/kuleshov/area_average.h``). Raises ``DeviceError`` or
    ``ValueError`` on a batch that native code can't read.
    """
    check_batch("shrink", batch)
    return native(batch.device).shrink(batch.luma, batch.chroma, width, height)
