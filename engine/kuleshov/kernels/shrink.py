"""Analysis frames made smaller still, whatever their aspect: for networks and signatures that look at a few pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov import _cpu
from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels.arguments import check_batch


def shrink(batch: FrameBatch, *, width: int, height: int) -> NDArray[np.uint8]:
    """Return luma, Cb and Cr of every frame, area-averaged to one size: uint8 ``[N, 3, height, width]``.

    The average is exact, in integers (see ``csrc/include/kuleshov/area_average.h``). Raises ``DeviceError`` or
    ``ValueError`` on a batch that this version can't read.
    """
    check_batch("shrink", batch)
    small = np.empty((len(batch), 3, height, width), dtype=np.uint8)
    for number in range(len(batch)):
        _cpu.area_average(batch.luma[number], small[number, 0], bit_depth=8)
        _cpu.area_average(batch.chroma[number, :, :, 0], small[number, 1], bit_depth=8)
        _cpu.area_average(batch.chroma[number, :, :, 1], small[number, 2], bit_depth=8)
    return small
