"""Where the picture moves: a vector for each 8x8 patch, statistics of them, and the movement of the picture as a whole.

The native operator aligns patches by inverse search on an image pyramid (Kroeger et al. 2016; the algorithm stands in
``csrc/cpu/patch_flow.cpp``; a GPU does the same, to the bit). It is blind to changes of brightness and contrast, and
follows real pictures over about a seventh of the frame's width from one frame to the next. It says nothing sensible
across a cut.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.decode.frames import FrameBatch
from kuleshov.kernels.arguments import check_batch, check_previous
from kuleshov.kernels.native import fetch, native

#: Side of a patch, in pixels. Patches tile the frame; what is left over is shared between its edges.
PATCH = 8
#: Least texture of a patch whose vector counts, (grey levels per pixel)^2. Noise of one grey level moves such a patch
#: by about 0.13 pixels (standard error), and noise alone reaches it only from a deviation of 4 grey levels on.
MIN_TEXTURE = 1.0
#: Least correlation of a patch with what it was matched to. On real frames with known motion it keeps 99 % of the right
#: matches, and refuses five of six patches that have none (covered, left the frame, or the frame was cut).
MIN_MATCH = 0.7
#: Patches nearer to the middle than this share of the width say little about zoom, as noise is divided by the distance.
MIN_ZOOM_RADIUS = 1 / 8
#: A zoom is stated where at least so many patches tell of it.
MIN_ZOOM_PATCHES = 8


@dataclass(frozen=True)
class Flow:
    """Movement of each frame against the one before; all 0 and nothing valid for a frame that none came before.

    Numbers a frame are float32 ``[N]``, over its valid patches, and 0 where there is none.
    """

    vectors: NDArray[np.float32]  #: ``[N, gh, gw, 2]``, x (to the right) and y (down), pixels from frame to frame
    texture: NDArray[np.float32]  #: ``[N, gh, gw]``, smaller eigenvalue of the structure tensor, a pixel
    match: NDArray[np.float32]  #: ``[N, gh, gw]``, correlation with the window that the vector points to, -1..1
    valid: NDArray[np.bool_]  #: ``[N, gh, gw]``: texture and match suffice, and that window lies inside the frame
    mean: NDArray[np.float32]  #: mean speed, frame-widths per second
    median: NDArray[np.float32]
    p90: NDArray[np.float32]
    pan: NDArray[np.float32]  #: horizontal movement of the whole picture, frame-widths per second, + = to the right
    tilt: NDArray[np.float32]  #: vertical movement of the whole picture, frame-widths per second, + = down
    zoom: NDArray[np.float32]  #: relative growth per second, + = picture grows


def optical_flow(batch: FrameBatch, *, previous: FrameBatch | None = None) -> Flow:
    """Return the movement of every frame against the one before; ``previous`` ends with the one before the first.

    Speeds use the true time between frames. ``zoom`` is the median over patches of ``d . p / |p|^2``, where ``p`` is
    the patch's place and ``d`` its vector, both less their median over the patches: exact for translation with zoom,
    blind to rotation. ``pan`` and ``tilt`` are the median vector carried along the zoom to the middle of the frame, so
    that a zoom on a picture with texture on one side only is no pan. Frames smaller than a patch have one patch without
    texture. Raises ``DeviceError`` or ``ValueError`` on a batch that this version can't measure, or a ``previous`` that
    does not fit.
    """
    check_batch("optical_flow", batch)
    before = check_previous("optical_flow", batch, previous)
    steps = steps_seconds(batch, before)
    vectors, texture, match = native(batch.device).patch_flow(batch.luma, None if before is None else before.luma)
    found = fetch(batch.device, {"vectors": vectors, "texture": texture, "match": match}).result()
    return flow_from_patches(**found, height=batch.height, width=batch.width, steps_seconds=steps)


def flow_from_patches(
    vectors: NDArray[np.float32],
    texture: NDArray[np.float32],
    match: NDArray[np.float32],
    *,
    height: int,
    width: int,
    steps_seconds: NDArray[np.float64],
) -> Flow:
    """Return the movement of frames of ``height`` x ``width`` whose patches were aligned, on the host.

    Shapes as in ``Flow``; ``steps_seconds`` float64 ``[N]`` as ``steps_seconds()`` returns them.
    """
    count, rows, columns = texture.shape
    x = _centres(width, columns)
    y = _centres(height, rows)
    place_x, place_y = (grid.ravel() for grid in np.meshgrid(x, y))
    move_x, move_y = (vectors[..., k].reshape(count, rows * columns).astype(np.float64) for k in (0, 1))
    half = PATCH / 2
    valid = (
        (texture.reshape(count, rows * columns) >= MIN_TEXTURE)
        & (match.reshape(count, rows * columns) >= MIN_MATCH)
        & (np.abs(place_x + move_x - width / 2) <= width / 2 - half)
        & (np.abs(place_y + move_y - height / 2) <= height / 2 - half)
    )

    middle_x, middle_y = (
        _quantile(np.broadcast_to(place, valid.shape), valid, 0.5)[:, None] for place in (place_x, place_y)
    )
    median_x, median_y = (_quantile(move, valid, 0.5)[:, None] for move in (move_x, move_y))
    from_x, from_y = place_x - middle_x, place_y - middle_y
    distance = from_x**2 + from_y**2
    telling = valid & (distance >= (MIN_ZOOM_RADIUS * width) ** 2)
    telling &= telling.sum(axis=1, keepdims=True) >= MIN_ZOOM_PATCHES
    radial = (move_x - median_x) * from_x + (move_y - median_y) * from_y
    growth = _quantile(radial / np.maximum(distance, 1), telling, 0.5)
    pan = median_x[:, 0] + growth * (width / 2 - middle_x[:, 0])
    tilt = median_y[:, 0] + growth * (height / 2 - middle_y[:, 0])

    speed = np.where(valid, np.hypot(move_x, move_y), 0)
    count = np.maximum(valid.sum(axis=1), 1)
    widths_per_second = 1 / (width * steps_seconds)
    return Flow(
        vectors=vectors,
        texture=texture,
        match=match,
        valid=valid.reshape(texture.shape),
        mean=(speed.sum(axis=1) / count * widths_per_second).astype(np.float32),
        median=(_quantile(speed, valid, 0.5) * widths_per_second).astype(np.float32),
        p90=(_quantile(speed, valid, 0.9) * widths_per_second).astype(np.float32),
        pan=(pan * widths_per_second).astype(np.float32),
        tilt=(tilt * widths_per_second).astype(np.float32),
        zoom=(growth / steps_seconds).astype(np.float32),
    )


def steps_seconds(batch: FrameBatch, before: FrameBatch | None) -> NDArray[np.float64]:
    """Return the time of every frame since the one before, float64 ``[N]``; infinite where none came before.

    ``before`` is a batch of the one frame before the first. Raises ``ValueError`` where time does not go on.
    """
    times = batch.pts_seconds
    first = -np.inf if before is None else before.pts_seconds[-1]
    steps = np.diff(times, prepend=first)
    if not np.all(steps > 0):
        at = int(np.argmin(steps > 0))
        raise ValueError(f"optical_flow: frame {batch.index[at]} at {times[at]} s is not later than the one before it")
    return steps


def _centres(length: int, patches: int) -> NDArray[np.float64]:
    """Return the middle of every patch along an axis, in pixels from the frame's edge."""
    offset = max(length - patches * PATCH, 0) // 2
    return offset + PATCH * np.arange(patches, dtype=np.float64) + PATCH / 2


def _quantile(values: NDArray[np.float64], valid: NDArray[np.bool_], q: float) -> NDArray[np.float64]:
    """Return the ``q``-quantile of each row's valid values, linear between neighbours; 0 where none is valid."""
    ordered = np.sort(np.where(valid, values, np.inf), axis=1)
    last = valid.sum(axis=1) - 1
    position = np.maximum(last, 0) * q
    below = np.floor(position).astype(np.intp)
    above = np.minimum(below + 1, np.maximum(last, 0))
    rows = np.arange(len(ordered))
    low, high = ordered[rows, below], ordered[rows, above]
    with np.errstate(invalid="ignore"):  # infinity minus infinity in rows without a valid value
        quantile = low + (position - below) * (high - low)
    return np.where(last >= 0, quantile, 0.0)
