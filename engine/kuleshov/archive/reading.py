"""Reading segments by their ids, from the films' folders."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kuleshov.archive.catalog.catalog import Catalog
from kuleshov.archive.columns.columns import Columns
from kuleshov.archive.columns.row_cache import read_rows, row_file
from kuleshov.archive.disk.layout import Layout, reindex_remedy
from kuleshov.archive.film.entries import FilmEntry, SegmentRow
from kuleshov.archive.film.folder import read_vectors
from kuleshov.archive.film.segment_tables import RECORD_TYPES, read_segments
from kuleshov.errors import ArchiveError
from kuleshov.records import Unit


def read_by_id(
    layout: Layout, catalog: Catalog, unit: Unit, ids: NDArray[np.int64], *, columns: Columns | None
) -> list[SegmentRow]:
    """Return the segments of these ids, in their order. Raises ``ArchiveError`` for an id that is not listed.

    ``columns``: those of the present state, if they are loaded; then the films' vectors are not read.
    """
    with catalog.snapshot():
        if columns is not None and columns.stamp != catalog.stamp:
            columns = None
        names = catalog.vector_names if columns is None else columns.names
        located = catalog.locate(unit, ids)
        films = {content_id: catalog.film(content_id) for content_id in {owner for _, owner, _ in located}}
    segments: dict[int, SegmentRow] = {}
    for content_id, film in films.items():
        if film is None:
            raise ArchiveError(f"{catalog.path}: segments of an unlisted film ({reindex_remedy(layout.root)})")
        indexes = {segment_id: index for segment_id, owner, index in located if owner == content_id}
        for row in _read_film(layout, catalog, film, unit=unit, indexes=indexes, names=names, columns=columns):
            segments[row.id] = row
    for segment_id in ids.tolist():
        if segment_id not in segments:
            raise ArchiveError(f"{layout.root}: no {unit} has the id {segment_id} (search again: its film has changed)")
    return [segments[segment_id] for segment_id in ids.tolist()]


def _read_film(
    layout: Layout,
    catalog: Catalog,
    film: FilmEntry,
    *,
    unit: Unit,
    indexes: dict[int, int],
    names: tuple[str, ...],
    columns: Columns | None,
) -> list[SegmentRow]:
    """Return some segments of one film; ``indexes``: their place in the film, by id."""
    folder, record_type = layout.film(film.content_id, film.pipeline_id), RECORD_TYPES[unit]
    ids, rows = (np.array(list(numbers), dtype=np.int64) for numbers in (indexes.keys(), indexes.values()))
    try:
        segments = read_rows(row_file(layout, unit, film), rows, record_type) or read_segments(
            folder, record_type, rows
        )
        if columns is not None:
            vectors = columns.vectors(columns.at(ids))
        else:
            vectors = read_vectors(folder, unit, names, count=film.segment_count(unit))[rows]
    except ArchiveError as error:
        if catalog.film(film.content_id) != film:
            raise ArchiveError(
                f"{layout.root}: {film.title!r} was replaced or removed meanwhile (search again)"
            ) from error
        raise
    return [
        SegmentRow(segment_id, film, unit, segment, vector)
        for segment_id, segment, vector in zip(indexes, segments, vectors, strict=True)
    ]
