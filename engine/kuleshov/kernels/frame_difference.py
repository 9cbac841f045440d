"""How much each frame differs from the previous one: pixel by pixel, and by its colours wherever they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels.arguments import check_batch, check_previous
from kuleshov.kernels.color_histogram import BINS
from kuleshov.kernels.native import fetch, native
from kuleshov.media.color import LUMA_RANGE, ColorSpec


@dataclass(frozen=True)
class FrameDifference:
    """Float32 ``[N]`` each, 0..1; 0 for a frame without a previous one."""

    luma: NDArray[np.float32]  #: mean absolute difference of luma; 1: black against white
    histogram: NDArray[np.float32]  #: share of the pixels that would have to change their colour bin


def frame_difference(
    batch: FrameBatch, *, previous: FrameBatch | None = None, histograms: Any = None
) -> FrameDifference:
    """Return the difference of every frame from the previous one, on the host.

    ``previous`` ends with the frame before the batch. ``histograms`` are those of ``batch``, int32 ``[N, BINS]`` on its
    device, if they have been counted already. Raises ``DeviceError`` or ``ValueError`` on a batch that native code
    can't read, or arguments that do not match it.
    """
    check_batch("frame_difference", batch)
    before = check_previous("frame_difference", batch, previous)
    on = native(batch.device)
    if histograms is None:
        histograms = on.color_histogram(batch.luma, batch.chroma)
    elif tuple(histograms.shape) != (len(batch), BINS) or str(histograms.dtype).removeprefix("torch.") != "int32":
        raise ValueError(
            f"frame_difference: histograms are {histograms.dtype} {tuple(histograms.shape)}; "
            f"for this batch they must be int32 {(len(batch), BINS)}"
        )
    first = histograms[:0] if before is None else on.color_histogram(before.luma, before.chroma)
    counted = fetch(
        batch.device,
        {
            "absolute": on.absolute_difference(batch.luma, None if before is None else before.luma),
            "distance": on.histogram_distance(histograms, first, (1,)),
        },
    ).result()
    pixels = batch.height * batch.width
    return difference_from_counts(counted["absolute"], counted["distance"][:, 0], pixels=pixels, color=batch.color)


def difference_from_counts(
    absolute: NDArray[np.int64], distance: NDArray[np.int64], *, pixels: int, color: ColorSpec
) -> FrameDifference:
    """Return the differences of frames with ``pixels`` pixels from counts, int64 ``[N]`` each.

    ``absolute`` are the sums of absolute differences of luma, ``distance`` the L1 distances of the colour histograms,
    in which a changed pixel counts twice. Exact given the integers.
    """
    _, steps = LUMA_RANGE[color.range]
    return FrameDifference(
        luma=np.minimum(absolute / (pixels * steps), 1).astype(np.float32),
        histogram=(distance / (2 * pixels)).astype(np.float32),
    )
