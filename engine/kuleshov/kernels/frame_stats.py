"""Light and colour of each frame in nine numbers: brightness, contrast, shares of dark and bright, chroma.

Native code counts integers (``frame_sums``); everything else is computed here in float64, so backends whose integers
agree give the same bits. Luma is scaled to 0 (black) .. 1 (white) by the range that ``batch.color`` states, and
clipped.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels.arguments import check_batch
from kuleshov.kernels.native import fetch, native
from kuleshov.media.color import CHROMA_STEPS, LUMA_RANGE, ColorSpec

#: Luma below it is dark: the middle grey of photography, taken as luma.
DARK_PERCENT = 18
#: Luma above it is bright.
BRIGHT_PERCENT = 80


@dataclass(frozen=True)
class FrameStats:
    """Float32 ``[N]`` each."""

    luma_mean: NDArray[np.float32]  #: 0..1
    contrast: NDArray[np.float32]  #: standard deviation of luma, 0..0.5
    luma_p05: NDArray[np.float32]  #: the 5th percentile: the lowest luma that 5 % of the pixels do not exceed, 0..1
    luma_p50: NDArray[np.float32]
    luma_p95: NDArray[np.float32]
    dark_share: NDArray[np.float32]  #: share of pixels with luma < 0.18
    bright_share: NDArray[np.float32]  #: share of pixels with luma > 0.8
    saturation: NDArray[np.float32]  #: mean distance from grey, 0..1; 1: one colour difference at its limit
    red_blue: NDArray[np.float32]  #: mean of Cr - Cb, -1 (blue) .. 1 (orange), in lengths of a channel


def frame_stats(batch: FrameBatch) -> FrameStats:
    """Return the statistics of every frame, on the host; see ``FrameStats`` for ranges.

    Raises ``DeviceError`` or ``ValueError`` on a batch that native code can't read.
    """
    check_batch("frame_stats", batch)
    histogram, sums = native(batch.device).frame_sums(batch.luma, batch.chroma)
    counted = fetch(batch.device, {"histogram": histogram, "sums": sums}).result()
    return stats_from_counts(counted["histogram"], counted["sums"], batch.color)


def stats_from_counts(histogram: NDArray[np.int32], sums: NDArray[np.int64], color: ColorSpec) -> FrameStats:
    """Return the statistics of frames from their luma histograms ``[N, 256]`` and chroma sums ``[N, 3]``.

    Exact given the integers. The distance of a chroma sample from grey is rounded down to sixteenths of a code value.
    """
    counts = histogram.astype(np.int64)
    pixels = int(counts[0].sum()) if len(counts) else 4
    black, steps = LUMA_RANGE[color.range]
    levels = np.clip(np.arange(256, dtype=np.int64) - black, 0, steps)

    first = counts @ levels
    second = counts @ levels**2
    # Python's integers, as pixels * second may exceed 64 bits.
    deviation = [math.sqrt(pixels * int(b) - int(a) ** 2) for a, b in zip(first, second, strict=True)]

    cumulative = np.cumsum(counts, axis=1)

    def percentile(percent: int) -> NDArray[np.float32]:
        value = np.argmax(100 * cumulative >= percent * pixels, axis=1)
        return np.asarray(levels[value] / steps, dtype=np.float32)

    def share(chosen: NDArray[np.bool_]) -> NDArray[np.float32]:
        return np.asarray(counts[:, chosen].sum(axis=1) / pixels, dtype=np.float32)

    cb, cr, magnitude = (sums[:, k] / (pixels // 4) for k in range(3))
    chroma_steps = CHROMA_STEPS[color.range]
    return FrameStats(
        luma_mean=(first / (pixels * steps)).astype(np.float32),
        contrast=(np.array(deviation, dtype=np.float64) / (pixels * steps)).astype(np.float32),
        luma_p05=percentile(5),
        luma_p50=percentile(50),
        luma_p95=percentile(95),
        dark_share=share(100 * levels < DARK_PERCENT * steps),
        bright_share=share(100 * levels > BRIGHT_PERCENT * steps),
        saturation=np.minimum(magnitude / 16 / (chroma_steps / 2), 1).astype(np.float32),
        red_blue=np.clip((cr - cb) / chroma_steps, -1, 1).astype(np.float32),
    )
