"""A measured film divided into shots and scenes, with what they read as and the vectors that search uses.

Nothing is decoded here: the same measurements can be divided again, by another list of shots.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.describe import FilmMeasurements, describe_scenes, describe_shots
from kuleshov.cinema.editing import describe_editing, long_shot_seconds
from kuleshov.cinema.measures import Unit
from kuleshov.cinema.shots import shots_from_transitions
from kuleshov.cinema.tempo import with_tempo
from kuleshov.cinema.tracks import Tracks
from kuleshov.emotion.grammar import Grammar
from kuleshov.emotion.model import describe_emotion
from kuleshov.emotion.vector import affect_vectors
from kuleshov.records import Editing, Scene, Segment, Shot, Transition

AnySegment = TypeVar("AnySegment", bound=Segment)


@dataclass(frozen=True)
class Divided:
    """The shots and scenes of a film, and float32 ``[segments, len(VECTOR_NAMES)]`` vectors, NaN = not measured."""

    shots: list[Shot]
    scenes: list[Scene]
    editing: Editing
    tracks: Tracks  # those that were measured, and the tempo that follows from the shots
    vectors: dict[Unit, NDArray[np.float32]]


def divide(measured: FilmMeasurements, transitions: Iterable[Transition], *, grammar: Grammar) -> Divided:
    """Describe the shots between these transitions, and the scenes that they form."""
    frames = shots_from_transitions(transitions, frame_count=len(measured.frame_seconds))
    shots = _feel(describe_shots(measured, frames), grammar)
    scenes = _feel(describe_scenes(measured, frames), grammar)
    vectors: dict[Unit, NDArray[np.float32]] = {
        "shot": affect_vectors(shots, shots=shots),
        "scene": affect_vectors(scenes, shots=shots),
    }
    times = [(shot.start_seconds, shot.end_seconds) for shot in shots]
    return Divided(
        shots,
        scenes,
        describe_editing(times, long_seconds=long_shot_seconds(times)),
        with_tempo(measured.tracks, shots, end_seconds=measured.end_seconds),
        vectors,
    )


def _feel(segments: list[AnySegment], grammar: Grammar) -> list[AnySegment]:
    """The same segments with what their cues read as."""
    emotions = describe_emotion(segments, grammar=grammar)
    return [replace(segment, emotion=emotion) for segment, emotion in zip(segments, emotions, strict=True)]
