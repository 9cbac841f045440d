"""The path of the camera through one shot, at even steps of time: its slow movement, and its shake.

Track values are movement from frame to frame. They are summed to a path, which is sampled every ``STEP`` seconds, so
that films of any frame rate, variable ones included, are measured alike. The camera's movement has the opposite sign of
the picture's: ``pan`` is + to the right here, ``tilt`` + up, ``roll`` + clockwise, of the camera.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.span import Span
from kuleshov.cinema.tracks import Tracks

Values = NDArray[np.float64]

STEP = 0.04  # seconds
#: With fewer frame-to-frame steps, or a smaller share of frames that can be followed, there is no path (design values).
_LEAST_STEPS = 3
_LEAST_FOLLOWED = 0.3
_FOLLOWED_SUPPORT = 0.03  # 17 of 576 patches; the fit has six unknowns
_BRIDGED_SECONDS = 0.15
_SLOW_SECONDS = 0.25  # deviation of the Gaussian that leaves the slow movement
#: Deviation of the Gaussian that leaves the path without its shake: half the amplitude passes at 1 Hz.
_SHAKE_SECONDS = 0.187
_SHAKE_NEAR_SECONDS = 1.6
#: From the median distance to the root of the mean square: 1 for one wave, 1.2 for noise in both directions.
_MEDIAN_TO_RMS = 1.1

_MOVES = {"pan": -1.0, "tilt": 1.0, "zoom": 1.0, "roll": -1.0}
_RATES = (
    *("camera_speed", "parallax", "parallax_lead", "parallax_radial"),
    *("object_share", "object_extent", "still_share"),
)


@dataclass(frozen=True)
class CameraPath:
    """Float64 ``[N]`` each, ``N`` steps of ``STEP`` seconds; ``seconds`` are their centres.

    ``raw`` and ``slow`` hold ``pan``, ``tilt`` (picture widths a second), ``zoom`` (1/s) and ``roll`` (degrees a
    second) of the camera, as measured, and without changes faster than about half a second. ``rates`` are the other
    tracks that describe the movement.
    """

    seconds: Values
    raw: dict[str, Values]
    slow: dict[str, Values]
    rates: dict[str, Values]
    shake: Values  #: size of the movement above 1 Hz within 0.8 s around, picture widths

    def rebuilt(self, raw: dict[str, Values]) -> CameraPath:
        """Return the path with another movement, and everything derived from it."""
        return replace(self, raw=raw, **_derived(raw, float(self.seconds[1] - self.seconds[0])))


def camera_path(tracks: Tracks, span: Span) -> CameraPath | None:
    """Return the camera's path over the frames of one span; ``None`` if too little of it can be followed.

    The first frame is left out: it would be compared with the shot before. Frames in which nothing can be followed (a
    flash, a smear) take the movement of their neighbours, if these are near.
    """
    times = tracks["pan"].seconds[span.first : span.end]
    if len(times) < _LEAST_STEPS + 1:
        return None
    within = slice(span.first + 1, span.end)
    followed = tracks["flow_support"].values[within] >= _FOLLOWED_SUPPORT
    if followed.mean() < _LEAST_FOLLOWED:
        return None
    steps, known_times = np.diff(times), times[1:][followed]
    # A frame that can't be followed takes the movement of those around it; if they are far, it is 0.
    nearest = np.abs(times[1:, None] - _neighbours(known_times, times[1:])).min(axis=1)
    bridged = nearest <= _BRIDGED_SECONDS
    count = max(_LEAST_STEPS, round(float(times[-1] - times[0]) / STEP))
    grid = np.linspace(times[0], times[-1], count + 1)

    def evenly(name: str, sign: float = 1.0) -> Values:
        values = tracks[name].values[within].astype(np.float64)
        known = np.where(bridged, np.interp(times[1:], known_times, values[followed]), 0.0)
        path = np.concatenate(([0.0], np.cumsum(known * steps)))
        return sign * np.diff(np.interp(grid, times, path)) / np.diff(grid)

    step = float(grid[1] - grid[0])
    raw = {name: evenly(name, sign) for name, sign in _MOVES.items() if name in tracks}
    return CameraPath(
        seconds=(grid[1:] + grid[:-1]) / 2,
        raw=raw,
        rates={name: evenly(name) for name in _RATES if name in tracks},
        **_derived(raw, step),
    )


def _derived(raw: dict[str, Values], step: float) -> dict[str, Any]:
    slow = {name: smoothed(values, round(_SLOW_SECONDS / step, 1)) for name, values in raw.items()}
    return {"slow": slow, "shake": _shake(raw, step)}


def _neighbours(known: Values, times: Values) -> Values:
    """The known times before and after each time, ``[N, 2]``."""
    after = np.clip(np.searchsorted(known, times), 0, len(known) - 1)
    return np.stack([known[np.maximum(after - 1, 0)], known[after]], axis=1)


def tremor(raw: dict[str, Values], step: float) -> Values:
    """Return the distance of the camera from its own smoothed path at every step, in picture widths."""
    paths = [np.cumsum(raw[axis]) * step for axis in ("pan", "tilt")]
    distances = [path - smoothed(path, round(_SHAKE_SECONDS / step, 1)) for path in paths]
    return np.asarray(np.hypot(*distances))


def shake_size(path: CameraPath) -> float:
    """Return the size of the movement above 1 Hz over the whole path, in picture widths, as a root mean square.

    It is estimated by the median, so that a movement that starts and stops abruptly does not count as shake.
    """
    step = float(path.seconds[1] - path.seconds[0])
    return _MEDIAN_TO_RMS * float(np.median(tremor(path.raw, step)))


def smoothed(values: Values, deviation: float) -> Values:
    """Smooth with a Gaussian, ``deviation`` in steps; by a local line, so that an even slope stays even at the ends."""
    weights, moment_weights, first, second, determinant = _gaussian(len(values), deviation)
    reach = len(weights) // 2
    sums, moments = (
        np.convolve(values, kernel, mode="full")[reach : reach + len(values)] for kernel in (weights, moment_weights)
    )
    return np.asarray((second * sums - first * moments) / determinant)


@lru_cache(maxsize=16)
def _gaussian(count: int, deviation: float) -> tuple[Values, ...]:
    """Weights of the window, and their sums for a line through each position."""
    reach = max(1, round(3 * deviation))
    offsets = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (offsets / deviation) ** 2)
    within = np.ones(count)
    moments = [weights, weights * offsets, weights * offsets**2]
    ones, first, second = (np.convolve(within, moment, mode="full")[reach : reach + count] for moment in moments)
    determinant = ones * second - first**2
    return weights, moments[1], first, second, np.where(determinant > 0, determinant, 1.0)


def _shake(raw: dict[str, Values], step: float) -> Values:
    distances = tremor(raw, step)
    reach = max(1, round(_SHAKE_NEAR_SECONDS / 2 / step))
    padded = np.pad(distances, reach, mode="reflect" if len(distances) > reach else "edge")
    return np.asarray(
        _MEDIAN_TO_RMS * np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1), axis=1)
    )
