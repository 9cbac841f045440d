"""Shots and scenes with all their measurements, from the tracks of a film and the borders of its shots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.camera import describe_camera
from kuleshov.cinema.color import HistogramSeries, describe_color
from kuleshov.cinema.dialogue import describe_dialogue
from kuleshov.cinema.lighting import describe_lighting
from kuleshov.cinema.pace import Times, scene_pace, shot_pace
from kuleshov.cinema.scenes import group_scenes
from kuleshov.cinema.shots import ShotFrames
from kuleshov.cinema.sound import describe_sound
from kuleshov.cinema.sound_borders import sound_borders
from kuleshov.cinema.tracks import Tracks
from kuleshov.kernels.color_histogram import BINS
from kuleshov.media.color import ColorSpec
from kuleshov.media.subtitles import SubtitleSource
from kuleshov.records import Scene, Shot


@dataclass(frozen=True)
class FilmMeasurements:
    """All that was measured on a film before it is divided: the input of every description.

    ``frame_seconds`` float64 ``[frames]`` the PTS of each frame; ``end_seconds`` when the last one goes;
    ``subtitles`` ``None`` where the film has none.
    """

    frame_seconds: NDArray[np.float64]
    end_seconds: float
    tracks: Tracks
    histograms: HistogramSeries
    coding: ColorSpec
    subtitles: SubtitleSource | None

    def seconds(self, frame: int) -> float:
        """Return when a frame is shown; for the frame after the last, when the film ends."""
        return float(self.frame_seconds[frame]) if frame < len(self.frame_seconds) else self.end_seconds


def describe_shots(film: FilmMeasurements, shots: Sequence[ShotFrames]) -> list[Shot]:
    """Return the shots of a film, measured on their clean frames (their transitions left out)."""
    times = _times(film, shots)
    borders = [None, *sound_borders(film.tracks, [start for start, _ in times[1:]])]
    return [
        Shot(
            index=index,
            start_frame=shot.start_frame,
            end_frame=shot.end_frame,
            transition_in=shot.transition_in,
            sound_border_in=borders[index],
            emotion=None,
            pace=shot_pace(times, index),
            **_measure(film, [shot], *times[index]),
        )
        for index, shot in enumerate(shots)
    ]


def describe_scenes(film: FilmMeasurements, shots: Sequence[ShotFrames]) -> list[Scene]:
    """Return the scenes of a film: its shots grouped, and measured over the clean frames of all of them."""
    times = _times(film, shots)
    histograms = np.stack([film.histograms.mean([shot.clean], bins=BINS) for shot in shots])
    groups = group_scenes(histograms, times, [shot.transition_in.type for shot in shots])
    return [
        Scene(
            index=index,
            start_frame=shots[first].start_frame,
            end_frame=shots[end - 1].end_frame,
            first_shot=first,
            end_shot=end,
            emotion=None,
            pace=scene_pace(times, first, end),
            **_measure(film, shots[first:end], times[first][0], times[end - 1][1]),
        )
        for index, (first, end) in enumerate(groups)
    ]


def _times(film: FilmMeasurements, shots: Sequence[ShotFrames]) -> Times:
    return [(film.seconds(shot.start_frame), film.seconds(shot.end_frame)) for shot in shots]


def _measure(
    film: FilmMeasurements, shots: Sequence[ShotFrames], start_seconds: float, end_seconds: float
) -> dict[str, Any]:
    """The measurements that shots and scenes share."""
    spans = [shot.clean for shot in shots]
    between = {"start_seconds": start_seconds, "end_seconds": end_seconds}
    subtitles = film.subtitles
    return {
        **between,
        "lighting": describe_lighting(film.tracks, spans),
        "color": describe_color(film.tracks, spans, film.histograms.mean(spans, bins=BINS), film.coding),
        "camera": describe_camera(film.tracks, spans),
        "sound": describe_sound(film.tracks, **between),
        "dialogue": describe_dialogue(subtitles.lines, language=subtitles.language, **between) if subtitles else None,
    }
