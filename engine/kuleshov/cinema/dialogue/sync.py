"""Subtitles aligned with the sound: a side-car made for another copy of the film is late, early, or drifts.

All common pairs of frame rates are tried, and for each every shift of up to 30 s: the correlation of "a line is being
spoken" with a curve of speech, by FFT. The best is used only if it is clearly better than all others that would move
the lines elsewhere, and than noise. In doubt nothing is moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.dialogue.utterances import spoken_text
from kuleshov.media.cues import SubtitleLine

LONGEST_SHIFT_SECONDS = 30.0
_STEP_SECONDS = 0.1
#: Smaller corrections are within the usual error of subtitles, and nobody would notice them.
_LEAST_MOVE_SECONDS = 0.25
_LEAST_LINES = 6
_LEAST_CORRELATION = 0.15
_LEAST_CONFIDENCE = 0.25
_LEAST_DEVIATIONS = 5.0  # above the correlations at all other shifts
#: In a short film no correlation can exceed the others that far; there one as high as this counts: of 400 random lists
#: of 5 to 13 lines on a trailer's speech none of six lines or more reached it; the true one had .68.
_CLOSE_CORRELATION = 0.62
#: The speed at which a line is spoken from the start of its time on screen: the reading speed of professional
#: subtitles.
_CHARACTERS_PER_SECOND, _LEAST_SPOKEN_SECONDS = 15.0, 0.4
_SAME_SECONDS = 1.0  # candidates that put the lines this near each other are one
_FILM, _NTSC_FILM, _PAL = Fraction(24), Fraction(24000, 1001), Fraction(25)
#: Factors of time for subtitles made for one frame rate and shown at another.
SCALES = tuple(sorted({Fraction(1), *(a / b for a in (_FILM, _NTSC_FILM, _PAL) for b in (_FILM, _NTSC_FILM, _PAL))}))


@dataclass(frozen=True)
class Sync:
    """The correction of subtitles: ``time * scale + shift_seconds`` is when they belong.

    ``confidence`` 0..1: how much better this is than other corrections; ``applied``: whether it is used and changes
    anything; ``reason``: a sentence for the provenance.
    """

    scale: Fraction
    shift_seconds: float
    confidence: float
    applied: bool
    reason: str

    def moved(self, lines: Sequence[SubtitleLine]) -> tuple[SubtitleLine, ...]:
        """Return the corrected lines; those that would end before the film begins are left out."""
        if not self.applied:
            return tuple(lines)
        scale = float(self.scale)
        placed = (
            (line, line.start_seconds * scale + self.shift_seconds, line.end_seconds * scale + self.shift_seconds)
            for line in lines
        )
        return tuple(
            replace(line, start_seconds=max(start, 0.0), end_seconds=end) for line, start, end in placed if end > 0
        )


def find_sync(lines: Sequence[SubtitleLine], seconds: NDArray[np.float64], speech: NDArray[np.float32]) -> Sync:
    """Correct subtitles by a curve of speech: 0..1 float32 ``[N]`` at ``seconds`` float64 ``[N]``, rising."""
    spans = [_spoken_span(line) for line in lines if spoken_text(line.text)]
    if len(spans) < _LEAST_LINES or len(seconds) < 2:
        return _unchanged(0.0, "too few lines of speech, or no sound, to tell whether they are in time")
    grid = np.arange(0.0, float(seconds[-1]) + _STEP_SECONDS, _STEP_SECONDS)
    measured = np.interp(grid, seconds, speech, left=0.0, right=0.0)
    if float(np.std(speech)) == 0:
        return _unchanged(0.0, "the sound never changes: it can't be told whether the lines are in time")
    candidates = [(scale, *_correlations(spans, scale, measured)) for scale in SCALES]
    every = np.concatenate([correlations for _, _, correlations in candidates])
    peaks = [
        (scale, _peak_shift(shifts, correlations), float(correlations.max()))
        for scale, shifts, correlations in candidates
    ]
    best = max(peaks, key=lambda peak: peak[2])
    middle = np.array([(start + end) / 2 for start, end in spans])
    # A short film can't tell 24 from 23.976: of scales that put the lines at the same times, 1 is preferred.
    near = [peak for peak in peaks if _distance(peak, best, middle) < _SAME_SECONDS and peak[2] > 0.97 * best[2]]
    scale, shift, value = min(near, key=lambda peak: (peak[0] != 1, -peak[2]))
    others = [
        correlations[_other_shifts(shifts, other, (scale, shift), middle)].max(initial=0.0)
        for other, shifts, correlations in candidates
    ]
    confidence = float(np.clip(1.0 - max(others) / value, 0.0, 1.0)) if value > 0 else 0.0
    deviations = (value - float(np.median(every))) / max(float(every.std()), 1e-9)
    clear = value >= _CLOSE_CORRELATION or (value >= _LEAST_CORRELATION and deviations >= _LEAST_DEVIATIONS)
    if not clear or confidence < _LEAST_CONFIDENCE:
        figures = f"correlation {value:.2f}, confidence {confidence:.2f}"
        return _unchanged(
            confidence, f"no place fits the sound clearly better than others ({figures}): left as they are"
        )
    moves = np.abs(middle * float(scale) + shift - middle)
    if moves.max() < _LEAST_MOVE_SECONDS:
        return _unchanged(confidence, f"in time with the sound (confidence {confidence:.2f})")
    drift = "" if scale == 1 else f"times x {float(scale):.5f}, then "
    return Sync(scale, shift, confidence, True, f"{drift}moved by {shift:+.2f} s (confidence {confidence:.2f})")


def _unchanged(confidence: float, reason: str) -> Sync:
    return Sync(Fraction(1), 0.0, confidence, False, reason)


def _spoken_span(line: SubtitleLine) -> tuple[float, float]:
    """When a line is probably spoken: from its start, at reading speed, at most until its end."""
    length = max(len(spoken_text(line.text)) / _CHARACTERS_PER_SECOND, _LEAST_SPOKEN_SECONDS)
    return line.start_seconds, min(line.end_seconds, line.start_seconds + length)


def _correlations(
    spans: Sequence[tuple[float, float]], scale: Fraction, measured: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return shifts in seconds and, for each, the correlation of the shifted lines with the curve."""
    reach = round(LONGEST_SHIFT_SECONDS / _STEP_SECONDS)
    cells = len(measured) + 2 * reach
    spoken = np.zeros(cells)
    for start, end in spans:
        first, last = (round(float(scale) * edge / _STEP_SECONDS) + reach for edge in (start, end))
        spoken[max(first, 0) : min(max(last, first + 1), cells)] = 1.0
    curve = np.zeros(cells)
    curve[reach : reach + len(measured)] = measured - measured.mean()
    spoken -= spoken.mean()
    length = 1 << (2 * cells - 1).bit_length()
    product = np.fft.irfft(np.fft.rfft(curve, length) * np.conj(np.fft.rfft(spoken, length)), length)
    shifts = np.arange(-reach, reach + 1)
    norm = float(np.linalg.norm(curve) * np.linalg.norm(spoken)) or 1.0
    correlations: NDArray[np.float64] = (product[shifts] / norm).astype(np.float64)
    return (shifts * _STEP_SECONDS).astype(np.float64), correlations


def _peak_shift(shifts: NDArray[np.float64], correlations: NDArray[np.float64]) -> float:
    """The shift of the highest correlation, between the steps: the maximum of the parabola through three."""
    at = int(correlations.argmax())
    if not 0 < at < len(shifts) - 1:
        return float(shifts[at])
    before, here, after = correlations[at - 1 : at + 2]
    bend = before - 2 * here + after
    return float(shifts[at] + (_STEP_SECONDS * (before - after) / (2 * bend) if bend < 0 else 0.0))


def _distance(
    one: tuple[Fraction, float, float], other: tuple[Fraction, float, float], at: NDArray[np.float64]
) -> float:
    """The median distance in seconds between the lines by two candidates."""
    return float(np.median(np.abs(at * float(one[0] - other[0]) + one[1] - other[1])))


def _other_shifts(
    shifts: NDArray[np.float64], scale: Fraction, chosen: tuple[Fraction, float], at: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which shifts at a scale put the lines at other times than the chosen scale and shift do."""
    difference = np.median(at) * float(scale - chosen[0]) + shifts - chosen[1]
    reach = _SAME_SECONDS + float(np.ptp(at)) / 2 * abs(float(scale - chosen[0]))
    return np.abs(difference) > reach
