"""Small RGB pictures of analysis frames: what a network is fed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kuleshov._cpu import area_average
from kuleshov.media.color import rgb_from_ycbcr

if TYPE_CHECKING:
    from kuleshov.decode.frames import FrameBatch


def rgb_frames(batch: FrameBatch, *, width: int, height: int) -> NDArray[np.uint8]:
    """Return the frames of a batch shrunk to ``width`` x ``height``: uint8 ``[N, height, width, 3]``, full range.

    Each plane is area-averaged to the asked size, then converted by the batch's matrix and range. The aspect is
    not kept, and the transfer is left alone: an HDR frame keeps its PQ or HLG code values.
    """
    planes = np.empty((3, len(batch), height, width), dtype=np.uint8)
    for number in range(len(batch)):
        area_average(batch.luma[number], planes[0, number], bit_depth=8)
        area_average(batch.chroma[number, :, :, 0], planes[1, number], bit_depth=8)
        area_average(batch.chroma[number, :, :, 1], planes[2, number], bit_depth=8)
    luma, cb, cr = planes
    rgb: NDArray[np.uint8] = np.rint(255 * rgb_from_ycbcr(luma, cb, cr, batch.color)).clip(0, 255).astype(np.uint8)
    return rgb
