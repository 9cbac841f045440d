"""The shape of a curve: which of six story shapes it has, and the similarity of two curves by dynamic time warping.

The six (Reagan et al., EPJ Data Science 5:31, 2016; from memory, unverified) are cosines of a half, one and one and a
half periods here, up or down. Two curves are compared without their level and size, after time warping within a band:
their similarity is the correlation along the best path.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kuleshov.records import SHAPES, ArcShape, ShapeName

#: The points of a curve that are compared, and how far time can be warped, as a share of the whole (design values).
POINTS = 40
BAND = 0.12
#: A curve with a smaller range, from its 5th to its 95th percentile, has no shape (design value).
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
    """Return the shape that is most similar to a curve; values at equal steps, NaN = not measured.

    Confidence is the squared likeness to that shape less that to the next best one: 0 if both fit equally.
    """
    likenesses = shape_likenesses(values)
    if not likenesses:
        return ArcShape(None, 0.0)
    best, second = sorted(likenesses, key=lambda name: -likenesses[name])[:2]
    fits = [max(likenesses[name], 0.0) ** 2 for name in (best, second)]
    return ArcShape(best, float(fits[0] - fits[1])) if fits[0] > 0 else ArcShape(None, 0.0)


def shape_likenesses(values: ArrayLike) -> dict[ShapeName, float]:
    """Return the likeness of a curve to each shape, -1..1; empty if it is too flat or too short."""
    curve = resampled(values)
    if curve is None:
        return {}
    return {name: likeness(curve, template(name)) for name in SHAPES}


def resampled(values: ArrayLike) -> NDArray[np.float64] | None:
    """Return a curve at ``POINTS`` equal steps, smoothed over a twelfth of it; ``None`` if it is too flat or short."""
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
    """Return values smoothed by a Hann window of about ``width``; the end values are repeated outside.

    A width below 2 changes nothing.
    """
    half = int(width) // 2
    if half < 1:
        return values
    window = np.hanning(2 * half + 3)[1:-1]
    held = np.pad(values, half, mode="edge")
    return np.convolve(held, window / window.sum(), mode="valid")


def likeness(one: NDArray[np.float64], other: NDArray[np.float64], *, band: float = BAND) -> float:
    """Return the likeness of two curves of the same length, -1..1: their correlation along the best warping path."""
    first, second = _standard(one), _standard(other)
    path = warping_path(first, second, band=band)
    a, b = first[path[:, 0]], second[path[:, 1]]
    a, b = a - a.mean(), b - b.mean()
    size = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / size if size > 0 else 0.0


def curve_likeness(one: ArrayLike, other: ArrayLike) -> float | None:
    """Return the likeness of two curves of any length, -1..1; ``None`` if one of them is too flat."""
    first, second = resampled(one), resampled(other)
    return None if first is None or second is None else likeness(first, second)


def warping_path(one: NDArray[np.float64], other: NDArray[np.float64], *, band: float = BAND) -> NDArray[np.int64]:
    """Return the path of dynamic time warping, int64 ``[n, 2]``: pairs of aligned values, from (0, 0).

    Cost is the squared difference (Sakoe & Chiba, IEEE TASSP 26(1), 1978), the band a share of the length. Both have
    the same length.
    """
    count = len(one)
    if len(other) != count:
        raise ValueError(f"curves of {count} and {len(other)} values")
    reach = max(1, round(band * count))
    costs = (one[:, None] - other[None, :]) ** 2
    costs[np.abs(np.subtract.outer(np.arange(count), np.arange(count))) > reach] = np.inf
    # Cells of one antidiagonal depend only on the two before it, so each is computed at once.
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
