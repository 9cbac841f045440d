"""Events in the level of sound: bursts (stingers), swells, fades in and out. For cuts to silence see ``silence``.

All numbers are design values of ours.

- *burst*: within 0.2 s the level rises at least 15 dB above everything in the second before, into the loudest tenth of
  the film's sound. Sound that begins abruptly after a silence counts; the film's first sound does not
- *fade*: into or out of silence over 0.8 s or more, rising (falling) all along, without a jump: half of the change
  takes at least a fifth of the time. Linear, decibel and cosine fades are all found
- *swell*: loudness (median over 1 s of the momentary) rises for 3 s or more, by 8 LU or more, never falls by more than
  3 LU on the way, and does not jump
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.hearing.silence import WINDOW_SECONDS, silence_runs, silence_threshold
from kuleshov.cinema.span import windows_around

BURST_RISE_DB = 15.0
BURST_SECONDS = 0.2
SWELL_RISE_LU = 8.0
SWELL_SECONDS = 3.0
FADE_SECONDS = 0.8
_BURST_BEFORE_SECONDS = 1.0
_BURST_PERCENT = 90
_BURST_APART_SECONDS = 1.0
_SWELL_FALL_LU = 3.0
_SWELL_SMOOTH_STEPS = 11
_FADE_WAVER_DB = 2.0
_FADE_SMOOTH_WINDOWS = 5
_FADE_LONGEST_SECONDS = 15.0
_FADE_DEPTH_DB = 15.0
_FADE_BOTTOM_DBFS = -70.0
_JUMP_SHARE = 0.2


class Rise(NamedTuple):
    """A change of level: when it begins, how long it takes and by how much (negative if it falls), in dB or LU."""

    seconds: float
    duration_seconds: float
    rise_db: float


def find_bursts(seconds: NDArray[np.float64], levels: NDArray[np.float32]) -> list[Rise]:
    """Return the bursts of a film, from its whole level track."""
    before, rise = round(_BURST_BEFORE_SECONDS / WINDOW_SECONDS), round(BURST_SECONDS / WINDOW_SECONDS)
    if len(levels) < before + rise:
        return []
    sounding = levels[levels > silence_threshold(levels)]
    loud = float(np.percentile(sounding, _BURST_PERCENT)) - 1.0 if len(sounding) else np.inf
    past = np.lib.stride_tricks.sliding_window_view(levels, before).max(axis=1)[:-rise]
    coming = np.lib.stride_tricks.sliding_window_view(levels[before:], rise).max(axis=1)
    whole = seconds[before:][: len(coming)] - seconds[: len(coming)] < _BURST_BEFORE_SECONDS + WINDOW_SECONDS / 2
    bursts: list[Rise] = []
    for at in np.flatnonzero((coming - past >= BURST_RISE_DB) & (coming >= loud) & whole):
        # It begins in the first window that is loud enough.
        first = int(at) + before + int(np.argmax(levels[at + before : at + before + rise] >= past[at] + BURST_RISE_DB))
        start = float(seconds[first]) - WINDOW_SECONDS / 2
        if not bursts or start - bursts[-1].seconds >= _BURST_APART_SECONDS:
            bursts.append(Rise(round(start, 6), BURST_SECONDS, float(coming[at] - past[at])))
    return bursts


def find_fades(seconds: NDArray[np.float64], levels: NDArray[np.float32]) -> tuple[list[Rise], list[Rise]]:
    """Return the fades in and the fades out of a film, from its whole level track."""
    outs = _fades_out(seconds, levels)
    backwards = _fades_out(-seconds[::-1], levels[::-1])
    ins = [Rise(-fade.seconds - fade.duration_seconds, fade.duration_seconds, -fade.rise_db) for fade in backwards]
    return sorted(ins), outs


def find_swells(seconds: NDArray[np.float64], loudness: NDArray[np.float32]) -> list[Rise]:
    """Return the swells of a film, from its momentary loudness every 100 ms. Fades in are swells too."""
    swells: list[Rise] = []
    if not len(loudness):
        return swells
    loudness = _smooth(loudness, _SWELL_SMOOTH_STEPS)
    start = peak = 0
    for at in range(1, len(loudness) + 1):
        ended = at == len(loudness) or seconds[at] - seconds[at - 1] > 1.0
        if not ended and loudness[at] > loudness[peak]:
            peak = at
        elif ended or loudness[at] < loudness[peak] - _SWELL_FALL_LU or peak == start:
            first = _plateau_end(loudness, start, peak)
            duration, rise = float(seconds[peak] - seconds[first]), float(loudness[peak] - loudness[first])
            if duration >= SWELL_SECONDS and rise >= SWELL_RISE_LU and not _jumps(loudness[first : peak + 1]):
                swells.append(Rise(float(seconds[first]), duration, rise))
            start = peak = at
    return swells


def _plateau_end(values: NDArray[np.float32], start: int, peak: int) -> int:
    """The last position before the peak where the rise had hardly begun: a plateau before it is no part of it."""
    low = float(values[start : peak + 1].min(initial=np.inf))
    return start + int(np.flatnonzero(values[start : peak + 1] <= low + 0.5)[-1])


def _fades_out(seconds: NDArray[np.float64], levels: NDArray[np.float32]) -> list[Rise]:
    """Walk back from the beginning of each silence as long as it gets louder."""
    longest = round(_FADE_LONGEST_SECONDS / WINDOW_SECONDS)
    threshold = silence_threshold(levels) if len(levels) else 0.0
    fades = []
    for first, end in silence_runs(seconds, levels):
        bottom = max(float(np.median(levels[first:end])) + 3.0, _FADE_BOTTOM_DBFS)
        last = first + int(np.argmax(levels[first:end] <= bottom))
        begin = max(0, first - longest)
        while begin < first and seconds[first] - seconds[begin] > (first - begin + 0.5) * WINDOW_SECONDS:
            begin += 1  # there is a gap in the track between them
        before = _smooth(levels[begin : last + 1], _FADE_SMOOTH_WINDOWS)[::-1]
        if len(before) < 2:
            continue
        highest = np.maximum.accumulate(before)
        falls = np.flatnonzero(before < highest - _FADE_WAVER_DB)
        reach = int(falls[0]) if len(falls) else len(before)
        top = float(highest[reach - 1])
        length = int(np.argmax(before[:reach] >= top - 1.0))  # where the plateau before the fade ends
        depth = top - threshold
        if length * WINDOW_SECONDS < FADE_SECONDS or depth < _FADE_DEPTH_DB or _jumps(before[: length + 1]):
            continue
        start = float(seconds[last - length])
        fades.append(Rise(start, float(seconds[last]) - start, -depth))
    return fades


def _jumps(values: NDArray[np.float32]) -> bool:
    """Whether half of the change, in decibels and in amplitude, happens in less than a fifth of the time."""
    step = max(1, int(_JUMP_SHARE * (len(values) - 1)))
    by_amplitude = 10 ** (values / 20)
    return all(
        float(np.abs(scale[step:] - scale[:-step]).max()) > 0.5 * float(np.ptp(scale))
        for scale in (values, by_amplitude)
    )


def _smooth(values: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    return np.asarray(np.median(windows_around(values, size), axis=1), np.float32)
