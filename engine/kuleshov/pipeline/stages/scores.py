"""Emotion scores of a divided film, in two passes: by cues, then by vectors where a learned grammar reads vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.describe import describe_moments
from kuleshov.cinema.editing.tempo import with_tempo
from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.cinema.tracks import Tracks
from kuleshov.emotion.apply_learned_terms import Vectors, emotions_of
from kuleshov.emotion.arc import film_arc
from kuleshov.emotion.curves import feeling_curves
from kuleshov.emotion.grammar import Grammar
from kuleshov.emotion.vector import VECTOR_NAMES, affect_vectors
from kuleshov.pipeline.stages.film_grammar import FilmGrammar
from kuleshov.pipeline.stages.segments import Segments
from kuleshov.records import Arc, Embeddings, Moments, Scene, Segment, Shot, Unit

AnySegment = TypeVar("AnySegment", bound=Segment)


@dataclass(frozen=True)
class ScoredFilm:
    """Shots and scenes with their emotion, and how it goes over time.

    ``vectors``: float32 ``[segments, len(VECTOR_NAMES)]``, NaN = not measured; ``tracks``: those that were measured,
    the tempo of the shots and the curves of emotion.
    """

    shots: list[Shot]
    scenes: list[Scene]
    vectors: dict[Unit, NDArray[np.float32]]
    moments: Moments
    tracks: Tracks
    arc: Arc


def score_film(
    measured: FilmMeasurements, segments: Segments, embeddings: Sequence[Embeddings], rules: FilmGrammar
) -> ScoredFilm:
    """Score the segments of a film by its rules; ``embeddings`` are those of its shots and scenes.

    Moments and arc have the scores of the first pass, by cues alone: moments have no vectors.
    """
    scored = _score_by_cues(measured, segments, rules)
    return _score_again_by_vectors(scored, embeddings, rules) if used_spaces(embeddings, rules.grammar) else scored


def _score_by_cues(measured: FilmMeasurements, segments: Segments, rules: FilmGrammar) -> ScoredFilm:
    shots, scenes = score_segments(segments.shots, rules), score_segments(segments.scenes, rules)
    vectors = affect_vectors_of(shots, scenes, rules.grammar)
    moments = describe_moments(measured, segments.frames, shots)
    parts = score_segments([moment for moment in moments if moment.emotion is None], rules, among=shots)
    curves = feeling_curves(moments, shots=shots, grammar=rules.grammar, scales=rules.scales)
    return ScoredFilm(
        shots=shots,
        scenes=scenes,
        vectors=vectors,
        moments=Moments.of(
            moments, _moment_vectors(moments, parts, shots, vectors["shot"], rules.grammar), VECTOR_NAMES
        ),
        tracks=curves.add_to(with_tempo(measured.tracks, shots, end_seconds=measured.end_seconds)),
        arc=film_arc(curves, moments=moments, lines=measured.lines, grammar=rules.grammar),
    )


def _score_again_by_vectors(scored: ScoredFilm, embeddings: Sequence[Embeddings], rules: FilmGrammar) -> ScoredFilm:
    shots = score_segments(scored.shots, rules, vectors=vectors_of(embeddings, "shot"))
    scenes = score_segments(scored.scenes, rules, vectors=vectors_of(embeddings, "scene"))
    return replace(scored, shots=shots, scenes=scenes, vectors=affect_vectors_of(shots, scenes, rules.grammar))


def score_segments(
    segments: Sequence[AnySegment],
    rules: FilmGrammar,
    *,
    among: Sequence[Segment] | None = None,
    vectors: Vectors | None = None,
) -> list[AnySegment]:
    """Return segments with their emotion, compared with those of ``among`` (``None``: with one another).

    ``vectors`` are those of the segments, for a grammar that learned from vectors.
    """
    emotions = emotions_of(list(segments), grammar=rules.grammar, among=among, scales=rules.scales, vectors=vectors)
    return [replace(segment, emotion=emotion) for segment, emotion in zip(segments, emotions, strict=True)]


def affect_vectors_of(
    shots: Sequence[Shot], scenes: Sequence[Scene], grammar: Grammar
) -> dict[Unit, NDArray[np.float32]]:
    """Return the affect-and-cinema vectors of scored shots and scenes, float32 ``[segments, len(VECTOR_NAMES)]``."""
    return {
        "shot": affect_vectors(shots, shots=shots, grammar=grammar),
        "scene": affect_vectors(scenes, shots=shots, grammar=grammar),
    }


def vectors_of(embeddings: Sequence[Embeddings], unit: Unit) -> Vectors:
    """Return the vectors of a film's shots or scenes, by space and the model that made them."""
    return {(each.space, each.model): each.vectors[unit] for each in embeddings if unit in each.vectors}


def used_spaces(embeddings: Sequence[Embeddings], grammar: Grammar) -> str:
    """Return which of these vectors a learned grammar reads, as space and model, for provenance; "" = none."""
    learned = {(space.name, space.model) for space in grammar.learned_terms.spaces} if grammar.learned_terms else set()
    available = {(each.space, each.model) for each in embeddings}
    return ", ".join(f"{space}: {model}" for space, model in sorted(learned & available))


def _moment_vectors(
    moments: Sequence[Segment],
    parts: Sequence[Segment],
    shots: Sequence[Shot],
    shot_vectors: NDArray[np.float32],
    grammar: Grammar,
) -> NDArray[np.float32]:
    """The vectors of moments: a whole shot has the shot's, the others those of ``parts``, in order."""
    whole = np.array([isinstance(moment, Shot) for moment in moments])
    vectors = np.empty((len(moments), shot_vectors.shape[1]), dtype=np.float32)
    vectors[whole] = shot_vectors[[moment.index for moment in moments if isinstance(moment, Shot)]]
    vectors[~whole] = affect_vectors(parts, shots=shots, grammar=grammar)
    return vectors
