"""Crops of a frame at full size, upright and as displayed: the input of the face networks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.decode.frame_taps import FullFrame
from kuleshov.kernels.model_input import surface_model_input
from kuleshov.kernels.native import fetch

Box = tuple[float, float, float, float]  # left, top, right, bottom; 0..1 of the upright picture without its bars

_ROUNDING = 1e-6  # in samples

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


def crops(
    view: FullFrame, boxes: Sequence[Box], *, width: int, height: int
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return the crops float32 ``[B, 3, height, width]`` on the host, R, G, B in 0..1, and the boxes they show.

    Boxes are clipped to the picture and their borders are moved to even samples; the boxes that result are returned as
    float64 ``[B, 4]``. Crops are shrunk by an exact area average, or enlarged by repeating pixels.
    """
    placed = np.array([_coded(view, box) for box in boxes], dtype=np.int32).reshape(-1, 4)
    turned = view.turns % 2 == 1
    pictures = surface_model_input(
        view.surface,
        device=view.device,
        color=view.color,
        width=height if turned else width,
        height=width if turned else height,
        boxes=np.concatenate((np.zeros((len(placed), 1), np.int32), placed), axis=1),
    )
    on_host: NDArray[Any] = fetch(view.device, {"pictures": pictures}).result()["pictures"]
    upright = np.ascontiguousarray(np.rot90(on_host, -view.turns, axes=(2, 3)))
    return upright, np.array([_shown(view, *box) for box in placed.tolist()]).reshape(-1, 4)


def _coded(view: FullFrame, box: Box) -> tuple[int, int, int, int]:
    """An upright box as x, y, width, height in even samples of the surface, at least two of them."""
    corners = np.clip(np.array([_turned(box[:2], view.turns), _turned(box[2:], view.turns)]), 0, 1)
    low, high = corners.min(axis=0), corners.max(axis=0)
    start, size = [], []
    for axis, (origin, extent) in enumerate(_area(view)):
        # Rounding errors must not extend a box that ends on a sample to the next one.
        first = int(min(origin + low[axis] * extent, origin + extent - 2) + _ROUNDING) // 2 * 2
        end = math.ceil((origin + high[axis] * extent - _ROUNDING) / 2) * 2
        start.append(first)
        size.append(max(2, min(end, origin + extent) - first) // 2 * 2)
    return start[0], start[1], size[0], size[1]


def _shown(view: FullFrame, x: int, y: int, across: int, down: int) -> tuple[float, ...]:
    """The upright box of a crop given by x, y, width and height in samples of the surface."""
    (left, width), (top, height) = _area(view)
    corners = np.array(
        [
            _turned(((x - left) / width, (y - top) / height), -view.turns),
            _turned(((x + across - left) / width, (y + down - top) / height), -view.turns),
        ]
    )
    return (*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist())


def _area(view: FullFrame) -> tuple[tuple[int, int], tuple[int, int]]:
    """Start and length of the picture in the surface, across and down, in even samples, for a frame of any size."""
    across, down = view.surface.width / view.coded_size[0], view.surface.height / view.coded_size[1]
    x, y, width, height = view.area
    return (
        (int(x * across) // 2 * 2, max(2, int(width * across) // 2 * 2)),
        (int(y * down) // 2 * 2, max(2, int(height * down) // 2 * 2)),
    )


def _turned(point: Sequence[float], turns: int) -> tuple[float, float]:
    """A point of a picture, 0..1, after ``turns`` quarter turns counter-clockwise."""
    x, y = point
    for _ in range(turns % 4):
        x, y = y, 1 - x
    return x, y
