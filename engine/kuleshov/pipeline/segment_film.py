"""A measured film divided into shots and scenes, with what they read as, its arc, and the vectors that search uses.

Nothing is decoded here: the same measurements can be divided again, by another list of shots.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.attributes.measures import Unit
from kuleshov.cinema.describe import describe_moments, describe_scenes, describe_shots
from kuleshov.cinema.editing.editing import describe_editing, long_shot_seconds
from kuleshov.cinema.editing.tempo import with_tempo
from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.cinema.shots.shots import ShotFrames, shots_from_transitions
from kuleshov.cinema.tracks import Tracks
from kuleshov.emotion.apply_learned_terms import Vectors, emotions_of
from kuleshov.emotion.arc import film_arc
from kuleshov.emotion.curves import feeling_curves
from kuleshov.emotion.grammar import Grammar
from kuleshov.emotion.norms import Scales
from kuleshov.emotion.vector import VECTOR_NAMES, affect_vectors
from kuleshov.pipeline.spaces import spaces_of
from kuleshov.records import Arc, Editing, Embeddings, LineVectors, Moments, Scene, Segment, Shot, Transition

#: What the provenance calls the models whose vectors a learned grammar read.
SPACES = "emotion_vectors"

AnySegment = TypeVar("AnySegment", bound=Segment)


@dataclass(frozen=True)
class SegmentedFilm:
    """The shots and scenes of a film, float32 ``[segments, len(VECTOR_NAMES)]`` vectors, and how it goes over time."""

    shots: list[Shot]
    scenes: list[Scene]
    editing: Editing
    tracks: Tracks  # those that were measured, and the tempo that follows from the shots
    vectors: dict[Unit, NDArray[np.float32]]
    moments: Moments
    arc: Arc
    embeddings: list[Embeddings]  # those that follow from what was measured


def segment_film(
    measured: FilmMeasurements,
    transitions: Iterable[Transition],
    *,
    grammar: Grammar,
    scales: Scales | None = None,
    line_vectors: LineVectors | None = None,
) -> SegmentedFilm:
    """Describe the shots between these transitions, and the scenes that they form.

    ``scales``: an archive's norms; ``line_vectors``: those of the film's lines, where a sentence model read them.
    """
    frames = shots_from_transitions(transitions, frame_count=len(measured.frame_seconds))
    shots = describe_shots(measured, frames)
    scenes = describe_scenes(measured, frames, shots)
    return score_emotion(measured, frames, shots, scenes, grammar=grammar, scales=scales, line_vectors=line_vectors)


def score_emotion(
    measured: FilmMeasurements,
    frames: Sequence[ShotFrames],
    shots: Sequence[Shot],
    scenes: Sequence[Scene],
    *,
    grammar: Grammar,
    scales: Scales | None = None,
    line_vectors: LineVectors | None = None,
) -> SegmentedFilm:
    """Tell what measured shots and scenes read as, and how that goes on over the film; ``frames`` are of the shots."""
    shots, scenes = (emotion_scores(list(shots), grammar, scales), emotion_scores(list(scenes), grammar, scales))
    vectors: dict[Unit, NDArray[np.float32]] = {
        "shot": affect_vectors(shots, shots=shots, grammar=grammar),
        "scene": affect_vectors(scenes, shots=shots, grammar=grammar),
    }
    moments = describe_moments(measured, frames, shots)
    parts = emotion_scores([moment for moment in moments if moment.emotion is None], grammar, scales, among=shots)
    curves = feeling_curves(moments, shots=shots, grammar=grammar, scales=scales)
    times = [(shot.start_seconds, shot.end_seconds) for shot in shots]
    return SegmentedFilm(
        shots=shots,
        scenes=scenes,
        vectors=vectors,
        moments=Moments.of(moments, _moment_vectors(moments, parts, shots, vectors["shot"], grammar), VECTOR_NAMES),
        editing=describe_editing(times, long_seconds=long_shot_seconds(times)),
        tracks=curves.add_to(with_tempo(measured.tracks, shots, end_seconds=measured.end_seconds)),
        arc=film_arc(curves, moments=moments, lines=measured.lines, grammar=grammar),
        embeddings=spaces_of(measured, frames, shots=shots, scenes=scenes, line_vectors=line_vectors),
    )


def with_norms(
    divided: SegmentedFilm, embeddings: Sequence[Embeddings], *, grammar: Grammar, scales: Scales | None = None
) -> SegmentedFilm:
    """Return a film as a grammar reads it that learned from vectors; ``embeddings`` are of its shots and scenes.

    Moments and arc stay as the cues have them: a moment has no vector.
    """
    if not used_spaces(embeddings, grammar):
        return divided
    shots = emotion_scores(divided.shots, grammar, scales, vectors=vectors_of(embeddings, "shot"))
    scenes = emotion_scores(divided.scenes, grammar, scales, vectors=vectors_of(embeddings, "scene"))
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


def emotion_scores(
    segments: list[AnySegment],
    grammar: Grammar,
    scales: Scales | None,
    *,
    among: Sequence[Segment] | None = None,
    vectors: Vectors | None = None,
) -> list[AnySegment]:
    """Return the same segments with what they read as; ``vectors``: rows as the segments."""
    emotions = emotions_of(segments, grammar=grammar, among=among, scales=scales, vectors=vectors)
    return [replace(segment, emotion=emotion) for segment, emotion in zip(segments, emotions, strict=True)]
