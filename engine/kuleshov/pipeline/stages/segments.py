"""A measured film divided into shots and scenes. Nothing is decoded: it can be divided again, by other transitions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kuleshov.cinema.describe import describe_scenes, describe_shots
from kuleshov.cinema.editing.editing import describe_editing, long_shot_seconds
from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.cinema.shots.shots import ShotFrames, shots_from_transitions
from kuleshov.records import Editing, Scene, Shot, Transition


@dataclass(frozen=True)
class Segments:
    """The shots and scenes of a film with their measurements; ``frames`` are those of each shot."""

    frames: Sequence[ShotFrames]
    shots: Sequence[Shot]
    scenes: Sequence[Scene]

    def editing(self) -> Editing:
        """Return how the whole film is edited."""
        times = [(shot.start_seconds, shot.end_seconds) for shot in self.shots]
        return describe_editing(times, long_seconds=long_shot_seconds(times))


def segment_film(measured: FilmMeasurements, transitions: Iterable[Transition]) -> Segments:
    """Return the shots between these transitions, and the scenes that they form; without emotion scores."""
    frames = shots_from_transitions(transitions, frame_count=len(measured.frame_seconds))
    shots = describe_shots(measured, frames)
    return Segments(frames, shots, describe_scenes(measured, frames, shots))
