"""Small RGB pictures of analysis frames: what a network is fed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kuleshov.kernels.shrink import shrink
from kuleshov.media.color import rgb_from_ycbcr

if TYPE_CHECKING:
    from kuleshov.decode.frames import FrameBatch


def rgb_frames(batch: FrameBatch, *, width: int, height: int) -> NDArray[np.uint8]:
    """Return the frames of a batch shrunk to ``width`` x ``height``: uint8 ``[N, height, width, 3]``, full range.

    Each plane is area-averaged to the asked size, then converted by the batch's matrix and range. The aspect is
    not kept, and the transfer is left alone: an HDR frame keeps its PQ or HLG code values.
    """
    small = shrink(batch, width=width, height=height)
    luma, cb, cr = small[:, 0], small[:, 1], small[:, 2]
    rgb: NDArray[np.uint8] = np.rint(255 * rgb_from_ycbcr(luma, cb, cr, batch.color)).clip(0, 255).astype(np.uint8)
    return rgb
