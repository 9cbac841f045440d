"""How the camera is held, from the lean of upright lines: walls, doors, windows, trees, standing figures.

Upright things stand parallel. A level camera shows them vertical; a camera rolled about its axis (Dutch angle) leans
them all alike; one that looks up or down makes them converge, so that their lean grows from the middle to the sides:

    lean(x) = roll + convergence * x        x: across the picture, in its widths, 0 in the middle

With a focal length of f picture widths the camera looks up by ``atan(-convergence * f)`` (pinhole camera: the vanishing
point of verticals lies f / tan(pitch) above the middle; Hartley and Zisserman, Multiple View Geometry, 2004). f is not
known: 1 is taken, a lens of 36 mm on a full frame. A longer lens looks less, a wider one more steep than it is.

Edges are found by the structure tensor; the line through most of their energy is found by trying all. Nothing is said
where few edges are upright or they do not agree. Lines that lean in the world (stairs, roads, roofs) and walls seen
from the side are mistaken where little else is in the picture; an overhead shot shows no uprights.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_LEAST_EDGE = 6.0  # mean gradient around, in 8-bit steps a pixel (design value, as all that follow)
_LEAST_COHERENCE = 0.85
_WIDEST_LEAN = 40  # degrees: what leans more is no upright
_WITHIN = 3  # degrees: edges that agree
_COLUMNS = 16
_CONVERGENCES = np.linspace(-45, 45, 21)  # degrees a picture width
_LEAST_UPRIGHT = 0.15  # of the energy of all edges
_LEAST_AGREEMENT = 0.5  # of the energy of upright edges
_LEAST_SPREAD = 0.2  # deviation of the agreeing edges' x, in widths: a single thing may lean by itself
_LEAST_EDGES = 0.004  # of the picture's pixels


class CameraTilt(NamedTuple):
    """Degrees; NaN where the picture does not tell. See ``records.CameraAngle``."""

    roll: float
    pitch: float


UNKNOWN = CameraTilt(float("nan"), float("nan"))


def camera_tilt(luma: NDArray[np.uint8]) -> CameraTilt:
    """Return how the camera was held for one frame, luma ``[H, W]``."""
    energy, lean, x = _edges(luma.astype(np.float32))
    upright = np.abs(lean) <= _WIDEST_LEAN
    total = float(energy.sum())
    if upright.sum() < _LEAST_EDGES * luma.size or energy[upright].sum() < _LEAST_UPRIGHT * total:
        return UNKNOWN
    energy, lean, x = energy[upright], lean[upright], x[upright]
    roll, convergence = _best_line(energy, lean, x)
    agreeing = np.abs(lean - roll - convergence * x) <= _WITHIN
    if energy[agreeing].sum() < _LEAST_AGREEMENT * energy.sum():
        return UNKNOWN
    energy, lean, x = energy[agreeing], lean[agreeing], x[agreeing]
    middle = float(np.average(x, weights=energy))
    spread = float(np.sqrt(np.average((x - middle) ** 2, weights=energy)))
    if spread < _LEAST_SPREAD:
        return UNKNOWN
    convergence, roll = np.polyfit(x, lean, 1, w=np.sqrt(energy)).tolist()
    return CameraTilt(roll, float(np.degrees(np.arctan(-np.radians(convergence)))))


def _edges(luma: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Energy, lean from the vertical in degrees (clockwise > 0) and x of the pixels that lie on straight edges."""
    across, down = _gradient(luma), _gradient(luma.T).T
    xx, yy, xy = (_summed(product) for product in (across * across, down * down, across * down))
    energy = xx + yy
    coherence = np.hypot(xx - yy, 2 * xy) / np.maximum(energy, 1e-6)
    straight = (energy > 25 * _LEAST_EDGE**2) & (coherence > _LEAST_COHERENCE)
    # The gradient's own angle is that of the edge's lean: (1, 0) for a vertical edge.
    lean = np.degrees(np.arctan2(2 * xy[straight], (xx - yy)[straight]) / 2)
    x = (np.nonzero(straight)[1] + 3.5) / luma.shape[1] - 0.5
    return np.sqrt(energy[straight]), lean.astype(np.float32), x.astype(np.float32)


def _gradient(luma: NDArray[np.float32]) -> NDArray[np.float32]:
    """The slope along rows by Scharr's filter, whose angles are truer than those of plain differences; no border."""
    smooth = (3 * luma[:-2] + 10 * luma[1:-1] + 3 * luma[2:]) / 16
    return np.asarray((smooth[:, 2:] - smooth[:, :-2]) / 2)


def _summed(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sums over squares of five by five, without the border."""
    height, width = values.shape
    rows = np.sum([values[first : height - 4 + first] for first in range(5)], axis=0)
    return np.asarray(np.sum([rows[:, first : width - 4 + first] for first in range(5)], axis=0))


def _best_line(energy: NDArray[np.float32], lean: NDArray[np.float32], x: NDArray[np.float32]) -> tuple[float, float]:
    """Roll and convergence that most energy lies within ``_WITHIN`` of; of lines as good, the least convergence."""
    bins = 2 * _WIDEST_LEAN + 1
    column = np.clip(((x + 0.5) * _COLUMNS).astype(int), 0, _COLUMNS - 1)
    table = np.bincount(
        column * bins + np.rint(lean + _WIDEST_LEAN).astype(int), weights=energy, minlength=_COLUMNS * bins
    ).reshape(_COLUMNS, bins)
    sums = np.cumsum(np.pad(table, ((0, 0), (_WITHIN + 1, _WITHIN))), axis=1)
    near = sums[:, 2 * _WITHIN + 1 :] - sums[:, :bins]
    centres = (np.arange(_COLUMNS) + 0.5) / _COLUMNS - 0.5
    rolls = np.arange(bins)
    best = (-1.0, 0.0, 0.0)
    for convergence in sorted(_CONVERGENCES.tolist(), key=abs):
        at = np.rint(rolls[:, np.newaxis] + convergence * centres).astype(int)
        inside = (at >= 0) & (at < bins)
        scores = (near[np.arange(_COLUMNS), np.clip(at, 0, bins - 1)] * inside).sum(axis=1)
        roll = int(np.argmax(scores))
        if scores[roll] > best[0] * 1.02:
            best = (float(scores[roll]), float(roll - _WIDEST_LEAN), convergence)
    return best[1], best[2]
