"""Spans of frames, and the arithmetic over them that measurements share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.tracks import Track, Tracks


class Span(NamedTuple):
    """Frames ``first`` to ``end`` (exclusive): the part of a shot that is measured, its transitions left out."""

    first: int
    end: int


def frame_values(tracks: Tracks, name: str, spans: Sequence[Span], *, skip: int = 0) -> NDArray[np.float32]:
    """Return a frame track's values over spans, without the first ``skip`` frames of each.

    ``skip=1`` is for values measured between a frame and the one before: on a shot's first frame they would compare it
    with the shot before.
    """
    return np.concatenate([tracks[name].values[span.first + skip : span.end] for span in spans])


def slope(track: Track, spans: Sequence[Span]) -> float:
    """Return the rise per second of the least-squares line through a frame track; 0 if it spans no time."""
    seconds = np.concatenate([track.seconds[span.first : span.end] for span in spans])
    return slope_of(seconds, np.concatenate([track.values[span.first : span.end] for span in spans]))


def slope_of(seconds: NDArray[np.float64], measured: NDArray[np.floating[Any]]) -> float:
    """Return the rise per second of the least-squares line through values at times; 0 if they span no time."""
    values = measured.astype(np.float64)
    centred = seconds - seconds.mean()
    spread = float(centred @ centred)
    return float(centred @ (values - values.mean())) / spread if spread > 0 else 0.0


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the runs of ``True`` in ``[n]``: first and end (exclusive) of each."""
    edges = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0)).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def windows_around(values: NDArray[Any], size: int) -> NDArray[Any]:
    """Return ``[n, size]``: the window of odd ``size`` around each of ``[n]``; the end values are repeated outside."""
    return np.lib.stride_tricks.sliding_window_view(np.pad(values, size // 2, mode="edge"), size)


def ramp(values: float | NDArray[Any], low: float, high: float) -> NDArray[np.float64]:
    """Return 0 up to ``low``, 1 from ``high``, and a straight line between."""
    return np.asarray(((np.asarray(values, dtype=np.float64) - low) / (high - low)).clip(0, 1))
