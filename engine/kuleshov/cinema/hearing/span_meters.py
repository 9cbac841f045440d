"""One span of sound without a gap, and all meters that measure it.

However the samples arrive, the meters get them in blocks of exactly ``BLOCK_SECONDS``. So the measurements do not
depend on where the caller's blocks end: matrix products and Fourier transforms of other sizes differ in their last
bits, by processor.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.hearing.harmony import HarmonyMeter
from kuleshov.cinema.hearing.loudness import (
    MOMENTARY_SECONDS,
    SHORT_TERM_SECONDS,
    STEP_SECONDS,
    LoudnessMeter,
    PeakMeter,
)
from kuleshov.cinema.hearing.mode import major_minor
from kuleshov.cinema.hearing.rhythm import TEMPO_SECONDS, TEMPO_STEP_SECONDS, beats, onset_rate
from kuleshov.cinema.hearing.signal import Decimator, Series, dialogue, has_centre, mix
from kuleshov.cinema.hearing.silence import WINDOW_SECONDS, LevelMeter
from kuleshov.cinema.hearing.spectrum import BIN_FRAMES, BIN_SECONDS, SpectrumMeter
from kuleshov.cinema.hearing.voice import VoiceMeter
from kuleshov.cinema.span import windows_around
from kuleshov.media.audio import SAMPLE_RATE

#: A drone is low and steady: with this standard deviation of its level over 2 s nothing of it is left.
_DRONE_SECONDS, _DRONE_WAVER_DB = 2.0, 6.0
_DRONE_AUDIBLE_DB = -60.0
#: The meters measure this much at a time: a third cheaper than one second at a time, and no dearer than eight.
BLOCK_SECONDS = 4
_BLOCK_SAMPLES = BLOCK_SECONDS * SAMPLE_RATE


class SpanMeters:
    """``push`` all samples, then ``close``, then read ``series``."""

    def __init__(self, start_seconds: float, layout: str, *, cepstra: bool) -> None:
        self.start_seconds = start_seconds
        self.layout = layout
        self.loudness = LoudnessMeter(layout)
        self.peak = PeakMeter()
        self.level = LevelMeter()
        self._spectrum = SpectrumMeter()
        self._harmony = HarmonyMeter()
        self._voice = VoiceMeter(cepstra=cepstra)
        self._waiting: list[NDArray[np.float32]] = []  # less than a block in all
        self._waiting_samples = 0
        self._decimate_mix = Decimator()
        self._decimate_dialogue = Decimator() if has_centre(layout) else None

    def push(self, samples: NDArray[np.float32]) -> None:
        """Take the next samples: float32 ``[channels, n]`` at 48 kHz."""
        while self._waiting_samples + samples.shape[1] >= _BLOCK_SAMPLES:
            missing = _BLOCK_SAMPLES - self._waiting_samples
            self._wait(samples[:, :missing])
            samples = samples[:, missing:]
            self.catch_up()
        self._wait(samples)

    def forget(self, seconds: int) -> None:
        """Drop the values of the first seconds, a multiple of ``STEPS_MEET_SECONDS``; the span then begins later."""
        for meter in (self.loudness, self.level, self._spectrum, self._harmony, self._voice):
            meter.forget(seconds)
        self.start_seconds += seconds

    def close(self) -> None:
        """Measure the last samples and release what only measuring needs."""
        self.catch_up()
        self.loudness.close()
        self._spectrum.close()

    def catch_up(self) -> None:
        """Measure the samples that wait for a full block; the next block begins after them."""
        if not self._waiting_samples:
            return
        samples = np.concatenate(self._waiting, axis=1)
        self._waiting, self._waiting_samples = [], 0
        self.loudness.push(samples)
        self.peak.push(samples)
        self.level.push(samples)
        mixed = mix(samples, self.layout)
        self._spectrum.push(mixed)
        decimated = self._decimate_mix.push(mixed)
        self._harmony.push(decimated)
        if self._decimate_dialogue:
            decimated = self._decimate_dialogue.push(dialogue(samples, self.layout))
        self._voice.push(decimated)

    def _wait(self, samples: NDArray[np.float32]) -> None:
        self._waiting.append(samples)
        self._waiting_samples += samples.shape[1]

    @property
    def cepstra(self) -> NDArray[np.float32] | None:
        """The voice's cepstra, a row for each value of ``voice_pitch``; ``None`` unless they were asked for."""
        return self._voice.cepstra

    def series(self) -> dict[str, Series]:
        """Return everything that was measured, by name; ``voice_*`` are the voice's. Complete after ``close``."""
        spectrum = self._spectrum.series
        strength = self._spectrum.onset.values
        series = {
            "loudness_momentary": _series("LUFS", STEP_SECONDS, MOMENTARY_SECONDS, self.loudness.momentary),
            "loudness_short_term": _series("LUFS", STEP_SECONDS, SHORT_TERM_SECONDS, self.loudness.short_term),
            "level": _series("dBFS", WINDOW_SECONDS, WINDOW_SECONDS, self.level.levels),
            **{name: spectrum[name] for name in ("brightness", "flatness", "low_share", "percussive_share")},
            "drone": _series("", BIN_SECONDS, BIN_SECONDS, drone(spectrum["low_share"], spectrum["low_level"])),
            "onset_rate": _series("1/s", BIN_SECONDS, BIN_SECONDS, onset_rate(strength, step_frames=BIN_FRAMES)),
            **self._harmony.series,
            "mode": _series("", BIN_SECONDS, BIN_SECONDS, major_minor(self._harmony.chroma, step_seconds=BIN_SECONDS)),
            **{f"voice_{name}": values for name, values in self._voice.series.items()},
        }
        for name, unit, values in zip(("tempo", "beat"), ("BPM", ""), beats(strength), strict=True):
            series[name] = _series(unit, TEMPO_STEP_SECONDS, TEMPO_SECONDS, values)
        return series

    def seconds(self, series: Series, count: int) -> NDArray[np.float64]:
        """Return the times of the first ``count`` values of a series: the centres of their windows."""
        middle = self.start_seconds + series.window_seconds / 2
        return np.asarray(middle + series.step_seconds * np.arange(count), dtype=np.float64)


def drone(low_share: Series, low_level: Series) -> NDArray[np.float32]:
    """Return how much of the sound is a steady low tone, 0..1: the share below 200 Hz times its steadiness."""
    share, level = np.nan_to_num(low_share.values), low_level.values.astype(np.float64)
    size = min(round(_DRONE_SECONDS / BIN_SECONDS), len(level)) // 2 * 2 + 1
    if not len(level):
        return np.zeros(0, np.float32)
    deviation = windows_around(level, size).std(axis=1)
    steady = np.clip(1 - deviation / _DRONE_WAVER_DB, 0, 1) * (level > _DRONE_AUDIBLE_DB)
    return np.asarray(share * steady, dtype=np.float32)


def _series(unit: str, step_seconds: float, window_seconds: float, values: object) -> Series:
    return Series(unit, step_seconds, window_seconds, [np.asarray(values, np.float32)])
