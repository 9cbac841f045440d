"""The voice: likelihood of speech, pitch, voicing, level and press.

All series have one grid, the 32 ms chunks of the network for voice activity, at 16 kHz:

- *activity*: likelihood of speech, 0..1 (``models.voice_activity``)
- *pitch*: Hz, and *voicing*, 0..1: position and height of the peak of the normalised autocorrelation of the sound below
  4 kHz, divided by that of the window, 64 ms Hann (Boersma, "Accurate short-term analysis of the fundamental
  frequency", IFA 17, 1993)
- *level*: dBFS of the window
- *press*: level of 1-5 kHz over that of 50 Hz-1 kHz in dB (the alpha ratio of the GeMAPS set, Eyben 2016); rises with
  vocal effort
- *cepstra*, if asked for: ``CEPSTRA`` MFCC of 40 mel bands, 50 Hz to 7.6 kHz, in natural logarithms of power
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.hearing.signal import VOICE_RATE, Series, Windows, without_first
from kuleshov.cinema.hearing.spectrum import mel_edges
from kuleshov.models.voice_activity import CHUNK, VoiceActivity

STEP_SECONDS = CHUNK / VOICE_RATE
_WINDOW = 2 * CHUNK
_WINDOW_SECONDS = _WINDOW / VOICE_RATE
_PADDED = 1280  # at least the window and the longest lag, so that the correlation does not wrap around
_LOWEST_HERTZ, _HIGHEST_HERTZ = 65.0, 1600.0  # screams reach about 1600 Hz
_PITCH_BAND_HERTZ = 4000.0  # pitch is measured below it
_OCTAVE_COST = 0.02  # taken off the correlation for each octave down, against half of the true pitch
_SPLIT_HERTZ = (50.0, 1000.0, 5000.0)
_FLOOR = 1e-10
CEPSTRA = 20
_MEL_BANDS, _MEL_HERTZ = 40, (50.0, 7600.0)


class VoiceMeter:
    """Measures contiguous sound of the channel with the voices; ``series`` grows."""

    def __init__(self, *, cepstra: bool = False) -> None:
        self._activity = VoiceActivity()
        self._windows = Windows(_WINDOW, CHUNK)
        self._hann = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
        self._power = float((self._hann**2).sum())
        own = np.fft.irfft(np.abs(np.fft.rfft(self._hann, _PADDED)) ** 2)
        self._lags = np.arange(int(VOICE_RATE / _HIGHEST_HERTZ), int(VOICE_RATE / _LOWEST_HERTZ) + 2)
        self._own = (own[self._lags] / own[0]).astype(np.float32)
        self._cost = (_OCTAVE_COST * np.log2(self._lags * _HIGHEST_HERTZ / VOICE_RATE)).astype(np.float32)
        hertz = np.fft.rfftfreq(_PADDED, 1 / VOICE_RATE).astype(np.float32)
        self._bands = mel_edges(hertz, _MEL_BANDS, *_MEL_HERTZ)
        wave = np.pi / _MEL_BANDS * (np.arange(_MEL_BANDS)[:, None] + 0.5) * np.arange(CEPSTRA)
        self._cosines = np.cos(wave).astype(np.float32) * np.float32(np.sqrt(2 / _MEL_BANDS))
        self._cepstra: list[NDArray[np.float32]] | None = [] if cepstra else None
        self._pitch_end = round(_PITCH_BAND_HERTZ * _PADDED / VOICE_RATE)
        self._split = [round(hertz * _PADDED / VOICE_RATE) for hertz in _SPLIT_HERTZ]
        names = {"activity": "", "pitch": "Hz", "voicing": "", "level": "dBFS", "press": "dB"}
        self.series = {
            name: Series(unit, STEP_SECONDS, STEP_SECONDS if name == "activity" else _WINDOW_SECONDS)
            for name, unit in names.items()
        }

    @property
    def cepstra(self) -> NDArray[np.float32] | None:
        """Float32 ``[n, CEPSTRA]``; ``None`` unless they were asked for."""
        if self._cepstra is None:
            return None
        return np.concatenate(self._cepstra) if self._cepstra else np.zeros((0, CEPSTRA), np.float32)

    def forget(self, seconds: int) -> None:
        """Drop the values of the first seconds."""
        for series in self.series.values():
            series.forget(seconds)
        if self._cepstra is not None:
            self._cepstra = without_first(self._cepstra, round(seconds / STEP_SECONDS))

    def push(self, samples: NDArray[np.float32]) -> None:
        """Take the next samples of one channel: float32 ``[n]`` at 16 kHz."""
        self.series["activity"].extend(self._activity.push(samples))
        windows = self._windows.push(samples)
        if len(windows):
            self._measure(windows * self._hann)

    def _measure(self, windows: NDArray[np.float32]) -> None:
        from scipy.fft import irfft, rfft

        spectra = rfft(windows, _PADDED, axis=1)
        power = spectra.real**2 + spectra.imag**2
        energy = (windows**2).sum(axis=1)
        low_passed = power.copy()
        low_passed[:, self._pitch_end :] = 0
        correlation = irfft(low_passed, axis=1)
        normal = correlation[:, self._lags] / np.maximum(correlation[:, :1], _FLOOR) / self._own
        rows = np.arange(len(windows))
        inner = normal[:, 1:-1]
        peaks = (inner >= normal[:, :-2]) & (inner >= normal[:, 2:])
        # The parabola through three values: a high pitch has few samples a period, and its peak is between two.
        tilt, bend = normal[:, :-2] - normal[:, 2:], normal[:, :-2] - 2 * inner + normal[:, 2:]
        shift = np.clip(tilt / (2 * np.minimum(bend, -1e-6)), -0.5, 0.5)
        height = inner - tilt * shift / 4
        at = np.where(peaks, height - self._cost[1:-1], -np.inf).argmax(axis=1)
        self.series["pitch"].extend(VOICE_RATE / (self._lags[at + 1] + shift[rows, at]))
        self.series["voicing"].extend(np.clip(height[rows, at], 0, 1))
        level = 10 * np.log10(np.maximum(energy / self._power, _FLOOR))
        self.series["level"].extend(level)
        low, middle, high = self._split
        below, above = (np.maximum(part.sum(axis=1), _FLOOR) for part in (power[:, low:middle], power[:, middle:high]))
        self.series["press"].extend(10 * np.log10(above / below))
        if self._cepstra is not None:
            bands = np.add.reduceat(power, self._bands, axis=1)[:, :-1]
            self._cepstra.append(np.log(np.maximum(bands, _FLOOR)) @ self._cosines)
