"""Roll and pitch of the camera from vertical lines: walls, doors, windows, trees, standing figures.

Vertical things are parallel. A level camera shows them upright; a camera rolled about its axis (Dutch angle) tilts them
all by the same angle; one that looks up or down makes them converge, so that their angle grows from the centre to the
sides:

    angle(x) = roll + convergence * x        x: across the picture, in its widths, 0 in the centre

With a focal length of f picture widths the camera looks up by ``atan(-convergence * f)`` (pinhole camera: the vanishing
point of verticals is f / tan(pitch) above the centre; Hartley and Zisserman, Multiple View Geometry, 2004). f is
unknown: 1 is assumed, a lens of 36 mm on a full frame. The pitch of a longer lens is underestimated, that of a wider
one overestimated.

Edges are found by the structure tensor; the line through most of their energy by trying all. Nothing is returned if few
edges are upright or they do not agree. Lines that are oblique in the world (stairs, roads, roofs) and walls seen from
the side mislead it where little else is in the picture; an overhead shot shows no verticals.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_LEAST_EDGE = 6.0  # mean gradient around, in 8-bit steps a pixel (design value, like all that follow)
_LEAST_COHERENCE = 0.85
_WIDEST_ANGLE = 40  # degrees from the vertical: lines beyond it are not vertical things
_WITHIN = 3  # degrees: edges that agree
_COLUMNS = 16
_CONVERGENCES = np.linspace(-45, 45, 21)  # degrees a picture width
_LEAST_UPRIGHT = 0.15  # of the energy of all edges
_LEAST_AGREEMENT = 0.5  # of the energy of upright edges
_LEAST_SPREAD = 0.2  # deviation of the agreeing edges' x, in picture widths: a single thing may be oblique itself
_LEAST_EDGES = 0.004  # of the picture's pixels


class CameraTilt(NamedTuple):
    """Degrees; NaN where the picture does not show it. See ``records.CameraAngle``."""

    roll: float
    pitch: float


UNKNOWN = CameraTilt(float("nan"), float("nan"))


def camera_tilt(luma: NDArray[np.uint8]) -> CameraTilt:
    """Return roll and pitch of the camera in one frame, luma ``[H, W]``."""
    energy, angle, x = _edges(luma.astype(np.float32))
    upright = np.abs(angle) <= _WIDEST_ANGLE
    total = float(energy.sum())
    if upright.sum() < _LEAST_EDGES * luma.size or energy[upright].sum() < _LEAST_UPRIGHT * total:
        return UNKNOWN
    energy, angle, x = energy[upright], angle[upright], x[upright]
    roll, convergence = _best_line(energy, angle, x)
    agreeing = np.abs(angle - roll - convergence * x) <= _WITHIN
    if energy[agreeing].sum() < _LEAST_AGREEMENT * energy.sum():
        return UNKNOWN
    energy, angle, x = energy[agreeing], angle[agreeing], x[agreeing]
    middle = float(np.average(x, weights=energy))
    spread = float(np.sqrt(np.average((x - middle) ** 2, weights=energy)))
    if spread < _LEAST_SPREAD:
        return UNKNOWN
    convergence, roll = np.polyfit(x, angle, 1, w=np.sqrt(energy)).tolist()
    return CameraTilt(roll, float(np.degrees(np.arctan(-np.radians(convergence)))))


def _edges(luma: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Energy, angle from the vertical in degrees (clockwise > 0) and x of the pixels on straight edges."""
    across, down = _gradient(luma), _gradient(luma.T).T
    xx, yy, xy = (_summed(product) for product in (across * across, down * down, across * down))
    energy = xx + yy
    coherence = np.hypot(xx - yy, 2 * xy) / np.maximum(energy, 1e-6)
    straight = (energy > 25 * _LEAST_EDGE**2) & (coherence > _LEAST_COHERENCE)
    # The direction of the gradient is the edge's angle from the vertical: (1, 0) for a vertical edge.
    angle = np.degrees(np.arctan2(2 * xy[straight], (xx - yy)[straight]) / 2)
    x = (np.nonzero(straight)[1] + 3.5) / luma.shape[1] - 0.5
    return np.sqrt(energy[straight]), angle.astype(np.float32), x.astype(np.float32)


def _gradient(luma: NDArray[np.float32]) -> NDArray[np.float32]:
    """The gradient along rows by Scharr's filter, whose angles are more exact than plain differences; no border."""
    smooth = (3 * luma[:-2] + 10 * luma[1:-1] + 3 * luma[2:]) / 16
    return np.asarray((smooth[:, 2:] - smooth[:, :-2]) / 2)


def _summed(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sums over squares of five by five, without the border."""
    height, width = values.shape
    rows = np.sum([values[first : height - 4 + first] for first in range(5)], axis=0)
    return np.asarray(np.sum([rows[:, first : width - 4 + first] for first in range(5)], axis=0))


def _best_line(energy: NDArray[np.float32], angle: NDArray[np.float32], x: NDArray[np.float32]) -> tuple[float, float]:
    """Roll and convergence with most energy within ``_WITHIN``; of equally good ones, the least convergence."""
    bins = 2 * _WIDEST_ANGLE + 1
    column = np.clip(((x + 0.5) * _COLUMNS).astype(int), 0, _COLUMNS - 1)
    table = np.bincount(
        column * bins + np.rint(angle + _WIDEST_ANGLE).astype(int), weights=energy, minlength=_COLUMNS * bins
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
            best = (float(scores[roll]), float(roll - _WIDEST_ANGLE), convergence)
    return best[1], best[2]
