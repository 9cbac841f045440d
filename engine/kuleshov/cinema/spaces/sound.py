"""``sound``: what a stretch sounds like, without a network, from the tracks that ``hearing.listen`` keeps.

| block | numbers | of |
|---|---|---|
| ``level`` | 12 | loudness and how much it varies; level in quiet, usual and loud moments; silence |
| ``timbre`` | 22 | brightness of dull, usual and bright moments; flatness, lows, drone, strokes, dissonance, onsets |
| ``kinds`` | 6 | shares of speech, music and effects |
| ``music`` | 6 | tempo (twice as fast is the same), strength of the beat, minor or major; missing without music |
| ``voice`` | 6 | pitch and its range, syllables a second; missing without speech |

Each number is a direction on a half circle (``blocks.on_half_circle``), tempo on a whole one that an octave goes round.
Weights and ranges are design values. Level counts little: copies are mixed louder or softer.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.spaces.blocks import Block, BlockSpace, on_half_circle, side_by_side
from kuleshov.cinema.tracks import Tracks

SOUND = BlockSpace(
    "sound",
    "sound-1",
    (
        Block("level", 12, 0.15),
        Block("timbre", 22, 0.45),
        Block("kinds", 6, 0.20),
        Block("music", 6, 0.10),
        Block("voice", 6, 0.10),
    ),
)
_QUIET_DBFS = -60.0
_LOW_TEMPO_BPM = 60.0
#: Less than this of speech or music in a stretch, 0..1, and its voice or its tempo says nothing.
_LEAST_SHARE = 0.1
_STEP_SECONDS = 0.2


def sound_vectors(tracks: Tracks, times: Sequence[tuple[float, float]]) -> NDArray[np.float32]:
    """Return the sound of stretches of a film, each from a second to another: float32 ``[n, SOUND.dimensions]``.

    A row is NaN where nothing was heard: a film without sound, a stretch outside of it.
    """
    if "level" not in tracks:
        return np.full((len(times), SOUND.dimensions), np.nan, dtype=np.float32)
    heard = [_Stretch(tracks, start, end) for start, end in times]
    return SOUND.assembled(
        {
            "level": _level(heard),
            "timbre": _timbre(heard),
            "kinds": _kinds(heard),
            "music": _music(heard),
            "voice": _voice(heard),
        }
    )


class _Stretch:
    """The sound tracks between two times."""

    def __init__(self, tracks: Tracks, start_seconds: float, end_seconds: float) -> None:
        self._tracks, self.start_seconds, self.end_seconds = tracks, start_seconds, end_seconds

    def values(self, name: str) -> NDArray[np.float64]:
        """What was measured, without NaN; of a stretch that falls between two values the one that is near."""
        if name not in self._tracks:
            return np.zeros(0)
        track = self._tracks[name]
        values = track.between(self.start_seconds, self.end_seconds)
        if not len(values):
            middle = (self.start_seconds + self.end_seconds) / 2
            values = track.between(middle - _STEP_SECONDS, middle + _STEP_SECONDS)
        return values[np.isfinite(values)].astype(np.float64)

    def mean(self, name: str) -> float:
        values = self.values(name)
        return float(values.mean()) if len(values) else np.nan

    def median(self, name: str) -> float:
        values = self.values(name)
        return float(np.median(values)) if len(values) else np.nan

    def spread(self, name: str, percents: Sequence[float]) -> list[float]:
        values = self.values(name)
        return np.percentile(values, percents).tolist() if len(values) else [np.nan] * len(percents)


Heard = Sequence[_Stretch]


def _level(heard: Heard) -> NDArray[np.float64]:
    spreads = np.array([each.spread("level", (10, 50, 90)) for each in heard])
    spreads = np.maximum(spreads, _QUIET_DBFS)  # NaN stays NaN
    loudness = np.array([each.mean("loudness_momentary") for each in heard])
    silence = np.array([each.mean("silence") for each in heard])
    return side_by_side(
        on_half_circle(loudness, -60, -5),
        on_half_circle(spreads[:, 2] - spreads[:, 0], 0, 40),
        *(on_half_circle(spreads[:, place], _QUIET_DBFS, 0) for place in range(3)),
        on_half_circle(silence, 0, 1),
    )


def _timbre(heard: Heard) -> NDArray[np.float64]:
    brightness = np.log2(np.maximum([each.spread("brightness", (10, 50, 90)) for each in heard], 50.0))
    flatness = np.array([each.spread("flatness", (10, 50, 90)) for each in heard])
    return side_by_side(
        *(on_half_circle(brightness[:, place], 7.0, 13.0) for place in range(3)),  # 128 Hz to 8 kHz
        *(on_half_circle(np.sqrt(np.maximum(flatness[:, place], 0)), 0, 0.8) for place in range(3)),
        *(
            on_half_circle([each.mean(name) for each in heard], 0, high)
            for name, high in (
                ("low_share", 1.0),
                ("drone", 0.5),
                ("percussive_share", 1.0),
                ("roughness", 0.5),
                ("onset_rate", 10.0),
            )
        ),
    )


def _kinds(heard: Heard) -> NDArray[np.float64]:
    return side_by_side(
        *(on_half_circle([each.mean(name) for each in heard], 0, 1) for name in ("speech", "music", "effects"))
    )


def _music(heard: Heard) -> NDArray[np.float64]:
    there = np.array([each.mean("music") >= _LEAST_SHARE for each in heard])
    tempo = np.where(there, [each.median("tempo") for each in heard], np.nan)
    turn = 2 * np.pi * np.log2(np.maximum(tempo, 1.0) / _LOW_TEMPO_BPM)
    return side_by_side(
        np.stack([np.cos(turn), np.sin(turn)], axis=1),
        on_half_circle(np.where(there, [each.median("beat") for each in heard], np.nan), 0, 1),
        on_half_circle(np.where(there, [each.median("mode") for each in heard], np.nan), -1, 1),
    )


def _voice(heard: Heard) -> NDArray[np.float64]:
    there = np.array([each.mean("speech") >= _LEAST_SHARE for each in heard])
    pitch = np.array([each.spread("voice_pitch", (10, 50, 90)) for each in heard])
    pitch = np.where(there[:, None], np.log2(np.maximum(pitch, 1.0)), np.nan)
    speech = np.array([each.values("speech").sum() * _STEP_SECONDS for each in heard])
    rate = np.array([len(each.values("syllable")) for each in heard]) / np.maximum(speech, _STEP_SECONDS)
    return side_by_side(
        on_half_circle(pitch[:, 1], np.log2(70), np.log2(400)),
        on_half_circle(pitch[:, 2] - pitch[:, 0], 0, 2),
        on_half_circle(np.where(there, rate, np.nan), 0, 7),
    )
