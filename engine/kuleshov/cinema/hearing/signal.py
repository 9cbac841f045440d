"""What meters share: the mix of channels, a third of the sample rate, overlapping windows, and growing series.

All of it is streamed: where one block ends and the next begins changes results by no more than rounding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kuleshov.media.audio import SAMPLE_RATE

#: A multiple of the steps of all series.
STEPS_MEET_SECONDS = 4
#: The rate for voice and harmony, which need nothing above 8 kHz.
VOICE_RATE = SAMPLE_RATE // 3

_PASS_HERTZ = 7600.0
_GROUP = 16
_TAPS = 61  # of the low-pass before decimation: -50 dB from 9 kHz


@cache
def channel_names(layout: str) -> tuple[str, ...]:
    """Return the channels of a layout in order, as FFmpeg names them (``FL``, ``FC``, ``LFE``); ``NONE`` if unnamed."""
    from av.audio.layout import AudioLayout

    return tuple(channel.name for channel in AudioLayout(layout).channels)


def has_centre(layout: str) -> bool:
    """Return whether a layout has a centre channel beside others, where films have their dialogue."""
    names = channel_names(layout)
    return len(names) > 1 and "FC" in names


def mix(samples: NDArray[np.float32], layout: str) -> NDArray[np.float32]:
    """Return the mean of the channels, without low-frequency effects: float32 ``[n]`` of ``[channels, n]``."""
    low = [index for index, name in enumerate(channel_names(layout)) if name.startswith("LFE")]
    if low and len(low) < len(samples):
        samples = np.delete(samples, low, axis=0)
    return np.ascontiguousarray(samples.mean(axis=0))


def dialogue(samples: NDArray[np.float32], layout: str) -> NDArray[np.float32]:
    """Return the channel for voices: the centre if there is one, else the mean of all. Float32 ``[n]``."""
    if has_centre(layout):
        return np.ascontiguousarray(samples[channel_names(layout).index("FC")])
    return mix(samples, layout)


class Decimator:
    """Reduces 48 kHz to 16 kHz: a windowed-sinc low-pass, then every third sample, without delay.

    Samples come out in groups of ``_GROUP``, each group one row of a matrix product; up to a millisecond is kept back.
    """

    def __init__(self) -> None:
        at = np.arange(_TAPS) - _TAPS // 2
        low_pass = np.sinc(2 * _PASS_HERTZ / SAMPLE_RATE * at) * np.kaiser(_TAPS, 5.65)
        low_pass /= low_pass.sum()
        self._filters = np.zeros((_TAPS + 3 * (_GROUP - 1), _GROUP), np.float32)  # a column per sample that comes out
        for column in range(_GROUP):
            self._filters[3 * column : 3 * column + _TAPS, column] = low_pass
        # With half a filter of silence before the first sample, output k is at the time of input 3 k.
        self._windows = Windows(len(self._filters), 3 * _GROUP, before=_TAPS // 2)

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take the next samples, float32 ``[n]``; return the finished ones at a third of the rate."""
        return np.asarray((self._windows.push(samples) @ self._filters).reshape(-1))


class Windows:
    """Cuts contiguous samples into overlapping windows; the first begins with ``before`` samples of silence."""

    def __init__(self, length: int, hop: int, *, before: int = 0) -> None:
        self.length = length
        self.hop = hop
        self._rest: NDArray[np.float32] = np.zeros(before, np.float32)

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take the next samples, float32 ``[n]``; return the windows that are now full, a view ``[k, length]``."""
        buffer = np.concatenate((self._rest, samples))
        count = max(0, (len(buffer) - self.length) // self.hop + 1)
        self._rest = buffer[count * self.hop :].copy()
        if not count:
            return np.zeros((0, self.length), np.float32)
        every = np.lib.stride_tricks.sliding_window_view(buffer, self.length)
        return every[: (count - 1) * self.hop + 1 : self.hop]


@dataclass
class Series:
    """A growing series: value ``i`` is that of the window that begins ``i * step_seconds`` after the first sample."""

    unit: str
    step_seconds: float
    window_seconds: float
    parts: list[NDArray[np.float32]] = field(default_factory=list)

    def extend(self, values: NDArray[np.float32]) -> None:
        self.parts.append(np.asarray(values, np.float32))

    def forget(self, seconds: int) -> None:
        """Drop the values of the first seconds, a multiple of ``STEPS_MEET_SECONDS``."""
        self.parts = without_first(self.parts, round(seconds / self.step_seconds))

    @property
    def values(self) -> NDArray[np.float32]:
        return np.concatenate(self.parts) if self.parts else np.zeros(0, np.float32)


def without_first(parts: list[NDArray[np.float32]], count: int) -> list[NDArray[np.float32]]:
    """Return consecutive arrays as one, without the first ``count`` rows."""
    return [np.concatenate(parts)[count:]] if parts else []
