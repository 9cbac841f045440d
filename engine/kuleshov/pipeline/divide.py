"""A measured film divided into shots and scenes, with what they read as, its arc, and the vectors that search uses.

Nothing is decoded here: the same measurements can be divided again, by another list of shots.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.embeddings import Embeddings
from kuleshov.archive.folder import LineVectors
from kuleshov.archive.moments import Moments
from kuleshov.cinema.describe import FilmMeasurements, describe_moments, describe_scenes, describe_shots
from kuleshov.cinema.editing import describe_editing, long_shot_seconds
from kuleshov.cinema.measures import Unit
from kuleshov.cinema.shots import shots_from_transitions
from kuleshov.cinema.tempo import with_tempo
from kuleshov.cinema.tracks import Tracks
from kuleshov.emotion.arc import film_arc
from kuleshov.emotion.curves import feeling_curves
from kuleshov.emotion.grammar import Grammar
from kuleshov.emotion.model import describe_emotion
from kuleshov.emotion.vector import VECTOR_NAMES, affect_vectors
from kuleshov.pipeline.spaces import spaces_of
from kuleshov.records import Arc, Editing, Scene, Segment, Shot, Transition

AnySegment = TypeVar("AnySegment", bound=Segment)


@dataclass(frozen=True)
class Divided:
    """The shots and scenes of a film, float32 ``[segments, len(VECTOR_NAMES)]`` vectors, and how it goes over time."""

    shots: list[Shot]
    scenes: list[Scene]
    editing: Editing
    tracks: Tracks  # those that were measured, and the tempo that follows from the shots
    vectors: dict[Unit, NDArray[np.float32]]
    moments: Moments
    arc: Arc
    embeddings: list[Embeddings]  # those that follow from what was measured


def divide(
    measured: FilmMeasurements,
    transitions: Iterable[Transition],
    *,
    grammar: Grammar,
    line_vectors: LineVectors | None = None,
) -> Divided:
    """Describe the shots between these transitions, and the scenes that they form.

    ``line_vectors`` are those of the film's lines, where a sentence model read them.
    """
    frames = shots_from_transitions(transitions, frame_count=len(measured.frame_seconds))
    shots = _feel(describe_shots(measured, frames), grammar)
    scenes = _feel(describe_scenes(measured, frames, shots), grammar)
    vectors: dict[Unit, NDArray[np.float32]] = {
        "shot": affect_vectors(shots, shots=shots),
        "scene": affect_vectors(scenes, shots=shots),
    }
    moments = describe_moments(measured, frames, shots)
    parts = _feel([moment for moment in moments if moment.emotion is None], grammar, among=shots)
    curves = feeling_curves(moments, shots=shots, grammar=grammar)
    times = [(shot.start_seconds, shot.end_seconds) for shot in shots]
    return Divided(
        shots=shots,
        scenes=scenes,
        vectors=vectors,
        moments=Moments.of(moments, _moment_vectors(moments, parts, shots, vectors["shot"]), VECTOR_NAMES),
        editing=describe_editing(times, long_seconds=long_shot_seconds(times)),
        tracks=curves.add_to(with_tempo(measured.tracks, shots, end_seconds=measured.end_seconds)),
        arc=film_arc(curves, moments=moments, lines=measured.lines, grammar=grammar),
        embeddings=spaces_of(measured, frames, shots=shots, scenes=scenes, line_vectors=line_vectors),
    )


def _moment_vectors(
    moments: Sequence[Segment], parts: Sequence[Segment], shots: Sequence[Shot], of_shots: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The vectors of moments: those of the shots that are one, and of the ``parts`` of the others, in order."""
    whole = np.array([isinstance(moment, Shot) for moment in moments])
    vectors = np.empty((len(moments), of_shots.shape[1]), dtype=np.float32)
    vectors[whole] = of_shots[[moment.index for moment in moments if isinstance(moment, Shot)]]
    vectors[~whole] = affect_vectors(parts, shots=shots)
    return vectors


def _feel(segments: list[AnySegment], grammar: Grammar, *, among: Sequence[Segment] | None = None) -> list[AnySegment]:
    """The same segments with what their cues read as."""
    emotions = describe_emotion(segments, grammar=grammar, among=among)
    return [replace(segment, emotion=emotion) for segment, emotion in zip(segments, emotions, strict=True)]
