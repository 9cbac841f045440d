"""How much each frame differs from the one before: pixel by pixel, and in its colours regardless of where they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov import _cpu
from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels.arguments import check_batch, check_previous
from kuleshov.kernels.color_histogram import BINS
from kuleshov.media.color import LUMA_RANGE


@dataclass(frozen=True)
class FrameDifference:
    """Float32 ``[N]`` each, 0..1; 0 for a frame that none came before."""

    luma: NDArray[np.float32]  #: mean absolute difference of luma, 1 = black against white
    histogram: NDArray[np.float32]  #: share of the pixels that would have to change colour bin


def frame_difference(
    batch: FrameBatch, *, previous: FrameBatch | None = None, histograms: NDArray[np.int32] | None = None
) -> FrameDifference:
    """Return the difference of every frame to the one before it; ``previous`` ends with the one before the first.

    ``histograms`` are those of ``batch``, int32 ``[N, BINS]``, where they have been counted already. The histogram
    difference is half the L1 distance over the number of pixels. Exact given the integers. Raises ``DeviceError`` or
    ``ValueError`` on a batch that this version can't measure, or arguments that do not fit together.
    """
    check_batch("frame_difference", batch)
    before = check_previous("frame_difference", batch, previous)
    if histograms is None:
        histograms = _cpu.color_histogram(batch.luma, batch.chroma)
    elif histograms.shape != (len(batch), BINS) or histograms.dtype != np.int32:
        raise ValueError(
            f"frame_difference: histograms are {histograms.dtype} {histograms.shape}; "
            f"for this batch they must be int32 {(len(batch), BINS)}"
        )
    absolute = _cpu.absolute_difference(batch.luma, None if before is None else before.luma)

    first = histograms[:1] if before is None else _cpu.color_histogram(before.luma, before.chroma)
    changed = np.abs(np.diff(histograms, axis=0, prepend=first)).sum(axis=1, dtype=np.int64)

    pixels = batch.height * batch.width
    _, steps = LUMA_RANGE[batch.color.range]
    return FrameDifference(
        luma=np.minimum(absolute / (pixels * steps), 1).astype(np.float32),
        histogram=(changed / (2 * pixels)).astype(np.float32),
    )
