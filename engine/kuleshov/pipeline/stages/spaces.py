"""The vectors of a film's shots and scenes that need no network of their own (``cinema.spaces``).

They follow from what was measured, so they are made again when a film is divided again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kuleshov.cinema.attributes.measures import Unit
from kuleshov.cinema.film_measurements import FilmMeasurements
from kuleshov.cinema.spaces.ends import HEAD, TAIL, ends_of
from kuleshov.cinema.spaces.look import LOOK, look_vectors
from kuleshov.cinema.spaces.sound import SOUND, sound_vectors
from kuleshov.cinema.spaces.words import dialogue_vectors
from kuleshov.cinema.span import Span
from kuleshov.pipeline.stages.segments import Segments
from kuleshov.records import Embeddings, LineVectors, Scene, Segment, Shot

DIALOGUE = "dialogue"
#: The spaces made here, whichever model reads the lines.
MADE = frozenset({LOOK.name, SOUND.name, HEAD.name, TAIL.name, DIALOGUE})
#: What makes them, for the identity of a pipeline.
MODELS = " ".join((LOOK.model, SOUND.model, HEAD.model))


def spaces_of(measured: FilmMeasurements, segments: Segments, *, line_vectors: LineVectors | None) -> list[Embeddings]:
    """Return the look and sound of each shot and scene, how each shot begins and ends, and what is said in it.

    Spaces without any vector (no sound, no lines that a sentence model read) are left out. The look of a scene is that
    of its shots that hold a picture.
    """
    shots, scenes = segments.shots, segments.scenes
    clean = [shot.clean for shot in segments.frames]
    ends = ends_of(measured, clean)
    by_space: dict[tuple[str, str], Mapping[Unit, NDArray[np.float32]]] = {
        (LOOK.name, LOOK.model): _by_unit(
            look_vectors(measured, [[span] for span in clean]),
            look_vectors(measured, [_pictures(clean, shots, scene) for scene in scenes]),
        ),
        (SOUND.name, SOUND.model): _by_unit(*(sound_vectors(measured.tracks, _times(of)) for of in (shots, scenes))),
        (HEAD.name, HEAD.model): {"shot": ends.heads},
        (TAIL.name, TAIL.model): {"shot": ends.tails},
    }
    if line_vectors is not None and len(measured.lines):
        by_space[DIALOGUE, line_vectors.model] = _by_unit(
            *(dialogue_vectors(measured.lines, line_vectors.vectors, _times(of)) for of in (shots, scenes))
        )
    return [
        Embeddings(space, model, vectors)
        for (space, model), vectors in by_space.items()
        if any(np.isfinite(rows).any() for rows in vectors.values())
    ]


def _by_unit(shots: NDArray[np.float32], scenes: NDArray[np.float32]) -> Mapping[Unit, NDArray[np.float32]]:
    return {"shot": shots, "scene": scenes}


def _times(segments: Sequence[Segment]) -> list[tuple[float, float]]:
    return [(segment.start_seconds, segment.end_seconds) for segment in segments]


def _pictures(clean: Sequence[Span], shots: Sequence[Shot], scene: Scene) -> list[Span]:
    """The clean frames of a scene's shots that hold a picture; of all its shots if none does."""
    inside = range(scene.first_shot, scene.end_shot)
    return [clean[at] for at in inside if shots[at].matter == "picture"] or [clean[at] for at in inside]
