"""The tempo of a film as a curve: short shots and much movement make it high."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.tracks import Tracks
from kuleshov.records import Shot

TEMPO_TRACK = "tempo"
#: Weights of shot length and movement: perceived tempo depends more on length (docs/emotion.md, F3b); values are ours.
_LENGTH, _MOVEMENT = 0.65, 0.35
_RATE_HZ = 2.0
_SMOOTHING_SECONDS = 8.0


def with_tempo(tracks: Tracks, shots: Sequence[Shot], *, end_seconds: float) -> Tracks:
    """Return the tracks with the film's tempo, which replaces an earlier one.

    After Adams, Dorai and Venkatesh (IEEE TMM 4(4), 2002): of each shot ``a (median - length) / spread of lengths +
    b (movement - mean) / spread of movement``, here with the logarithm of lengths, twice a second, smoothed by a
    Gaussian of 8 s. Unit: the film's own spreads. 0 is usual for this film; a film of one shot has 0 throughout.
    """
    times = np.arange(0, max(end_seconds, 1 / _RATE_HZ), 1 / _RATE_HZ)
    starts = np.array([shot.start_seconds for shot in shots])
    lengths = np.log([max(shot.duration_seconds, 0.04) for shot in shots])
    movement = np.array([np.nan if shot.camera is None else shot.camera.motion_mean for shot in shots])
    moving = np.isfinite(movement)
    movement[~moving] = movement[moving].mean() if moving.any() else 0.0
    tempo = _LENGTH * _in_spreads(np.median(lengths) - lengths, lengths)
    tempo += _MOVEMENT * _in_spreads(movement - movement.mean(), movement)
    at = np.maximum(np.searchsorted(starts, times, side="right") - 1, 0)
    others = Tracks({name: track for name, track in tracks.items() if name != TEMPO_TRACK})
    others.add(TEMPO_TRACK, unit="spreads", seconds=times, values=_smoothed(tempo[at]))
    return others


def _in_spreads(distances: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = float(values.std())
    return distances / spread if spread > 1e-6 else np.zeros_like(distances)


def _smoothed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """A Gaussian mean; at the ends, over the values there are."""
    reach = min(int(3 * _SMOOTHING_SECONDS * _RATE_HZ), len(values))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / (_SMOOTHING_SECONDS * _RATE_HZ)) ** 2)
    smooth = np.convolve(values, kernel)[reach : reach + len(values)]
    return np.asarray(smooth / np.convolve(np.ones_like(values), kernel)[reach : reach + len(values)])
