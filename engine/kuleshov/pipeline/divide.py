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
from kuleshov.archive.moments import Moments
from kuleshov.cinema.describe import FilmMeasurements, describe_moments, describe_scenes, describe_shots
from kuleshov.cinema.editing import describe_editing, long_shot_seconds
from kuleshov.cinema.measures import Unit
from kuleshov.cinema.shots import shots_from_transitions
from kuleshov.cinema.tempo import with_tempo
from kuleshov.cinema.tracks import Tracks
from kuleshov.emotion.arc import film_arc
from kuleshov.emotion.completed import Vectors, emotions_of
from kuleshov.emotion.curves import feeling_curves
from kuleshov.emotion.grammar import Grammar
from kuleshov.emotion.vector import VECTOR_NAMES, affect_vectors
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


def divide(measured: FilmMeasurements, transitions: Iterable[Transition], *, grammar: Grammar) -> Divided:
    """Describe the shots between these transitions, and the scenes that they form."""
    frames = shots_from_transitions(transitions, frame_count=len(measured.frame_seconds))
    shots = feel(describe_shots(measured, frames), grammar)
    scenes = feel(describe_scenes(measured, frames, shots), grammar)
    vectors: dict[Unit, NDArray[np.float32]] = {
        "shot": affect_vectors(shots, shots=shots, grammar=grammar),
        "scene": affect_vectors(scenes, shots=shots, grammar=grammar),
    }
    moments = describe_moments(measured, frames, shots)
    parts = feel([moment for moment in moments if moment.emotion is None], grammar, among=shots)
    curves = feeling_curves(moments, shots=shots, grammar=grammar)
    times = [(shot.start_seconds, shot.end_seconds) for shot in shots]
    return Divided(
        shots=shots,
        scenes=scenes,
        vectors=vectors,
        moments=Moments.of(moments, _moment_vectors(moments, parts, shots, vectors["shot"], grammar), VECTOR_NAMES),
        editing=describe_editing(times, long_seconds=long_shot_seconds(times)),
        tracks=curves.add_to(with_tempo(measured.tracks, shots, end_seconds=measured.end_seconds)),
        arc=film_arc(curves, moments=moments, lines=measured.lines, grammar=grammar),
    )


def felt_with(divided: Divided, embeddings: Sequence[Embeddings], *, grammar: Grammar) -> Divided:
    """Return a film as a grammar reads it that learned from vectors; ``embeddings`` are of its shots and scenes.

    Moments and arc stay as the cues have them: a moment has no vector.
    """
    if not used_spaces(embeddings, grammar):
        return divided
    shots = feel(divided.shots, grammar, vectors=vectors_of(embeddings, "shot"))
    scenes = feel(divided.scenes, grammar, vectors=vectors_of(embeddings, "scene"))
    vectors: dict[Unit, NDArray[np.float32]] = {
        "shot": affect_vectors(shots, shots=shots, grammar=grammar),
        "scene": affect_vectors(scenes, shots=shots, grammar=grammar),
    }
    return replace(divided, shots=shots, scenes=scenes, vectors=vectors)


def vectors_of(embeddings: Sequence[Embeddings], unit: Unit) -> Vectors:
    """Return the vectors of a film's shots or scenes, by space and the model that made them."""
    return {(each.space, each.model): each.vectors[unit] for each in embeddings if unit in each.vectors}


def used_spaces(embeddings: Sequence[Embeddings], grammar: Grammar) -> str:
    """Return which of the spaces that a grammar learned from are there, for provenance; "" = none."""
    learned = {(space.name, space.model) for space in grammar.beyond.spaces} if grammar.beyond else set()
    there = {(each.space, each.model) for each in embeddings}
    return ", ".join(f"{space}: {model}" for space, model in sorted(learned & there))


def _moment_vectors(
    moments: Sequence[Segment],
    parts: Sequence[Segment],
    shots: Sequence[Shot],
    of_shots: NDArray[np.float32],
    grammar: Grammar,
) -> NDArray[np.float32]:
    """The vectors of moments: those of the shots that are one, and of the ``parts`` of the others, in order."""
    whole = np.array([isinstance(moment, Shot) for moment in moments])
    vectors = np.empty((len(moments), of_shots.shape[1]), dtype=np.float32)
    vectors[whole] = of_shots[[moment.index for moment in moments if isinstance(moment, Shot)]]
    vectors[~whole] = affect_vectors(parts, shots=shots, grammar=grammar)
    return vectors


def feel(
    segments: list[AnySegment],
    grammar: Grammar,
    *,
    among: Sequence[Segment] | None = None,
    vectors: Vectors | None = None,
) -> list[AnySegment]:
    """Return the same segments with what they read as; ``vectors``: rows as the segments."""
    emotions = emotions_of(segments, grammar=grammar, among=among, vectors=vectors)
    return [replace(segment, emotion=emotion) for segment, emotion in zip(segments, emotions, strict=True)]
