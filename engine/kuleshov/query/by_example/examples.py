"""Shots, scenes and single frames of an archive as examples. Files: ``pipeline.examples``."""

from __future__ import annotations

import numpy as np

from kuleshov.archive.film.entries import FilmEntry
from kuleshov.archive.store import Archive
from kuleshov.cinema.spaces.look import LOOK, look_vectors
from kuleshov.cinema.span import Span
from kuleshov.errors import QueryError
from kuleshov.records import Example, Unit, Vector, vectors_of_segment


def example_at(archive: Archive, film: FilmEntry, seconds: float, *, unit: Unit = "shot") -> Example:
    """Return the shot or scene of a film at a time. Raises ``QueryError`` where it has none."""
    within = _within(archive, film, seconds)
    if unit not in within:
        raise QueryError(f"{film.title} has no {unit} at {seconds:g} s (it lasts {film.duration_seconds:g} s)")
    (row,) = archive.segments(unit, [within[unit]])
    return Example(
        words=f"{film.title}, {unit} {row.segment.index}",
        spaces=vectors_of_segment(archive.embeddings(film.content_id), unit, row.segment.index),
        affect=row.vector,
        affect_names=archive.vector_names,
        content_id=film.content_id,
        within=within,
    )


def example_of_frame(archive: Archive, film: FilmEntry, seconds: float) -> Example:
    """Return the frame of a film at a time: of those that are kept, some eight a second, the last up to then.

    A frame has a look, but no movement, sound or feeling. Raises ``QueryError`` where the film has none.
    """
    within = _within(archive, film, seconds)
    measured = archive.measurements(film.content_id)
    if measured is None:
        raise QueryError(f"{film.title}: its frames were not kept (ingest {film.source} again)")
    if not within:
        raise QueryError(f"{film.title} has no frame at {seconds:g} s (it lasts {film.duration_seconds:g} s)")
    frame = max(int(np.searchsorted(measured.frame_seconds, seconds, side="right")) - 1, 0)
    (look,) = look_vectors(measured, [[Span(frame, frame + 1)]])
    return Example(
        words=f"{film.title}, frame {frame}",
        spaces={LOOK.name: Vector(LOOK.model, look)},
        content_id=film.content_id,
        within=within,
    )


def _within(archive: Archive, film: FilmEntry, seconds: float) -> dict[Unit, int]:
    ids: dict[Unit, int] = {}
    for unit in ("shot", "scene"):
        id = archive.at(unit, film.content_id, seconds)
        if id is not None:
            ids[unit] = id
    return ids
