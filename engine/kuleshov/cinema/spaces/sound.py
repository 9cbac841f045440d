"""``sound``: the sound of a segment, without a network, from the tracks of ``cinema.hearing``.

| block | numbers | content |
|---|---|---|
| ``level`` | 12 | loudness and its range; level in quiet, usual and loud moments; silence |
| ``timbre`` | 22 | brightness of dull, usual and bright moments; flatness, lows, drone, percussion, roughness, onsets |
| ``kinds`` | 6 | shares of speech, music and effects |
| ``music`` | 6 | tempo (twice as fast counts as equal), strength of the beat, minor or major; missing without music |
| ``voice`` | 6 | pitch and its range, syllables a second; missing without speech |

Each number is a direction on a half circle (``blocks.on_half_circle``), tempo on a whole one of an octave. Weights and
ranges are design values. Level counts little, as copies are mixed louder or softer.
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
#: With a smaller share of speech or music, a segment has no voice or no tempo.
_LEAST_SHARE = 0.1
_STEP_SECONDS = 0.2


def sound_vectors(tracks: Tracks, times: Sequence[tuple[float, float]]) -> NDArray[np.float32]:
    """Return the sound of segments, each with start and end in seconds: float32 ``[n, SOUND.dimensions]``.

    A row is NaN without sound: in a film without any, or outside of it.
    """
    if "level" not in tracks:
        return np.full((len(times), SOUND.dimensions), np.nan, dtype=np.float32)
    segments = [_TracksBetween(tracks, start, end) for start, end in times]
    return SOUND.assembled(
        {
            "level": _level(segments),
            "timbre": _timbre(segments),
            "kinds": _kinds(segments),
            "music": _music(segments),
            "voice": _voice(segments),
        }
    )


class _TracksBetween:
    def __init__(self, tracks: Tracks, start_seconds: float, end_seconds: float) -> None:
        self._tracks, self.start_seconds, self.end_seconds = tracks, start_seconds, end_seconds

    def values(self, name: str) -> NDArray[np.float64]:
        """The values without NaN; of a segment between two values, the near one."""
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

    def percentiles(self, name: str, percents: Sequence[float]) -> list[float]:
        values = self.values(name)
        return np.percentile(values, percents).tolist() if len(values) else [np.nan] * len(percents)


Segments = Sequence[_TracksBetween]


def _level(segments: Segments) -> NDArray[np.float64]:
    levels = np.array([segment.percentiles("level", (10, 50, 90)) for segment in segments])
    levels = np.maximum(levels, _QUIET_DBFS)  # NaN stays NaN
    loudness = np.array([segment.mean("loudness_momentary") for segment in segments])
    silence = np.array([segment.mean("silence") for segment in segments])
    return side_by_side(
        on_half_circle(loudness, -60, -5),
        on_half_circle(levels[:, 2] - levels[:, 0], 0, 40),
        *(on_half_circle(level, _QUIET_DBFS, 0) for level in levels.T),
        on_half_circle(silence, 0, 1),
    )


def _timbre(segments: Segments) -> NDArray[np.float64]:
    brightness = np.log2(np.maximum([segment.percentiles("brightness", (10, 50, 90)) for segment in segments], 50.0))
    flatness = np.array([segment.percentiles("flatness", (10, 50, 90)) for segment in segments])
    return side_by_side(
        *(on_half_circle(octaves, 7.0, 13.0) for octaves in brightness.T),  # 128 Hz to 8 kHz
        *(on_half_circle(np.sqrt(np.maximum(values, 0)), 0, 0.8) for values in flatness.T),
        *(
            on_half_circle([segment.mean(name) for segment in segments], 0, high)
            for name, high in (
                ("low_share", 1.0),
                ("drone", 0.5),
                ("percussive_share", 1.0),
                ("roughness", 0.5),
                ("onset_rate", 10.0),
            )
        ),
    )


def _kinds(segments: Segments) -> NDArray[np.float64]:
    names = ("speech", "music", "effects")
    return side_by_side(*(on_half_circle([segment.mean(name) for segment in segments], 0, 1) for name in names))


def _music(segments: Segments) -> NDArray[np.float64]:
    enough = np.array([segment.mean("music") >= _LEAST_SHARE for segment in segments])
    tempo = np.where(enough, [segment.median("tempo") for segment in segments], np.nan)
    turn = 2 * np.pi * np.log2(np.maximum(tempo, 1.0) / _LOW_TEMPO_BPM)
    return side_by_side(
        np.stack([np.cos(turn), np.sin(turn)], axis=1),
        on_half_circle(np.where(enough, [segment.median("beat") for segment in segments], np.nan), 0, 1),
        on_half_circle(np.where(enough, [segment.median("mode") for segment in segments], np.nan), -1, 1),
    )


def _voice(segments: Segments) -> NDArray[np.float64]:
    enough = np.array([segment.mean("speech") >= _LEAST_SHARE for segment in segments])
    pitch = np.array([segment.percentiles("voice_pitch", (10, 50, 90)) for segment in segments])
    pitch = np.where(enough[:, None], np.log2(np.maximum(pitch, 1.0)), np.nan)
    speech = np.array([segment.values("speech").sum() * _STEP_SECONDS for segment in segments])
    rate = np.array([len(segment.values("syllable")) for segment in segments]) / np.maximum(speech, _STEP_SECONDS)
    return side_by_side(
        on_half_circle(pitch[:, 1], np.log2(70), np.log2(400)),
        on_half_circle(pitch[:, 2] - pitch[:, 0], 0, 2),
        on_half_circle(np.where(enough, rate, np.nan), 0, 7),
    )
