"""Tones: how steadily they sound (by which music is recognised), how rough they are together, their pitch classes.

Short-time spectra of 128 ms (Hann) every 40 ms at 16 kHz, up to 5 kHz, summed up in bins of 0.2 s:

- *steadiness*: continuous frequency activation after Seyerlehner, Pohle, Schedl, Widmer, "Automatic music detection in
  television productions", DAFx 2007 (from memory): mark the bins that stand out of their neighbourhood in frequency,
  average the marks of each frequency over 2.6 s, add up the five highest peaks. The harmonics of speech glide and leave
  no peak, notes do. 0..5; their threshold for music, 1.24, is for other marks, so ours is measured (``audio_classes``)
- *roughness*: sensory dissonance of the strongest partials, after Sethares, "Local consonance and the relationship
  between timbre and scale", JASA 94(3), 1993 (from memory); 0 = none, 1 = every pair of partials at its worst distance
- *chroma*: strength of the twelve pitch classes from C, of partials between 100 and 2500 Hz
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.hearing.signal import VOICE_RATE, Series, Windows, without_first

FRAME_SAMPLES = 2048
HOP_SAMPLES = 640
HOP_SECONDS = HOP_SAMPLES / VOICE_RATE
BIN_FRAMES = 5
BIN_SECONDS = BIN_FRAMES * HOP_SECONDS
#: The number of frames over which a frequency must persist.
ACTIVATION_FRAMES = 64
ACTIVATION_SECONDS = (ACTIVATION_FRAMES - 1) * HOP_SECONDS + FRAME_SAMPLES / VOICE_RATE
_BIN_WINDOW_SECONDS = (BIN_FRAMES - 1) * HOP_SECONDS + FRAME_SAMPLES / VOICE_RATE
_BINS = 640  # up to 5 kHz
_BIN_HERTZ = VOICE_RATE / FRAME_SAMPLES
_LOWEST_BIN = 8  # 62 Hz
_NEIGHBOURHOOD = 14  # bins to either side: 109 Hz, as in the paper
_STANDS_OUT_DB = 6.0
_AUDIBLE_DB = -55.0  # relative to the strongest bin of the frame: fainter bins are not marked
_PEAKS_OF_ACTIVATION = 5
_FLOOR = 1e-10
_PARTIALS = 12
_CHROMA_HERTZ = (100.0, 2500.0)


class HarmonyMeter:
    """Measures contiguous sound; ``series`` grows. ``steadiness`` starts with the first full 2.6 s."""

    def __init__(self) -> None:
        self._windows = Windows(FRAME_SAMPLES, HOP_SAMPLES)
        self._hann = np.hanning(FRAME_SAMPLES + 1)[:-1].astype(np.float32)
        self._scale = np.float32(2 / (self._hann.sum() ** 2))
        self._marks = np.zeros((0, _BINS), np.int16)
        self._pending: list[NDArray[np.float32]] = []
        self._chroma: list[NDArray[np.float32]] = []
        self.series = {
            "steadiness": Series("", BIN_SECONDS, ACTIVATION_SECONDS),
            "roughness": Series("", BIN_SECONDS, _BIN_WINDOW_SECONDS),
        }

    @property
    def chroma(self) -> NDArray[np.float32]:
        """Float32 ``[bins, 12]``, a row per bin of ``BIN_SECONDS``; 0 where no partial stands out."""
        return np.concatenate(self._chroma) if self._chroma else np.zeros((0, 12), np.float32)

    def forget(self, seconds: int) -> None:
        """Drop the values of the first seconds."""
        for series in self.series.values():
            series.forget(seconds)
        self._chroma = without_first(self._chroma, round(seconds / BIN_SECONDS))

    def push(self, samples: NDArray[np.float32]) -> None:
        """Take the next samples of one channel: float32 ``[n]`` at 16 kHz."""
        from scipy.fft import rfft

        windows = self._windows.push(samples)
        if not len(windows):
            return
        spectra = rfft(windows * self._hann, axis=1)[:, :_BINS]
        level = 10 * np.log10(np.maximum((spectra.real**2 + spectra.imag**2) * self._scale, np.float32(_FLOOR)))
        level[:, :_LOWEST_BIN] = 10 * np.log10(_FLOOR)
        marks = stands_out(level)
        self._activate(marks)
        self._partials(level, marks)

    def _activate(self, marks: NDArray[np.bool_]) -> None:
        near = np.zeros_like(marks)  # a note varies by a bin
        near[:, 1:-1] = marks[:, :-2] | marks[:, 1:-1] | marks[:, 2:]
        every = np.concatenate((self._marks, near.astype(np.int16)))
        starts = np.arange(0, len(every) - ACTIVATION_FRAMES + 1, BIN_FRAMES)
        self._marks = every[len(starts) * BIN_FRAMES :]
        if len(starts):
            sums = np.concatenate((np.zeros((1, _BINS), np.int32), np.cumsum(every, axis=0, dtype=np.int32)))
            marked = sums[starts + ACTIVATION_FRAMES] - sums[starts]
            activation = np.asarray(marked / ACTIVATION_FRAMES, dtype=np.float32)
            self.series["steadiness"].extend(peakiness(activation))

    def _partials(self, level: NDArray[np.float32], marks: NDArray[np.bool_]) -> None:
        hertz, magnitude = strongest_partials(level, marks)
        frames = np.concatenate((roughness(hertz, magnitude)[:, None], chroma(hertz, magnitude)), axis=1)
        self._pending.append(frames)
        every = np.concatenate(self._pending)
        count = len(every) // BIN_FRAMES
        self._pending = [every[count * BIN_FRAMES :]]
        means = every[: count * BIN_FRAMES].reshape(count, BIN_FRAMES, 13).mean(axis=1)
        self.series["roughness"].extend(means[:, 0])
        self._chroma.append(means[:, 1:])


def stands_out(level: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which bins of spectra in dB, ``[frames, bins]``, are peaks far above the mean of their neighbourhood."""
    size = 2 * _NEIGHBOURHOOD + 1
    padded = np.pad(level, ((0, 0), (_NEIGHBOURHOOD + 1, _NEIGHBOURHOOD)), mode="edge")
    sums = np.cumsum(padded, axis=1, dtype=np.float64)
    mean = (sums[:, size:] - sums[:, :-size]) / size
    loud = level > np.maximum(level.max(axis=1, keepdims=True) + _AUDIBLE_DB, -95)
    marks = (level - mean > _STANDS_OUT_DB) & loud
    marks[:, 1:-1] &= (level[:, 1:-1] >= level[:, :-2]) & (level[:, 1:-1] > level[:, 2:])
    marks[:, [0, -1]] = False
    return np.asarray(marks)


def peakiness(activation: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the sum of the highest peaks ``[n]`` of activations 0..1 ``[n, bins]``, each above its higher valley."""
    reach = 6
    padded = np.pad(activation, ((0, 0), (reach, reach)), mode="edge")
    bins = activation.shape[1]
    left, right = padded[:, reach - 1 : reach - 1 + bins], padded[:, reach + 1 : reach + 1 + bins]
    is_peak = (activation >= left) & (activation > right)
    of_two = np.minimum(padded[:, :-1], padded[:, 1:])
    lowest = np.minimum(np.minimum(of_two[:, :-4], of_two[:, 2:-2]), of_two[:, 4:])  # of six in a row, by the first
    valley = np.maximum(lowest[:, :bins], lowest[:, reach + 1 : reach + 1 + bins])
    height = np.where(is_peak, activation - valley, 0)
    highest = np.partition(height, -_PEAKS_OF_ACTIVATION, axis=1)[:, -_PEAKS_OF_ACTIVATION:]
    return np.asarray(highest.sum(axis=1), dtype=np.float32)


def strongest_partials(
    level: NDArray[np.float32], marks: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return frequency in Hz and magnitude of the strongest marked peaks of spectra in dB: two ``[frames, 12]``.

    Frequencies are interpolated by a parabola through three bins, so the first and the last bin must not be marked. A
    frame with fewer partials is filled with 0.
    """
    frames, bins = np.nonzero(marks)
    order = np.lexsort((-level[frames, bins], frames))
    frames, bins = frames[order], bins[order]
    rank = np.arange(len(frames)) - np.searchsorted(frames, frames)
    strong = rank < _PARTIALS
    frames, bins, rank = frames[strong], bins[strong], rank[strong]
    before, here, after = (level[frames, bins + step] for step in (-1, 0, 1))
    shift = (before - after) / (2 * np.minimum(before - 2 * here + after, -1e-3))
    hertz, magnitude = (np.zeros((len(level), _PARTIALS), np.float32) for _ in range(2))
    hertz[frames, rank] = (bins + np.clip(shift, -0.5, 0.5)) * _BIN_HERTZ
    magnitude[frames, rank] = 10 ** (here / 20)
    return hertz, magnitude


def roughness(hertz: NDArray[np.float32], magnitude: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the dissonance of partials, ``[frames]``, 0..1: the mean over pairs, weighted by their magnitudes."""
    low, high = np.triu_indices(hertz.shape[1], 1)
    weights = magnitude[:, low] * magnitude[:, high]
    lower = np.minimum(hertz[:, low], hertz[:, high])
    distance = np.abs(hertz[:, low] - hertz[:, high]) * 0.24 / (0.0207 * lower + 18.96)
    dissonance = (np.exp(-3.51 * distance) - np.exp(-5.75 * distance)) / _WORST
    total = weights.sum(axis=1)
    mean: NDArray[np.float32] = (weights * dissonance).sum(axis=1) / np.maximum(total, 1e-20)
    return mean


#: The maximum of exp(-3.51 x) - exp(-5.75 x).
_WORST = float((3.51 / 5.75) ** (3.51 / 2.24) - (3.51 / 5.75) ** (5.75 / 2.24))


def chroma(hertz: NDArray[np.float32], magnitude: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the strength of the pitch classes C, C sharp, ... B, ``[frames, 12]``; each frame's sum is 1 or 0."""
    inside = (hertz >= _CHROMA_HERTZ[0]) & (hertz <= _CHROMA_HERTZ[1])
    weights = np.where(inside, np.sqrt(magnitude), 0)
    classes = np.round(12 * np.log2(np.maximum(hertz, 1) / 440) + 9).astype(np.int64) % 12
    table = np.zeros((len(hertz), 12), np.float32)
    np.add.at(table, (np.arange(len(hertz))[:, None], classes), weights)
    return np.asarray(table / np.maximum(table.sum(axis=1, keepdims=True), 1e-20), dtype=np.float32)
