"""Small RGB pictures of analysis frames: the input of networks that need few pixels."""

from __future__ import annotations

from typing import Any

import numpy as np

from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels.arguments import check_batch
from kuleshov.kernels.native import native
from kuleshov.media.color import CHROMA_STEPS, LUMA_RANGE, LUMA_WEIGHTS, ColorSpec


def rgb_frames(batch: FrameBatch, *, width: int, height: int) -> Any:
    """Return the frames shrunk to one size: uint8 ``[N, height, width, 3]``, full range, on the batch's device.

    Each plane is area-averaged to that size, then converted in float32 by the batch's matrix and range, rounded half to
    even. The aspect ratio is not kept, and the transfer function is not changed: an HDR frame keeps its PQ or HLG code
    values. The same bits on every backend. Raises ``DeviceError`` or ``ValueError`` on a batch that native code can't
    read.
    """
    check_batch("rgb_frames", batch)
    return native(batch.device).rgb_frames(batch.luma, batch.chroma, width, height, coding_of(batch.color))


def coding_of(color: ColorSpec) -> tuple[float, ...]:
    """Return matrix and range as the eight numbers of ``Coding`` in ``csrc/include/kuleshov/rgb.h``."""
    black, luma_steps = LUMA_RANGE[color.range]
    red, blue = LUMA_WEIGHTS[color.matrix]
    numbers = (black, luma_steps, CHROMA_STEPS[color.range], red, blue, 2 - 2 * red, 2 - 2 * blue, 1 - red - blue)
    return tuple(float(np.float32(number)) for number in numbers)
