"""An archive of invented films with varied shots, and people's labels of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kuleshov.annotations.statement import Statement, new_id, now
from kuleshov.archive import Archive
from kuleshov.cinema.tracks import Tracks
from kuleshov.emotion.grammar import load_grammar
from kuleshov.emotion.model import describe_emotion
from kuleshov.emotion.vector import VECTOR_NAMES, affect_vectors
from kuleshov.records import (
    Analysis,
    Camera,
    Color,
    ColorDescription,
    Embeddings,
    Film,
    Lighting,
    Pace,
    PaletteColor,
    Provenance,
    Scene,
    Shot,
    Sound,
    Transition,
)

_COLOR = ColorDescription("bt709", "tv", "bt709", "bt709")


def film_of(title: str, *, shots: int = 24, silent: bool = False, seconds: float = 3.0) -> Analysis:
    """A film of as many shots and a scene for every four of them; the title decides every number in it."""
    rng = np.random.default_rng(list(title.encode()))
    grammar = load_grammar()
    pieces = [_segment(rng, index, seconds, silent) for index in range(shots)]
    all_shots = [Shot(transition_in=Transition("cut", 0, 1, 0.9), **piece) for piece in pieces]
    scenes = []
    for number, first in enumerate(range(0, shots, 4)):
        end = min(first + 4, shots)
        own = pieces[first] | {"index": number, "end_frame": pieces[end - 1]["end_frame"]}
        scenes.append(Scene(first_shot=first, end_shot=end, **own | {"end_seconds": pieces[end - 1]["end_seconds"]}))
    film = Film(
        *(hashlib.blake2b(title.encode(), digest_size=16).hexdigest(), title, f"/films/{title}.mkv", "matroska"),
        *(shots * seconds, round(shots * seconds * 24), 640, 480, 640, 480, 24.0, "24/1", False, "1:1", 0, False),
        *("h264", "yuv420p", 8, _COLOR, (0, 0, 640, 480), 0, 1, [], [], 1000),
    )
    provenance = Provenance(1, "0.1.0", "p1", "cpu", "asked", "pyav", "off", {"grammar": grammar.id}, {}, 256, 192)
    return Analysis(film, _feel(all_shots), _feel(scenes), provenance)


def _segment(rng: np.random.Generator, index: int, seconds: float, silent: bool) -> dict[str, Any]:
    light, motion, heat, loud = rng.normal(0, 1, 4).tolist()
    begin = index * seconds
    return {
        "index": index,
        "start_frame": round(begin * 24),
        "end_frame": round((begin + seconds) * 24),
        "start_seconds": begin,
        "end_seconds": begin + seconds,
        "lighting": Lighting("normal", 0.07 + 0.03 * light, 0.32 + 0.1 * light, 0.2, 0.6, 0.3, 0.05, 0.0),
        "color": Color(
            *(0.1 + 0.03 * float(rng.normal()), -0.45 + 0.25 * heat, False), [PaletteColor("grey", "#808080", 0.8)]
        ),
        "camera": Camera("moderate", 0.05 * 2**motion, 0.05, 0.1, 0.0, 0.0, 0.02 * float(rng.normal()), 0.002),
        "pace": Pace(seconds, seconds, 3.5, 2.5, 17.0 * 2 ** (motion / 2), 60.0),
        "sound": None if silent else Sound(-25 + 5 * loud, -20.0, 0.5 * float(rng.normal()), 0.05, []),
        "dialogue": None,
        "emotion": None,
    }


def _feel(segments: list[Any]) -> list[Any]:
    emotions = describe_emotion(segments, grammar=load_grammar())
    return [replace(segment, emotion=emotion) for segment, emotion in zip(segments, emotions, strict=True)]


def add(archive: Archive, film: Analysis, *, embeddings: Sequence[Embeddings] = ()) -> None:
    vectors = {
        "shot": affect_vectors(film.shots, shots=film.shots),
        "scene": affect_vectors(film.scenes, shots=film.shots),
    }
    assert archive.add(film, Tracks(), vectors, VECTOR_NAMES, embeddings=embeddings)


def make_archive(folder: Path, *titles: str, **how: Any) -> list[Analysis]:
    """Make an archive of films of these titles."""
    films = [film_of(title, **how) for title in titles]
    with Archive.open(folder, create=True) as archive:
        for film in films:
            add(archive, film)
        archive.refresh()
    return films


def says(film: Analysis, index: int, annotator: str = "anna", *, unit: str = "shot", **what: Any) -> Statement:
    """A statement on a shot or scene of a film; ``what`` replaces its fields."""
    segment = (film.shots if unit == "shot" else film.scenes)[index]
    fields: dict[str, Any] = {
        "id": new_id(),
        "kind": "label",
        "at": now(),
        "annotator": annotator,
        "content_id": film.film.content_id,
        "title": film.film.title,
        "unit": unit,
        "start_seconds": segment.start_seconds,
        "end_seconds": segment.end_seconds,
        "kuleshov_version": "0.1.0",
        "pipeline_id": "p1",
    }
    return Statement(**fields | what)
