"""A decoded frame in device memory, as the hardware leaves it."""

from __future__ import annotations

from dataclasses import dataclass

from kuleshov.cuda.runtime import DeviceArray


@dataclass(frozen=True)
class Surface:
    """4:2:0 samples in two planes: luma, and one row of CbCr pairs for every two of luma (NV12, P016).

    ``luma`` and ``chroma`` are device arrays, uint8 or uint16, whose first element is the plane's first sample; what lies
    behind is told by ``height`` and ``width`` (of luma, in samples) and the pitches (samples from row to row). Chroma has
    ``ceil(height / 2)`` rows of ``ceil(width / 2)`` pairs. ``bit_depth`` is 8, or 16 where samples lie in the high bits.
    """

    luma: DeviceArray
    chroma: DeviceArray
    height: int
    width: int
    luma_pitch: int
    chroma_pitch: int
    bit_depth: int
