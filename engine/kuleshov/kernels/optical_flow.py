"""Where the picture moves: a vector for each 8x8 patch, and statistics; ``global_motion`` finds the camera's part.

The native operators align patches by inverse search on an image pyramid (Kroeger et al. 2016; algorithm in
``csrc/cpu/patch_flow.cpp``) and rank their vectors (``csrc/include/kuleshov/flow_statistics.h``), with the same bits on
a GPU. Flow ignores changes of brightness and contrast, and tracks real pictures over about a seventh of the frame's
width from one frame to the next. Across a cut it is meaningless.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels.arguments import check_batch, check_previous
from kuleshov.kernels.native import fetch, native

#: Side of a patch, in pixels. Patches tile the frame; the remainder is divided between its edges.
PATCH = 8
#: Least texture of a valid patch, (grey levels per pixel)^2. Noise of one grey level moves such a patch by about 0.13
#: pixels (standard error); noise alone has this texture only from a deviation of 4 grey levels on.
MIN_TEXTURE = 1.0
#: Least correlation of a valid patch with its match. On real frames with known motion it keeps 99 % of the right
#: matches and refuses five of six patches that have none (covered, out of the frame, or across a cut).
MIN_MATCH = 0.7


@dataclass(frozen=True)
class FlowStatistics:
    """Movement of each frame against the previous one, over its valid patches: float32 ``[N]`` each.

    All 0 for a frame without a previous one, and where no patch is valid. ``sharpness`` is the mean over a cell's
    patches, valid or not, of log2(1 + texture); the patches are those of the previous frame.
    """

    mean: NDArray[np.float32]  #: mean speed, frame widths per second
    median: NDArray[np.float32]
    p90: NDArray[np.float32]
    support: NDArray[np.float32]  #: share of the patches that are valid
    sharpness: NDArray[np.float32]  #: ``[N, 12]``, of the previous frame, for 3 rows x 4 columns of cells


@dataclass(frozen=True)
class Flow(FlowStatistics):
    """The statistics with their patches; nothing is valid for a frame without a previous one."""

    vectors: NDArray[np.float32]  #: ``[N, gh, gw, 2]``, x (to the right) and y (down), pixels from frame to frame
    texture: NDArray[np.float32]  #: ``[N, gh, gw]``, smaller eigenvalue of the structure tensor, per pixel
    match: NDArray[np.float32]  #: ``[N, gh, gw]``, correlation with the window that the vector points to, -1..1
    valid: NDArray[np.bool_]  #: ``[N, gh, gw]``: texture and match suffice, and the window lies in the frame


def optical_flow(batch: FrameBatch, *, previous: FrameBatch | None = None) -> Flow:
    """Return the movement of every frame against the previous one; ``previous`` ends with the frame before the first.

    Speeds use the true time between frames. Frames smaller than a patch have one patch without texture. Raises
    ``DeviceError`` or ``ValueError`` on a batch that native code can't read, or a ``previous`` that does not match it.
    """
    check_batch("optical_flow", batch)
    before = check_previous("optical_flow", batch, previous)
    steps = steps_seconds(batch, before)
    on = native(batch.device)
    vectors, texture, match = on.patch_flow(batch.luma, None if before is None else before.luma)
    numbers, valid = on.flow_statistics(vectors, texture, match, batch.height, batch.width, MIN_TEXTURE, MIN_MATCH)
    arrays = {"vectors": vectors, "texture": texture, "match": match, "valid": valid, "numbers": numbers}
    on_host = fetch(batch.device, arrays).result()
    statistics = statistics_from_numbers(on_host.pop("numbers"), width=batch.width, steps_seconds=steps)
    return Flow(**vars(statistics), **{**on_host, "valid": on_host["valid"].astype(np.bool_)})


def statistics_from_numbers(
    numbers: NDArray[np.float64], *, width: int, steps_seconds: NDArray[np.float64]
) -> FlowStatistics:
    """Return the statistics of frames of ``width`` pixels from the native operator's numbers, float64 ``[N, 16]``.

    Their order is in ``csrc/include/kuleshov/flow_statistics.h``; ``steps_seconds`` float64 ``[N]`` as returned by
    ``steps_seconds()``.
    """
    mean, median, p90, support = numbers[:, :4].T
    widths_per_second = 1 / (width * steps_seconds)
    return FlowStatistics(
        mean=(mean * widths_per_second).astype(np.float32),
        median=(median * widths_per_second).astype(np.float32),
        p90=(p90 * widths_per_second).astype(np.float32),
        support=support.astype(np.float32),
        sharpness=numbers[:, 4:].astype(np.float32),
    )


def steps_seconds(batch: FrameBatch, before: FrameBatch | None) -> NDArray[np.float64]:
    """Return the time since the previous frame, float64 ``[N]``; infinite for a frame without a previous one.

    ``before`` is a batch with the one frame before the first. Raises ``ValueError`` where times do not increase.
    """
    times = batch.pts_seconds
    first = -np.inf if before is None else before.pts_seconds[-1]
    steps = np.diff(times, prepend=first)
    if not np.all(steps > 0):
        at = int(np.argmin(steps > 0))
        raise ValueError(f"optical_flow: frame {batch.index[at]} at {times[at]} s is not later than the one before it")
    return steps
