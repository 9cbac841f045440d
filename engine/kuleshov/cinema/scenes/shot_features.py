"""Features of shots by which scenes are found: picture, light, sound, words, and how shots are joined.

All but the picture can be missing: a film without sound, without subtitles, without embeddings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.dialogue.dialogue import OVERHANG_SECONDS
from kuleshov.cinema.dialogue.utterances import spoken_text
from kuleshov.cinema.editing.pace import Times
from kuleshov.cinema.shots.shots import ShotFrames
from kuleshov.cinema.span import frame_values
from kuleshov.cinema.tracks import Track, Tracks
from kuleshov.media.cues import SubtitleLine

#: Frame tracks of a picture's light and colour, with the difference that looks like another light: the spreads of the
#: attributes of the same names; for red-blue, about that of ``warm``.
LIGHT_TRACKS = {"luma_mean": 0.13, "contrast": 0.08, "saturation": 0.06, "red_blue": 0.05}
#: Tracks of the sound of a place; those that the film has are used.
SOUND_TRACKS = ("loudness_momentary", "silence")
_QUIETEST = -70.0  # dB: lower values are raised to it
_STEP_SECONDS = 2.0  # on both sides of a cut


@dataclass(frozen=True)
class ShotFeatures:
    """The features of a film's shots; ``None`` = the film does not have them.

    - ``times`` float64 ``[shots, 2]``: start and end, seconds
    - ``fades``, ``dissolves`` float64 ``[shots]``: confidence that the shot begins with one, else 0
    - ``colors`` float64 ``[shots, bins]``: mean colour histograms, each summing to 1
    - ``light`` float64 ``[shots, 4]``: ``LIGHT_TRACKS``, in units of their spreads
    - ``sound`` float64 ``[shots, S]``: sound tracks over each shot, NaN where nothing was measured
    - ``sound_before``, ``sound_after`` float64 ``[shots, S]``: the same over 2 s before and after each shot's start
    - ``talk``: words spoken in each shot
    - ``line_across`` float64 ``[shots]``: 1 where a line is on while the shot begins
    - ``pause_seconds`` float64 ``[shots]``: from the last line that began before the shot to the first one after
    - ``embeddings`` float64 ``[shots, D]``, each of length 1
    """

    times: NDArray[np.float64]
    fades: NDArray[np.float64]
    dissolves: NDArray[np.float64]
    colors: NDArray[np.float64]
    light: NDArray[np.float64]
    sound: NDArray[np.float64] | None = None
    sound_before: NDArray[np.float64] | None = None
    sound_after: NDArray[np.float64] | None = None
    talk: list[frozenset[str]] | None = None
    line_across: NDArray[np.float64] | None = None
    pause_seconds: NDArray[np.float64] | None = None
    embeddings: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.times)


def shot_features(
    tracks: Tracks,
    shots: Sequence[ShotFrames],
    *,
    times: Times,
    histograms: NDArray[np.float64],
    lines: Sequence[SubtitleLine] | None = None,
    embeddings: NDArray[np.float32] | None = None,
) -> ShotFeatures:
    """Return the features of the shots of one film.

    ``histograms`` float64 ``[shots, bins]``; ``embeddings`` float32 ``[shots, D]`` of any picture network, of any
    length but 0. Raises ``ValueError`` if they do not have a row a shot.
    """
    for name, rows in (("histograms", histograms), ("embeddings", embeddings)):
        if rows is not None and len(rows) != len(shots):
            raise ValueError(f"{name} has {len(rows)} rows for {len(shots)} shots")
    limits = np.asarray(times, dtype=np.float64).reshape(len(shots), 2)
    light = [
        [float(np.mean(frame_values(tracks, name, [shot.clean]))) / spread for name, spread in LIGHT_TRACKS.items()]
        for shot in shots
    ]
    sounds = [tracks[name] for name in SOUND_TRACKS if name in tracks]
    starts = limits[:, 0]
    spoken = [(line.start_seconds, line.end_seconds, text) for line in lines or () if (text := spoken_text(line.text))]
    return ShotFeatures(
        times=limits,
        fades=_confidence(shots, "fade_black", "fade_white"),
        dissolves=_confidence(shots, "dissolve"),
        colors=histograms,
        light=np.array(light),
        sound=_means(sounds, limits) if sounds else None,
        sound_before=_means(sounds, np.stack([starts - _STEP_SECONDS, starts], axis=1)) if sounds else None,
        sound_after=_means(sounds, np.stack([starts, starts + _STEP_SECONDS], axis=1)) if sounds else None,
        talk=[_words(spoken, start, end) for start, end in limits.tolist()] if spoken else None,
        line_across=_line_across(spoken, starts) if spoken else None,
        pause_seconds=_pause_seconds(spoken, starts) if spoken else None,
        embeddings=None if embeddings is None else _unit_length(embeddings),
    )


def _confidence(shots: Sequence[ShotFrames], *types: str) -> NDArray[np.float64]:
    return np.array([shot.transition_in.confidence * (shot.transition_in.type in types) for shot in shots])


def _means(tracks: Sequence[Track], spans: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means of sound tracks over spans ``[n, 2]``, float64 ``[n, tracks]``, NaN where a track has no value."""
    columns = []
    for track in tracks:
        first, end = np.searchsorted(track.seconds, spans.T)
        values = np.maximum(track.values.astype(np.float64), _QUIETEST)
        sums = np.concatenate(([0.0], np.cumsum(np.where(np.isfinite(values), values, 0.0))))
        counts = np.concatenate(([0], np.cumsum(np.isfinite(values))))
        known = counts[end] - counts[first]
        columns.append(np.where(known > 0, (sums[end] - sums[first]) / np.maximum(known, 1), np.nan))
    return np.stack(columns, axis=1)


def _words(lines: Sequence[tuple[float, float, str]], start: float, end: float) -> frozenset[str]:
    """The words of more than three letters in the lines that are on for more than an overhang between two times."""
    inside = (text for on, off, text in lines if min(off, end) - max(on, start) >= OVERHANG_SECONDS)
    return frozenset(word for text in inside for raw in text.casefold().split() if len(word := raw.strip(".,!?…")) > 3)


def _line_across(lines: Sequence[tuple[float, float, str]], seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    on, off = (np.array([line[side] for line in lines]) for side in (0, 1))
    across = (on[None] + OVERHANG_SECONDS <= seconds[:, None]) & (seconds[:, None] <= off[None] - OVERHANG_SECONDS)
    return np.asarray(across.any(axis=1), dtype=np.float64)


def _pause_seconds(lines: Sequence[tuple[float, float, str]], seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """From the last line that began before each time to the first one after it; infinite at the ends of the film."""
    on = np.array([line[0] for line in lines])
    reached = np.maximum.accumulate([line[1] for line in lines])
    following = np.searchsorted(on, seconds)
    before = np.where(following > 0, reached[np.maximum(following - 1, 0)], -np.inf)
    after = np.where(following < len(on), on[np.minimum(following, len(on) - 1)], np.inf)
    return np.asarray(np.maximum(after - before, 0.0))


def _unit_length(embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
    rows = embeddings.astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1.0))
