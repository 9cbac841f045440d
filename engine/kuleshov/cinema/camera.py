"""How much the picture moves, and which way: motion, pan, tilt, zoom and shake of a stretch of film."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.span import Span, frame_values
from kuleshov.cinema.tracks import Tracks
from kuleshov.records import Amount, Camera

# Frame-widths per second (design values): an eye follows 0.1 widths/s at leisure and loses detail past 0.3.
_SLOW, _MODERATE, _FAST = 0.02, 0.10, 0.30
_LEAST_SUPPORT = 0.005  # share of the picture that must be textured enough to be followed (design value)
_SHAKE_HERTZ = 1.0  # movement slower than this is a move, faster is shake (GRAMMAR F16, design value)


def describe_camera(tracks: Tracks, spans: Sequence[Span]) -> Camera | None:
    """Return the movement over the frames of ``spans``; ``None`` where none could be seen.

    That is where no span has two frames, and where the picture shows too little to follow: black leader, a white flash.
    Motion is that of all that moves in the picture, camera and objects; pan, tilt and zoom are the global movement
    (the median over the picture), so that an object that fills the frame counts as camera. ``shake`` is the RMS
    distance of the global path from its own moving average over one second: what is left of movement above 1 Hz.
    """
    if all(span.end - span.first < 2 for span in spans):
        return None
    if float(np.mean(frame_values(tracks, "flow_support", spans, skip=1))) < _LEAST_SUPPORT:
        return None

    def mean(name: str) -> float:
        return float(np.mean(frame_values(tracks, name, spans, skip=1)))

    motion = mean("flow_mean")
    return Camera(
        amount=_amount(motion),
        motion_mean=motion,
        motion_median=mean("flow_median"),
        motion_p90=mean("flow_p90"),
        pan=mean("pan"),
        tilt=mean("tilt"),
        zoom=mean("zoom"),
        shake=_shake(tracks, spans),
    )


def _amount(motion: float) -> Amount:
    if motion < _SLOW:
        return "static"
    if motion < _MODERATE:
        return "slow"
    return "moderate" if motion < _FAST else "fast"


def _shake(tracks: Tracks, spans: Sequence[Span]) -> float:
    squares = []
    for first, end in spans:
        seconds = tracks["pan"].seconds[first:end]
        if len(seconds) < 2:
            continue
        steps = np.diff(seconds)
        for name in ("pan", "tilt"):
            path = np.concatenate(([0.0], np.cumsum(tracks[name].values[first + 1 : end] * steps)))
            squares.append((path - _moving_average(path, seconds)) ** 2)
    # Horizontal and vertical squares are averaged apart and added: the RMS length of a two-dimensional deviation.
    return float(np.sqrt(2 * np.mean(np.concatenate(squares))))


def _moving_average(path: NDArray[np.float64], seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of the path within half a period of ``_SHAKE_HERTZ`` on both sides, narrower towards the ends."""
    half = 0.5 / _SHAKE_HERTZ
    # The window shrinks alike on both sides, or a steady pan would look shaky at its ends.
    reach = np.minimum(half, np.minimum(seconds - seconds[0], seconds[-1] - seconds)) + 1e-9
    low = np.searchsorted(seconds, seconds - reach)
    high = np.searchsorted(seconds, seconds + reach, side="right")
    sums = np.concatenate(([0.0], np.cumsum(path)))
    average: NDArray[np.float64] = (sums[high] - sums[low]) / (high - low)
    return average
