"""Rhythm: onsets per second; and the beat: its tempo in BPM and its strength.

From the onset strengths of ``SpectrumMeter``, 50 a second:

- *onset_rate*: onsets per second over 2 s; an onset is the largest of 120 ms and 1.5 dB above the mean of 1 s
- *tempo*: the lag of the highest autocorrelation over 8 s, weighted by a log-normal around 120 BPM, one octave wide
  (Ellis, "Beat tracking by dynamic programming", JNMR 36(1), 2007, and librosa's ``tempo``); every second
- *beat*: that autocorrelation, 0..1, without the weight; low for speech and noise
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.hearing.spectrum import HOP_SECONDS
from kuleshov.cinema.span import windows_around

TEMPO_SECONDS = 8.0
TEMPO_STEP_SECONDS = 1.0
RATE_SECONDS = 2.0
_SLOWEST_BPM, _FASTEST_BPM, _USUAL_BPM = 40.0, 220.0, 120.0
_RISE_DB = 1.5
_NEAR_FRAMES, _AROUND_FRAMES = 3, 25


def onsets(strength: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which frames are onsets: bool ``[n]`` for onset strengths in dB ``[n]``."""
    if len(strength) < 2 * _AROUND_FRAMES:
        return np.zeros(len(strength), bool)
    largest = windows_around(strength, 2 * _NEAR_FRAMES + 1).max(axis=1)
    return np.asarray((strength >= largest) & (strength > _smooth(strength, 2 * _AROUND_FRAMES) + _RISE_DB))


def onset_rate(strength: NDArray[np.float32], *, step_frames: int) -> NDArray[np.float32]:
    """Return onsets per second every ``step_frames`` frames, each over ``RATE_SECONDS`` around the step's middle."""
    rate = _smooth(onsets(strength).astype(np.float32), round(RATE_SECONDS / HOP_SECONDS)) / HOP_SECONDS
    return rate[step_frames // 2 :: step_frames].astype(np.float32)


def beats(strength: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return tempo in BPM and beat strength, 0..1, of every window of ``TEMPO_SECONDS``; empty for shorter sound."""
    from scipy.fft import irfft, rfft

    length, step = round(TEMPO_SECONDS / HOP_SECONDS), round(TEMPO_STEP_SECONDS / HOP_SECONDS)
    if len(strength) < length:
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    tempos, strengths = [], []
    lags = np.arange(int(60 / _FASTEST_BPM / HOP_SECONDS), int(60 / _SLOWEST_BPM / HOP_SECONDS) + 1)
    weights = np.exp(-0.5 * np.log2(60 / (lags * HOP_SECONDS) / _USUAL_BPM) ** 2)
    for start in range(0, len(strength) - length + 1, step):
        window = strength[start : start + length]
        window = window - window.mean()
        correlation = irfft(np.abs(rfft(window, 2 * length)) ** 2)
        energy = max(float(correlation[0]), 1e-9)
        unbiased = correlation[lags] / energy * length / (length - lags)
        best = int((unbiased * weights).argmax())
        tempos.append(60 / ((lags[best] + _vertex(unbiased, best)) * HOP_SECONDS))
        strengths.append(float(np.clip(unbiased[best], 0, 1)))
    return np.array(tempos, np.float32), np.array(strengths, np.float32)


def _vertex(values: NDArray[np.float64], at: int) -> float:
    """The position of the maximum of the parabola through three values, in steps from the middle one."""
    if not 0 < at < len(values) - 1:
        return 0.0
    before, here, after = values[at - 1 : at + 2]
    bend = before - 2 * here + after
    return float(np.clip((before - after) / (2 * bend), -0.5, 0.5)) if bend < 0 else 0.0


def _smooth(values: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """The mean of ``size`` values around each; of fewer at the ends."""
    if not len(values):
        return np.zeros(0, np.float32)
    kernel = np.ones(min(size, len(values)), np.float32)
    counts = np.convolve(np.ones(len(values), np.float32), kernel, mode="same")
    return (np.convolve(values, kernel, mode="same") / counts).astype(np.float32)
