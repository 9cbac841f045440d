"""Silence and cuts to silence: the level of each 50 ms, which of them are silent, where sound stops abruptly.

Silence as a device: Chion, *Audio-Vision* (1994). The numbers are design values of ours.

- *Level*: RMS of the loudest channel in dBFS (a full-scale sine has -3), so that mono, stereo and 5.1 agree.
- *Silent*: below -50 dBFS, or 20 dB below the film's median level, for at least 0.5 s.
- *Cut to silence*: a drop of at least 15 dB within 0.3 s into such a silence. Two rules exclude fades: just before the
  drop the sound must be 15 dB above the threshold of silence, and must not have fallen already.

Limits: a pause in speech recorded without any background, and a fade of about a second or less, can count as cuts to
silence. A cut from sound within 15 dB of the threshold (a film whose median level is below -35 dBFS) is not found.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.media.audio import SAMPLE_RATE

WINDOW_SECONDS = 0.05
LEVEL_FLOOR_DBFS = -100.0  # just under the noise of 16-bit sound; digital silence is raised to it
SILENCE_DBFS = -50.0
SILENCE_BELOW_MEDIAN_DB = 20.0
SILENCE_SECONDS = 0.5
CUT_DROP_DB = 15.0
CUT_SECONDS = 0.3
#: How long before the drop a fade would have begun, and how far the sound may have fallen since.
_CONTEXT_SECONDS = 1.5
_FALLEN_DB = 3.0

_WINDOW_SAMPLES = round(WINDOW_SECONDS * SAMPLE_RATE)
_SILENCE_WINDOWS = round(SILENCE_SECONDS / WINDOW_SECONDS)
_CUT_WINDOWS = round(CUT_SECONDS / WINDOW_SECONDS)
_CONTEXT_WINDOWS = round(_CONTEXT_SECONDS / WINDOW_SECONDS)


class LevelMeter:
    """Measures contiguous sound; ``levels`` grows by a value (dBFS) every 50 ms."""

    def __init__(self) -> None:
        self.levels: list[float] = []
        self._rest: NDArray[np.float32] | None = None

    def push(self, samples: NDArray[np.float32]) -> None:
        """Take the next samples: float32 ``[channels, n]`` at 48 kHz."""
        if self._rest is not None:
            samples = np.concatenate((self._rest, samples), axis=1)
        windows = samples.shape[1] // _WINDOW_SAMPLES
        whole = samples[:, : windows * _WINDOW_SAMPLES].reshape(len(samples), windows, _WINDOW_SAMPLES)
        power = np.einsum("cws,cws->cw", whole, whole).max(axis=0).astype(np.float64) / _WINDOW_SAMPLES
        self.levels.extend(np.maximum(10 * np.log10(np.maximum(power, 1e-30)), LEVEL_FLOOR_DBFS))
        self._rest = samples[:, windows * _WINDOW_SAMPLES :].copy()

    def forget(self, seconds: int) -> None:
        """Drop the values of the first seconds."""
        del self.levels[: round(seconds / WINDOW_SECONDS)]


def silence_threshold(levels: NDArray[np.float32]) -> float:
    """Return the level in dBFS below which a film with these levels (``[N]``, not empty) is silent."""
    return max(SILENCE_DBFS, float(np.median(levels)) - SILENCE_BELOW_MEDIAN_DB)


def silent_windows(seconds: NDArray[np.float64], levels: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which of a film's windows are silent: bool ``[N]`` for ``levels`` float32 ``[N]`` at ``seconds``."""
    silent = np.zeros(len(levels), bool)
    for first, end in silence_runs(seconds, levels):
        silent[first:end] = True
    return silent


def find_cuts_to_silence(seconds: NDArray[np.float64], levels: NDArray[np.float32]) -> list[tuple[float, float]]:
    """Return the cuts to silence, as ``(seconds, drop in dB)``, of a film's whole level track.

    Times are exact to one window. A silence up to the end of the sound is the end of the film, not an effect; so is one
    before a gap in the track.
    """
    cuts = []
    threshold = silence_threshold(levels) if len(levels) else 0.0
    for first, end in silence_runs(seconds, levels):
        if end == len(levels) or _gap(seconds, end):
            continue
        before = levels[_reach_back(seconds, first, _CUT_WINDOWS) : first]
        context_end = first - len(before)
        context = levels[_reach_back(seconds, context_end, _CONTEXT_WINDOWS) : context_end]
        if not len(before):
            continue
        loud = float(before.max())
        fallen = len(context) > 0 and float(np.median(context)) - loud > _FALLEN_DB
        if loud - threshold >= CUT_DROP_DB and not fallen:
            drop = loud - float(np.median(levels[first : first + _SILENCE_WINDOWS]))
            cuts.append((round(float(seconds[first]) - WINDOW_SECONDS / 2, 6), drop))
    return cuts


def silence_runs(seconds: NDArray[np.float64], levels: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Return the runs of windows (first, end) below the threshold that are long enough and have no gap in time."""
    if not len(levels):
        return []
    quiet = levels < silence_threshold(levels)
    joined = quiet[1:] & quiet[:-1] & (np.diff(seconds) < 1.5 * WINDOW_SECONDS)
    firsts = np.flatnonzero(quiet & ~np.concatenate(([False], joined)))
    ends = np.flatnonzero(quiet & ~np.concatenate((joined, [False]))) + 1
    return [(int(a), int(b)) for a, b in zip(firsts, ends, strict=True) if b - a >= _SILENCE_WINDOWS]


def _gap(seconds: NDArray[np.float64], at: int) -> bool:
    return bool(seconds[at] - seconds[at - 1] > 1.5 * WINDOW_SECONDS)


def _reach_back(seconds: NDArray[np.float64], at: int, windows: int) -> int:
    """The first of up to ``windows`` windows before window ``at`` without a gap."""
    first = at
    while first > max(0, at - windows) and not (first < len(seconds) and _gap(seconds, first)):
        first -= 1
    return first
