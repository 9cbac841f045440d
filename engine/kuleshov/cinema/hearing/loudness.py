"""How loud sound is to a listener: ITU-R BS.1770-4, EBU Tech 3341 and 3342 (EBU R 128), streamed.

The meter is FFmpeg's ``ebur128`` filter (K-weighting, channel weights 1.41 for surrounds and 0 for LFE). The loudness
of a segment is computed from its momentary values: they are the standard's own gating blocks, 400 ms long, 75 %
overlapped.

Values below ``LOUDNESS_FLOOR_LUFS``, the standard's absolute gate, are raised to it.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.media.audio import SAMPLE_RATE

STEP_SECONDS = 0.1
MOMENTARY_SECONDS = 0.4
SHORT_TERM_SECONDS = 3.0
LOUDNESS_FLOOR_LUFS = -70.0
_RELATIVE_GATE_LU = -10.0
_RANGE_GATE_LU = -20.0
_RANGE_PERCENT = (10, 95)
_RANGE_VALUES = 10
_HALF_TAPS = 6
_NEAR_PEAK = 0.7
_OFFSET_LU = -0.691  # BS.1770-4, eq. 2: makes a 997 Hz sine of 0 dBFS in one front channel read -3.01


class LoudnessMeter:
    """Measures contiguous sound; ``momentary`` and ``short_term`` grow by a value every 100 ms.

    Value ``i`` of either is the loudness, in LUFS, of the window that begins ``i * STEP_SECONDS`` after the first
    sample; windows that are not full yet have no value.
    """

    def __init__(self, layout: str) -> None:
        from av.filter import Graph

        self.momentary: list[float] = []
        self.short_term: list[float] = []
        self._layout = layout
        self._samples_in = 0
        self._steps = 0
        self._graph: Any = Graph()
        self._source: Any = self._graph.add(
            "abuffer",
            sample_rate=str(SAMPLE_RATE),
            sample_fmt="flt",
            channel_layout=layout,
            time_base=f"1/{SAMPLE_RATE}",
        )
        meter = self._graph.add("ebur128", "metadata=1:framelog=quiet")
        self._sink: Any = self._graph.add("abuffersink")
        self._graph.link_nodes(self._source, meter, self._sink).configure()

    def push(self, samples: NDArray[np.float32]) -> None:
        """Take the next samples: float32 ``[channels, n]`` at 48 kHz."""
        import av

        # Interleaved, because PyAV fills at most eight planes.
        interleaved = np.ascontiguousarray(samples.T).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(interleaved, format="flt", layout=self._layout)
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, self._samples_in, Fraction(1, SAMPLE_RATE)
        self._samples_in += samples.shape[1]
        self._source.push(frame)
        while True:
            try:
                measured: Any = self._sink.pull()
            except av.error.BlockingIOError:  # it needs more input
                return
            self._steps += 1
            now = self._steps * STEP_SECONDS
            metadata = measured.metadata
            for values, window_seconds, key in (
                (self.momentary, MOMENTARY_SECONDS, "lavfi.r128.M"),
                (self.short_term, SHORT_TERM_SECONDS, "lavfi.r128.S"),
            ):
                if now > window_seconds - STEP_SECONDS / 2:
                    value = float(metadata[key])  # NaN in digital silence: the filter's running sums dip below 0
                    values.append(value if value > LOUDNESS_FLOOR_LUFS else LOUDNESS_FLOOR_LUFS)

    def forget(self, seconds: int) -> None:
        """Drop the values of the first seconds."""
        count = round(seconds / STEP_SECONDS)
        del self.momentary[:count], self.short_term[:count]

    def close(self) -> None:
        """Release the filter's memory (megabytes); the values stay. Nothing can be pushed after it."""
        self._graph = self._source = self._sink = None


def gated_loudness(momentary: NDArray[np.float32]) -> float | None:
    """Return the loudness in LUFS of a segment from its momentary values, gated as in BS.1770-4 section 5.

    None if all values are below the absolute gate (or there are none): silence has no loudness.
    """
    powers = np.power(10.0, (np.asarray(momentary, np.float64) - _OFFSET_LU) / 10)
    audible = powers[np.asarray(momentary) > LOUDNESS_FLOOR_LUFS]
    if not len(audible):
        return None
    gate = audible.mean() * 10 ** (_RELATIVE_GATE_LU / 10)
    return _OFFSET_LU + 10 * math.log10(audible[audible > gate].mean())


def loudness_range(short_term: NDArray[np.float32]) -> float | None:
    """Return the loudness range in LU from short-term values: EBU Tech 3342.

    The distance from the 10th to the 95th percentile of the values above -70 LUFS and above 20 LU below their power
    mean; ranks are rounded as FFmpeg does. None if fewer than ``_RANGE_VALUES`` values remain.
    """
    values = np.asarray(short_term, np.float64)
    audible = values[values > LOUDNESS_FLOOR_LUFS]
    if not len(audible):
        return None
    mean_power = np.power(10.0, audible / 10).mean()
    kept = np.sort(audible[audible >= 10 * math.log10(mean_power) + _RANGE_GATE_LU])
    if len(kept) < _RANGE_VALUES:
        return None
    low, high = (kept[math.floor(len(kept) * percent / 100 + 0.5) - 1] for percent in _RANGE_PERCENT)
    return float(high - low)


class PeakMeter:
    """The true peak of contiguous sound: the largest value of the waveform, between samples too, after BS.1770-4.

    Four times oversampled by a windowed sinc of 12 taps a phase, but only around samples within 3 dB of the largest
    peak so far: elsewhere the waveform would have to rise by more than that between two samples.
    """

    def __init__(self) -> None:
        self.peak = 0.0  # 1 = full scale
        self._rest: NDArray[np.float32] | None = None
        at = np.arange(-_HALF_TAPS, _HALF_TAPS)[None] - np.array([[1], [2], [3]]) / 4 + 1  # samples from the point
        window = np.cos(np.pi * at / (2 * _HALF_TAPS + 1)) ** 2
        phases = np.sinc(at) * window
        self._phases = (phases / phases.sum(axis=1, keepdims=True)).astype(np.float32).T

    @property
    def dbtp(self) -> float:
        """The true peak in dB of full scale, -100 for digital silence."""
        return max(20 * math.log10(self.peak), -100.0) if self.peak > 0 else -100.0

    def push(self, samples: NDArray[np.float32]) -> None:
        """Take the next samples: float32 ``[channels, n]`` at 48 kHz."""
        if self._rest is None:
            self._rest = np.zeros((len(samples), 2 * _HALF_TAPS), np.float32)
        buffer = np.concatenate((self._rest, samples), axis=1)
        self._rest = buffer[:, -2 * _HALF_TAPS :].copy()
        inner = np.abs(buffer[:, _HALF_TAPS:-_HALF_TAPS])
        self.peak = max(self.peak, float(inner.max(initial=0.0)))
        # Either neighbour of a point between two samples can be the large one.
        large = inner > self.peak * _NEAR_PEAK
        for channel, at in zip(buffer, large, strict=True):
            places = np.flatnonzero(at)
            if len(places):
                places = np.unique(np.concatenate((places, np.maximum(places - 1, 0))))
                around = np.lib.stride_tricks.sliding_window_view(channel, 2 * _HALF_TAPS)[places + 1]
                self.peak = max(self.peak, float(np.abs(around @ self._phases).max()))
