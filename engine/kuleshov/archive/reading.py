"""Reading film folders beside a writer, who may replace or remove a film between our look and our read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.catalog.catalog import Catalog
from kuleshov.archive.columns.columns import Columns
from kuleshov.archive.disk.layout import Layout, reindex_remedy
from kuleshov.archive.film.entries import FilmEntry, SegmentRow
from kuleshov.archive.film.folder import RECORD_TYPES, align, read_segments, read_vectors
from kuleshov.errors import ArchiveError
from kuleshov.records import Unit

T = TypeVar("T")
_ATTEMPTS = 5


def read_film(layout: Layout, catalog: Catalog, content_id: str, read: Callable[[Path], T]) -> T:
    """Return ``read(folder)`` of a film's present folder. Raises ``ArchiveError`` if it is damaged or not listed."""
    while (entry := catalog.film(content_id)) is not None:
        try:
            return read(layout.film(content_id, entry.pipeline_id))
        except ArchiveError:
            # Gone under our hands because the film was replaced: then there is a newer folder, else it is damaged.
            if catalog.film(content_id) == entry:
                raise
    raise ArchiveError(f"{layout.root}: no film has the content id {content_id!r} (see the list of films)")


def made_beside_a_writer(catalog: Catalog, make: Callable[[int], T]) -> T:
    """Return ``make(attempt)``, which reads many film folders as of one state; attempt 1 and on: as of a later one.

    Raises ``ArchiveError`` where it fails though nothing was changed meanwhile.
    """
    attempt = 0
    while True:
        stamp = catalog.stamp
        try:
            return make(attempt)
        except ArchiveError:
            # A film replaced while its folder was read is no damage: try again from the new state.
            attempt += 1
            if attempt == _ATTEMPTS or catalog.stamp == stamp:
                raise


def read_rows(
    layout: Layout, catalog: Catalog, unit: Unit, ids: NDArray[np.int64], *, columns: Columns | None
) -> list[SegmentRow]:
    """Return the segments of these ids, in their order. Raises ``ArchiveError`` for an id that is not listed.

    ``columns``: those of the present state, if they are at hand; they save reading the films' vectors.
    """
    with catalog.snapshot():
        if columns is not None and columns.stamp != catalog.stamp:
            columns = None
        names = catalog.vector_names if columns is None else columns.names
        places = catalog.locate(unit, ids)
        films = {content_id: catalog.film(content_id) for content_id in {place[1] for place in places}}
    found: dict[int, SegmentRow] = {}
    for content_id, film in films.items():
        if film is None:
            raise ArchiveError(f"{catalog.path}: segments of an unlisted film ({reindex_remedy(layout.root)})")
        here = [(segment_id, row) for segment_id, owner, row in places if owner == content_id]
        rows = _read_rows_of(layout, catalog, film, unit=unit, places=here, names=names, columns=columns)
        found.update({row.id: row for row in rows})
    for segment_id in ids.tolist():
        if segment_id not in found:
            raise ArchiveError(f"{layout.root}: no {unit} has the id {segment_id} (search again: its film has changed)")
    return [found[segment_id] for segment_id in ids.tolist()]


def _read_rows_of(
    layout: Layout,
    catalog: Catalog,
    film: FilmEntry,
    *,
    unit: Unit,
    places: list[tuple[int, int]],
    names: tuple[str, ...],
    columns: Columns | None,
) -> list[SegmentRow]:
    folder = layout.film(film.content_id, film.pipeline_id)
    rows = np.array([row for _, row in places], dtype=np.int64)
    try:
        segments = read_segments(folder, RECORD_TYPES[unit], rows)
        if columns is not None:
            vectors = columns.vectors(columns.at(np.array([segment_id for segment_id, _ in places], dtype=np.int64)))
        else:
            vector_names, of_film = read_vectors(folder, unit)
            vectors = align(of_film[rows], vector_names, names)
    except ArchiveError as error:
        if catalog.film(film.content_id) != film:
            raise ArchiveError(
                f"{layout.root}: {film.title!r} was replaced or removed meanwhile (search again)"
            ) from error
        raise
    return [
        SegmentRow(segment_id, film, unit, segment, vector)
        for (segment_id, _), segment, vector in zip(places, segments, vectors, strict=True)
    ]
