"""Shapes of wipes: for every pixel the part of the wipe, 0 to 1, at which the new picture reaches it; and pushes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .material import Picture

Map = NDArray[np.float32]


def _grid(height: int, width: int) -> tuple[Map, Map]:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return x / max(1, width - 1), y / max(1, height - 1)


def _distance(x: Map, y: Map) -> Map:
    return np.hypot((x - 0.5) * 16 / 9, y - 0.5) / np.hypot(0.5 * 16 / 9, 0.5)


SHAPES: dict[str, Callable[[Map, Map], Map]] = {
    "wiperight": lambda x, y: x,
    "wipeleft": lambda x, y: 1 - x,
    "wipedown": lambda x, y: y,
    "wipeup": lambda x, y: 1 - y,
    "diagonal": lambda x, y: (x + y) / 2,
    "diagonalback": lambda x, y: (1 - x + y) / 2,
    "irisopen": _distance,
    "irisclose": lambda x, y: 1 - _distance(x, y),
    "diamond": lambda x, y: abs(x - 0.5) + abs(y - 0.5),
    "box": lambda x, y: 2 * np.maximum(abs(x - 0.5), abs(y - 0.5)),
    "barndoor": lambda x, y: 2 * abs(x - 0.5),
    "barndoorclose": lambda x, y: 1 - 2 * abs(x - 0.5),
    "barndoorvertical": lambda x, y: 2 * abs(y - 0.5),
    "clock": lambda x, y: (np.arctan2(x - 0.5, 0.5 - y) / (2 * np.pi)) % 1,
    "fan": lambda x, y: abs(np.arctan2(x - 0.5, 1.001 - y)) / (np.pi / 2),
    "blinds": lambda x, y: (y * 6) % 1,
    "blindsvertical": lambda x, y: (x * 8) % 1,
    "zigzag": lambda x, y: (x + 0.08 * abs((y * 6) % 2 - 1)) / 1.08,
    "checker": lambda x, y: ((x * 8) % 1 + (np.floor(x * 8) + np.floor(y * 5)) % 2) / 2,
}
PUSHES = {  # directions of travel: (horizontal, vertical, whether the old picture moves, whether the new one does)
    "slideleft": (-1, 0, True, True),
    "slideright": (1, 0, True, True),
    "slideup": (0, -1, True, True),
    "slidedown": (0, 1, True, True),
    "coverleft": (-1, 0, False, True),
    "coverdown": (0, 1, False, True),
    "uncoverright": (1, 0, True, False),
    "uncoverup": (0, -1, True, False),
}
NAMES = (*SHAPES, *PUSHES)


def wipe(name: str, old: Picture, new: Picture, part: float, *, softness: float) -> Picture:
    """One frame of a wipe, ``part`` 0 to 1 of the way; ``softness`` is the edge's width in parts of the way."""
    height, width = old.shape[:2]
    if name in PUSHES:
        return _push(old, new, part, *PUSHES[name])
    reached = SHAPES[name](*_grid(height, width))
    if softness:
        share = np.clip((part * (1 + softness) - reached) / softness, 0, 1)
    else:
        share = (reached < part).astype(np.float32)
    share = share[..., None]
    return (old * (1 - share) + new * share + 0.5).astype(np.uint8)


def _push(old: Picture, new: Picture, part: float, right: int, down: int, old_moves: bool, new_moves: bool) -> Picture:
    height, width = old.shape[:2]
    shift_x, shift_y = round(part * width) * right, round(part * height) * down
    y, x = np.mgrid[0:height, 0:width]
    from_x, from_y = x - shift_x, y - shift_y  # where the old picture's pixels come from if it travels
    is_old = (from_x >= 0) & (from_x < width) & (from_y >= 0) & (from_y < height)
    old_seen = old[from_y.clip(0, height - 1), from_x.clip(0, width - 1)] if old_moves else old
    new_seen = new[(from_y + down * height) % height, (from_x + right * width) % width] if new_moves else new
    return np.where(is_old[..., None], old_seen, new_seen)
