"""Key frames of a shot: sharp and typical ones, one for every few seconds of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

#: One frame for a shot, and another for each further ``SECONDS_EACH``, up to ``MOST`` (design values).
SECONDS_EACH = 4.0
MOST = 6
#: Pictures are compared by their mean colours in a grid of this many fields across and down.
GRID = 8


def grid_of(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the mean colours of a picture uint8 ``[3, H, W]`` in a grid: uint8 ``[3, GRID, GRID]``.

    Rows and columns that do not fill a field are left out.
    """
    _, height, width = picture.shape
    down, across = height // GRID, width // GRID
    fields = picture[:, : GRID * down, : GRID * across].reshape(3, GRID, down, GRID, across)
    means: NDArray[np.uint8] = np.round(fields.mean(axis=(2, 4))).astype(np.uint8)
    return means


def sharpness_of(picture: NDArray[np.uint8]) -> float:
    """Return how sharp a picture uint8 ``[3, H, W]`` is: the mean square of the Laplacian of its green.

    It compares pictures of one scene with each other (Pech-Pacheco et al., ICPR 2000), not different scenes.
    """
    green = picture[1].astype(np.float32)
    inner = green[1:-1, 1:-1]
    laplacian = green[:-2, 1:-1] + green[2:, 1:-1] + green[1:-1, :-2] + green[1:-1, 2:] - 4 * inner
    return float(np.square(laplacian).mean())


def key_frames(
    seconds: NDArray[np.float64],
    sharpness: NDArray[np.float64],
    grids: NDArray[np.uint8],
    spans: Sequence[tuple[float, float]],
) -> list[list[int]]:
    """Return the key frames of each span (start, end in seconds), as indices of candidates in the order of time.

    Candidates: their times float64 ``[n]``, rising, and their ``sharpness_of`` and ``grid_of``. A span is divided into
    as many equal parts as it gets frames; of a part's candidates, the sharpest of the half nearest to their median grid
    is chosen. A span without a candidate gets none.
    """
    chosen = []
    for start, end in spans:
        count = min(1 + int((end - start) // SECONDS_EACH), MOST)
        borders = np.searchsorted(seconds, np.linspace(start, end, count + 1))
        parts = [range(first, last) for first, last in pairwise(borders.tolist())]
        chosen.append([_best(part, sharpness, grids) for part in parts if len(part)])
    return chosen


def evenly(seconds: NDArray[np.float64], spans: Sequence[tuple[float, float]], *, count: int) -> list[list[int]]:
    """Return ``count`` candidates of each span at equal steps through it, for a video model.

    If there are fewer, some are repeated; a span without a candidate gets none.
    """
    chosen = []
    for start, end in spans:
        first, last = np.searchsorted(seconds, (start, end)).tolist()
        indices = first + ((np.arange(count) + 0.5) * (last - first) / count).astype(int)
        chosen.append(indices.tolist() if last > first else [])
    return chosen


def _best(part: range, sharpness: NDArray[np.float64], grids: NDArray[np.uint8]) -> int:
    indices = np.array(part)
    colors = grids[indices].astype(np.float64)
    distances = np.abs(colors - np.median(colors, axis=0)).mean(axis=(1, 2, 3))
    typical = indices[distances <= np.median(distances)]
    return int(typical[sharpness[typical].argmax()])
