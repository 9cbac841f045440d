"""How people speak: syllables, pauses, pitch, whispers, shouts, screams; from the series of ``VoiceMeter``.

Shouts are relative to the film's own usual voice (medians over its voiced speech), which takes ``USUAL_SECONDS``.

- *syllables*: peaks of the level, 2 dB above the dips on both sides, voiced, in speech, not 25 dB below the loudest
  (de Jong & Wempe, "Praat script to detect syllable nuclei", Behavior Research Methods 41(2), 2009)
- *whisper*: speech that is hardly voiced over half a second: mean voicing below 0.5 (0.7 is usual). Design
- *shout*: voiced speech with two of three: 8 dB louder than usual, 1.35 times as high, pressed (more than -6 dB of high
  over low; usual is -11). Design, on speech acted normally and strongly
- *scream*: a voice at 450 Hz or more for 0.4 s or more, as loud as the loudest fifth of the film, most of its power
  above 1 kHz, and no music. Design; sirens and shrill instruments without music around them are taken for screams

Voices that speak over each other are not separated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.hearing.voice import STEP_SECONDS
from kuleshov.cinema.span import runs

SPEAKS = 0.5  # likelihood of speech from which somebody speaks
VOICED = 0.45
USUAL_SECONDS = 5.0
SCREAM_SECONDS = 0.4
_HALF_SECOND = round(0.5 / STEP_SECONDS) | 1
_DIP_DB, _FAINT_DB = 2.0, 25.0
_WHISPER_VOICING = 0.5
_SHOUT_DB, _SHOUT_PITCH, _PRESSED_DB = 8.0, 1.35, -6.0
_SCREAM_HERTZ, _SCREAM_PRESS_DB = 450.0, 0.0


@dataclass(frozen=True)
class VoiceSeries:
    """A film's voice on the grid of ``STEP_SECONDS``, all ``[n]``: likelihoods 0..1, Hz, dBFS, dB."""

    seconds: NDArray[np.float64]
    activity: NDArray[np.float32]
    pitch: NDArray[np.float32]
    voicing: NDArray[np.float32]
    level: NDArray[np.float32]
    press: NDArray[np.float32]

    @property
    def speaks(self) -> NDArray[np.bool_]:
        return np.asarray(self.activity >= SPEAKS)

    @property
    def voiced(self) -> NDArray[np.bool_]:
        """Voiced speech: where the pitch is that of a voice."""
        return np.asarray(self.speaks & (self.voicing >= VOICED))


def syllables(voice: VoiceSeries) -> NDArray[np.intp]:
    """Return the positions of syllable nuclei, ascending."""
    level, speaks, voiced = voice.level, voice.speaks, voice.voiced
    if not speaks.any():
        return np.zeros(0, np.intp)
    faint = float(np.quantile(level[speaks], 0.95)) - _FAINT_DB
    turns = _turning_points(level, _DIP_DB)
    return turns[voiced[turns] & (level[turns] > faint)]


def whispered(voice: VoiceSeries) -> NDArray[np.bool_]:
    """Return where speech is whispered: bool ``[n]``."""
    return np.asarray(voice.speaks & (_mean_where(voice.voicing, voice.speaks) < _WHISPER_VOICING))


def shouted(voice: VoiceSeries) -> NDArray[np.bool_]:
    """Return where speech is shouted: bool ``[n]``; nowhere if the film has too little speech to know its usual
    voice."""
    voiced = voice.voiced
    if voiced.sum() * STEP_SECONDS < USUAL_SECONDS:
        return np.zeros(len(voiced), bool)
    level, pitch, press = (_mean_where(values, voiced) for values in (voice.level, voice.pitch, voice.press))
    louder = level >= np.median(voice.level[voiced]) + _SHOUT_DB
    higher = pitch >= np.median(voice.pitch[voiced]) * _SHOUT_PITCH
    pressed = press >= _PRESSED_DB
    return np.asarray(voice.speaks & (louder.astype(int) + higher + pressed >= 2))


def screams(voice: VoiceSeries, *, loud_dbfs: float, music: NDArray[np.float32]) -> list[tuple[float, float]]:
    """Return when screams begin and how long they last, in seconds; ``music`` 0..1 ``[n]`` on the voice's grid."""
    screaming = (
        (voice.voicing >= VOICED)
        & (voice.pitch >= _SCREAM_HERTZ)
        & (voice.press >= _SCREAM_PRESS_DB)
        & (voice.level >= loud_dbfs)
        & (music < 0.5)
    )
    return [
        (float(voice.seconds[first]), (end - first) * STEP_SECONDS)
        for first, end in runs(screaming)
        if (end - first) * STEP_SECONDS >= SCREAM_SECONDS
    ]


def _turning_points(values: NDArray[np.float32], least: float) -> NDArray[np.intp]:
    """The peaks that are ``least`` above the minimum since the last peak, and above the minimum before the next."""
    peaks: list[int] = []
    low, top = float("inf"), -1
    for at, value in enumerate(values.tolist()):
        if top < 0:
            low = min(low, value)
            if value - low >= least:
                top = at
        elif value > values[top]:
            top = at
        elif values[top] - value >= least:
            peaks.append(top)
            low, top = value, -1
    return np.array(peaks, np.intp)


def _mean_where(values: NDArray[np.float32], where: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The mean of half a second around each value, over those in ``where``; NaN if there are none."""
    if not len(values):
        return np.zeros(0)
    kernel = np.ones(min(_HALF_SECOND, len(values)))
    sums = np.convolve(np.where(where, values, 0), kernel, mode="same")
    counts = np.convolve(where.astype(np.float64), kernel, mode="same")
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(sums / np.where(counts > 0.5, counts, np.nan))
