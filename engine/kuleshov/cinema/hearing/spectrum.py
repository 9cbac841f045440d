"""The spectrum of sound: brightness, flatness, low frequencies, percussive share, and the strength of onsets.

Short-time spectra of 43 ms (Hann) every 20 ms at 48 kHz. Definitions, all per frame, then over ``BIN_SECONDS``:

- *brightness*: spectral centroid in Hz, weighted by magnitude; *flatness*: geometric over arithmetic mean of the power,
  high for noise, near 0 for tones (both as librosa defines them, but flatness from 60 Hz to 8 kHz only: above, lossy
  codecs leave nothing); of a bin, their mean weighted by magnitude
- *low_share*: share of the power below 200 Hz; *low_level*: the level there in dB
- *percussive_share*: share of the power that is percussive rather than harmonic: broad in frequency rather than long in
  time, by medians along both, after Fitzgerald, "Harmonic/percussive separation using median filtering", DAFx 2010, on
  mel bands
- *onset*: rise of the mel bands in dB from frame to frame, falls not counted (spectral flux), every 20 ms
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.hearing.signal import Series, Windows
from kuleshov.media.audio import SAMPLE_RATE

FRAME_SAMPLES = 2048
HOP_SAMPLES = 960
HOP_SECONDS = HOP_SAMPLES / SAMPLE_RATE
#: Frames in a bin.
BIN_FRAMES = 10
BIN_SECONDS = BIN_FRAMES * HOP_SECONDS
MEL_BANDS = 40
_BIN_WINDOW_SECONDS = (BIN_FRAMES - 1) * HOP_SECONDS + FRAME_SAMPLES / SAMPLE_RATE
_LOW_HERTZ = 200.0
_LOWEST_HERTZ, _HIGHEST_HERTZ = 30.0, 16_000.0
_FLAT_HERTZ = (60.0, 8000.0)
#: Power of a frame that counts as silence: about -100 dBFS. Keeps logarithms finite.
_FLOOR = 1e-10
_TIME_MEDIAN, _BAND_MEDIAN = 17, 9  # frames and bands of the two medians


class SpectrumMeter:
    """Measures contiguous sound; ``series`` grows. Values are NaN where nothing sounds."""

    def __init__(self) -> None:
        self._windows = Windows(FRAME_SAMPLES, HOP_SAMPLES)
        self._hann = np.hanning(FRAME_SAMPLES + 1)[:-1].astype(np.float32)
        self._scale = np.float32(2 / (self._hann.sum() ** 2))  # a full-scale sine has power 1/2
        self._hertz = np.fft.rfftfreq(FRAME_SAMPLES, 1 / SAMPLE_RATE).astype(np.float32)
        self._low = int(np.searchsorted(self._hertz, _LOW_HERTZ))
        self._flat = slice(*np.searchsorted(self._hertz, _FLAT_HERTZ).tolist())
        self._lowest = int(np.searchsorted(self._hertz, _LOWEST_HERTZ))
        self._edges = mel_edges(self._hertz, MEL_BANDS, _LOWEST_HERTZ, _HIGHEST_HERTZ)
        self._frames: list[NDArray[np.float32]] = []  # per frame: magnitude, and the sums of which bins are made
        self._pending = 0
        self._last_mel: NDArray[np.float32] | None = None
        self._mel_rest: NDArray[np.float32] | None = None
        self._percussive = Series("", HOP_SECONDS, FRAME_SAMPLES / SAMPLE_RATE)
        self._powers = Series("", HOP_SECONDS, FRAME_SAMPLES / SAMPLE_RATE)
        self.onset = Series("dB", HOP_SECONDS, FRAME_SAMPLES / SAMPLE_RATE)
        self._binned = {
            name: Series(unit, BIN_SECONDS, _BIN_WINDOW_SECONDS)
            for name, unit in (("brightness", "Hz"), ("flatness", ""), ("low_share", ""), ("low_level", "dB"))
        }

    def push(self, samples: NDArray[np.float32]) -> None:
        """Take the next samples of one channel: float32 ``[n]`` at 48 kHz."""
        from scipy.fft import rfft

        windows = self._windows.push(samples)
        if not len(windows):
            return
        spectra = rfft(windows * self._hann, axis=1)
        power = (spectra.real**2 + spectra.imag**2) * self._scale
        power[:, : self._lowest] = 0
        magnitude = np.sqrt(power)
        weight = magnitude.sum(axis=1)
        total, low = power.sum(axis=1), power[:, : self._low].sum(axis=1)
        band = power[:, self._flat]
        mean = band.mean(axis=1)
        floored = np.maximum(band, np.float32(1e-6) * mean[:, None] + np.float32(1e-20))
        flatness = np.exp(np.log(floored).mean(axis=1)) / np.maximum(mean, 1e-20)
        self._bin(np.stack((weight, magnitude @ self._hertz, flatness * weight, low, total), axis=1))
        self._push_mel(np.add.reduceat(power, self._edges, axis=1)[:, :-1])

    def forget(self, seconds: int) -> None:
        """Drop the values of the first seconds."""
        for series in (self._percussive, self._powers, self.onset, *self._binned.values()):
            series.forget(seconds)

    def close(self) -> None:
        """Finish the last half of the median along time. Nothing can be pushed after it."""
        if self._mel_rest is not None:
            self._medians(np.pad(self._mel_rest, ((0, _TIME_MEDIAN // 2), (0, 0)), mode="edge"))
            self._mel_rest = None

    @property
    def series(self) -> dict[str, Series]:
        """All series in bins, by name. Complete after ``close``."""
        percussive, powers = self._percussive.values, self._powers.values
        count = len(percussive) // BIN_FRAMES
        by_bin = [
            values[: count * BIN_FRAMES].reshape(count, BIN_FRAMES).sum(axis=1) for values in (percussive, powers)
        ]
        share = Series("", BIN_SECONDS, _BIN_WINDOW_SECONDS)
        with np.errstate(invalid="ignore", divide="ignore"):
            share.extend(np.where(by_bin[1] > BIN_FRAMES * _FLOOR, by_bin[0] / by_bin[1], np.nan))
        return {**self._binned, "percussive_share": share}

    def _bin(self, frames: NDArray[np.float32]) -> None:
        self._frames.append(frames)
        self._pending += len(frames)
        count = self._pending // BIN_FRAMES
        if not count:
            return
        every = np.concatenate(self._frames)
        self._frames, self._pending = [every[count * BIN_FRAMES :]], len(every) - count * BIN_FRAMES
        weight, centroid, flatness, low, total = (
            every[: count * BIN_FRAMES].reshape(count, BIN_FRAMES, -1).sum(axis=1).T
        )
        sounds = total > BIN_FRAMES * _FLOOR
        with np.errstate(invalid="ignore", divide="ignore"):
            self._binned["brightness"].extend(np.where(sounds, centroid / weight, np.nan))
            self._binned["flatness"].extend(np.where(sounds, flatness / weight, np.nan))
            self._binned["low_share"].extend(np.where(sounds, low / total, np.nan))
        self._binned["low_level"].extend(10 * np.log10(np.maximum(low / BIN_FRAMES, _FLOOR)))

    def _push_mel(self, mel: NDArray[np.float32]) -> None:
        level = 10 * np.log10(np.maximum(mel, _FLOOR))
        before = level[:1] if self._last_mel is None else self._last_mel
        self.onset.extend(np.maximum(np.diff(level, axis=0, prepend=before), 0).mean(axis=1))
        self._last_mel = level[-1:]
        self._powers.extend(mel.sum(axis=1))
        if self._mel_rest is None:
            mel = np.pad(mel, ((_TIME_MEDIAN // 2, 0), (0, 0)), mode="edge")
        else:
            mel = np.concatenate((self._mel_rest, mel))
        self._mel_rest = mel[-(_TIME_MEDIAN - 1) :].copy()
        self._medians(mel)

    def _medians(self, mel: NDArray[np.float32]) -> None:
        """Take mel powers with half a median of context on both sides."""
        half = _TIME_MEDIAN // 2
        if len(mel) <= 2 * half:
            return
        harmonic = _median(mel, _TIME_MEDIAN)
        edge = _BAND_MEDIAN // 2
        percussive = _median(np.pad(mel[half:-half].T, ((edge, edge), (0, 0)), mode="edge"), _BAND_MEDIAN).T
        mask = percussive**2 / np.maximum(percussive**2 + harmonic**2, 1e-30)
        self._percussive.extend((mask * mel[half:-half]).sum(axis=1))


def _median(values: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """The median of every ``size`` consecutive rows. Sorting short rows is faster than a rank filter."""
    windows = np.lib.stride_tricks.sliding_window_view(values, size, axis=0)
    return np.sort(windows, axis=-1)[..., size // 2]


def mel_edges(hertz: NDArray[np.float32], bands: int, lowest: float, highest: float) -> NDArray[np.intp]:
    """Return the edges of bands of equal width on the mel scale (O'Shaughnessy 1987): ``[bands + 1]``.

    For ``np.add.reduceat``: rectangular bands cost a sum, triangular ones a matrix product. Each band has at least one
    frequency, so low bands may be wider.
    """
    low, high = (2595 * np.log10(1 + np.array((lowest, highest)) / 700)).tolist()
    edges = np.searchsorted(hertz, 700 * (10 ** (np.linspace(low, high, bands + 1) / 2595) - 1))
    return np.asarray(np.maximum(edges, edges[0] + np.arange(bands + 1)))
