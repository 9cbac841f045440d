"""The shape of a curve: which of six stories it tells, and how alike two curves are, their time bent a little.

The six (Reagan et al., EPJ Data Science 5:31, 2016; from memory, unverified) are drawn here as cosines of a half, one
and one and a half periods, up or down. Two curves are compared without their level and size, after dynamic time
warping in a band: alike is the correlation along the best path.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kuleshov.records import SHAPES, ArcShape, ShapeName

#: Points that a curve is compared by, and how far time may be bent, as a share of the whole (design values).
POINTS = 40
BAND = 0.12
#: A curve that spans less than this, between its 5th and 95th percentile, tells no story (design value).
LEAST_SPAN = 0.1
#: Half-periods and direction of each shape's cosine.
_COSINES: dict[ShapeName, tuple[int, int]] = {
    "rise": (1, -1),
    "fall": (1, 1),
    "fall-rise": (2, 1),
    "rise-fall": (2, -1),
    "rise-fall-rise": (3, -1),
    "fall-rise-fall": (3, 1),
}


def template(name: ShapeName) -> NDArray[np.float64]:
    """Return a shape as a curve, float64 ``[POINTS]``, -1..1."""
    periods, sign = _COSINES[name]
    return np.asarray(sign * np.cos(np.pi * periods * np.linspace(0, 1, POINTS)))


def shape_of(values: ArrayLike) -> ArcShape:
    """Return the shape that a curve is most like; values at equal steps, NaN = not measured.

    Confidence is the squared likeness to that shape less that to the next best one: 0 where two fit alike.
    """
    likenesses = shape_likenesses(values)
    if not likenesses:
        return ArcShape(None, 0.0)
    best, second = sorted(likenesses, key=lambda name: -likenesses[name])[:2]
    fits = [max(likenesses[name], 0.0) ** 2 for name in (best, second)]
    return ArcShape(best, float(fits[0] - fits[1])) if fits[0] > 0 else ArcShape(None, 0.0)


def shape_likenesses(values: ArrayLike) -> dict[ShapeName, float]:
    """Return how alike a curve is to each shape, -1..1; empty where it is too flat or too short to tell."""
    drawn = resampled(values)
    if drawn is None:
        return {}
    return {name: likeness(drawn, template(name)) for name in SHAPES}


def resampled(values: ArrayLike) -> NDArray[np.float64] | None:
    """Return a curve at ``POINTS`` equal steps, smoothed over a twelfth of it; ``None`` where it tells no story."""
    array = np.asarray(values, dtype=np.float64)
    known = np.flatnonzero(np.isfinite(array))
    if len(known) < 3:
        return None
    filled = np.interp(np.arange(len(array)), known, array[known])
    smooth = smoothed(filled, len(filled) / 12)
    low, high = np.percentile(smooth, (5, 95))
    if high - low < LEAST_SPAN:
        return None
    return np.interp(np.linspace(0, len(smooth) - 1, POINTS), np.arange(len(smooth)), smooth)


def smoothed(values: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """Return values under a Hann window of about ``width`` of them; the ends are held, so that they are not drawn in.

    A width below 2 changes nothing.
    """
    half = int(width) // 2
    if half < 1:
        return values
    window = np.hanning(2 * half + 3)[1:-1]
    held = np.pad(values, half, mode="edge")
    return np.convolve(held, window / window.sum(), mode="valid")


def likeness(one: NDArray[np.float64], other: NDArray[np.float64], *, band: float = BAND) -> float:
    """Return how alike two curves of the same length are, -1..1: their correlation along the best warping path."""
    first, second = _standard(one), _standard(other)
    path = warping_path(first, second, band=band)
    a, b = first[path[:, 0]], second[path[:, 1]]
    a, b = a - a.mean(), b - b.mean()
    size = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / size if size > 0 else 0.0


def curve_likeness(one: ArrayLike, other: ArrayLike) -> float | None:
    """Return how alike two curves of any length are, -1..1; ``None`` where one of them is too flat to tell."""
    first, second = resampled(one), resampled(other)
    return None if first is None or second is None else likeness(first, second)


def warping_path(one: NDArray[np.float64], other: NDArray[np.float64], *, band: float = BAND) -> NDArray[np.int64]:
    """Return the path of dynamic time warping, int64 ``[n, 2]``: which value stands for which, from (0, 0) on.

    Cost is the squared difference (Sakoe & Chiba, IEEE TASSP 26(1), 1978), the band a share of the length. Both have
    one length.
    """
    count = len(one)
    if len(other) != count:
        raise ValueError(f"curves of {count} and {len(other)} values")
    reach = max(1, round(band * count))
    costs = (one[:, None] - other[None, :]) ** 2
    costs[np.abs(np.subtract.outer(np.arange(count), np.arange(count))) > reach] = np.inf
    # Cells of one antidiagonal depend on the two before it only, so each is done at once.
    total = np.full((count + 1, count + 1), np.inf)
    total[0, 0] = 0.0
    for diagonal in range(2 * count - 1):
        rows = np.arange(max(0, diagonal - count + 1), min(diagonal, count - 1) + 1)
        columns = diagonal - rows
        before = np.minimum(np.minimum(total[rows, columns + 1], total[rows + 1, columns]), total[rows, columns])
        total[rows + 1, columns + 1] = costs[rows, columns] + before
    row = column = count - 1
    path = [(row, column)]
    while row or column:
        steps = ((row - 1, column - 1), (row - 1, column), (row, column - 1))
        row, column = min((step for step in steps if min(step) >= 0), key=lambda step: total[step[0] + 1, step[1] + 1])
        path.append((row, column))
    return np.array(path[::-1], dtype=np.int64)


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = float(values.std())
    centred: NDArray[np.float64] = values - values.mean()
    return centred / spread if spread > 0 else centred
