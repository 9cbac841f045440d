"""J-cuts and L-cuts: where the sound changes, compared with where the picture does.

A *sound border* is the moment where the 1.5 s before and the 1.5 s after differ most: the largest mean difference of
level, brightness, share of low frequencies, flatness, speech and music, each in units of its usual spread (``_UNITS``),
a peak of at least ``_LEAST``. It belongs to the nearest picture cut, within ``REACH_SECONDS``.

- *j_cut*: the sound of the new shot begins before its picture
- *l_cut*: the sound of the old shot continues over the new picture
- *straight*: both change within ``STRAIGHT_SECONDS``

Design values of ours. A cut without a sound border has sound that continues over it, as most cuts within a scene do.
Small changes (a reply in the same room) are not detected, and a gradual change has no border.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.span import windows_around
from kuleshov.cinema.tracks import Track, Tracks
from kuleshov.records import SoundBorder

REACH_SECONDS = 3.0
STRAIGHT_SECONDS = 0.35
_SIDE_SECONDS = 1.5
_LEAST = 1.5
#: Usual spreads: dB, octaves of brightness, and shares.
_UNITS = {"level": 8.0, "brightness": 0.7, "low_share": 0.35, "flatness": 0.15, "speech": 0.6, "music": 0.6}
_GRID_SECONDS = 0.1
_QUIET_DBFS = -70.0


def split_edits(tracks: Tracks, cuts: Sequence[float]) -> list[SoundBorder | None]:
    """Return the sound border of each picture cut (in seconds, ascending); ``None`` where the sound does not change.

    All ``None`` for a film without sound.
    """
    borders: list[SoundBorder | None] = [None] * len(cuts)
    if "brightness" not in tracks or not len(tracks["brightness"].values) or not len(cuts):
        return borders
    seconds, novelty = _novelty(tracks)
    cut_seconds = np.asarray(cuts, np.float64)
    for peak in _peaks(novelty):
        cut = int(np.abs(cut_seconds - seconds[peak]).argmin())
        offset, strength = float(seconds[peak] - cut_seconds[cut]), float(novelty[peak])
        known = borders[cut]
        if abs(offset) > REACH_SECONDS or (known is not None and known.strength >= strength):
            continue
        kind = "straight" if abs(offset) <= STRAIGHT_SECONDS else "j_cut" if offset < 0 else "l_cut"
        borders[cut] = SoundBorder(kind, offset, strength)  # type: ignore[arg-type]
    return borders


def _novelty(tracks: Tracks) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How much the sound differs before and after each moment: seconds and values ``[n]``."""
    level = tracks["level"]
    seconds = np.arange(level.seconds[0], level.seconds[-1], _GRID_SECONDS)
    side = round(_SIDE_SECONDS / _GRID_SECONDS)
    total = np.zeros(len(seconds))
    for name, unit in _UNITS.items():
        if name in tracks and len(tracks[name].values):
            values = _on_grid(tracks[name], seconds) / unit
            sums = np.concatenate(([0.0], np.cumsum(values)))
            at = np.arange(len(seconds))
            first, end = np.maximum(at - side, 0), np.minimum(at + side, len(seconds))
            before = (sums[at] - sums[first]) / np.maximum(at - first, 1)
            after = (sums[end] - sums[at]) / np.maximum(end - at, 1)
            total += np.where((at - first >= side // 2) & (end - at >= side // 2), (after - before) ** 2, 0)
    return seconds - _GRID_SECONDS / 2, np.sqrt(total)


def _on_grid(track: Track, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    values = track.values.astype(np.float64)
    if track.name == "level":
        values = np.maximum(values, _QUIET_DBFS)
    known = ~np.isnan(values)
    if not known.any():
        return np.zeros(len(seconds))
    values = np.log2(np.maximum(values, 20)) if track.name == "brightness" else values
    return np.interp(seconds, track.seconds[known], values[known])


def _peaks(novelty: NDArray[np.float64]) -> list[int]:
    """Peaks of at least ``_LEAST`` that nothing within ``_SIDE_SECONDS`` exceeds."""
    side = round(_SIDE_SECONDS / _GRID_SECONDS)
    largest = windows_around(novelty, 2 * side + 1).max(axis=1)
    at = np.flatnonzero((novelty >= largest) & (novelty >= _LEAST))
    return [int(peak) for peak, step in zip(at, np.diff(at, prepend=-2), strict=True) if step > 1]
