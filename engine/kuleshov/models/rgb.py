"""Small RGB pictures of analysis frames: what a network is fed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kuleshov._cpu import area_average
from kuleshov.kernels.frame_stats import CHROMA_STEPS, LUMA_RANGE
from kuleshov.media.color import Matrix

if TYPE_CHECKING:
    from kuleshov.decode.frames import FrameBatch

# Luma weights of red and blue: ITU-R BT.601-7, BT.709-6, BT.2020-2 (non-constant luminance).
_WEIGHTS: dict[Matrix, tuple[float, float]] = {
    "bt601": (0.299, 0.114),
    "bt709": (0.2126, 0.0722),
    "bt2020": (0.2627, 0.0593),
}


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
    black, steps = LUMA_RANGE[batch.color.range]
    luma = (planes[0].astype(np.float32) - black) * np.float32(255 / steps)
    chroma_scale = np.float32(255 / CHROMA_STEPS[batch.color.range])
    cb, cr = ((plane.astype(np.float32) - 128) * chroma_scale for plane in planes[1:])
    red_weight, blue_weight = _WEIGHTS[batch.color.matrix]
    red = luma + cr * np.float32(2 - 2 * red_weight)
    blue = luma + cb * np.float32(2 - 2 * blue_weight)
    green = (luma - red * np.float32(red_weight) - blue * np.float32(blue_weight)) / np.float32(
        1 - red_weight - blue_weight
    )
    rgb: NDArray[np.uint8] = np.clip(np.rint(np.stack((red, green, blue), axis=-1)), 0, 255).astype(np.uint8)
    return rgb
